// demo_core: the issuer's core system of the demo. Ends on SIGTERM, or with an error as soon as one
// occurs.
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "clients/core/core_client.h"
#include "clients/demo/parties/child_status.h"
#include "clients/demo/parties/demo_day.h"
#include "clients/demo/parties/issuer_core.h"
#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"

namespace switchboard::demo {
namespace {

struct Arguments {
  std::vector<std::string> hubs;
  std::string tls;
  std::string folder;
  std::string day;  // see TextOfDay
  PopulationOptions population;
};

// Joins the threads whatever happens.
class CoreThreads {
 public:
  CoreThreads(IssuerCore& core, clients::CoreClient& client)
      : core_(core),
        client_(client),
        worker_([this, &core] {
          Note(core.ImportBook());
          if (!failed_) Note(core.PostEvents());
          if (!failed_ && core.posted_all()) Note(core.ImportLateFile());
        }),
        payer_([this, &core] { Note(core.PayPromises()); }),
        reader_([this, &core] { Note(core.ReadFeed()); }) {}
  ~CoreThreads() {
    stop_ = true;
    core_.Stop();
    client_.Cancel();
    worker_.join();
    payer_.join();
    reader_.join();
  }

  bool failed() const { return failed_; }

 private:
  void Note(const absl::Status& status) {
    if (status.ok() || stop_) return;
    std::fprintf(stderr, "demo_core: %s\n", std::string(status.message()).c_str());
    failed_ = true;
  }

  IssuerCore& core_;
  clients::CoreClient& client_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> failed_ = false;
  std::thread worker_;
  std::thread payer_;
  std::thread reader_;
};

absl::Status Run(const Arguments& arguments) {
  SystemClock true_clock;
  ASSIGN_OR_RETURN(const Rehearsal day, DayOfText(arguments.day));
  HubClock clock(true_clock, day);
  IdMint ids(clock);
  ASSIGN_OR_RETURN(const Population population, Population::Load(arguments.population));
  clients::CoreClientOptions options;
  options.hub_addresses = arguments.hubs;
  options.tls_directory = arguments.tls;
  options.backoff.maximum = absl::Seconds(1);
  options.attempts_max = 120;
  ASSIGN_OR_RETURN(const auto client, clients::CoreClient::Create(options, true_clock, ids));
  IssuerCore core(*client, population, arguments.population.seed, arguments.folder, clock);
  RETURN_IF_ERROR(core.Open());
  const CoreThreads threads(core, *client);
  while (!WaitForStop(100)) {
    RETURN_IF_ERROR(WriteChildStatus(arguments.folder + "/status", core.status()));
    if (threads.failed()) return Error(absl::StatusCode::kInternal, "CORE_FAILED", "gave up");
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace switchboard::demo

int main(int argc, char** argv) {
  switchboard::demo::BlockStopSignals();
  switchboard::demo::Arguments arguments;
  CLI::App app("The issuer's core of the demo; started by clients/demo/run.");
  app.add_option("--hub", arguments.hubs, "host:port of each hub, with commas between")
      ->delimiter(',')
      ->required();
  app.add_option("--tls", arguments.tls, "folder with tls.crt, tls.key and ca.crt")->required();
  app.add_option("--folder", arguments.folder, "folder for everything the core keeps")->required();
  app.add_option("--data", arguments.population.data_folder, "clients/demo/data")->required();
  app.add_option("--accounts-file", arguments.population.accounts_file, "another file of accounts");
  app.add_option("--accounts", arguments.population.accounts, "how many; 0: all rows of the file");
  app.add_option("--seed", arguments.population.seed, "draws identities and events");
  app.add_option("--day", arguments.day, "the day of the demo: begin, clock, speed")->required();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = switchboard::demo::Run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "demo_core: %s\n", std::string(status.message()).c_str());
  return 1;
}
