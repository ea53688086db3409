#include "hub/rules/decision.h"

#include <algorithm>

#include "hub/rules/condition.h"
#include "hub/rules/hearing.h"
#include "hub/rules/truth.h"
#include "hub/rules/window.h"

namespace switchboard::rules {
namespace {

using v1::RulePack;

constexpr absl::Duration kHorizon = absl::Hours(24 * 3653);
// Each step passes the end of something: a night, a window, a wish. What takes longer has rules
// that never agree.
constexpr int kStepsMax = 2000;

template <typename List>
Truth AnyHolds(const List& conditions, Hearing& hearing, absl::Time time, Sense sense) {
  Truth any = Always(false);
  for (const RulePack::Condition& condition : conditions) {
    any = Or(any, Holds(condition, hearing, time, sense));
  }
  return any;
}

struct Verdict {
  Truth refuses = Always(false);
  std::optional<int> counted = {};
};

Verdict CountVerdict(const RulePack::Contacts& contacts, const RulePack::Window& window, int limit,
                     Hearing& hearing, absl::Time time) {
  const auto& fitting = hearing.past.Fitting(contacts, hearing.zones, Sense::kRefuses);
  const Counted counted = CountIn(window, fitting, limit, hearing, time, Sense::kRefuses);
  return {counted.reaches, counted.count};
}

// What the rule's kind says, its exceptions apart.
Verdict KindVerdict(const CompiledRule& compiled, Hearing& hearing, absl::Time time) {
  const RulePack::Rule& rule = *compiled.rule;
  switch (rule.kind_case()) {
    case RulePack::Rule::kHours: {
      Truth open = Always(true);
      for (const auto zone : compiled.own_zone.empty() ? hearing.zones : compiled.own_zone) {
        open = And(open, IsOpen(compiled.hours, zone, time));
      }
      return {Not(open)};
    }
    case RulePack::Rule::kCount:
      return CountVerdict(rule.count().contacts(), rule.count().window(), rule.count().at_most(),
                          hearing, time);
    case RulePack::Rule::kCoolDown:
      return CountVerdict(rule.cool_down().after(), rule.cool_down().window(), 1, hearing, time);
    case RulePack::Rule::kForbid:
      return {rule.forbid().when().empty()
                  ? Always(true)
                  : AnyHolds(rule.forbid().when(), hearing, time, Sense::kRefuses)};
    case RulePack::Rule::kOnlyIf:
      return {Not(AnyHolds(rule.only_if().any_of(), hearing, time, Sense::kLetsPass))};
    default:
      return {};
  }
}

// One rule that speaks of the request, before one pack.
struct HeardRule {
  const CompiledRule* compiled;
  Hearing* hearing;
  const CompiledPack* pack;
  RulePack::Strength strength;

  Verdict At(absl::Time time) const {
    const Truth in_force = time < compiled->effective_from ? Truth{false, compiled->effective_from}
                           : time < compiled->effective_to ? Truth{true, compiled->effective_to}
                                                           : Always(false);
    if (!in_force.holds) return {in_force};
    Verdict verdict = KindVerdict(*compiled, *hearing, time);
    if (!verdict.refuses.holds) return verdict;
    const Truth excepted = AnyHolds(compiled->rule->unless(), *hearing, time, Sense::kLetsPass);
    verdict.refuses = And(And(in_force, verdict.refuses), Not(excepted));
    return verdict;
  }
};

RulePack::Strength StrengthOf(const RulePack::Rule& rule, const Request& request) {
  for (const auto& where : rule.strength_where()) {
    if (IsAsk(where.ask(), request)) return where.strength();
  }
  return rule.strength();
}

// The first instant from `time` on at which none of the rules refuses.
std::optional<absl::Time> FirstFree(const std::vector<const HeardRule*>& rules, absl::Time time) {
  if (time == absl::InfiniteFuture()) return std::nullopt;
  const absl::Time horizon = time + kHorizon;
  for (int step = 0; step < kStepsMax; ++step) {
    absl::Time until = time;
    for (const HeardRule* rule : rules) {
      const Truth refuses = rule->At(time).refuses;
      if (refuses.holds) until = std::max(until, refuses.until);
      if (until > horizon) return std::nullopt;
    }
    if (until == time) return time;
    time = until;
  }
  return std::nullopt;
}

// The first instant after `time` at which one of the rules refuses, at most `through`. REQUIRES:
// none does at `time`.
absl::Time FirstRefused(const std::vector<const HeardRule*>& rules, absl::Time time,
                        absl::Time through) {
  while (time < through) {
    absl::Time until = through;
    for (const HeardRule* rule : rules) {
      const Truth refuses = rule->At(time).refuses;
      if (refuses.holds) return time;
      until = std::min(until, refuses.until);
    }
    time = until;
  }
  return through;
}

// All rules that speak of a request.
struct HeardRules {
  HeardRules(const Packs& packs, const Facts& facts) : past(facts) {
    hearings.reserve(packs.size());
    for (const auto& pack : packs) {
      if (!pack->Binds(facts.request.collector_kind)) continue;
      hearings.push_back({facts, past, facts.zones.empty() ? pack->zones_if_unknown() : facts.zones,
                          pack->home_zone()});
      for (const CompiledRule& rule : pack->rules()) {
        if (!SpeaksOf(*rule.rule, facts.request)) continue;
        heard.push_back(
            {&rule, &hearings.back(), pack.get(), StrengthOf(*rule.rule, facts.request)});
      }
    }
  }
  HeardRules(const HeardRules&) = delete;
  HeardRules& operator=(const HeardRules&) = delete;

  PastContacts past;
  std::vector<Hearing> hearings;
  std::vector<HeardRule> heard;
};

bool CountsOnlyWithoutConsent(const RulePack::Rule& rule) {
  return rule.count().contacts().without_consented() ||
         rule.cool_down().after().without_consented();
}

// Whether one of the rule's exceptions is a consent that there is.
bool IsExceptedByConsent(const HeardRule& rule, absl::Time time) {
  return std::any_of(rule.compiled->rule->unless().begin(), rule.compiled->rule->unless().end(),
                     [&](const RulePack::Condition& condition) {
                       return condition.has_consent() &&
                              Holds(condition, *rule.hearing, time, Sense::kLetsPass).holds;
                     });
}

}  // namespace

bool IsUnderConsent(const Packs& packs, const Facts& facts, absl::Time time) {
  const HeardRules all(packs, facts);
  bool any = false;
  for (const HeardRule& rule : all.heard) {
    if (!CountsOnlyWithoutConsent(*rule.compiled->rule)) continue;
    if (!IsExceptedByConsent(rule, time)) return false;
    any = true;
  }
  return any;
}

Decision Decide(const std::vector<std::shared_ptr<const CompiledPack>>& packs, const Facts& facts,
                absl::Time now, absl::Time through) {
  Decision decision;
  decision.zone_assumed = facts.zones.empty();
  HeardRules all(packs, facts);
  std::vector<const HeardRule*> binding;
  for (const HeardRule& rule : all.heard) {
    const bool binds = rule.strength != RulePack::STRENGTH_SHOULD;
    if (binds) binding.push_back(&rule);
    const Verdict verdict = rule.At(now);
    if (!verdict.refuses.holds) continue;
    (binds ? decision.refusals : decision.warnings)
        .push_back({rule.pack, rule.compiled->rule, rule.strength, verdict.counted,
                    FirstFree({&rule}, verdict.refuses.until)});
  }
  if (decision.allowed()) {
    decision.allowed_until = FirstRefused(binding, now, through);
  } else {
    decision.next_time = FirstFree(binding, now);
  }
  return decision;
}

}  // namespace switchboard::rules
