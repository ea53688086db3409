#include "hub/contracts/code_maps.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/canonical.h"
#include "hub/base/error.h"
#include "hub/results/code_map_check.h"

namespace switchboard::contracts {
namespace {

absl::StatusOr<std::string> MeaningOf(std::string_view yaml) {
  ASSIGN_OR_RETURN(auto map, results::ParseCodeMap(yaml, "code map"));
  return CanonicalBytes(map);
}

constexpr TextKind kCodeMaps = {.name = "code_map",
                                .noun = "the code map of",
                                .id_field = "vendor_id",
                                .version_reason = "CODE_MAP_VERSION",
                                .unknown_reason = "CODE_MAP_UNKNOWN",
                                .unknown = "no code map of this vendor was applied",
                                .listing = "switchboard codes list",
                                .event = v1::AuditEvent::KIND_CODE_MAP,
                                .meaning = MeaningOf};

CheckedText TextOf(const v1::CodeMap& map, std::string_view yaml) {
  return {map.vendor_id(), map.version(), yaml};
}

}  // namespace

CodeMaps::CodeMaps() : texts_(kCodeMaps) {}

absl::StatusOr<bool> CodeMaps::Apply(storage::Transaction& transaction, std::string_view actor,
                                     const v1::CodeMap& map, std::string_view yaml) const {
  return texts_.Apply(transaction, actor, TextOf(map, yaml));
}

absl::StatusOr<std::shared_ptr<const results::VendorMaps>> CodeMaps::MapsOf(
    storage::Connection& connection, std::string_view vendor_id) const {
  ASSIGN_OR_RETURN(std::string newest, texts_.NewestOf(connection, vendor_id));
  // Nothing is kept of whoever has none, so that no more is kept than was applied.
  std::vector<std::unique_ptr<const results::CompiledMap>> versions;
  if (newest.empty()) return std::make_shared<const results::VendorMaps>(std::move(versions));
  MutexLock lock(mutex_);
  const auto kept = kept_.find(vendor_id);
  if (kept != kept_.end() && kept->second.newest == newest) return kept->second.maps;
  ASSIGN_OR_RETURN(const auto applied, texts_.Versions(connection, vendor_id));
  for (const AppliedText& one : applied) {
    ASSIGN_OR_RETURN(auto map,
                     results::ParseCodeMap(one.yaml, absl::StrCat("stored code map of ", one.id)));
    versions.push_back(std::make_unique<const results::CompiledMap>(std::move(map)));
  }
  auto maps = std::make_shared<const results::VendorMaps>(std::move(versions));
  kept_.insert_or_assign(std::string(vendor_id), Kept{std::move(newest), maps});
  return maps;
}

absl::StatusOr<std::map<std::string, int>> CodeMaps::InForce(storage::Connection& connection,
                                                             absl::Time now) const {
  ASSIGN_OR_RETURN(const auto vendors, texts_.Ids(connection));
  std::map<std::string, int> in_force;
  for (const std::string& vendor_id : vendors) {
    ASSIGN_OR_RETURN(const auto maps, MapsOf(connection, vendor_id));
    if (const auto* map = maps->MapAt(now); map != nullptr)
      in_force[vendor_id] = map->map().version();
  }
  return in_force;
}

absl::StatusOr<std::vector<AppliedText>> CodeMaps::List(storage::Connection& connection) const {
  return texts_.List(connection);
}

absl::StatusOr<AppliedText> CodeMaps::Show(storage::Connection& connection,
                                           std::string_view vendor_id, int64_t version) const {
  return texts_.Show(connection, vendor_id, version);
}

absl::StatusOr<TextVerdict> CodeMaps::JudgeFile(storage::Connection& connection,
                                                const v1::CodeMap& map,
                                                std::string_view yaml) const {
  return texts_.JudgeFile(connection, TextOf(map, yaml));
}

}  // namespace switchboard::contracts
