#include "hub/promises/promises_of_debt.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"

namespace switchboard::promises {
namespace {

bool MayBind(const TakenPromise& promise) {
  return promise.consent == Consent::kVendors || promise.consent == Consent::kGiven;
}

// From when on it binds, if it does.
absl::Time BindTimeOf(const TakenPromise& promise) {
  return promise.consent == Consent::kGiven ? promise.decide_time : promise.take_time;
}

// Those that bind, in the order in which they begin to. Those before decide about those after.
std::vector<const TakenPromise*> ThoseThatBind(const std::vector<TakenPromise>& promises) {
  std::vector<const TakenPromise*> candidates;
  for (const TakenPromise& one : promises)
    if (MayBind(one)) candidates.push_back(&one);
  absl::c_sort(candidates, [](const TakenPromise* a, const TakenPromise* b) {
    return std::pair<absl::Time, const std::string&>(BindTimeOf(*a), a->promise_id) <
           std::pair<absl::Time, const std::string&>(BindTimeOf(*b), b->promise_id);
  });
  std::vector<const TakenPromise*> binding;
  for (const TakenPromise* one : candidates) {
    const absl::Time since = BindTimeOf(*one) - absl::Hours(24) * one->within_days;
    const int64_t count = 1 + absl::c_count_if(binding, [since](const TakenPromise* before) {
                            return BindTimeOf(*before) > since;
                          });
    const bool one_too_many = one->count_max > 0 && count > one->count_max;
    // What head office agreed to is bound by no contract.
    const bool allowed = one->within_terms && !one_too_many;
    if (allowed || one->consent == Consent::kGiven) binding.push_back(one);
  }
  return binding;
}

std::vector<InstalmentStanding> Untouched(const TakenPromise& promise) {
  std::vector<InstalmentStanding> standings;
  for (const Instalment& one : promise.promised)
    standings.push_back({.since = EndOfTime(one, promise.patience, promise.zones)});
  return standings;
}

const InstalmentStanding* FirstNotKept(const std::vector<InstalmentStanding>& standings) {
  const auto found =
      absl::c_find_if(standings, [](const auto& one) { return one.standing != Standing::kKept; });
  return found == standings.end() ? nullptr : &*found;
}

// What was paid on a promise until then.
std::vector<PaymentMade> PaidOn(const TakenPromise& promise,
                                const std::vector<DebtPayment>& payments, absl::Time until) {
  std::vector<PaymentMade> own;
  for (const DebtPayment& payment : payments) {
    const bool counts = payment.currency_code == promise.currency_code &&
                        payment.made.pay_time >= promise.take_time && payment.made.pay_time < until;
    if (counts) own.push_back(payment.made);
  }
  return own;
}

// What of that counts, at most all that was promised.
int64_t SumOf(const TakenPromise& promise, const std::vector<PaymentMade>& own, absl::Time now) {
  int64_t promised = 0;
  for (const Instalment& one : promise.promised) promised += one.amount;
  int64_t paid = 0;
  for (const PaymentMade& payment : own)
    if (payment.pay_time <= now) paid = std::min(promised, paid + payment.amount);
  return paid;
}

// How one that binds stands. `replaced`: when the next one began to bind, the infinite future for
// none.
PromiseState StateOf(const TakenPromise& promise, absl::Time replaced,
                     const std::vector<DebtPayment>& payments, absl::Time now) {
  absl::Time until =
      std::min(replaced, EndOfTime(promise.promised.back(), promise.patience, promise.zones));
  const auto judge = [&] {
    return Judge(promise.promised, promise.take_time, promise.patience, promise.zones,
                 PaidOn(promise, payments, until), std::min(now, until));
  };
  PromiseState state{.promise_id = promise.promise_id, .instalments = judge()};
  const InstalmentStanding* unkept = FirstNotKept(state.instalments);
  if (unkept != nullptr && unkept->standing != Standing::kOpen) {
    // It has ended there, whatever is paid afterwards.
    until = unkept->since;
    state.instalments = judge();
    unkept = FirstNotKept(state.instalments);
  }
  state.paid = SumOf(promise, PaidOn(promise, payments, until), now);
  if (unkept == nullptr) {
    state.standing = v1::PROMISE_STANDING_KEPT;
    state.since = state.instalments.back().since;
  } else if (unkept->standing == Standing::kOpen) {
    const bool is_replaced = replaced <= now;
    state.standing = is_replaced ? v1::PROMISE_STANDING_REPLACED : v1::PROMISE_STANDING_OPEN;
    state.since = is_replaced ? replaced : unkept->since;
  } else {
    state.standing =
        state.paid > 0 ? v1::PROMISE_STANDING_PARTLY_KEPT : v1::PROMISE_STANDING_BROKEN;
    state.since = unkept->since;
  }
  return state;
}

// How one stands that does not bind. `binding`: those that do, in their order.
PromiseState UnboundStateOf(const TakenPromise& promise,
                            const std::vector<const TakenPromise*>& binding) {
  PromiseState state{.promise_id = promise.promise_id, .instalments = Untouched(promise)};
  state.standing = v1::PROMISE_STANDING_NOT_BINDING;
  state.since = promise.take_time;
  if (promise.consent == Consent::kRefused) {
    state.standing = v1::PROMISE_STANDING_REFUSED;
    state.since = promise.decide_time;
  }
  if (promise.consent != Consent::kAwaited) return state;
  state.standing = v1::PROMISE_STANDING_PENDING;
  absl::Time replaced = promise.replaced_by_erased.value_or(absl::InfiniteFuture());
  for (const TakenPromise* one : binding)
    if (BindTimeOf(*one) > promise.take_time) replaced = std::min(replaced, BindTimeOf(*one));
  if (replaced == absl::InfiniteFuture()) return state;
  state.standing = v1::PROMISE_STANDING_REPLACED;
  state.since = replaced;
  return state;
}

}  // namespace

std::vector<PromiseState> StatesOf(std::vector<TakenPromise> promises,
                                   const std::vector<DebtPayment>& payments, absl::Time now) {
  std::erase_if(promises, [now](const TakenPromise& one) { return one.take_time > now; });
  absl::c_sort(promises, [](const TakenPromise& a, const TakenPromise& b) {
    return std::tie(a.take_time, a.promise_id) < std::tie(b.take_time, b.promise_id);
  });
  const std::vector<const TakenPromise*> binding = ThoseThatBind(promises);
  std::map<const TakenPromise*, absl::Time> replaced;
  for (size_t i = 0; i < binding.size(); ++i) {
    replaced[binding[i]] =
        i + 1 < binding.size() ? BindTimeOf(*binding[i + 1]) : absl::InfiniteFuture();
  }
  std::vector<PromiseState> states;
  for (const TakenPromise& promise : promises) {
    const auto bound = replaced.find(&promise);
    if (bound == replaced.end()) {
      states.push_back(UnboundStateOf(promise, binding));
      continue;
    }
    const absl::Time by_erased = promise.replaced_by_erased.value_or(absl::InfiniteFuture());
    states.push_back(StateOf(promise, std::min(bound->second, by_erased), payments, now));
  }
  return states;
}

}  // namespace switchboard::promises
