// What the protos say of ranges and sizes is so.
#include <string>
#include <vector>

#include "tests/hub/fake_stream.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::Core;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::VendorPeer;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class LimitsTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.SetUpVendors({"sakura"}); }

  HubWorld world_;
};

TEST_F(LimitsTest, ListingsTakeOneToAThousand) {
  auto& api = world_.hub().operator_api();
  for (const int limit : {-1, 0, 1, 1'000, 1'001}) {
    const bool good = limit >= 0 && limit <= 1'000;
    std::vector<absl::Status> answers;
    v1::ListPlacementsRequest placements;
    placements.set_max_placements(limit);
    answers.push_back(world_
                          .Await<v1::ListPlacementsResponse>(
                              [&](auto done) { api.ListPlacements(Operator(), placements, done); })
                          .status());
    v1::ListDisclosuresRequest disclosures;
    disclosures.set_max_disclosures(limit);
    answers.push_back(world_
                          .Await<v1::ListDisclosuresResponse>([&](auto done) {
                            api.ListDisclosures(Operator(), disclosures, done);
                          })
                          .status());
    v1::ListQuarantineRequest quarantine;
    quarantine.set_max_items(limit);
    answers.push_back(world_
                          .Await<v1::ListQuarantineResponse>(
                              [&](auto done) { api.ListQuarantine(Operator(), quarantine, done); })
                          .status());
    v1::ReadAuditRequest audit;
    audit.set_max_entries(limit);
    answers.push_back(world_
                          .Await<v1::ReadAuditResponse>(
                              [&](auto done) { api.ReadAudit(Operator(), audit, done); })
                          .status());
    for (size_t i = 0; i < answers.size(); ++i) {
      SCOPED_TRACE("listing " + std::to_string(i) + ", limit " + std::to_string(limit));
      if (good) {
        EXPECT_OK(answers[i]);
      } else {
        EXPECT_THAT(answers[i], FailsWith(kInvalid, "FIELD_INVALID"));
      }
    }
  }
}

TEST_F(LimitsTest, CursorsOfListingsAreNotNegative) {
  v1::ListDisclosuresRequest disclosures;
  disclosures.set_after(-1);
  EXPECT_THAT(world_.Await<v1::ListDisclosuresResponse>([&](auto done) {
    world_.hub().operator_api().ListDisclosures(Operator(), disclosures, done);
  }),
              FailsWith(kInvalid, "FIELD_INVALID"));
  v1::ReadAuditRequest audit;
  audit.set_after(-1);
  EXPECT_THAT(world_.Await<v1::ReadAuditResponse>([&](auto done) {
    world_.hub().operator_api().ReadAudit(Operator(), audit, done);
  }),
              FailsWith(kInvalid, "FIELD_INVALID"));
}

TEST_F(LimitsTest, EventsComeOneToFiveHundredAtATime) {
  EXPECT_THAT(world_.Post({}), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  std::vector<v1::CoreEvent> events;
  for (int i = 1; i <= 501; ++i) events.push_back(Payment("e-" + std::to_string(i), "A-1"));
  EXPECT_THAT(world_.Post(events), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  events.pop_back();
  ASSERT_OK_AND_ASSIGN(const auto response, world_.Post(events));
  EXPECT_EQ(response.receipts_size(), 500);
}

TEST_F(LimitsTest, OutcomesComeOneToFiveHundredAndAMebibyteAtATime) {
  ASSERT_OK(world_.Import({MakeRecord(1)}));
  const std::string assignment = world_.Live("A-1").assignment_id();
  EXPECT_THAT(world_.Report("sakura", {}), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  std::vector<v1::Outcome> outcomes;
  for (int i = 1; i <= 501; ++i)
    outcomes.push_back(MakeOutcome("o-" + std::to_string(i), assignment));
  EXPECT_THAT(world_.Report("sakura", outcomes), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  outcomes.pop_back();
  for (auto& outcome : outcomes) outcome.set_note(std::string(2'100, 'x'));
  EXPECT_THAT(world_.Report("sakura", outcomes), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  for (auto& outcome : outcomes) outcome.set_note(std::string(1'900, 'x'));
  ASSERT_OK_AND_ASSIGN(const auto response, world_.Report("sakura", outcomes));
  EXPECT_EQ(response.receipts_size(), 500);
}

}  // namespace
}  // namespace switchboard
