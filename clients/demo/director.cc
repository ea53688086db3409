#include "clients/demo/director.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/core_client.h"
#include "clients/demo/draws.h"
#include "clients/demo/issuer_core.h"
#include "clients/demo/ledger.h"
#include "clients/demo/monotonic.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"

namespace switchboard::demo {
namespace {

constexpr uint64_t kDirectorStream = 8;
constexpr int64_t kNoProgressNanos = 120'000'000'000;
constexpr int64_t kStartNanos = 60'000'000'000;

int64_t Get(const ChildStatus& status, const char* name) {
  const auto found = status.find(name);
  return found == status.end() ? 0 : found->second;
}

absl::Status Stop(const std::string& name, ChildProcess& process) {
  if (process.Stop(10'000)) return absl::OkStatus();
  return Error(absl::StatusCode::kInternal, "PROCESS_ENDED",
               absl::StrCat(name, " did not end well on SIGTERM: ", process.exit_text()));
}

// The number behind "grpc=" in the hub's ports file; 0 while there is none.
int PortIn(const std::string& path) {
  const auto text = ReadWholeFile(path);
  if (!text.ok()) return 0;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    int port = 0;
    if (line.substr(0, 5) == "grpc=" && absl::SimpleAtoi(line.substr(5), &port)) return port;
  }
  return 0;
}

}  // namespace

Director::Director(DirectorOptions options, const Population& population, WorkFolder& folder,
                   Progress& progress, Clock& clock)
    : options_(std::move(options)),
      population_(population),
      folder_(folder),
      progress_(progress),
      clock_(clock) {}

absl::StatusOr<Evidence> Director::Run(RunResult* result) {
  const int64_t start_ns = MonotonicNanos();
  RETURN_IF_ERROR(StartHub());
  RETURN_IF_ERROR(StartActors());
  RETURN_IF_ERROR(Work(result));
  result->seconds = static_cast<double>(MonotonicNanos() - start_ns) / 1e9;
  RETURN_IF_ERROR(StopActors());
  ASSIGN_OR_RETURN(Evidence evidence, Collect());
  RETURN_IF_ERROR(Stop("hub", *hub_process_));
  return evidence;
}

absl::Status Director::Pause(int milliseconds) {
  if (!WaitForStop(milliseconds)) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "INTERRUPTED", "interrupted");
}

absl::Status Director::StartHub() {
  std::error_code error;
  std::filesystem::remove(folder_.ports_file(), error);
  ASSIGN_OR_RETURN(hub_process_, ChildProcess::Start({options_.programs + "/switchboardd",
                                                      "--config", folder_.hub_config()},
                                                     folder_.Of("hub") + "/log"));
  const int64_t deadline = MonotonicNanos() + kStartNanos;
  int port = 0;
  while ((port = PortIn(folder_.ports_file())) == 0) {
    if (!hub_process_->Running()) {
      return Error(absl::StatusCode::kInternal, "PROCESS_ENDED",
                   absl::StrCat("the hub ended while it started: ", hub_process_->exit_text(),
                                "; see ", folder_.Of("hub"), "/log"));
    }
    if (MonotonicNanos() > deadline)
      return Error(absl::StatusCode::kDeadlineExceeded, "NO_PROGRESS", "the hub does not listen");
    RETURN_IF_ERROR(Pause(10));
  }
  if (hub_port_ == 0) {
    // The peers keep the address they were started with, so a hub started again must have the same
    // port.
    hub_port_ = port;
    RETURN_IF_ERROR(folder_.WriteHubConfig(port));
    ASSIGN_OR_RETURN(hub_, HubReader::Connect(absl::StrCat("127.0.0.1:", port),
                                              folder_.TlsOf("operator-director"), clock_));
  }
  return absl::OkStatus();
}

absl::Status Director::Start(Actor& actor) {
  actor.status.clear();
  ASSIGN_OR_RETURN(actor.process,
                   ChildProcess::Start(actor.command, folder_.Of(actor.name) + "/log"));
  return absl::OkStatus();
}

absl::Status Director::StartActors() {
  const std::string hub = absl::StrCat("127.0.0.1:", hub_port_);
  const std::string seed = absl::StrCat(options_.seed);
  const std::string data = options_.demo_folder + "/data";
  for (const DemoVendor& vendor : DemoVendors()) {
    vendors_.push_back(
        {vendor.id,
         {options_.programs + "/demo_vendor", "--hub", hub, "--tls",
          folder_.TlsOf("vendor-" + vendor.id), "--folder", folder_.Of(vendor.id), "--calls",
          data + "/bank_calls.csv.gz", "--seed", seed, "--agents", absl::StrCat(vendor.agents)},
         std::nullopt,
         {}});
    RETURN_IF_ERROR(Start(vendors_.back()));
  }
  core_.name = "core";
  core_.command = {options_.programs + "/demo_core",
                   "--hub",
                   hub,
                   "--tls",
                   folder_.TlsOf("core-main"),
                   "--folder",
                   folder_.Of("core"),
                   "--data",
                   data,
                   "--accounts",
                   absl::StrCat(population_.size()),
                   "--seed",
                   seed};
  if (!options_.accounts_file.empty()) {
    core_.command.insert(core_.command.end(), {"--accounts-file", options_.accounts_file});
  }
  RETURN_IF_ERROR(Start(core_));
  progress_.Note(
      absl::StrCat("hub, core and four vendors are up, over mutual TLS on 127.0.0.1:", hub_port_));
  return absl::OkStatus();
}

absl::Status Director::CheckAlive() {
  std::vector<std::pair<std::string, ChildProcess*>> all = {{"hub", &*hub_process_},
                                                            {"core", &*core_.process}};
  for (Actor& vendor : vendors_) all.emplace_back(vendor.name, &*vendor.process);
  for (const auto& [name, process] : all) {
    if (process->Running()) continue;
    return Error(
        absl::StatusCode::kInternal, "PROCESS_ENDED",
        absl::StrCat(name, " ended: ", process->exit_text(), "; see ", folder_.Of(name), "/log"));
  }
  return absl::OkStatus();
}

// Asks everybody how things stand.
absl::Status Director::Look() {
  RETURN_IF_ERROR(CheckAlive());
  if (const auto vendors = hub_->Vendors(); vendors.ok()) {
    for (const auto& vendor : vendors->vendors()) seen_[vendor.vendor_id()] = vendor;
  }
  const auto read = [this](Actor& actor) {
    ChildStatus status = ReadChildStatus(folder_.Of(actor.name) + "/status");
    if (Get(status, "pid") == actor.process->pid()) actor.status = std::move(status);
  };
  for (Actor& vendor : vendors_) read(vendor);
  read(core_);
  progress_.Update(Standing());
  return CheckMoving();
}

absl::Status Director::CheckMoving() {
  const int64_t now = MonotonicNanos();
  std::string standing = absl::StrCat(Standing(), " ", Get(core_.status, "kept"));
  if (standing != standing_) {
    standing_ = std::move(standing);
    moved_ns_ = now;
  }
  if (now - moved_ns_ < kNoProgressNanos) return absl::OkStatus();
  return Error(absl::StatusCode::kDeadlineExceeded, "NO_PROGRESS",
               absl::StrCat("nothing moved for two minutes: ", standing_));
}

std::string Director::Standing() const {
  int64_t placed = 0, acknowledged = 0, permits = 0, waiting = 0;
  for (const auto& [id, vendor] : seen_) {
    placed += vendor.placed();
    acknowledged += vendor.acknowledged_sequence();
    permits += vendor.permits_given();
  }
  for (const Actor& vendor : vendors_) {
    waiting += Get(vendor.status, "waiting") + Get(vendor.status, "in_hand");
  }
  return absl::StrCat("placed ", WithCommas(placed), ", fed ", WithCommas(acknowledged),
                      ", permits ", WithCommas(permits), ", outcomes ", WithCommas(Outcomes()),
                      ", stops ", Get(core_.status, "events_posted"), "/",
                      Get(core_.status, "events_planned"), ", left ", WithCommas(waiting));
}

int64_t Director::Outcomes() const {
  int64_t outcomes = 0;
  for (const auto& [id, vendor] : seen_) outcomes += vendor.outcomes();
  return outcomes;
}

bool Director::Drained() const {
  if (Get(core_.status, "imported") == 0 || Get(core_.status, "kept") != Outcomes()) return false;
  if (Get(core_.status, "events_posted") != Get(core_.status, "events_planned")) return false;
  return std::all_of(vendors_.begin(), vendors_.end(), [this](const Actor& actor) {
    const auto seen = seen_.find(actor.name);
    return seen != seen_.end() && seen->second.connected() && Get(actor.status, "caught_up") == 1 &&
           Get(actor.status, "waiting") == 0 && Get(actor.status, "in_hand") == 0 &&
           Get(actor.status, "pending") == 0 &&
           Get(actor.status, "sequence") == seen->second.newest_sequence() &&
           seen->second.acknowledged_sequence() == seen->second.newest_sequence();
  });
}

absl::Status Director::Work(RunResult* result) {
  Draws draws(options_.seed, kDirectorStream, 0);
  // By outcomes, of which there are nearly two for each account.
  const int64_t vendor_at = population_.size() * draws.Between(20, 50) / 100;
  const int64_t hub_at = population_.size() * draws.Between(70, 120) / 100;
  moved_ns_ = MonotonicNanos();
  int quiet = 0;
  while (quiet < 3) {
    RETURN_IF_ERROR(Look());
    const bool drained = Drained();
    if (result->vendor_kills == 0 && (Outcomes() >= vendor_at || drained)) {
      RETURN_IF_ERROR(KillVendor(result));
    } else if (result->vendor_kills > 0 && result->hub_kills == 0 &&
               (Outcomes() >= hub_at || drained)) {
      RETURN_IF_ERROR(KillHub(result));
    } else {
      quiet = drained ? quiet + 1 : 0;
    }
    RETURN_IF_ERROR(Pause(100));
  }
  progress_.Note(
      "nothing is left to do; reading the hub, the ledgers and every byte that vendors received");
  return absl::OkStatus();
}

// One with work in hand, so that something is lost if anything can be; else any.
Director::Actor* Director::PickVictim() {
  Draws draws(options_.seed, kDirectorStream, 1);
  const auto first = static_cast<size_t>(draws.Below(static_cast<int64_t>(vendors_.size())));
  for (size_t i = 0; i < vendors_.size(); ++i) {
    Actor& vendor = vendors_[(first + i) % vendors_.size()];
    if (Get(vendor.status, "in_hand") > 0) return &vendor;
  }
  return &vendors_[first];
}

absl::Status Director::KillVendor(RunResult* result) {
  Actor& victim = *PickVictim();
  Outage outage{victim.name, MonotonicNanos(), 0};
  progress_.Note(absl::StrCat("kill -9 ", victim.name, " (pid ", victim.process->pid(),
                              ") in the middle of its work"));
  victim.process->Kill();
  ++result->vendor_kills;
  result->killed_vendor = victim.name;
  RETURN_IF_ERROR(Pause(300));
  RETURN_IF_ERROR(Start(victim));
  RETURN_IF_ERROR(WaitUntilServing(&victim));
  outage.to_ns = MonotonicNanos();
  progress_.Note(absl::StrCat(victim.name, " is back and has caught up"));
  outages_.push_back(std::move(outage));
  return absl::OkStatus();
}

absl::Status Director::KillHub(RunResult* result) {
  Outage outage{"hub", MonotonicNanos(), 0};
  progress_.Note(
      absl::StrCat("kill -9 the hub (pid ", hub_process_->pid(), ") in the middle of everything"));
  hub_process_->Kill();
  ++result->hub_kills;
  seen_.clear();
  RETURN_IF_ERROR(Pause(300));
  RETURN_IF_ERROR(StartHub());
  RETURN_IF_ERROR(WaitUntilServing(nullptr));
  outage.to_ns = MonotonicNanos();
  progress_.Note("the hub is back and every vendor streams again");
  outages_.push_back(std::move(outage));
  return absl::OkStatus();
}

// Until that vendor, or all of them, stream again and have caught up once.
absl::Status Director::WaitUntilServing(const Actor* vendor) {
  for (;;) {
    RETURN_IF_ERROR(Look());
    const bool serving = std::all_of(vendors_.begin(), vendors_.end(), [&](const Actor& actor) {
      if (vendor != nullptr && vendor != &actor) return true;
      const auto seen = seen_.find(actor.name);
      return seen != seen_.end() && seen->second.connected() && Get(actor.status, "caught_up") == 1;
    });
    if (serving) return absl::OkStatus();
    RETURN_IF_ERROR(Pause(20));
  }
}

// What vendors and the core keep is read from their files, which nobody else may have open then.
absl::Status Director::StopActors() {
  for (Actor& vendor : vendors_) RETURN_IF_ERROR(Stop(vendor.name, *vendor.process));
  return Stop("core", *core_.process);
}

absl::StatusOr<Evidence> Director::Collect() {
  ASSIGN_OR_RETURN(Evidence evidence, Gather(folder_, population_, *hub_));
  ASSIGN_OR_RETURN(evidence.ledger.through_afterwards[kBookSource], ImportedThrough());
  evidence.outages = outages_;
  return evidence;
}

// Asked as the core, which is the only one to be told.
absl::StatusOr<int64_t> Director::ImportedThrough() {
  IdMint ids(clock_);
  clients::CoreClientOptions options;
  options.hub_addresses = {absl::StrCat("127.0.0.1:", hub_port_)};
  options.tls_directory = folder_.TlsOf("core-main");
  ASSIGN_OR_RETURN(const auto core, clients::CoreClient::Create(options, clock_, ids));
  return core->ImportedThrough(kBookSource);
}

}  // namespace switchboard::demo
