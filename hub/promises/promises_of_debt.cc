#include "hub/promises/promises_of_debt.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"

namespace switchboard::promises {
namespace {

v1::PromiseStanding StandingOf(Standing standing) {
  switch (standing) {
    case Standing::kOpen:
      return v1::PROMISE_STANDING_OPEN;
    case Standing::kKept:
      return v1::PROMISE_STANDING_KEPT;
    case Standing::kPartlyKept:
      return v1::PROMISE_STANDING_PARTLY_KEPT;
    case Standing::kBroken:
      return v1::PROMISE_STANDING_BROKEN;
  }
  return v1::PROMISE_STANDING_UNSPECIFIED;
}

// Of each promise, in the order in which they were taken, whether it binds: those before decide
// about those after.
std::vector<bool> WhichBind(const std::vector<TakenPromise>& promises) {
  std::vector<bool> binds;
  for (const TakenPromise& promise : promises) {
    const absl::Time since = promise.take_time - absl::Hours(24) * promise.within_days;
    int64_t count = 1;
    for (size_t i = 0; i < binds.size(); ++i)
      count += binds[i] && promises[i].take_time > since ? 1 : 0;
    binds.push_back(promise.within_terms && (promise.count_max == 0 || count <= promise.count_max));
  }
  return binds;
}

// `replaced`: when the next one that binds was taken, the infinite future for none.
PromiseState StateOf(const TakenPromise& promise, absl::Time replaced,
                     const std::vector<DebtPayment>& payments, absl::Time now) {
  std::vector<PaymentMade> own;
  for (const DebtPayment& payment : payments) {
    if (payment.currency_code == promise.currency_code && payment.made.pay_time < replaced)
      own.push_back(payment.made);
  }
  const InstalmentStanding standing = Judge({promise.promised}, promise.take_time, promise.patience,
                                            promise.zones, std::move(own), std::min(now, replaced))
                                          .front();
  PromiseState state{promise.promise_id, StandingOf(standing.standing), standing.since,
                     standing.paid};
  if (standing.standing == Standing::kOpen && replaced <= now) {
    state.standing = v1::PROMISE_STANDING_REPLACED;
    state.since = replaced;
  }
  return state;
}

}  // namespace

std::vector<PromiseState> StatesOf(std::vector<TakenPromise> promises,
                                   const std::vector<DebtPayment>& payments, absl::Time now) {
  std::erase_if(promises, [now](const TakenPromise& one) { return one.take_time > now; });
  absl::c_sort(promises, [](const TakenPromise& a, const TakenPromise& b) {
    return std::tie(a.take_time, a.promise_id) < std::tie(b.take_time, b.promise_id);
  });
  const std::vector<bool> binds = WhichBind(promises);
  std::vector<PromiseState> states(promises.size());
  absl::Time replaced = absl::InfiniteFuture();
  for (size_t i = promises.size(); i-- > 0;) {
    const TakenPromise& promise = promises[i];
    if (!binds[i]) {
      states[i] = {promise.promise_id, v1::PROMISE_STANDING_NOT_BINDING, promise.take_time, 0};
      continue;
    }
    states[i] = StateOf(promise, std::min(replaced, promise.replaced_by_erased.value_or(replaced)),
                        payments, now);
    replaced = promise.take_time;
  }
  return states;
}

}  // namespace switchboard::promises
