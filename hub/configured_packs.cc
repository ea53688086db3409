#include "hub/configured_packs.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/configured_versions.h"

namespace switchboard {
namespace {

constexpr VersionWords kWords = {
    .id_field = "pack_id",
    .version_reason = "RULE_PACK_VERSION",
    .commands = "rules",
    .in_force = "rule_pack_in_force",
    .file_not_released = "rule_pack_file_not_released",
    .file_older = "rule_pack_file_older",
    .without_file = "rule_pack_without_file",
    .without_file_why =
        "it is in force although the configuration names no file of it; name its file, "
        "or let a version with an effective_to be released",
    .text_altered = "rule_pack_text_altered",
    .not_in_force = "rule_pack_not_in_force",
    .not_in_force_why =
        "today is none of the days of its newest version that has begun; see effective_from and "
        "effective_to (switchboard rules list)"};

// A sentence for the log, with the way out.
absl::Status Reason(std::string_view reason, std::string_view sentence) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, sentence);
}

// What keeps people from being contacted for want of a pack.
void TellMissing(const std::string& elsewhere, const std::map<std::string, int>& in_force,
                 telemetry::Log& log) {
  if (!elsewhere.empty() && !in_force.contains(elsewhere)) {
    log.Warning("rule_pack_elsewhere_unknown",
                {{"pack_id", elsewhere},
                 {"why", Reason("RULE_PACK_ELSEWHERE_UNKNOWN",
                                "no such pack is in force, so that nobody whose country has no "
                                "pack of its own is contacted; propose it (switchboard rules "
                                "propose)")}});
  }
  if (in_force.empty()) {
    log.Warning("no_rule_pack",
                {{"why", Reason("NO_RULE_PACK",
                                "no rule pack is in force, so that nobody is contacted; propose "
                                "those of your people's countries (switchboard rules propose)")}});
  }
}

}  // namespace

absl::Status TellConfiguredPacks(const Startup& startup, Hub& hub, Clock& clock, bool begun,
                                 telemetry::Log& log) {
  std::vector<VersionFile> files;
  for (const PackFile& file : startup.rule_packs)
    files.push_back({file.pack.pack_id(), file.pack.version(), file.path, file.yaml});
  std::vector<VersionVerdict> verdicts;
  std::map<std::string, int> in_force;
  std::vector<contracts::ReleasedText> unusable;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    in_force.clear();
    ASSIGN_OR_RETURN(verdicts, JudgeVersions(reader, kWords, hub.rule_packs(), files));
    ASSIGN_OR_RETURN(unusable, UnusableVersions(reader, hub.rule_packs()));
    // Where no version of a pack can be used none is heard.
    const auto packs = hub.rule_packs().InForce(reader, clock.Now());
    if (contracts::IsUnusableText(packs.status())) return absl::OkStatus();
    if (!packs.ok()) return packs.status();
    for (const auto& one : **packs) in_force[one->pack().pack_id()] = one->pack().version();
    // What is heard in the place of one that cannot be used is no version.
    std::erase_if(in_force, [&unusable](const auto& one) {
      return std::any_of(unusable.begin(), unusable.end(), [&one](const auto& version) {
        return version.id == one.first && version.version == one.second;
      });
    });
    return absl::OkStatus();
  }));
  TellUnusable(kWords, unusable, log);
  TellVersions(kWords, files, verdicts, in_force, begun, log);
  TellMissing(startup.config.rule_pack_elsewhere(), in_force, log);
  return absl::OkStatus();
}

}  // namespace switchboard
