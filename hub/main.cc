// switchboardd: one hub.

#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/hub_clock.h"
#include "hub/base/mutex.h"
#include "hub/base/secret.h"
#include "hub/configured_texts.h"
#include "hub/connection_limits.h"
#include "hub/edge/library_lines.h"
#include "hub/edge/server.h"
#include "hub/edge/signature_check.h"
#include "hub/hub.h"
#include "hub/startup.h"
#include "hub/storage/database.h"
#include "hub/telemetry/http_endpoint.h"
#include "hub/telemetry/log.h"
#include "hub/telemetry/process.h"
#include "hub/telemetry/supervisor.h"
#include "hub/watch.h"

namespace switchboard {
namespace {

constexpr absl::Duration kTickInterval = absl::Milliseconds(100);
constexpr int kReportThreads = 2;
// Beyond the grace of calls: streams, the last commits, the database.
constexpr absl::Duration kCloseMax = absl::Seconds(30);
constexpr absl::Duration kAwaitInterval = absl::Milliseconds(500);

absl::Duration SpanOf(const google::protobuf::Duration& duration) {
  return absl::Microseconds(google::protobuf::util::TimeUtil::DurationToMicroseconds(duration));
}

HubOptions HubOptionsOf(const v1::Config& config, int64_t descriptors_max, IdMint& ids,
                        Executor& reports) {
  HubOptions options = StorageOfHub(config);
  options.writer.queue_max = config.limits().write_queue_max();
  options.retention = retention::Policy(config.retention());
  options.connections = SharesOf(config, descriptors_max);
  options.reports = &reports;
  options.quarantine.rows_max = config.limits().quarantine_items_per_party();
  options.quarantine.bytes_max = int64_t{config.limits().quarantine_mib_per_party()} << 20;
  options.disk_floor_bytes = int64_t{config.limits().disk_floor_mib()} << 20;
  options.disk_reserve_bytes = int64_t{config.limits().disk_reserve_mib()} << 20;
  options.outcomes.of_assignment_day_max = config.limits().outcomes_per_assignment_day();
  options.outcomes.late_words_day_max = config.limits().late_words_per_vendor_day();
  options.sessions.heartbeat_interval = SpanOf(config.limits().heartbeat_interval());
  // Jittered at every start, so that several hubs do not send their vendors away at the same
  // moment.
  const double share = 0.75 + 0.25 * static_cast<double>(ids.Random() % 1000) / 1000;
  options.sessions.lifetime = SpanOf(config.limits().stream_lifetime()) * share;
  return options;
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
  // Ready all the same: who is sent away cannot stop anything.
  handlers.concern = [&hub] { return hub.disk().low() ? "the disk is low" : ""; };
  handlers.refused = [&metrics] { metrics.connections_refused.Add(1, "metrics_endpoint"); };
  return telemetry::HttpEndpoint::Start(config.metrics_listen(), std::move(handlers), {});
}

// Certificates that change are told and counted.
identity::TlsDirectoryOptions TlsOptionsOf(const v1::Config& config, telemetry::Metrics& metrics,
                                           telemetry::Log& log) {
  identity::TlsDirectoryOptions options;
  options.directory = config.tls().directory();
  options.poll_interval = absl::Seconds(1);
  options.on_change = [&metrics, &log](const absl::Status& status) {
    metrics.certificates_stale.Set(status.ok() ? 0 : 1);
    if (status.ok()) {
      log.Info("certificates_in_use", {});
    } else {
      metrics.certificates_refused.Add(1);
      log.Error("certificates_refused", {{"why", status}});
    }
  };
  return options;
}

// Takes the signals on a thread of its own, from before the database is opened to the very end:
// however long the hub waits for a database or for its standby, whoever asks for the end twice is
// not kept waiting.
class Signals {
 public:
  // `heard` are blocked in every thread.
  Signals(const sigset_t& heard, telemetry::Log& log)
      : log_(log), thread_([this, heard] { Take(heard); }) {}
  ~Signals() {
    over_ = true;
    thread_.join();
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // From now on the first request for the end is what Next returns. Before, it ends the process at
  // once: nothing is under way that would have to be finished.
  void BeginServing() {
    MutexLock lock(mutex_);
    serving_ = true;
  }

  // SIGHUP, or the signal that asks for the end, waited for at most so long; 0 when none came.
  int Next(absl::Duration timeout) {
    MutexLock lock(mutex_);
    changed_.WaitFor(mutex_, timeout,
                     [this]() SWITCHBOARD_REQUIRES(mutex_) { return hang_up_ || end_ != 0; });
    return std::exchange(hang_up_, false) ? SIGHUP : end_;
  }

 private:
  void Take(const sigset_t& heard) {
    const timespec interval{0, absl::ToInt64Nanoseconds(kTickInterval)};
    while (!over_) {
      const int signal = sigtimedwait(&heard, nullptr, &interval);
      if (signal > 0) On(signal);
    }
  }

  void On(int signal) {
    MutexLock lock(mutex_);
    if (signal == SIGHUP) {
      hang_up_ = true;
    } else if (serving_ && end_ == 0) {
      end_ = signal;
    } else {
      // Whoever does not read the log keeps nobody waiting.
      pollfd log{STDERR_FILENO, POLLOUT, 0};
      if (poll(&log, 1, 0) == 1) log_.Error("ended_at_once", {{"signal", signal}});
      _exit(1);
    }
    changed_.NotifyAll();
  }

  telemetry::Log& log_;
  Mutex mutex_;
  CondVar changed_;
  bool serving_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  bool hang_up_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  int end_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;  // the first signal that asked for it
  std::atomic<bool> over_{false};
  std::thread thread_;
};

// Does a step of a start until the database answers: one that fails over meanwhile is waited for,
// as it is later; each step may be done twice. One that was never there is a mistake in the
// configuration, and ends the start.
absl::Status UntilDatabaseAnswers(Signals& signals, telemetry::Log& log,
                                  absl::FunctionRef<absl::Status()> step) {
  for (bool was_there = false;; was_there = true) {
    const absl::Status status = step();
    const bool never_there = !was_there && !ErrorMetadata(status, "field").empty();
    if (!storage::SaysDatabaseAway(status) || never_there) return status;
    log.Warning("database_awaited", {});
    signals.Next(kAwaitInterval);
  }
}

// Ticks the hub until a signal asks for the end; 0 when the hub cannot go on. A hang-up asks for
// new certificates, which are looked for anyhow.
int WaitForEnd(Hub& hub, const edge::Server& server, identity::TlsDirectory& tls, Watch& watch,
               telemetry::Supervisor& supervisor, telemetry::Metrics& metrics, telemetry::Log& log,
               Signals& signals) {
  while (true) {
    const int signal = signals.Next(kTickInterval);
    if (signal == SIGHUP) log.Info("certificates_looked_for", {{"found", tls.Refresh()}});
    if (signal > 0 && signal != SIGHUP) return signal;
    hub.Tick();
    supervisor.Turned();
    if (!hub.fate().ok()) return 0;
    watch.Tick();
    metrics.request_memory_bytes.Set(static_cast<double>(server.request_memory()));
    metrics.keys_unlocked_bytes.Set(static_cast<double>(UnlockedSecretBytes()));
    metrics.connections_accepted.Set(static_cast<double>(server.connections_accepted()));
  }
}

edge::ServerOptions ServerOptionsOf(const v1::Config& config, int64_t descriptors_max,
                                    telemetry::Log& log) {
  edge::ServerOptions options;
  const guard::ConnectionShares shares = SharesOf(config, descriptors_max);
  if (shares.connections_max < config.limits().connections_max()) {
    log.Warning("connections_max_cut", {{"configured", config.limits().connections_max()},
                                        {"used", shares.connections_max},
                                        {"descriptors_max", descriptors_max}});
  }
  options.guard.accept = {config.listen(), AcceptMax(descriptors_max)};
  options.guard.door = DoorOf(config, shares);
  options.request_memory_max = int64_t{config.limits().request_memory_mib()} << 20;
  options.guard.trust_domain = config.tls().trust_domain();
  // A stream ends by itself before its connection does.
  options.old_connection_grace = std::max(
      options.old_connection_grace, SpanOf(config.limits().stream_lifetime()) + absl::Minutes(1));
  return options;
}

// Also what keys are worked with lies in memory for a while: ciphers' own copies of them, and the
// personal data that is under way.
void TellOfUnlockedKeys(telemetry::Log& log) {
  const auto tell = [&](const char* why) {
    log.Warning("keys_not_locked",
                {{"why", Error(absl::StatusCode::kFailedPrecondition, "KEYS_NOT_LOCKED", why)}});
  };
  if (!SecretsAreLocked()) {
    tell(
        "the system locks no memory for keys; raise the limit of locked memory to 16 MiB "
        "(LimitMEMLOCK, ulimit -l)");
  } else if (telemetry::MayBeSwapped()) {
    tell(
        "keys are locked, but what is made of them may be written to the swap; forbid that to the "
        "hub (MemorySwapMax=0), or turn the swap off");
  }
}

absl::Status Serve(const Startup& startup, int64_t descriptors_max, const sigset_t& heard,
                   SystemClock& true_clock, telemetry::Log& log) {
  const v1::Config& config = startup.config;
  HubClock clock(true_clock, RehearsalOf(config));
  IdMint ids(clock);
  SteadyClock steady_clock;
  telemetry::Supervisor supervisor(steady_clock);
  telemetry::Metrics metrics;
  ThreadPool executor(config.limits().reader_threads());
  ThreadPool reports(kReportThreads);
  ASSIGN_OR_RETURN(auto tls,
                   identity::TlsDirectory::Open(TlsOptionsOf(config, metrics, log), true_clock));
  Signals signals(heard, log);
  std::unique_ptr<Hub> hub;
  RETURN_IF_ERROR(UntilDatabaseAnswers(signals, log, [&]() -> absl::Status {
    auto options = HubOptionsOf(config, descriptors_max, ids, reports);
    options.true_clock = &true_clock;
    options.check_signature = edge::SignatureCheckOf(*tls, true_clock, config.tls().trust_domain());
    ASSIGN_OR_RETURN(hub, Hub::Open(options, clock, ids, executor, metrics));
    return absl::OkStatus();
  }));
  // Before the hub writes anything.
  RETURN_IF_ERROR(UntilDatabaseAnswers(signals, log,
                                       [&] { return CheckConfiguredTexts(startup, *hub, clock); }));
  hub->Start();
  RETURN_IF_ERROR(UntilDatabaseAnswers(
      signals, log, [&] { return TakeConfiguredTexts(startup, *hub, clock, metrics, log); }));
  const auto options = ServerOptionsOf(config, descriptors_max, log);
  signals.BeginServing();
  ASSIGN_OR_RETURN(auto server, edge::Server::Start(options, *hub, *tls, true_clock, metrics, log));
  Watch watch({config, *hub, *tls, reports, clock, true_clock, metrics, log,
               [&server](bool reachable) { server->SetServing(reachable); }});
  watch.LookAtOnce();
  ASSIGN_OR_RETURN(auto endpoint, StartMetrics(config, metrics, *hub));
  TellOfUnlockedKeys(log);
  if (config.has_rehearsal())
    log.Warning("rehearsal", {{"clock_us", absl::ToUnixMicros(clock.Now())},
                              {"speed", config.rehearsal().speed()}});
  if (telemetry::HttpEndpoint::IsEveryAddress(config.metrics_listen()))
    log.Warning("metrics_for_everybody", {{"metrics_listen", config.metrics_listen()}});
  RETURN_IF_ERROR(
      WritePorts(config.ports_file(), server->port(), endpoint == nullptr ? 0 : endpoint->port()));
  log.Info("serving", {{"port", server->port()},
                       {"metrics_port", endpoint == nullptr ? 0 : endpoint->port()},
                       {"storage", hub->DescribeStorage()}});
  supervisor.Serving();
  const int signal = WaitForEnd(*hub, *server, *tls, watch, supervisor, metrics, log, signals);
  supervisor.Ending(SpanOf(config.limits().shutdown_grace()) + kCloseMax);
  log.Info("shutting_down", {{"signal", signal}});
  if (endpoint != nullptr) endpoint->Stop();
  server->Shutdown(SpanOf(config.limits().shutdown_grace()));
  hub->writer().Stop();
  executor.Stop();
  reports.Stop();
  const absl::Status fate = hub->fate();
  hub.reset();
  log.Info("stopped", {});
  return fate;
}

void Tell(const absl::Status& problem) {
  std::cerr << "switchboardd: " << problem.message() << "\n";
}

// Tells what is wrong with the configuration; true if nothing is.
bool TellProblems(const Judgement& judgement) {
  for (const absl::Status& problem : judgement.problems) Tell(problem);
  if (judgement.untold > 0)
    std::cerr << "switchboardd: and " << judgement.untold << " more problems\n";
  return judgement.problems.empty();
}

int Check(const std::string& config_path, Clock& clock) {
  const Judgement judgement = JudgeStartup(config_path, JudgedFor::kCheck, clock);
  if (!TellProblems(judgement)) return 1;
  for (const absl::Status& question : judgement.open_questions) {
    std::cerr << "switchboardd: unless an operator has applied another contract, which only the "
                 "database knows: "
              << question.message() << "\n";
  }
  for (const absl::Status& warning : judgement.warnings)
    std::cerr << "switchboardd: a hub starts all the same: " << warning.message() << "\n";
  std::cout << config_path << ": good\n";
  return 0;
}

int Start(const std::string& config_path, const sigset_t& signals) {
  SystemClock clock;
  auto log = telemetry::Log::ToStderr(clock, {});
  // Debian's abseil is built to look for deadlocks among gRPC's locks: each then takes one more,
  // which is the same for all threads.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const edge::LibraryLines library_lines(*log);
  const auto descriptors_max = telemetry::HardenProcess();
  absl::Status status = descriptors_max.status();
  if (status.ok()) {
    const Judgement judgement = JudgeStartup(config_path, JudgedFor::kStart, clock);
    if (!TellProblems(judgement)) return 1;
    status = Serve(judgement.startup, *descriptors_max, signals, clock, *log);
  }
  if (status.ok()) return 0;
  Tell(status);
  return 1;
}

int Run(int argc, char** argv) {
  CLI::App app{"switchboardd: the hub between a card issuer's core and its call centres."};
  std::string config_path;
  bool check = false;
  app.add_option("--config", config_path,
                 "YAML configuration; see protos/switchboard/v1/config.proto")
      ->required();
  app.add_flag("--check", check,
               "Only say what is wrong with the configuration and the files it names: file, line, "
               "column, field. Opens no database and no port; may run beside the hub");
  app.set_version_flag("--version", "switchboardd " SWITCHBOARD_VERSION);
  app.footer(
      "Examples:\n"
      "  switchboardd --config /etc/switchboard/hub.yaml --check\n"
      "  switchboardd --config /etc/switchboard/hub.yaml\n"
      "\nSIGTERM or SIGINT ends it gracefully, a second one at once; while it does not serve yet, "
      "the first one too. SIGHUP looks for new certificates. Exit codes: 0 ended as asked, or "
      "--check found nothing; 1 could not start, was ended at once, or --check found something; 2 "
      "wrong usage.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (check) {
    SystemClock clock;
    return Check(config_path, clock);
  }
  // Blocked before any thread starts, so that only Signals takes them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return Start(config_path, signals);
}

}  // namespace
}  // namespace switchboard

int main(int argc, char** argv) { return switchboard::Run(argc, argv); }
