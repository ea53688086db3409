#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/identity/diagnose.h"

namespace switchboard::cli {
namespace {

constexpr const char* kServices[] = {"", "switchboard.v1.CoreService",
                                     "switchboard.v1.VendorService",
                                     "switchboard.v1.OperatorService"};

}  // namespace

absl::StatusOr<Result> DiagnoseConnection(Session& session) {
  identity::DiagnoseOptions options;
  options.address = session.connection.hub;
  options.directory = session.connection.tls;
  const identity::TlsReport report = identity::DiagnoseTls(options, session.clock);
  Result result;
  result.holds = report.good();
  result.text = report.Text();
  nlohmann::json steps = nlohmann::json::array();
  std::string failed;
  for (const auto& step : report.steps) {
    if (!step.good && failed.empty()) failed = step.name;
    steps.push_back({{"name", step.name},
                     {"good", step.good},
                     {"finding", step.finding},
                     {"way_out", step.way_out}});
  }
  result.summary = result.holds ? "the connection to " + options.address + " is as it should be"
                                : "not as it should be: " + failed;
  result.json = steps.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return result;
}

absl::StatusOr<Result> Health(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"service", TextTable::Align::kLeft}, {"state", TextTable::Align::kLeft}});
  nlohmann::json json = nlohmann::json::object();
  int64_t serving = 0;
  for (const std::string service : kServices) {
    auto state = hub->Health(service);
    // A service that the hub does not know is an answer too.
    if (absl::IsNotFound(state.status())) state = "SERVICE_UNKNOWN";
    RETURN_IF_ERROR(state.status());
    const std::string name = service.empty() ? "hub" : service;
    serving += *state == "SERVING" ? 1 : 0;
    table.Add({name, *state});
    json[name] = *state;
  }
  Result result;
  result.holds = serving == static_cast<int64_t>(std::size(kServices));
  result.text = table.Render();
  result.summary =
      session.connection.hub + (result.holds ? " serves" : " does not serve everything");
  result.json = json.dump();
  return result;
}

}  // namespace switchboard::cli
