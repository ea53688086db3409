#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "hub/api/core_api.h"
#include "hub/api/core_feed_poll.h"
#include "hub/api/operator_api.h"
#include "hub/api/privacy_api.h"
#include "hub/api/vendor_api.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/log_signer.h"
#include "hub/audit/quarantine.h"
#include "hub/base/clock.h"
#include "hub/base/executor.h"
#include "hub/base/hub_clock.h"
#include "hub/base/ids.h"
#include "hub/base/mutex.h"
#include "hub/book/book.h"
#include "hub/contracts/code_maps.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/routing_plans.h"
#include "hub/contracts/rule_packs.h"
#include "hub/contracts/scripts.h"
#include "hub/core_feed/core_feed.h"
#include "hub/deletions/opening.h"
#include "hub/feed/vendor_feed.h"
#include "hub/guard/connection_book.h"
#include "hub/ingest/account_intake.h"
#include "hub/ingest/core_events.h"
#include "hub/ingest/hand_over.h"
#include "hub/outcomes/outcomes.h"
#include "hub/permits/permits.h"
#include "hub/redaction/clean_text.h"
#include "hub/releases/releases.h"
#include "hub/retention/eraser.h"
#include "hub/storage/disk_room.h"
#include "hub/storage/open_database.h"
#include "hub/storage/readers.h"
#include "hub/storage/sealer.h"
#include "hub/storage/wrappings.h"
#include "hub/storage/writer.h"
#include "hub/sync/streams.h"
#include "hub/telemetry/metrics.h"
#include "hub/unmasking/unmaskings.h"
#include "hub/upkeep/backups.h"
#include "hub/upkeep/checkpoint_places.h"
#include "hub/upkeep/key_rotation.h"
#include "hub/upkeep/other_hubs.h"
#include "hub/upkeep/own_key.h"
#include "hub/upkeep/upkeep.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

struct HubOptions {
  // Its hub_id also names this hub's audit chains, and is its own among the hubs of a database.
  storage::StorageOptions storage;
  storage::WrappingOptions wrapping;
  // Where the hub copies its database to when an operator asks. Empty: nowhere.
  std::string backup_folder;
  storage::WriterOptions writer;
  sync::SessionLimits sessions;
  retention::Policy retention;  // nothing is ever erased by default
  guard::ConnectionShares connections;
  // Where operators' reports run, so that no page of a vendor's waits behind them; outlives the
  // hub, or until Stop. Null: on the executor.
  Executor* reports = nullptr;
  audit::QuarantineQuota quarantine;
  // Of a SQLite database. Nothing is low and nothing reserved by default.
  int64_t disk_floor_bytes = 0;
  int64_t disk_reserve_bytes = 0;
  storage::DiskRoom::Probe disk_probe = storage::DiskRoom::FreeBytes;
  outcomes::OutcomeQuota outcomes;
  // As Config.Audit has it.
  std::string log_origin = "switchboard";
  absl::Duration checkpoint_interval = absl::Minutes(1);
  std::vector<upkeep::CheckpointPlace> checkpoint_places;
  // Opened by a restore: the log ends where the backup did, whatever places know.
  bool restores = false;
  // Of vendors' confirmations of orders to delete. Null: none of them stands.
  api::SignatureCheck check_signature;
  absl::Duration deletions_gather_most = deletions::kGatherMost;
  // As Config has it.
  std::string rule_pack_elsewhere;
  v1::Config::PromisePolicy promises{};
  std::string japanese_dictionary;
  // What cleans typed words, where hubs of one process share it. Null: the hub loads its own, by
  // japanese_dictionary.
  std::shared_ptr<const redaction::Cleaner> cleaner;
  // In a rehearsal, the true time: streams, polls and looks at other hubs go by it; outlives the
  // hub. Null: the hub's clock says the true time.
  Clock* true_clock = nullptr;
  std::optional<Rehearsal> rehearsal;  // as the database keeps it
  upkeep::KeyRotationOptions rotation;
  // A mistake in what masks rows, so that it is seen what the guard on the wire makes of it; never
  // in the daemon.
  contracts::Contracts::Plant planted_masks;
};

// What the configuration says of where this hub keeps everything.
HubOptions StorageOfHub(const v1::Config& config);

// Everything behind the gRPC edge, put together in the order of the flow. Opened on one database;
// the simulation opens it with a manual executor and runs groups itself, the daemon starts the
// threads.
class Hub {
 public:
  // Opens the database, makes its tables, reads the keys, and writes the start into the audit log,
  // all in one transaction; a restore seals what it wrote itself. `clock`, `ids`, `executor` and
  // `metrics` outlive the hub. Errors as of Cleaner::Load, OpenDatabase, Migrate, Sealer::Open and
  // CheckLogGoesOn, which leaves a database that is not the right one as it is.
  static absl::StatusOr<std::unique_ptr<Hub>> Open(const HubOptions& options, Clock& clock,
                                                   IdMint& ids, Executor& executor,
                                                   telemetry::Metrics& metrics);
  // Ends all streams and waits, finishes queued writes. The executor must run tasks until this
  // returns or have dropped them.
  ~Hub();

  // Starts the threads of the writer and of checkpoint_places(). Without it RunGroup() on writer()
  // does the work, and checkpoints stay in the database.
  void Start();
  // Ends streams and long polls, so that calls drain. Writes go on until the destructor.
  void BeginShutdown();

  // Heartbeats, ends of waits, and what comes due by time. Call about ten times a second.
  void Tick();

  // OK, or why this hub can write no more and must end: another one took its place.
  absl::Status fate() const;
  // See OtherHubs.
  bool database_reachable() const { return other_hubs_->database_reachable(); }
  const storage::DiskRoom& disk() const { return *disk_; }
  const upkeep::CheckpointPlaces& checkpoint_places() const { return *checkpoint_places_; }
  const audit::LogSigner& log() const { return log_; }
  audit::AuditLog& audit_log() { return audit_log_; }

  api::CoreApi& core_api() { return *core_api_; }
  api::VendorApi& vendor_api() { return *vendor_api_; }
  api::OperatorApi& operator_api() { return *operator_api_; }
  api::PrivacyApi& privacy_api() { return *privacy_api_; }
  // Who is connected, as far as the edge says.
  guard::ConnectionBook& connections() { return connections_; }
  storage::Writer& writer() { return *writer_; }
  storage::Readers& readers() { return *readers_; }
  sync::Streams& streams() { return streams_; }
  contracts::Contracts& contracts() { return contracts_; }
  contracts::RoutingPlans& routing_plans() { return plans_; }
  contracts::RulePacks& rule_packs() { return rule_packs_; }
  contracts::CodeMaps& code_maps() { return code_maps_; }
  contracts::Scripts& scripts() { return scripts_; }
  const releases::Releases& releases() const { return releases_; }
  const feed::VendorFeed& feed() const { return feed_; }
  const ingest::HandOvers& hand_overs() const { return hand_overs_; }
  const retention::Eraser& eraser() const { return eraser_; }
  const std::string& id() const { return options_.storage.hub_id; }
  std::string DescribeStorage() const { return database_->Describe(); }

 private:
  Hub(const HubOptions& options, Clock& clock, IdMint& ids, Executor& executor,
      telemetry::Metrics& metrics, std::unique_ptr<storage::DiskRoom> disk,
      std::unique_ptr<storage::Database> database, std::unique_ptr<storage::Sealer> sealer,
      std::shared_ptr<const redaction::Cleaner> cleaner, int64_t epoch);

  absl::Status OpenWriter(storage::WriterOptions options);
  void MakeApis();
  void AddDuties();
  storage::Writer::Hooks HooksOfWriter();
  void Announce(const Topic& topic);
  void TickStreams();
  void RenewKey(storage::WriterConnection& connection, int lane);

  Clock& clock_;
  Clock& true_clock_;
  Executor& executor_;
  telemetry::Metrics& metrics_;
  const HubOptions options_;
  IdMint& ids_;
  const std::unique_ptr<storage::DiskRoom> disk_;
  absl::Time next_permits_look_ = absl::InfinitePast();  // of the ticking thread …
  absl::Time next_disk_look_ = absl::InfinitePast();     // … likewise
  absl::Time next_streams_tick_ = absl::InfinitePast();  // … likewise
  const std::unique_ptr<storage::Database> database_;
  const int64_t epoch_;  // of this hub's place
  const std::unique_ptr<storage::Sealer> sealer_;
  const std::shared_ptr<const redaction::Cleaner> cleaner_;
  const audit::LogSigner log_;
  const std::unique_ptr<storage::Readers> readers_;
  audit::AuditLog audit_log_;
  const book::Book book_;
  contracts::Contracts contracts_;
  contracts::RoutingPlans plans_;
  contracts::RulePacks rule_packs_;
  contracts::CodeMaps code_maps_;
  contracts::Scripts scripts_;
  const ingest::Placer::Parts placer_;
  const promises::Promises promises_;
  const audit::Quarantine quarantine_;
  const unmasking::Unmaskings unmaskings_;
  const feed::VendorFeed feed_;
  const releases::Releases releases_;
  const permits::Permits permits_;
  const core_feed::CoreFeed core_feed_;
  const outcomes::Outcomes outcomes_;
  const ingest::AccountIntake intake_;
  const ingest::CoreEvents core_events_;
  const ingest::HandOvers hand_overs_;
  const retention::Eraser eraser_;
  sync::Streams streams_;
  guard::ConnectionBook connections_;
  PartyExecutor reports_;
  std::atomic<bool> place_lost_{false};
  Mutex renewing_;                           // a lane at a time
  std::unique_ptr<upkeep::OwnKey> own_key_;  // before the writer, which calls it until it stops …
  std::unique_ptr<upkeep::Upkeep> upkeep_;   // … likewise
  std::unique_ptr<storage::Writer> writer_;
  std::unique_ptr<upkeep::Backups> backups_;
  std::unique_ptr<upkeep::CheckpointPlaces> checkpoint_places_;
  std::unique_ptr<api::CoreFeedPoll> core_feed_poll_;
  std::unique_ptr<api::CoreApi> core_api_;
  std::unique_ptr<api::PermitStreams> permit_streams_;
  std::unique_ptr<api::VendorApi> vendor_api_;
  std::unique_ptr<api::OperatorApi> operator_api_;
  std::unique_ptr<api::PrivacyApi> privacy_api_;
  // Last: it calls the others until it is gone.
  std::unique_ptr<upkeep::OtherHubs> other_hubs_;
};

}  // namespace switchboard
