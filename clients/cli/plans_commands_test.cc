// Payment plans that wait for head office: list, show, approve, refuse, change.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/promise_text.h"
#include "clients/cli/render.h"
#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using Proposed = v1::ListProposedPlansResponse::Line;
using Plan = v1::PaymentPlan;

constexpr char kKey[] = "--account C-1 --vendor sakura --outcome o-7 ";
constexpr char kChange[] =
    "plans change --account C-1 --vendor sakura --outcome o-7 --version 2 --amount 12000 "
    "--currency JPY ";

v1::Date Day(int year, int month, int day) {
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

v1::Money Yen(int64_t amount) {
  v1::Money money;
  money.set_currency_code("JPY");
  money.set_minor_units(amount);
  return money;
}

// Of two parts, with a waiver and a proof, which waits for two reasons.
Proposed PlanOf(const std::string& outcome_id) {
  Proposed plan;
  plan.mutable_key()->set_account_id("C-1");
  plan.mutable_key()->set_vendor_id("sakura");
  plan.mutable_key()->set_outcome_id(outcome_id);
  plan.set_outcome_version(2);
  *plan.mutable_take_time() = TimeUtil::SecondsToTimestamp(1767225600);
  plan.set_agent_level("senior");
  plan.add_beyond(Plan::BEYOND_MONTHS);
  plan.add_beyond(Plan::BEYOND_PROOFS);
  *plan.mutable_amount() = Yen(12000);
  for (const int month : {1, 2}) {
    auto& part = *plan.add_instalments();
    *part.mutable_due_date() = Day(2026, month, 28);
    *part.mutable_amount() = Yen(month * 4000);
  }
  auto& waiver = *plan.add_waivers();
  waiver.set_kind(Plan::Waiver::KIND_LATE_FEES);
  *waiver.mutable_amount() = Yen(500);
  auto& proof = *plan.add_proofs();
  proof.set_address("https://proofs.issuer.example/sakura/1");
  proof.set_media_type("application/pdf");
  proof.set_size_bytes(1'048'576);
  proof.set_sha256(std::string(31, '\0') + "\xab");
  proof.set_retention_class("means");
  return plan;
}

class PlansCommandsTest : public ::testing::Test {
 protected:
  Ran Line(const std::string& line) {
    return RunOnline(absl::StrSplit(line, ' ', absl::SkipEmpty()), script_);
  }
  void AnswerPage(const std::vector<std::string>& outcome_ids) {
    auto& page = script_.Answer<v1::ListProposedPlansResponse>();
    for (const std::string& id : outcome_ids) *page.add_plans() = PlanOf(id);
  }
  // The terms of a change that is sent.
  v1::DecidePlanRequest Changed(const std::string& how) {
    const Ran ran = Line(kChange + how);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return script_.Asked<v1::DecidePlanRequest>();
  }

  Script script_;
};

TEST_F(PlansCommandsTest, ListSaysWhatIsProposedAndWhyItWaits) {
  AnswerPage({"o-7"});
  const Ran ran = Line("plans list");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("proposed (UTC)"));
  EXPECT_THAT(ran.out,
              ContainsRegex("  C-1 +sakura +o-7 +2  2026-01-01 00:00:00  senior  JPY 12,000 +2  "
                            "2026-01-28  2026-02-28  LATE_FEES JPY 500 +1  it lasts too long or "
                            "begins too late; too few proofs of means\n"));
  EXPECT_THAT(ran.out, HasSubstr("1 plan\n"));
}

TEST_F(PlansCommandsTest, ListGoesOverAllPages) {
  AnswerPage({"o-1", "o-2"});
  AnswerPage({"o-3"});
  const Ran ran = Line("plans list --json -");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("3 plans\n"));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"outcome_id\":\"o-1\""), HasSubstr("\"BEYOND_MONTHS\""),
                             HasSubstr("\"sha256\":\"0000"), HasSubstr("\"minor_units\":12000")));
  const auto last = script_.Asked<v1::ListProposedPlansRequest>();
  EXPECT_EQ(last.after().account_id(), "C-1");
  EXPECT_EQ(last.after().vendor_id(), "sakura");
  EXPECT_EQ(last.after().outcome_id(), "o-3");
  EXPECT_EQ(last.max_plans(), 100);
}

// The audit log tells of each plan that the hub shows.
TEST_F(PlansCommandsTest, ListAsksForNoMoreThanItPrints) {
  AnswerPage({"o-1", "o-2"});
  AnswerPage({"o-3", "o-4"});
  const Ran ran = Line("plans list --limit 3");
  EXPECT_EQ(script_.Asked<v1::ListProposedPlansRequest>().max_plans(), 1);
  EXPECT_THAT(ran.out, HasSubstr("o-3"));
  EXPECT_THAT(ran.out, Not(HasSubstr("o-4"))) << "a hub may answer with more";
  EXPECT_THAT(ran.out, HasSubstr("3 plans; there may be more: --limit\n"));
}

TEST_F(PlansCommandsTest, ShowPrintsPartsAndProofs) {
  AnswerPage({"o-7"});
  const Ran ran = Line(absl::StrCat("plans show ", kKey));
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("  proposed  2026-01-01 00:00:00 UTC, by level senior\n"
                                 "  waits     it lasts too long or begins too late; too few "
                                 "proofs of means\n"
                                 "  in all    JPY 12,000\n"
                                 "  given up  LATE_FEES JPY 500\n"));
  EXPECT_THAT(ran.out, ContainsRegex("  1  2026-01-28  JPY 4,000\n +2  2026-02-28  JPY 8,000\n"));
  EXPECT_THAT(ran.out, ContainsRegex("https://proofs.issuer.example/sakura/1  application/pdf  "
                                     "1,048,576  means +0000[0]*ab\n"));
  EXPECT_THAT(ran.out,
              HasSubstr("plan of sakura's outcome o-7, version 2: 2 parts, 1 proof of means\n"));
}

// The audit log tells of each plan that the hub shows.
TEST_F(PlansCommandsTest, ShowAsksForThatPlanAlone) {
  AnswerPage({"o-7"});
  AnswerPage({"o-8"});
  EXPECT_EQ(Line(absl::StrCat("plans show ", kKey)).code, 0);
  const auto asked = script_.Asked<v1::ListProposedPlansRequest>();
  EXPECT_EQ(asked.key().account_id(), "C-1");
  EXPECT_EQ(asked.key().vendor_id(), "sakura");
  EXPECT_EQ(asked.key().outcome_id(), "o-7");
  EXPECT_FALSE(asked.has_after());
  EXPECT_EQ(asked.max_plans(), 0);
  EXPECT_EQ(script_.Unasked<v1::ListProposedPlansResponse>(), 1u);
}

TEST_F(PlansCommandsTest, ShowOfAPlanThatDoesNotWaitSaysWhereToLook) {
  const Ran ran = Line(absl::StrCat("plans show ", kKey));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err,
              AllOf(HasSubstr("NOT_FOUND, PLAN_UNKNOWN"), HasSubstr("switchboard plans list")));
}

TEST_F(PlansCommandsTest, ShowLeavesOutWhatIsNotThere) {
  auto& plan = *script_.Answer<v1::ListProposedPlansResponse>().add_plans();
  plan = PlanOf("o-7");
  plan.clear_proofs();
  plan.clear_waivers();
  const Ran ran = Line(absl::StrCat("plans show ", kKey));
  EXPECT_THAT(ran.out, HasSubstr("  given up  nothing\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("SHA-256")));
  EXPECT_THAT(ran.out, HasSubstr("2 parts, 0 proofs of means\n"));
}

TEST_F(PlansCommandsTest, DecisionIsSentAndSaysHowThePlanStands) {
  struct Case {
    const char* line;
    v1::PlanDecision::Verdict verdict;
    v1::PlanDecision::Reason reason;
    v1::PromiseStanding standing;
    bool changed;
    const char* says;
  };
  using Decision = v1::PlanDecision;
  const Case kCases[] = {
      {"plans approve --version 2", Decision::VERDICT_APPROVED, Decision::REASON_UNSPECIFIED,
       v1::PROMISE_STANDING_OPEN, true, "is approved; it stands OPEN\n"},
      {"plans approve --version 2 --reason account", Decision::VERDICT_APPROVED,
       Decision::REASON_ACCOUNT, v1::PROMISE_STANDING_KEPT, false,
       "was approved so before; it stands KEPT\n"},
      {"plans refuse --version 2 --reason too-long", Decision::VERDICT_REFUSED,
       Decision::REASON_TOO_LONG, v1::PROMISE_STANDING_REFUSED, true,
       "is refused; it stands REFUSED: by head office\n"},
      {"plans change --version 2 --amount 1 --currency JPY --part 2026-01-28=1",
       Decision::VERDICT_CHANGED, Decision::REASON_UNSPECIFIED, v1::PROMISE_STANDING_OPEN, true,
       "is changed; it stands OPEN\n"},
  };
  for (const Case& one : kCases) {
    auto& response = script_.Answer<v1::DecidePlanResponse>();
    response.set_changed(one.changed);
    response.set_standing(one.standing);
    const Ran ran = Line(absl::StrCat(one.line, " --note agreed ", kKey));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, absl::StrCat("plan of sakura's outcome o-7, version 2 ", one.says));
    const auto asked = script_.Asked<v1::DecidePlanRequest>();
    EXPECT_EQ(asked.key().account_id(), "C-1");
    EXPECT_EQ(asked.key().vendor_id(), "sakura");
    EXPECT_EQ(asked.key().outcome_id(), "o-7");
    EXPECT_EQ(asked.outcome_version(), 2);
    EXPECT_EQ(asked.verdict(), one.verdict) << one.line;
    EXPECT_EQ(asked.reason(), one.reason) << one.line;
    EXPECT_EQ(asked.note(), "agreed");
    EXPECT_EQ(asked.has_plan(), one.verdict == Decision::VERDICT_CHANGED) << one.line;
    EXPECT_EQ(asked.has_amount(), one.verdict == Decision::VERDICT_CHANGED) << one.line;
  }
}

TEST_F(PlansCommandsTest, VersionThatIsNoneDoesNotWrapAroundToOne) {
  Line(absl::StrCat("plans approve --version 4294967298 ", kKey));
  EXPECT_EQ(script_.Asked<v1::DecidePlanRequest>().outcome_version(), 2147483647);
}

TEST_F(PlansCommandsTest, ChangeByParts) {
  const auto asked = Changed(
      "--part 2026-12-31=4000 --part 2027-01-31=8000 --waive late-fees=500 "
      "--waive INTEREST=80");
  EXPECT_EQ(MoneyText(asked.amount()), "JPY 12,000");
  ASSERT_EQ(asked.plan().instalments_size(), 2);
  EXPECT_FALSE(asked.plan().has_schedule());
  EXPECT_EQ(DayText(asked.plan().instalments(0).due_date()), "2026-12-31");
  EXPECT_EQ(MoneyText(asked.plan().instalments(0).amount()), "JPY 4,000");
  EXPECT_EQ(DayText(asked.plan().instalments(1).due_date()), "2027-01-31");
  EXPECT_EQ(MoneyText(asked.plan().instalments(1).amount()), "JPY 8,000");
  EXPECT_EQ(WaiversText(asked.plan().waivers()), "LATE_FEES JPY 500, INTEREST JPY 80");
  EXPECT_EQ(asked.plan().agent_level(), "");
}

TEST_F(PlansCommandsTest, ChangeByEqualParts) {
  struct Case {
    const char* how;
    Plan::Interval interval;
    int64_t down;
  };
  const Case kCases[] = {
      {"--first 2026-12-31 --every month --count 3 --down 1000", Plan::INTERVAL_MONTH, 1000},
      {"--first 2026-12-31 --every two-weeks --count 3", Plan::INTERVAL_TWO_WEEKS, 0},
      {"--first 2026-12-31 --every TWO_WEEKS --count 3", Plan::INTERVAL_TWO_WEEKS, 0},
      {"--first 2026-12-31 --every week --count 3", Plan::INTERVAL_WEEK, 0},
  };
  for (const Case& one : kCases) {
    const auto plan = Changed(one.how).plan();
    EXPECT_EQ(plan.instalments_size(), 0) << one.how;
    EXPECT_EQ(plan.waivers_size(), 0) << one.how;
    EXPECT_EQ(DayText(plan.schedule().first_date()), "2026-12-31") << one.how;
    EXPECT_EQ(plan.schedule().interval(), one.interval) << one.how;
    EXPECT_EQ(plan.schedule().count(), 3) << one.how;
    EXPECT_EQ(plan.schedule().has_down_payment(), one.down > 0) << one.how;
    EXPECT_EQ(plan.schedule().down_payment().minor_units(), one.down) << one.how;
    if (one.down > 0) {
      EXPECT_EQ(plan.schedule().down_payment().currency_code(), "JPY");
    }
  }
}

TEST_F(PlansCommandsTest, TermsThatContradictThemselvesAreNotSent) {
  std::string many;
  for (int i = 0; i <= 120; ++i) absl::StrAppend(&many, "--part ", 2000 + i, "-01-01=100 ");
  const std::pair<std::string, const char*> kCases[] = {
      {"--part 2026-12-31=4000 --part 2027-01-31=7000",
       "--part: the parts are 11000 minor units in all, and --amount says 12000"},
      {"--part 2026-12-31=12001", "the parts are 12001 minor units in all"},
      {"--part 2027-01-31=4000 --part 2026-12-31=8000",
       "--part: 2026-12-31 must be later than the part before it"},
      {"--part 2026-12-31=4000 --part 2026-12-31=8000",
       "--part: 2026-12-31 must be later than the part before it"},
      {many, "--part: at most 120 parts"},
  };
  for (const auto& [how, says] : kCases) {
    const Ran ran = Line(kChange + how);
    EXPECT_EQ(ran.code, kExitFailed) << how;
    EXPECT_THAT(ran.err, AllOf(HasSubstr(says), HasSubstr("INVALID_ARGUMENT, OPTION_INVALID")));
    EXPECT_FALSE(script_.Asked<v1::DecidePlanRequest>().has_key()) << how;
  }
}

TEST_F(PlansCommandsTest, WrongUsageIsTwo) {
  const std::string decide = absl::StrCat("--version 2 ", kKey);
  const std::pair<std::string, const char*> kCases[] = {
      {"plans", "subcommand is required"},
      {"plans list --vendor sakura", "--vendor"},
      {"plans approve --account C-1 --vendor v --outcome o", "--version is required"},
      {"plans approve --account C-1 --vendor v --version 1", "--outcome is required"},
      {absl::StrCat("plans approve --version 0 ", kKey), "--version: must be a whole number"},
      {"plans approve --amount 1 " + decide, "--amount"},
      {"plans refuse " + decide, "--reason is required"},
      {"plans refuse --reason bored " + decide, "NO_WAIVER"},
      {"plans change --part 2026-12-31=1 --currency JPY " + decide, "--amount is required"},
      {"plans change --part 2026-12-31=1 --amount 1 " + decide, "--currency is required"},
      {"plans change --part 2026-12-31=1 --amount 1 --currency yen " + decide,
       "--currency: must be a currency's three letters, as JPY"},
      {"plans change --part 2026-12-31=1 --amount 120.00 --currency USD " + decide,
       "--amount: must be a whole number of at least 1"},
      {kChange, "[--part,--first] is required"},
      {absl::StrCat(kChange, "--part 2026-12-31=12000 --first 2026-12-31 --every week --count 2"),
       "[--part,--first]"},
      {absl::StrCat(kChange, "--part 2026-12-31=12000 --every week"), "--every requires --first"},
      {absl::StrCat(kChange, "--part 2026-12-31=12000 --down 5"), "--down requires --first"},
      {absl::StrCat(kChange, "--first 2026-12-31 --count 2"), "--first requires --every"},
      {absl::StrCat(kChange, "--first 2026-12-31 --every week"), "--first requires --count"},
      {absl::StrCat(kChange, "--first 2026-12-31 --every year --count 2"), "TWO_WEEKS"},
      {absl::StrCat(kChange, "--first tomorrow --every week --count 2"),
       "--first: must be a day, as 2027"},
      {absl::StrCat(kChange, "--first 2026-12-31 --every week --count 0"),
       "--count: must be a whole number of at least 1"},
      {absl::StrCat(kChange, "--part 2026-12-31"), "minor units, as 2026-12-31=4000"},
      {absl::StrCat(kChange, "--part 2026-02-30=5"), "minor units, as 2026-12-31=4000"},
      {absl::StrCat(kChange, "--part 2026-12-31=0"), "--part: must be a day and 1 to"},
      {absl::StrCat(kChange, "--part 2026-12-31=40.5"), "--part: must be a day and 1 to"},
      {absl::StrCat(kChange, "--part 2026-12-31=1000000000000001"), "--part: must be a day"},
      {absl::StrCat(kChange, "--part 2026-12-31=12000 --waive fees=5"),
       "--waive: must be one of {LATE_FEES,INTEREST,PRINCIPAL} and 1 to"},
      {absl::StrCat(kChange, "--part 2026-12-31=12000 --waive unspecified=5"), "--waive: must be"},
      {absl::StrCat(kChange, "--part 2026-12-31=12000 --waive interest"), "as late-fees=500"},
      {absl::StrCat(kChange, "--part 2026-12-31=12000 --waive interest=-5"), "as late-fees=500"},
  };
  for (const auto& [line, says] : kCases) {
    const Ran ran = Line(line);
    EXPECT_EQ(ran.code, kExitUsage) << line;
    EXPECT_THAT(ran.err, HasSubstr(says)) << line;
    EXPECT_EQ(ran.out, "") << line;
  }
}

TEST_F(PlansCommandsTest, ErrorsOfTheHubHaveAWayOut) {
  const std::pair<const char*, const char*> kCases[] = {
      {"PLAN_UNKNOWN", "way out: switchboard plans list shows the plans that wait"},
      {"PLAN_NOT_PENDING", "way out: switchboard plans list shows what waits now"},
  };
  for (const auto& [reason, way_out] : kCases) {
    script_.failure = Error(absl::StatusCode::kFailedPrecondition, reason, "it does not wait");
    const Ran ran = Line(absl::StrCat("plans approve --version 2 ", kKey));
    EXPECT_EQ(ran.code, kExitFailed);
    EXPECT_THAT(ran.err, HasSubstr(way_out));
  }
}

TEST_F(PlansCommandsTest, HelpNamesEachOptionAndTheUnit) {
  const std::vector<std::string> kOfAll = {"--json", "--hub", "--tls"};
  const std::vector<std::string> kOfKey = {"--account", "--vendor", "--outcome"};
  const std::vector<std::string> kOfDecision = {"--version", "--reason", "--note", "TOO_LONG"};
  struct Case {
    const char* command;
    std::vector<std::vector<std::string>> options;
  };
  const Case kCases[] = {
      {"plans list", {kOfAll, {"--limit", "audit log"}}},
      {"plans show", {kOfAll, kOfKey, {"audit log"}}},
      {"plans approve", {kOfAll, kOfKey, kOfDecision}},
      {"plans refuse", {kOfAll, kOfKey, kOfDecision}},
      {"plans change",
       {kOfAll,
        kOfKey,
        kOfDecision,
        {"--amount", "--currency", "--part", "--first", "--every", "--count", "--down", "--waive"},
        {"minor units", "JPY 12,000", "TWO_WEEKS", "LATE_FEES, INTEREST or PRINCIPAL"}}},
  };
  for (const Case& one : kCases) {
    const Ran ran = Line(absl::StrCat(one.command, " --help"));
    EXPECT_EQ(ran.code, kExitOk) << one.command;
    for (const auto& words : one.options) {
      for (const std::string& word : words) EXPECT_THAT(ran.out, HasSubstr(word)) << one.command;
    }
  }
}

TEST(PlanText, EveryReasonToWaitHasItsOwnWords) {
  const auto* type = Plan::Beyond_descriptor();
  std::set<std::string> seen;
  for (int i = 0; i < type->value_count(); ++i) {
    const int number = type->value(i)->number();
    if (number == 0) continue;
    google::protobuf::RepeatedField<int> beyond;
    beyond.Add(number);
    EXPECT_NE(BeyondText(beyond), ShortName(type, number)) << type->value(i)->name();
    EXPECT_TRUE(seen.insert(BeyondText(beyond)).second) << BeyondText(beyond);
  }
  google::protobuf::RepeatedField<int> newer;
  newer.Add(99);
  EXPECT_EQ(BeyondText(newer), "99");
}

}  // namespace
}  // namespace switchboard::cli
