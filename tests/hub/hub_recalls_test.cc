// Recalls through the whole hub.
#include <set>
#include <string>

#include "absl/strings/str_replace.h"
#include "tests/hub/three_accounts.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::Operator;
using testing::VendorPeer;

class HubRecallsTest : public testing::ThreeAccountsTest {};

TEST_F(HubRecallsTest, RecallPendsTakesOneObjectionAndBecomesFinal) {
  auto recall = [&](bool place_again) {
    return world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      v1::RecallAssignmentsRequest request;
      request.set_reason(v1::RECALL_REASON_NO_EFFORT);
      request.add_assignment_ids(placed_.assignment_id());
      request.set_place_again(place_again);
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    });
  };
  auto object = [&](const std::string& vendor, const std::string& id) {
    return world_.Await<v1::ObjectToRecallResponse>([&](auto done) {
      v1::ObjectToRecallRequest request;
      request.set_assignment_id(id);
      request.set_reason(v1::ObjectToRecallRequest::REASON_PROMISE);
      world_.hub().vendor_api().ObjectToRecall(VendorPeer(vendor), request, done);
    });
  };
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "ASSIGNMENT_UNKNOWN");
  const std::string id = placed_.assignment_id();
  EXPECT_THAT(object(vendor_, id),
              FailsWith(absl::StatusCode::kFailedPrecondition, "NO_PENDING_RECALL"));
  EXPECT_THAT(object(vendor_, "nothing"), unknown);
  const int64_t now = absl::ToUnixSeconds(world_.clock.Now());
  ASSERT_OK_AND_ASSIGN(auto answer, recall(true));
  EXPECT_EQ(answer.announced(), 1);
  EXPECT_THAT(object(AnotherVendor(), id), unknown);
  EXPECT_EQ(world_.Live("A-1").pending_recall().final_time().seconds(), now + 86'400);
  EXPECT_EQ(Ask("r-1"), "permit");  // it may still be worked
  ASSERT_OK_AND_ASSIGN(const auto moved, object(vendor_, id));
  EXPECT_EQ(moved.final_time().seconds(), (now + 3 * 86'400) / 3'600 * 3'600);
  ASSERT_OK_AND_ASSIGN(const auto again, object(vendor_, id));
  EXPECT_EQ(again.final_time().SerializeAsString(), moved.final_time().SerializeAsString());
  ASSERT_OK_AND_ASSIGN(answer, recall(true));
  EXPECT_EQ(answer.pending_before(), 1);
  EXPECT_TRUE(world_.Live("A-1").pending_recall().objected());
  world_.Advance(absl::Hours(71));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id);
  world_.Advance(absl::Hours(2));
  const auto next = world_.Live("A-1");
  EXPECT_NE(next.assignment_id(), id);
  EXPECT_NE(next.vendor_id(), vendor_);
  EXPECT_EQ(next.placement_number(), 2);
}

// Work is taken back from a vendor whose contract nobody can read, too.
TEST_F(HubRecallsTest, NoRecallFailsForAContractThatWasAltered) {
  absl::Status altered = absl::InternalError("not run");
  world_.hub().writer().Submit(
      storage::Urgency::kUrgent,
      [&](storage::Transaction& transaction) {
        return transaction.Execute("UPDATE contract SET yaml = '#' || yaml", {}).status();
      },
      [&](const absl::Status& status) { altered = status; });
  world_.Settle();
  ASSERT_OK(altered);
  world_.Crash();  // what was compiled is forgotten
  v1::RecallAssignmentsRequest request;
  request.set_reason(v1::RECALL_REASON_NO_EFFORT);
  request.add_assignment_ids(placed_.assignment_id());
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
                         world_.hub().operator_api().RecallAssignments(Operator(), request, done);
                       }));
  EXPECT_EQ(answer.announced(), 1);
}

TEST_F(HubRecallsTest, RecalledAccountNeverReturnsToAGroupThatHadIt) {
  std::set<std::string> vendors;
  for (int round = 0; round < 4; ++round) {
    const auto live = world_.Live("A-3");
    if (live.vendor_id().empty()) break;
    EXPECT_TRUE(vendors.insert(live.vendor_id()).second);
    v1::RecallAssignmentsRequest request;
    request.set_reason(v1::RECALL_REASON_TERM_ENDED);
    request.add_assignment_ids(live.assignment_id());
    request.set_place_again(true);
    ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    }));
    world_.Advance(absl::Hours(25));
  }
  EXPECT_EQ(vendors.size(), 3u);
  EXPECT_EQ(world_.Live("A-3").vendor_id(), "");
}

TEST_F(HubRecallsTest, RecallPendsAsTheContractInForceSays) {
  ASSERT_OK(world_.PutInForce(
      v1::TEXT_KIND_CONTRACT,
      absl::StrReplaceAll(
          testing::ContractYaml({.vendor_id = vendor_, .more = "effective_from: 2026-03-01\n"}),
          {{"pending_period: 1d", "pending_period: 9d"}})));
  v1::RecallAssignmentsRequest request;
  request.set_reason(v1::RECALL_REASON_NO_EFFORT);
  request.add_assignment_ids(placed_.assignment_id());
  const int64_t now = absl::ToUnixSeconds(world_.clock.Now());
  ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
    world_.hub().operator_api().RecallAssignments(Operator(), request, done);
  }));
  EXPECT_EQ(world_.Live("A-1").pending_recall().final_time().seconds(), now + 86'400);
}

}  // namespace
}  // namespace switchboard
