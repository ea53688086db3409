#include "tests/bench/place.h"

#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>
#include <libpq-fe.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hub/identity/client_credentials.h"
#include "hub/identity/development_certificates.h"
#include "tests/bench/measure.h"
#include "tests/bench/records.h"
#include "tests/open_pack.h"

namespace switchboard::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kMessageBytesMax = 16 * 1024 * 1024;
constexpr int64_t kStartNanosMax = 120'000'000'000;
constexpr int kStopMillisMax = 600'000;
constexpr int64_t kPollNanos = 2'000'000;
constexpr char kTrustDomain[] = "issuer.example";

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

struct Ports {
  int grpc = 0;
  int metrics = 0;  // the floor server has none
};

// "grpc=PORT", and a hub's "metrics=PORT" behind it, once the server listens.
Ports AwaitPorts(const std::string& ports_file, servers::ChildProcess& process) {
  const int64_t deadline = SteadyNanos() + kStartNanosMax;
  while (SteadyNanos() < deadline && process.Running()) {
    std::ifstream file(ports_file);
    Ports ports;
    for (std::string line; std::getline(file, line);) {
      absl::string_view text = line;
      if (absl::ConsumePrefix(&text, "grpc=") && !absl::SimpleAtoi(text, &ports.grpc)) break;
      if (absl::ConsumePrefix(&text, "metrics=") && !absl::SimpleAtoi(text, &ports.metrics)) break;
    }
    if (ports.grpc != 0) return ports;
    WaitUntil(SteadyNanos() + kPollNanos);
  }
  GiveUp(absl::StrCat("no server came up beside ", ports_file));
}

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// The URL of an empty database on the run's PostgreSQL server.
std::string NewDatabase(const Place& place) {
  static int databases = 0;
  const std::string name = absl::StrCat("hubs_", databases++);
  const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(place.postgres.c_str()));
  const std::string create =
      absl::StrCat("CREATE DATABASE ", name, " ENCODING 'UTF8' TEMPLATE template0");
  const std::unique_ptr<PGresult, Finish> created(PQexec(connection.get(), create.c_str()));
  if (PQresultStatus(created.get()) != PGRES_COMMAND_OK)
    GiveUp(absl::StrCat("no database: ", PQerrorMessage(connection.get())));
  return absl::StrCat("postgresql:///", name, "?host=", PQhost(connection.get()),
                      "&user=", PQuser(connection.get()));
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
  // Never let go of: gRPC 1.51 now and then frees the queue of callbacks twice when the last
  // channel goes that made calls with them.
  static auto& kept = *new std::vector<std::shared_ptr<grpc::Channel>>;
  kept.push_back(channel);
  return channel;
}

}  // namespace

void MakeCertificates(const Place& place) {
  identity::DevelopmentOptions options;
  options.directory = place.folder + "/tls";
  options.trust_domain = kTrustDomain;
  options.peers.push_back({{identity::Peer::Role::kHub, "bench"}, {}});
  options.peers.push_back({{identity::Peer::Role::kCore, "main"}, {}});
  options.peers.push_back({{identity::Peer::Role::kOperator, "bench"}, {}});
  options.peers.push_back({{identity::Peer::Role::kOperator, "second"}, {}});
  for (int vendor = 0; vendor < kVendors; ++vendor)
    options.peers.push_back({{identity::Peer::Role::kVendor, VendorId(vendor)}, {}});
  Require(identity::MakeDevelopmentCertificates(options, place.clock).status(), "certificates");
}

void AddVendorCertificates(const Place& place, int count) {
  identity::DevelopmentOptions options;
  options.directory = place.folder + "/tls";
  options.trust_domain = kTrustDomain;
  for (int vendor = kVendors; vendor < kVendors + count; ++vendor)
    options.peers.push_back({{identity::Peer::Role::kVendor, VendorId(vendor)}, {}});
  Require(identity::AddDevelopmentCertificates(options, place.clock).status(), "certificates");
}

Server Server::Hub(const Place& place, const std::string& more_config) {
  Server server(place);
  server.StartHub(NewFolder(place, "hub"), "a",
                  "{sqlite_path: hub.db, key_file: hub.key, backup_folder: backups}", more_config);
  return server;
}

Server Server::Hubs(const Place& place, int count) {
  Server server(place);
  server.database_pid_ = place.postgres_pid;
  const std::string url = NewDatabase(place);
  // Made by the first hub; all of a database have the same one.
  const std::string key_file = NewFolder(place, "key") + "/hub.key";
  for (int i = 0; i < count; ++i) {
    server.StartHub(NewFolder(place, "hub"), absl::StrCat("hub-", i),
                    absl::StrCat("{postgres_url: \"", url, "\", key_file: ", key_file, "}"));
  }
  return server;
}

Server Server::Floor(const Place& place) { return FloorWith(place, {}); }

Server Server::GuardedFloor(const Place& place) { return FloorWith(place, {"--guarded"}); }

Server Server::FloorWith(const Place& place, const std::vector<std::string>& more) {
  Server server(place);
  const std::string folder = NewFolder(place, "floor");
  std::vector<std::string> command = {place.self, "--serve-floor", folder, "--tls",
                                      place.folder + "/tls/hub-bench"};
  command.insert(command.end(), more.begin(), more.end());
  server.Start(command, folder);
  return server;
}

void Server::Start(const std::vector<std::string>& command, const std::string& folder) {
  auto process = servers::ChildProcess::Start(command, folder + "/log");
  Require(process.status(), command.front());
  const Ports ports = AwaitPorts(folder + "/ports", *process);
  processes_.push_back({*std::move(process), ports.grpc, ports.metrics, command, folder});
}

Server::Restarted Server::Restart() {
  Process& one = processes_.front();
  const int64_t begin_ns = SteadyNanos();
  if (!one.process.Stop(kStopMillisMax)) Require(one.process.Ended("the hub"), "restart");
  fs::remove(one.folder + "/ports");
  const int64_t stopped_ns = SteadyNanos();
  auto process = servers::ChildProcess::Start(one.command, one.folder + "/log");
  Require(process.status(), one.command.front());
  const Ports ports = AwaitPorts(one.folder + "/ports", *process);
  one.port = ports.grpc;
  one.metrics_port = ports.metrics;
  one.process = *std::move(process);
  return {static_cast<double>(stopped_ns - begin_ns) * 1e-9,
          static_cast<double>(SteadyNanos() - stopped_ns) * 1e-9};
}

void Server::StartHub(const std::string& folder, const std::string& hub_id,
                      const std::string& storage, const std::string& more_config) {
  std::string config = absl::StrCat(
      "hub_id: ", hub_id, "\nlisten: 127.0.0.1:0\nmetrics_listen: 127.0.0.1:0\nports_file: ports\n",
      "tls: {directory: ../tls/hub-bench, trust_domain: ", kTrustDomain, "}\nstorage: ", storage,
      "\n", more_config,
      "rule_packs: [open.yaml]\nrule_pack_elsewhere: open\nrouting_plan: plan.yaml\ncontracts:\n");
  Write(fs::path(folder) / "open.yaml", testing::OpenPackYaml());
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    const std::string file = VendorId(vendor) + ".yaml";
    Write(fs::path(folder) / file, ContractYaml(vendor));
    absl::StrAppend(&config, "  - ", file, "\n");
  }
  Write(fs::path(folder) / "plan.yaml", RoutingPlanYaml());
  Write(fs::path(folder) / "hub.yaml", config);
  Start({place_.daemon, "--config", folder + "/hub.yaml"}, folder);
}

Parties Server::Connect() const {
  const auto port = [this](int party) {
    return processes_[static_cast<size_t>(party) % processes_.size()].port;
  };
  Parties parties;
  parties.core = v1::CoreService::NewStub(bench::Connect(place_, "core-main", port(0)));
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    parties.vendors.push_back(v1::VendorService::NewStub(
        bench::Connect(place_, "vendor-" + VendorId(vendor), port(vendor))));
  }
  return parties;
}

std::unique_ptr<v1::OperatorService::Stub> Server::ConnectOperator() const {
  return v1::OperatorService::NewStub(
      bench::Connect(place_, "operator-bench", processes_.front().port));
}

std::unique_ptr<v1::VendorService::Stub> Server::ConnectVendor(int vendor) const {
  return v1::VendorService::NewStub(
      bench::Connect(place_, "vendor-" + VendorId(vendor), processes_.front().port));
}

void Server::PutInForce(v1::TextKind kind, const std::string& yaml) const {
  v1::ProposeTextRequest propose;
  v1::ProposeTextResponse proposed;
  propose.set_kind(kind);
  propose.set_yaml(yaml);
  grpc::ClientContext proposing;
  grpc::Status status = ConnectOperator()->ProposeText(&proposing, propose, &proposed);
  if (!status.ok()) GiveUp("ProposeText: " + status.error_message());
  v1::ReleaseTextRequest release;
  v1::ReleaseTextResponse released;
  release.set_proposal_id(proposed.proposal().proposal_id());
  release.set_digest(proposed.proposal().digest());
  grpc::ClientContext releasing;
  const auto second = v1::OperatorService::NewStub(
      bench::Connect(place_, "operator-second", processes_.front().port));
  status = second->ReleaseText(&releasing, release, &released);
  if (!status.ok()) GiveUp("ReleaseText: " + status.error_message());
}

void Server::PutContracts(int first, int end) const {
  for (int vendor = first; vendor < end; ++vendor)
    PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml(vendor));
}

std::string Server::address() const { return absl::StrCat("127.0.0.1:", processes_.front().port); }

std::vector<pid_t> Server::hub_pids() const {
  std::vector<pid_t> pids;
  for (const Process& one : processes_) pids.push_back(one.process.pid());
  return pids;
}

std::vector<int> Server::metrics_ports() const {
  std::vector<int> ports;
  for (const Process& one : processes_) ports.push_back(one.metrics_port);
  return ports;
}

std::vector<pid_t> Server::pids() const {
  std::vector<pid_t> pids = hub_pids();
  if (database_pid_ != 0) pids.push_back(database_pid_);
  return pids;
}

}  // namespace switchboard::bench
