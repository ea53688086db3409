#include "hub/configured_scripts.h"

#include <map>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/configured_versions.h"

namespace switchboard {
namespace {

constexpr VersionWords kWords = {
    .id_field = "script_id",
    .version_reason = "SCRIPT_VERSION",
    .commands = "script",
    .in_force = "script_in_force",
    .file_not_released = "script_file_not_released",
    .file_older = "script_file_older",
    .without_file = "script_without_file",
    .without_file_why =
        "it is in force although the configuration names no file of it; name its file, "
        "or let a version with an effective_to be released",
    .text_altered = "script_text_altered",
    .not_in_force = "script_not_in_force",
    .not_in_force_why =
        "today is none of the days of its newest version that has begun; see "
        "effective_from and effective_to (switchboard script history)"};

}  // namespace

absl::Status TellConfiguredScripts(const Startup& startup, Hub& hub, Clock& clock, bool begun,
                                   telemetry::Log& log) {
  std::vector<VersionFile> files;
  for (const ScriptFile& file : startup.scripts)
    files.push_back({file.script.script_id(), file.script.version(), file.path, file.yaml});
  std::vector<VersionVerdict> verdicts;
  std::map<std::string, int> in_force;
  std::vector<contracts::ReleasedText> unusable;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(verdicts, JudgeVersions(reader, kWords, hub.scripts(), files));
    ASSIGN_OR_RETURN(unusable, UnusableVersions(reader, hub.scripts()));
    ASSIGN_OR_RETURN(in_force, hub.scripts().InForce(reader, clock.Now()));
    return absl::OkStatus();
  }));
  TellUnusable(kWords, unusable, log);
  TellVersions(kWords, files, verdicts, in_force, begun, log);
  return absl::OkStatus();
}

}  // namespace switchboard
