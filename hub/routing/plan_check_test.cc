#include "hub/routing/plan_check.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "hub/base/yaml.h"
#include "hub/routing/router.h"
#include "tests/testing.h"

namespace switchboard::routing {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;

constexpr char kPlan[] = R"(plan_id: 2026-11-a
seed: 42
segments:
  - name: early-ja
    work_type: EARLY_COLLECTIONS
    when:
      days_past_due: {min: 1, max: 60}
      amount_due: {min: 1000}
      currency_code: JPY
      products: [gold-card]
      grades: [A, B]
      languages: [ja]
      regions: [JP/東京都, TW]
    shares:
      - {vendor_id: sakura, percent: 60}
      - {vendor_id: fuji, percent: 40, live_assignments_max: 500}
    stratify_by: [GRADE, AMOUNT]
  - name: late
    work_type: LATE_COLLECTIONS
    shares:
      - {vendor_id: fuji, percent: 100}
)";

// The plan with one piece of text replaced; the piece must be there.
std::string With(const std::string& from, const std::string& to) {
  std::string text = kPlan;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ParseRoutingPlanTest, ReadsAPlan) {
  ASSERT_OK_AND_ASSIGN(const v1::RoutingPlan plan, ParseRoutingPlan(kPlan, "plan.yaml"));
  EXPECT_EQ(plan.plan_id(), "2026-11-a");
  EXPECT_EQ(plan.seed(), 42);
  ASSERT_EQ(plan.segments_size(), 2);
  EXPECT_EQ(plan.segments(0).when().regions(0), "JP/東京都");
  EXPECT_EQ(plan.segments(0).shares(1).live_assignments_max(), 500);
  EXPECT_EQ(plan.segments(0).stratify_by(1), v1::RoutingPlan::STRATUM_AMOUNT);
  EXPECT_EQ(plan.segments(1).work_type(), v1::WORK_TYPE_LATE_COLLECTIONS);
  EXPECT_EQ(Router(plan, {}).plan().segments_size(), 2);
}

// What records are compared with is in the form that records have.
TEST(ParseRoutingPlanTest, BringsTextsToOneForm) {
  const auto filter = [](const std::string& from, const std::string& to) {
    const auto plan = ParseRoutingPlan(With(from, to), "plan.yaml");
    EXPECT_OK(plan);
    return plan.ok() ? plan->segments(0).when() : v1::RoutingPlan::Filter();
  };
  EXPECT_EQ(filter("[gold-card]", "[' か\u3099 ']").products(0), "が");
  EXPECT_EQ(filter("[A, B]", "['A ', B]").grades(0), "A");
  EXPECT_EQ(filter("JP/東京都", "'JP/ 東京都\u3000'").regions(0), "JP/東京都");
}

struct BadPlan {
  std::string from;
  std::string to;
  int line;
  std::string field;
  std::string text;  // part of the message
};

void CheckRefused(const std::vector<BadPlan>& rows) {
  for (const BadPlan& row : rows) {
    SCOPED_TRACE(row.from + " -> " + row.to);
    const auto plan = ParseRoutingPlan(With(row.from, row.to), "plans/a.yaml");
    ASSERT_THAT(plan, FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_INVALID"));
    EXPECT_EQ(ErrorMetadata(plan.status(), "file"), "plans/a.yaml");
    EXPECT_EQ(ErrorMetadata(plan.status(), "line"), std::to_string(row.line));
    EXPECT_EQ(ErrorMetadata(plan.status(), "field"), row.field);
    EXPECT_THAT(std::string(plan.status().message()),
                HasSubstr("plans/a.yaml:" + std::to_string(row.line) + ":"));
    EXPECT_THAT(std::string(plan.status().message()), HasSubstr(row.text));
  }
}

TEST(ParseRoutingPlanTest, RefusesBadSegments) {
  CheckRefused({
      {"plan_id: 2026-11-a\n", "", 1, "plan_id", "write 1 to 64 bytes"},
      {"2026-11-a", std::string(65, 'n'), 1, "plan_id", "has 65 bytes; write 1 to 64"},
      {"2026-11-a", "\"a\\nb\"", 1, "plan_id", "without control characters"},
      {"name: early-ja", "name: ''", 4, "segments[0].name", "has 0 bytes"},
      {"name: early-ja", "name: \"early\\u200b5m\"", 4, "segments[0].name",
       "without control characters"},
      {"name: early-ja", "name: \"\\ue000early\"", 4, "segments[0].name",
       "without control characters"},
      {"name: late", "name: ' early-ja '", 18, "segments[1].name",
       "segment name 'early-ja' is used twice"},
      {"name: late", "name: early-ja", 18, "segments[1].name",
       "segment name 'early-ja' is used twice"},
      {"    work_type: LATE_COLLECTIONS\n", "", 18, "segments[1].work_type",
       "segment 'late' must say what accounts are placed for"},
      {"work_type: LATE_COLLECTIONS", "work_type: UNSPECIFIED", 19, "segments[1].work_type",
       "must say what accounts are placed for"},
  });
}

TEST(ParseRoutingPlanTest, RefusesBadFilters) {
  CheckRefused({
      {"{min: 1, max: 60}", "{min: 61, max: 60}", 7, "segments[0].when.days_past_due",
       "min 61 is above max 60; no account could match"},
      {"{min: 1, max: 60}", "{min: -1}", 7, "segments[0].when.days_past_due.min",
       "days past due run from 0 to 10000"},
      {"{min: 1, max: 60}", "{max: 10001}", 7, "segments[0].when.days_past_due.max",
       "10001 is out of range"},
      {"{min: 1000}", "{min: 1000, max: 999}", 8, "segments[0].when.amount_due",
       "is above max 999"},
      {"{min: 1000}", "{max: 1000000000000001}", 8, "segments[0].when.amount_due.max",
       "amounts due run from 0 to 1000000000000000"},
      {"      currency_code: JPY\n", "", 8, "segments[0].when.amount_due",
       "needs a currency_code beside it"},
      {"JPY", "jpy", 9, "segments[0].when.currency_code", "three capital letters"},
      {"[gold-card]", "[gold-card, '']", 10, "segments[0].when.products[1]", "has 0 bytes"},
      {"[A, B]", "[A, ABCDEFGHIJKLMNOPQ]", 11, "segments[0].when.grades[1]", "1 to 16 bytes"},
      {"[ja]", "[ja-JP]", 12, "segments[0].when.languages[0]", "must be a primary language"},
      {"[ja]", "[JA]", 12, "segments[0].when.languages[0]", "small letters"},
      {"[ja]", "[jp]", 12, "segments[0].when.languages[0]", "jp is a country; Japanese is ja"},
      {"[ja]", "[ja, jpn]", 12, "segments[0].when.languages[1]", "jpn is written ja"},
      {"[ja]", "[xx]", 12, "segments[0].when.languages[0]", "must be a primary language"},
      {"[JP/東京都, TW]", "[JP, Japan]", 13, "segments[0].when.regions[1]", "\"JP/東京都\""},
      {"JP/東京都", "JP/", 13, "segments[0].when.regions[0]", "a country and a region"},
      {"JP/東京都", "J", 13, "segments[0].when.regions[0]", "a country and a region"},
      {"JP/東京都", "JP-13", 13, "segments[0].when.regions[0]", "a country and a region"},
      {"JP/東京都", "jp/東京都", 13, "segments[0].when.regions[0]", "a country and a region"},
      {"JP/東京都", "ZZ/東京都", 13, "segments[0].when.regions[0]", "a country and a region"},
      {"JP/東京都", "\"JP/東京\\u200b都\"", 13, "segments[0].when.regions[0]",
       "a country and a region"},
      {"JPY", "XQX", 9, "segments[0].when.currency_code", "a currency in use"},
      {"[gold-card]", "[\"gold\\u00ad2J\"]", 10, "segments[0].when.products[0]",
       "without control characters"},
      {"[gold-card]", "['4111 1111 1111 1111']", 10, "segments[0].when.products[0]",
       "payment card number"},
  });
}

TEST(ParseRoutingPlanTest, RefusesBadSplits) {
  CheckRefused({
      {"percent: 60", "percent: 50", 14, "segments[0].shares",
       "shares of segment 'early-ja' sum to 90; they must sum to 100"},
      {"percent: 60", "percent: 0", 15, "segments[0].shares[0].percent", "it must be 1 to 100"},
      {"percent: 60", "percent: 101", 15, "segments[0].shares[0].percent", "is 101"},
      {"percent: 60", "percent: -60", 15, "segments[0].shares[0].percent", "is -60"},
      {"vendor_id: fuji, percent: 40", "vendor_id: sakura, percent: 40", 16,
       "segments[0].shares[1].vendor_id", "vendor 'sakura' has two shares of segment 'early-ja'"},
      {"vendor_id: sakura", "vendor_id: Sakura", 15, "segments[0].shares[0].vendor_id",
       "1 to 32 bytes of a-z, 0-9 and -"},
      {"vendor_id: sakura, ", "", 15, "segments[0].shares[0].vendor_id", "1 to 32 bytes"},
      {"500", "-1", 16, "segments[0].shares[1].live_assignments_max", "0 means no limit"},
      {"    shares:\n      - {vendor_id: fuji, percent: 100}\n", "", 18, "segments[1].shares",
       "shares of segment 'late' sum to 0"},
      {"[GRADE, AMOUNT]", "[GRADE, AMOUNT, GRADE]", 17, "segments[0].stratify_by[2]",
       "stands twice"},
      {"[GRADE, AMOUNT]", "[UNSPECIFIED]", 17, "segments[0].stratify_by[0]",
       "must be GRADE, AMOUNT, BUCKET or PRODUCT"},
  });
}

TEST(ParseRoutingPlanTest, RefusesAPeriodThatIsNone) {
  std::vector<BadPlan> rows;
  for (const char* period : {"0s", "-1ms", "-90d", "3651d", "87601h", "1000000h"}) {
    rows.push_back({"seed: 42\n", std::string("seed: 42\nhad_it_period: ") + period + "\n", 3,
                    "had_it_period", "must be longer than 0 and at most 3650d"});
  }
  CheckRefused(rows);
}

TEST(ParseRoutingPlanTest, ItsFirstDayIsADay) {
  ASSERT_OK_AND_ASSIGN(
      const v1::RoutingPlan plan,
      ParseRoutingPlan(With("seed: 42\n", "seed: 42\neffective_from: 2027-01-31\n"), "plan.yaml"));
  EXPECT_EQ(plan.effective_from().month(), 1);
  EXPECT_EQ(plan.effective_from().day(), 31);
  CheckRefused({{"seed: 42\n", "seed: 42\neffective_from: 2027-02-30\n", 3, "effective_from", ""},
                {"seed: 42\n", "seed: 42\neffective_from: {}\n", 3, "effective_from", ""}});
}

// What the reader refuses has the plan's reason all the same.
TEST(ParseRoutingPlanTest, RefusesWhatIsNotInTheSchema) {
  CheckRefused({
      {"    stratify_by", "    stratifyby", 17, "segments[0]", "stratify_by"},
      {"GRADE", "GRAED", 17, "segments[0].stratify_by[0]", "GRADE"},
      {"percent: 60", "percent: 6e1x", 15, "segments[0].shares[0].percent", ""},
  });
}

TEST(ParseRoutingPlanTest, RefusesHostileText) {
  const std::vector<std::string> texts = {
      "",
      "segments",
      "[]",
      "plan_id: x",
      "plan_id: x\nsegments: []\n",
      "plan_id: x\nsegments: {}\n",
      "plan_id: [x]\n",
      std::string("plan_id: a\0b\n", 13),
      "plan_id: \xff\xfe\n",
      "a: &a [*a]\n",
      std::string(kPlanBytesMax + 1, ' '),
      std::string(100'000, '['),
      "plan_id: x\nseed: 99999999999999999999\n",
  };
  for (const std::string& text : texts) {
    EXPECT_THAT(ParseRoutingPlan(text, "p.yaml"),
                FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_INVALID"))
        << text.substr(0, 40);
  }
}

TEST(ParseRoutingPlanTest, TakesTheLimitsThemselves) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"2026-11-a", std::string(64, 'n')},
           {"{min: 1, max: 60}", "{min: 0, max: 10000}"},
           {"{min: 1, max: 60}", "{min: 60, max: 60}"},
           {"{min: 1, max: 60}", "{}"},
           {"{min: 1000}", "{max: 1000000000000000}"},
           {"      amount_due: {min: 1000}\n", ""},
           {"percent: 60}\n      - {vendor_id: fuji, percent: 40",
            "percent: 99}\n      - "
            "{vendor_id: fuji, percent: 1"},
           {"seed: 42\n", ""},
           {"seed: 42\n", "had_it_period: 1ms\n"},
           {"seed: 42\n", "had_it_period: 3650d\n"},
           {"[ja]", "[ja, yue]"}}) {
    EXPECT_OK(ParseRoutingPlan(With(from, to), "plan.yaml")) << from << " -> " << to;
  }
}

v1::Contract ContractOf(const std::string& vendor_id, std::vector<v1::WorkType> work_types) {
  v1::Contract contract;
  contract.set_vendor_id(vendor_id);
  for (auto type : work_types) contract.add_work_types()->set_work_type(type);
  return contract;
}

TEST(CheckPlanAgainstContractsTest, EveryVendorNeedsAContractForTheWork) {
  ASSERT_OK_AND_ASSIGN(const v1::RoutingPlan plan, ParseRoutingPlan(kPlan, "plan.yaml"));
  const YamlPlaces places(kPlan, "plan.yaml");
  const v1::Contract sakura = ContractOf("sakura", {v1::WORK_TYPE_EARLY_COLLECTIONS});
  const v1::Contract fuji_both =
      ContractOf("fuji", {v1::WORK_TYPE_EARLY_COLLECTIONS, v1::WORK_TYPE_LATE_COLLECTIONS});
  const v1::Contract fuji_early = ContractOf("fuji", {v1::WORK_TYPE_EARLY_COLLECTIONS});
  const v1::Contract fuji_late = ContractOf("fuji", {v1::WORK_TYPE_LATE_COLLECTIONS});
  struct Row {
    std::vector<v1::Contract> contracts;
    std::string line;  // empty: accepted
    std::string text;
  };
  const std::vector<Row> rows = {
      {{sakura, fuji_both}, "", ""},
      {{fuji_early, sakura, fuji_late}, "", ""},  // two contracts of one vendor in force
      {{}, "15", "vendor 'sakura' has no contract; no vendor has one"},
      {{sakura}, "16", "vendor 'fuji' has no contract; vendors with one: sakura"},
      {{sakura, fuji_early},
       "21",
       "the contract of vendor 'fuji' does not list LATE_COLLECTIONS, which segment 'late' is for; "
       "it lists EARLY_COLLECTIONS"},
      {{sakura, ContractOf("fuji", {})}, "16", "it lists nothing"},
  };
  for (const Row& row : rows) {
    const absl::Status status = CheckPlanAgainstContracts(plan, row.contracts, places);
    if (row.line.empty()) {
      EXPECT_OK(status);
      continue;
    }
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_INVALID"));
    EXPECT_EQ(ErrorMetadata(status, "file"), "plan.yaml");
    EXPECT_EQ(ErrorMetadata(status, "line"), row.line);
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.text));
  }
}

}  // namespace
}  // namespace switchboard::routing
