#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/simulation/core_party.h"

// What the cores say has happened.

namespace switchboard::simulation {
namespace {

using google::protobuf::util::TimeUtil;

}  // namespace

void CoreParty::DrawEvent() {
  Dice& dice = world_.dice;
  Event event;
  event.core = sources_[dice.Chance(0.8) ? 0 : sources_.size() - 1].core;
  const int account = dice.Below(world_.options.accounts + 1);  // one that the hub never hears of
  event.event.set_event_id(absl::StrCat("event-", events_.size() + 1));
  const int kind = dice.Below(20);
  if (kind < 8) {
    DrawPayment(account, event.event);
  } else if (kind < 13) {
    DrawStop(event.event);
  } else if (kind < 18 && !events_.empty()) {
    DrawLift(event.event);
  } else if (kind == 18 && dice.Chance(0.5)) {
    event.event.mutable_closure()->set_account_id(AccountId(account));
    closed_.insert(account);
  } else if (!events_.empty()) {
    // The same again: the hub must say so and do nothing.
    Event& earlier = events_[dice.Below(static_cast<int64_t>(events_.size()))];
    if (earlier.answered && !earlier.under_way) earlier.answered = false;
    return;
  } else {
    return;
  }
  events_.push_back(std::move(event));
}

void CoreParty::DrawPayment(int account, v1::CoreEvent& event) {
  Dice& dice = world_.dice;
  absl::Time booked = world_.CoreNow();
  auto* payment = event.mutable_payment();
  payment->set_account_id(AccountId(account));
  payment->mutable_amount()->set_currency_code("JPY");
  payment->mutable_amount()->set_minor_units(1'000);
  if (dice.Chance(0.05)) {
    payment->mutable_amount()->set_minor_units(-1);  // refused
  } else if (account < world_.options.accounts) {
    book_.Pay(account, booked);
    // Some money is booked on the days around.
    if (dice.Chance(0.1)) booked += absl::Hours(dice.Chance(0.5) ? 3 : -30);
  }
  *payment->mutable_pay_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(booked));
}

void CoreParty::DrawStop(v1::CoreEvent& event) {
  Dice& dice = world_.dice;
  const std::vector<v1::StopReason> reasons = {
      v1::STOP_REASON_ATTORNEY,  v1::STOP_REASON_DISPUTE,        v1::STOP_REASON_DEATH,
      v1::STOP_REASON_COMPLAINT, v1::STOP_REASON_HARDSHIP_PAUSE, v1::STOP_REASON_BREATHING_SPACE};
  auto* stop = event.mutable_place_stop();
  stop->set_reason(dice.Pick(reasons));
  if (dice.Chance(0.3)) {
    *stop->mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(world_.CoreNow() + absl::Minutes(10 + dice.Below(600))));
  }
  switch (dice.Below(4)) {
    case 0:
      stop->set_person_id(PersonId(dice.Below(world_.options.persons)));
      break;
    case 1:
      stop->set_account_id(AccountId(dice.Below(world_.options.accounts)));
      break;
    case 2:
      stop->mutable_person_channel()->set_person_id(PersonId(dice.Below(world_.options.persons)));
      stop->mutable_person_channel()->set_channel(dice.Chance(0.5) ? v1::CHANNEL_PHONE
                                                                   : v1::CHANNEL_EMAIL);
      break;
    default:
      stop->mutable_contact_point()->set_person_id(PersonId(dice.Below(world_.options.persons)));
      stop->mutable_contact_point()->set_contact_point_id(dice.Chance(0.5) ? "mobile-1" : "mail-1");
  }
}

// Of an event of the core's own, or of what an outcome has stopped.
void CoreParty::DrawLift(v1::CoreEvent& event) {
  Dice& dice = world_.dice;
  const bool of_outcome = dice.Chance(0.4) && !world_.outcome_stop_ids.empty();
  event.mutable_lift_stop()->set_stop_event_id(
      of_outcome ? dice.Pick(world_.outcome_stop_ids)
                 : events_[dice.Below(static_cast<int64_t>(events_.size()))].event.event_id());
}

void CoreParty::SendEvents(const std::vector<size_t>& events) {
  v1::PostEventsRequest request;
  const identity::Peer core = events_[events.front()].core;
  for (const size_t index : events) {
    Event& event = events_[index];
    event.under_way = true;
    if (event.sent_at == 0) {
      event.sent_at = world_.Moment();
      event.received_from_us = absl::ToUnixMicros(world_.clock.Now());
    }
    *request.add_events() = event.event;
    if (event.event.has_lift_stop()) world_.LiftSent(event.event.lift_stop().stop_event_id());
  }
  auto at_hub = [this, core, bytes = request.SerializeAsString()](Network::Answer answer) {
    world_.hub.hub().core_api().PostEvents(core, bytes,
                                           AsBytes<v1::PostEventsResponse>(std::move(answer)));
  };
  auto at_core = [this, events](const absl::StatusOr<std::string>& answer) {
    const auto response = FromBytes<v1::PostEventsResponse>(answer);
    world_.Judge(response.status());
    for (size_t i = 0; i < events.size(); ++i) {
      events_[events[i]].under_way = false;
      if (response.ok())
        TakeEventReceipt(events_[events[i]], response->receipts(static_cast<int>(i)));
    }
  };
  world_.network.Call(std::move(at_hub), std::move(at_core));
}

void CoreParty::TakeEventReceipt(Event& event, const v1::PostEventsResponse::Receipt& receipt) {
  event.answered = true;
  if (receipt.status() == v1::PostEventsResponse::STATUS_INVALID) return;
  world_.ledger.acknowledged_events.push_back(event.event.event_id());
  if (event.told || event.event.has_lift_stop()) return;
  event.told = true;
  invariants::AcknowledgedStop stop;
  stop.event_id = event.event.event_id();
  stop.acknowledged_at = world_.Moment();
  stop.lift_sent_at = world_.LiftSentAt(stop.event_id);
  if (event.event.has_payment()) {
    const auto& payment = event.event.payment();
    stop.account_id = payment.account_id();
    stop.settled_until_us =
        std::max(TimeUtil::TimestampToMicroseconds(payment.pay_time()), event.received_from_us);
  }
  if (event.event.has_closure()) stop.account_id = event.event.closure().account_id();
  if (event.event.has_place_stop()) {
    const auto& placed = event.event.place_stop();
    stop.account_id = placed.account_id();
    stop.person_id =
        placed.has_contact_point() ? placed.contact_point().person_id() : placed.person_id();
    if (placed.has_person_channel()) {
      stop.person_id = placed.person_channel().person_id();
      stop.channel = placed.person_channel().channel();
    }
    if (placed.has_end_time()) stop.end_us = TimeUtil::TimestampToMicroseconds(placed.end_time());
    stop.contact_point_id = placed.contact_point().contact_point_id();
    if (placed.has_contact_point()) stop.number = NumberOf(placed.contact_point(), event.sent_at);
  }
  world_.ledger.stops.push_back(std::move(stop));
}

std::string CoreParty::NumberOf(const v1::CoreEvent::PersonContactPoint& point,
                                int64_t sent_at) const {
  // A hub that forgets may have met the stop when it did not know the person.
  if (world_.Forgets()) return "";
  std::set<std::string> numbers;
  bool known = false;
  for (const invariants::SentRecord& record : world_.ledger.records) {
    if (record.person_id != point.person_id() || record.sent_at == INT64_MAX) continue;
    known = known || (record.accepted() && record.answered_at < sent_at);
    for (const auto& one : record.content.person().contact_points()) {
      if (one.contact_point_id() == point.contact_point_id())
        numbers.insert(one.has_phone() ? one.phone() : one.email());
    }
  }
  return known && numbers.size() == 1 ? *numbers.begin() : "";
}

}  // namespace switchboard::simulation
