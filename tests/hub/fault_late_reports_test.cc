// A vendor whose contract has ended still says what it did under it.
#include <string>

#include "adapters/codes/call_code.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::At;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Receipts;
using testing::Statuses;
using testing::VendorPeer;

constexpr auto kDenied = absl::StatusCode::kPermissionDenied;

// How a contract may end today.
enum class End { kNewVersion, kOperator };

class LateReportsTest : public ::testing::TestWithParam<End> {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    id_ = world_.Live("A-1").assignment_id();
    world_.Advance(absl::Minutes(5));
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "r-1", id_));
    permit_id_ = answer.permit().permit_id();
    called_ = world_.clock.Now();
  }
  void EndIt() {
    world_.clock.Advance(absl::Seconds(30));
    if (GetParam() == End::kNewVersion)
      return world_.ApplyContract({.more = "effective_to: 2026-01-01\n"});
    v1::EndContractRequest request;
    request.set_vendor_id("sakura");
    ASSERT_OK(world_.Await<v1::EndContractResponse>(
        [&](auto done) { world_.hub().operator_api().EndContract(Operator(), request, done); }));
  }
  v1::Outcome Attorney() {
    auto outcome = At(MakeOutcome("o-1", id_, CallCode::kAttorney), called_);
    outcome.set_permit_id(permit_id_);
    return outcome;
  }
  absl::Status Release(const std::string& vendor_id) {
    v1::ReleasePermitRequest request;
    request.set_permit_id(permit_id_);
    return world_
        .Await<v1::ReleasePermitResponse>([&](auto done) {
          world_.hub().vendor_api().ReleasePermit(VendorPeer(vendor_id), request, done);
        })
        .status();
  }
  absl::StatusOr<v1::ObjectToRecallResponse> Object() {
    v1::ObjectToRecallRequest request;
    request.set_assignment_id(id_);
    request.set_reason(v1::ObjectToRecallRequest::REASON_PROMISE);
    return world_.Await<v1::ObjectToRecallResponse>([&](auto done) {
      world_.hub().vendor_api().ObjectToRecall(VendorPeer("sakura"), request, done);
    });
  }

  HubWorld world_;
  std::string id_, permit_id_;
  absl::Time called_;
};

TEST_P(LateReportsTest, OutcomeIsRecordedAndStops) {
  EndIt();
  EXPECT_THAT(world_.Ask("sakura", "r-2", id_), FailsWith(kDenied, "NO_CONTRACT"));
  EXPECT_THAT(Statuses(world_.Report("sakura", {Attorney()})), ElementsAre("RECORDED"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:"));
  EXPECT_TRUE(world_.Quarantine().empty());
  // The lawyer's stop holds, whoever is asked for.
  world_.ApplyContract({.vendor_id = "fuji"});
  world_.ApplyPlan(testing::PlanYaml("[{vendor_id: fuji, percent: 100}]", "plan-2"));
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(2)})), ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
}

// Its permit became void when its work was taken away; the call was made before.
TEST_P(LateReportsTest, OutcomeIsRecordedOnceTheWorkIsTakenAway) {
  EndIt();
  world_.Advance(absl::ZeroDuration());
  ASSERT_EQ(world_.Live("A-1").vendor_id(), "");
  world_.Advance(absl::Hours(72));
  EXPECT_THAT(Statuses(world_.Report("sakura", {Attorney()})), ElementsAre("RECORDED"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1: AFTER_WITHDRAWAL"));
}

TEST_P(LateReportsTest, WorkOfADayWithoutAContractIsKeptAndMarked) {
  EndIt();
  world_.Advance(absl::Hours(48));
  const auto outcome =
      At(MakeOutcome("o-1", id_, CallCode::kNoContact), world_.clock.Now() - absl::Hours(1));
  EXPECT_THAT(Statuses(world_.Report("sakura", {outcome})), ElementsAre("RECORDED"));
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1: AFTER_WITHDRAWAL NO_CONTRACT"));
}

TEST_P(LateReportsTest, PermitsAreGivenBackAndRecallsObjectedTo) {
  v1::RecallAssignmentsRequest recall;
  recall.set_reason(v1::RECALL_REASON_NO_EFFORT);
  recall.add_assignment_ids(id_);
  ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>(
      [&](auto done) { world_.hub().operator_api().RecallAssignments(Operator(), recall, done); }));
  EndIt();
  EXPECT_OK(Object());
  EXPECT_OK(Release("sakura"));
  world_.Advance(absl::ZeroDuration());
  EXPECT_OK(Release("sakura"));
  EXPECT_THAT(Object(), FailsWith(absl::StatusCode::kNotFound, "ASSIGNMENT_UNKNOWN"));
  EXPECT_THAT(Release("stranger"), FailsWith(kDenied, "NO_CONTRACT"));
}

INSTANTIATE_TEST_SUITE_P(Ends, LateReportsTest,
                         ::testing::Values(End::kNewVersion, End::kOperator));

}  // namespace
}  // namespace switchboard
