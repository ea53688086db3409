// Pages of whatever is largest stay below the 4 MiB that clients of gRPC take by default.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/disclosures/disclosure_book.h"
#include "hub/reports/listings.h"
#include "tests/database_fixture.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using testing::AddProof;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;
using testing::Part;
using testing::Planned;

constexpr size_t kPageBytesMax = size_t{2} << 20;
// Tags and lengths of the items, and what stands beside them.
constexpr size_t kBeside = size_t{32} << 10;

// 120 instalments, which wait for head office.
std::vector<Part> MostParts() {
  std::vector<Part> parts;
  for (int day = 1; day <= 120; ++day) parts.push_back({day, 1'000'000'000});
  return parts;
}

class HubPageBytesTest : public ::testing::Test {
 protected:
  static HubOptions Options() {
    HubOptions options = HubWorld::Options();
    options.sessions.page_max = 1'000;
    return options;
  }
  void Open(int accounts) {
    world_.SetUpVendors({"sakura"});
    world_.ApplyContract({.vendor_id = "sakura", .shown = {"AMOUNT", "DELINQUENCY"}});
    std::vector<v1::AccountRecord> records;
    for (int i = 1; i <= accounts; ++i)
      records.push_back(
          MakeRecord(i, {.account_id = absl::StrCat("A-", i), .person_id = absl::StrCat("P-", i)}));
    ASSERT_OK(world_.Import(records));
    for (const auto& placement : world_.Placements()) ids_.push_back(placement.assignment_id());
    ASSERT_EQ(ids_.size(), static_cast<size_t>(accounts));
  }
  // A plan of most instalments on each account; with everything else that is large too, if so.
  void PromiseOnEach(bool largest) {
    const std::vector<Part> parts = MostParts();
    std::vector<v1::Outcome> outcomes;
    for (const std::string& id : ids_) {
      v1::Outcome outcome =
          Planned(absl::StrCat("o-", outcomes.size()), id, parts, world_.clock.Now());
      if (largest) {
        outcome.set_note(std::string(2'000, 'n'));
        for (int i = 0; i < 10; ++i)
          AddProof(*outcome.mutable_promise()->mutable_plan(),
                   absl::StrCat("https://proofs.example/", std::string(470, 'p')));
      }
      outcomes.push_back(std::move(outcome));
    }
    for (size_t i = 0; i < outcomes.size(); i += 50) {
      const auto end = outcomes.begin() + static_cast<ptrdiff_t>(std::min(i + 50, outcomes.size()));
      const auto response =
          world_.Report("sakura", {outcomes.begin() + static_cast<ptrdiff_t>(i), end});
      ASSERT_OK(response);
      for (const auto& receipt : response->receipts())
        ASSERT_EQ(receipt.status(), v1::ReportOutcomesResponse::STATUS_RECORDED)
            << receipt.field() << ": " << receipt.problem();
    }
  }

  HubWorld world_{Options()};
  std::vector<std::string> ids_;
};

TEST_F(HubPageBytesTest, TheCoreReadsTheLargestOutcomesInPagesOfTwoMiB) {
  Open(400);
  PromiseOnEach(/*largest=*/true);
  int outcomes = 0;
  int pages = 0;
  int64_t after = 0;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const auto page, world_.ReadCoreFeed(after));
    if (page.items().empty()) break;
    EXPECT_LE(page.ByteSizeLong(), kPageBytesMax + kBeside);
    ++pages;
    for (const v1::CoreItem& item : page.items()) {
      EXPECT_EQ(item.sequence(), ++after);
      outcomes += item.has_outcome() ? 1 : 0;
    }
  }
  EXPECT_EQ(outcomes, 400);
  EXPECT_GE(pages, 2);
}

TEST_F(HubPageBytesTest, TheLargestPlansThatWaitFitOnOnePage) {
  Open(100);
  PromiseOnEach(/*largest=*/true);
  const auto listed = world_.Await<v1::ListProposedPlansResponse>(
      [&](auto done) { world_.hub().operator_api().ListProposedPlans(Operator(), {}, done); });
  ASSERT_OK(listed);
  EXPECT_EQ(listed->plans_size(), 100);
  EXPECT_LE(listed->ByteSizeLong(), kPageBytesMax);
}

TEST_F(HubPageBytesTest, AVendorsFeedComesInPagesOfTwoMiB) {
  Open(1'000);
  PromiseOnEach(/*largest=*/false);
  OpenStream stream(world_, /*window=*/1'000);
  int pages = 1;
  for (; !stream.outlet.caught_up() && pages < 10; ++pages) {
    stream.stream->OnRequest(stream.outlet.Ack());
    world_.Settle();
  }
  EXPECT_TRUE(stream.outlet.caught_up());
  EXPECT_GE(pages, 2);
  EXPECT_LE(stream.outlet.largest_batch(), kPageBytesMax + kBeside);
  EXPECT_EQ(stream.outlet.changes(), 1'000) << "each row once";
  EXPECT_EQ(stream.outlet.rows().size(), 1'000u);
  EXPECT_EQ(stream.outlet.row(ids_.front()).proposed_plan().instalments_size(), 120);
  const auto shown = world_.Await<v1::ListDisclosuresResponse>(
      [&](auto done) { world_.hub().operator_api().ListDisclosures(Operator(), {}, done); });
  ASSERT_OK(shown);
  int disclosed = 0;
  for (const auto& disclosure : shown->disclosures()) disclosed += disclosure.assignment_ids_size();
  EXPECT_EQ(disclosed, 1'000) << "what a page left out was not shown by it";
}

TEST(PageBytesTest, DisclosuresAreListedInPagesOfTwoMiB) {
  constexpr int kDisclosures = 120, kEach = 1'000;
  testing::TestDatabase test;
  ASSERT_OK(test.Run([](storage::Transaction& transaction) {
    for (int i = 0; i < kDisclosures; ++i) {
      const disclosures::ShownRow row{absl::StrCat(std::string(23, 'a'), i), 0,
                                      std::string(16, 'd')};
      disclosures::DisclosureBook::Write(
          transaction, {"sakura", 1, "g", 0, 1, std::vector<disclosures::ShownRow>(kEach, row)});
    }
    return absl::OkStatus();
  }));
  v1::ListDisclosuresRequest request;
  int listed = 0;
  int pages = 0;
  while (pages < 10) {
    absl::StatusOr<v1::ListDisclosuresResponse> page = absl::InternalError("not read");
    ASSERT_OK(test.readers->Run([&](storage::Connection& reader) {
      page = reports::ListDisclosures(reader, request);
      return page.status();
    }));
    if (page->disclosures().empty()) break;
    EXPECT_LE(page->ByteSizeLong(), kPageBytesMax + kBeside);
    listed += page->disclosures_size();
    request.set_after(page->next());
    ++pages;
  }
  EXPECT_EQ(listed, kDisclosures);
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace switchboard
