// What the core reports, and what of it is refused, through the whole hub.
#include <string>
#include <vector>

#include "switchboard/v1/wire.pb.h"
#include "tests/hub/three_accounts.h"

namespace switchboard {
namespace {

using testing::AccountStop;
using testing::Closure;
using testing::Core;
using testing::FailsWith;
using testing::IsOk;
using testing::Lift;
using testing::Payment;
using testing::PersonStop;
using testing::PointStop;
using Events = v1::PostEventsResponse;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class HubEventsTest : public testing::ThreeAccountsTest {};

TEST_F(HubEventsTest, EventsAreIdempotentById) {
  EXPECT_EQ(Post(AccountStop("e-1", "A-1")), "ACCEPTED 1 0");
  world_.Restart();
  EXPECT_EQ(Post(AccountStop("e-1", "A-1")), "REPEATED 0 0");
  EXPECT_EQ(Post(AccountStop("e-1", "A-2")), "ID_REUSED 0 0");
  EXPECT_NE(world_.Live("A-2").vendor_id(), "");
  ASSERT_EQ(world_.Quarantine().size(), 1u);
  EXPECT_EQ(world_.Quarantine()[0].status(), "STATUS_ID_REUSED");
}

struct BadEvent {
  const char* what;
  void (*make)(v1::CoreEvent&);
  const char* field;
};

TEST_F(HubEventsTest, BadEventsNameTheFieldAndCostOnlyThemselves) {
  using E = v1::CoreEvent;
  const std::vector<BadEvent> rows = {
      {"no id", [](E& e) { e = Payment("", "A-1"); }, "event_id"},
      {"long id", [](E& e) { e = Payment(std::string(65, 'e'), "A-1"); }, "event_id"},
      {"id with slash", [](E& e) { e = Payment("a/b", "A-1"); }, "event_id"},
      {"nothing", [](E&) {}, "event"},
      {"no account", [](E& e) { e = Payment("x", ""); }, "payment.account_id"},
      {"card as account", [](E& e) { e = Payment("x", "4111111111111111"); }, "payment.account_id"},
      {"zero",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_amount()->set_minor_units(0);
       },
       "payment.amount.minor_units"},
      {"overflow",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_amount()->set_minor_units(INT64_MAX);
       },
       "payment.amount.minor_units"},
      {"currency",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_amount()->set_currency_code("YEN!");
       },
       "payment.amount.currency_code"},
      {"bad time",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_pay_time()->set_seconds(-1);
       },
       "payment.pay_time"},
      {"booked in ten years",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_pay_time()->set_seconds(2'082'758'400);
       },
       "payment.pay_time"},
      {"no currency in use",
       [](E& e) {
         e = Payment("x", "A-1");
         e.mutable_payment()->mutable_amount()->set_currency_code("XQX");
       },
       "payment.amount.currency_code"},
      {"an outcome's name", [](E& e) { e = Payment("outcome:sakura:o-1", "A-1"); }, "event_id"},
      {"wrong number of a person",
       [](E& e) { e = PersonStop("x", "P-1", v1::STOP_REASON_WRONG_NUMBER); }, "place_stop.reason"},
      {"a reason of the hub's own",
       [](E& e) { e = PersonStop("x", "P-1", v1::STOP_REASON_PAYMENT); }, "place_stop.reason"},
      {"stop on nothing", [](E& e) { e.mutable_place_stop()->set_reason(v1::STOP_REASON_DEATH); },
       "place_stop"},
      {"stop without reason", [](E& e) { e = PersonStop("x", "P-1", v1::STOP_REASON_UNSPECIFIED); },
       "place_stop.reason"},
      {"unknown reason", [](E& e) { e = PersonStop("x", "P-1", static_cast<v1::StopReason>(99)); },
       "place_stop.reason"},
      {"empty person", [](E& e) { e = PersonStop("x", ""); }, "place_stop.person_id"},
      {"empty point", [](E& e) { e = PointStop("x", "P-1", ""); },
       "place_stop.contact_point.contact_point_id"},
      {"lift nothing", [](E& e) { e = Lift("x", ""); }, "lift_stop.stop_event_id"},
      {"lift too long", [](E& e) { e = Lift("x", std::string(161, 's')); },
       "lift_stop.stop_event_id"},
      {"close nothing", [](E& e) { e = Closure("x", ""); }, "closure.account_id"},
  };
  std::vector<v1::CoreEvent> events;
  for (const BadEvent& row : rows) {
    v1::CoreEvent event;
    event.set_event_id("bad");
    row.make(event);
    events.push_back(event);
    events.push_back(Payment("good-" + std::to_string(events.size()), "A-1"));
  }
  ASSERT_OK_AND_ASSIGN(const Events response, world_.Post(events));
  ASSERT_EQ(response.receipts_size(), static_cast<int>(events.size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& receipt = response.receipts(static_cast<int>(2 * i));
    EXPECT_EQ(receipt.status(), Events::STATUS_INVALID) << rows[i].what;
    EXPECT_EQ(receipt.field(), rows[i].field) << rows[i].what;
    EXPECT_FALSE(receipt.problem().empty());
    EXPECT_EQ(response.receipts(static_cast<int>(2 * i + 1)).status(), Events::STATUS_ACCEPTED);
  }
  EXPECT_EQ(world_.Quarantine().size(), rows.size());
}

TEST_F(HubEventsTest, MalformedEventsAndCalls) {
  v1::ItemBytes request;
  request.add_items("\xff\xff garbage");
  request.add_items(Payment("e-1", "A-1").SerializeAsString());
  auto post = [&](const std::string& bytes) {
    return world_.Await<Events>(
        [&](auto done) { world_.hub().core_api().PostEvents(Core(), bytes, done); });
  };
  ASSERT_OK_AND_ASSIGN(const Events response, post(request.SerializeAsString()));
  EXPECT_EQ(response.receipts(0).status(), Events::STATUS_INVALID);
  EXPECT_EQ(response.receipts(1).status(), Events::STATUS_ACCEPTED);
  EXPECT_THAT(post("\xff\xff"), FailsWith(kInvalid, "MESSAGE_MALFORMED"));
  request.clear_items();
  EXPECT_THAT(post(request.SerializeAsString()), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
  for (int i = 0; i < 501; ++i) request.add_items("");
  EXPECT_THAT(post(request.SerializeAsString()), FailsWith(kInvalid, "BATCH_TOO_LARGE"));
}

// The later of the two calls got there first; the core sends it again, as it does with all that
// found nothing.
TEST_F(HubEventsTest, LiftThatCameBeforeItsStopLiftsItWhenItIsSentAgain) {
  EXPECT_EQ(Post(Lift("l-1", "s-1")), "UNKNOWN_SUBJECT 0 0");
  EXPECT_EQ(Post(PersonStop("s-1", "P-1")), "ACCEPTED 2 0");
  EXPECT_EQ(Post(Lift("l-1", "s-1")), "ACCEPTED 0 0");
  EXPECT_EQ(Post(Lift("l-1", "s-1")), "REPEATED 0 0");
  EXPECT_THAT(testing::Receipts(world_.Import({testing::MakeRecord(10)})), ::testing::IsEmpty());
}

// Cores that number alike do not speak of the same event.
TEST_F(HubEventsTest, EventIdOfAnotherCoreIsNoRepeat) {
  const auto post = [this](const std::string& core, const v1::CoreEvent& event) {
    v1::PostEventsRequest request;
    *request.add_events() = event;
    const auto answer = world_.Await<v1::PostEventsResponse>([&](auto done) {
      world_.hub().core_api().PostEvents(Core(core), request.SerializeAsString(), done);
    });
    EXPECT_OK(answer);
    return v1::PostEventsResponse::Status_Name(answer->receipts(0).status());
  };
  const auto stop = PersonStop("stop-1", "P-1", v1::STOP_REASON_ATTORNEY);
  EXPECT_EQ(post("cards", stop), "STATUS_ACCEPTED");
  EXPECT_EQ(post("cards", stop), "STATUS_REPEATED");
  EXPECT_EQ(post("cards", Lift("lift-1", "stop-1")), "STATUS_ACCEPTED");
  EXPECT_EQ(post("loans", stop), "STATUS_ID_REUSED");
  EXPECT_EQ(world_.Quarantine().size(), 1u);
}

}  // namespace
}  // namespace switchboard
