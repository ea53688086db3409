// crash_vendor: one vendor of the crash campaign, killed and started again by it. Keeps its copy in
// step with the hub and works it; writes down what it was told. Ends on SIGTERM, once nothing of
// its own is under way any more.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/client/sync_client.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"
#include "tests/crash_campaign/agents.h"
#include "tests/crash_campaign/vendor_client.h"
#include "tests/crash_campaign/vendor_record.h"

namespace switchboard::crash {
namespace {

constexpr int kAgents = 12;

struct Arguments {
  std::string hub;
  std::string tls;
  std::string folder;  // everything this vendor keeps
  uint64_t seed = 1;
  int start = 1;
};

absl::Status Run(const Arguments& arguments) {
  SystemClock clock;
  IdMint ids(clock);
  ASSIGN_OR_RETURN(const auto record, VendorRecord::Open(arguments.folder, arguments.start));
  adapters::SyncClientOptions options;
  options.mirror_path = MirrorIn(arguments.folder);
  options.tap = [&record = *record](std::string_view method, std::string_view bytes) {
    record.Received(method, bytes);
  };
  ASSIGN_OR_RETURN(const auto client,
                   MakeVendorClient(std::move(options), arguments.hub, arguments.tls, clock, ids));
  client->Start();
  {
    Agents agents(*client, *record, clock, ids);
    agents.Start(kAgents, arguments.seed * 1'000 + static_cast<uint64_t>(arguments.start));
    bool told = false;
    while (!demo::WaitForStop(10)) {
      if (told || !client->State().caught_up) continue;
      RETURN_IF_ERROR(demo::ReplaceFile(arguments.folder + "/serving", ""));
      told = true;
    }
  }
  RETURN_IF_ERROR(client->WaitUntilDrained(absl::Seconds(30)));
  client->Stop();
  return absl::OkStatus();
}

}  // namespace
}  // namespace switchboard::crash

int main(int argc, char** argv) {
  switchboard::demo::BlockStopSignals();
  switchboard::crash::Arguments arguments;
  CLI::App app("One vendor of the crash campaign; started by tests/crash.");
  app.add_option("--hub", arguments.hub, "host:port of the hub")->required();
  app.add_option("--tls", arguments.tls, "folder with tls.crt, tls.key and ca.crt")->required();
  app.add_option("--folder", arguments.folder, "folder for everything this vendor keeps")
      ->required();
  app.add_option("--seed", arguments.seed, "draws what its agents do");
  app.add_option("--start", arguments.start, "how often it has been started, this time included");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = switchboard::crash::Run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "crash_vendor: %s\n", std::string(status.message()).c_str());
  return 1;
}
