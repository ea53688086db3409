#include "hub/contracts/rule_packs.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/canonical.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/rules/longest_window.h"
#include "hub/rules/pack_check.h"

namespace switchboard::contracts {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelectNewest[] =
    "SELECT number, digest FROM rule_pack ORDER BY number DESC LIMIT 1";
constexpr char kSelectAll[] =
    "SELECT pack_id, version, yaml, actor, apply_time FROM rule_pack ORDER BY pack_id, version";
constexpr char kSelectHighest[] =
    "SELECT pack_id, version, yaml, actor, apply_time FROM rule_pack WHERE pack_id = $1 ORDER BY "
    "version DESC LIMIT 1";
constexpr char kSelectHighestVersion[] =
    "SELECT version FROM rule_pack WHERE pack_id = $1 ORDER BY version DESC LIMIT 1";
constexpr char kSelectOne[] =
    "SELECT pack_id, version, yaml, actor, apply_time FROM rule_pack WHERE pack_id = $1 AND "
    "version = $2";
constexpr char kInsert[] =
    "INSERT INTO rule_pack (number, pack_id, version, digest, yaml, actor, apply_time) SELECT "
    "COUNT(*) + 1, $1, $2, $3, $4, $5, $6 FROM rule_pack";

AppliedPack FromRow(const Row& row) {
  return {std::string(row.Text(0)), row.Integer(1), std::string(row.Text(2)),
          std::string(row.Text(3)), absl::FromUnixMicros(row.Integer(4))};
}

absl::StatusOr<std::vector<AppliedPack>> Select(storage::Connection& connection, const char* sql,
                                                storage::Connection::Parameters parameters) {
  std::vector<AppliedPack> found;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    found.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return found;
}

// Changes with every version that is applied; empty without any. The digest stands in it beside the
// number: a number that was rolled back may be given again.
absl::StatusOr<std::string> KeyOf(storage::Connection& connection) {
  std::string key;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {}, [&](const Row& row) {
    key = absl::StrCat(row.Integer(0), ":", std::string(row.Blob(1)));
    return absl::OkStatus();
  }));
  return key;
}

// As with contracts, the texts are asked each time.
bool Means(const AppliedPack& applied, v1::RulePack pack, std::string_view yaml) {
  if (applied.yaml == yaml) return true;
  auto stored = rules::ParseRulePack(applied.yaml, "stored rule pack");
  return stored.ok() && CanonicalBytes(*stored) == CanonicalBytes(pack);
}

absl::Status VersionTaken(const v1::RulePack& pack, int64_t highest, const std::string& how) {
  return Error(absl::StatusCode::kFailedPrecondition, "RULE_PACK_VERSION",
               absl::StrCat("version: rule pack ", pack.pack_id(), " has version ", how,
                            " already; give this text version ", highest + 1, " or higher"),
               {{"field", "version"}});
}

absl::StatusOr<std::shared_ptr<const rules::CompiledPack>> Compile(const AppliedPack& applied) {
  ASSIGN_OR_RETURN(auto pack, rules::ParseRulePack(applied.yaml, absl::StrCat("stored rule pack ",
                                                                              applied.pack_id)));
  return rules::CompiledPack::Compile(std::move(pack));
}

}  // namespace

absl::StatusOr<bool> RulePacks::Apply(storage::Transaction& transaction, std::string_view actor,
                                      const v1::RulePack& pack, std::string_view yaml) const {
  const storage::Key packs = book::RulePacksKey();
  RETURN_IF_ERROR(transaction.Hold({&packs, 1}));
  ASSIGN_OR_RETURN(const PackVerdict verdict, JudgeFile(transaction.connection(), pack, yaml));
  if (verdict.kind == PackVerdict::Kind::kStands) return false;
  if (verdict.kind == PackVerdict::Kind::kTooLow)
    return VersionTaken(pack, verdict.highest_version, absl::StrCat(verdict.highest_version));
  const std::string digest = Sha256Of(yaml);
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {pack.pack_id(), int64_t{pack.version()},
                                         Value::Blob(digest), yaml, actor, transaction.now_us()})
                      .status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_RULE_PACK, actor);
  event.set_subject_id(pack.pack_id());
  event.set_digest(digest);
  event.set_count(pack.version());
  audit::Record(transaction, std::move(event));
  return true;
}

absl::StatusOr<std::shared_ptr<const rules::PackTimeline>> RulePacks::Timeline(
    storage::Connection& connection) const {
  ASSIGN_OR_RETURN(std::string key, KeyOf(connection));
  MutexLock lock(mutex_);
  if (timeline_ != nullptr && key == timeline_key_) return timeline_;
  ASSIGN_OR_RETURN(const auto applied, List(connection));
  rules::Packs versions;
  for (const AppliedPack& one : applied) {
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

absl::StatusOr<std::vector<AppliedPack>> RulePacks::List(storage::Connection& connection) const {
  return Select(connection, kSelectAll, {});
}

absl::StatusOr<AppliedPack> RulePacks::Show(storage::Connection& connection,
                                            std::string_view pack_id, int64_t version) const {
  ASSIGN_OR_RETURN(auto found, version == 0 ? Select(connection, kSelectHighest, {pack_id})
                                            : Select(connection, kSelectOne, {pack_id, version}));
  if (!found.empty()) return std::move(found.front());
  return Error(absl::StatusCode::kNotFound, "RULE_PACK_UNKNOWN",
               version == 0 ? "pack_id: no such rule pack was applied; see switchboard rules list"
                            : "version: no such version was applied; see switchboard rules list",
               {{"field", version == 0 ? "pack_id" : "version"}});
}

absl::StatusOr<PackVerdict> RulePacks::JudgeFile(storage::Connection& connection,
                                                 const v1::RulePack& pack,
                                                 std::string_view yaml) const {
  PackVerdict verdict;
  RETURN_IF_ERROR(connection.Query(kSelectHighestVersion, {pack.pack_id()}, [&](const Row& row) {
    verdict.highest_version = row.Integer(0);
    return absl::OkStatus();
  }));
  if (verdict.highest_version < pack.version()) return verdict;
  verdict.kind = PackVerdict::Kind::kTooLow;
  ASSIGN_OR_RETURN(const auto same,
                   Select(connection, kSelectOne, {pack.pack_id(), int64_t{pack.version()}}));
  if (same.empty()) return verdict;
  verdict.kind = PackVerdict::Kind::kStands;
  if (Means(same.front(), pack, yaml)) return verdict;
  return VersionTaken(pack, verdict.highest_version,
                      absl::StrCat(pack.version(), " with another meaning"));
}

absl::StatusOr<absl::Duration> RulePacks::LongestWindow(storage::Connection& connection) const {
  ASSIGN_OR_RETURN(std::string key, KeyOf(connection));
  MutexLock lock(mutex_);
  if (key == longest_key_) return longest_;
  absl::Duration longest;
  ASSIGN_OR_RETURN(const auto applied, List(connection));
  for (const AppliedPack& one : applied) {
    ASSIGN_OR_RETURN(const auto compiled, Compile(one));
    longest = std::max(longest, rules::LongestWindow(compiled->pack()));
  }
  longest_key_ = std::move(key);
  longest_ = longest;
  return longest;
}

}  // namespace switchboard::contracts
