#include "hub/promises/promises_of_debt.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"

namespace switchboard::promises {

std::vector<PromiseState> StatesOf(std::vector<TakenPromise> promises,
                                   const std::vector<PaymentMade>& payments,
                                   const Patience& patience,
                                   const std::vector<absl::TimeZone>& zones, absl::Time now) {
  std::erase_if(promises, [now](const TakenPromise& one) { return one.take_time > now; });
  absl::c_sort(promises, [](const TakenPromise& a, const TakenPromise& b) {
    return std::tie(a.take_time, a.promise_id) < std::tie(b.take_time, b.promise_id);
  });
  std::vector<PromiseState> states;
  for (size_t i = 0; i < promises.size(); ++i) {
    const TakenPromise& promise = promises[i];
    const bool is_last = i + 1 == promises.size();
    const absl::Time replaced = is_last ? absl::InfiniteFuture() : promises[i + 1].take_time;
    std::vector<PaymentMade> own = payments;
    std::erase_if(own, [&](const PaymentMade& one) { return one.pay_time >= replaced; });
    PromiseState state{promise.promise_id,
                       Judge({promise.promised}, promise.take_time, patience, zones, std::move(own),
                             std::min(now, replaced))
                           .front(),
                       std::nullopt};
    if (state.standing.standing == Standing::kOpen && replaced <= now)
      state.replace_time = replaced;
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace switchboard::promises
