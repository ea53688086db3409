#include "hub/routing/preview.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace switchboard::routing {
namespace {

using ::testing::ElementsAre;

void AddSegment(v1::RoutingPlan& plan, const std::string& name, const std::string& grade,
                const std::vector<std::pair<std::string, int>>& shares) {
  auto* segment = plan.add_segments();
  segment->set_name(name);
  segment->set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  segment->mutable_when()->add_grades(grade);
  for (const auto& [vendor, percent] : shares) {
    auto* share = segment->add_shares();
    share->set_vendor_id(vendor);
    share->set_percent(percent);
  }
}

// Vendors are listed against the alphabet, so that plan order shows.
v1::RoutingPlan TwoSegments() {
  v1::RoutingPlan plan;
  plan.set_plan_id("2026-11-a");
  plan.set_seed(42);
  AddSegment(plan, "second-in-alphabet", "A", {{"z", 50}, {"y", 30}, {"x", 20}});
  AddSegment(plan, "first-in-alphabet", "B", {{"z", 100}});
  return plan;
}

std::vector<VendorFacts> Vendors() {
  std::vector<VendorFacts> vendors;
  for (const char* id : {"x", "y", "z"}) {
    vendors.push_back({id, "", {"ja"}, {v1::WORK_TYPE_EARLY_COLLECTIONS}, 0});
  }
  return vendors;
}

AccountFacts Account(int person, const std::string& grade, int64_t amount,
                     const std::string& currency = "JPY", const std::string& language = "ja") {
  AccountFacts facts;
  facts.person_id = absl::StrCat("P-", person);
  facts.grade = grade;
  facts.amount_due_minor_units = amount;
  facts.currency_code = currency;
  facts.language = language;
  return facts;
}

// Without the enum's prefix; empty when it is placed.
std::string NameOf(v1::NotPlacedReason reason) {
  if (reason == v1::NOT_PLACED_REASON_UNSPECIFIED) return "";
  return v1::NotPlacedReason_Name(reason).substr(sizeof("NOT_PLACED_REASON"));
}

std::vector<std::string> Lines(const v1::PreviewRoutingResponse& response) {
  std::vector<std::string> lines;
  for (const auto& line : response.lines()) {
    lines.push_back(absl::StrCat(
        line.segment(), "|", line.vendor_id(), "|", line.accounts(), "|",
        line.has_amount_due()
            ? absl::StrCat(line.amount_due().minor_units(), " ", line.amount_due().currency_code())
            : "-",
        "|", NameOf(line.not_placed_reason())));
  }
  return lines;
}

TEST(PreviewTest, LinesStandInPlanOrderAndAddUp) {
  const Router router(TwoSegments(), Vendors());
  Preview preview(router);
  int person = 0;
  for (int i = 0; i < 20; ++i) preview.Add(Account(++person, "A", 1'000));
  for (int i = 0; i < 3; ++i) preview.Add(Account(++person, "B", 500, "USD"));
  preview.Add(Account(++person, "B", 700, "JPY"));
  preview.Add(Account(++person, "A", 9, "JPY", "ko"));
  preview.Add(Account(++person, "C", 11, "JPY"));
  preview.Add(Account(++person, "C", 0, ""));
  EXPECT_THAT(Lines(preview.Response()),
              ElementsAre("second-in-alphabet|z|10|10000 JPY|", "second-in-alphabet|y|6|6000 JPY|",
                          "second-in-alphabet|x|4|4000 JPY|",
                          "second-in-alphabet||1|9 JPY|LANGUAGE_NOT_SERVED",
                          "first-in-alphabet|z|1|700 JPY|", "first-in-alphabet|z|3|1500 USD|",
                          "||1|-|NO_SEGMENT", "||1|11 JPY|NO_SEGMENT"));
  EXPECT_EQ(preview.Response().accounts(), 27);
}

TEST(PreviewTest, TotalsEqualWhatWasAdded) {
  auto plan = TwoSegments();
  plan.mutable_segments(0)->add_stratify_by(v1::RoutingPlan::STRATUM_AMOUNT);
  plan.mutable_segments(0)->mutable_shares(0)->set_live_assignments_max(37);
  const Router router(plan, Vendors());
  Preview preview(router);
  const char* grades[] = {"A", "B", "C"};
  const char* languages[] = {"ja", "ja-JP", "ko"};
  int64_t amount = 0;
  for (int i = 0; i < 1'000; ++i) {
    preview.Add(Account(i / 2, grades[i % 3], i * 7, "JPY", languages[i % 5 % 3]));
    amount += i * 7;
  }
  int64_t accounts_in_lines = 0, amount_in_lines = 0;
  const auto response = preview.Response();
  for (const auto& line : response.lines()) {
    accounts_in_lines += line.accounts();
    amount_in_lines += line.amount_due().minor_units();
    EXPECT_EQ(line.vendor_id().empty(), line.not_placed_reason() != 0);
    if (line.segment() == "second-in-alphabet" && line.vendor_id() == "z") {
      EXPECT_EQ(line.accounts(), 37);
    }
  }
  EXPECT_EQ(response.accounts(), 1'000);
  EXPECT_EQ(accounts_in_lines, 1'000);
  EXPECT_EQ(amount_in_lines, amount);
}

TEST(PreviewTest, LimitsCountOverSegments) {
  auto vendors = Vendors();
  vendors[2].live_assignments_max = 4;  // z
  const Router router(TwoSegments(), vendors);
  Preview preview(router);
  for (int i = 0; i < 3; ++i) preview.Add(Account(i, "B", 1));
  for (int i = 10; i < 20; ++i) preview.Add(Account(i, "A", 1));
  for (int i = 30; i < 32; ++i) preview.Add(Account(i, "B", 1));
  int64_t at_z = 0, full = 0;
  const auto response = preview.Response();
  for (const auto& line : response.lines()) {
    if (line.vendor_id() == "z") at_z += line.accounts();
    if (line.not_placed_reason() == v1::NOT_PLACED_REASON_CAPS_REACHED) full += line.accounts();
  }
  EXPECT_EQ(at_z, 4);
  EXPECT_EQ(full, 2);
}

TEST(PreviewTest, AccountsOfOnePersonGoToOneVendor) {
  const Router router(TwoSegments(), Vendors());
  Preview preview(router);
  for (int i = 0; i < 50; ++i) preview.Add(Account(7, "A", 1));
  const auto response = preview.Response();
  ASSERT_EQ(response.lines_size(), 1);
  EXPECT_EQ(response.lines(0).accounts(), 50);
}

TEST(PreviewTest, ASumThatLeavesInt64StaysAtItsEnd) {
  const Router router(TwoSegments(), Vendors());
  Preview preview(router);
  const int64_t most = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < 3; ++i) preview.Add(Account(i, "B", most / 2 + 1));
  EXPECT_EQ(preview.Response().lines(0).amount_due().minor_units(), most);
}

TEST(PreviewTest, NothingAddedGivesNoLines) {
  const Router router(TwoSegments(), Vendors());
  EXPECT_EQ(Preview(router).Response().lines_size(), 0);
  EXPECT_EQ(Preview(router).Response().accounts(), 0);
}

}  // namespace
}  // namespace switchboard::routing
