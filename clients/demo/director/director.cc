#include "clients/demo/director/director.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/core/core_client.h"
#include "clients/demo/parties/demo_day.h"
#include "clients/demo/parties/issuer_core.h"
#include "clients/demo/parties/monotonic.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"

namespace switchboard::demo {
namespace {

// In which the hub notices what time has changed, and the core has read of it; of the true time.
constexpr absl::Duration kLookedAtWithin = absl::Seconds(10);

constexpr int64_t kNoProgressNanos = 120'000'000'000;

absl::Status Stop(const std::string& name, ChildProcess& process) {
  if (process.Stop(60'000)) return absl::OkStatus();
  return process.Ended(name);
}

}  // namespace

Director::Director(DirectorOptions options, const Population& population, WorkFolder& folder,
                   Progress& progress, Clock& clock)
    : options_(std::move(options)),
      population_(population),
      folder_(folder),
      progress_(progress),
      clock_(clock) {}

absl::Status CheckEngine(const std::string& engine, int hubs) {
  const auto invalid = [](const std::string& text) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID", text);
  };
  if (engine != "sqlite" && engine != "postgres") {
    return invalid(
        absl::StrCat("--engine ", engine, ": the hub has two engines, sqlite and postgres"));
  }
  if (hubs < 1 || hubs > kHubsMax)
    return invalid(absl::StrCat("--hubs ", hubs, ": must be 1 to ", kHubsMax));
  if (hubs > 1 && engine == "sqlite") {
    return invalid(
        absl::StrCat("--hubs ", hubs,
                     ": a SQLite file takes one hub; several share a database with --engine "
                     "postgres"));
  }
  return absl::OkStatus();
}

absl::Status CheckFailOver(const std::string& failover, const std::string& engine) {
  if (failover == "by-hand") return absl::OkStatus();
  if (failover == "patroni" && engine == "postgres") {
    RETURN_IF_ERROR(servers::PatroniCluster::Available());
    return servers::PgBouncer::Available();
  }
  return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
               absl::StrCat("--failover ", failover,
                            ": the demo promotes the standby (by-hand), or, with --engine "
                            "postgres, Patroni does (patroni)"));
}

absl::Status CheckBalance(const std::string& balance) {
  if (balance == "client") return absl::OkStatus();
  if (balance == "proxy") return servers::HaProxy::Available();
  return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
               absl::StrCat("--balance ", balance,
                            ": clients get the addresses of all hubs (client), or that of an "
                            "HAProxy in front of them (proxy)"));
}

absl::StatusOr<Evidence> Director::Run(RunResult* result) {
  if (options_.engine == "postgres") {
    ASSIGN_OR_RETURN(database_, DatabaseServers::Start(folder_, options_.failover == "patroni"
                                                                    ? FailOver::kPatroni
                                                                    : FailOver::kByHand));
    progress_.Note(absl::StrCat(
        "a PostgreSQL primary and its synchronous standby are up",
        options_.failover == "patroni"
            ? ", each under Patroni with a PgBouncer before it; three members of etcd beside them"
            : ""));
  }
  const int64_t start_ns = MonotonicNanos();
  RETURN_IF_ERROR(StartHubs());
  RETURN_IF_ERROR(StartActors());
  RETURN_IF_ERROR(Work(result));
  result->seconds = static_cast<double>(MonotonicNanos() - start_ns) / 1e9;
  result->day_begin = day_.clock;
  result->day_end = HubClock(clock_, day_).Now();
  result->day_speed = day_.speed;
  RETURN_IF_ERROR(StopActors());
  // Until then the core was told how promises stand.
  const absl::Time told_until = HubClock(clock_, day_).Now();
  ASSIGN_OR_RETURN(Evidence evidence, Collect());
  for (const auto& [vendor_id, vendor] : evidence.vendors)
    if (vendor.contract.has_promises()) evidence.ledger.with_promise_terms.insert(vendor_id);
  evidence.ledger.end_us = absl::ToUnixMicros(told_until);
  // A moment in which the hub looks and the core reads is long by this clock.
  evidence.ledger.looked_at_within_us = absl::ToInt64Microseconds(kLookedAtWithin * day_.speed);
  // Nobody reads from an idle connection of blocking calls: a hub would wait for its farewell.
  head_office_.reset();
  reader_.reset();
  RETURN_IF_ERROR(hubs_->Stop());
  return evidence;
}

// All at once: on an empty database one makes the tables, and the others wait for it.
absl::Status Director::StartHubs() {
  const std::string url = database_ == nullptr ? "" : database_->url();
  day_ = DemoDayFrom(clock_.Now());
  auto hubs =
      HubProcesses::Make(folder_, options_.programs + "/switchboardd", options_.hubs, url, day_);
  RETURN_IF_ERROR(hubs.status());
  hubs_.emplace(*std::move(hubs));
  for (size_t hub = 0; hub < hubs_->size(); ++hub) RETURN_IF_ERROR(hubs_->Begin(hub));
  for (size_t hub = 0; hub < hubs_->size(); ++hub) RETURN_IF_ERROR(hubs_->AwaitListening(hub));
  addresses_ = hubs_->addresses();
  if (options_.balance == "proxy") RETURN_IF_ERROR(StartProxy());
  ASSIGN_OR_RETURN(reader_,
                   HubReader::Connect(addresses_, folder_.TlsOfOperator(kFirstOperator), clock_));
  head_office_.emplace(*reader_, [this](const std::string& account_id) {
    const int64_t index = population_.IndexOf(account_id);
    return index < 0 ? v1::Money() : population_.Record(index).account().amount_due();
  });
  return absl::OkStatus();
}

absl::CivilDay Director::Today() const { return DayInTokyo(HubClock(clock_, day_).Now()); }

absl::Status Director::StartProxy() {
  ASSIGN_OR_RETURN(
      proxy_, servers::HaProxy::Create({.hubs = hubs_->addresses(), .tells_from = kProxyAddress}));
  addresses_ = {proxy_->address()};
  progress_.Note(absl::StrCat("HAProxy in front of ",
                              hubs_->size() == 1 ? "the hub" : absl::StrCat(hubs_->size(), " hubs"),
                              " is up; nobody else knows their addresses"));
  return absl::OkStatus();
}

absl::Status Director::Start(Actor& actor) {
  actor.status.clear();
  ASSIGN_OR_RETURN(actor.process,
                   ChildProcess::Start(actor.command, folder_.Of(actor.name) + "/log"));
  return absl::OkStatus();
}

absl::Status Director::StartActors() {
  const std::string hub = absl::StrJoin(addresses_, ",");
  const std::string seed = absl::StrCat(options_.seed);
  const std::string data = options_.demo_folder + "/data";
  for (const DemoVendor& vendor : DemoVendors()) {
    std::vector<std::string> command = {options_.programs + "/demo_vendor",
                                        "--vendor",
                                        vendor.id,
                                        "--hub",
                                        hub,
                                        "--tls",
                                        folder_.TlsOf("vendor-" + vendor.id),
                                        "--folder",
                                        folder_.Of(vendor.id),
                                        "--calls",
                                        data + "/bank_calls.csv.gz",
                                        "--seed",
                                        seed,
                                        "--agents",
                                        absl::StrCat(vendor.agents),
                                        "--day",
                                        TextOfDay(day_)};
    if (vendor.records_calls) command.emplace_back("--records-calls");
    if (!vendor.hands_over_to.empty())
      command.insert(command.end(), {"--hands-over-to", vendor.hands_over_to});
    vendors_.push_back({vendor.id, std::move(command), std::nullopt, {}});
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
                   seed,
                   "--day",
                   TextOfDay(day_)};
  if (!options_.accounts_file.empty()) {
    core_.command.insert(core_.command.end(), {"--accounts-file", options_.accounts_file});
  }
  RETURN_IF_ERROR(Start(core_));
  progress_.Note(absl::StrCat(hubs_->size() == 1 ? "hub" : absl::StrCat(hubs_->size(), " hubs"),
                              ", core and four vendors are up, over mutual TLS on ", hub));
  return absl::OkStatus();
}

absl::Status Director::CheckAlive() {
  RETURN_IF_ERROR(hubs_->CheckAlive());
  if (proxy_ != nullptr && !proxy_->Running()) return proxy_->Ended();
  std::vector<std::pair<std::string, ChildProcess*>> all = {{"core", &*core_.process}};
  for (Actor& vendor : vendors_) all.emplace_back(vendor.name, &*vendor.process);
  for (const auto& [name, process] : all) {
    if (!process->Running()) return process->Ended(name);
  }
  return absl::OkStatus();
}

// Asks everybody how things stand.
absl::Status Director::Look() {
  RETURN_IF_ERROR(CheckAlive());
  if (const auto vendors = reader_->Vendors(); vendors.ok()) {
    for (const auto& vendor : vendors->vendors()) seen_[vendor.vendor_id()] = vendor;
    ++answers_;
  }
  const auto read = [this](Actor& actor) {
    ChildStatus status = ReadChildStatus(folder_.Of(actor.name) + "/status");
    if (Told(status, "pid") == actor.process->pid()) actor.status = std::move(status);
  };
  for (Actor& vendor : vendors_) read(vendor);
  read(core_);
  progress_.Update(Standing());
  return CheckMoving();
}

absl::Status Director::CheckMoving() {
  const int64_t now = MonotonicNanos();
  std::string standing = absl::StrCat(Standing(), " ", Told(core_.status, "kept"));
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
    waiting += Told(vendor.status, "waiting") + Told(vendor.status, "in_hand");
  }
  return absl::StrCat("placed ", WithCommas(placed), ", fed ", WithCommas(acknowledged),
                      ", permits ", WithCommas(permits), ", outcomes ", WithCommas(Outcomes()),
                      ", stops ", Told(core_.status, "events_posted"), "/",
                      Told(core_.status, "events_planned"), ", left ", WithCommas(waiting));
}

int64_t Director::Outcomes() const {
  int64_t outcomes = 0;
  for (const auto& [id, vendor] : seen_) outcomes += vendor.outcomes();
  return outcomes;
}

// What grows with every kind of work.
int64_t Director::Written() const {
  int64_t written = 0;
  for (const auto& [id, vendor] : seen_)
    written += vendor.outcomes() + vendor.permits_given() + vendor.permits_refused();
  return written;
}

bool Director::Drained() const {
  if (Told(core_.status, "imported") < 2 || Told(core_.status, "outcomes_kept") != Outcomes())
    return false;
  if (Told(core_.status, "events_posted") != Told(core_.status, "events_planned")) return false;
  if (Told(core_.status, "payments_due") > 0 || !head_office_->nothing_waits()) return false;
  return std::all_of(vendors_.begin(), vendors_.end(), [this](const Actor& actor) {
    const auto seen = seen_.find(actor.name);
    return seen != seen_.end() && Told(actor.status, "streaming") == 1 &&
           Told(actor.status, "caught_up") == 1 && Told(actor.status, "waiting") == 0 &&
           Told(actor.status, "in_hand") == 0 && Told(actor.status, "pending") == 0 &&
           Told(actor.status, "sequence") == seen->second.newest_sequence() &&
           seen->second.acknowledged_sequence() == seen->second.newest_sequence();
  });
}

absl::Status Director::Work(RunResult* result) {
  const std::vector<Act> acts = DrawActs();
  size_t done = 0;
  moved_ns_ = MonotonicNanos();
  for (int quiet = 0; quiet < 3;) {
    RETURN_IF_ERROR(Look());
    RETURN_IF_ERROR(head_office_->Look(Today()));
    const bool drained = Drained();
    quiet = drained ? quiet + 1 : 0;
    if (done < acts.size() && (Outcomes() >= acts[done].at_outcomes || drained)) {
      RETURN_IF_ERROR((this->*acts[done++].run)(result));
      quiet = 0;
    }
    RETURN_IF_ERROR(Pause(100));
  }
  progress_.Note(
      "nothing is left to do; reading the hub, the ledgers and every byte that vendors received");
  return absl::OkStatus();
}

// What vendors and the core keep is read from their files, which nobody else may have open then.
absl::Status Director::StopActors() {
  for (Actor& vendor : vendors_) RETURN_IF_ERROR(Stop(vendor.name, *vendor.process));
  return Stop("core", *core_.process);
}

absl::StatusOr<Evidence> Director::Collect() {
  ASSIGN_OR_RETURN(Evidence evidence, Gather(folder_, population_, *reader_, tightening_));
  RETURN_IF_ERROR(AskThrough(evidence.ledger.through_afterwards));
  evidence.outages = outages_;
  evidence.plans_decided = head_office_->decided();
  // The day goes on while all is read, and promises end in it.
  for (invariants::Feed& feed : evidence.ledger.feeds)
    feed.newest_before = seen_[feed.vendor_id].newest_sequence();
  return evidence;
}

// Asked as the core, which is the only one to be told.
absl::Status Director::AskThrough(std::map<std::string, int64_t>& through) {
  IdMint ids(clock_);
  clients::CoreClientOptions options;
  options.hub_addresses = addresses_;
  options.tls_directory = folder_.TlsOf("core-main");
  ASSIGN_OR_RETURN(const auto core, clients::CoreClient::Create(options, clock_, ids));
  for (const char* source : {kBookSource, kLateSource}) {
    ASSIGN_OR_RETURN(through[source], core->ImportedThrough(source));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::demo
