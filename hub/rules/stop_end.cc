#include "hub/rules/stop_end.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "hub/rules/messages_within.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {

using v1::RulePack;

absl::Time EndOfStop(const RulePack::Stop& rule, absl::TimeZone home_zone, absl::Time begin) {
  const absl::CivilDay first = DayAt(home_zone, begin);
  if (rule.days() > 0) return StartOfDay(home_zone, first + rule.days());
  if (rule.months() == 0) return absl::InfiniteFuture();
  const absl::CivilMonth month = absl::CivilMonth(first) + rule.months();
  const absl::CivilDay last_of_month = absl::CivilDay(month + 1) - 1;
  const absl::CivilDay last = std::min(absl::CivilDay(month) + (first.day() - 1), last_of_month);
  return StartOfDay(home_zone, last + 1);
}

std::optional<absl::Time> EndOfStop(const Packs& packs, v1::StopReason reason, absl::Time begin,
                                    absl::Time now) {
  absl::Time latest = absl::InfinitePast();
  for (const auto& pack : packs) {
    for (const CompiledRule& rule : pack->rules()) {
      if (now < rule.effective_from || now >= rule.effective_to) continue;
      ForEachMessageWithin(*rule.rule, [&](const google::protobuf::Message& one) {
        if (one.GetDescriptor() != RulePack::Stop::descriptor()) return;
        const auto& stop = static_cast<const RulePack::Stop&>(one);
        if (absl::c_linear_search(stop.reasons(), reason))
          latest = std::max(latest, EndOfStop(stop, pack->home_zone(), begin));
      });
    }
  }
  if (latest == absl::InfinitePast() || latest == absl::InfiniteFuture()) return std::nullopt;
  return latest;
}

}  // namespace switchboard::rules
