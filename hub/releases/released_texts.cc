#include "hub/releases/released_texts.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "google/protobuf/util/time_util.h"
#include "hub/base/day_number.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/base/yaml.h"
#include "hub/book/holds.h"
#include "hub/routing/plan_check.h"

namespace switchboard::releases {
namespace {

using contracts::CheckedText;
using contracts::ReleasedVersion;
using contracts::ReleaseRecord;
using contracts::TextVerdict;
using contracts::VersionDays;

constexpr char kStored[] = "stored text";

CheckedText CheckedOf(const ReadText& text) { return {text.id, text.version, text.yaml}; }

// The number of a version says too little: one that was rolled back may be given again.
std::string BasisFrom(const VersionDays& days, const ReleaseRecord& release) {
  Sha256 basis;
  basis.AddNumber(days.version).Add(release.digest);
  if (days.to.has_value()) basis.AddNumber(DayNumberOf(*days.to));
  return basis.Finish();
}

v1::TextRelease Describe(v1::TextKind kind, std::string_view text_id, const VersionDays& days,
                         const ReleaseRecord& release) {
  v1::TextRelease described;
  described.set_kind(kind);
  described.set_text_id(std::string(text_id));
  described.set_version(days.version);
  described.set_digest(release.digest);
  if (days.from.has_value()) *described.mutable_effective_from() = DateOf(*days.from);
  if (days.to.has_value()) *described.mutable_effective_to() = DateOf(*days.to);
  described.set_proposed_by(release.proposed_by);
  described.set_released_by(release.released_by);
  *described.mutable_release_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(release.time));
  described.set_proposal_id(release.proposal_id);
  return described;
}

}  // namespace

const contracts::VersionedTexts& ReleasedTexts::Versioned(v1::TextKind kind) const {
  switch (kind) {
    case v1::TEXT_KIND_RULE_PACK:
      return standing_.rule_packs;
    case v1::TEXT_KIND_CODE_MAP:
      return standing_.code_maps;
    default:
      SWITCHBOARD_ASSERT(kind == v1::TEXT_KIND_SCRIPT);
      return standing_.scripts;
  }
}

absl::StatusOr<bool> ReleasedTexts::AnyStands(storage::Connection& connection) const {
  ASSIGN_OR_RETURN(const auto vendors, standing_.contracts.Vendors(connection));
  ASSIGN_OR_RETURN(const auto plans, standing_.plans.Versions(connection));
  if (!vendors.empty() || !plans.empty()) return true;
  for (const v1::TextKind kind :
       {v1::TEXT_KIND_RULE_PACK, v1::TEXT_KIND_CODE_MAP, v1::TEXT_KIND_SCRIPT}) {
    ASSIGN_OR_RETURN(const std::string newest, Versioned(kind).Newest(connection));
    if (!newest.empty()) return true;
  }
  return false;
}

absl::StatusOr<std::string> ReleasedTexts::BasisOf(storage::Connection& connection,
                                                   v1::TextKind kind,
                                                   std::string_view text_id) const {
  if (kind == v1::TEXT_KIND_CONTRACT) {
    ASSIGN_OR_RETURN(const auto versions, standing_.contracts.Versions(connection, text_id));
    return versions.empty() ? "" : BasisFrom(versions.back().days, versions.back().release);
  }
  if (kind == v1::TEXT_KIND_ROUTING_PLAN) {
    ASSIGN_OR_RETURN(const auto versions, standing_.plans.Versions(connection));
    return versions.empty() ? "" : BasisFrom(versions.back().days, versions.back().release);
  }
  return Versioned(kind).NewestOf(connection, text_id);
}

absl::StatusOr<Judged> ReleasedTexts::Judge(storage::Connection& connection, const ReadText& text,
                                            absl::Time now) const {
  Judged judged;
  if (const auto* contract = std::get_if<v1::Contract>(&text.message)) {
    ASSIGN_OR_RETURN(const auto versions, standing_.contracts.Versions(connection, text.id));
    if (!versions.empty()) judged.newest_version = versions.back().days.version;
    ASSIGN_OR_RETURN(judged.is_the_newest,
                     standing_.contracts.Stands(connection, *contract, text.yaml));
    return judged;
  }
  if (const auto* plan = std::get_if<v1::RoutingPlan>(&text.message)) {
    ASSIGN_OR_RETURN(const auto versions, standing_.plans.Versions(connection));
    if (!versions.empty()) judged.newest_version = versions.back().days.version;
    ASSIGN_OR_RETURN(judged.is_the_newest, standing_.plans.Stands(connection, *plan, text.yaml));
    if (judged.is_the_newest) return judged;
    const absl::Time begin = std::max(
        now, absl::FromCivil(text.from_day.value_or(absl::CivilDay()), absl::UTCTimeZone()));
    ASSIGN_OR_RETURN(const auto to_come, standing_.contracts.AllToCome(connection, begin));
    std::vector<v1::Contract> contracts;
    for (const auto& one : to_come) contracts.push_back(one->contract);
    RETURN_IF_ERROR(routing::CheckPlanAgainstContracts(*plan, contracts,
                                                       YamlPlaces(text.yaml, text.file_name)));
    return judged;
  }
  const contracts::VersionedTexts& texts = Versioned(text.kind);
  ASSIGN_OR_RETURN(const TextVerdict verdict, texts.JudgeFile(connection, CheckedOf(text)));
  judged.newest_version = verdict.highest_version;
  judged.is_the_newest =
      verdict.kind == TextVerdict::Kind::kStands && verdict.highest_version == text.version;
  if (!judged.is_the_newest) RETURN_IF_ERROR(texts.CheckNew(CheckedOf(text), verdict));
  return judged;
}

absl::Status ReleasedTexts::Hold(storage::Transaction& transaction, v1::TextKind kind,
                                 std::string_view text_id) const {
  if (kind != v1::TEXT_KIND_CONTRACT) return absl::OkStatus();
  // An end of the contract, which holds no proposals, may come beside a release.
  const storage::Key keys[] = {book::FeedKey(text_id), book::PlacementKey(),
                               book::VendorKey(text_id)};
  return transaction.Hold(keys);
}

absl::StatusOr<v1::TextRelease> ReleasedTexts::Release(storage::Transaction& transaction,
                                                       const contracts::ReleasedBy& by,
                                                       const ReadText& text) const {
  absl::StatusOr<ReleasedVersion> released;
  if (const auto* contract = std::get_if<v1::Contract>(&text.message)) {
    released = standing_.contracts.Release(transaction, by, *contract, text.yaml);
  } else if (const auto* plan = std::get_if<v1::RoutingPlan>(&text.message)) {
    released = standing_.plans.Release(transaction, by, *plan, text.yaml);
  } else {
    released = Versioned(text.kind).Release(transaction, by, CheckedOf(text));
  }
  RETURN_IF_ERROR(released.status());
  v1::TextRelease release =
      Describe(text.kind, text.id, {released->version, text.from_day, text.to_day},
               {text.digest, std::string(by.proposed_by), std::string(by.released_by),
                std::string(by.proposal_id), transaction.now()});
  // The newest version goes before all others on each of its days.
  const absl::CivilDay today = DayOf(text, transaction.now());
  release.set_in_force((!text.from_day.has_value() || *text.from_day <= today) &&
                       (!text.to_day.has_value() || *text.to_day > today));
  return release;
}

absl::StatusOr<std::map<std::string, int64_t>> ReleasedTexts::InForce(
    storage::Connection& connection, v1::TextKind kind, absl::Time now) const {
  std::map<std::string, int64_t> in_force;
  if (kind == v1::TEXT_KIND_RULE_PACK) {
    // Where no version of a pack can be used none is heard.
    const auto packs = standing_.rule_packs.InForce(connection, now);
    if (contracts::IsUnusableText(packs.status())) return in_force;
    RETURN_IF_ERROR(packs.status());
    for (const auto& one : **packs) in_force[one->pack().pack_id()] = one->pack().version();
  } else if (kind == v1::TEXT_KIND_CODE_MAP) {
    ASSIGN_OR_RETURN(const auto maps, standing_.code_maps.InForce(connection, now));
    in_force.insert(maps.begin(), maps.end());
  } else {
    ASSIGN_OR_RETURN(const auto scripts, standing_.scripts.InForce(connection, now));
    in_force.insert(scripts.begin(), scripts.end());
  }
  return in_force;
}

absl::StatusOr<std::vector<v1::TextRelease>> ReleasedTexts::ListContracts(
    storage::Connection& connection, std::string_view vendor_id, absl::Time now) const {
  std::vector<std::string> vendors = {std::string(vendor_id)};
  if (vendor_id.empty()) {
    ASSIGN_OR_RETURN(vendors, standing_.contracts.Vendors(connection));
  }
  std::vector<v1::TextRelease> releases;
  for (const std::string& vendor : vendors) {
    ASSIGN_OR_RETURN(const auto versions, standing_.contracts.Versions(connection, vendor));
    ASSIGN_OR_RETURN(const auto in_force, standing_.contracts.FindAt(connection, vendor, now));
    for (const contracts::ContractVersion& one : versions) {
      v1::TextRelease& release =
          releases.emplace_back(Describe(v1::TEXT_KIND_CONTRACT, vendor, one.days, one.release));
      release.set_in_force(in_force != nullptr && in_force->version == one.days.version);
      release.set_ended_by(one.ended_by);
    }
  }
  return releases;
}

absl::StatusOr<std::vector<v1::TextRelease>> ReleasedTexts::ListPlans(
    storage::Connection& connection, std::string_view plan_id, absl::Time now) const {
  ASSIGN_OR_RETURN(const auto versions, standing_.plans.Versions(connection));
  const auto in_force = standing_.plans.At(connection, now);
  const bool is_none =
      absl::IsNotFound(in_force.status()) || contracts::IsUnusableText(in_force.status());
  if (!in_force.ok() && !is_none) return in_force.status();
  std::vector<v1::TextRelease> releases;
  for (const contracts::PlanVersion& one : versions) {
    if (!plan_id.empty() && one.plan_id != plan_id) continue;
    v1::TextRelease& release = releases.emplace_back(
        Describe(v1::TEXT_KIND_ROUTING_PLAN, one.plan_id, one.days, one.release));
    release.set_in_force(in_force.ok() && in_force->version.days.version == one.days.version);
  }
  return releases;
}

absl::StatusOr<std::vector<v1::TextRelease>> ReleasedTexts::List(storage::Connection& connection,
                                                                 v1::TextKind kind,
                                                                 std::string_view text_id,
                                                                 absl::Time now) const {
  if (kind == v1::TEXT_KIND_CONTRACT) return ListContracts(connection, text_id, now);
  if (kind == v1::TEXT_KIND_ROUTING_PLAN) return ListPlans(connection, text_id, now);
  const contracts::VersionedTexts& texts = Versioned(kind);
  ASSIGN_OR_RETURN(const auto versions,
                   text_id.empty() ? texts.List(connection) : texts.Versions(connection, text_id));
  ASSIGN_OR_RETURN(const auto in_force, InForce(connection, kind, now));
  std::vector<v1::TextRelease> releases;
  for (const contracts::ReleasedText& one : versions) {
    // Its days stand in its text alone.
    VersionDays days = {one.version, std::nullopt, std::nullopt};
    if (one.usable.ok()) {
      ASSIGN_OR_RETURN(const ReadText read, Read(kind, one.yaml, kStored));
      days.from = read.from_day;
      days.to = read.to_day;
    }
    v1::TextRelease& release = releases.emplace_back(Describe(kind, one.id, days, one.release));
    const auto found = in_force.find(one.id);
    release.set_in_force(one.usable.ok() && found != in_force.end() &&
                         found->second == one.version);
  }
  return releases;
}

absl::StatusOr<std::string> ReleasedTexts::TextOf(storage::Connection& connection,
                                                  const v1::TextRelease& release) const {
  if (release.kind() == v1::TEXT_KIND_CONTRACT)
    return standing_.contracts.Text(connection, release.text_id(), release.version());
  if (release.kind() == v1::TEXT_KIND_ROUTING_PLAN) {
    ASSIGN_OR_RETURN(auto plan, standing_.plans.FindVersion(connection, release.version()));
    return std::move(plan.yaml);
  }
  ASSIGN_OR_RETURN(
      auto text, Versioned(release.kind()).Show(connection, release.text_id(), release.version()));
  return std::move(text.yaml);
}

}  // namespace switchboard::releases
