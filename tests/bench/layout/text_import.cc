#include <algorithm>

#include "hub/storage/schema.h"
#include "tests/bench/layout/text_layout.h"
#include "tests/bench/measure.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

using storage::Connection;
using storage::Row;
using storage::Rows;
using storage::Value;
using enum Value::Kind;

constexpr char kSelectAccounts[] =
    "SELECT a.account_id, a.person_id, a.actor, a.source, a.sequence, a.digest, a.as_of, "
    "a.was_current, (SELECT COUNT(*) FROM replaced_record r WHERE r.account_id = a.account_id) "
    "FROM rows($1) CROSS JOIN account a WHERE a.account_id = c1";
constexpr char kSelectPersons[] =
    "SELECT person_id, as_of, box FROM rows($1) CROSS JOIN person WHERE person_id = c1";
constexpr char kSelectOfPersons[] =
    "SELECT " ASSIGNMENT_COLUMNS
    ", n FROM rows($1) CROSS JOIN assignment WHERE person_id = c1 ORDER BY n, account_id, "
    "work_type, ended";
constexpr char kUpsertPersons[] =
    "INSERT INTO person (person_id, as_of, box) SELECT c1, c2, c3 FROM rows($1) WHERE true "
    "ON CONFLICT (person_id) DO UPDATE SET as_of = excluded.as_of, box = excluded.box "
    "WHERE person.as_of <= excluded.as_of";
constexpr char kUpsertCountingPersons[] =
    "INSERT INTO person (person_id, as_of, box, accounts) SELECT c1, c2, c3, c4 FROM rows($1) "
    "WHERE true ON CONFLICT (person_id) DO UPDATE SET as_of = excluded.as_of, box = excluded.box, "
    "accounts = person.accounts + excluded.accounts WHERE person.as_of <= excluded.as_of";
constexpr char kUpsertAccounts[] =
    "INSERT INTO account (account_id, person_id, actor, source, sequence, as_of, was_current, "
    "update_time, digest, box) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM rows($1) "
    "WHERE true ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, actor = "
    "excluded.actor, source = excluded.source, sequence = excluded.sequence, as_of = "
    "excluded.as_of, was_current = excluded.was_current, update_time = excluded.update_time, "
    "digest = excluded.digest, box = excluded.box";
constexpr char kInsertAssignments[] =
    "INSERT INTO assignment (assignment_id, vendor_id, vendor_group, change_sequence, person_id, "
    "account_id, work_type, placement, ended, segment, why, place_time, expire_time, "
    "withdraw_reason, recall_reason, recall_objected, recall_place_again, country, review_time, "
    "rejected, former_assignment_id, deletion_order_id) SELECT c1, c2, c3, c4, c5, c6, c7, c8, 0, "
    "c9, c10, c11, c12, 0, 0, 0, 0, c13, c14, 0, '', '' FROM rows($1)";
constexpr char kSetSequence[] =
    "UPDATE assignment SET change_sequence = c1 FROM rows($1) WHERE assignment_id = c2";
constexpr char kInsertTerm[] =
    "INSERT INTO term (expire_time, first_id, last_id) VALUES ($1, $2, $3)";
constexpr char kWalkBySequence[] =
    "SELECT " ASSIGNMENT_COLUMNS
    ", change_sequence FROM assignment WHERE vendor_id = $1 AND change_sequence > $2 AND ended = 0 "
    "ORDER BY change_sequence LIMIT $3";
constexpr char kSelectExpired[] =
    "SELECT " ASSIGNMENT_COLUMNS
    " FROM assignment WHERE expire_time IS NOT NULL AND ended = 0 AND expire_time <= $1 "
    "ORDER BY expire_time LIMIT $2";
// The plus keeps SQLite from making an index of `ended` for the occasion.
constexpr char kSelectExpiredByTerm[] =
    "SELECT " ASSIGNMENT_COLUMNS
    " FROM term CROSS JOIN assignment WHERE term.expire_time <= $1 AND assignment_id BETWEEN "
    "first_id AND last_id AND +ended = 0 AND assignment.expire_time <= $1 "
    "ORDER BY term.expire_time LIMIT $2";

constexpr int64_t kWorkType = 1;
constexpr int64_t kWalkLimit = 500;
constexpr int64_t kDueMax = 1'000'000'000;

}  // namespace

void TextLayout::Define(storage::WriterConnection& lane) const {
  const auto define = [&lane](const char* statement) {
    Require(lane.Define(statement), statement);
  };
  Require(storage::Migrate(lane, /*now_us=*/1), "migrate");
  if (!indexes_.account_person) {
    define("DROP INDEX account_person");
    define("DROP TABLE person");
    define(
        "CREATE TABLE person (person_id TEXT NOT NULL PRIMARY KEY, as_of BIGINT NOT NULL, "
        "accounts BIGINT NOT NULL, box BYTEA NOT NULL)");
  }
  if (!indexes_.assignment_expiry) {
    define("DROP INDEX assignment_expiry");
    define(
        "CREATE TABLE term (expire_time BIGINT NOT NULL, first_id TEXT NOT NULL, last_id TEXT NOT "
        "NULL, PRIMARY KEY (expire_time, first_id))");
  }
}

void TextLayout::LookUp(Connection& writer, absl::Span<BookAccount> piece) {
  size_t known = 0;
  const auto count = [&known](const Row& row) {
    known += ReadAll(row, "ttttibiii") > 0 ? 1 : 0;
    return absl::OkStatus();
  };
  const Rows accounts = RowsOfIds(piece, &BookAccount::account_id);
  Require(writer.Query(kSelectAccounts, {accounts}, count), "accounts");
  if (known != 0 && known != piece.size()) GiveUp("a piece of new and known accounts");
  const Rows persons = RowsOfIds(piece, &BookAccount::person_id);
  Require(writer.Query(kSelectPersons, {persons},
                       [](const Row& row) {
                         ReadAll(row, "tib");
                         return absl::OkStatus();
                       }),
          "persons");
  Require(writer.Query(kSelectOfPersons, {persons},
                       [&piece](const Row& row) {
                         ReadAll(row, kAssignmentKinds);
                         piece[static_cast<size_t>(row.Integer(18) - 1)].assignment.id =
                             row.Text(0);
                         return absl::OkStatus();
                       }),
          "assignments of persons");
  for (BookAccount& account : piece) account.known = known > 0;
}

void TextLayout::Put(Connection& writer, absl::Span<BookAccount> piece, int64_t now_us) {
  Rows persons({kText, kInteger, kBlob, kInteger}, piece.size());
  Rows accounts({kText, kText, kText, kText, kInteger, kInteger, kInteger, kInteger, kBlob, kBlob},
                piece.size());
  for (const BookAccount& account : piece) {
    persons.Add({account.person_id, account.as_of_us, Value::Blob(account.person_box),
                 account.known ? 0 : 1});
    accounts.Add({account.account_id, account.person_id, "core/main", "bench", account.number + 1,
                  account.as_of_us, 0, now_us, Value::Blob(account.digest),
                  Value::Blob(account.account_box)});
  }
  Require(
      writer.Execute(indexes_.account_person ? kUpsertPersons : kUpsertCountingPersons, {persons})
          .status(),
      "persons");
  Require(writer.Execute(kUpsertAccounts, {accounts}).status(), "accounts");
}

void TextLayout::Place(Connection& writer, int vendor, absl::Span<BookAccount* const> added,
                       int64_t sequence, int64_t now_us) {
  const std::string vendor_id = VendorId(vendor);
  Rows rows({kText, kText, kText, kInteger, kText, kText, kInteger, kInteger, kText, kBlob,
             kInteger, kInteger, kText, kInteger},
            added.size());
  for (const BookAccount* account : added) {
    rows.Add({account->new_id_text, vendor_id, vendor_id, ++sequence, account->person_id,
              account->account_id, kWorkType, 1, "early-tokyo", Value::Blob(account->why_box),
              now_us, now_us + kTermUs, "JP", nullptr});
    if (first_id_.empty()) first_id_ = last_id_ = account->new_id_text;
    first_id_ = std::min(first_id_, account->new_id_text);
    last_id_ = std::max(last_id_, account->new_id_text);
  }
  expire_time_us_ = now_us + kTermUs;
  Require(writer.Execute(kInsertAssignments, {rows}).status(), "assignments");
}

void TextLayout::Touch(Connection& writer, absl::Span<BookAccount* const> known, int64_t sequence) {
  Rows rows({kInteger, kText}, known.size());
  for (const BookAccount* account : known) rows.Add({++sequence, account->assignment.id});
  Require(writer.Execute(kSetSequence, {rows}).status(), "touch");
}

void TextLayout::EndGroup(Connection& writer) {
  if (!indexes_.assignment_expiry && !first_id_.empty()) {
    Require(writer.Execute(kInsertTerm, {expire_time_us_, first_id_, last_id_}).status(), "term");
  }
  first_id_.clear();
}

int64_t TextLayout::WalkLive(Connection& reader, int vendor) {
  const std::string vendor_id = VendorId(vendor);
  int64_t after = 0, live = 0;
  for (int64_t before = -1; live > before;) {
    before = live;
    const auto visit = [&](const Row& row) {
      ReadAll(row, kAssignmentKinds);
      ++live;
      after = row.Integer(18);
      return absl::OkStatus();
    };
    Require(reader.Query(kWalkBySequence, {vendor_id, after, kWalkLimit}, visit), "walk");
  }
  return live;
}

int64_t TextLayout::CountDue(Connection& reader, int64_t now_us) {
  int64_t due = 0;
  Require(reader.Query(indexes_.assignment_expiry ? kSelectExpired : kSelectExpiredByTerm,
                       {now_us, kDueMax},
                       [&due](const Row& row) {
                         ReadAll(row, kAssignmentKinds);
                         ++due;
                         return absl::OkStatus();
                       }),
          "due");
  return due;
}

std::unique_ptr<Layout> KeyedByTexts(const Indexes& indexes) {
  return std::make_unique<TextLayout>(indexes);
}

}  // namespace switchboard::bench
