#include "clients/cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/scripted_calls.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Words(const std::string& line) {
  return absl::StrSplit(line, ' ', absl::SkipEmpty());
}

class CommandLineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("SWITCHBOARD_HUB");
    unsetenv("SWITCHBOARD_TLS");
  }
  Ran Line(const std::string& line) { return RunLine(Words(line), script_, clock_); }

  Script script_;
  ManualClock clock_;
};

TEST_F(CommandLineTest, HelpWithExamplesAtEveryLevel) {
  const char* kLevels[] = {
      "",
      "certs",
      "certs init",
      "certs add",
      "certs show",
      "diagnose",
      "diagnose tls",
      "health",
      "vendor",
      "vendor list",
      "vendor stop",
      "vendor resume",
      "work-type",
      "work-type stop",
      "work-type resume",
      "contract",
      "contract lint",
      "contract preview",
      "contract plan",
      "contract propose",
      "contract release",
      "contract drop",
      "contract proposals",
      "contract history",
      "contract show",
      "contract end",
      "routing",
      "routing lint",
      "routing propose",
      "routing release",
      "routing drop",
      "routing proposals",
      "routing history",
      "routing show",
      "routing what-if",
      "rules",
      "rules lint",
      "rules test",
      "rules propose",
      "rules release",
      "rules drop",
      "rules proposals",
      "rules history",
      "rules show",
      "rules list",
      "rules diff",
      "codes",
      "codes lint",
      "codes propose",
      "codes release",
      "codes drop",
      "codes proposals",
      "codes history",
      "codes show",
      "codes list",
      "codes diff",
      "codes unmapped",
      "script",
      "script lint",
      "script propose",
      "script release",
      "script drop",
      "script proposals",
      "script history",
      "script show",
      "recall",
      "recall announce",
      "recall cancel",
      "recall final",
      "placements",
      "disclosures",
      "promises --account C-1",
      "plans",
      "plans list",
      "plans show",
      "plans approve",
      "plans refuse",
      "plans change",
      "unmask",
      "unmask list",
      "unmask agree",
      "unmask refuse",
      "deletion",
      "deletion list",
      "deletion show",
      "deletion waive",
      "legal-hold",
      "legal-hold place",
      "legal-hold end",
      "legal-hold list",
      "vendor scorecard",
      "vendor retire",
      "retention",
      "retention show",
      "retention resume",
      "person",
      "person find",
      "person access",
      "person correct",
      "person erase",
      "person agree",
      "person refuse",
      "person list",
      "person read",
      "recordings",
      "recordings missing",
      "recordings check",
      "quarantine",
      "quarantine list",
      "quarantine vouch",
      "quarantine show",
      "quarantine retry",
      "core",
      "core list",
      "core retire",
      "connections",
      "connections list",
      "connections close",
      "keys",
      "keys list",
      "keys rotate",
      "audit",
      "audit heads",
      "audit verify",
      "audit show",
      "audit prove",
      "audit key",
      "audit checkpoint",
      "audit checkpoints",
      "audit consistency",
      "backup",
      "restore",
  };
  for (const std::string level : kLevels) {
    const Ran ran = Line(level + " --help");
    EXPECT_EQ(ran.code, kExitOk) << level;
    EXPECT_THAT(ran.out, HasSubstr("Examples:\n  ")) << level;
    EXPECT_THAT(ran.out, HasSubstr("switchboard " + level)) << level;
  }
}

TEST_F(CommandLineTest, LintIsCalledCheckToo) {
  for (const std::string group : {"contract", "routing", "rules", "codes", "script"}) {
    const Ran ran = Line(group + " check --help");
    EXPECT_EQ(ran.code, kExitOk) << group;
    EXPECT_EQ(ran.out, Line(group + " lint --help").out) << group;
    EXPECT_THAT(Line(group + " --help").out, HasSubstr("lint, check")) << group;
  }
}

TEST_F(CommandLineTest, WrongUsageIsTwo) {
  struct Case {
    const char* line;
    const char* says;
  };
  const Case kCases[] = {
      {"", "subcommand is required"},
      {"vendor", "subcommand is required"},
      {"nonsense", "no such command: nonsense"},
      {"vendor nonsense", "no such command: nonsense"},
      {"vendor list", "--hub is required"},
      {"vendor list --hub h:1", "--tls is required"},
      {"vendor list --hub h:1 --tls t --nonsense", "--nonsense"},
      {"vendor list --hub h:1 --tls t --timeout never", "--timeout"},
      {"vendor list --hub h:1 --tls t --timeout 0", "--timeout"},
      {"vendor stop --hub h:1 --tls t", "VENDOR is required"},
      {"work-type stop PLUMBING --hub h:1 --tls t", "EARLY_COLLECTIONS"},
      {"recall announce --hub h:1 --tls t --reason MOVED", "[--assignment,--vendor] is required"},
      {"recall announce --hub h:1 --tls t --reason MOVED --vendor v --assignment a",
       "[--assignment,--vendor] is required"},
      {"recall announce --hub h:1 --tls t --vendor v", "--reason is required"},
      {"recall announce --hub h:1 --tls t --vendor v --reason BORED", "NO_EFFORT"},
      {"audit prove --hub h:1 --tls t --sequence 0 --event 0",
       "--sequence: must be a whole number of at least 1"},
      {"audit prove --hub h:1 --tls t", "[EVENT,--sequence] is required"},
      {"audit prove hub-1/1/0 --hub h:1 --tls t --sequence 1 --event 0",
       "[EVENT,--sequence] is required"},
      {"audit prove hub-1/one/0 --hub h:1 --tls t", "EVENT: must be CHAIN/ENTRY/INDEX"},
      {"audit prove --hub h:1 --tls t --sequence 1", "--sequence requires --event"},
      {"audit prove hub-1/1/0 --hub h:1 --tls t --expect f", "--expect requires --sequence"},
      {"audit prove --hub h:1 --tls t --sequence 1 --event 0 --out f", "--out requires EVENT"},
      {"audit checkpoint --hub h:1 --tls t --size 0",
       "--size: must be a whole number of at least 1"},
      {"audit consistency --hub h:1 --tls t --out f", "--old is required"},
      {"audit prove --hub h:1 --tls t --sequence 1 --event -1",
       "--event: must be a whole number of at least 0"},
      {"audit prove --hub h:1 --tls t --sequence 99999999999999999999 --event 0",
       "--sequence: must"},
      {"placements --hub h:1 --tls t --limit -5", "--limit: must be a whole number of at least 0"},
      {"placements --hub h:1 --tls t --limit 1.5", "--limit: must be a whole number"},
      {"quarantine list --hub h:1 --tls t --limit -1", "--limit: must be a whole number"},
      {"audit show --hub h:1 --tls t --limit x", "--limit: must be a whole number"},
      {"contract show sakura --hub h:1 --tls t --version 0", "--version: must be a whole number"},
      {"contract end sakura --hub h:1 --tls t --from tomorrow", "--from: must be a day, as 2027"},
      {"contract end sakura --hub h:1 --tls t --from 2027-02-30", "--from: must be a day"},
      {"core retire main --hub h:1 --tls t --all --reader x", "--reader excludes --all"},
      {"quarantine retry Q1 --hub h:1 --tls t --status UNMAPPED", "excludes"},
      {"codes show sakura --hub h:1 --tls t --version 0",
       "--version: must be a whole number of at least 1"},
      {"codes check", "FILE is required"},
      {"script lint", "FILE is required"},
      {"contract show --hub h:1 --tls t", "[VENDOR,--proposal] is required"},
      {"contract show sakura --proposal P --hub h:1 --tls t", "[VENDOR,--proposal]"},
      {"contract plan --hub h:1 --tls t", "[FILE,--proposal] is required"},
      {"contract plan f --hub h:1 --tls t --limit 0",
       "--limit: must be a whole number of at least"},
      {"contract release --hub h:1 --tls t", "PROPOSAL is required"},
      {"contract release P --hub h:1 --tls t --digest 1234",
       "--digest: must be 12 to 64 hexadecimal digits"},
      {"contract apply f --hub h:1 --tls t", "no such command: apply"},
      {"plans show --hub h:1 --tls t --account A --vendor v", "--outcome is required"},
      {"recordings missing --hub h:1 --tls t --limit -1", "--limit: must be a whole number"},
      {"recordings check --hub h:1 --tls t --vendor v --outcome o", "--file is required"},
      {"deletion waive o-1 --hub h:1 --tls t", "--reason is required"},
      {"deletion list --hub h:1 --tls t --limit -1", "--limit: must be a whole number"},
      {"vendor scorecard --hub h:1 --tls t --from yesterday", "--from: "},
      {"certs init --dir d", "--trust-domain is required"},
      {"certs init --dir d --trust-domain issuer.example --days 0", "--days"},
      {"contract check", "FILE is required"},
  };
  for (const Case& one : kCases) {
    const Ran ran = Line(one.line);
    EXPECT_EQ(ran.code, kExitUsage) << one.line;
    EXPECT_THAT(ran.err, HasSubstr(one.says)) << one.line;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_EQ(ran.out, "") << one.line;
  }
}

TEST_F(CommandLineTest, AddressWithoutAPortIsRefusedWithTheFormItTakes) {
  for (const char* hub : {"localhost", "localhost:", ":8443", "h:0", "h:65536", "h:https",
                          "::1:8443", "https://h:8443", "h:1,h"}) {
    const Ran ran = Line("vendor list --tls t --hub " + std::string(hub));
    EXPECT_EQ(ran.code, kExitUsage) << hub;
    EXPECT_THAT(ran.err, HasSubstr("is no HOST:PORT, as")) << hub;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
  setenv("SWITCHBOARD_HUB", "localhost", 1);
  EXPECT_THAT(Line("vendor list --tls t").err, HasSubstr("HOST:PORT"));
  unsetenv("SWITCHBOARD_HUB");
  EXPECT_EQ(Line("vendor list --tls t --hub [::1]:8443").code, kExitOk);
}

TEST_F(CommandLineTest, HelpShowsNoNumberThatNobodyWouldRead) {
  for (const char* line : {"placements", "audit show", "audit prove", "quarantine list"}) {
    EXPECT_THAT(Line(std::string(line) + " --help").out,
                Not(::testing::ContainsRegex("[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]")))
        << line;
  }
}

TEST_F(CommandLineTest, VersionIsOneLine) {
  const Ran ran = Line("--version");
  EXPECT_EQ(ran.code, kExitOk);
  EXPECT_THAT(ran.out, ::testing::MatchesRegex("switchboard [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(ran.err, "");
}

TEST_F(CommandLineTest, VariablesStandInForTheConnection) {
  setenv("SWITCHBOARD_HUB", "hub.example:8443", 1);
  setenv("SWITCHBOARD_TLS", "certs/operator-ito", 1);
  const Ran ran = Line("health");
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("hub.example:8443 serves"));
  unsetenv("SWITCHBOARD_HUB");
  unsetenv("SWITCHBOARD_TLS");
}

TEST_F(CommandLineTest, SeveralHubsInEveryWayOfWriting) {
  const char* kLines[] = {
      "vendor list --hub h:1,h:2 --tls t",
      "vendor list --hub h:1 --hub h:2 --tls t",
      "vendor stop --tls t --hub h:1,h:2 sakura",  // the name is not a hub's
      "vendor stop sakura --hub h:1 --tls t --hub h:2",
  };
  for (const char* line : kLines) {
    const Ran ran = Line(line);
    EXPECT_EQ(ran.code, kExitOk) << line << ran.err;
    EXPECT_EQ(script_.hubs.back(), "h:1,h:2") << line;
  }
  setenv("SWITCHBOARD_HUB", "h:3,h:4", 1);
  EXPECT_EQ(Line("vendor list --tls t").code, kExitOk);
  EXPECT_EQ(script_.hubs.back(), "h:3,h:4");
  unsetenv("SWITCHBOARD_HUB");
}

TEST_F(CommandLineTest, HelpShowsSeveralHubs) {
  EXPECT_THAT(Line("--help").out, HasSubstr("--hub hub-1.issuer.example:8443,hub-2."));
  EXPECT_THAT(Line("vendor list --help").out, HasSubstr("HOST:PORT[,HOST:PORT...]"));
}

TEST_F(CommandLineTest, HealthAsksEachHubByItself) {
  const Ran good = Line("health --hub h:1,h:2 --tls t");
  EXPECT_EQ(good.code, kExitOk) << good.err;
  EXPECT_EQ(script_.hubs, (std::vector<std::string>{"h:1", "h:2"}));
  EXPECT_THAT(good.out, HasSubstr("h:1,h:2 serve\n"));

  script_.dead_hub = "h:2";
  const Ran bad = Line("health --hub h:1,h:2 --tls t");
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.out, HasSubstr("UNAVAILABLE"));
  EXPECT_THAT(bad.out, HasSubstr("1 of 2 hubs serve everything\n"));
}

TEST_F(CommandLineTest, HealthThatDoesNotServeIsOne) {
  script_.health = "NOT_SERVING";
  const Ran ran = Line("health --hub h:1 --tls t");
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.out, HasSubstr("NOT_SERVING"));
}

TEST_F(CommandLineTest, WritesJsonBesideTheText) {
  testing::TemporaryFolder folder;
  auto& sakura = *script_.Answer<v1::ListVendorsResponse>().add_vendors();
  sakura.set_vendor_id("sakura");
  const Ran ran = Line("vendor list --hub h:1 --tls t --json " + folder / "vendors.json");
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  const auto json = nlohmann::json::parse(testing::ReadFile(folder / "vendors.json"));
  EXPECT_EQ(json["holds"], true);
  EXPECT_EQ(json["result"]["vendors"][0]["vendor_id"], "sakura");
  EXPECT_EQ(json["result"]["vendors"][0]["stopped"], false);
  EXPECT_EQ(ran.out.substr(ran.out.rfind('\n', ran.out.size() - 2) + 1),
            json["summary"].get<std::string>() + "\n");
}

TEST_F(CommandLineTest, JsonToStandardOutputIsAloneThere) {
  script_.Answer<v1::ListVendorsResponse>().add_vendors()->set_vendor_id("sakura");
  const Ran ran = Line("vendor list --hub h:1 --tls t --json -");
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(nlohmann::json::parse(ran.out)["result"]["vendors"][0]["vendor_id"], "sakura");
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 1);
  EXPECT_THAT(ran.err, HasSubstr("1 vendor, 0 connected"));
  EXPECT_FALSE(std::filesystem::exists("-"));
}

// A device that is always full.
TEST_F(CommandLineTest, OutputThatCannotBeWrittenIsAnError) {
  script_.Answer<v1::ListVendorsResponse>().add_vendors()->set_vendor_id("sakura");
  for (const char* json : {"", " --json -"}) {
    std::ofstream full("/dev/full");
    ASSERT_TRUE(full);
    std::ostringstream err;
    const int code = RunLine(Words(absl::StrCat("vendor list --hub h:1 --tls t", json)), script_,
                             clock_, full, err);
    EXPECT_EQ(code, kExitFailed) << json;
    EXPECT_THAT(err.str(), HasSubstr("OUTPUT_NOT_WRITTEN")) << json;
  }
}

// One form for all commands: what a hub sends as 64 bits and what is counted here alike.
TEST_F(CommandLineTest, JsonHasNumbersAsFarAsTheyAreExact) {
  auto& vendors = script_.Answer<v1::ListVendorsResponse>();
  auto& small = *vendors.add_vendors();
  small.set_live_assignments(int64_t{1} << 53);
  small.set_placed(-(int64_t{1} << 53));
  auto& large = *vendors.add_vendors();
  large.set_live_assignments((int64_t{1} << 53) + 1);
  large.set_placed(std::numeric_limits<int64_t>::min());
  large.mutable_effective_to()->set_year(2027);
  const auto json = nlohmann::json::parse(Line("vendor list --hub h:1 --tls t --json -").out);
  const auto& rows = json["result"]["vendors"];
  EXPECT_EQ(rows[0]["live_assignments"], 9007199254740992);
  EXPECT_EQ(rows[0]["placed"], -9007199254740992);
  EXPECT_EQ(rows[0]["outcomes"], 0);
  EXPECT_EQ(rows[1]["live_assignments"], "9007199254740993");
  EXPECT_EQ(rows[1]["placed"], "-9223372036854775808");
  EXPECT_EQ(rows[1]["effective_to"]["year"], 2027);
  const auto audit = nlohmann::json::parse(Line("audit verify --hub h:1 --tls t --json -").out);
  EXPECT_TRUE(audit["result"]["chains"][0]["entries"].is_number());
}

TEST_F(CommandLineTest, WhatAPeerChoseCannotSteerTheTerminal) {
  const std::string evil = "early\u009b5m\u202e\n\x1b[2J\u2028";
  const std::string shown = "early\\u{009B}5m\\u{202E}\\u{000A}\\u{001B}[2J\\u{2028}";
  auto& vendor = *script_.Answer<v1::ListVendorsResponse>().add_vendors();
  vendor.set_adapter(evil.substr(0, 9));
  vendor.set_vendor_group(evil);
  EXPECT_THAT(Line("vendor list --hub h:1 --tls t").out, HasSubstr(shown));
  auto& placement = *script_.Answer<v1::ListPlacementsResponse>().add_placements();
  placement.mutable_why()->set_segment(evil);
  EXPECT_THAT(Line("placements --hub h:1 --tls t").out, HasSubstr(shown.substr(0, 20)));
  script_.Answer<v1::RecallAssignmentsResponse>().add_unknown_ids(evil);
  EXPECT_THAT(Line("recall announce --hub h:1 --tls t --vendor v --reason MOVED").out,
              HasSubstr(shown));
  auto& plan = script_.Answer<v1::ShowTextResponse>();
  plan.mutable_release()->set_text_id(evil);
  plan.set_yaml("plan_id: \u009b\nsegments: []\n");
  const Ran ran = Line("routing show --hub h:1 --tls t");
  EXPECT_THAT(ran.out, HasSubstr(shown));
  EXPECT_THAT(ran.out, HasSubstr("plan_id: \\u{009B}\nsegments: []\n"));
  script_.Answer<v1::ShowTextResponse>().mutable_release()->set_text_id(evil);
  const Ran json = Line("routing show --hub h:1 --tls t --json -");
  EXPECT_EQ(nlohmann::json::parse(json.out)["result"]["release"]["text_id"], evil);
  for (const char* bytes : {"\u009b", "\u202e", "\x1b", "\u2028"}) {
    EXPECT_THAT(ran.out, Not(HasSubstr(bytes)));
    EXPECT_THAT(json.out + json.err, Not(HasSubstr(bytes)));
  }
  script_.failure = Error(absl::StatusCode::kNotFound, "VENDOR_UNKNOWN", "no vendor " + evil);
  EXPECT_THAT(Line("vendor stop x --hub h:1 --tls t").err, HasSubstr("early\\u{009B}5m"));
  EXPECT_THAT(Line("vendor stop x --hub h:1 --tls t").err, Not(HasSubstr("\u009b")));
}

TEST_F(CommandLineTest, JsonThatCannotBeWrittenIsOne) {
  const Ran ran = Line("vendor list --hub h:1 --tls t --json /nonexistent/folder/file.json");
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("FILE_NOT_WRITTEN"));
}

TEST_F(CommandLineTest, ErrorsNameReasonAndWayOut) {
  struct Case {
    absl::Status status;
    const char* reason;
    const char* way_out;
  };
  const Case kCases[] = {
      {absl::UnavailableError("Socket closed"), "UNAVAILABLE; ",
       "switchboard diagnose tls --hub h:1 --tls t"},
      {Error(absl::StatusCode::kPermissionDenied, "NOT_AN_OPERATOR", "only an operator may"),
       "PERMISSION_DENIED, NOT_AN_OPERATOR", "operator's certificate folder"},
      {OverloadedError("too many writes are waiting", absl::Seconds(3)),
       "RESOURCE_EXHAUSTED, OVERLOADED", "try again in 3 s"},
      {OverloadedError("too many writes are waiting", absl::Milliseconds(200)),
       "RESOURCE_EXHAUSTED, OVERLOADED", "try again in 1 s"},
      {Error(absl::StatusCode::kNotFound, "VENDOR_UNKNOWN", "no such vendor"),
       "NOT_FOUND, VENDOR_UNKNOWN", "switchboard vendor list"},
      {absl::DeadlineExceededError("Deadline Exceeded"), "DEADLINE_EXCEEDED; ", "--timeout"},
      {Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the hub is shutting down"),
       "UNAVAILABLE, SHUTTING_DOWN", "try again when the hub is back"},
  };
  for (const Case& one : kCases) {
    script_.failure = one.status;
    const Ran ran = Line("vendor list --hub h:1 --tls t");
    EXPECT_EQ(ran.code, kExitFailed);
    EXPECT_THAT(ran.err, HasSubstr(std::string(one.status.message())));
    EXPECT_THAT(ran.err, HasSubstr(std::string("reason: ") + one.reason));
    EXPECT_THAT(ran.err, HasSubstr(std::string("way out: "))) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(one.way_out));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(CommandLineTest, DiagnosisIsOfferedForEveryHub) {
  script_.failure = absl::UnavailableError("Socket closed");
  EXPECT_THAT(Line("vendor list --hub h:1,h:2 --tls t").err,
              HasSubstr("switchboard diagnose tls --hub h:1,h:2 --tls t"));
}

TEST_F(CommandLineTest, AnswersOfTheHubNeedNoDiagnosis) {
  script_.failure = Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the hub is going");
  EXPECT_THAT(Line("vendor list --hub h:1 --tls t").err, Not(HasSubstr("diagnose")));
}

TEST(Progress, SaysNothingInTheFirstSecondAndThenALineASecond) {
  ManualClock clock;
  std::ostringstream err;
  Progress progress(clock, err);
  clock.Advance(absl::Milliseconds(999));
  progress.Update("one");
  EXPECT_EQ(err.str(), "");
  clock.Advance(absl::Milliseconds(1));
  progress.Update("two");
  progress.Update("three");
  EXPECT_EQ(err.str(), "switchboard: 1 s: two\n");
  clock.Advance(absl::Seconds(1));
  progress.Update("four");
  EXPECT_EQ(err.str(), "switchboard: 1 s: two\nswitchboard: 2 s: four\n");
}

}  // namespace
}  // namespace switchboard::cli
