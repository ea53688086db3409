#include <algorithm>
#include <iterator>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/simulation/core_party.h"

// What the cores say has happened.

namespace switchboard::simulation {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kPromisesAreOlder[] =
    "UPDATE promise SET take_time = 0 WHERE standing = 1 AND take_time <> 0";

}  // namespace

void CoreParty::DrawEvent() {
  Dice& dice = world_.dice;
  Event event;
  event.core = sources_[dice.Chance(0.8) ? 0 : sources_.size() - 1].core;
  const int account = dice.Below(world_.options.accounts + 1);  // one that the hub never hears of
  event.event.set_event_id(absl::StrCat("event-", events_.size() + 1));
  const int kind = dice.Below(26);
  if (kind < 8) {
    DrawPayment(account, 1'000, event.event);
  } else if (kind < 13) {
    DrawStop(event.event);
  } else if (kind < 18 && !events_.empty()) {
    DrawLift(event.event);
  } else if (kind == 18 && dice.Chance(0.5)) {
    event.event.mutable_closure()->set_account_id(AccountId(account));
    closed_.insert(account);
  } else if (kind >= 20 && kind < 23) {
    DrawMadeContact(account, event);
  } else if (kind >= 23) {
    DrawWord(*event.event.mutable_said());
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

// What somebody pays who promised it: what is due next, all of the rest, or too little or too much
// for one part.
int64_t CoreParty::DrawShare(const std::vector<int64_t>& parts) {
  Dice& dice = world_.dice;
  if (dice.Chance(0.3)) return std::accumulate(parts.begin(), parts.end(), int64_t{0});
  if (dice.Chance(0.3)) return std::max<int64_t>(parts.front() / 2, 1);
  return dice.Chance(0.2) ? parts.front() * 2 : parts.front();
}

// Of one of those that live.
void CoreParty::PayAsAgreed() {
  Event event;
  event.core = sources_[world_.dice.Chance(0.8) ? 0 : sources_.size() - 1].core;
  event.event.set_event_id(absl::StrCat("event-", events_.size() + 1));
  const auto next =
      std::next(next_parts_.begin(), world_.dice.Below(static_cast<int64_t>(next_parts_.size())));
  DrawPayment(next->first, DrawShare(next->second), event.event);
  events_.push_back(std::move(event));
}

void CoreParty::DrawPayment(int account, int64_t amount, v1::CoreEvent& event) {
  Dice& dice = world_.dice;
  absl::Time booked = world_.CoreNow();
  auto* payment = event.mutable_payment();
  payment->mutable_amount()->set_currency_code("JPY");
  payment->mutable_amount()->set_minor_units(amount);
  payment->set_account_id(AccountId(account));
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
    if (world_.Planted(Mistake::kOldPaymentKeeps)) world_.hub.Corrupt(kPromisesAreOlder);
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
  if (event.event.has_made_contact()) return TakeContactReceipt(event, receipt.status());
  if (event.told || event.event.has_lift_stop() || event.event.has_said()) return;
  event.told = true;
  invariants::AcknowledgedStop stop;
  stop.event_id = event.event.event_id();
  stop.acknowledged_at = world_.Moment();
  stop.lift_sent_at = world_.LiftSentAt(stop.event_id);
  if (event.event.has_payment()) {
    const auto& payment = event.event.payment();
    world_.ledger.payments.push_back(event.event);
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

// The issuer's own team has called or written, or somebody has called there. Now and then what was
// told before is told anew.
void CoreParty::DrawMadeContact(int account, Event& drawn) {
  Dice& dice = world_.dice;
  auto& made = *drawn.event.mutable_made_contact();
  made.set_account_id(AccountId(account));
  const std::vector<v1::Channel> channels = {v1::CHANNEL_PHONE, v1::CHANNEL_PHONE, v1::CHANNEL_SMS,
                                             v1::CHANNEL_EMAIL};
  made.set_channel(dice.Pick(channels));
  if (dice.Chance(0.7))
    made.set_contact_point_id(made.channel() == v1::CHANNEL_EMAIL ? "mail-1" : "mobile-1");
  if (dice.Chance(0.25)) made.set_direction(v1::DIRECTION_IN);
  if (dice.Chance(0.5)) made.set_act(v1::ACT_REMIND);
  made.set_result(static_cast<v1::ContactResult>(1 + dice.Below(v1::CONTACT_RESULT_CONVERSATION)));
  made.set_consented(dice.Chance(0.1));
  made.set_objected(dice.Chance(0.1));
  const absl::Time begin =
      world_.CoreNow() - absl::Seconds(dice.Chance(0.5) ? dice.Below(60) : dice.Below(90'000));
  *made.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(begin));
  if (!made_.empty() && dice.Chance(0.2)) {
    // Of the same account, by the same core; another one than the last to tell of it is refused.
    const auto& before = world_.ledger.issuers_contacts[dice.Pick(made_)];
    made.set_account_id(before.event.made_contact().account_id());
    made.set_replaces_event_id(before.event.event_id());
    for (const Event& event : events_) {
      if (event.event.event_id() == before.event.event_id()) drawn.core = event.core;
    }
  }
  made_.push_back(world_.ledger.issuers_contacts.size());
  world_.ledger.issuers_contacts.push_back({drawn.event, {}});
}

// What somebody says about being contacted. The words come anew, are taken back, and come late.
void CoreParty::DrawWord(v1::CoreEvent::Said& said) {
  Dice& dice = world_.dice;
  const absl::Time now = world_.CoreNow();
  const auto stamp = [](absl::Time time) {
    return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
  };
  said.set_person_id(PersonId(dice.Below(world_.options.persons)));
  if (dice.Chance(0.5)) *said.mutable_say_time() = stamp(now - absl::Seconds(dice.Below(300)));
  const std::vector<v1::ConsentKind> kinds = {v1::CONSENT_KIND_CALL, v1::CONSENT_KIND_SMS,
                                              v1::CONSENT_KIND_EMAIL, v1::CONSENT_KIND_HOURS};
  switch (dice.Below(5)) {
    case 0: {
      v1::Wish& wish = dice.Chance(0.7) ? *said.mutable_wish() : *said.mutable_wish_ended();
      wish.set_kind(v1::WISH_KIND_NO_CHANNEL);
      wish.set_channel(dice.Chance(0.5) ? v1::CHANNEL_EMAIL : v1::CHANNEL_SMS);
      return;
    }
    case 1: {
      v1::Wish& wish = *said.mutable_wish();
      wish.set_kind(v1::WISH_KIND_NOT_BETWEEN);
      wish.mutable_from()->set_hour(9);
      wish.mutable_to()->set_hour(10);
      *wish.mutable_until() = stamp(now + absl::Hours(1));
      return;
    }
    case 2: {
      v1::Consent& consent = *said.mutable_consent();
      consent.set_what(dice.Pick(kinds));
      *consent.mutable_given() = stamp(now - absl::Seconds(dice.Below(300)));
      if (dice.Chance(0.7)) consent.set_collector(kVendors[dice.Below(3)]);
      world_.ledger.persons[said.person_id()].consents.insert(consent.what());
      return;
    }
    case 3:
      said.mutable_consent_withdrawn()->set_what(dice.Pick(kinds));
      return;
    default:
      said.set_employer_forbids(dice.Chance(0.5));
  }
}

void CoreParty::TakeContactReceipt(const Event& event, v1::PostEventsResponse::Status answer) {
  for (invariants::IssuersContact& made : world_.ledger.issuers_contacts) {
    const bool is_first = made.answer == v1::PostEventsResponse::STATUS_UNSPECIFIED;
    if (is_first && made.event.event_id() == event.event.event_id()) made.answer = answer;
  }
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
