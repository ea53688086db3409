#include <cstring>

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

// What a vendor is told of leads to the person's and the account's ids, which events and outcomes
// name.
#define WORK_COLUMNS                                                                               \
  "n, t.assignment_no, t.vendor_no, t.vendor_group, t.person_no, t.account_no, t.work_type, "      \
  "t.placement, t.ended, t.segment, t.place_time, t.expire_time, t.recall_reason, t.recall_time, " \
  "t.recall_objected, t.recall_place_again, t.country, t.review_time, t.withdraw_time, "           \
  "a.account_id"
constexpr std::string_view kWorkKinds = "iiitiiiiitiiiiiitiit";
constexpr char kSelectById[] =
    "SELECT " WORK_COLUMNS
    " FROM rows($1) CROSS JOIN assignment t CROSS JOIN account a WHERE t.assignment_id = c1 AND "
    "a.account_no = t.account_no";
constexpr char kSelectByNumber[] =
    "SELECT " WORK_COLUMNS
    " FROM rows($1) CROSS JOIN assignment t CROSS JOIN account a WHERE t.assignment_no = c1 AND "
    "a.account_no = t.account_no";

#define PAGE_COLUMNS                                                                             \
  "f.assignment_no, f.change_sequence, f.ended, f.withdraw_reason, f.work_type, f.expire_time, " \
  "f.recall_reason, f.recall_time, f.recall_objected, p.person_id, a.account_id, p.box, a.box"
#define PAGE_OF_VENDOR                                                             \
  " FROM assignment f LEFT JOIN person p ON p.person_no = f.person_no "            \
  "LEFT JOIN account a ON a.account_no = f.account_no "                            \
  "WHERE f.vendor_no = $1 AND f.change_sequence > $2 AND f.change_sequence <= $3 " \
  "AND (f.ended = 0 OR f.change_sequence > $4) ORDER BY f.change_sequence LIMIT $5"
constexpr char kSelectPageWithIds[] = "SELECT " PAGE_COLUMNS ", f.assignment_id" PAGE_OF_VENDOR;
constexpr char kSelectPage[] = "SELECT " PAGE_COLUMNS PAGE_OF_VENDOR;
constexpr char kDisclose[] =
    "INSERT INTO disclosure (sequence, vendor_no, contract_version, disclose_time, assignments) "
    "VALUES ($1, $2, $3, $4, $5)";

#define PERMIT_COLUMNS                                                                  \
  "permit_no, vendor_no, request_id, assignment_no, person_no, account_no, work_type, " \
  "contact_point_id, number_digest, contract_version, state, give_time, expire_time, outcome_id"
constexpr std::string_view kPermitKinds = "iitiiiittiiiit";
constexpr char kSelectOfRequest[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE assignment_no = $1 AND request_id = $2";
constexpr char kSelectOpenOfPerson[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE person_no = $1 AND state = 1 ORDER BY permit_no";
constexpr char kSelectPermitsById[] =
    "SELECT " PERMIT_COLUMNS
    " FROM rows($1) CROSS JOIN permit WHERE permit_id = c1 AND vendor_no = $2";
constexpr char kSelectPermitsByNumber[] =
    "SELECT " PERMIT_COLUMNS
    " FROM rows($1) CROSS JOIN permit WHERE permit_no = c1 AND vendor_no = $2";
constexpr char kSelectPersonBox[] = "SELECT person_id, box FROM person WHERE person_no = $1";
constexpr char kCountUnused[] =
    "SELECT COUNT(*) FROM permit WHERE account_no = $1 AND vendor_no = $2 AND give_time >= $3 AND "
    "state IN (4, 5)";
#define OF_PERMIT "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, ''"
constexpr char kInsertPermitWithId[] =
    "INSERT INTO permit (" PERMIT_COLUMNS ", permit_id) VALUES (" OF_PERMIT ", $13)";
constexpr char kInsertPermit[] = "INSERT INTO permit (" PERMIT_COLUMNS ") VALUES (" OF_PERMIT ")";
constexpr char kSetPermitState[] =
    "UPDATE permit SET state = $1 WHERE permit_no = $2 AND state = 1";
constexpr char kUsePermits[] =
    "UPDATE permit SET state = 2, outcome_id = c2 FROM rows($1) WHERE permit_no = c1 AND (state = "
    "1 OR state = 5)";

constexpr char kSelectVersions[] =
    "SELECT outcome_id, version, digest, assignment_no FROM rows($1) CROSS JOIN outcome WHERE "
    "vendor_no = $2 AND outcome_id = c1";
constexpr char kSelectOfDay[] =
    "SELECT assignment_no FROM rows($1) CROSS JOIN outcome WHERE assignment_no = c1 AND day = $2";
constexpr char kInsertOutcomes[] =
    "INSERT INTO outcome (sequence, vendor_no, outcome_id, version, assignment_no, day, digest) "
    "SELECT c1, c2, c3, c4, c5, c6, c7 FROM rows($1)";

absl::Status ReadPermit(const Row& row) {
  ReadAll(row, kPermitKinds);
  return absl::OkStatus();
}

// As those who ask name it.
Value NameOf(const Handle& handle) {
  return handle.id.empty() ? Value(handle.number) : Value::Blob(handle.id);
}

}  // namespace

FeedPage NumberLayout::ReadPage(Connection& reader, int vendor, int64_t after, int64_t newest,
                                int limit) {
  FeedPage page;
  Require(reader.Query(stores_ids_ ? kSelectPageWithIds : kSelectPage,
                       {vendor + 1, after, newest, 0, limit},
                       [&](const Row& row) {
                         ReadAll(row, "iiiiiiiiittbb");
                         page.through = row.Integer(1);
                         Handle shown{.number = row.Integer(0)};
                         if (stores_ids_) shown.id = row.Blob(13);
                         page.shown.push_back(std::move(shown));
                         page.sum += static_cast<uint64_t>(page.through) *
                                     (HeadOf(row.Blob(11)) + 3 * HeadOf(row.Blob(12)));
                         return absl::OkStatus();
                       }),
          "page");
  return page;
}

// Whole ids where they go with the row, numbers where an id can be made of them again.
void NumberLayout::Disclose(Connection& writer, int64_t sequence, int vendor, const FeedPage& page,
                            int64_t now_us) {
  std::string shown;
  for (const Handle& one : page.shown) {
    shown += one.id;
    if (one.id.empty())
      shown.append(reinterpret_cast<const char*>(&one.number), sizeof(one.number));
  }
  Require(writer.Execute(kDisclose, {sequence, vendor + 1, 1, now_us, Value::Blob(shown)}).status(),
          "disclose");
}

Handle NumberLayout::GivePermit(Connection& writer, int vendor, const PermitRequest& request,
                                int64_t now_us) {
  int64_t assignment = 0, person = 0, account = 0;
  Rows asked({request.assignment.id.empty() ? kInteger : kBlob}, 1);
  asked.Add({NameOf(request.assignment)});
  Require(writer.Query(stores_ids_ ? kSelectById : kSelectByNumber, {asked},
                       [&](const Row& row) {
                         ReadAll(row, kWorkKinds);
                         assignment = row.Integer(1);
                         person = row.Integer(4);
                         account = row.Integer(5);
                         return absl::OkStatus();
                       }),
          "assignment");
  if (assignment == 0) GiveUp("an assignment of a permit is not there");
  Require(writer.Query(kSelectOfRequest, {vendor + 1, request.request_id}, ReadPermit), "request");
  Require(writer.Query(kSelectPersonBox, {person},
                       [](const Row& row) {
                         ReadAll(row, "tb");
                         return absl::OkStatus();
                       }),
          "person");
  Require(writer.Query(kSelectOpenOfPerson, {person}, ReadPermit), "open permits");
  Require(writer.Query(kCountUnused, {account, vendor + 1, now_us - now_us % 86'400'000'000},
                       [](const Row& row) {
                         ReadAll(row, "i");
                         return absl::OkStatus();
                       }),
          "unused permits");
  Handle permit{.number = TakeNumbers(writer, "permit", 1) + 1};
  std::vector<Value> values = {permit.number,
                               vendor + 1,
                               request.request_id,
                               assignment,
                               person,
                               account,
                               1,
                               "mobile-1",
                               request.number_digest,
                               1,
                               now_us,
                               now_us + 600'000'000};
  if (stores_ids_) {
    permit.id = request.new_id_bytes;
    values.push_back(Value::Blob(permit.id));
  }
  Require(writer.Execute(stores_ids_ ? kInsertPermitWithId : kInsertPermit, values).status(),
          "permit");
  return permit;
}

void NumberLayout::ReleasePermit(Connection& writer, int vendor, const Handle& permit) {
  Rows asked({permit.id.empty() ? kInteger : kBlob}, 1);
  asked.Add({NameOf(permit)});
  int64_t number = 0;
  Require(
      writer.Query(stores_ids_ ? kSelectPermitsById : kSelectPermitsByNumber, {asked, vendor + 1},
                   [&number](const Row& row) {
                     number = row.Integer(0);
                     return ReadPermit(row);
                   }),
      "permit");
  Require(writer.Execute(kSetPermitState, {4, number}).status(), "permit");
}

void NumberLayout::LookUp(Connection& writer, int vendor, absl::Span<OutcomeReport> piece,
                          int64_t day) {
  const Value::Kind name = stores_ids_ ? kBlob : kInteger;
  Rows assignments({name}, piece.size()), found({kInteger}, piece.size());
  Rows outcomes({kText}, piece.size()), permits({name}, piece.size());
  std::vector<std::string_view> users;
  for (const OutcomeReport& report : piece) {
    assignments.Add({NameOf(report.assignment)});
    outcomes.Add({report.outcome_id});
    if (report.has_permit) permits.Add({NameOf(report.permit)});
    if (report.has_permit) users.push_back(report.outcome_id);
  }
  Require(writer.Query(stores_ids_ ? kSelectById : kSelectByNumber, {assignments},
                       [&piece](const Row& row) {
                         ReadAll(row, kWorkKinds);
                         OutcomeReport& report = piece[static_cast<size_t>(row.Integer(0) - 1)];
                         report.account_id = row.Text(19);
                         report.assignment.number = row.Integer(1);
                         return absl::OkStatus();
                       }),
          "assignments");
  for (const OutcomeReport& report : piece) {
    if (report.account_id.empty()) GiveUp("an assignment of an outcome is not there");
    found.Add({report.assignment.number});
  }
  const auto read = [](std::string_view kinds) {
    return [kinds](const Row& row) {
      ReadAll(row, kinds);
      return absl::OkStatus();
    };
  };
  Require(writer.Query(kSelectVersions, {outcomes, vendor + 1}, read("tibi")), "versions");
  Rows uses({kInteger, kText}, users.size());
  size_t next = 0;
  Require(
      writer.Query(stores_ids_ ? kSelectPermitsById : kSelectPermitsByNumber, {permits, vendor + 1},
                   [&](const Row& row) {
                     uses.Add({row.Integer(0), users[next++]});
                     return ReadPermit(row);
                   }),
      "permits");
  Require(writer.Query(kSelectOfDay, {found, day}, read("i")), "outcomes of the day");
  Require(writer.Execute(kUsePermits, {uses}).status(), "use permits");
}

void NumberLayout::Insert(Connection& writer, int vendor, absl::Span<const OutcomeReport> reports,
                          int64_t sequence, int64_t day) {
  Rows rows({kInteger, kInteger, kText, kInteger, kInteger, kInteger, kBlob}, reports.size());
  for (const OutcomeReport& report : reports) {
    rows.Add({++sequence, vendor + 1, report.outcome_id, 1, report.assignment.number, day,
              Value::Blob(report.digest)});
  }
  Require(writer.Execute(kInsertOutcomes, {rows}).status(), "outcomes");
}

}  // namespace switchboard::bench
