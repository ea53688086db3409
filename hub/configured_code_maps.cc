#include "hub/configured_code_maps.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/configured_versions.h"

namespace switchboard {
namespace {

constexpr VersionWords kWords = {
    .id_field = "vendor_id",
    .version_reason = "CODE_MAP_VERSION",
    .commands = "codes",
    .in_force = "code_map_in_force",
    .file_not_released = "code_map_file_not_released",
    .file_older = "code_map_file_older",
    .without_file = "code_map_without_file",
    .without_file_why =
        "it is in force although the configuration names no file of it; name its file",
    .text_altered = "code_map_text_altered",
    .not_in_force = "code_map_not_in_force",
    .not_in_force_why =
        "the first day of every version of it is still to come, and until then none of "
        "the vendor's codes is known; see effective_from (switchboard codes list)"};

// A misspelt vendor would be found out by its quarantine only.
void TellUnknownVendors(const Startup& startup, const std::vector<std::string>& known,
                        telemetry::Log& log) {
  for (const CodeMapFile& file : startup.code_maps) {
    if (std::find(known.begin(), known.end(), file.map.vendor_id()) != known.end()) continue;
    log.Warning("code_map_without_contract",
                {{"vendor_id", file.map.vendor_id()},
                 {"file", file.path},
                 {"why", Error(absl::StatusCode::kFailedPrecondition, "CODE_MAP_WITHOUT_CONTRACT",
                               "this vendor never had a contract; correct vendor_id, or propose "
                               "its contract")}});
  }
}

}  // namespace

absl::Status TellConfiguredCodeMaps(const Startup& startup, Hub& hub, Clock& clock, bool begun,
                                    telemetry::Log& log) {
  std::vector<VersionFile> files;
  for (const CodeMapFile& file : startup.code_maps)
    files.push_back({file.map.vendor_id(), file.map.version(), file.path, file.yaml});
  std::vector<VersionVerdict> verdicts;
  std::map<std::string, int> in_force;
  std::vector<contracts::ReleasedText> unusable;
  std::vector<std::string> known;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(verdicts, JudgeVersions(reader, kWords, hub.code_maps(), files));
    ASSIGN_OR_RETURN(unusable, UnusableVersions(reader, hub.code_maps()));
    ASSIGN_OR_RETURN(in_force, hub.code_maps().InForce(reader, clock.Now()));
    ASSIGN_OR_RETURN(known, hub.contracts().Vendors(reader));
    return absl::OkStatus();
  }));
  TellUnusable(kWords, unusable, log);
  TellVersions(kWords, files, verdicts, in_force, begun, log);
  TellUnknownVendors(startup, known, log);
  return absl::OkStatus();
}

}  // namespace switchboard
