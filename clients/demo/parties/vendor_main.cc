// demo_vendor: one vendor of the demo. Keeps its copy in step with the hub, works it with simulated
// agents, and writes down every byte it received and everything it did. Ends on SIGTERM.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "adapters/client/sync_client.h"
#include "clients/demo/parties/agent_calls.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/demo_day.h"
#include "clients/demo/parties/tap_file.h"
#include "clients/demo/parties/vendor_agents.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"

namespace switchboard::demo {
namespace {

struct Arguments {
  std::vector<std::string> hubs;
  std::string tls;
  std::string folder;      // everything this vendor keeps
  std::string calls;       // bank_calls.csv.gz
  VendorDeskOptions desk;  // all but its speed
  std::string day;         // see TextOfDay
};

adapters::SyncClientOptions ClientOptions(const Arguments& arguments, VendorAgents& desk,
                                          TapFile& tap) {
  adapters::SyncClientOptions options;
  options.hub_addresses = arguments.hubs;
  options.tls_directory = arguments.tls;
  options.mirror_path = arguments.folder + "/mirror.db";
  options.adapter = "demo_vendor/1";
  options.window = 2000;
  options.backoff.maximum = absl::Seconds(1);
  options.on_new_generation = [&desk] { desk.OnNewGeneration(); };
  options.on_change = [&desk](const v1::SyncResponse::Change& change) {
    if (change.has_assigned()) desk.OnAssigned(change.assigned());
    if (change.has_withdrawn()) desk.OnWithdrawn(change.withdrawn());
  };
  options.on_recorded = [&desk](const v1::ReportOutcomesResponse::Receipt& receipt) {
    if (receipt.promise_not_binding()) {
      std::fprintf(stderr, "recorded: the promise in outcome %s binds nobody\n",
                   receipt.outcome_id().c_str());
    }
    desk.OnRecorded(receipt);
  };
  options.on_trouble = [](const absl::Status& status) {
    std::fprintf(stderr, "trouble: %s\n", std::string(status.message()).c_str());
  };
  options.on_refused = [](const v1::ReportOutcomesResponse::Receipt& receipt) {
    std::fprintf(stderr, "refused: %s %s %s\n",
                 v1::ReportOutcomesResponse::Status_Name(receipt.status()).c_str(),
                 receipt.field().c_str(), receipt.problem().c_str());
  };
  options.tap = [&tap](std::string_view method, std::string_view bytes) {
    tap.Write(method, bytes);
  };
  return options;
}

absl::Status Report(const std::string& folder, const adapters::SyncClientState& state,
                    const VendorAgents& desk) {
  const VendorAgents::Counts counts = desk.counts();
  return WriteChildStatus(folder + "/status", {{"streaming", state.streaming ? 1 : 0},
                                               {"streams", state.streams_opened},
                                               {"caught_up", state.caught_up ? 1 : 0},
                                               {"sequence", state.cursor.sequence()},
                                               {"pending", state.pending_outcomes},
                                               {"refused", state.refused_outcomes},
                                               {"waiting", counts.waiting},
                                               {"in_hand", counts.in_hand},
                                               {"done", counts.done},
                                               {"withdrawals", counts.withdrawals}});
}

absl::Status Run(const Arguments& arguments) {
  SystemClock true_clock;
  ASSIGN_OR_RETURN(const Rehearsal day, DayOfText(arguments.day));
  HubClock clock(true_clock, day);
  IdMint ids(clock);
  ASSIGN_OR_RETURN(const AgentCalls calls, AgentCalls::Load(arguments.calls));
  ASSIGN_OR_RETURN(const auto ledger, AppendFile::Open(arguments.folder + "/ledger"));
  ASSIGN_OR_RETURN(const auto tap, TapFile::Open(arguments.folder + "/received"));
  VendorDeskOptions desk_options = arguments.desk;
  desk_options.speed = day.speed;
  VendorAgents desk(desk_options, calls, *ledger, clock, ids);
  RETURN_IF_ERROR(desk.Resume(arguments.folder + "/ledger"));
  adapters::SyncClientOptions options = ClientOptions(arguments, desk, *tap);
  options.hub_clock = &clock;
  ASSIGN_OR_RETURN(const auto client,
                   adapters::SyncClient::Create(std::move(options), true_clock, ids));
  RETURN_IF_ERROR(client->ForEachWorkable([&](const v1::Assignment& assignment) {
    desk.OnAssigned(assignment);
    return absl::OkStatus();
  }));
  client->Start();
  for (const std::string& permit : desk.unused_permits()) {
    // One that expired or went void meanwhile is as good as released.
    (void)client->ReleasePermit(permit);
  }
  desk.Begin(*client);
  while (!WaitForStop(100)) {
    desk.Tick();
    RETURN_IF_ERROR(Report(arguments.folder, client->State(), desk));
  }
  client->Stop();
  return absl::OkStatus();
}

}  // namespace
}  // namespace switchboard::demo

int main(int argc, char** argv) {
  switchboard::demo::BlockStopSignals();
  switchboard::demo::Arguments arguments;
  CLI::App app("One vendor of the demo; started by clients/demo/run.");
  app.add_option("--hub", arguments.hubs, "host:port of each hub, with commas between")
      ->delimiter(',')
      ->required();
  app.add_option("--tls", arguments.tls, "folder with tls.crt, tls.key and ca.crt")->required();
  app.add_option("--folder", arguments.folder, "folder for everything this vendor keeps")
      ->required();
  app.add_option("--calls", arguments.calls, "bank_calls.csv.gz")->required();
  app.add_option("--seed", arguments.desk.seed, "draws what comes of each call");
  app.add_option("--agents", arguments.desk.agents, "calls at a time")->check(CLI::Range(1, 1000));
  app.add_option("--vendor", arguments.desk.vendor_id, "id of the vendor")->required();
  app.add_flag("--records-calls", arguments.desk.records_calls,
               "tells where the recordings of its calls lie");
  app.add_option("--hands-over-to", arguments.desk.hands_over_to,
                 "id of the vendor that gets the work on whoever refuses to pay");
  app.add_option("--day", arguments.day, "the day of the demo: begin, clock, speed")->required();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = switchboard::demo::Run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "demo_vendor: %s\n", std::string(status.message()).c_str());
  return 1;
}
