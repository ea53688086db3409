#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/identity/diagnose.h"

namespace switchboard::cli {
namespace {

constexpr const char* kServices[] = {
    "", "switchboard.v1.CoreService", "switchboard.v1.VendorService",
    "switchboard.v1.OperatorService", "switchboard.v1.PrivacyService"};

// The state of each service of one hub.
absl::StatusOr<std::vector<std::string>> StatesOf(Session& session, const std::string& address) {
  Session one = session.OfHub(address);
  ASSIGN_OR_RETURN(auto hub, one.connect(one));
  std::vector<std::string> states;
  for (const char* service : kServices) {
    auto state = hub->Health(service);
    // A service that the hub does not know is an answer too.
    if (absl::IsNotFound(state.status())) state = "SERVICE_UNKNOWN";
    RETURN_IF_ERROR(state.status());
    states.push_back(*std::move(state));
  }
  return states;
}

// A hub that could not be asked, beside others: its error stands for the state of everything.
std::vector<std::string> StatesOf(const absl::Status& error) {
  return std::vector<std::string>(std::size(kServices), absl::StatusCodeToString(error.code()));
}

}  // namespace

absl::StatusOr<Result> DiagnoseConnection(Session& session) {
  Result result;
  nlohmann::json steps = nlohmann::json::array();
  std::string failed;
  const std::vector<std::string>& hubs = session.connection.hubs;
  for (const std::string& address : hubs) {
    identity::DiagnoseOptions options;
    options.address = address;
    options.directory = session.connection.tls;
    const identity::TlsReport report = identity::DiagnoseTls(options, session.clock);
    if (hubs.size() > 1) absl::StrAppend(&result.text, address, "\n");
    result.text += report.Text();
    for (const auto& step : report.steps) {
      if (!step.good && failed.empty()) failed = step.name;
      steps.push_back({{"hub", address},
                       {"name", step.name},
                       {"good", step.good},
                       {"finding", step.finding},
                       {"way_out", step.way_out}});
    }
    result.holds = result.holds && report.good();
  }
  result.summary = result.holds ? absl::StrCat("the connection to ", session.connection.HubsText(),
                                               " is as it should be")
                                : "not as it should be: " + failed;
  result.json = steps.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return result;
}

absl::StatusOr<Result> Health(Session& session) {
  const std::vector<std::string>& hubs = session.connection.hubs;
  TextTable table({{"hub", TextTable::Align::kLeft},
                   {"service", TextTable::Align::kLeft},
                   {"state", TextTable::Align::kLeft}});
  nlohmann::json json = nlohmann::json::object();
  size_t serving = 0;
  for (const std::string& address : hubs) {
    const auto asked = StatesOf(session, address);
    if (hubs.size() == 1) RETURN_IF_ERROR(asked.status());
    const std::vector<std::string> states = asked.ok() ? *asked : StatesOf(asked.status());
    for (size_t i = 0; i < states.size(); ++i) {
      const std::string service = i == 0 ? "hub" : kServices[i];
      table.Add({i == 0 ? address : "", service, states[i]});
      json[address][service] = states[i];
    }
    const auto serves = [](const std::string& state) { return state == "SERVING"; };
    serving += std::all_of(states.begin(), states.end(), serves) ? 1 : 0;
  }
  Result result;
  result.holds = serving == hubs.size();
  result.text = table.Render();
  if (result.holds) {
    result.summary = session.connection.HubsText() + (hubs.size() == 1 ? " serves" : " serve");
  } else if (hubs.size() == 1) {
    result.summary = hubs.front() + " does not serve everything";
  } else {
    result.summary = absl::StrCat(serving, " of ", hubs.size(), " hubs serve everything");
  }
  result.json = json.dump();
  return result;
}

}  // namespace switchboard::cli
