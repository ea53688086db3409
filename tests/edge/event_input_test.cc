// Bad input to CoreService.PostEvents, over the wire.

#include "google/protobuf/util/time_util.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using google::protobuf::util::TimeUtil;
using testing::FailsWith;
using Response = v1::PostEventsResponse;

constexpr char kMethod[] = "/switchboard.v1.CoreService/PostEvents";

v1::CoreEvent Payment(const std::string& event_id) {
  v1::CoreEvent event;
  event.set_event_id(event_id);
  event.mutable_payment()->set_account_id("A-1");
  event.mutable_payment()->mutable_amount()->set_currency_code("JPY");
  event.mutable_payment()->mutable_amount()->set_minor_units(500);
  *event.mutable_payment()->mutable_pay_time() = TimeUtil::SecondsToTimestamp(1767225600);
  return event;
}

template <typename Alter>
std::string Altered(const Alter& alter) {
  v1::CoreEvent event = Payment("bad");
  alter(event);
  return event.SerializeAsString();
}

class EventInput : public ::testing::Test {
 protected:
  EventInput() { hub_.Import(1, 1); }
  absl::StatusOr<Response> Post(const std::string& request) {
    return AskFor<Response>(core_, kMethod, request);
  }

  EdgeHub hub_;
  std::shared_ptr<grpc::Channel> core_ = hub_.Connect(kCore);
};

TEST_F(EventInput, ABadEventCostsOnlyItself) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* field;
  };
  const Case kCases[] = {
      {"garbage", "\xff\xff\xff", ""},
      {"an id that is not UTF-8", Altered([](auto& event) { event.set_event_id("\xff\xfe"); }), ""},
      {"no id", Altered([](auto& event) { event.clear_event_id(); }), "event_id"},
      {"an id that is too long",
       Altered([](auto& event) { event.set_event_id(std::string(65, 'e')); }), "event_id"},
      {"no event", Altered([](auto& event) { event.clear_event(); }), "event"},
      {"an amount out of range", Altered([](auto& event) {
         event.mutable_payment()->mutable_amount()->set_minor_units(
             std::numeric_limits<int64_t>::max());
       }),
       "payment.amount"},
      {"nothing paid",
       Altered([](auto& event) { event.mutable_payment()->mutable_amount()->set_minor_units(0); }),
       "payment.amount"},
      {"a time that is none",
       Altered([](auto& event) { event.mutable_payment()->mutable_pay_time()->set_nanos(-1); }),
       "payment.pay_time"},
      {"no time", Altered([](auto& event) { event.mutable_payment()->clear_pay_time(); }),
       "payment.pay_time"},
      {"an unknown reason", Altered([](auto& event) {
         event.mutable_place_stop()->set_account_id("A-1");
         event.mutable_place_stop()->set_reason(static_cast<v1::StopReason>(99));
       }),
       "place_stop.reason"},
      {"a stop on nothing", Altered([](auto& event) {
         event.mutable_place_stop()->set_reason(v1::STOP_REASON_DISPUTE);
       }),
       "place_stop"},
      {"a stop to lift of no name", Altered([](auto& event) { event.mutable_lift_stop(); }),
       "lift_stop.stop_event_id"},
  };
  int number = 0;
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.what);
    const std::string suffix = std::to_string(++number);
    const auto answer = Post(ItemsOf({Payment("before-" + suffix).SerializeAsString(), one.bytes,
                                      Payment("after-" + suffix).SerializeAsString()}));
    ASSERT_OK(answer);
    ASSERT_EQ(answer->receipts_size(), 3);
    EXPECT_EQ(answer->receipts(0).status(), Response::STATUS_ACCEPTED);
    EXPECT_EQ(answer->receipts(1).status(), Response::STATUS_INVALID);
    EXPECT_EQ(answer->receipts(1).field().substr(0, std::string(one.field).size()), one.field)
        << answer->receipts(1).ShortDebugString();
    EXPECT_NE(answer->receipts(1).problem(), "");
    EXPECT_EQ(answer->receipts(2).status(), Response::STATUS_ACCEPTED);
    EXPECT_EQ(hub_.Metric("switchboard_quarantined_total{kind=\"event\"}"), number);
    EXPECT_EQ(hub_.Quarantine().back(),
              "core/main event STATUS_INVALID " + answer->receipts(1).field());
  }
}

TEST_F(EventInput, AnIdUsedTwice) {
  v1::CoreEvent other = Payment("e");
  other.mutable_payment()->mutable_amount()->set_minor_units(501);
  const std::string first = Payment("e").SerializeAsString();
  const auto answer = Post(ItemsOf({first, first, other.SerializeAsString()}));
  ASSERT_OK(answer);
  EXPECT_EQ(answer->receipts(0).status(), Response::STATUS_ACCEPTED);
  EXPECT_EQ(answer->receipts(1).status(), Response::STATUS_REPEATED);
  EXPECT_EQ(answer->receipts(2).status(), Response::STATUS_ID_REUSED);
  EXPECT_EQ(hub_.Quarantine(),
            std::vector<std::string>{"core/main event STATUS_ID_REUSED event_id"});
}

TEST_F(EventInput, RequestsThatAreRefusedAsAWhole) {
  EXPECT_THAT(Post("\xff\xff\xff"),
              FailsWith(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
  for (const size_t count : {0, 501}) {
    const std::vector<std::string> events(count, Payment("e").SerializeAsString());
    EXPECT_THAT(Post(ItemsOf(events)),
                FailsWith(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  }
  EXPECT_THAT(Post(ItemsOf({std::string(1 << 20, 'x')})),
              FailsWith(absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE"));
  // Nothing of it was recorded.
  const auto answer = Post(ItemsOf({Payment("e").SerializeAsString()}));
  ASSERT_OK(answer);
  EXPECT_EQ(answer->receipts(0).status(), Response::STATUS_ACCEPTED);
  EXPECT_EQ(hub_.Quarantine(), std::vector<std::string>());
}

}  // namespace
}  // namespace switchboard::edge_test
