// Contracts looked at before anything changes: plan at a hub, preview without one.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "clients/cli/scripted_calls.h"
#include "clients/text_table.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using Plan = v1::PlanContractResponse;

constexpr char kContract[] =
    "vendor_id: sakura\nlanguages: [ja]\nwork_types:\n  - work_type: CAMPAIGN\n    acts: [OFFER]\n"
    "    disclose:\n      - {data_class: LANGUAGE, show: CLEAR}\n"
    "      - {data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}\n";

constexpr char kPlanText[] = R"(  text      contract sakura
  in force  from 2027-01-01, until replaced
  beside    version 2
  digest    6767676767676767676767676767676767676767676767676767676767676767
  feed      begins a new generation, so that nothing shown before stays in use

  work type          live assignments  leave
  ─────────────────  ────────────────  ─────
  CAMPAIGN                      1,200      0
  EARLY_COLLECTIONS               300    300

  field                        work type  seen       now               would be      assignments
  ───────────────────────────  ─────────  ─────────  ────────────────  ────────────  ───────────
  person.name                  CAMPAIGN   MORE       PARTIAL INITIALS  CLEAR               1,180
  person.contact_points.value  CAMPAIGN   LESS       CLEAR             PARTIAL AREA        1,200
  account.product              CAMPAIGN   OTHERWISE  CLEAR GOLD        CLEAR SILVER            7

  term              the vendor may  now        would be
  ────────────────  ──────────────  ─────────  ────────
  permits.lifetime  MORE            120s       600s
  vendor_group                      (nothing)  north

  Live work by its shape, letters as "a" and digits as "9"; invented people as they are:

  whose  work type  field                        now               would be
  ─────  ─────────  ───────────────────────────  ────────────────  ─────────────────────
  A1     CAMPAIGN   person.contact_points.value  +99 99-9999-9999  +99 99
                    person.name                  字*** 字***       字字字字
  ja JP  CAMPAIGN   person.name                  青*** ひ***       青柳ひかり
                    person.name_reading          (nothing)         アオヤギ ヒカリ
  en US  CAMPAIGN   person.name                  A*** J*** S***    Averil Joan Sampleton

  WARNING  routing plan p1:5:7: one
contract sakura: 1 field seen more, 1 less, 1 otherwise; 300 of 1,500 live assignments leave
)";

void AddField(Plan& plan, const char* path, Plan::Change change, const char* before,
              const char* after, int64_t assignments) {
  auto& field = *plan.add_fields();
  field.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  field.set_path(path);
  field.set_change(change);
  field.set_before(before);
  field.set_after(after);
  field.set_assignments(assignments);
}

v1::PlanContractResponse::Sample& AddSample(Plan& plan, const char* path, const char* before,
                                            const char* after) {
  auto& sample = *plan.add_samples();
  sample.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  sample.set_path(path);
  sample.set_before(before);
  sample.set_after(after);
  return sample;
}

// One with everything in it.
Plan WholePlan() {
  Plan plan;
  plan.set_vendor_id("sakura");
  plan.set_digest(std::string(32, 'g'));
  plan.set_against_version(2);
  plan.mutable_first_day()->set_year(2027);
  plan.mutable_first_day()->set_month(1);
  plan.mutable_first_day()->set_day(1);
  plan.set_reach(Plan::REACH_NEW_GENERATION);
  plan.set_looked_at(1500);
  plan.set_all(true);
  auto& campaign = *plan.add_work_types();
  campaign.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  campaign.set_live_assignments(1200);
  auto& early = *plan.add_work_types();
  early.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  early.set_live_assignments(300);
  early.set_leaving(300);
  AddField(plan, "person.name", Plan::CHANGE_MORE, "PARTIAL INITIALS", "CLEAR", 1180);
  AddField(plan, "person.contact_points.value", Plan::CHANGE_LESS, "CLEAR", "PARTIAL AREA", 1200);
  AddField(plan, "account.product", Plan::CHANGE_OTHERWISE, "CLEAR GOLD", "CLEAR SILVER", 7);
  auto& lifetime = *plan.add_terms();
  lifetime.set_path("permits.lifetime");
  lifetime.set_before("120s");
  lifetime.set_after("600s");
  lifetime.set_change(Plan::CHANGE_MORE);
  auto& group = *plan.add_terms();
  group.set_path("vendor_group");
  group.set_after("north");
  AddSample(plan, "person.contact_points.value", "+99 99-9999-9999", "+99 99")
      .set_assignment_id("A1");
  AddSample(plan, "person.name", "字*** 字***", "字字字字").set_assignment_id("A1");
  AddSample(plan, "person.name", "青*** ひ***", "青柳ひかり").set_specimen("ja JP");
  AddSample(plan, "person.name_reading", "", "アオヤギ ヒカリ").set_specimen("ja JP");
  AddSample(plan, "person.name", "A*** J*** S***", "Averil Joan Sampleton").set_specimen("en US");
  plan.add_warnings("routing plan p1:5:7: one");
  return plan;
}

class ContractPlanCommandsTest : public ::testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& content) {
    testing::WriteFile(folder_ / name, content);
    return folder_ / name;
  }
  Ran Preview(std::vector<std::string> words) {
    words.insert(words.begin(), {"contract", "preview"});
    return RunLine(words, script_, clock_);
  }

  testing::TemporaryFolder folder_;
  Script script_;
  ManualClock clock_;
};

TEST_F(ContractPlanCommandsTest, PlanShowsWhoWouldSeeWhatOfHowMany) {
  const std::string file = File("sakura.yaml", kContract);
  script_.Answer<v1::PlanContractResponse>() = WholePlan();
  const Ran ran = RunOnline({"contract", "plan", file}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, kPlanText);
  const auto asked = script_.Asked<v1::PlanContractRequest>();
  EXPECT_EQ(asked.yaml(), kContract);
  EXPECT_EQ(asked.file_name(), file);
  EXPECT_EQ(asked.assignments_max(), 0);
  EXPECT_EQ(asked.samples_max(), 5);
}

TEST_F(ContractPlanCommandsTest, PlanOfAProposalAndItsNumbers) {
  script_.Answer<v1::PlanContractResponse>() = WholePlan();
  const Ran ran = RunOnline({"contract", "plan", "--proposal", "P1", "--limit", "99999999999",
                             "--samples", "0", "--json", folder_ / "plan.json"},
                            script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto asked = script_.Asked<v1::PlanContractRequest>();
  EXPECT_EQ(asked.proposal_id(), "P1");
  EXPECT_EQ(asked.yaml() + asked.file_name(), "");
  EXPECT_EQ(asked.assignments_max(), 2147483647) << "none that wraps around to one it may look at";
  EXPECT_EQ(asked.samples_max(), 0);
  const auto json = nlohmann::json::parse(testing::ReadFile(folder_ / "plan.json"))["result"];
  EXPECT_EQ(json["digest"].get<std::string>().substr(0, 12), "676767676767");
  EXPECT_EQ(json["fields"][0]["change"], "CHANGE_MORE");
  EXPECT_EQ(json["fields"][0]["assignments"], 1180);
  EXPECT_EQ(json["samples"][3]["after"], "アオヤギ ヒカリ");
}

TEST_F(ContractPlanCommandsTest, PlanSaysWhatTheFeedDoesAndThatThereIsMore) {
  const struct {
    Plan::Reach reach;
    const char* says;
  } rows[] = {
      {Plan::REACH_NOTHING, "  feed      goes on: no row looks otherwise\n"},
      {Plan::REACH_CHANGED_ROWS, "  feed      goes on: rows come again as changed ones\n"},
  };
  for (const auto& row : rows) {
    Plan& plan = script_.Answer<v1::PlanContractResponse>();
    plan.set_vendor_id("sakura");
    plan.set_reach(row.reach);
    plan.set_looked_at(1);
    auto& day = *plan.mutable_last_day_out();
    day.set_year(2027);
    day.set_month(4);
    day.set_day(1);
    *plan.mutable_first_day() = day;
    plan.mutable_first_day()->set_month(1);
    const Ran ran = RunOnline({"contract", "plan", "--proposal", "P1"}, script_);
    EXPECT_THAT(ran.out, HasSubstr(row.says));
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("  in force  from 2027-01-01; 2027-04-01 is its first day "
                                "out of force\n"),
                      HasSubstr("  beside    nothing: no version is in force on that day\n"),
                      Not(HasSubstr("would be")), Not(HasSubstr("leave\n"))));
    EXPECT_THAT(ran.out, HasSubstr("\ncontract sakura: 0 fields seen more, 0 less, 0 otherwise; 0 "
                                   "of 1 live assignment leave, and there are more to look at\n"));
  }
}

TEST_F(ContractPlanCommandsTest, ABadContractIsNotPlanned) {
  const Ran ran = RunOnline({"contract", "plan", File("x.yaml", "vendor_id: [\n")}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("YAML_INVALID"));
  EXPECT_EQ(script_.Asked<v1::PlanContractRequest>().yaml(), "");
}

// Columns stand one below the other on a terminal, whatever the script.
void ExpectAligned(const std::string& text, std::string_view header, std::string_view column) {
  const size_t begin = text.find(header);
  ASSERT_NE(begin, std::string::npos) << text;
  const std::string head = text.substr(begin, text.find('\n', begin) - begin);
  const size_t width = DisplayWidth(head.substr(0, head.find(column)));
  const size_t from = text.find("青柳", begin);
  ASSERT_NE(from, std::string::npos) << text;
  const size_t line_begin = text.rfind('\n', from) + 1;
  const std::string line = text.substr(line_begin, text.find('\n', from) - line_begin);
  EXPECT_EQ(DisplayWidth(line.substr(0, line.find("青柳"))), width) << text;
}

TEST_F(ContractPlanCommandsTest, PreviewShowsInventedPeopleWithoutAHub) {
  const std::string file = File("sakura.yaml", kContract);
  const Ran ran = Preview({file});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(script_.hubs.empty());
  EXPECT_THAT(ran.out, HasSubstr("  CAMPAIGN\n\n  invented "));
  ExpectAligned(ran.out, "  invented ", "at most");
  EXPECT_THAT(ran.out, ContainsRegex(" person\\.name +青柳ひかり +青柳\n"));
  EXPECT_THAT(ran.out, ContainsRegex(" person\\.birth_date +1984-05-17 +.nothing.\n"));
  EXPECT_THAT(ran.out, ContainsRegex(" person\\.language +ja +ja\n"));
  EXPECT_THAT(ran.out, HasSubstr("contract sakura, as seen of "));
  EXPECT_THAT(ran.out, HasSubstr(" invented people; no hub was asked\n"));
}

TEST_F(ContractPlanCommandsTest, PreviewAgainstAnotherShowsOnlyWhatIsOtherwise) {
  const std::string before = File("before.yaml", kContract);
  const std::string after =
      File("after.yaml",
           std::string(kContract) + "      - {data_class: EMAIL, show: PARTIAL, mask: DOMAIN}\n");
  const Ran more = Preview({after, "--against", before, "--json", folder_ / "json"});
  EXPECT_EQ(more.code, 0) << more.err;
  EXPECT_THAT(more.out, HasSubstr("  CAMPAIGN: more is seen\n\n  invented "));
  EXPECT_THAT(
      more.out,
      ContainsRegex("  ja JP +person\\.contact_points\\.value +.nothing. +[^\n]*mail\\.example\n"));
  EXPECT_THAT(more.out, Not(HasSubstr("person.name")));
  const auto json = nlohmann::json::parse(testing::ReadFile(folder_ / "json"))["result"];
  EXPECT_EQ(json[0]["work_types"], nlohmann::json::array({"CAMPAIGN"}));
  EXPECT_EQ(json[0]["specimens"][0]["specimen"], "ja JP");
  EXPECT_EQ(json[0]["specimens"][0]["fields"].size(), 1u);
  EXPECT_EQ(json[0]["specimens"][0]["fields"][0]["before"], "");
  EXPECT_THAT(Preview({before, "--against", after}).out, HasSubstr("  CAMPAIGN: less is seen\n"));
  const Ran same = Preview({before, "--against", before});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_THAT(same.out, AllOf(HasSubstr("  CAMPAIGN: the same is seen\n\ncontract sakura"),
                              Not(HasSubstr("ja JP"))));
}

// A work type that one of the two lists alone is told, and those that look alike are told once.
TEST_F(ContractPlanCommandsTest, PreviewTellsWorkTypesThatLookAlikeOnce) {
  const std::string one = File("one.yaml", kContract);
  const std::string two =
      File("two.yaml", std::string(kContract) +
                           "  - work_type: EARLY_COLLECTIONS\n    acts: [REMIND]\n"
                           "    disclose:\n      - {data_class: LANGUAGE, show: CLEAR}\n"
                           "      - {data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}\n");
  EXPECT_THAT(Preview({two}).out, AnyOf(HasSubstr("  CAMPAIGN, EARLY_COLLECTIONS\n"),
                                        HasSubstr("  EARLY_COLLECTIONS, CAMPAIGN\n")));
  const Ran gone = Preview({one, "--against", two});
  EXPECT_THAT(gone.out, AllOf(HasSubstr("  CAMPAIGN: the same is seen\n"),
                              HasSubstr("  EARLY_COLLECTIONS: less is seen\n")));
}

TEST_F(ContractPlanCommandsTest, PreviewNamesWhatIsWrongWithAFile) {
  const std::string good = File("good.yaml", kContract);
  const std::string bad = File("bad.yaml", std::string(kContract) + "permits: {lifetime: 1s}\n");
  const std::vector<std::vector<std::string>> lines = {{bad}, {good, "--against", bad}};
  for (const auto& words : lines) {
    const Ran ran = Preview(words);
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.err, HasSubstr("bad.yaml:9:"));
  }
}

}  // namespace
}  // namespace switchboard::cli
