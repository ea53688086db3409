#include "tests/bench/place.h"

#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hub/identity/client_credentials.h"
#include "hub/identity/development_certificates.h"
#include "tests/bench/measure.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kMessageBytesMax = 16 * 1024 * 1024;
constexpr int64_t kStartNanosMax = 20'000'000'000;
constexpr int64_t kPollNanos = 10'000'000;

void Write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  if (!file) GiveUp(absl::StrCat("cannot write ", path.string()));
}

std::string NewFolder(const Place& place, const char* name) {
  for (int i = 0;; ++i) {
    const std::string folder = absl::StrCat(place.folder, "/", name, "-", i);
    if (fs::create_directory(folder)) return folder;
  }
}

// "grpc=PORT" is the first line of the file, once the server listens.
int AwaitPort(const std::string& ports_file, servers::ChildProcess& process) {
  const int64_t deadline = SteadyNanos() + kStartNanosMax;
  while (SteadyNanos() < deadline && process.Running()) {
    std::ifstream file(ports_file);
    std::string line;
    int port = 0;
    if (std::getline(file, line)) {
      absl::string_view text = line;
      if (absl::ConsumePrefix(&text, "grpc=") && absl::SimpleAtoi(text, &port)) return port;
    }
    WaitUntil(SteadyNanos() + kPollNanos);
  }
  GiveUp(absl::StrCat("no server came up beside ", ports_file));
}

std::shared_ptr<grpc::Channel> Connect(const Place& place, const std::string& peer, int port) {
  auto credentials =
      identity::MakeClientCredentials(absl::StrCat(place.folder, "/tls/", peer), place.clock);
  Require(credentials.status(), "credentials");
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  auto channel =
      grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), *credentials, arguments);
  const gpr_timespec deadline =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(20, GPR_TIMESPAN));
  if (!channel->WaitForConnected(deadline)) GiveUp("no connection as " + peer);
  return channel;
}

}  // namespace

void MakeCertificates(const Place& place) {
  identity::DevelopmentOptions options;
  options.directory = place.folder + "/tls";
  options.trust_domain = "issuer.example";
  options.peers.push_back({{identity::Peer::Role::kHub, "bench"}, {}});
  options.peers.push_back({{identity::Peer::Role::kCore, "main"}, {}});
  for (int vendor = 0; vendor < kVendors; ++vendor)
    options.peers.push_back({{identity::Peer::Role::kVendor, VendorId(vendor)}, {}});
  Require(identity::MakeDevelopmentCertificates(options, place.clock).status(), "certificates");
}

Server Server::Hub(const Place& place) {
  const std::string folder = NewFolder(place, "hub");
  std::string config =
      "listen: 127.0.0.1:0\nmetrics_listen: 127.0.0.1:0\nports_file: ports\n"
      "tls: {directory: ../tls/hub-bench, trust_domain: issuer.example}\n"
      "storage: {sqlite_path: hub.db, key_file: hub.key}\nrouting_plan: plan.yaml\ncontracts:\n";
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    const std::string file = VendorId(vendor) + ".yaml";
    Write(fs::path(folder) / file, ContractYaml(vendor));
    absl::StrAppend(&config, "  - ", file, "\n");
  }
  Write(fs::path(folder) / "plan.yaml", RoutingPlanYaml());
  Write(fs::path(folder) / "hub.yaml", config);
  auto process = servers::ChildProcess::Start({place.daemon, "--config", folder + "/hub.yaml"},
                                              folder + "/hub.log");
  Require(process.status(), "switchboardd");
  return {place, *std::move(process), folder + "/ports"};
}

Server Server::Floor(const Place& place) {
  const std::string folder = NewFolder(place, "floor");
  auto process = servers::ChildProcess::Start(
      {place.self, "--serve-floor", folder, "--tls", place.folder + "/tls/hub-bench"},
      folder + "/floor.log");
  Require(process.status(), "floor server");
  return {place, *std::move(process), folder + "/ports"};
}

Server::Server(const Place& place, servers::ChildProcess process, const std::string& ports_file)
    : place_(place), process_(std::move(process)), port_(AwaitPort(ports_file, process_)) {}

Parties Server::Connect() const {
  Parties parties;
  parties.core = v1::CoreService::NewStub(bench::Connect(place_, "core-main", port_));
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    parties.vendors.push_back(
        v1::VendorService::NewStub(bench::Connect(place_, "vendor-" + VendorId(vendor), port_)));
  }
  return parties;
}

}  // namespace switchboard::bench
