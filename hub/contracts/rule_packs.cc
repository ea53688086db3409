#include "hub/contracts/rule_packs.h"

#include <algorithm>
#include <utility>

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

constexpr TextKind kRulePacks = {.name = "rule_pack",
                                 .noun = "rule pack",
                                 .id_field = "pack_id",
                                 .version_reason = "RULE_PACK_VERSION",
                                 .unknown_reason = "RULE_PACK_UNKNOWN",
                                 .unknown = "no such rule pack was applied",
                                 .listing = "switchboard rules list",
                                 .event = v1::AuditEvent::KIND_RULE_PACK,
                                 .meaning = MeaningOf};

CheckedText TextOf(const v1::RulePack& pack, std::string_view yaml) {
  return {pack.pack_id(), pack.version(), yaml};
}

absl::StatusOr<std::shared_ptr<const rules::CompiledPack>> Compile(const AppliedText& applied) {
  ASSIGN_OR_RETURN(
      auto pack, rules::ParseRulePack(applied.yaml, absl::StrCat("stored rule pack ", applied.id)));
  return rules::CompiledPack::Compile(std::move(pack));
}

}  // namespace

RulePacks::RulePacks() : texts_(kRulePacks) {}

absl::StatusOr<bool> RulePacks::Apply(storage::Transaction& transaction, std::string_view actor,
                                      const v1::RulePack& pack, std::string_view yaml) const {
  return texts_.Apply(transaction, actor, TextOf(pack, yaml));
}

absl::StatusOr<std::shared_ptr<const rules::PackTimeline>> RulePacks::Timeline(
    storage::Connection& connection) const {
  ASSIGN_OR_RETURN(std::string key, texts_.Newest(connection));
  MutexLock lock(mutex_);
  if (timeline_ != nullptr && key == timeline_key_) return timeline_;
  ASSIGN_OR_RETURN(const auto applied, List(connection));
  rules::Packs versions;
  for (const AppliedText& one : applied) {
    ASSIGN_OR_RETURN(versions.emplace_back(), Compile(one));
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

absl::StatusOr<std::vector<AppliedText>> RulePacks::List(storage::Connection& connection) const {
  return texts_.List(connection);
}

absl::StatusOr<AppliedText> RulePacks::Show(storage::Connection& connection,
                                            std::string_view pack_id, int64_t version) const {
  return texts_.Show(connection, pack_id, version);
}

absl::StatusOr<TextVerdict> RulePacks::JudgeFile(storage::Connection& connection,
                                                 const v1::RulePack& pack,
                                                 std::string_view yaml) const {
  return texts_.JudgeFile(connection, TextOf(pack, yaml));
}

absl::StatusOr<absl::Duration> RulePacks::LongestWindow(storage::Connection& connection) const {
  ASSIGN_OR_RETURN(std::string key, texts_.Newest(connection));
  MutexLock lock(mutex_);
  if (key == longest_key_) return longest_;
  absl::Duration longest;
  ASSIGN_OR_RETURN(const auto applied, List(connection));
  for (const AppliedText& one : applied) {
    ASSIGN_OR_RETURN(const auto compiled, Compile(one));
    longest = std::max(longest, rules::LongestWindow(compiled->pack()));
  }
  longest_key_ = std::move(key);
  longest_ = longest;
  return longest;
}

}  // namespace switchboard::contracts
