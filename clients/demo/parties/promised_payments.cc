#include "clients/demo/parties/promised_payments.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "hub/base/proto_time.h"

namespace switchboard::demo {
namespace {

// What is due first: of a plan its first part.
struct Due {
  absl::CivilDay day;
  int64_t minor_units = 0;
};

Due FirstOf(const v1::PromiseChange& change) {
  if (change.instalments().empty())
    return {CivilDayOf(change.due_date()), change.amount().minor_units()};
  const v1::InstalmentStanding& part = change.instalments(0);
  return {CivilDayOf(part.due_date()), part.amount().minor_units()};
}

}  // namespace

PromisedPayments::PromisedPayments(const Population& population,
                                   const std::vector<PlannedEvent>& plan)
    : population_(population) {
  for (const PlannedEvent& planned : plan) {
    if (planned.event.has_payment()) never_again_.insert(planned.account_id);
  }
}

void PromisedPayments::Note(const v1::PromiseChange& change) {
  const std::string& account_id = change.account_id();
  if (change.standing() != v1::PROMISE_STANDING_OPEN) {
    const auto open = open_.find(account_id);
    // It may be an older one of the account that ends, and not the one that is open.
    const bool ends = open != open_.end() && open->second.vendor_id == change.vendor_id() &&
                      open->second.outcome_id == change.outcome_id();
    if (ends) open_.erase(open);
    return;
  }
  const int64_t index = population_.IndexOf(account_id);
  if (index < 0 || never_again_.contains(account_id)) return;
  const Due first = FirstOf(change);
  const int64_t paid = std::min(population_.NewestPayment(index).minor_units(), first.minor_units);
  if (paid > 0) open_[account_id] = {change.vendor_id(), change.outcome_id(), first.day, paid};
}

std::optional<PlannedEvent> PromisedPayments::Next(absl::CivilDay today) const {
  const auto due = std::find_if(open_.begin(), open_.end(),
                                [&](const auto& one) { return one.second.day <= today; });
  if (due == open_.end()) return std::nullopt;
  const int64_t index = population_.IndexOf(due->first);
  PlannedEvent planned;
  planned.promised = true;
  planned.account_id = due->first;
  planned.person_id = population_.Record(index).person().person_id();
  planned.event.set_event_id(absl::StrFormat("SYN-Q-%06d", index + 1));
  planned.event.mutable_payment()->set_account_id(due->first);
  *planned.event.mutable_payment()->mutable_amount() = population_.NewestPayment(index);
  planned.event.mutable_payment()->mutable_amount()->set_minor_units(due->second.minor_units);
  return planned;
}

int64_t PromisedPayments::CountDue(absl::CivilDay today) const {
  return std::count_if(open_.begin(), open_.end(),
                       [&](const auto& one) { return one.second.day <= today; });
}

void PromisedPayments::Paid(const std::string& account_id) {
  never_again_.insert(account_id);
  open_.erase(account_id);
}

}  // namespace switchboard::demo
