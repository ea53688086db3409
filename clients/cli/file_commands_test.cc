// Commands that work on files: certificates, contracts, plans.

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "clients/cli/scripted_calls.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kContract[] =
    "vendor_id: sakura\nlanguages: [ja]\nwork_types:\n  - work_type: CAMPAIGN\n    acts: [OFFER]\n"
    "    disclose:\n      - {data_class: LANGUAGE, show: CLEAR}\n";
constexpr char kPlan[] =
    "plan_id: p1\nsegments:\n  - name: all\n    work_type: CAMPAIGN\n    shares:\n"
    "      - {vendor_id: sakura, percent: 100}\n";

// While it lives, this thread enters no folder by being root (capabilities(7)).
class WithoutRootsRights {
 public:
  WithoutRootsRights() {
    syscall(SYS_capget, &header_, before_);
    __user_cap_data_struct lesser[2] = {before_[0], before_[1]};
    lesser[0].effective &= ~(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH);
    syscall(SYS_capset, &header_, lesser);
  }
  ~WithoutRootsRights() { syscall(SYS_capset, &header_, before_); }

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2] = {};
};

class FileCommandsTest : public ::testing::Test {
 protected:
  Ran Offline(const std::vector<std::string>& words) { return RunLine(words, script_, clock_); }
  std::string File(const std::string& name, const std::string& content) {
    testing::WriteFile(folder_ / name, content);
    return folder_ / name;
  }
  Ran Init() {
    return Offline({"certs", "init", "--dir", folder_ / "certs", "--trust-domain", "issuer.example",
                    "--hub", "one=hub.example,10.0.0.7", "--core", "main", "--vendor", "sakura",
                    "jade", "--operator", "ito", "--days", "7"});
  }

  testing::TemporaryFolder folder_;
  Script script_;
  ManualClock clock_;
};

TEST_F(FileCommandsTest, CertsInitMakesAFolderForEachPeer) {
  const Ran ran = Init();
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("5 folders made"));
  for (const char* peer :
       {"hub-one", "core-main", "vendor-sakura", "vendor-jade", "operator-ito"}) {
    const std::string key = folder_ / "certs/" + peer + "/tls.key";
    ASSERT_TRUE(std::filesystem::exists(key)) << key;
    EXPECT_EQ(std::filesystem::status(key).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
}

TEST_F(FileCommandsTest, CertsInitReplacesNothingUnlessForced) {
  ASSERT_EQ(Init().code, 0);
  const std::string before = testing::ReadFile(folder_ / "certs/ca.crt");
  const Ran again = Init();
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("CERTIFICATES_EXIST"));
  EXPECT_THAT(again.err, HasSubstr("--force"));
  EXPECT_EQ(testing::ReadFile(folder_ / "certs/ca.crt"), before);
}

TEST_F(FileCommandsTest, CertsAddKeepsTheAuthority) {
  ASSERT_EQ(Init().code, 0);
  const std::string before = testing::ReadFile(folder_ / "certs/ca.crt");
  const Ran ran = Offline({"certs", "add", "--dir", folder_ / "certs", "--trust-domain",
                           "issuer.example", "--vendor", "bright"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(testing::ReadFile(folder_ / "certs/ca.crt"), before);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "certs/vendor-bright/tls.crt"));
}

TEST_F(FileCommandsTest, CertsShowTellsWhoAndUntilWhen) {
  ASSERT_EQ(Init().code, 0);
  const Ran ran = Offline({"certs", "show", folder_ / "certs"});
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("spiffe://issuer.example/vendor/sakura"));
  EXPECT_THAT(ran.out, HasSubstr("CN=operator/ito"));
  EXPECT_THAT(ran.out, HasSubstr("2026-01-08 00:00:00"));
  EXPECT_THAT(ran.out, HasSubstr("6 certificates, all valid now\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("PRIVATE")));
  clock_.Advance(absl::Hours(24 * 8));
  const Ran late = Offline({"certs", "show", folder_ / "certs/operator-ito"});
  EXPECT_EQ(late.code, 1);
  EXPECT_THAT(late.out, HasSubstr("EXPIRED"));
  EXPECT_THAT(late.out, HasSubstr("2 certificates, 1 not valid now\n"));
}

TEST_F(FileCommandsTest, CertsShowOfAFolderWithoutAny) {
  const Ran ran = Offline({"certs", "show", folder_.path().string()});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("FILE_MISSING"));
}

TEST_F(FileCommandsTest, CertsShowSaysWhatItMayNotLookAt) {
  const Ran ran = Offline({"certs", "show", folder_ / std::string(256, 'a')});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err,
              HasSubstr("aaa/ca.crt: File name too long; reason: NOT_FOUND, FILE_MISSING"));
}

TEST_F(FileCommandsTest, CertsShowNamesTheFolderThatItMayNotEnter) {
  namespace fs = std::filesystem;
  ASSERT_EQ(Init().code, 0);
  fs::permissions(folder_ / "certs/core-main", fs::perms::none);
  const WithoutRootsRights as_anybody;
  for (const char* folder : {"certs", "certs/core-main"}) {
    const Ran closed = Offline({"certs", "show", folder_ / folder});
    EXPECT_EQ(closed.code, 1);
    EXPECT_THAT(closed.err, HasSubstr("core-main/")) << folder;
    EXPECT_THAT(closed.err, HasSubstr("Permission denied")) << folder;
  }
  fs::permissions(folder_ / "certs/core-main", fs::perms::owner_all);
}

TEST_F(FileCommandsTest, DiagnoseFailsWithTheStepThatIsNotAsItShouldBe) {
  const Ran ran =
      Offline({"diagnose", "tls", "--hub", "127.0.0.1:1", "--tls", folder_ / "nothing"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("not as it should be: "));
}

TEST_F(FileCommandsTest, ContractLintNamesFileLineAndField) {
  const std::string good = File("good.yaml", kContract);
  const std::string bad = File("bad.yaml", std::string(kContract) + "permits: {lifetime: 1s}\n");
  EXPECT_EQ(Offline({"contract", "check", good}).code, 0);
  const Ran ran = Offline({"contract", "lint", good, bad, folder_ / "missing.yaml"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("ok   " + good + ": sakura: CAMPAIGN (1 data classes)"));
  EXPECT_THAT(ran.out, HasSubstr(bad + ":8:"));
  EXPECT_THAT(ran.out, HasSubstr("2 of 3 contracts not good\n"));
}

TEST_F(FileCommandsTest, ContractLintWarnsOfWhatShowsMoreThanItSeemsTo) {
  const std::string file =
      File("sakura.yaml", std::string(kContract) + "      - {data_class: PRODUCT, show: CLEAR}\n");
  const Ran ran = Offline({"contract", "lint", file});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("  WARNING  " + file +
                                 ":8:9: work_types[0].disclose[1].values: is missing, so that"));
  EXPECT_THAT(ran.out, HasSubstr("1 contract checked, all good, 1 warning\n"));
  const std::string listed = File("listed.yaml", std::string(kContract) +
                                                     "      - {data_class: PRODUCT, show: CLEAR, "
                                                     "values: [gold-card]}\n");
  EXPECT_THAT(Offline({"contract", "lint", listed}).out,
              HasSubstr("1 contract checked, all good\n"));
}

// A hub takes names of 200 bytes.
TEST_F(FileCommandsTest, FilesWithLongPathsAreSentByTheirNames) {
  const std::filesystem::path folder =
      folder_.path() / std::string(100, 'a') / std::string(100, 'b');
  std::filesystem::create_directories(folder);
  const std::string contract = folder / "sakura.yaml";
  const std::string plan = folder / "plan.yaml";
  testing::WriteFile(contract, kContract);
  testing::WriteFile(plan, kPlan);
  EXPECT_EQ(RunOnline({"contract", "propose", contract}, script_).code, 0);
  EXPECT_EQ(script_.Asked<v1::ProposeTextRequest>().file_name(), "sakura.yaml");
  EXPECT_EQ(RunOnline({"contract", "plan", contract}, script_).code, 0);
  EXPECT_EQ(script_.Asked<v1::PlanContractRequest>().file_name(), "sakura.yaml");
  EXPECT_EQ(RunOnline({"routing", "what-if", "--plan", plan}, script_).code, 0);
  EXPECT_EQ(script_.Asked<v1::PreviewRoutingRequest>().file_name(), "plan.yaml");
}

TEST_F(FileCommandsTest, RoutingLintShowsSharesAndWhatIsWrong) {
  const std::string file = File("plan.yaml", kPlan);
  const Ran fine = Offline({"routing", "lint", file});
  EXPECT_EQ(fine.code, 0) << fine.out;
  EXPECT_THAT(fine.out, HasSubstr("  ok   " + file + ": plan p1: 1 segment\n"));
  EXPECT_THAT(fine.out, HasSubstr("sakura 100 %"));
  EXPECT_THAT(fine.out, HasSubstr("1 plan checked, all good, as far as can be told without the "
                                  "vendors' contracts\n"));
  const std::string bad =
      File("bad.yaml", std::string(kPlan) + "      - {vendor_id: jade, percent: 50}\n");
  const Ran refused = Offline({"routing", "lint", file, bad, "--json", "-"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("sum to 150"));
  EXPECT_THAT(refused.err, HasSubstr("1 of 2 plans not good\n"));
  EXPECT_THAT(refused.out, HasSubstr("\"ok\":true,\"plan\":{\"plan_id\":\"p1\","));
}

TEST_F(FileCommandsTest, ScriptLintNamesFileLineAndField) {
  const std::string script =
      "script_id: reminder\nversion: 2\ntitle: A reminder\nsteps:\n  - step_id: greet\n"
      "    required: true\n    wordings:\n      - {language: ja, text: もしもし}\n"
      "      - {language: en, text: Good morning}\n";
  const std::string good = File("good.yaml", script);
  const Ran fine = Offline({"script", "lint", good});
  EXPECT_EQ(fine.code, 0) << fine.out;
  EXPECT_THAT(fine.out, HasSubstr("reminder version 2: A reminder, 1 step in en, ja\n"));
  const std::string bad = File("bad.yaml", script + "      - {language: en, text: Again}\n");
  const Ran refused = Offline({"script", "lint", good, bad});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.out, HasSubstr("  BAD  " + bad + ":10:"));
  EXPECT_THAT(refused.out, HasSubstr("1 of 2 scripts not good\n"));
}

constexpr char kPack[] =
    "pack_id: xx\nversion: 3\ntitle: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
    "  - rule_id: xx.hours\n    strength: LAW\n    source: a law\n    verification: UNVERIFIED\n"
    "    hours: {open: [{from: \"08:00\", to: \"21:00\"}]}\n";
constexpr char kCases[] =
    "jurisdiction: XX\ndefaults:\n  person: {country: JP, zones: [Asia/Tokyo]}\n"
    "  collector: {id: v1, kind: BPO}\n  account: {id: A1, product: LOAN}\n"
    "  ask: {channel: PHONE, party: PERSON, act: REMIND}\ncases:\n"
    "  - name: by day\n    facts: {now: \"2026-11-24T12:00:00+09:00\"}\n"
    "    expect: {allowed: true}\n"
    "  - name: by night\n    facts: {now: \"2026-11-24T22:00:00+09:00\"}\n"
    "    expect: {allowed: false, rules: [xx.hours], next_time: \"2026-11-25T08:00:00+09:00\"}\n";

TEST_F(FileCommandsTest, RulesLintNamesFileLineAndField) {
  const std::string good = File("xx.yaml", kPack);
  const Ran fine = Offline({"rules", "lint", good});
  EXPECT_EQ(fine.code, 0) << fine.out;
  EXPECT_THAT(fine.out, HasSubstr("xx version 3: 1 rule; 1 stands on a source that nobody has"));
  const std::string bad = File("bad.yaml", std::string(kPack) + "    count: {}\n");
  const Ran refused = Offline({"rules", "lint", good, bad});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.out, HasSubstr("bad.yaml:12:5: rules[0].count: cannot stand beside"));
  EXPECT_THAT(refused.out, HasSubstr("1 of 2 rule packs not good"));
}

TEST_F(FileCommandsTest, RulesLintRefusesTwoTextsOfOnePackOnOneDay) {
  const std::string first = File("first.yaml", std::string(kPack) + "effective_to: 2026-07-01\n");
  const std::string next = File("next.yaml", std::string(kPack) + "effective_from: 2026-07-01\n");
  EXPECT_EQ(Offline({"rules", "lint", first, next}).code, 0);
  const Ran refused = Offline({"rules", "lint", next, File("xx.yaml", kPack)});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.out, HasSubstr("pack xx is in force on days on which"));
}

TEST_F(FileCommandsTest, RulesTestTellsEachCaseThatComesOutOtherwise) {
  const std::string pack = File("xx.yaml", kPack);
  const std::string cases = File("cases.yaml", kCases);
  const Ran fine = Offline({"rules", "test", "--pack", pack, "--cases", cases});
  EXPECT_EQ(fine.code, 0) << fine.out << fine.err;
  EXPECT_THAT(fine.out, HasSubstr("2 cases of pack xx version 3, all as expected"));

  const std::string json = folder_ / "result.json";
  const std::string wrong = File("wrong.yaml", std::string(kCases) +
                                                   "  - name: late\n    facts: {now: "
                                                   "\"2026-11-24T21:00:00+09:00\"}\n    expect: "
                                                   "{allowed: true}\n");
  const Ran differs = Offline({"rules", "test", "--pack", pack, "--cases", wrong, "--json", json});
  EXPECT_EQ(differs.code, 1);
  EXPECT_THAT(differs.out, HasSubstr("wrong.yaml:14: late\n"));
  EXPECT_THAT(differs.out, HasSubstr("is refused, and was expected to be allowed"));
  EXPECT_THAT(differs.out, HasSubstr("1 of 3 cases of pack xx version 3 not as expected"));
  const std::string written = testing::ReadFile(json);
  EXPECT_THAT(written, HasSubstr("\"passed\":2,\"failed\":1"));
  EXPECT_THAT(written, HasSubstr("\"next_time\":\"2026-11-24T23:00:00+00:00\""));
}

TEST_F(FileCommandsTest, WhatIfShowsAccountsAmountsAndWhyNot) {
  auto& preview = script_.Answer<v1::PreviewRoutingResponse>();
  auto& placed = *preview.add_lines();
  placed.set_segment("early");
  placed.set_vendor_id("sakura");
  placed.set_accounts(1200);
  placed.mutable_amount_due()->set_currency_code("JPY");
  placed.mutable_amount_due()->set_minor_units(3400000);
  auto& left = *preview.add_lines();
  left.set_accounts(300);
  left.set_not_placed_reason(v1::NOT_PLACED_REASON_NO_SEGMENT);
  preview.set_accounts(1500);
  const Ran ran = RunOnline({"routing", "what-if"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script_.Asked<v1::PreviewRoutingRequest>().yaml(), "");
  EXPECT_THAT(ran.out, HasSubstr("JPY 3,400,000"));
  EXPECT_THAT(ran.out, HasSubstr("NO_SEGMENT"));
  EXPECT_THAT(ran.out, HasSubstr("1,500 accounts: 1,200 to vendors, 300 not placed\n"));
  RunOnline({"routing", "what-if", "--plan", File("plan.yaml", kPlan)}, script_);
  EXPECT_EQ(script_.Asked<v1::PreviewRoutingRequest>().yaml(), kPlan);
}

}  // namespace
}  // namespace switchboard::cli
