// Bad input to VendorService's unary methods, over the wire.

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using testing::FailsWith;
using Response = v1::ReportOutcomesResponse;

constexpr char kReport[] = "/switchboard.v1.VendorService/ReportOutcomes";
constexpr char kPermit[] = "/switchboard.v1.VendorService/RequestPermit";

class VendorInput : public ::testing::Test {
 protected:
  VendorInput() {
    hub_.Import(1, 1);
    const auto placements = AskFor<v1::ListPlacementsResponse>(
        hub_.Connect(kOperator), "/switchboard.v1.OperatorService/ListPlacements",
        v1::ListPlacementsRequest());
    EXPECT_OK(placements);
    if (placements.ok() && placements->placements_size() == 1) {
      assignment_id_ = placements->placements(0).assignment_id();
    }
  }

  v1::Outcome Outcome(const std::string& id) const {
    v1::Outcome outcome;
    outcome.set_outcome_id(id);
    outcome.set_version(1);
    outcome.set_assignment_id(assignment_id_);
    *outcome.mutable_result() = ResultOf(CallCode::kNoAnswer);
    *outcome.mutable_start_time() = TimeUtil::SecondsToTimestamp(1767225600);
    *outcome.mutable_end_time() = TimeUtil::SecondsToTimestamp(1767225660);
    return outcome;
  }
  template <typename Alter>
  std::string Altered(const Alter& alter) const {
    v1::Outcome outcome = Outcome("bad");
    alter(outcome);
    return outcome.SerializeAsString();
  }
  absl::StatusOr<Response> Report(const std::string& request) {
    return AskFor<Response>(vendor_, kReport, request);
  }
  absl::StatusOr<v1::RequestPermitResponse> Permit(const std::string& request_id,
                                                   const std::string& assignment_id,
                                                   const std::string& contact_point_id) {
    v1::RequestPermitRequest request;
    request.set_request_id(request_id);
    request.set_assignment_id(assignment_id);
    request.set_contact_point_id(contact_point_id);
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_REMIND);
    return AskFor<v1::RequestPermitResponse>(vendor_, kPermit, request);
  }

  EdgeHub hub_;
  std::shared_ptr<grpc::Channel> vendor_ = hub_.Connect(kVendor);
  std::string assignment_id_;
};

TEST_F(VendorInput, ABadOutcomeCostsOnlyItself) {
  struct Case {
    const char* what;
    std::string bytes;
    Response::Status status;
    const char* field;
  };
  const Case kCases[] = {
      {"garbage", "\xff\xff\xff", Response::STATUS_INVALID, ""},
      {"a note that is not UTF-8", Altered([](auto& outcome) { outcome.set_note("\xff\xfe"); }),
       Response::STATUS_INVALID, ""},
      {"no id", Altered([](auto& outcome) { outcome.clear_outcome_id(); }),
       Response::STATUS_INVALID, "outcome_id"},
      {"no version", Altered([](auto& outcome) { outcome.clear_version(); }),
       Response::STATUS_INVALID, "version"},
      {"an unknown disposition", Altered([](auto& outcome) {
         outcome.mutable_result()->set_disposition(static_cast<v1::Disposition>(99));
       }),
       Response::STATUS_INVALID, "result.disposition"},
      {"a time that is none",
       Altered([](auto& outcome) { outcome.mutable_start_time()->set_nanos(1'000'000'000); }),
       Response::STATUS_INVALID, "start_time"},
      {"an end before its start",
       Altered([](auto& outcome) { outcome.mutable_end_time()->set_seconds(1767225000); }),
       Response::STATUS_INVALID, "end_time"},
      {"a promise of too much", Altered([](auto& outcome) {
         *outcome.mutable_result() = ResultOf(CallCode::kPromiseToPay);
         outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
         outcome.mutable_promise()->mutable_amount()->set_minor_units(
             std::numeric_limits<int64_t>::max());
       }),
       Response::STATUS_INVALID, "promise.amount"},
      {"a promise for a day that is none", Altered([](auto& outcome) {
         *outcome.mutable_result() = ResultOf(CallCode::kPromiseToPay);
         outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
         outcome.mutable_promise()->mutable_amount()->set_minor_units(1);
         outcome.mutable_promise()->mutable_due_date()->set_year(2026);
         outcome.mutable_promise()->mutable_due_date()->set_month(13);
         outcome.mutable_promise()->mutable_due_date()->set_day(1);
       }),
       Response::STATUS_INVALID, "promise.due_date"},
      {"a promise that is none", Altered([](auto& outcome) { outcome.mutable_promise(); }),
       Response::STATUS_INVALID, "promise"},
      {"an assignment of nobody",
       Altered([](auto& outcome) { outcome.set_assignment_id("01JBZ0V3K8Q6N5T2W4X7Y9ZABC"); }),
       Response::STATUS_UNKNOWN_ASSIGNMENT, "assignment_id"},
      {"a correction of nothing", Altered([](auto& outcome) { outcome.set_version(2); }),
       Response::STATUS_VERSION_GAP, "version"},
  };
  int number = 0;
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.what);
    const std::string suffix = std::to_string(++number);
    const auto answer = Report(ItemsOf({Outcome("before-" + suffix).SerializeAsString(), one.bytes,
                                        Outcome("after-" + suffix).SerializeAsString()}));
    ASSERT_OK(answer);
    ASSERT_EQ(answer->receipts_size(), 3);
    EXPECT_EQ(answer->receipts(0).status(), Response::STATUS_RECORDED);
    EXPECT_EQ(answer->receipts(1).status(), one.status);
    EXPECT_EQ(answer->receipts(1).field().substr(0, std::string(one.field).size()), one.field)
        << answer->receipts(1).ShortDebugString();
    EXPECT_NE(answer->receipts(1).problem(), "");
    EXPECT_EQ(answer->receipts(2).status(), Response::STATUS_RECORDED);
    EXPECT_EQ(hub_.Metric("switchboard_quarantined_total{kind=\"outcome\"}"), number);
    EXPECT_EQ(hub_.Quarantine().back(), "vendor/sakura outcome " +
                                            Response::Status_Name(one.status) + " " +
                                            answer->receipts(1).field());
  }
  // What was good reaches the core, in order and without a gap.
  const auto read = AskFor<v1::ReadCoreFeedResponse>(
      hub_.Connect(kCore), "/switchboard.v1.CoreService/ReadCoreFeed", std::string());
  ASSERT_OK(read);
  EXPECT_EQ(read->newest(), 2 * number);
  ASSERT_EQ(read->items_size(), 2 * number);
  EXPECT_EQ(read->items(0).outcome().outcome().outcome_id(), "before-1");
  EXPECT_EQ(read->items(2 * number - 1).sequence(), 2 * number);
}

TEST_F(VendorInput, AnIdUsedForOtherContent) {
  v1::Outcome other = Outcome("o");
  *other.mutable_result() = ResultOf(CallCode::kBusy);
  const std::string first = Outcome("o").SerializeAsString();
  const auto answer = Report(ItemsOf({first, first, other.SerializeAsString()}));
  ASSERT_OK(answer);
  EXPECT_EQ(answer->receipts(0).status(), Response::STATUS_RECORDED);
  EXPECT_EQ(answer->receipts(1).status(), Response::STATUS_REPEATED);
  EXPECT_EQ(answer->receipts(2).status(), Response::STATUS_ID_REUSED);
  EXPECT_EQ(hub_.Quarantine(),
            std::vector<std::string>{"vendor/sakura outcome STATUS_ID_REUSED outcome_id"});
}

TEST_F(VendorInput, ReportsThatAreRefusedAsAWhole) {
  const std::string good = Outcome("o").SerializeAsString();
  EXPECT_THAT(Report("\xff\xff\xff"),
              FailsWith(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
  for (const size_t count : {0, 501}) {
    EXPECT_THAT(Report(ItemsOf(std::vector<std::string>(count, good))),
                FailsWith(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  }
  EXPECT_THAT(Report(ItemsOf({good, std::string(1 << 20, 'x')})),
              FailsWith(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  EXPECT_THAT(Report(ItemsOf({good, std::string(5 << 20, 'x')})),
              FailsWith(absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE"));
  const auto answer = Report(ItemsOf({good}));
  ASSERT_OK(answer);
  EXPECT_EQ(answer->receipts(0).status(), Response::STATUS_RECORDED);
  EXPECT_EQ(hub_.Quarantine(), std::vector<std::string>());
}

TEST_F(VendorInput, PermitRequestsThatAreNone) {
  struct Case {
    std::string request_id, assignment_id, contact_point_id;
    const char* field;
  };
  const Case kCases[] = {
      {"", "a", "c", "request_id"},          {std::string(65, 'r'), "a", "c", "request_id"},
      {"r r", "a", "c", "request_id"},       {"r", "", "c", "assignment_id"},
      {"r", "佐藤", "c", "assignment_id"},   {"r", "a", "", "contact_point_id"},
      {"r", "a", "c\n", "contact_point_id"},
  };
  for (const Case& one : kCases) {
    const auto answer = Permit(one.request_id, one.assignment_id, one.contact_point_id);
    EXPECT_THAT(answer, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    EXPECT_EQ(ErrorMetadata(answer.status(), "field"), one.field);
  }
  EXPECT_THAT(Ask(vendor_, kPermit, "\xff"),
              FailsWith(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
  v1::RequestPermitRequest spoilt;
  spoilt.set_request_id("\xff\xfe");
  EXPECT_THAT(Ask(vendor_, kPermit, spoilt.SerializeAsString()),
              FailsWith(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
  EXPECT_THAT(Ask(vendor_, kPermit, std::string(4097, 'x')),
              FailsWith(absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE"));
}

TEST_F(VendorInput, WhatIsNotThereIsDeniedAndWhatIsThereIsNot) {
  const auto unknown = Permit("r1", "01JBZ0V3K8Q6N5T2W4X7Y9ZABC", "mobile-1");
  ASSERT_OK(unknown);
  EXPECT_EQ(unknown->denial().reason(), v1::Denial::REASON_NOT_ASSIGNED);
  const auto no_point = Permit("r2", assignment_id_, "mobile-9");
  ASSERT_OK(no_point);
  EXPECT_EQ(no_point->denial().reason(), v1::Denial::REASON_NO_CONTACT_POINT);
  const auto good = Permit("r3", assignment_id_, "mobile-1");
  ASSERT_OK(good);
  EXPECT_EQ(good->permit().dial(), "+819010000001");
  // The same id for another contact.
  EXPECT_THAT(Permit("r3", assignment_id_, "mobile-9"),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace switchboard::edge_test
