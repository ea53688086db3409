// The tables of the layout by numbers. Those that it shares with the hub are made by Migrate.

#include "absl/strings/str_cat.h"
#include "hub/storage/schema.h"
#include "tests/bench/layout/number_layout.h"
#include "tests/bench/measure.h"

namespace switchboard::bench {
namespace {

constexpr const char* kReplaced[] = {"person",     "account", "replaced_record", "import_source",
                                     "assignment", "permit",  "disclosure",      "outcome"};

constexpr const char* kTables[] = {
    "CREATE TABLE import_source (source_no BIGINT NOT NULL PRIMARY KEY, actor TEXT NOT NULL, "
    "source TEXT NOT NULL, through BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX import_source_name ON import_source (actor, source)",
    "CREATE TABLE person (person_no BIGINT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL, as_of "
    "BIGINT NOT NULL, accounts BIGINT NOT NULL, box BYTEA NOT NULL)",
    "CREATE UNIQUE INDEX person_id ON person (person_id)",
    "CREATE TABLE account (account_no BIGINT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL, "
    "person_no BIGINT NOT NULL, source_no BIGINT NOT NULL, sequence BIGINT NOT NULL, as_of BIGINT "
    "NOT NULL, was_current BIGINT NOT NULL, update_time BIGINT NOT NULL, digest BYTEA NOT NULL, "
    "box BYTEA NOT NULL)",
    "CREATE UNIQUE INDEX account_id ON account (account_id)",
    "CREATE TABLE replaced_record (account_no BIGINT NOT NULL, source_no BIGINT NOT NULL, sequence "
    "BIGINT NOT NULL, digest BYTEA NOT NULL, as_of BIGINT NOT NULL, PRIMARY KEY (account_no, "
    "source_no))",
    "CREATE UNIQUE INDEX assignment_account ON assignment (person_no, account_no, work_type, "
    "ended)",
    "CREATE UNIQUE INDEX assignment_feed ON assignment (vendor_no, change_sequence)",
    "CREATE INDEX assignment_purge ON assignment (vendor_no, change_sequence) WHERE ended > 0",
    "CREATE INDEX assignment_recall ON assignment (recall_time) WHERE recall_time IS NOT NULL AND "
    "ended = 0",
    "CREATE INDEX assignment_review ON assignment (review_time) WHERE review_time IS NOT NULL AND "
    "ended = 0",
    "CREATE INDEX assignment_left ON assignment (work_type, country, withdraw_time, assignment_no) "
    "WHERE ended > 0 AND change_sequence IS NULL",
    "CREATE TABLE term (expire_time BIGINT NOT NULL, first_no BIGINT NOT NULL, last_no BIGINT NOT "
    "NULL, PRIMARY KEY (expire_time, first_no))",
    "CREATE TABLE disclosure (sequence BIGINT NOT NULL PRIMARY KEY, vendor_no BIGINT NOT NULL, "
    "contract_version BIGINT NOT NULL, disclose_time BIGINT NOT NULL, assignments BYTEA NOT NULL)",
    "CREATE UNIQUE INDEX permit_request ON permit (assignment_no, request_id)",
    "CREATE INDEX permit_unused ON permit (account_no, vendor_no, give_time) WHERE state IN (4, "
    "5)",
    "CREATE INDEX permit_open ON permit (person_no, permit_no) WHERE state = 1",
    "CREATE INDEX permit_open_number ON permit (number_digest) WHERE state = 1",
    "CREATE TABLE outcome (sequence BIGINT NOT NULL PRIMARY KEY, vendor_no BIGINT NOT NULL, "
    "outcome_id TEXT NOT NULL, version BIGINT NOT NULL, assignment_no BIGINT NOT NULL, day BIGINT "
    "NOT NULL, digest BYTEA NOT NULL)",
    "CREATE UNIQUE INDEX outcome_id ON outcome (vendor_no, outcome_id, version)",
    "CREATE INDEX outcome_assignment ON outcome (assignment_no, day)",
};

// With a column for the public id, or without.
std::string AssignmentTable(const char* id_column) {
  return absl::StrCat(
      "CREATE TABLE assignment (assignment_no BIGINT NOT NULL PRIMARY KEY, ", id_column,
      "vendor_no BIGINT NOT NULL, vendor_group TEXT NOT NULL, change_sequence BIGINT, person_no "
      "BIGINT NOT NULL, account_no BIGINT NOT NULL, work_type BIGINT NOT NULL, placement BIGINT "
      "NOT NULL, ended BIGINT NOT NULL, segment TEXT NOT NULL, country TEXT NOT NULL, why BYTEA "
      "NOT NULL, place_time BIGINT NOT NULL, expire_time BIGINT, withdraw_time BIGINT, "
      "withdraw_reason BIGINT NOT NULL, recall_reason BIGINT NOT NULL, recall_time BIGINT, "
      "recall_objected BIGINT NOT NULL, recall_place_again BIGINT NOT NULL, review_time BIGINT, "
      "rejected BIGINT NOT NULL)");
}

std::string PermitTable(const char* id_column) {
  return absl::StrCat(
      "CREATE TABLE permit (permit_no BIGINT NOT NULL PRIMARY KEY, ", id_column,
      "vendor_no BIGINT NOT NULL, request_id TEXT NOT NULL, assignment_no BIGINT NOT NULL, "
      "person_no BIGINT NOT NULL, account_no BIGINT NOT NULL, work_type BIGINT NOT NULL, "
      "contact_point_id TEXT NOT NULL, number_digest TEXT NOT NULL, contract_version BIGINT NOT "
      "NULL, state BIGINT NOT NULL, give_time BIGINT NOT NULL, expire_time BIGINT NOT NULL, "
      "outcome_id TEXT NOT NULL)");
}

}  // namespace

void NumberLayout::Define(storage::WriterConnection& lane) const {
  const auto define = [&lane](const std::string& statement) {
    Require(lane.Define(statement), statement);
  };
  Require(storage::Migrate(lane, /*now_us=*/1), "migrate");
  for (const char* table : kReplaced) define(absl::StrCat("DROP TABLE ", table));
  define(AssignmentTable(stores_ids_ ? "assignment_id BYTEA NOT NULL, " : ""));
  define(PermitTable(stores_ids_ ? "permit_id BYTEA NOT NULL, " : ""));
  for (const char* table : kTables) define(table);
  if (!stores_ids_) return;
  define("CREATE UNIQUE INDEX assignment_id ON assignment (assignment_id)");
  define("CREATE UNIQUE INDEX permit_id ON permit (permit_id)");
}

std::unique_ptr<Layout> KeyedByNumbers(PublicIds ids) {
  return std::make_unique<NumberLayout>(ids);
}

}  // namespace switchboard::bench
