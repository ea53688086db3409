#include "hub/hub.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "hub/audit/audit_metrics.h"
#include "hub/base/error.h"
#include "hub/reports/listings.h"
#include "hub/storage/membership.h"
#include "hub/storage/schema.h"

namespace switchboard {
namespace {

constexpr absl::Duration kDueWorkInterval = absl::Seconds(1);
// How late another hub's news may be when its word does not arrive.
constexpr absl::Duration kLookInterval = absl::Milliseconds(250);
// How long a duty stays with a hub that says nothing more.
constexpr absl::Duration kLeaseTerm = absl::Seconds(10);
constexpr int kDueWorkPage = 500;
constexpr int kPurgePage = 1'000;
constexpr char kDueWork[] = "due work";
constexpr char kRetention[] = "retention";

}  // namespace

HubOptions StorageOfHub(const v1::Config& config) {
  HubOptions options;
  options.storage.sqlite_path = config.storage().sqlite_path();
  options.storage.postgres_url = config.storage().postgres_url();
  options.storage.lanes = config.storage().lanes();
  options.storage.hub_id = config.hub_id();
  options.key_file = config.storage().key_file();
  options.backup_folder = config.storage().backup_folder();
  return options;
}

absl::StatusOr<std::unique_ptr<Hub>> Hub::Open(const HubOptions& options, Clock& clock, IdMint& ids,
                                               Executor& executor, telemetry::Metrics& metrics) {
  ASSIGN_OR_RETURN(auto database, storage::OpenDatabase(options.storage));
  const int64_t now_us = absl::ToUnixMicros(clock.Now());
  std::unique_ptr<storage::Sealer> sealer;
  int64_t epoch = 0;
  {
    ASSIGN_OR_RETURN(auto connection, database->OpenWriter());
    RETURN_IF_ERROR(storage::Migrate(*connection, now_us));
    RETURN_IF_ERROR(storage::RunAlone(*connection, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(sealer, storage::Sealer::Open(options.key_file, *connection, ids, now_us));
      ASSIGN_OR_RETURN(epoch, storage::TakeHubPlace(*connection, options.storage.hub_id, now_us));
      return absl::OkStatus();
    }));
  }
  std::unique_ptr<Hub> hub(new Hub(options, clock, ids, executor, metrics, std::move(database),
                                   std::move(sealer), epoch));
  RETURN_IF_ERROR(hub->OpenWriter(options.writer));
  return hub;
}

Hub::Hub(const HubOptions& options, Clock& clock, IdMint& ids, Executor& executor,
         telemetry::Metrics& metrics, std::unique_ptr<storage::Database> database,
         std::unique_ptr<storage::Sealer> sealer, int64_t epoch)
    : clock_(clock),
      executor_(executor),
      metrics_(metrics),
      options_(options),
      ids_(ids),
      database_(std::move(database)),
      epoch_(epoch),
      sealer_(std::move(sealer)),
      readers_(std::make_unique<storage::Readers>(*database_)),
      audit_log_(options.storage.hub_id),
      book_(*sealer_),
      contracts_(*sealer_, ids),
      plans_(contracts_),
      feed_(book_, contracts_, ids),
      permits_(book_, contracts_, ids),
      core_events_(book_, *sealer_, ids),
      outcomes_(*sealer_, ids),
      intake_(book_, contracts_, plans_, *sealer_, ids),
      due_work_(book_, contracts_, plans_, *sealer_, ids),
      eraser_(options.retention) {}

absl::Status Hub::OpenWriter(const storage::WriterOptions& options) {
  ASSIGN_OR_RETURN(writer_, storage::Writer::Open(*database_, clock_, options, HooksOfWriter()));
  core_api_ = std::make_unique<api::CoreApi>(*writer_, *readers_, executor_, clock_, intake_,
                                                  core_events_, outcomes_);
  sync::SyncStream::Parts parts{feed_, *writer_, *readers_, executor_, clock_, {}, {}};
  parts.observe = [this](const std::string& vendor_id, int changes) {
    metrics_.feed_pages_sent.Add(1, vendor_id);
    metrics_.feed_changes_sent.Add(changes, vendor_id);
  };
  vendor_api_ =
      std::make_unique<api::VendorApi>(std::move(parts), options_.sessions, streams_, contracts_,
                                         outcomes_, permits_, *sealer_, ids_);
  backups_ = std::make_unique<upkeep::Backups>(*database_, *writer_, clock_,
                                                  options_.backup_folder, options_.storage.hub_id);
  operator_api_ = std::make_unique<api::OperatorApi>(api::OperatorApi::Parts{
      *writer_, *readers_, executor_, clock_, book_, contracts_, plans_, feed_, due_work_, streams_,
      *sealer_, ids_, *backups_});
  bulletin_ = database_->OpenBulletin([this](const std::string& topic) { Announce({topic}); });
  return absl::OkStatus();
}

Hub::~Hub() {
  if (writer_ == nullptr) return;
  BeginShutdown();
  writer_->Stop();
  bulletin_.reset();
}

void Hub::Start() {
  writer_->Start();
  auto unit = [detail = "storage=" + DescribeStorage()](storage::Transaction& transaction) {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_STARTED, "hub");
    event.set_detail(detail);
    audit::Record(transaction, std::move(event));
    return absl::OkStatus();
  };
  // If it cannot be written, nothing else can either, and the first call says so.
  writer_->Submit(storage::Urgency::kUrgent, unit, [](const absl::Status&) {});
}

void Hub::BeginShutdown() {
  streams_.Shutdown();
  core_api_->StopWaiting();
  backups_->Stop();
}

storage::Writer::Hooks Hub::HooksOfWriter() {
  storage::Writer::Hooks hooks;
  hooks.before_commit = [this](storage::Transaction& transaction,
                               int lane) -> absl::StatusOr<std::string> {
    const absl::Status place =
        storage::CheckHubPlace(transaction.connection(), options_.storage.hub_id, epoch_);
    if (ErrorReason(place) == "HUB_ID_TAKEN") place_lost_ = true;
    RETURN_IF_ERROR(place);
    return audit_log_.Seal(transaction, lane);
  };
  hooks.find_commit = [this](storage::Connection& connection, int lane, const std::string& hash) {
    return audit_log_.EndsWith(connection, lane, hash);
  };
  hooks.after_commit = [this](const std::vector<std::string>& topics,
                              const std::vector<std::string>& records) {
    Announce(topics);
    if (bulletin_ != nullptr && !topics.empty()) bulletin_->Post(topics);
    CountAuditEvents(records, metrics_);
  };
  hooks.observe = [this](size_t units, absl::Duration took) {
    metrics_.commit_groups.Add(1);
    metrics_.commit_units.Add(static_cast<int64_t>(units));
    metrics_.commit_seconds.Observe(took);
  };
  return hooks;
}

absl::Status Hub::fate() const {
  if (!place_lost_) return absl::OkStatus();
  return storage::HubPlaceTaken();
}

void Hub::Announce(const std::vector<std::string>& topics) {
  for (const std::string& topic : topics) {
    absl::string_view rest = topic;
    int64_t session = 0;
    if (absl::ConsumePrefix(&rest, "feed/")) {
      streams_.FeedAdvanced(std::string(rest));
    } else if (absl::ConsumePrefix(&rest, "session/")) {
      const size_t slash = rest.rfind('/');
      if (slash == rest.npos || !absl::SimpleAtoi(rest.substr(slash + 1), &session)) continue;
      streams_.Opened(std::string(rest.substr(0, slash)), session);
    } else if (topic == "outcomes") {
      core_api_->OutcomesAnnounced();
    }
  }
}

void Hub::Tick() {
  streams_.Tick();
  core_api_->Tick(clock_.Now());
  metrics_.write_queue_length.Set(static_cast<int64_t>(writer_->queue_length()));
  for (const auto& [vendor_id, count] : streams_.Counts()) {
    metrics_.streams_open.Set(count, vendor_id);
  }
  const absl::Time now = clock_.Now();
  // A time further away than its interval was set before the clock stepped back.
  const bool look = now >= next_look_ || next_look_ - now > kLookInterval;
  if (bulletin_ != nullptr && look && !looking_.exchange(true)) {
    next_look_ = now + kLookInterval;
    executor_.Post([this] { LookForNews(); });
  }
  if (now < next_due_work_ && next_due_work_ - now <= kDueWorkInterval) return;
  next_due_work_ = now + kDueWorkInterval;
  executor_.Post([this] {
    RunDueWork();
    PurgeFeeds();
    RunRetention();
  });
}

void Hub::LookForNews() {
  std::vector<std::string> topics;
  const absl::Status looked = readers_->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(topics, news_.Look(reader));
    return absl::OkStatus();
  });
  // While the database is away there is no news.
  failed_looks_ = absl::IsUnavailable(looked) ? failed_looks_ + 1 : 0;
  if (looked.ok()) Announce(topics);
  looking_ = false;
}

// Found by a reader first, so that an idle hub writes nothing.
void Hub::RunDueWork() {
  bool any = false;
  absl::Status found = readers_->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(any, due_work_.Any(reader, clock_.Now()));
    if (!any) return absl::OkStatus();
    ASSIGN_OR_RETURN(any,
                     storage::LeaseIsFree(reader, kDueWork, options_.storage.hub_id, clock_.Now()));
    return absl::OkStatus();
  });
  if (!found.ok() || !any) return;
  auto unit = [this](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool ours, storage::TakeLease(transaction, kDueWork,
                                                         options_.storage.hub_id, kLeaseTerm));
    if (!ours) return absl::OkStatus();
    return due_work_.Run(transaction, kDueWorkPage).status();
  };
  // A failed run changes nothing and is tried again a second later.
  writer_->Submit(storage::Urgency::kBulk, unit, [](const absl::Status&) {});
}

void Hub::PurgeFeeds() {
  v1::ListVendorsResponse vendors;
  absl::Status listed = readers_->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(vendors, reports::ListVendors(reader));
    return absl::OkStatus();
  });
  if (!listed.ok()) return;
  for (const auto& vendor : vendors.vendors()) {
    bool any = false;
    absl::Status found = readers_->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(any, feed_.AnyToPurge(reader, vendor.vendor_id()));
      return absl::OkStatus();
    });
    if (!found.ok() || !any) continue;
    writer_->Submit(
        storage::Urgency::kBulk,
        [this, vendor_id = vendor.vendor_id()](storage::Transaction& transaction) {
          return feed_.Purge(transaction, vendor_id, kPurgePage).status();
        },
        [](const absl::Status&) {});
  }
}

// A page at a time, each after the one before: a sweep that finds much to erase stays in the
// background, however much it is.
void Hub::RunRetention() {
  if (!eraser_.policy().erases_anything() || erasing_.exchange(true)) return;
  const absl::Time now = clock_.Now();
  const absl::Duration pause = eraser_.policy().SweepInterval();
  const bool over = sweep_.stage == retention::Stage::kEnd;
  if (over && now < next_sweep_ && next_sweep_ - now <= pause) {
    erasing_ = false;
    return;
  }
  if (over) sweep_ = {};
  retention::Due due;
  const absl::Status found = readers_->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const bool free,
                     storage::LeaseIsFree(reader, kRetention, options_.storage.hub_id, now));
    if (!free) return absl::OkStatus();
    ASSIGN_OR_RETURN(due, eraser_.Look(reader, now, sweep_));
    return absl::OkStatus();
  });
  if (sweep_.stage == retention::Stage::kEnd) next_sweep_ = now + pause;
  if (!found.ok() || due.stage == retention::Stage::kEnd) {
    erasing_ = false;
    return;
  }
  auto unit = [this, due = std::move(due)](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool ours, storage::TakeLease(transaction, kRetention,
                                                         options_.storage.hub_id, kLeaseTerm));
    if (!ours) return absl::OkStatus();
    return eraser_.Erase(transaction, due).status();
  };
  // What a failed run leaves is found again by the next sweep.
  writer_->Submit(storage::Urgency::kBulk, unit, [this](const absl::Status&) { erasing_ = false; });
}

}  // namespace switchboard
