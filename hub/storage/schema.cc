#include "hub/storage/schema.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

// Written with PostgreSQL's type names, as WriterConnection::Define wants them. Times are
// microseconds UTC.
const std::vector<std::vector<const char*>>& Migrations() {
  static const std::vector<std::vector<const char*>> kMigrations = {
      {
          // storage
          R"(CREATE TABLE data_key (key_number BIGINT NOT NULL PRIMARY KEY, purpose TEXT NOT NULL,
         wrapped BYTEA NOT NULL, create_time BIGINT NOT NULL))",
          R"(CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL))",

          // audit
          R"(CREATE TABLE audit_entry (chain_id TEXT NOT NULL, sequence BIGINT NOT NULL, commit_time BIGINT NOT NULL,
         events_root BYTEA NOT NULL, hash BYTEA NOT NULL, events BYTEA NOT NULL, PRIMARY KEY (chain_id, sequence)))",

          // contracts and routing plans
          R"(CREATE TABLE contract (vendor_id TEXT NOT NULL, version BIGINT NOT NULL, digest BYTEA NOT NULL,
         yaml TEXT NOT NULL, apply_time BIGINT NOT NULL, PRIMARY KEY (vendor_id, version)))",
          R"(CREATE TABLE routing_plan (version BIGINT NOT NULL PRIMARY KEY, plan_id TEXT NOT NULL, digest BYTEA NOT NULL,
         yaml TEXT NOT NULL, apply_time BIGINT NOT NULL))",

          // One row per vendor: its contract, the state of its feed, its numbers.
          R"(CREATE TABLE vendor (vendor_id TEXT NOT NULL PRIMARY KEY, vendor_group TEXT NOT NULL,
         contract_version BIGINT NOT NULL, generation TEXT NOT NULL, generation_floor BIGINT NOT NULL,
         newest_sequence BIGINT NOT NULL, acknowledged_sequence BIGINT NOT NULL, session BIGINT NOT NULL,
         live_assignments BIGINT NOT NULL, placed BIGINT NOT NULL, withdrawn BIGINT NOT NULL,
         permits_given BIGINT NOT NULL, permits_refused BIGINT NOT NULL, outcomes BIGINT NOT NULL))",

          // book
          R"(CREATE TABLE import_source (actor TEXT NOT NULL, source TEXT NOT NULL, through BIGINT NOT NULL,
         PRIMARY KEY (actor, source)))",
          R"(CREATE TABLE person (person_id TEXT NOT NULL PRIMARY KEY, box BYTEA NOT NULL))",
          R"(CREATE TABLE account (account_id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL, actor TEXT NOT NULL,
         source TEXT NOT NULL, sequence BIGINT NOT NULL, digest BYTEA NOT NULL, box BYTEA NOT NULL))",

          // routing
          R"(CREATE TABLE stratum_position (plan_id TEXT NOT NULL, stratum TEXT NOT NULL, position BIGINT NOT NULL,
         PRIMARY KEY (plan_id, stratum)))",
          R"(CREATE TABLE segment_load (vendor_id TEXT NOT NULL, segment TEXT NOT NULL, live_assignments BIGINT NOT NULL,
         PRIMARY KEY (vendor_id, segment)))",

          // feed: `ended` is 0 while live and the placement number afterwards, so that the first
          // unique
          // key
          // allows one live assignment per account and work type (I3).
          R"(CREATE TABLE assignment (assignment_id TEXT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL,
         vendor_group TEXT NOT NULL, change_sequence BIGINT, person_id TEXT NOT NULL, account_id TEXT NOT NULL,
         work_type BIGINT NOT NULL, placement BIGINT NOT NULL, ended BIGINT NOT NULL, segment TEXT NOT NULL,
         why BYTEA NOT NULL, place_time BIGINT NOT NULL, expire_time BIGINT, withdraw_time BIGINT,
         withdraw_reason BIGINT NOT NULL, recall_reason BIGINT NOT NULL, recall_time BIGINT,
         recall_objected BIGINT NOT NULL, recall_place_again BIGINT NOT NULL))",
          R"(CREATE UNIQUE INDEX assignment_account ON assignment (person_id, account_id, work_type, ended))",
          R"(CREATE UNIQUE INDEX assignment_feed ON assignment (vendor_id, change_sequence))",
          R"(CREATE INDEX assignment_purge ON assignment (vendor_id, change_sequence) WHERE ended > 0)",
          R"(CREATE INDEX assignment_expiry ON assignment (expire_time) WHERE expire_time IS NOT NULL AND ended = 0)",
          R"(CREATE INDEX assignment_recall ON assignment (recall_time) WHERE recall_time IS NOT NULL AND ended = 0)",
          R"(CREATE TABLE disclosure (sequence BIGINT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL,
         contract_version BIGINT NOT NULL, disclose_time BIGINT NOT NULL, assignment_ids TEXT NOT NULL))",

          // rules
          R"(CREATE TABLE core_event (event_id TEXT NOT NULL PRIMARY KEY, actor TEXT NOT NULL, digest BYTEA NOT NULL,
         event_time BIGINT NOT NULL))",
          R"(CREATE TABLE stop (stop_id TEXT NOT NULL PRIMARY KEY, subject_kind BIGINT NOT NULL, subject TEXT NOT NULL,
         reason BIGINT NOT NULL, place_time BIGINT NOT NULL, lift_time BIGINT))",
          R"(CREATE INDEX stop_subject ON stop (subject, subject_kind) WHERE lift_time IS NULL)",
          R"(CREATE TABLE permit (permit_id TEXT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL, request_id TEXT NOT NULL,
         assignment_id TEXT NOT NULL, person_id TEXT NOT NULL, account_id TEXT NOT NULL, work_type BIGINT NOT NULL,
         contact_point_id TEXT NOT NULL, state BIGINT NOT NULL, give_time BIGINT NOT NULL, expire_time BIGINT NOT NULL))",
          R"(CREATE UNIQUE INDEX permit_request ON permit (vendor_id, request_id))",
          R"(CREATE INDEX permit_open ON permit (person_id, permit_id) WHERE state = 1)",

          // outcomes
          R"(CREATE TABLE outcome (sequence BIGINT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL, outcome_id TEXT NOT NULL,
         version BIGINT NOT NULL, assignment_id TEXT NOT NULL, account_id TEXT NOT NULL, work_type BIGINT NOT NULL,
         marks BIGINT NOT NULL, digest BYTEA NOT NULL, record_time BIGINT NOT NULL, box BYTEA NOT NULL))",
          R"(CREATE UNIQUE INDEX outcome_id ON outcome (vendor_id, outcome_id, version))",
          R"(CREATE TABLE core_cursor (actor TEXT NOT NULL PRIMARY KEY, confirmed BIGINT NOT NULL))",
          R"(CREATE TABLE quarantine (quarantine_id TEXT NOT NULL PRIMARY KEY, actor TEXT NOT NULL, kind TEXT NOT NULL,
         status TEXT NOT NULL, field TEXT NOT NULL, quarantine_time BIGINT NOT NULL, box BYTEA NOT NULL))",
      },
      {
          // The numbers of a vendor that every group wants, apart from what a session or a contract
          // changes.
          R"(CREATE TABLE vendor_counter (vendor_id TEXT NOT NULL PRIMARY KEY, newest_sequence BIGINT NOT NULL,
         live_assignments BIGINT NOT NULL, placed BIGINT NOT NULL, withdrawn BIGINT NOT NULL,
         permits_given BIGINT NOT NULL, permits_refused BIGINT NOT NULL, outcomes BIGINT NOT NULL))",
          R"(INSERT INTO vendor_counter SELECT vendor_id, newest_sequence, live_assignments, placed, withdrawn,
         permits_given, permits_refused, outcomes FROM vendor)",
          "ALTER TABLE vendor DROP COLUMN newest_sequence",
          "ALTER TABLE vendor DROP COLUMN live_assignments",
          "ALTER TABLE vendor DROP COLUMN placed",
          "ALTER TABLE vendor DROP COLUMN withdrawn",
          "ALTER TABLE vendor DROP COLUMN permits_given",
          "ALTER TABLE vendor DROP COLUMN permits_refused",
          "ALTER TABLE vendor DROP COLUMN outcomes",

          // hubs: `epoch` grows at each start, so that a process whose place another took notices.
          R"(CREATE TABLE hub (hub_id TEXT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, start_time BIGINT NOT NULL))",
          // duties that one hub does for all
          R"(CREATE TABLE lease (duty TEXT NOT NULL PRIMARY KEY, hub_id TEXT NOT NULL, expire_time BIGINT NOT NULL))",
      },
      {
          // What retention goes by. The defaults mean "not known" and make these columns cheap to
          // add to a large table.
          R"(ALTER TABLE assignment ADD COLUMN country TEXT NOT NULL DEFAULT '')",
          R"(CREATE INDEX assignment_left ON assignment (work_type, country, withdraw_time, assignment_id)
         WHERE ended > 0 AND change_sequence IS NULL)",
          R"(ALTER TABLE account ADD COLUMN update_time BIGINT NOT NULL DEFAULT 0)",
          R"(CREATE INDEX account_person ON account (person_id))",
          R"(CREATE INDEX permit_account ON permit (account_id))",
          R"(CREATE INDEX outcome_account ON outcome (account_id))",
      }};
  return kMigrations;
}

constexpr char kCreateVersions[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, apply_time "
    "BIGINT NOT NULL)";
constexpr char kSelectVersion[] = "SELECT MAX(version) FROM schema_version";
constexpr char kSelectApplyTime[] = "SELECT apply_time FROM schema_version WHERE version = $1";
constexpr char kInsertVersion[] =
    "INSERT INTO schema_version (version, apply_time) VALUES ($1, $2)";

// Each waits as long as the engine lets a group wait for a key.
constexpr int kStartTries = 30;

}  // namespace

namespace {

absl::StatusOr<int64_t> VersionOf(Connection& connection) {
  int64_t version = 0;
  RETURN_IF_ERROR(connection.Query(kSelectVersion, {}, [&](const Row& row) {
    version = row.Integer(0);
    return absl::OkStatus();
  }));
  if (version > kSchemaVersion) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_NEW",
                 absl::StrCat("the database has version ", version, ", this program knows up to ",
                              kSchemaVersion, "; use the program that wrote it"));
  }
  return version;
}

// The next migration, if any is left.
absl::StatusOr<bool> MigrateOnce(WriterConnection& writer, int64_t now_us, int to) {
  ASSIGN_OR_RETURN(const int64_t version, VersionOf(writer));
  if (version >= to) return false;
  for (const char* statement : Migrations()[static_cast<size_t>(version)])
    RETURN_IF_ERROR(writer.Define(statement));
  RETURN_IF_ERROR(writer.Execute(kInsertVersion, {version + 1, now_us}).status());
  return true;
}

}  // namespace

absl::Status Migrate(WriterConnection& writer, int64_t now_us, int to) {
  // Two hubs that make this table at once: one of them fails and finds it there.
  if (!writer.Define(kCreateVersions).ok()) RETURN_IF_ERROR(writer.Define(kCreateVersions));
  bool more = true;
  while (more) {
    RETURN_IF_ERROR(RunAlone(writer, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(more, MigrateOnce(writer, now_us, to));
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ApplyTime(Connection& connection, int version) {
  absl::StatusOr<int64_t> time = absl::NotFoundError("the database has no such version");
  RETURN_IF_ERROR(connection.Query(kSelectApplyTime, {version}, [&](const Row& row) {
    time = row.Integer(0);
    return absl::OkStatus();
  }));
  return time;
}

absl::Status RunAlone(WriterConnection& writer, absl::FunctionRef<absl::Status()> body) {
  const Key start{"start"};
  for (int tries_left = kStartTries;; --tries_left) {
    RETURN_IF_ERROR(writer.Begin());
    absl::Status status = writer.Hold({&start, 1});
    if (status.ok()) status = body();
    if (status.ok()) return writer.Commit();
    writer.Rollback().IgnoreError();
    if (!AsksForRetry(status) || tries_left == 0) return status;
  }
}

}  // namespace switchboard::storage
