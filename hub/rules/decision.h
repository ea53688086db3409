#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/facts.h"
#include "switchboard/v1/rule_pack.pb.h"

// What the rules of all packs that apply say to one request. Pure: the same facts, packs and time
// give the same answer, now and when it is replayed.

namespace switchboard::rules {

// One rule that stands against a request.
struct Finding {
  const CompiledPack* pack = nullptr;
  const v1::RulePack::Rule* rule = nullptr;
  v1::RulePack::Strength strength = v1::RulePack::STRENGTH_UNSPECIFIED;  // for this request
  // How many contacts stand in the window of a rule that counts, where most of them do.
  std::optional<int> counted;
  // When this rule alone would allow the request if nothing else happened; nothing: never.
  std::optional<absl::Time> next_time;
};

struct Decision {
  // In the order of packs and of their rules.
  std::vector<Finding> refusals;
  std::vector<Finding> warnings;  // of strength SHOULD
  // Of a refused request: the first instant after `now` at which no rule would refuse it if nothing
  // else happened. Rules that do not refuse now are heard too. Nothing: time alone does not help,
  // not within ten years.
  std::optional<absl::Time> next_time;
  // Of an allowed request: the first instant after `now` at which a rule would refuse it if nothing
  // else happened; the end of what was looked at where none does before.
  absl::Time allowed_until;
  bool zone_assumed = false;  // no zone of the person is known; the packs' own were taken

  bool allowed() const { return refusals.empty(); }
};

// All rules of all packs are heard, always. A collector that a pack does not bind hears nothing of
// it. The findings point into the packs. A contact later than `now`, which a clock that stepped
// back leaves behind, counts. `through`: how far an allowed request is looked at; not before `now`.
// REQUIRES: the history of `facts` is in order.
Decision Decide(const std::vector<std::shared_ptr<const CompiledPack>>& packs, const Facts& facts,
                absl::Time now, absl::Time through);
inline Decision Decide(const std::vector<std::shared_ptr<const CompiledPack>>& packs,
                       const Facts& facts, absl::Time now) {
  return Decide(packs, facts, now, now);
}

// Whether a contact that is made at `time` is one under a consent, as rules that count only the
// others have it (without_consented): by every such rule's own exception for consent. What no rule
// of the packs tells apart is none.
bool IsUnderConsent(const Packs& packs, const Facts& facts, absl::Time time);

}  // namespace switchboard::rules
