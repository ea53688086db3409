#include "hub/hub.h"

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_metrics.h"
#include "hub/base/error.h"
#include "hub/config.h"
#include "hub/storage/membership.h"
#include "hub/storage/schema.h"
#include "hub/upkeep/checkpoints.h"
#include "hub/upkeep/deletion_orders.h"
#include "hub/upkeep/due_assignments.h"
#include "hub/upkeep/feed_purge.h"
#include "hub/upkeep/held_work.h"
#include "hub/upkeep/left_out_events.h"
#include "hub/upkeep/legal_hold_ends.h"
#include "hub/upkeep/log_continuity.h"
#include "hub/upkeep/permit_reviews.h"
#include "hub/upkeep/promise_ends.h"
#include "hub/upkeep/retention_sweep.h"
#include "hub/upkeep/row_reviews.h"

namespace switchboard {
namespace {

// Of the threads for reports; a report more or less matters to nobody but who asked for it.
constexpr int kReportsAtOnce = 2;
constexpr size_t kReportsWaitingMax = 16;  // of one operator or vendor
constexpr absl::Duration kDiskLookInterval = absl::Seconds(1);
constexpr absl::Duration kPermitsLookInterval = absl::Seconds(1);

// Whether the time for something has come, which then comes again after `interval`. A clock that
// stepped back does not make it wait.
bool TakeTurn(absl::Time& next, absl::Duration interval, absl::Time now) {
  if (now < next && next - now <= interval) return false;
  next = now + interval;
  return true;
}

// The start's own entry, with what it wrote.
absl::Status SealStart(const std::string& hub_id, const storage::Sealer& sealer,
                       const storage::Database& database, storage::WriterConnection& connection,
                       Clock& clock) {
  const std::string lane = storage::LaneName(hub_id, 0);
  storage::Transaction transaction(connection, clock, lane);
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_STARTED, "hub");
  event.set_started("storage " + database.Describe());
  audit::Record(transaction, std::move(event));
  return audit::AuditLog(hub_id, sealer, database.lanes()).SealStart(transaction);
}

}  // namespace

HubOptions StorageOfHub(const v1::Config& config) {
  HubOptions options;
  options.storage.sqlite_path = config.storage().sqlite_path();
  options.storage.postgres_url = config.storage().postgres_url();
  options.storage.lanes = config.storage().lanes();
  options.storage.hub_id = config.hub_id();
  options.storage.sqlite_cache_mib = config.storage().sqlite_cache_mib();
  options.wrapping = WrappingOf(config.storage());
  options.backup_folder = config.storage().backup_folder();
  options.log_origin = config.audit().origin();
  options.checkpoint_interval =
      absl::Microseconds(google::protobuf::util::TimeUtil::DurationToMicroseconds(
          config.audit().checkpoint_interval()));
  for (const auto& place : config.audit().places())
    options.checkpoint_places.push_back({place.name(), place.folder()});
  options.rule_pack_elsewhere = config.rule_pack_elsewhere();
  options.promises = config.promises();
  options.japanese_dictionary = config.redaction().japanese_dictionary();
  options.rehearsal = RehearsalOf(config);
  return options;
}

absl::StatusOr<std::unique_ptr<Hub>> Hub::Open(const HubOptions& options, Clock& clock, IdMint& ids,
                                               Executor& executor, telemetry::Metrics& metrics) {
  std::shared_ptr<const redaction::Cleaner> cleaner = options.cleaner;
  if (cleaner == nullptr) {
    ASSIGN_OR_RETURN(cleaner, redaction::Cleaner::Load(options.japanese_dictionary));
  }
  auto disk = std::make_unique<storage::DiskRoom>(
      storage::DiskRoomOptions{options.storage.sqlite_path, options.disk_floor_bytes,
                               options.disk_reserve_bytes},
      options.disk_probe);
  disk->Look();  // on a full disk the database opens in the reserve
  ASSIGN_OR_RETURN(auto database, storage::OpenDatabase(options.storage));
  const int64_t now_us = absl::ToUnixMicros(clock.Now());
  std::unique_ptr<storage::Sealer> sealer;
  int64_t epoch = 0;
  {
    ASSIGN_OR_RETURN(auto connection, database->OpenWriter());
    const auto begin = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(auto wrappings,
                       storage::Wrappings::Open(options.wrapping, *connection, ids));
      ASSIGN_OR_RETURN(sealer, storage::Sealer::Open(std::move(wrappings), options.storage.hub_id,
                                                     *connection, ids, now_us));
      const audit::LogSigner log(*sealer, options.log_origin);
      if (!options.restores)
        RETURN_IF_ERROR(upkeep::CheckLogGoesOn(*connection, log, options.checkpoint_places));
      RETURN_IF_ERROR(storage::NoteRehearsal(*connection, options.rehearsal));
      ASSIGN_OR_RETURN(epoch, storage::TakeHubPlace(*connection, options.storage.hub_id, now_us));
      RETURN_IF_ERROR(sealer->NoteSealing(*connection, now_us));
      // A restore says first where the log ended.
      if (options.restores) return absl::OkStatus();
      return SealStart(options.storage.hub_id, *sealer, *database, *connection, clock);
    };
    RETURN_IF_ERROR(storage::Migrate(*connection, now_us, begin));
  }
  std::unique_ptr<Hub> hub(new Hub(options, clock, ids, executor, metrics, std::move(disk),
                                   std::move(database), std::move(sealer), std::move(cleaner),
                                   epoch));
  RETURN_IF_ERROR(hub->OpenWriter(options.writer));
  return hub;
}

Hub::Hub(const HubOptions& options, Clock& clock, IdMint& ids, Executor& executor,
         telemetry::Metrics& metrics, std::unique_ptr<storage::DiskRoom> disk,
         std::unique_ptr<storage::Database> database, std::unique_ptr<storage::Sealer> sealer,
         std::shared_ptr<const redaction::Cleaner> cleaner, int64_t epoch)
    : clock_(clock),
      true_clock_(options.true_clock == nullptr ? clock : *options.true_clock),
      executor_(executor),
      metrics_(metrics),
      options_(options),
      ids_(ids),
      disk_(std::move(disk)),
      database_(std::move(database)),
      epoch_(epoch),
      sealer_(std::move(sealer)),
      cleaner_(std::move(cleaner)),
      log_(*sealer_, options.log_origin),
      readers_(std::make_unique<storage::Readers>(*database_)),
      audit_log_(options.storage.hub_id, *sealer_, database_->lanes()),
      book_(*sealer_),
      contracts_(*sealer_, options.planted_masks),
      plans_(contracts_),
      placer_{contracts_, plans_},
      promises_(*sealer_, options.promises),
      quarantine_(*sealer_, ids, *disk_, options.quarantine),
      unmaskings_(book_, contracts_, *sealer_, ids),
      feed_(book_, contracts_, promises_, *sealer_, ids, quarantine_),
      releases_({{contracts_, plans_, rule_packs_, code_maps_, scripts_}, feed_, ids}),
      permits_(book_, contracts_, rule_packs_, options.rule_pack_elsewhere, *sealer_, ids),
      core_feed_(*sealer_),
      outcomes_({book_, contracts_, code_maps_, permits_, promises_, *sealer_, ids, quarantine_,
                 *cleaner_},
                options.outcomes),
      intake_(book_, placer_, ingest::StopEnds(rule_packs_, options.rule_pack_elsewhere), *sealer_,
              ids, quarantine_, clock, options.retention.AccountsKeep()),
      core_events_(book_, rule_packs_, options.rule_pack_elsewhere, permits_, promises_, *sealer_,
                   ids, quarantine_),
      hand_overs_(book_, placer_, *sealer_, ids, *cleaner_),
      eraser_(options.retention, rule_packs_, *sealer_),
      connections_(options.connections, ids.Next()),
      reports_(options.reports == nullptr ? executor : *options.reports, kReportsAtOnce,
               kReportsWaitingMax) {}

absl::Status Hub::OpenWriter(storage::WriterOptions options) {
  options.hub_id = id();
  ASSIGN_OR_RETURN(writer_, storage::Writer::Open(*database_, clock_, options, HooksOfWriter()));
  own_key_ = std::make_unique<upkeep::OwnKey>(*sealer_, *readers_, *writer_, executor_);
  upkeep_ = std::make_unique<upkeep::Upkeep>(*readers_, *writer_, executor_, id());
  AddDuties();
  MakeApis();
  other_hubs_ = std::make_unique<upkeep::OtherHubs>(
      *database_, *readers_, executor_, [this](const Topic& topic) { Announce(topic); });
  return absl::OkStatus();
}

void Hub::AddDuties() {
  upkeep_->Add(std::make_unique<upkeep::DueAssignments>(book_, placer_, *sealer_, ids_));
  upkeep_->Add(std::make_unique<upkeep::HeldWork>(
      upkeep::HeldWork::Parts{book_, feed_, placer_, *sealer_, ids_}));
  upkeep_->Add(std::make_unique<upkeep::RowReviews>(book_, contracts_, *sealer_, ids_));
  upkeep_->Add(std::make_unique<upkeep::PermitReviews>(contracts_, rule_packs_, permits_));
  upkeep_->Add(std::make_unique<upkeep::PromiseEnds>(
      upkeep::PromiseEnds::Parts{promises_, book_, contracts_, hand_overs_, *sealer_, ids_},
      options_.promises));
  upkeep_->Add(std::make_unique<upkeep::FeedPurge>(feed_));
  upkeep_->Add(
      std::make_unique<upkeep::DeletionOrders>(contracts_, ids_, options_.deletions_gather_most));
  upkeep_->Add(std::make_unique<upkeep::LeftOutEvents>());
  upkeep_->Add(std::make_unique<upkeep::LegalHoldEnds>());
  upkeep_->Add(std::make_unique<upkeep::RetentionSweep>(eraser_));
  upkeep_->Add(std::make_unique<upkeep::KeyRotation>(*sealer_, true_clock_, options_.rotation));
  upkeep_->Add(std::make_unique<upkeep::Checkpoints>(log_, *sealer_, options_.checkpoint_interval));
}

void Hub::MakeApis() {
  core_feed_poll_ =
      std::make_unique<api::CoreFeedPoll>(*writer_, *readers_, executor_, true_clock_, core_feed_);
  core_api_ = std::make_unique<api::CoreApi>(api::CoreApi::Parts{
      *writer_, executor_, clock_, intake_, core_events_, *core_feed_poll_, *disk_});
  sync::SyncStream::Parts stream{feed_,  *writer_,    *readers_, executor_,
                                 clock_, true_clock_, {},        {}};
  stream.withheld = [this](const std::string& vendor_id, v1::DataClass data_class) {
    metrics_.wire_withheld.Add(1, vendor_id, v1::DataClass_Name(data_class));
  };
  stream.observe = [this](const std::string& vendor_id, int changes) {
    metrics_.feed_pages_sent.Add(1, vendor_id);
    metrics_.feed_changes_sent.Add(changes, vendor_id);
  };
  permit_streams_ = std::make_unique<api::PermitStreams>(contracts_, *readers_, executor_,
                                                         options_.sessions.lifetime);
  vendor_api_ = std::make_unique<api::VendorApi>(
      api::VendorApi::Parts{std::move(stream), options_.sessions, streams_, *permit_streams_,
                            contracts_, outcomes_, quarantine_, permits_, hand_overs_, unmaskings_,
                            *sealer_, ids_, reports_, options_.check_signature});
  backups_ =
      std::make_unique<upkeep::Backups>(*database_, *writer_, clock_, options_.backup_folder, id());
  checkpoint_places_ = std::make_unique<upkeep::CheckpointPlaces>(
      upkeep::CheckpointPlaces::Parts{log_, *readers_, *writer_, clock_, true_clock_},
      options_.checkpoint_places);
  operator_api_ = std::make_unique<api::OperatorApi>(api::OperatorApi::Parts{
      *writer_,     *readers_,    reports_,  clock_,    book_,     contracts_, plans_,
      rule_packs_,  code_maps_,   releases_, permits_,  promises_, placer_,    feed_,
      intake_,      core_events_, outcomes_, streams_,  *sealer_,  ids_,       *backups_,
      connections_, *disk_,       log_,      *cleaner_, id()});
  privacy_api_ = std::make_unique<api::PrivacyApi>(
      api::PrivacyApi::Parts{*writer_, *readers_, reports_, clock_, book_, contracts_, promises_,
                             feed_, unmaskings_, eraser_, *sealer_, ids_, id()});
}

Hub::~Hub() {
  if (writer_ == nullptr) return;
  BeginShutdown();
  writer_->Stop();
  other_hubs_.reset();
}

void Hub::Start() {
  writer_->Start();
  checkpoint_places_->Start();
}

void Hub::BeginShutdown() {
  streams_.Shutdown();
  core_feed_poll_->StopWaiting();
  backups_->Stop();
  checkpoint_places_->Stop();
}

storage::Writer::Hooks Hub::HooksOfWriter() {
  storage::Writer::Hooks hooks;
  hooks.before_commit = [this](storage::Transaction& transaction,
                               int lane) -> absl::StatusOr<std::string> {
    const auto key_floor = storage::CheckHubPlace(transaction.connection(), id(), epoch_);
    if (ErrorReason(key_floor.status()) == "HUB_ID_TAKEN") place_lost_ = true;
    RETURN_IF_ERROR(key_floor.status());
    RETURN_IF_ERROR(sealer_->CheckSealed(transaction, *key_floor));
    return audit_log_.Seal(transaction, lane);
  };
  hooks.settled = [this](int lane, bool committed) { audit_log_.Settled(lane, committed); };
  hooks.owes = [this](int lane) { return audit_log_.Owes(lane); };
  hooks.before_retry = [this](storage::WriterConnection& connection, int lane) {
    RenewKey(connection, lane);
  };
  hooks.find_commit = [this](storage::Connection& connection, int lane, const std::string& hash) {
    return audit_log_.EndsWith(connection, lane, hash);
  };
  hooks.after_commit = [this](const std::vector<std::string>& topics,
                              const std::vector<std::string>& records) {
    for (const std::string& text : topics) {
      if (const auto topic = Topic::Parse(text); topic.has_value()) Announce(*topic);
    }
    if (other_hubs_ != nullptr) other_hubs_->Post(topics);
    audit::CountAuditEvents(records, metrics_);
  };
  hooks.make_room = [this] { return disk_->GiveUpReserve(); };
  hooks.observe = [this](size_t units, absl::Duration took) {
    metrics_.commit_groups.Add(1);
    metrics_.commit_units.Add(static_cast<int64_t>(units));
    metrics_.commit_seconds.Observe(took);
  };
  return hooks;
}

// A rotation did not wait for this hub: what it seals is stored again once it has a new key. Where
// that fails, the group fails, and the next one tries.
void Hub::RenewKey(storage::WriterConnection& connection, int lane) {
  MutexLock lock(renewing_);
  if (!sealer_->must_renew()) return;
  std::shared_ptr<storage::BoxKey> key;
  const std::string name = storage::LaneName(id(), lane);
  const absl::Status renewed = storage::RunAlone(connection, [&]() -> absl::Status {
    storage::Transaction transaction(connection, clock_, name);
    RETURN_IF_ERROR(storage::CheckHubPlace(connection, id(), epoch_).status());
    ASSIGN_OR_RETURN(key, sealer_->Renew(connection, transaction.now_us()));
    return audit_log_.Seal(transaction, lane).status();
  });
  audit_log_.Settled(lane, renewed.ok());
  if (renewed.ok()) sealer_->SealBy(std::move(key));
}

absl::Status Hub::fate() const {
  if (!place_lost_) return absl::OkStatus();
  return storage::HubPlaceTaken();
}

void Hub::Announce(const Topic& topic) {
  switch (topic.kind) {
    case Topic::Kind::kFeed:
      return streams_.FeedAdvanced(topic.vendor_id);
    case Topic::Kind::kWithdrawals:
      return streams_.WithdrawalsCame(topic.vendor_id);
    case Topic::Kind::kSession:
      return streams_.Opened(topic.vendor_id, topic.session);
    case Topic::Kind::kCoreFeed:
      return core_feed_poll_->Announced();
    case Topic::Kind::kPermitVoid:
      return permit_streams_->PermitVoid(topic.vendor_id, topic.permit_id);
    case Topic::Kind::kContract:
      streams_.ContractChanged(topic.vendor_id);
      return permit_streams_->ContractChanged(topic.vendor_id, clock_.Now());
    case Topic::Kind::kKeys:
      return own_key_->Announced();
  }
}

void Hub::Tick() {
  const absl::Time now = true_clock_.Now();
  if (TakeTurn(next_disk_look_, kDiskLookInterval, now)) disk_->Look();
  if (TakeTurn(next_streams_tick_, options_.sessions.heartbeat_interval / 10, now)) TickStreams();
  if (TakeTurn(next_permits_look_, kPermitsLookInterval, now))
    permit_streams_->Tick(clock_.Now(), now);
  core_feed_poll_->Tick(now);
  other_hubs_->Tick(now);
  own_key_->Tick(now);
  upkeep_->Tick(clock_.Now(), now);
  metrics_.write_queue_length.Set(static_cast<int64_t>(writer_->queue_length()));
}

void Hub::TickStreams() {
  streams_.Tick();
  for (const auto& [vendor_id, count] : streams_.Counts())
    metrics_.streams_open.Set(count, vendor_id);
}

}  // namespace switchboard
