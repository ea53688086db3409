#include "tests/bench/layout/number_layout.h"
#include "tests/bench/measure.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

using storage::Connection;
using storage::Row;
using storage::Rows;
using storage::Value;
using enum Value::Kind;

constexpr char kTakeNumbers[] =
    "INSERT INTO counter (name, value) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value";

constexpr char kSelectAccounts[] =
    "SELECT n, a.account_no, a.person_no, a.source_no, a.sequence, a.digest, a.as_of, "
    "a.was_current, (SELECT COUNT(*) FROM replaced_record r WHERE r.account_no = a.account_no) "
    "FROM rows($1) CROSS JOIN account a WHERE a.account_id = c1";
constexpr char kSelectPersons[] =
    "SELECT n, person_no, as_of, box FROM rows($1) CROSS JOIN person WHERE person_id = c1";
#define WORK_COLUMNS                                                                             \
  "assignment_no, vendor_no, vendor_group, person_no, account_no, work_type, placement, ended, " \
  "segment, place_time, assignment.expire_time, recall_reason, recall_time, recall_objected, "   \
  "recall_place_again, country, review_time, withdraw_time"
constexpr std::string_view kWorkKinds = "iitiiiiitiiiiiitii";
constexpr char kSelectOfPersons[] =
    "SELECT " WORK_COLUMNS
    ", n FROM rows($1) CROSS JOIN assignment WHERE person_no = c1 ORDER BY n, account_no, "
    "work_type, ended";

constexpr char kInsertPersons[] =
    "INSERT INTO person (person_no, person_id, as_of, accounts, box) SELECT c1, c2, c3, 1, c4 "
    "FROM rows($1)";
constexpr char kUpdatePersons[] =
    "UPDATE person SET as_of = c2, box = c3 FROM rows($1) WHERE person_no = c1 AND as_of <= c2";
constexpr char kInsertAccounts[] =
    "INSERT INTO account (account_no, account_id, person_no, source_no, sequence, as_of, "
    "was_current, update_time, digest, box) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM "
    "rows($1)";
constexpr char kUpdateAccounts[] =
    "UPDATE account SET person_no = c3, source_no = c4, sequence = c5, as_of = c6, was_current = "
    "c7, update_time = c8, digest = c9, box = c10 FROM rows($1) WHERE account_no = c1";
#define INSERT_WORK                                                                         \
  "vendor_no, vendor_group, change_sequence, person_no, account_no, work_type, placement, " \
  "ended, segment, why, place_time, expire_time, withdraw_reason, recall_reason, "          \
  "recall_objected, recall_place_again, country, review_time, rejected) SELECT c1, "
#define OF_WORK \
  "c2, c3, c4, c5, c6, c7, c8, 0, c9, c10, c11, c12, 0, 0, 0, 0, c13, c14, 0 FROM rows($1)"
constexpr char kInsertWithIds[] =
    "INSERT INTO assignment (assignment_no, assignment_id, " INSERT_WORK "c15, " OF_WORK;
constexpr char kInsertWithoutIds[] = "INSERT INTO assignment (assignment_no, " INSERT_WORK OF_WORK;
constexpr char kSetSequence[] =
    "UPDATE assignment SET change_sequence = c1 FROM rows($1) WHERE assignment_no = c2";
constexpr char kInsertTerm[] =
    "INSERT INTO term (expire_time, first_no, last_no) VALUES ($1, $2, $3)";

constexpr char kWalk[] =
    "SELECT " WORK_COLUMNS
    ", change_sequence FROM assignment WHERE vendor_no = $1 AND change_sequence > $2 AND ended = 0 "
    "ORDER BY change_sequence LIMIT $3";
// The plus keeps SQLite from making an index of `ended` for the occasion.
constexpr char kSelectExpired[] =
    "SELECT " WORK_COLUMNS
    " FROM term CROSS JOIN assignment WHERE term.expire_time <= $1 AND assignment_no BETWEEN "
    "first_no AND last_no AND +ended = 0 AND assignment.expire_time <= $1 "
    "ORDER BY term.expire_time LIMIT $2";

constexpr int64_t kSource = 1;
constexpr int64_t kWorkType = 1;
constexpr int64_t kWalkLimit = 500;
constexpr int64_t kDueMax = 1'000'000'000;

}  // namespace

int64_t NumberLayout::TakeNumbers(Connection& writer, const char* name, int64_t count) {
  int64_t newest = 0;
  Require(writer.Query(kTakeNumbers, {name, count},
                       [&newest](const Row& row) {
                         newest = row.Integer(0);
                         return absl::OkStatus();
                       }),
          "numbers");
  return newest - count;
}

void NumberLayout::LookUp(Connection& writer, absl::Span<BookAccount> piece) {
  const auto at = [&piece](int64_t n) -> BookAccount& { return piece[static_cast<size_t>(n - 1)]; };
  const Rows accounts = RowsOfIds(piece, &BookAccount::account_id);
  Require(writer.Query(kSelectAccounts, {accounts},
                       [&at](const Row& row) {
                         ReadAll(row, "iiiiibiii");
                         at(row.Integer(0)).account_number = row.Integer(1);
                         return absl::OkStatus();
                       }),
          "accounts");
  const Rows persons = RowsOfIds(piece, &BookAccount::person_id);
  Require(writer.Query(kSelectPersons, {persons},
                       [&at](const Row& row) {
                         ReadAll(row, "iiib");
                         at(row.Integer(0)).person_number = row.Integer(1);
                         return absl::OkStatus();
                       }),
          "persons");
  Rows known({kInteger}, piece.size());
  for (BookAccount& account : piece) {
    account.known = account.account_number > 0;
    if (account.known != piece[0].known || account.known != (account.person_number > 0))
      GiveUp("a piece of new and known accounts");
    if (account.known) known.Add({account.person_number});
  }
  Require(writer.Query(kSelectOfPersons, {known},
                       [&at](const Row& row) {
                         ReadAll(row, kWorkKinds);
                         at(row.Integer(18)).assignment.number = row.Integer(0);
                         return absl::OkStatus();
                       }),
          "assignments of persons");
}

void NumberLayout::Put(Connection& writer, absl::Span<BookAccount> piece, int64_t now_us) {
  const bool known = piece[0].known;
  if (!known) {
    const auto count = static_cast<int64_t>(piece.size());
    int64_t person = TakeNumbers(writer, "person", count);
    int64_t account = TakeNumbers(writer, "account", count);
    assignment_number_ = TakeNumbers(writer, "assignment", count);
    for (BookAccount& one : piece) {
      one.person_number = ++person;
      one.account_number = ++account;
    }
  }
  Rows new_persons({kInteger, kText, kInteger, kBlob}, known ? 0 : piece.size());
  Rows known_persons({kInteger, kInteger, kBlob}, known ? piece.size() : 0);
  Rows accounts(
      {kInteger, kText, kInteger, kInteger, kInteger, kInteger, kInteger, kInteger, kBlob, kBlob},
      piece.size());
  for (const BookAccount& one : piece) {
    if (known) {
      known_persons.Add({one.person_number, one.as_of_us, Value::Blob(one.person_box)});
    } else {
      new_persons.Add(
          {one.person_number, one.person_id, one.as_of_us, Value::Blob(one.person_box)});
    }
    accounts.Add({one.account_number, one.account_id, one.person_number, kSource, one.number + 1,
                  one.as_of_us, 0, now_us, Value::Blob(one.digest), Value::Blob(one.account_box)});
  }
  Require(writer.Execute(kInsertPersons, {new_persons}).status(), "persons");
  Require(writer.Execute(kUpdatePersons, {known_persons}).status(), "persons");
  Require(writer.Execute(known ? kUpdateAccounts : kInsertAccounts, {accounts}).status(),
          "accounts");
}

void NumberLayout::Place(Connection& writer, int vendor, absl::Span<BookAccount* const> added,
                         int64_t sequence, int64_t now_us) {
  const std::string vendor_group = VendorId(vendor);
  Rows rows({kInteger, kInteger, kText, kInteger, kInteger, kInteger, kInteger, kInteger, kText,
             kBlob, kInteger, kInteger, kText, kInteger, kBlob},
            added.size());
  if (first_number_ == 0) first_number_ = assignment_number_ + 1;
  for (BookAccount* account : added) {
    account->assignment.number = ++assignment_number_;
    rows.Add({account->assignment.number, vendor + 1, vendor_group, ++sequence,
              account->person_number, account->account_number, kWorkType, 1, "early-tokyo",
              Value::Blob(account->why_box), now_us, now_us + kTermUs, "JP", nullptr,
              Value::Blob(account->new_id_bytes)});
  }
  expire_time_us_ = now_us + kTermUs;
  Require(writer.Execute(stores_ids_ ? kInsertWithIds : kInsertWithoutIds, {rows}).status(),
          "assignments");
}

void NumberLayout::Touch(Connection& writer, absl::Span<BookAccount* const> known,
                         int64_t sequence) {
  Rows rows({kInteger, kInteger}, known.size());
  for (const BookAccount* account : known) rows.Add({++sequence, account->assignment.number});
  Require(writer.Execute(kSetSequence, {rows}).status(), "touch");
}

void NumberLayout::EndGroup(Connection& writer) {
  if (first_number_ != 0) {
    Require(
        writer.Execute(kInsertTerm, {expire_time_us_, first_number_, assignment_number_}).status(),
        "term");
  }
  first_number_ = 0;
}

int64_t NumberLayout::WalkLive(Connection& reader, int vendor) {
  int64_t after = 0, live = 0;
  for (int64_t before = -1; live > before;) {
    before = live;
    Require(reader.Query(kWalk, {vendor + 1, after, kWalkLimit},
                         [&](const Row& row) {
                           ReadAll(row, kWorkKinds);
                           after = row.Integer(18);
                           ++live;
                           return absl::OkStatus();
                         }),
            "walk");
  }
  return live;
}

int64_t NumberLayout::CountDue(Connection& reader, int64_t now_us) {
  int64_t due = 0;
  Require(reader.Query(kSelectExpired, {now_us, kDueMax},
                       [&due](const Row& row) {
                         ReadAll(row, kWorkKinds);
                         ++due;
                         return absl::OkStatus();
                       }),
          "due");
  return due;
}

}  // namespace switchboard::bench
