#include "hub/hub.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "hub/audit_metrics.h"
#include "hub/base/error.h"
#include "hub/operator/listings.h"
#include "hub/storage/schema.h"

namespace switchboard {
namespace {

constexpr absl::Duration kDueWorkInterval = absl::Seconds(1);
constexpr int kDueWorkPage = 500;
constexpr int kPurgePage = 1'000;

}  // namespace

absl::StatusOr<std::unique_ptr<Hub>> Hub::Open(const HubOptions& options, Clock& clock, IdMint& ids,
                                               Executor& executor, telemetry::Metrics& metrics) {
  ASSIGN_OR_RETURN(auto database, storage::SqliteDatabase::Open(options.sqlite_path));
  ASSIGN_OR_RETURN(auto connection, database->OpenWriter());
  const int64_t now_us = absl::ToUnixMicros(clock.Now());
  RETURN_IF_ERROR(storage::Migrate(*connection, now_us));
  ASSIGN_OR_RETURN(auto sealer, storage::Sealer::Open(options.key_file, *connection, ids, now_us));
  return std::unique_ptr<Hub>(new Hub(options, clock, ids, executor, metrics, std::move(database),
                                      std::move(connection), std::move(sealer)));
}

Hub::Hub(const HubOptions& options, Clock& clock, IdMint& ids, Executor& executor,
         telemetry::Metrics& metrics, std::unique_ptr<storage::SqliteDatabase> database,
         std::unique_ptr<storage::WriterConnection> connection,
         std::unique_ptr<storage::Sealer> sealer)
    : clock_(clock),
      executor_(executor),
      metrics_(metrics),
      database_(std::move(database)),
      sealer_(std::move(sealer)),
      readers_(std::make_unique<storage::Readers>(*database_)),
      audit_log_(options.chain_id),
      book_(*sealer_),
      contracts_(*sealer_, ids),
      plans_(contracts_),
      feed_(book_, contracts_, ids),
      permits_(book_, contracts_, ids),
      core_events_(book_, *sealer_, ids),
      outcomes_(*sealer_, ids),
      intake_(book_, contracts_, plans_, *sealer_, ids),
      due_work_(book_, contracts_, plans_, *sealer_, ids) {
  writer_ = std::make_unique<storage::Writer>(std::move(connection), clock, options.writer,
                                              HooksOfWriter());
  core_desk_ = std::make_unique<ingest::CoreDesk>(*writer_, *readers_, executor, clock, intake_,
                                                  core_events_, outcomes_);
  sync::SyncStream::Parts parts{feed_, *writer_, *readers_, executor, clock, {}, {}, {}};
  parts.observe = [this](const std::string& vendor_id, int changes) {
    metrics_.feed_pages_sent.Add(1, vendor_id);
    metrics_.feed_changes_sent.Add(changes, vendor_id);
  };
  vendor_desk_ = std::make_unique<sync::VendorDesk>(std::move(parts), options.sessions, streams_,
                                                    contracts_, outcomes_, permits_, *sealer_, ids);
  operator_desk_ = std::make_unique<operators::OperatorDesk>(
      operators::OperatorDesk::Parts{*writer_, *readers_, executor, clock, book_, contracts_,
                                     plans_, feed_, due_work_, streams_, *sealer_, ids});
}

Hub::~Hub() {
  BeginShutdown();
  writer_->Stop();
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
  core_desk_->StopWaiting();
}

storage::Writer::Hooks Hub::HooksOfWriter() {
  storage::Writer::Hooks hooks;
  hooks.before_commit = [this](storage::Transaction& transaction) {
    return audit_log_.Seal(transaction);
  };
  hooks.after_commit = [this](const std::vector<std::string>& topics,
                              const std::vector<std::string>& records) {
    Announce(topics);
    CountAuditEvents(records, metrics_);
  };
  hooks.observe = [this](size_t units, absl::Duration took) {
    metrics_.commit_groups.Add(1);
    metrics_.commit_units.Add(static_cast<int64_t>(units));
    metrics_.commit_seconds.Observe(took);
  };
  return hooks;
}

void Hub::Announce(const std::vector<std::string>& topics) {
  for (const std::string& topic : topics) {
    absl::string_view vendor_id = topic;
    if (absl::ConsumePrefix(&vendor_id, "feed/")) {
      streams_.FeedAdvanced(std::string(vendor_id));
    } else if (topic == "outcomes") {
      core_desk_->OutcomesAnnounced();
    }
  }
}

void Hub::Tick() {
  streams_.Tick();
  core_desk_->Tick(clock_.Now());
  metrics_.write_queue_length.Set(static_cast<int64_t>(writer_->queue_length()));
  for (const auto& [vendor_id, count] : streams_.Counts()) {
    metrics_.streams_open.Set(count, vendor_id);
  }
  const absl::Time now = clock_.Now();
  // A time further away than that was set before the clock stepped back.
  if (now < next_due_work_ && next_due_work_ - now <= kDueWorkInterval) return;
  next_due_work_ = now + kDueWorkInterval;
  executor_.Post([this] {
    RunDueWork();
    PurgeFeeds();
  });
}

// Found by a reader first, so that an idle hub writes nothing.
void Hub::RunDueWork() {
  bool any = false;
  absl::Status found = readers_->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(any, due_work_.Any(reader, clock_.Now()));
    return absl::OkStatus();
  });
  if (!found.ok() || !any) return;
  auto unit = [this](storage::Transaction& transaction) {
    return due_work_.Run(transaction, kDueWorkPage).status();
  };
  // A failed run changes nothing and is tried again a second later.
  writer_->Submit(storage::Urgency::kBulk, unit, [](const absl::Status&) {});
}

void Hub::PurgeFeeds() {
  v1::ListVendorsResponse vendors;
  absl::Status listed = readers_->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(vendors, operators::ListVendors(reader));
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

}  // namespace switchboard
