// Permits on a stream, over the wire.

#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using google::protobuf::util::TimeUtil;
using testing::FailsWith;
using Response = v1::RequestPermitsResponse;

constexpr char kPermits[] = "/switchboard.v1.VendorService/RequestPermits";
constexpr int kAccounts = 200;

class PermitStream : public ::testing::Test {
 protected:
  PermitStream() {
    hub_.Import(1, kAccounts);
    v1::ListPlacementsRequest request;
    const auto placements = AskFor<v1::ListPlacementsResponse>(
        hub_.Connect(kOperator), "/switchboard.v1.OperatorService/ListPlacements", request);
    EXPECT_OK(placements);
    if (placements.ok())
      placements_ = {placements->placements().begin(), placements->placements().end()};
  }

  v1::RequestPermitsRequest Wanting(size_t place) const {
    v1::RequestPermitsRequest message;
    v1::RequestPermitRequest& request = *message.mutable_request();
    request.set_request_id("r-" + std::to_string(place));
    request.set_assignment_id(placements_.at(place).assignment_id());
    request.set_contact_point_id("mobile-1");
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_REMIND);
    return message;
  }
  void Pay(size_t place) {
    v1::CoreEvent event;
    event.set_event_id("pay-" + std::to_string(place));
    auto& payment = *event.mutable_payment();
    payment.set_account_id(placements_.at(place).account_id());
    payment.mutable_amount()->set_currency_code("JPY");
    payment.mutable_amount()->set_minor_units(1);
    *payment.mutable_pay_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(hub_.clock().Now()));
    EXPECT_OK(AskFor<v1::PostEventsResponse>(hub_.Connect(kCore),
                                             "/switchboard.v1.CoreService/PostEvents",
                                             ItemsOf({event.SerializeAsString()})));
  }

  EdgeHub hub_{/*unread_end_max=*/absl::Milliseconds(10)};
  std::shared_ptr<grpc::Channel> vendor_ = hub_.Connect(kVendor);
  std::vector<v1::ListPlacementsResponse::Placement> placements_;
};

TEST_F(PermitStream, AnswersComeInOrderAndWhatBecomesVoidIsTold) {
  ASSERT_EQ(placements_.size(), size_t{kAccounts});
  RawCall call(vendor_, kPermits);
  // More than wait at once: the rest is read when there is room.
  for (size_t i = 0; i < placements_.size(); ++i) ASSERT_TRUE(call.Write(Wanting(i)));
  std::string paid;
  for (size_t i = 0; i < placements_.size(); ++i) {
    const auto response = call.ReadAs<Response>();
    ASSERT_TRUE(response.has_value()) << i;
    EXPECT_EQ(response->answer().request_id(), "r-" + std::to_string(i));
    ASSERT_TRUE(response->answer().has_permit()) << response->ShortDebugString();
    if (i == 7) paid = response->answer().permit().permit_id();
  }
  Pay(7);
  const auto voided = call.ReadAs<Response>();
  ASSERT_TRUE(voided.has_value());
  EXPECT_EQ(voided->voided_permit().permit_id(), paid);
  EXPECT_EQ(voided->voided_permit().assignment_id(), placements_[7].assignment_id());
  call.HalfClose();
  EXPECT_OK(call.Finish());
}

TEST_F(PermitStream, ABadRequestIsAnsweredAndBadBytesEndTheStream) {
  RawCall call(vendor_, kPermits);
  v1::RequestPermitsRequest wrong = Wanting(0);
  wrong.mutable_request()->clear_act();
  ASSERT_TRUE(call.Write(wrong));
  ASSERT_TRUE(call.Write(Wanting(0)));
  const auto problem = call.ReadAs<Response>();
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->answer().problem().field(), "act");
  const auto permit = call.ReadAs<Response>();
  ASSERT_TRUE(permit.has_value());
  EXPECT_TRUE(permit->answer().has_permit());
  ASSERT_TRUE(call.Write(std::string("\xff\xff\xff")));
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
}

TEST_F(PermitStream, WithoutAContractThereIsNone) {
  RawCall call(hub_.Connect(kNoContract), kPermits);
  call.Write(Wanting(0));
  EXPECT_THAT(call.Finish(), FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
}

// A dialer that asks and never reads is cut off when the hub ends, and holds up nobody.
TEST_F(PermitStream, WhoReadsNothingIsBoundedAndCutOff) {
  std::vector<std::unique_ptr<RawCall>> greedy;
  for (int i = 0; i < 3; ++i) {
    greedy.push_back(std::make_unique<RawCall>(vendor_, kPermits));
    for (size_t place = 0; place < 50; ++place) greedy.back()->Write(Wanting(place));
  }
  RawCall sensible(hub_.Connect(kVendor), kPermits);
  ASSERT_TRUE(sensible.Write(Wanting(kAccounts - 1)));
  const auto response = sensible.ReadAs<Response>();
  ASSERT_TRUE(response.has_value());
  EXPECT_TRUE(response->answer().has_permit()) << response->ShortDebugString();
}

}  // namespace
}  // namespace switchboard::edge_test
