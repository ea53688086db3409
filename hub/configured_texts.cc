#include "hub/configured_texts.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "hub/awaited.h"
#include "hub/base/error.h"
#include "hub/base/yaml.h"
#include "hub/configured_code_maps.h"
#include "hub/configured_packs.h"
#include "hub/configured_scripts.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"
#include "hub/storage/submit.h"

namespace switchboard {
namespace {

using contracts::FileVerdict;

// A sentence for the log, with the way out.
absl::Status Reason(std::string_view reason, std::string_view sentence) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, sentence);
}

// All files of a configuration.
absl::StatusOr<std::vector<releases::ReadText>> FilesOf(const Startup& startup) {
  std::vector<releases::ReadText> files;
  const auto add = [&files](v1::TextKind kind, const auto& file) -> absl::Status {
    ASSIGN_OR_RETURN(files.emplace_back(),
                     releases::Read(kind, file.yaml, contracts::FileNameForErrors(file.path)));
    return absl::OkStatus();
  };
  for (const PackFile& file : startup.rule_packs)
    RETURN_IF_ERROR(add(v1::TEXT_KIND_RULE_PACK, file));
  for (const ContractFile& file : startup.contracts)
    RETURN_IF_ERROR(add(v1::TEXT_KIND_CONTRACT, file));
  for (const CodeMapFile& file : startup.code_maps)
    RETURN_IF_ERROR(add(v1::TEXT_KIND_CODE_MAP, file));
  for (const ScriptFile& file : startup.scripts) RETURN_IF_ERROR(add(v1::TEXT_KIND_SCRIPT, file));
  if (startup.plan.has_value()) RETURN_IF_ERROR(add(v1::TEXT_KIND_ROUTING_PLAN, *startup.plan));
  return files;
}

// Whether the files began the database now; false where a text stood, or there are none.
absl::StatusOr<bool> Begin(const Startup& startup, Hub& hub) {
  ASSIGN_OR_RETURN(auto files, FilesOf(startup));
  bool begun = true;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(begun, hub.releases().HasBegun(reader));
    return absl::OkStatus();
  }));
  if (begun || files.empty()) return false;
  Awaited<bool> began;
  storage::SubmitFor<bool>(
      hub.writer(), storage::Urgency::kUrgent, "hub",
      [&hub, files = std::move(files)](storage::Transaction& transaction) {
        return hub.releases().Begin(transaction, files);
      },
      began.done());
  return began.Get();
}

// One start's words on contracts and the plan.
class Teller {
 public:
  Teller(const Startup& startup, Hub& hub, Clock& clock, bool begun, telemetry::Metrics& metrics,
         telemetry::Log& log)
      : startup_(startup), hub_(hub), clock_(clock), begun_(begun), metrics_(metrics), log_(log) {}

  absl::Status Contract(const ContractFile& file) {
    const std::string& vendor_id = file.contract.vendor_id();
    FileVerdict verdict;
    RETURN_IF_ERROR(hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(verdict, hub_.contracts().JudgeFile(reader, file.contract, file.yaml));
      return absl::OkStatus();
    }));
    if (verdict.kind == FileVerdict::Kind::kNew) {
      metrics_.contract_files_passed_over.Set(1, vendor_id, "not_released");
      TellContractFile("contract_file_not_released", file, verdict,
                       Reason("CONTRACT_FILE_NOT_RELEASED",
                              "this text was never released, and what stands stays; propose it "
                              "(switchboard contract propose FILE), and let another operator "
                              "release it"));
    }
    if (verdict.kind == FileVerdict::Kind::kOlder) {
      metrics_.contract_files_passed_over.Set(1, vendor_id, "older");
      TellContractFile("contract_file_older", file, verdict,
                       Reason("CONTRACT_FILE_OLDER",
                              "another contract was released since this text was, and that one "
                              "stays; put its text into the file (switchboard contract show), or "
                              "propose the file again (switchboard contract propose FILE)"));
    }
    ASSIGN_OR_RETURN(const Standing standing, StandingOf(vendor_id));
    if (standing.newest != 0) TellStanding(vendor_id, standing);
    return absl::OkStatus();
  }

  // A vendor whose contract was altered has none until two operators release another; the hub and
  // the other vendors go on.
  absl::Status AlteredContracts() {
    return hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto vendors, hub_.contracts().Vendors(reader));
      for (const std::string& vendor_id : vendors) {
        const absl::Status usable = hub_.contracts().CheckAt(reader, vendor_id, clock_.Now());
        if (contracts::IsUnusableText(usable)) {
          log_.Warning("contract_text_altered", {{"vendor_id", vendor_id}, {"why", usable}});
        } else {
          RETURN_IF_ERROR(usable);
        }
      }
      return absl::OkStatus();
    });
  }

  absl::Status ContractsWithoutFile() {
    std::set<std::string> with_file;
    for (const ContractFile& file : startup_.contracts) with_file.insert(file.contract.vendor_id());
    return hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto all, hub_.contracts().AllInForce(reader, clock_.Now()));
      for (const auto& one : all) {
        const std::string& vendor_id = one->contract.vendor_id();
        if (with_file.contains(vendor_id)) continue;
        metrics_.contract_files_passed_over.Set(1, vendor_id, "no_file");
        log_.Warning(
            "contract_without_file",
            {{"vendor_id", vendor_id},
             {"version", one->version},
             {"why", Reason("CONTRACT_WITHOUT_FILE",
                            "it is in force although the configuration names no file of "
                            "it; end it with switchboard contract end, or name its file")}});
      }
      return absl::OkStatus();
    });
  }

  absl::Status Plan() {
    if (startup_.plan.has_value()) RETURN_IF_ERROR(PlanFileOf(*startup_.plan));
    std::optional<contracts::PlanVersion> in_force;
    std::vector<contracts::PlanVersion> to_come;
    RETURN_IF_ERROR(hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      const absl::Time now = clock_.Now();
      const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
      in_force.reset();
      to_come.clear();
      auto plan = hub_.routing_plans().At(reader, now);
      if (plan.ok()) in_force = std::move(plan->version);
      const bool is_none =
          absl::IsNotFound(plan.status()) || contracts::IsUnusableText(plan.status());
      if (!plan.ok() && !is_none) return plan.status();
      ASSIGN_OR_RETURN(const auto versions, hub_.routing_plans().Versions(reader));
      for (const contracts::PlanVersion& one : versions) {
        if (one.days.from > today) to_come.push_back(one);
      }
      return absl::OkStatus();
    }));
    if (in_force.has_value()) TellPlan(*in_force);
    for (const contracts::PlanVersion& one : to_come)
      log_.Info("routing_plan_to_come", {{"plan_id", one.plan_id},
                                         {"version", one.days.version},
                                         {"first_day", absl::FormatCivilTime(*one.days.from)},
                                         {"changed", begun_}});
    return absl::OkStatus();
  }

  // Contracts change under a plan that does not.
  absl::Status PlanCoverage() {
    std::vector<absl::Status> uncovered;
    RETURN_IF_ERROR(hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(uncovered, hub_.routing_plans().Uncovered(reader, clock_.Now(), nullptr));
      return absl::OkStatus();
    }));
    for (const absl::Status& one : uncovered) {
      if (contracts::IsUnusableText(one)) {
        log_.Warning("routing_plan_text_altered", {{"why", one}});
      } else {
        log_.Warning("routing_plan_not_covered", {{"why", one}});
      }
    }
    return absl::OkStatus();
  }

 private:
  // Of a vendor's contract, now.
  struct Standing {
    int64_t in_force = 0;  // version; 0: none
    bool altered = false;  // the one that would be in force cannot be used
    int64_t newest = 0;
    std::optional<absl::CivilDay> begins;  // the newest, when that day is still to come
  };

  absl::StatusOr<Standing> StandingOf(const std::string& vendor_id) {
    Standing standing;
    RETURN_IF_ERROR(hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      standing = {};
      const absl::Time now = clock_.Now();
      ASSIGN_OR_RETURN(const auto found, hub_.contracts().FindAt(reader, vendor_id, now));
      if (found != nullptr) standing.in_force = found->version;
      standing.altered = !hub_.contracts().CheckAt(reader, vendor_id, now).ok();
      ASSIGN_OR_RETURN(const auto versions, hub_.contracts().Versions(reader, vendor_id));
      if (versions.empty()) return absl::OkStatus();
      const contracts::VersionDays& newest = versions.back().days;
      standing.newest = newest.version;
      // One that was ended before its first day never begins.
      const bool begins = newest.from > absl::ToCivilDay(now, absl::UTCTimeZone()) &&
                          (!newest.to.has_value() || *newest.to > *newest.from);
      if (begins) standing.begins = newest.from;
      return absl::OkStatus();
    }));
    return standing;
  }

  void TellContractFile(telemetry::Name event, const ContractFile& file, const FileVerdict& verdict,
                        const absl::Status& why) {
    log_.Warning(event, {{"vendor_id", file.contract.vendor_id()},
                         {"version", verdict.newest_version},
                         {"file", file.path},
                         {"why", why}});
  }

  void TellStanding(const std::string& vendor_id, const Standing& standing) {
    if (standing.in_force != 0) {
      log_.Info("contract_in_force",
                {{"vendor_id", vendor_id}, {"version", standing.in_force}, {"changed", begun_}});
    } else if (!standing.altered) {
      log_.Warning(
          "contract_not_in_force",
          {{"vendor_id", vendor_id},
           {"version", standing.newest},
           {"why", Reason("CONTRACT_NOT_IN_FORCE",
                          standing.begins.has_value()
                              ? "it begins later, and until then there is none; to begin it at "
                                "once, propose it without effective_from"
                              : "it has ended; switchboard contract history says when, and "
                                "proposing it again begins it again once it is released")}});
    }
    if (standing.begins.has_value()) {
      log_.Info("contract_to_come", {{"vendor_id", vendor_id},
                                     {"version", standing.newest},
                                     {"first_day", absl::FormatCivilTime(*standing.begins)},
                                     {"changed", begun_}});
    }
  }

  absl::Status PlanFileOf(const PlanFile& file) {
    FileVerdict verdict;
    RETURN_IF_ERROR(hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(verdict, hub_.routing_plans().JudgeFile(reader, file.plan, file.yaml));
      return absl::OkStatus();
    }));
    if (verdict.kind == FileVerdict::Kind::kNew) {
      log_.Warning("routing_plan_file_not_released",
                   {{"version", verdict.newest_version},
                    {"file", file.path},
                    {"why", Reason("PLAN_FILE_NOT_RELEASED",
                                   "this text was never released, and what stands stays; propose "
                                   "it (switchboard routing propose FILE), and let another "
                                   "operator release it")}});
    }
    if (verdict.kind == FileVerdict::Kind::kOlder) {
      log_.Warning(
          "routing_plan_file_older",
          {{"version", verdict.newest_version},
           {"file", file.path},
           {"why", Reason("PLAN_FILE_OLDER",
                          "another plan was released since this text was, and that one "
                          "stays; put its text into the file (switchboard routing show), "
                          "or propose the file again (switchboard routing propose FILE)")}});
    }
    return absl::OkStatus();
  }

  void TellPlan(const contracts::PlanVersion& in_force) {
    if (startup_.plan.has_value()) {
      log_.Info("routing_plan_in_force", {{"plan_id", in_force.plan_id}, {"changed", begun_}});
      return;
    }
    log_.Warning(
        "routing_plan_without_file",
        {{"plan_id", in_force.plan_id},
         {"why", Reason("PLAN_WITHOUT_FILE",
                        "it is in force although the configuration names no file of it; "
                        "propose another (switchboard routing propose), or name its file")}});
  }

  const Startup& startup_;
  Hub& hub_;
  Clock& clock_;
  const bool begun_;  // this start put the files in force
  telemetry::Metrics& metrics_;
  telemetry::Log& log_;
};

}  // namespace

absl::Status CheckConfiguredTexts(const Startup& startup, Hub& hub, Clock& clock) {
  if (!startup.plan.has_value()) return absl::OkStatus();
  bool begun = false;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(begun, hub.releases().HasBegun(reader));
    return absl::OkStatus();
  }));
  if (begun) return absl::OkStatus();
  std::vector<v1::Contract> contracts;
  for (const ContractFile& file : startup.contracts) {
    if (!HasEnded(file.contract, clock.Now())) contracts.push_back(file.contract);
  }
  return routing::CheckPlanAgainstContracts(startup.plan->plan, contracts,
                                            YamlPlaces(startup.plan->yaml, startup.plan->path));
}

absl::Status TakeConfiguredTexts(const Startup& startup, Hub& hub, Clock& clock,
                                 telemetry::Metrics& metrics, telemetry::Log& log) {
  ASSIGN_OR_RETURN(const bool begun, Begin(startup, hub));
  RETURN_IF_ERROR(TellConfiguredPacks(startup, hub, clock, begun, log));
  Teller teller(startup, hub, clock, begun, metrics, log);
  for (const ContractFile& file : startup.contracts) RETURN_IF_ERROR(teller.Contract(file));
  RETURN_IF_ERROR(teller.AlteredContracts());
  RETURN_IF_ERROR(teller.ContractsWithoutFile());
  RETURN_IF_ERROR(TellConfiguredCodeMaps(startup, hub, clock, begun, log));
  RETURN_IF_ERROR(TellConfiguredScripts(startup, hub, clock, begun, log));
  RETURN_IF_ERROR(teller.Plan());
  return teller.PlanCoverage();
}

}  // namespace switchboard
