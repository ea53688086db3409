#pragma once

// For the tests of this folder: a hub that answers what the test says, and the command line run on
// it.

#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/command_line.h"
#include "hub/base/error.h"

namespace switchboard::cli {

// Keeps what was asked last and gives what the test laid out.
struct Script {
  absl::Status failure;           // of every call, unless OK
  std::vector<std::string> hubs;  // connected to, as --hub names them
  std::string dead_hub;           // of these, one that cannot be reached

  v1::ListVendorsResponse vendors;
  v1::ApplyContractRequest contract_asked;
  v1::ApplyContractResponse contract;
  v1::ApplyRoutingPlanResponse plan;
  v1::PreviewRoutingRequest preview_asked;
  v1::PreviewRoutingResponse preview;
  v1::RecallAssignmentsRequest recall_asked;
  v1::RecallAssignmentsResponse recall;
  v1::DecideRecallRequest decision_asked;
  v1::SetStopRequest stop_asked;
  v1::SetStopResponse stop;
  std::vector<v1::ListPlacementsResponse> placements;    // pages, an empty one follows
  std::vector<v1::ListDisclosuresResponse> disclosures;  // pages; the last repeats its `next`
  std::vector<v1::ListQuarantineResponse> quarantine;
  std::vector<v1::AuditEntry> audit;  // of chain "hub-1"
  std::string health = "SERVING";
  v1::StartBackupRequest backup_asked;
  v1::Backup backup_started;
  std::vector<v1::GetBackupResponse> backups;  // as they come about
};

class ScriptedCalls final : public HubCalls {
 public:
  explicit ScriptedCalls(Script& script) : script_(script) {}

  Answer<v1::ListVendorsResponse> ListVendors(const v1::ListVendorsRequest&) override {
    return Give(script_.vendors);
  }
  Answer<v1::ApplyContractResponse> ApplyContract(const v1::ApplyContractRequest& asked) override {
    script_.contract_asked = asked;
    return Give(script_.contract);
  }
  Answer<v1::ApplyRoutingPlanResponse> ApplyRoutingPlan(
      const v1::ApplyRoutingPlanRequest&) override {
    return Give(script_.plan);
  }
  Answer<v1::PreviewRoutingResponse> PreviewRouting(
      const v1::PreviewRoutingRequest& asked) override {
    script_.preview_asked = asked;
    return Give(script_.preview);
  }
  Answer<v1::RecallAssignmentsResponse> RecallAssignments(
      const v1::RecallAssignmentsRequest& asked) override {
    script_.recall_asked = asked;
    return Give(script_.recall);
  }
  Answer<v1::DecideRecallResponse> DecideRecall(const v1::DecideRecallRequest& asked) override {
    script_.decision_asked = asked;
    return Give(v1::DecideRecallResponse());
  }
  Answer<v1::SetStopResponse> SetStop(const v1::SetStopRequest& asked) override {
    script_.stop_asked = asked;
    return Give(script_.stop);
  }
  Answer<v1::ListPlacementsResponse> ListPlacements(const v1::ListPlacementsRequest&) override {
    return Next(script_.placements);
  }
  Answer<v1::ListDisclosuresResponse> ListDisclosures(
      const v1::ListDisclosuresRequest& asked) override {
    if (!script_.disclosures.empty()) return Next(script_.disclosures);
    v1::ListDisclosuresResponse end;
    end.set_next(asked.after());
    return Give(end);
  }
  Answer<v1::ListQuarantineResponse> ListQuarantine(const v1::ListQuarantineRequest&) override {
    return Next(script_.quarantine);
  }
  Answer<v1::ReadAuditResponse> ReadAudit(const v1::ReadAuditRequest& asked) override {
    v1::ReadAuditResponse page;
    page.add_chain_ids("hub-1");
    for (const auto& entry : script_.audit) {
      const bool fits = entry.sequence() > asked.after() && page.entries_size() < 2;
      if (fits) *page.add_entries() = entry;
    }
    return Give(page);
  }
  Answer<v1::StartBackupResponse> StartBackup(const v1::StartBackupRequest& asked) override {
    script_.backup_asked = asked;
    v1::StartBackupResponse response;
    *response.mutable_backup() = script_.backup_started;
    return Give(response);
  }
  Answer<v1::GetBackupResponse> GetBackup(const v1::GetBackupRequest&) override {
    return Next(script_.backups);
  }
  Answer<std::string> Health(const std::string&) override { return Give(script_.health); }

 private:
  template <typename Response>
  Answer<Response> Give(const Response& response) const {
    if (!script_.failure.ok()) return script_.failure;
    return response;
  }
  template <typename Response>
  Answer<Response> Next(std::vector<Response>& pages) const {
    if (pages.empty()) return Give(Response());
    Response page = pages.front();
    pages.erase(pages.begin());
    return Give(page);
  }

  Script& script_;
};

struct Ran {
  int code;
  std::string out;
  std::string err;
};

// Runs the command line over the script. "--hub" and "--tls" are the caller's to give.
inline Ran RunLine(const std::vector<std::string>& words, Script& script, Clock& clock) {
  std::ostringstream out;
  std::ostringstream err;
  Session session(clock, out, err);
  session.connect = [&script](Session& used) -> absl::StatusOr<std::unique_ptr<HubCalls>> {
    const std::string hubs = used.connection.HubsText();
    script.hubs.push_back(hubs);
    if (hubs == script.dead_hub) return absl::UnavailableError("Connection refused");
    return std::make_unique<ScriptedCalls>(script);
  };
  session.wait = [](absl::Duration) {};
  std::vector<const char*> arguments = {"switchboard"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  const int code = Run(static_cast<int>(arguments.size()), arguments.data(), session);
  return {code, out.str(), err.str()};
}

// The same for a command that calls a hub.
inline Ran RunOnline(std::vector<std::string> words, Script& script) {
  ManualClock clock;
  words.insert(words.end(), {"--hub", "hub.example:8443", "--tls", "certs/operator-ito"});
  return RunLine(words, script, clock);
}

}  // namespace switchboard::cli
