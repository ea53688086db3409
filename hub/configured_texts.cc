#include "hub/configured_texts.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "hub/awaited.h"
#include "hub/base/error.h"
#include "hub/base/yaml.h"
#include "hub/configured_code_maps.h"
#include "hub/configured_packs.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"

namespace switchboard {
namespace {

using contracts::FileVerdict;

// A sentence for the log, with the way out.
absl::Status Reason(std::string_view reason, std::string_view sentence) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, sentence);
}

absl::StatusOr<std::vector<FileVerdict>> JudgeContracts(const Startup& startup, Hub& hub,
                                                        storage::Connection& reader) {
  std::vector<FileVerdict> verdicts;
  for (const ContractFile& file : startup.contracts) {
    ASSIGN_OR_RETURN(const FileVerdict verdict,
                     hub.contracts().JudgeFile(reader, file.contract, file.yaml));
    verdicts.push_back(verdict);
  }
  return verdicts;
}

// The contracts that will be in force once the new files are.
absl::StatusOr<std::vector<v1::Contract>> ContractsToCome(const Startup& startup,
                                                          const ConfiguredTexts& texts, Hub& hub,
                                                          storage::Connection& reader,
                                                          absl::Time now) {
  std::vector<v1::Contract> all;
  std::set<std::string> replaced;
  for (size_t i = 0; i < startup.contracts.size(); ++i) {
    if (texts.contracts[i].kind != FileVerdict::Kind::kNew) continue;
    const v1::Contract& contract = startup.contracts[i].contract;
    replaced.insert(contract.vendor_id());
    if (!HasEnded(contract, now)) all.push_back(contract);
  }
  ASSIGN_OR_RETURN(const auto compiled, hub.contracts().AllToCome(reader, now));
  for (const auto& one : compiled) {
    if (!replaced.contains(one->contract.vendor_id())) all.push_back(one->contract);
  }
  return all;
}

// One start's work with the texts.
class Application {
 public:
  Application(const Startup& startup, Hub& hub, Clock& clock, telemetry::Metrics& metrics,
              telemetry::Log& log)
      : startup_(startup), hub_(hub), clock_(clock), metrics_(metrics), log_(log) {}

  absl::Status Contract(const ContractFile& file, const FileVerdict& verdict) {
    const std::string& vendor_id = file.contract.vendor_id();
    int64_t applied_version = 0;  // by this start
    if (verdict.kind == FileVerdict::Kind::kNew) {
      v1::ApplyContractRequest request;
      request.set_file_name(contracts::FileNameForErrors(file.path));
      request.set_yaml(file.yaml);
      Awaited<v1::ApplyContractResponse> applied;
      hub_.operator_api().ApplyContract(self_, std::move(request), applied.done());
      ASSIGN_OR_RETURN(const auto response, applied.Get());
      if (response.changed()) applied_version = response.contract_version();
    }
    if (applied_version != 0 && verdict.is_of_operator) {
      log_.Warning(
          "contract_file_replaces_operators",
          {{"vendor_id", vendor_id},
           {"version", applied_version},
           {"replaced", verdict.newest_version},
           {"file", file.path},
           {"why", Reason("CONTRACT_FILE_REPLACES_OPERATORS",
                          "the file says what this contract never said, and an operator had "
                          "applied or ended the version before; if the operator's is to stay, "
                          "apply it again and put its text into the file (switchboard contract "
                          "show --version)")}});
    }
    if (verdict.kind == FileVerdict::Kind::kOlder) {
      metrics_.contract_files_passed_over.Set(1, vendor_id, "older");
      log_.Warning(
          "contract_file_older",
          {{"vendor_id", vendor_id},
           {"version", verdict.newest_version},
           {"file", file.path},
           {"why", Reason("CONTRACT_FILE_OLDER",
                          "somebody has applied another contract since this text was in force, and "
                          "that one stays; put its text into the file (switchboard contract show), "
                          "or apply the file again (switchboard contract apply)")}});
    }
    ASSIGN_OR_RETURN(const Standing standing, StandingOf(vendor_id));
    TellStanding(vendor_id, standing, applied_version);
    return absl::OkStatus();
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

  absl::Status Plan(const FileVerdict& verdict) {
    if (!startup_.plan.has_value()) return PlanWithoutFile();
    bool changed = false;
    if (verdict.kind == FileVerdict::Kind::kNew) {
      v1::ApplyRoutingPlanRequest request;
      request.set_file_name(contracts::FileNameForErrors(startup_.plan->path));
      request.set_yaml(startup_.plan->yaml);
      Awaited<v1::ApplyRoutingPlanResponse> applied;
      hub_.operator_api().ApplyRoutingPlan(self_, std::move(request), applied.done());
      ASSIGN_OR_RETURN(const auto response, applied.Get());
      changed = response.changed();
    }
    if (changed && verdict.is_of_operator) {
      log_.Warning(
          "routing_plan_file_replaces_operators",
          {{"replaced", verdict.newest_version},
           {"file", startup_.plan->path},
           {"why", Reason("PLAN_FILE_REPLACES_OPERATORS",
                          "the file says what no plan said before, and an operator had applied "
                          "the plan that was in force; if that one is to stay, apply it again and "
                          "put its text into the file")}});
    }
    if (verdict.kind == FileVerdict::Kind::kOlder) {
      log_.Warning(
          "routing_plan_file_older",
          {{"version", verdict.newest_version},
           {"file", startup_.plan->path},
           {"why",
            Reason("PLAN_FILE_OLDER",
                   "somebody has applied another plan since this text was in force, and that "
                   "one stays; put its text into the file (switchboard routing show), or "
                   "apply the file again (switchboard routing apply)")}});
    }
    ASSIGN_OR_RETURN(const auto plan_id, PlanInForce());
    log_.Info("routing_plan_in_force", {{"plan_id", plan_id.value_or("")}, {"changed", changed}});
    return absl::OkStatus();
  }

  // Contracts change under a plan that does not.
  absl::Status PlanCoverage() {
    std::vector<absl::Status> uncovered;
    RETURN_IF_ERROR(hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(uncovered, hub_.routing_plans().Uncovered(reader, clock_.Now()));
      return absl::OkStatus();
    }));
    for (const absl::Status& one : uncovered)
      log_.Warning("routing_plan_not_covered", {{"why", one}});
    return absl::OkStatus();
  }

 private:
  // Of a vendor's contract, now.
  struct Standing {
    int64_t in_force = 0;  // version; 0: none
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
      ASSIGN_OR_RETURN(const auto versions, hub_.contracts().Versions(reader, vendor_id));
      if (versions.empty()) return absl::OkStatus();
      const contracts::ContractVersion& newest = versions.back();
      standing.newest = newest.version;
      // One that was ended before its first day never begins.
      const bool begins = newest.from_day > absl::ToCivilDay(now, absl::UTCTimeZone()) &&
                          (!newest.to_day.has_value() || *newest.to_day > *newest.from_day);
      if (begins) standing.begins = newest.from_day;
      return absl::OkStatus();
    }));
    return standing;
  }

  // `applied`: the version that this start applied; 0: none.
  void TellStanding(const std::string& vendor_id, const Standing& standing, int64_t applied) {
    if (standing.in_force != 0) {
      log_.Info("contract_in_force", {{"vendor_id", vendor_id},
                                      {"version", standing.in_force},
                                      {"changed", standing.in_force == applied}});
    } else {
      log_.Warning(
          "contract_not_in_force",
          {{"vendor_id", vendor_id},
           {"version", standing.newest},
           {"why", Reason("CONTRACT_NOT_IN_FORCE",
                          standing.begins.has_value()
                              ? "it begins later, and until then there is none; to begin it at "
                                "once, apply it without effective_from"
                              : "it has ended; switchboard contract show says when, and applying "
                                "it again begins it again")}});
    }
    if (standing.begins.has_value()) {
      log_.Info("contract_to_come", {{"vendor_id", vendor_id},
                                     {"version", standing.newest},
                                     {"first_day", absl::FormatCivilTime(*standing.begins)},
                                     {"changed", standing.newest == applied}});
    }
  }

  absl::StatusOr<std::optional<std::string>> PlanInForce() {
    std::optional<std::string> plan_id;
    RETURN_IF_ERROR(hub_.readers().Run([&](storage::Connection& reader) -> absl::Status {
      const auto newest = hub_.routing_plans().Newest(reader);
      if (newest.ok()) plan_id = newest->plan_id;
      return absl::IsNotFound(newest.status()) ? absl::OkStatus() : newest.status();
    }));
    return plan_id;
  }

  absl::Status PlanWithoutFile() {
    ASSIGN_OR_RETURN(const auto plan_id, PlanInForce());
    if (!plan_id.has_value()) return absl::OkStatus();
    log_.Warning(
        "routing_plan_without_file",
        {{"plan_id", *plan_id},
         {"why", Reason("PLAN_WITHOUT_FILE",
                        "it is in force although the configuration names no file of it; "
                        "apply another with switchboard routing apply, or name its file")}});
    return absl::OkStatus();
  }

  const Startup& startup_;
  Hub& hub_;
  Clock& clock_;
  telemetry::Metrics& metrics_;
  telemetry::Log& log_;
  const identity::Peer self_{identity::Peer::Role::kHub, hub_.id()};
};

}  // namespace

absl::StatusOr<ConfiguredTexts> JudgeConfiguredTexts(const Startup& startup, Hub& hub,
                                                     Clock& clock) {
  ConfiguredTexts texts;
  RETURN_IF_ERROR(hub.readers().Run([&](storage::Connection& reader) -> absl::Status {
    texts = {};
    const absl::Time now = clock.Now();
    ASSIGN_OR_RETURN(texts.contracts, JudgeContracts(startup, hub, reader));
    ASSIGN_OR_RETURN(texts.rule_packs, JudgeConfiguredPacks(startup, hub, reader));
    ASSIGN_OR_RETURN(texts.code_maps, JudgeConfiguredCodeMaps(startup, hub, reader));
    if (!startup.plan.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(texts.plan,
                     hub.routing_plans().JudgeFile(reader, startup.plan->plan, startup.plan->yaml));
    if (texts.plan.kind != FileVerdict::Kind::kNew) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto to_come, ContractsToCome(startup, texts, hub, reader, now));
    return routing::CheckPlanAgainstContracts(startup.plan->plan, to_come,
                                              YamlPlaces(startup.plan->yaml, startup.plan->path));
  }));
  return texts;
}

absl::Status ApplyConfiguredTexts(const Startup& startup, const ConfiguredTexts& texts, Hub& hub,
                                  Clock& clock, telemetry::Metrics& metrics, telemetry::Log& log) {
  SWITCHBOARD_ASSERT(texts.contracts.size() == startup.contracts.size());
  RETURN_IF_ERROR(ApplyConfiguredPacks(startup, texts.rule_packs, hub, clock, log));
  Application application(startup, hub, clock, metrics, log);
  for (size_t i = 0; i < startup.contracts.size(); ++i)
    RETURN_IF_ERROR(application.Contract(startup.contracts[i], texts.contracts[i]));
  RETURN_IF_ERROR(application.ContractsWithoutFile());
  RETURN_IF_ERROR(ApplyConfiguredCodeMaps(startup, texts.code_maps, hub, clock, log));
  RETURN_IF_ERROR(application.Plan(texts.plan));
  return application.PlanCoverage();
}

}  // namespace switchboard
