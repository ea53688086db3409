#include "hub/contracts/rule_packs.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/canonical.h"
#include "hub/base/error.h"
#include "hub/rules/longest_window.h"
#include "hub/rules/pack_check.h"

namespace switchboard::contracts {
namespace {

absl::StatusOr<std::string> MeaningOf(std::string_view yaml) {
  ASSIGN_OR_RETURN(auto pack, rules::ParseRulePack(yaml, "rule pack"));
  return CanonicalBytes(pack);
}

// What a window for ever is (longest_window.h): of a text that cannot be used nobody knows less.
constexpr absl::Duration kForEver = absl::Hours(24 * 3'650);

constexpr TextKind kRulePacks = {.kind = v1::TEXT_KIND_RULE_PACK,
                                 .name = "rule_pack",
                                 .noun = "rule pack",
                                 .id_field = "pack_id",
                                 .version_reason = "RULE_PACK_VERSION",
                                 .unknown_reason = "RULE_PACK_UNKNOWN",
                                 .unknown = "no such rule pack was released",
                                 .listing = "switchboard rules list",
                                 .event = v1::AuditEvent::KIND_RULE_PACK,
                                 .meaning = MeaningOf};

absl::StatusOr<v1::RulePack> Parse(const ReleasedText& released) {
  RETURN_IF_ERROR(released.usable);
  return rules::ParseRulePack(released.yaml, absl::StrCat("stored rule pack ", released.id));
}

// Some version of each pack that can be used, by id. `released`: every version of every pack, by id
// and version.
absl::StatusOr<std::map<std::string, v1::RulePack>> SomeOfEach(
    const std::vector<ReleasedText>& released) {
  std::map<std::string, v1::RulePack> some;
  for (const ReleasedText& one : released) {
    if (!one.usable.ok()) continue;
    ASSIGN_OR_RETURN(some[one.id], Parse(one));
  }
  return some;
}

// What is heard in the place of a version that cannot be used: nobody is contacted where `other`
// holds, another version of the same pack. On which days the version would hold its text alone
// says, so that this one always does until a higher one begins.
v1::RulePack InPlaceOf(const ReleasedText& unusable, const v1::RulePack& other) {
  v1::RulePack pack = other;
  pack.set_version(static_cast<int32_t>(unusable.version));
  pack.clear_effective_from();
  pack.clear_effective_to();
  pack.clear_collector_kinds();
  pack.clear_calendars();
  pack.clear_voids_open_permits();
  pack.clear_rules();
  v1::RulePack::Rule& rule = *pack.add_rules();
  rule.set_rule_id(absl::StrCat(unusable.id, ".text-altered"));
  rule.set_strength(v1::RulePack::STRENGTH_LAW);
  rule.set_source("the text of this version cannot be used; switchboard rules history");
  rule.set_verification(v1::RulePack::VERIFICATION_CONFIRMED);
  rule.mutable_forbid();
  return pack;
}

}  // namespace

RulePacks::RulePacks() : VersionedTexts(kRulePacks) {}

absl::StatusOr<std::shared_ptr<const rules::PackTimeline>> RulePacks::Timeline(
    storage::Connection& connection) const {
  ASSIGN_OR_RETURN(std::string key, Newest(connection));
  MutexLock lock(mutex_);
  if (timeline_ != nullptr && key == timeline_key_) return timeline_;
  ASSIGN_OR_RETURN(const auto released, List(connection));
  ASSIGN_OR_RETURN(const auto some, SomeOfEach(released));
  rules::Packs versions;
  for (const ReleasedText& one : released) {
    v1::RulePack pack;
    if (const auto other = some.find(one.id); !one.usable.ok() && other != some.end()) {
      pack = InPlaceOf(one, other->second);
    } else {
      ASSIGN_OR_RETURN(pack, Parse(one));
    }
    versions.push_back(rules::CompiledPack::Compile(std::move(pack)));
  }
  timeline_ = std::make_shared<const rules::PackTimeline>(std::move(versions));
  timeline_key_ = std::move(key);
  return timeline_;
}

absl::StatusOr<std::shared_ptr<const rules::Packs>> RulePacks::InForce(
    storage::Connection& connection, absl::Time now) const {
  ASSIGN_OR_RETURN(auto timeline, Timeline(connection));
  const rules::Packs& packs = timeline->At(now).packs;
  return std::shared_ptr<const rules::Packs>(std::move(timeline), &packs);
}

absl::StatusOr<absl::Duration> RulePacks::LongestWindow(storage::Connection& connection) const {
  ASSIGN_OR_RETURN(std::string key, Newest(connection));
  MutexLock lock(mutex_);
  if (key == longest_key_) return longest_;
  absl::Duration longest;
  ASSIGN_OR_RETURN(const auto released, List(connection));
  for (const ReleasedText& one : released) {
    if (!one.usable.ok()) {
      longest = std::max(longest, kForEver);
      continue;
    }
    ASSIGN_OR_RETURN(const v1::RulePack pack, Parse(one));
    longest = std::max(longest, rules::LongestWindow(pack));
  }
  longest_key_ = std::move(key);
  longest_ = longest;
  return longest;
}

}  // namespace switchboard::contracts
