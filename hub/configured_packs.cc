#include "hub/configured_packs.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/strip.h"
#include "hub/awaited.h"
#include "hub/base/error.h"
#include "hub/base/yaml.h"
#include "hub/contracts/contract_check.h"

namespace switchboard {
namespace {

using contracts::PackVerdict;

// A sentence for the log, with the way out.
absl::Status Reason(std::string_view reason, std::string_view sentence) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, sentence);
}

// One start's work with the packs.
class Application {
 public:
  Application(const Startup& startup, Hub& hub, telemetry::Log& log)
      : startup_(startup), hub_(hub), log_(log) {
    // Of one pack the highest file comes last.
    for (const PackFile& file : startup.rule_packs)
      highest_file_[file.pack.pack_id()] = file.pack.version();
  }

  absl::Status Apply(const PackFile& file, const PackVerdict& verdict) {
    const std::string& pack_id = file.pack.pack_id();
    const bool too_low = verdict.kind == PackVerdict::Kind::kTooLow;
    // Files of earlier versions may stay beside that of the newest.
    if (too_low || (verdict.kind == PackVerdict::Kind::kStands &&
                    highest_file_[pack_id] < verdict.highest_version)) {
      log_.Warning(
          "rule_pack_file_older",
          {{"pack_id", pack_id},
           {"version", verdict.highest_version},
           {"file_version", int64_t{file.pack.version()}},
           {"file", file.path},
           {"why", Reason("RULE_PACK_FILE_OLDER",
                          too_low ? "a higher version was applied, and stays; if this text is to "
                                    "be heard, give it a version above that one"
                                  : "a higher version was applied since, and stays; put its text "
                                    "into the file (switchboard rules show)")}});
    }
    if (verdict.kind != PackVerdict::Kind::kNew) return absl::OkStatus();
    v1::ApplyRulePackRequest request;
    request.set_file_name(contracts::FileNameForErrors(file.path));
    request.set_yaml(file.yaml);
    Awaited<v1::ApplyRulePackResponse> applied;
    hub_.operator_api().ApplyRulePack(self_, std::move(request), applied.done());
    const auto response = applied.Get();
    if (!response.ok()) return Annotate(response.status(), file.path);
    if (response->changed()) changed_.emplace(pack_id, file.pack.version());
    return absl::OkStatus();
  }

  void Tell(const rules::Packs& in_force) {
    std::set<std::string> ids;
    for (const auto& compiled : in_force) {
      TellOne(compiled->pack());
      ids.insert(compiled->pack().pack_id());
    }
    for (const auto& [pack_id, version] : highest_file_) {
      if (ids.contains(pack_id)) continue;
      log_.Warning("rule_pack_not_in_force",
                   {{"pack_id", pack_id},
                    {"version", version},
                    {"why", Reason("RULE_PACK_NOT_IN_FORCE",
                                   "today is none of the days of any version of it; see "
                                   "effective_from and effective_to (switchboard rules list)")}});
    }
    const std::string& elsewhere = startup_.config.rule_pack_elsewhere();
    if (!elsewhere.empty() && !ids.contains(elsewhere)) {
      log_.Warning("rule_pack_elsewhere_unknown",
                   {{"pack_id", elsewhere},
                    {"why", Reason("RULE_PACK_ELSEWHERE_UNKNOWN",
                                   "no such pack is in force, so that nobody whose country has no "
                                   "pack of its own is contacted; name its file in rule_packs")}});
    }
    if (ids.empty()) {
      log_.Warning("no_rule_pack",
                   {{"why", Reason("NO_RULE_PACK",
                                   "no rule pack is in force, so that nobody is contacted; name "
                                   "those of your people's countries in rule_packs")}});
    }
  }

 private:
  void TellOne(const v1::RulePack& pack) {
    const int version = pack.version();
    log_.Info("rule_pack_in_force", {{"pack_id", pack.pack_id()},
                                     {"version", version},
                                     {"changed", changed_.contains({pack.pack_id(), version})}});
    if (highest_file_.contains(pack.pack_id())) return;
    log_.Warning("rule_pack_without_file",
                 {{"pack_id", pack.pack_id()},
                  {"version", version},
                  {"why", Reason("RULE_PACK_WITHOUT_FILE",
                                 "it is in force although the configuration names no file of it; "
                                 "name its file, or apply a version with an effective_to")}});
  }

  const Startup& startup_;
  Hub& hub_;
  telemetry::Log& log_;
  const identity::Peer self_{identity::Peer::Role::kHub, hub_.id()};
  std::map<std::string, int> highest_file_;        // versions by pack
  std::set<std::pair<std::string, int>> changed_;  // packs and versions that this start applied
};

}  // namespace

absl::StatusOr<std::vector<PackVerdict>> JudgeConfiguredPacks(const Startup& startup, Hub& hub,
                                                              storage::Connection& reader) {
  std::vector<PackVerdict> verdicts;
  for (const PackFile& file : startup.rule_packs) {
    const auto verdict = hub.rule_packs().JudgeFile(reader, file.pack, file.yaml);
    if (ErrorReason(verdict.status()) == "RULE_PACK_VERSION") {
      absl::string_view problem = verdict.status().message();
      absl::ConsumePrefix(&problem, "version: ");
      return YamlPlaces(file.yaml, file.path)
          .ErrorAt("version", "RULE_PACK_VERSION", {problem.data(), problem.size()});
    }
    RETURN_IF_ERROR(verdict.status());
    verdicts.push_back(*verdict);
  }
  return verdicts;
}

absl::Status ApplyConfiguredPacks(const Startup& startup, const std::vector<PackVerdict>& verdicts,
                                  Hub& hub, Clock& clock, telemetry::Log& log) {
  SWITCHBOARD_ASSERT(verdicts.size() == startup.rule_packs.size());
  Application application(startup, hub, log);
  for (size_t i = 0; i < verdicts.size(); ++i)
    RETURN_IF_ERROR(application.Apply(startup.rule_packs[i], verdicts[i]));
  std::shared_ptr<const rules::Packs> in_force;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(in_force, hub.rule_packs().InForce(reader, clock.Now()));
    return absl::OkStatus();
  }));
  application.Tell(*in_force);
  return absl::OkStatus();
}

}  // namespace switchboard
