#include "tests/simulation/core_party.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/simulation/scenery.h"

namespace switchboard::simulation {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kActor[] = "core/main";

bool Names(const v1::ImportAccountsRequest& batch, const std::string& account_id) {
  return std::any_of(batch.records().begin(), batch.records().end(), [&](const auto& record) {
    return record.account().account_id() == account_id;
  });
}

// Sends a batch over one stream, in messages of at most `records_max`, and answers once all are
// answered.
void Import(Hub& hub, const v1::ImportAccountsRequest& batch, int records_max,
            Network::Answer answer) {
  struct Progress {
    int waiting = 0;
    absl::Status status;
    v1::ImportAccountsResponse response;
  };
  auto progress = std::make_shared<Progress>();
  const auto stream = hub.core_api().OpenImport(kActor);
  progress->waiting = (batch.records_size() + records_max - 1) / records_max;
  for (int from = 0; from < batch.records_size(); from += records_max) {
    v1::ImportAccountsRequest message;
    message.set_source(batch.source());
    for (int i = from; i < std::min(from + records_max, batch.records_size()); ++i) {
      *message.add_records() = batch.records(i);
    }
    stream->Take(message.SerializeAsString(),
                 [progress, from, answer](const absl::StatusOr<v1::ImportAccountsResponse>& part) {
                   if (part.ok()) {
                     progress->response.set_through(part->through());
                     for (auto receipt : part->receipts()) {
                       receipt.set_index(receipt.index() + from);
                       *progress->response.add_receipts() = receipt;
                     }
                   } else {
                     progress->status.Update(part.status());
                   }
                   if (--progress->waiting > 0) return;
                   AsBytes<v1::ImportAccountsResponse>(answer)(
                       progress->status.ok()
                           ? absl::StatusOr<v1::ImportAccountsResponse>(progress->response)
                           : progress->status);
                 });
  }
}

}  // namespace

CoreParty::CoreParty(World& world) : world_(world) {
  sources_.push_back({"night-file", 0, {}, {}, false});
  sources_.push_back({"day-feed", 0, {}, {}, false});
  for (int account = 0; account < world.options.accounts; ++account) {
    owner_[account] = account % world.options.persons;
  }
}

void CoreParty::Act() {
  switch (world_.dice.Below(6)) {
    case 0:
    case 1: {
      Source& source = sources_[world_.dice.Below(2)];
      if (!source.under_way && source.unanswered.records().empty()) DrawBatch(source);
      break;
    }
    case 2:
      DrawEvent();
      break;
    default:
      break;
  }
  Settle();
}

void CoreParty::Settle() {
  for (Source& source : sources_) {
    if (!source.under_way && !source.unanswered.records().empty())
      SendBatch(source, source.unanswered);
  }
  std::vector<size_t> waiting;
  for (size_t i = 0; i < events_.size() && waiting.size() < 3; ++i) {
    if (!events_[i].answered && !events_[i].under_way) waiting.push_back(i);
  }
  if (!waiting.empty()) SendEvents(waiting);
  if (!reading_) Read();
}

bool CoreParty::Quiet() const {
  for (const Source& source : sources_) {
    if (source.under_way || !source.unanswered.records().empty()) return false;
  }
  for (const Event& event : events_) {
    if (event.under_way || !event.answered) return false;
  }
  return kept_through_ == newest_;
}

void CoreParty::DrawBatch(Source& source) {
  Dice& dice = world_.dice;
  if (dice.Chance(0.1) && !source.before.records().empty()) {
    source.unanswered = source.before;  // the whole file once more
    return;
  }
  v1::ImportAccountsRequest batch;
  batch.set_source(source.name);
  if (dice.Chance(0.05) && source.newest > 0) {
    const int account = dice.Below(world_.options.accounts);
    *batch.add_records() =
        DrawRecord(dice, account, owner_[account], 1 + dice.Below(source.newest));
  }
  const int count = 1 + dice.Below(6);
  for (int i = 0; i < count; ++i) {
    const int account = dice.Below(world_.options.accounts);
    if (closed_.contains(account)) continue;
    if (dice.Chance(0.03)) owner_[account] = dice.Below(world_.options.persons);
    source.newest += 1 + dice.Below(3);
    *batch.add_records() = DrawRecord(dice, account, owner_[account], source.newest);
  }
  source.unanswered = std::move(batch);
}

void CoreParty::SendBatch(Source& source, const v1::ImportAccountsRequest& batch) {
  source.under_way = true;
  for (Event& event : events_) {
    if (event.event.has_payment() && Names(batch, event.event.payment().account_id()))
      MayLift(event);
  }
  const int records_max = 1 + world_.dice.Below(4);
  auto at_hub = [this, bytes = batch.SerializeAsString(), records_max](Network::Answer answer) {
    v1::ImportAccountsRequest received;
    received.ParseFromString(bytes);
    Import(world_.hub.hub(), received, records_max, std::move(answer));
  };
  auto at_core = [this, &source, batch](const absl::StatusOr<std::string>& answer) {
    source.under_way = false;
    const auto response = FromBytes<v1::ImportAccountsResponse>(answer);
    world_.Judge(response.status());
    if (response.ok()) TakeReceipts(source, batch, *response);
  };
  world_.network.Call(std::move(at_hub), std::move(at_core));
}

void CoreParty::TakeReceipts(Source& source, const v1::ImportAccountsRequest& batch,
                             const v1::ImportAccountsResponse& response) {
  std::set<int> with_receipt;
  for (const auto& receipt : response.receipts()) with_receipt.insert(receipt.index());
  for (int i = 0; i < batch.records_size(); ++i) {
    if (!with_receipt.contains(i)) {
      world_.ledger.placed_accounts.push_back(batch.records(i).account().account_id());
    }
  }
  int64_t& through = world_.ledger.through[source.name];
  if (response.through() < through) {
    world_.Accuse(absl::StrCat("source ", source.name, " went back to ", response.through()));
  }
  through = std::max(through, response.through());
  source.before = batch;
  source.unanswered.clear_records();
}

void CoreParty::DrawEvent() {
  Dice& dice = world_.dice;
  Event event;
  const int account = dice.Below(world_.options.accounts + 1);  // one that the hub never hears of
  event.event.set_event_id(absl::StrCat("event-", events_.size() + 1));
  const int kind = dice.Below(20);
  if (kind < 8) {
    auto* payment = event.event.mutable_payment();
    payment->set_account_id(AccountId(account));
    payment->mutable_amount()->set_currency_code("JPY");
    payment->mutable_amount()->set_minor_units(dice.Chance(0.05) ? -1 : 1'000);
    *payment->mutable_pay_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(world_.clock.Now()));
  } else if (kind < 14) {
    DrawStop(event.event);
  } else if (kind < 18 && !events_.empty()) {
    DrawLift(event.event);
  } else if (kind == 18) {
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

void CoreParty::DrawStop(v1::CoreEvent& event) {
  Dice& dice = world_.dice;
  const std::vector<v1::StopReason> reasons = {v1::STOP_REASON_ATTORNEY, v1::STOP_REASON_DISPUTE,
                                               v1::STOP_REASON_DEATH, v1::STOP_REASON_PAYMENT};
  auto* stop = event.mutable_place_stop();
  // PAYMENT is the hub's own: an account placed anew would lift it.
  stop->set_reason(reasons[dice.Below(3)]);
  switch (dice.Below(3)) {
    case 0:
      stop->set_person_id(PersonId(dice.Below(world_.options.persons)));
      break;
    case 1:
      stop->set_account_id(AccountId(dice.Below(world_.options.accounts)));
      break;
    default:
      stop->mutable_contact_point()->set_person_id(PersonId(dice.Below(world_.options.persons)));
      stop->mutable_contact_point()->set_contact_point_id(dice.Chance(0.5) ? "mobile-1" : "mail-1");
  }
}

void CoreParty::DrawLift(v1::CoreEvent& event) {
  Event& lifted = events_[world_.dice.Below(static_cast<int64_t>(events_.size()))];
  event.mutable_lift_stop()->set_stop_event_id(lifted.event.event_id());
}

void CoreParty::SendEvents(const std::vector<size_t>& events) {
  v1::PostEventsRequest request;
  for (size_t index : events) {
    events_[index].under_way = true;
    *request.add_events() = events_[index].event;
    // An account under way already may reach the hub behind the payment, and be answered before it.
    if (events_[index].event.has_payment() &&
        MayBePlacedAnew(events_[index].event.payment().account_id())) {
      MayLift(events_[index]);
    }
    if (!events_[index].event.has_lift_stop()) continue;
    for (Event& other : events_) {
      if (other.event.event_id() == events_[index].event.lift_stop().stop_event_id())
        MayLift(other);
    }
  }
  const std::string bytes = request.SerializeAsString();
  auto at_hub = [this, bytes](Network::Answer answer) {
    world_.hub.hub().core_api().PostEvents(kActor, bytes,
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
  const bool first = !event.answered && event.stop == SIZE_MAX;
  event.answered = true;
  if (receipt.status() == v1::PostEventsResponse::STATUS_INVALID) return;
  world_.ledger.acknowledged_events.push_back(event.event.event_id());
  if (!first || event.event.has_lift_stop()) return;
  invariants::AcknowledgedStop stop;
  stop.event_id = event.event.event_id();
  stop.acknowledged_at = world_.Moment();
  if (event.event.has_payment()) stop.account_id = event.event.payment().account_id();
  if (event.event.has_closure()) stop.account_id = event.event.closure().account_id();
  if (event.event.has_place_stop()) {
    const auto& placed = event.event.place_stop();
    stop.account_id = placed.account_id();
    stop.person_id =
        placed.has_contact_point() ? placed.contact_point().person_id() : placed.person_id();
    stop.contact_point_id = placed.contact_point().contact_point_id();
  }
  stop.lift_sent_at = event.lift_sent_at;
  // The account may be on its way again, and reach the hub behind the payment.
  if (event.event.has_payment() && MayBePlacedAnew(stop.account_id)) stop.lift_sent_at = 0;
  event.stop = world_.ledger.stops.size();
  world_.ledger.stops.push_back(std::move(stop));
}

void CoreParty::MayLift(Event& event) {
  event.lift_sent_at = std::min(event.lift_sent_at, world_.Moment());
  if (event.stop == SIZE_MAX) return;
  int64_t& lift_sent_at = world_.ledger.stops[event.stop].lift_sent_at;
  lift_sent_at = std::min(lift_sent_at, event.lift_sent_at);
}

bool CoreParty::MayBePlacedAnew(const std::string& account_id) const {
  return std::any_of(sources_.begin(), sources_.end(),
                     [&](const Source& source) { return Names(source.unanswered, account_id); });
}

void CoreParty::Read() {
  reading_ = true;
  v1::ReadOutcomesRequest request;
  request.set_after(kept_through_);
  request.set_max_outcomes(1 + world_.dice.Below(5));
  if (world_.dice.Chance(0.5)) request.mutable_max_wait()->set_seconds(2);
  const std::string bytes = request.SerializeAsString();
  auto at_hub = [this, bytes](Network::Answer answer) {
    v1::ReadOutcomesRequest received;
    received.ParseFromString(bytes);
    world_.hub.hub().core_api().ReadOutcomes(kActor, std::move(received),
                                              AsBytes<v1::ReadOutcomesResponse>(std::move(answer)));
  };
  auto at_core = [this](const absl::StatusOr<std::string>& answer) {
    reading_ = false;
    const auto response = FromBytes<v1::ReadOutcomesResponse>(answer);
    world_.Judge(response.status());
    if (response.status().code() == absl::StatusCode::kInvalidArgument) {
      world_.Accuse("the hub has forgotten outcomes that the core keeps");
    }
    if (response.ok()) Keep(*response);
  };
  world_.network.Call(std::move(at_hub), std::move(at_core));
}

// Outcomes and how far they go are kept in one transaction; the core may be started anew at any
// time.
void CoreParty::Keep(const v1::ReadOutcomesResponse& response) {
  newest_ = std::max(newest_, response.newest());
  int64_t through = kept_through_;
  for (const auto& outcome : response.outcomes()) {
    world_.ledger.outcomes_read.push_back(outcome);
    through = outcome.sequence();
  }
  const bool started_anew = world_.Fault(world_.options.faults.core_restart);
  if (started_anew && world_.Planted(Mistake::kOutcomeCountedTwice)) return;
  kept_through_ = through;
}

}  // namespace switchboard::simulation
