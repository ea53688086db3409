#include "hub/promises/standing.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "hub/base/error.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::promises {
namespace {

// How one instalment stands, of which `before` was due earlier.
InstalmentStanding JudgeOne(int64_t before, int64_t amount, absl::Time end,
                            const Patience& patience, const std::vector<PaymentMade>& payments,
                            absl::Time now) {
  const int64_t enough = before + amount - std::min(patience.tolerance, amount - 1);
  InstalmentStanding one;
  one.since = end;
  int64_t paid = 0;
  for (const PaymentMade& payment : payments) {
    if (payment.pay_time >= end || payment.pay_time > now) break;
    paid += payment.amount;
    if (paid < enough || one.standing == Standing::kKept) continue;
    one.standing = Standing::kKept;
    one.since = payment.pay_time;
  }
  one.paid = std::clamp<int64_t>(paid - before, 0, amount);
  if (one.standing == Standing::kKept || now < end) return one;
  one.standing = one.paid > 0 ? Standing::kPartlyKept : Standing::kBroken;
  return one;
}

}  // namespace

absl::Time EndOfTime(const Instalment& instalment, const Patience& patience,
                     const std::vector<absl::TimeZone>& zones) {
  SWITCHBOARD_ASSERT(!zones.empty());
  const absl::CivilDay day_after = instalment.due_day + patience.grace_days + 1;
  absl::Time end = absl::InfinitePast();
  for (const absl::TimeZone zone : zones) end = std::max(end, rules::StartOfDay(zone, day_after));
  return end;
}

std::vector<InstalmentStanding> Judge(const std::vector<Instalment>& instalments, absl::Time begin,
                                      const Patience& patience,
                                      const std::vector<absl::TimeZone>& zones,
                                      std::vector<PaymentMade> payments, absl::Time now) {
  std::erase_if(payments, [begin](const PaymentMade& one) { return one.pay_time < begin; });
  absl::c_stable_sort(payments,
                      [](const auto& a, const auto& b) { return a.pay_time < b.pay_time; });
  std::vector<InstalmentStanding> standings;
  int64_t before = 0;
  for (const Instalment& one : instalments) {
    standings.push_back(
        JudgeOne(before, one.amount, EndOfTime(one, patience, zones), patience, payments, now));
    before += one.amount;
  }
  return standings;
}

}  // namespace switchboard::promises
