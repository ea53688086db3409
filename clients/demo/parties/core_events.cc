#include "clients/demo/parties/core_events.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_format.h"
#include "clients/demo/people/draws.h"
#include "google/protobuf/util/time_util.h"

namespace switchboard::demo {
namespace {

constexpr uint64_t kEventStream = 7;

constexpr char kPayment[] = "payment";
constexpr char kPromisedPayment[] = "promised-payment";

v1::CoreEvent MakeEvent(int64_t kind, const v1::AccountRecord& record, const v1::Money& paid,
                        Draws& draws) {
  constexpr std::array<v1::StopReason, 2> kOfAccount = {v1::STOP_REASON_DISPUTE,
                                                        v1::STOP_REASON_FRAUD};
  constexpr std::array<v1::StopReason, 4> kOfPerson = {
      v1::STOP_REASON_ATTORNEY, v1::STOP_REASON_CEASE, v1::STOP_REASON_BANKRUPTCY,
      v1::STOP_REASON_BREATHING_SPACE};
  v1::CoreEvent event;
  const std::string& account_id = record.account().account_id();
  if (kind < 70) {
    auto* payment = event.mutable_payment();
    payment->set_account_id(account_id);
    *payment->mutable_amount() = paid.minor_units() > 0 ? paid : record.account().amount_due();
    if (payment->amount().minor_units() <= 0) payment->mutable_amount()->set_minor_units(100'000);
  } else if (kind < 78) {
    event.mutable_place_stop()->set_account_id(account_id);
    event.mutable_place_stop()->set_reason(kOfAccount[static_cast<size_t>(draws.Below(2))]);
  } else if (kind < 87) {
    event.mutable_place_stop()->set_person_id(record.person().person_id());
    event.mutable_place_stop()->set_reason(kOfPerson[static_cast<size_t>(draws.Below(4))]);
  } else if (kind < 95) {
    auto* point = event.mutable_place_stop()->mutable_contact_point();
    point->set_person_id(record.person().person_id());
    point->set_contact_point_id(draws.Below(2) == 0 ? "mobile-1" : "home-1");
    event.mutable_place_stop()->set_reason(v1::STOP_REASON_CEASE);
  } else {
    event.mutable_closure()->set_account_id(account_id);
  }
  return event;
}

// An account not drawn before; for a payment a late one, if a few draws find any.
int64_t DrawAccount(const Population& population, bool late, std::set<int64_t>& taken,
                    Draws& draws) {
  for (int tries = 0;; ++tries) {
    const int64_t index = draws.Below(population.size());
    if (taken.contains(index)) continue;
    if (late && tries < 40 && population.Record(index).account().days_past_due() == 0) continue;
    taken.insert(index);
    return index;
  }
}

}  // namespace

std::vector<PlannedEvent> PlanEvents(const Population& population, uint64_t seed) {
  const int64_t count =
      std::min(population.size() / 2, std::max<int64_t>(10, population.size() / 40));
  std::vector<PlannedEvent> plan;
  std::set<int64_t> taken;
  Draws draws(seed, kEventStream, 0);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t kind = draws.Below(100);
    const int64_t index = DrawAccount(population, kind < 70, taken, draws);
    const v1::AccountRecord record = population.Record(index);
    PlannedEvent planned;
    planned.event = MakeEvent(kind, record, population.NewestPayment(index), draws);
    planned.event.set_event_id(absl::StrFormat("SYN-E-%06d", i + 1));
    planned.account_id = record.account().account_id();
    planned.person_id = record.person().person_id();
    planned.contact_point_id = planned.event.place_stop().contact_point().contact_point_id();
    planned.after_outcomes = population.size() * (i + 1) / (count + 1);
    plan.push_back(std::move(planned));
  }
  return plan;
}

std::string KindOf(const PlannedEvent& planned) {
  const v1::CoreEvent& event = planned.event;
  if (event.has_payment()) return planned.promised ? kPromisedPayment : kPayment;
  if (event.has_closure()) return "closure";
  if (event.place_stop().has_contact_point()) return "stop-contact-point";
  return event.place_stop().has_person_id() ? "stop-person" : "stop-account";
}

bool IsPayment(std::string_view kind) { return kind == kPayment || IsPromisedPayment(kind); }

bool IsPromisedPayment(std::string_view kind) { return kind == kPromisedPayment; }

}  // namespace switchboard::demo
