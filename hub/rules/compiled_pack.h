#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "hub/rules/daily_time.h"
#include "hub/rules/pack_needs.h"
#include "hub/rules/pack_places.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// A rule that is ready to be heard. Immutable; belongs to its pack.
struct CompiledRule {
  const v1::RulePack::Rule* rule = nullptr;
  absl::Time effective_from = absl::InfinitePast();
  absl::Time effective_to = absl::InfiniteFuture();
  OpenHours hours;                       // of a rule about hours
  std::vector<absl::TimeZone> own_zone;  // of a rule about hours: one zone, or nothing
};

// From `from` inclusive until `to` exclusive.
struct Span {
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();
};

// A pack that is ready to be heard. Immutable. Thread-safe.
class CompiledPack {
 public:
  // REQUIRES: a pack that pack_check.h has passed.
  static std::shared_ptr<const CompiledPack> Compile(v1::RulePack pack);

  CompiledPack(const CompiledPack&) = delete;
  CompiledPack& operator=(const CompiledPack&) = delete;

  const v1::RulePack& pack() const { return pack_; }
  const std::vector<CompiledRule>& rules() const { return rules_; }
  absl::TimeZone home_zone() const { return home_zone_; }
  // For a person of whom no zone is known; at least one.
  const std::vector<absl::TimeZone>& zones_if_unknown() const { return zones_if_unknown_; }
  const PackNeeds& needs() const { return needs_; }
  const PackPlaces& places() const { return places_; }
  // On which of the home zone's days it is in force.
  Span InForce() const;
  // Whether the pack binds collectors of this kind.
  bool Binds(v1::CollectorKind kind) const;

 private:
  explicit CompiledPack(v1::RulePack pack);

  const v1::RulePack pack_;
  const PackNeeds needs_;
  const PackPlaces places_;
  absl::TimeZone home_zone_;
  std::vector<absl::TimeZone> zones_if_unknown_;
  std::vector<CompiledRule> rules_;
};

// "us/3": the pack and its version, as the audit log has it.
std::string NameOf(const CompiledPack& pack);

using Packs = std::vector<std::shared_ptr<const CompiledPack>>;

}  // namespace switchboard::rules
