#include "hub/configured_code_maps.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "hub/awaited.h"
#include "hub/base/error.h"
#include "hub/configured_versions.h"
#include "hub/contracts/contract_check.h"

namespace switchboard {
namespace {

using contracts::TextVerdict;

constexpr VersionWords kWords = {
    .id_field = "vendor_id",
    .version_reason = "CODE_MAP_VERSION",
    .show = "switchboard codes show",
    .in_force = "code_map_in_force",
    .file_older = "code_map_file_older",
    .without_file = "code_map_without_file",
    .without_file_why =
        "it is in force although the configuration names no file of it; name its file",
    .not_in_force = "code_map_not_in_force",
    .not_in_force_why =
        "the first day of every version of it is still to come, and until then none of "
        "the vendor's codes is known; see effective_from (switchboard codes list)"};

VersionFile FileOf(const CodeMapFile& file) {
  return {file.map.vendor_id(), file.map.version(), file.path, file.yaml};
}

// A misspelt vendor would be found out by its quarantine only.
void TellUnknownVendors(const Startup& startup, const std::vector<std::string>& known,
                        telemetry::Log& log) {
  for (const CodeMapFile& file : startup.code_maps) {
    if (std::find(known.begin(), known.end(), file.map.vendor_id()) != known.end()) continue;
    log.Warning("code_map_without_contract",
                {{"vendor_id", file.map.vendor_id()},
                 {"file", file.path},
                 {"why", Error(absl::StatusCode::kFailedPrecondition, "CODE_MAP_WITHOUT_CONTRACT",
                               "this vendor never had a contract; correct vendor_id, or apply its "
                               "contract")}});
  }
}

}  // namespace

absl::StatusOr<std::vector<TextVerdict>> JudgeConfiguredCodeMaps(const Startup& startup, Hub& hub,
                                                                 storage::Connection& reader) {
  std::vector<TextVerdict> verdicts;
  for (const CodeMapFile& file : startup.code_maps) {
    ASSIGN_OR_RETURN(
        verdicts.emplace_back(),
        WithPlace(hub.code_maps().JudgeFile(reader, file.map, file.yaml), FileOf(file), kWords));
  }
  return verdicts;
}

absl::Status ApplyConfiguredCodeMaps(const Startup& startup,
                                     const std::vector<TextVerdict>& verdicts, Hub& hub,
                                     Clock& clock, telemetry::Log& log) {
  std::vector<VersionFile> files;
  for (const CodeMapFile& file : startup.code_maps) files.push_back(FileOf(file));
  ConfiguredVersions versions(kWords, std::move(files), log);
  const identity::Peer self{identity::Peer::Role::kHub, hub.id()};
  RETURN_IF_ERROR(versions.Apply(verdicts, [&](const VersionFile& file) -> absl::StatusOr<bool> {
    v1::ApplyCodeMapRequest request;
    request.set_file_name(contracts::FileNameForErrors(file.path));
    request.set_yaml(file.yaml);
    Awaited<v1::ApplyCodeMapResponse> applied;
    hub.operator_api().ApplyCodeMap(self, std::move(request), applied.done());
    ASSIGN_OR_RETURN(const auto response, applied.Get());
    return response.changed();
  }));
  std::map<std::string, int> in_force;
  std::vector<std::string> known;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(in_force, hub.code_maps().InForce(reader, clock.Now()));
    ASSIGN_OR_RETURN(known, hub.contracts().Vendors(reader));
    return absl::OkStatus();
  }));
  versions.Tell(in_force);
  TellUnknownVendors(startup, known, log);
  return absl::OkStatus();
}

}  // namespace switchboard
