// switchboardd: one hub.

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/config.h"
#include "hub/edge/server.h"
#include "hub/hub.h"
#include "hub/telemetry/http_endpoint.h"
#include "hub/telemetry/log.h"
#include "hub/telemetry/process.h"

namespace switchboard {
namespace {

constexpr absl::Duration kTickInterval = absl::Milliseconds(100);

absl::Duration SpanOf(const google::protobuf::Duration& duration) {
  return absl::Microseconds(google::protobuf::util::TimeUtil::DurationToMicroseconds(duration));
}

HubOptions HubOptionsOf(const v1::Config& config, IdMint& ids) {
  HubOptions options = StorageOfHub(config);
  options.writer.queue_max = config.limits().write_queue_max();
  options.retention = retention::Policy(config.retention());
  options.sessions.heartbeat_interval = SpanOf(config.limits().heartbeat_interval());
  // Jittered at every start, so that several hubs do not send their vendors away at the same
  // moment.
  const double share = 0.75 + 0.25 * static_cast<double>(ids.Random() % 1000) / 1000;
  options.sessions.lifetime = SpanOf(config.limits().stream_lifetime()) * share;
  return options;
}

// Waits for one result of a desk; the desk's threads run meanwhile.
template <typename T>
class Awaited {
 public:
  Done<T> done() {
    return [this](absl::StatusOr<T> result) {
      MutexLock lock(mutex_);
      result_ = std::move(result);
      ready_.NotifyOne();
    };
  }
  absl::StatusOr<T> Get() {
    MutexLock lock(mutex_);
    while (!result_.has_value()) ready_.Wait(mutex_);
    return *std::move(result_);
  }

 private:
  Mutex mutex_;
  CondVar ready_;
  std::optional<absl::StatusOr<T>> result_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// Contracts first: the plan names vendors.
absl::Status ApplyFiles(const v1::Config& config, Hub& hub, telemetry::Log& log) {
  for (const std::string& path : config.contracts()) {
    v1::ApplyContractRequest request;
    request.set_file_name(path);
    ASSIGN_OR_RETURN(*request.mutable_yaml(), ReadTextFile(path));
    Awaited<v1::ApplyContractResponse> applied;
    hub.operator_api().ApplyContract("hub", std::move(request), applied.done());
    ASSIGN_OR_RETURN(const auto response, applied.Get());
    log.Info("contract_in_force", {{"vendor_id", response.vendor_id()},
                                   {"version", response.contract_version()},
                                   {"changed", response.changed()}});
  }
  if (config.routing_plan().empty()) return absl::OkStatus();
  v1::ApplyRoutingPlanRequest request;
  request.set_file_name(config.routing_plan());
  ASSIGN_OR_RETURN(*request.mutable_yaml(), ReadTextFile(config.routing_plan()));
  Awaited<v1::ApplyRoutingPlanResponse> applied;
  hub.operator_api().ApplyRoutingPlan("hub", std::move(request), applied.done());
  ASSIGN_OR_RETURN(const auto response, applied.Get());
  log.Info("routing_plan_in_force",
           {{"plan_id", response.plan_id()}, {"changed", response.changed()}});
  return absl::OkStatus();
}

// Written beside and renamed, so that who waits for the file never sees half of it.
absl::Status WritePorts(const std::string& path, int grpc_port, int metrics_port) {
  if (path.empty()) return absl::OkStatus();
  const std::string beside = path + ".new";
  std::ofstream file(beside, std::ios::trunc);
  file << "grpc=" << grpc_port << "\nmetrics=" << metrics_port << "\n";
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0) {
    return Error(absl::StatusCode::kUnavailable, "PORTS_FILE_UNWRITABLE",
                 "ports_file cannot be written");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<telemetry::HttpEndpoint>> StartMetrics(const v1::Config& config,
                                                                      telemetry::Metrics& metrics,
                                                                      const Hub& hub) {
  if (config.metrics_listen().empty()) return nullptr;
  telemetry::HttpEndpoint::Handlers handlers;
  handlers.metrics = [&metrics] { return metrics.Text(); };
  // Answering at all is health: a hub that is started again does not reach its database either. The
  // endpoint starts once the hub serves and stops before it does not.
  handlers.healthy = [] { return true; };
  handlers.ready = [&hub] { return hub.database_reachable(); };
  handlers.refused = [&metrics] { metrics.connections_refused.Add(1, "metrics_endpoint"); };
  return telemetry::HttpEndpoint::Start(config.metrics_listen(), std::move(handlers), {});
}

// A line when the database goes, and one when it is back.
class DatabaseWatch {
 public:
  DatabaseWatch(const Hub& hub, telemetry::Log& log) : hub_(hub), log_(log) {}

  void Look() {
    const bool reachable = hub_.database_reachable();
    if (reachable == reachable_) return;
    reachable_ = reachable;
    reachable ? log_.Info("database_back", {}) : log_.Error("database_away", {});
  }

 private:
  const Hub& hub_;
  telemetry::Log& log_;
  bool reachable_ = true;
};

// Ticks the hub until a signal asks for the end; 0 when the hub cannot go on.
int WaitForEnd(Hub& hub, const edge::Server& server, telemetry::Metrics& metrics,
               telemetry::Log& log, const sigset_t& signals) {
  DatabaseWatch database(hub, log);
  const timespec interval{0, absl::ToInt64Nanoseconds(kTickInterval)};
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &interval);
    if (signal > 0) return signal;
    hub.Tick();
    if (!hub.fate().ok()) return 0;
    database.Look();
    metrics.connections_accepted.Set(server.connections_accepted());
  }
}

absl::Status Serve(const v1::Config& config, const sigset_t& signals, SystemClock& clock,
                   telemetry::Log& log) {
  IdMint ids(clock);
  telemetry::Metrics metrics;
  ThreadPool executor(config.limits().reader_threads());
  identity::TlsDirectoryOptions tls_options;
  tls_options.directory = config.tls().directory();
  tls_options.poll_interval = absl::Seconds(1);
  tls_options.on_change = [&log](const absl::Status& status) {
    status.ok() ? log.Info("certificates_in_use", {})
                : log.Error("certificates_refused", {{"why", status}});
  };
  ASSIGN_OR_RETURN(auto tls, identity::TlsDirectory::Open(tls_options, clock));
  ASSIGN_OR_RETURN(auto hub, Hub::Open(HubOptionsOf(config, ids), clock, ids, executor, metrics));
  hub->Start();
  RETURN_IF_ERROR(ApplyFiles(config, *hub, log));
  edge::ServerOptions options;
  options.listen = config.listen();
  options.trust_domain = config.tls().trust_domain();
  options.connections_max = config.limits().connections_max();
  ASSIGN_OR_RETURN(auto server, edge::Server::Start(options, *hub, *tls, clock, metrics, log));
  ASSIGN_OR_RETURN(auto endpoint, StartMetrics(config, metrics, *hub));
  RETURN_IF_ERROR(
      WritePorts(config.ports_file(), server->port(), endpoint == nullptr ? 0 : endpoint->port()));
  log.Info("serving", {{"port", server->port()},
                       {"metrics_port", endpoint == nullptr ? 0 : endpoint->port()},
                       {"storage", hub->DescribeStorage()}});
  const int signal = WaitForEnd(*hub, *server, metrics, log, signals);
  log.Info("shutting_down", {{"signal", signal}});
  if (endpoint != nullptr) endpoint->Stop();
  server->Shutdown(SpanOf(config.limits().shutdown_grace()));
  hub->writer().Stop();
  executor.Stop();
  const absl::Status fate = hub->fate();
  hub.reset();
  log.Info("stopped", {});
  return fate;
}

int Run(int argc, char** argv) {
  CLI::App app{"switchboardd: the hub between a card issuer's core and its call centres."};
  std::string config_path;
  app.add_option("--config", config_path,
                 "YAML configuration; see protos/switchboard/v1/config.proto")
      ->required();
  app.footer(
      "Examples:\n"
      "  switchboardd --config /etc/switchboard/hub.yaml\n"
      "\nSIGTERM or SIGINT ends it gracefully. Exit codes: 0 ended as asked, 1 could not start, 2 "
      "wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  // Blocked before any thread starts, so that only WaitForEnd takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  SystemClock clock;
  auto log = telemetry::Log::ToStderr(clock, {});
  absl::Status status = telemetry::HardenProcess().status();
  if (status.ok()) {
    auto config = ReadConfig(config_path);
    status = config.ok() ? Serve(*config, signals, clock, *log) : config.status();
  }
  if (status.ok()) return 0;
  std::cerr << "switchboardd: " << status.message() << "\n";
  return 1;
}

}  // namespace
}  // namespace switchboard

int main(int argc, char** argv) { return switchboard::Run(argc, argv); }
