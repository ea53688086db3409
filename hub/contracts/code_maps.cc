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

constexpr TextKind kCodeMaps = {.kind = v1::TEXT_KIND_CODE_MAP,
                                .name = "code_map",
                                .noun = "the code map of",
                                .id_field = "vendor_id",
                                .version_reason = "CODE_MAP_VERSION",
                                .unknown_reason = "CODE_MAP_UNKNOWN",
                                .unknown = "no code map of this vendor was released",
                                .listing = "switchboard codes list",
                                .event = v1::AuditEvent::KIND_CODE_MAP,
                                .meaning = MeaningOf};

}  // namespace

CodeMaps::CodeMaps() : VersionedTexts(kCodeMaps) {}

absl::StatusOr<std::shared_ptr<const results::VendorMaps>> CodeMaps::MapsOf(
    storage::Connection& connection, std::string_view vendor_id) const {
  ASSIGN_OR_RETURN(std::string newest, NewestOf(connection, vendor_id));
  // Nothing is kept of whoever has none, so that no more is kept than was released.
  std::vector<std::unique_ptr<const results::CompiledMap>> versions;
  if (newest.empty()) return std::make_shared<const results::VendorMaps>(std::move(versions));
  MutexLock lock(mutex_);
  const auto kept = kept_.find(vendor_id);
  if (kept != kept_.end() && kept->second.newest == newest) return kept->second.maps;
  ASSIGN_OR_RETURN(const auto released, Versions(connection, vendor_id));
  bool is_covered = false;  // on all days, by a version above
  for (auto one = released.rbegin(); one != released.rend(); ++one) {
    if (is_covered && !one->usable.ok()) continue;
    RETURN_IF_ERROR(one->usable);
    ASSIGN_OR_RETURN(
        auto map, results::ParseCodeMap(one->yaml, absl::StrCat("stored code map of ", one->id)));
    is_covered = is_covered || !map.has_effective_from();
    versions.push_back(std::make_unique<const results::CompiledMap>(std::move(map)));
  }
  auto maps = std::make_shared<const results::VendorMaps>(std::move(versions));
  kept_.insert_or_assign(std::string(vendor_id), Kept{std::move(newest), maps});
  return maps;
}

absl::StatusOr<std::map<std::string, int>> CodeMaps::InForce(storage::Connection& connection,
                                                             absl::Time now) const {
  ASSIGN_OR_RETURN(const auto vendors, Ids(connection));
  std::map<std::string, int> in_force;
  for (const std::string& vendor_id : vendors) {
    const auto maps = MapsOf(connection, vendor_id);
    if (IsUnusableText(maps.status())) continue;
    RETURN_IF_ERROR(maps.status());
    if (const auto* map = (*maps)->MapAt(now); map != nullptr)
      in_force[vendor_id] = map->map().version();
  }
  return in_force;
}

}  // namespace switchboard::contracts
