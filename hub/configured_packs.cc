#include "hub/configured_packs.h"

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
    .id_field = "pack_id",
    .version_reason = "RULE_PACK_VERSION",
    .show = "switchboard rules show",
    .in_force = "rule_pack_in_force",
    .file_older = "rule_pack_file_older",
    .without_file = "rule_pack_without_file",
    .without_file_why =
        "it is in force although the configuration names no file of it; name its file, "
        "or apply a version with an effective_to",
    .not_in_force = "rule_pack_not_in_force",
    .not_in_force_why =
        "today is none of the days of any version of it; see effective_from and "
        "effective_to (switchboard rules list)"};

VersionFile FileOf(const PackFile& file) {
  return {file.pack.pack_id(), file.pack.version(), file.path, file.yaml};
}

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
                                "pack of its own is contacted; name its file in rule_packs")}});
  }
  if (in_force.empty()) {
    log.Warning("no_rule_pack",
                {{"why", Reason("NO_RULE_PACK",
                                "no rule pack is in force, so that nobody is contacted; name "
                                "those of your people's countries in rule_packs")}});
  }
}

}  // namespace

absl::StatusOr<std::vector<TextVerdict>> JudgeConfiguredPacks(const Startup& startup, Hub& hub,
                                                              storage::Connection& reader) {
  std::vector<TextVerdict> verdicts;
  for (const PackFile& file : startup.rule_packs) {
    ASSIGN_OR_RETURN(
        verdicts.emplace_back(),
        WithPlace(hub.rule_packs().JudgeFile(reader, file.pack, file.yaml), FileOf(file), kWords));
  }
  return verdicts;
}

absl::Status ApplyConfiguredPacks(const Startup& startup, const std::vector<TextVerdict>& verdicts,
                                  Hub& hub, Clock& clock, telemetry::Log& log) {
  std::vector<VersionFile> files;
  for (const PackFile& file : startup.rule_packs) files.push_back(FileOf(file));
  ConfiguredVersions versions(kWords, std::move(files), log);
  const identity::Peer self{identity::Peer::Role::kHub, hub.id()};
  RETURN_IF_ERROR(versions.Apply(verdicts, [&](const VersionFile& file) -> absl::StatusOr<bool> {
    v1::ApplyRulePackRequest request;
    request.set_file_name(contracts::FileNameForErrors(file.path));
    request.set_yaml(file.yaml);
    Awaited<v1::ApplyRulePackResponse> applied;
    hub.operator_api().ApplyRulePack(self, std::move(request), applied.done());
    ASSIGN_OR_RETURN(const auto response, applied.Get());
    return response.changed();
  }));
  std::map<std::string, int> in_force;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    in_force.clear();
    ASSIGN_OR_RETURN(const auto packs, hub.rule_packs().InForce(reader, clock.Now()));
    for (const auto& one : *packs) in_force[one->pack().pack_id()] = one->pack().version();
    return absl::OkStatus();
  }));
  versions.Tell(in_force);
  TellMissing(startup.config.rule_pack_elsewhere(), in_force, log);
  return absl::OkStatus();
}

}  // namespace switchboard
