#pragma once

// A hub with one vendor that must delete within ten hours, and its sub-contractors.

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "tests/hub/answers.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard::testing {

inline constexpr char kDeletionTerms[] =
    "deletion: {within: 10h}\n"
    "hand_over_to: [jade]\n"
    "sub_contractors:\n"
    "  - {sub_contractor_id: kita, display_name: Kita Calls, country: JP}\n"
    "  - {sub_contractor_id: late-only, country: JP, work_types: [LATE_COLLECTIONS]}\n"
    "  - {sub_contractor_id: gone, country: JP, to_day: 2020-01-01}\n"
    "  - {sub_contractor_id: to-come, country: JP, from_day: 2100-01-01}\n";

class DeletionsTest : public ::testing::Test {
 protected:
  using ListResponse = v1::ListDeletionOrdersResponse;

  // Of signatures a word is enough.
  static HubOptions Options() {
    HubOptions options = HubWorld::Options();
    options.check_signature = [](const identity::Peer&, const v1::ConfirmDeletionRequest& request) {
      return request.signature() == "signed"
                 ? absl::OkStatus()
                 : Error(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID", "not signed");
    };
    return options;
  }
  DeletionsTest() : world_(Options()) {}
  void SetUp() override {
    world_.ApplyContract({.vendor_id = "sakura", .more = kDeletionTerms});
    world_.ApplyContract({.vendor_id = "jade"});
    world_.ApplyPlan(PlanYaml("[{vendor_id: sakura, percent: 100}]"));
  }

  // A new person's account, placed at sakura; the assignment's id.
  std::string Place(const std::string& account_id, const std::string& person_id) {
    EXPECT_OK(world_.Import(
        {MakeRecord(++sequence_, {.account_id = account_id, .person_id = person_id})}));
    return world_.Live(account_id).assignment_id();
  }
  // Recalls it, and lets the day pass after which that is final.
  void Recall(const std::string& assignment_id) {
    v1::RecallAssignmentsRequest request;
    request.set_reason(v1::RECALL_REASON_NO_EFFORT);
    request.add_assignment_ids(assignment_id);
    EXPECT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    }));
    world_.Advance(absl::Hours(25));
  }

  ListResponse List(bool closed_too = false) {
    v1::ListDeletionOrdersRequest request;
    request.set_closed_too(closed_too);
    const auto response = world_.Await<ListResponse>([&](auto done) {
      world_.hub().vendor_api().ListDeletionOrders(VendorPeer("sakura"), request, done);
    });
    EXPECT_OK(response);
    return response.ok() ? *response : ListResponse();
  }
  // The only open order.
  ListResponse::Order Only() {
    const ListResponse response = List();
    EXPECT_EQ(response.orders_size(), 1);
    return response.orders().empty() ? ListResponse::Order() : response.orders(0);
  }

  // A vendor's word on an order, signed, as `change` leaves it.
  v1::ConfirmDeletionRequest WordOn(
      const ListResponse::Order& order,
      const std::function<void(v1::DeletionStatement&)>& change = [](auto&) {}) {
    v1::DeletionStatement statement;
    statement.set_order_id(order.deletion_order().order_id());
    statement.set_vendor_id("sakura");
    statement.set_count(order.deletion_order().count());
    statement.set_digest(order.deletion_order().digest());
    *statement.mutable_delete_time() = Timestamp(world_.clock.Now());
    *statement.mutable_sub_contractor_ids() = order.sub_contractor_ids();
    change(statement);
    v1::ConfirmDeletionRequest request;
    request.set_statement(statement.SerializeAsString());
    request.set_signature("signed");
    request.add_certificates("der");
    return request;
  }
  absl::StatusOr<v1::ConfirmDeletionResponse> Confirm(const v1::ConfirmDeletionRequest& request,
                                                      const std::string& vendor_id = "sakura") {
    return world_.Await<v1::ConfirmDeletionResponse>([&](auto done) {
      world_.hub().vendor_api().ConfirmDeletion(VendorPeer(vendor_id), request, done);
    });
  }
  absl::StatusOr<v1::FindDeletionOrdersResponse> Find(
      const v1::FindDeletionOrdersRequest& request) {
    return world_.Await<v1::FindDeletionOrdersResponse>([&](auto done) {
      world_.hub().privacy_api().FindDeletionOrders(Operator(), request, done);
    });
  }
  absl::Status Waive(const std::string& order_id, const std::string& reason = "dissolved") {
    v1::WaiveDeletionOrderRequest request;
    request.set_order_id(order_id);
    request.set_reason(reason);
    return world_
        .Await<v1::WaiveDeletionOrderResponse>([&](auto done) {
          world_.hub().privacy_api().WaiveDeletionOrder(Operator(), request, done);
        })
        .status();
  }
  // sakura's, of the days around today.
  v1::ReportVendorsResponse::Score Score() {
    const absl::CivilDay today = absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone());
    v1::ReportVendorsRequest request;
    request.set_vendor_id("sakura");
    *request.mutable_from_day() = DateOf(today - 10);
    *request.mutable_through_day() = DateOf(today + 10);
    const auto response = world_.Await<v1::ReportVendorsResponse>(
        [&](auto done) { world_.hub().privacy_api().ReportVendors(Operator(), request, done); });
    EXPECT_OK(response);
    const bool found = response.ok() && response->scores_size() == 1;
    return found ? response->scores(0) : v1::ReportVendorsResponse::Score();
  }
  absl::Status PassOn(const std::string& sub_contractor_id,
                      const std::vector<std::string>& assignment_ids) {
    v1::PassOnRequest request;
    request.set_sub_contractor_id(sub_contractor_id);
    for (const std::string& id : assignment_ids) request.add_assignment_ids(id);
    return world_
        .Await<v1::PassOnResponse>([&](auto done) {
          world_.hub().vendor_api().PassOn(VendorPeer("sakura"), request, done);
        })
        .status();
  }

  static google::protobuf::Timestamp Timestamp(absl::Time time) {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
  }

  HubWorld world_;
  int64_t sequence_ = 0;
};

}  // namespace switchboard::testing
