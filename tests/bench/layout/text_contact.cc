#include "absl/strings/str_join.h"
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

constexpr char kSelectPage[] =
    "SELECT f.assignment_id, f.change_sequence, f.ended, f.withdraw_reason, f.work_type, "
    "f.expire_time, f.recall_reason, f.recall_time, f.recall_objected, f.person_id, f.account_id, "
    "p.box, a.box FROM assignment f LEFT JOIN person p ON p.person_id = f.person_id "
    "LEFT JOIN account a ON a.account_id = f.account_id "
    "WHERE f.vendor_id = $1 AND f.change_sequence > $2 AND f.change_sequence <= $3 "
    "AND (f.ended = 0 OR f.change_sequence > $4) ORDER BY f.change_sequence LIMIT $5";
constexpr char kDisclose[] =
    "INSERT INTO disclosure (sequence, vendor_id, contract_version, disclose_time, generation, "
    "after_sequence, through_sequence, assignment_ids, shown) VALUES ($1, $2, $3, $4, $5, $6, $7, "
    "$8, $9)";

#define PERMIT_COLUMNS                                                                  \
  "permit_id, vendor_id, request_id, assignment_id, person_id, account_id, work_type, " \
  "contact_point_id, number_digest, contract_version, state, give_time, expire_time, outcome_id"
constexpr std::string_view kPermitKinds = "ttttttittiiiit";
constexpr char kSelectOne[] =
    "SELECT " ASSIGNMENT_COLUMNS " FROM assignment WHERE assignment_id = $1";
constexpr char kSelectByIds[] =
    "SELECT " ASSIGNMENT_COLUMNS ", n FROM rows($1) CROSS JOIN assignment WHERE assignment_id = c1";
constexpr char kSelectOfRequest[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE assignment_id = $1 AND request_id = $2";
constexpr char kSelectOpenOfPerson[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE person_id = $1 AND state = 1 ORDER BY permit_id";
constexpr char kSelectPermit[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE permit_id = $1 AND vendor_id = $2";
constexpr char kSelectPermits[] =
    "SELECT " PERMIT_COLUMNS
    " FROM rows($1) CROSS JOIN permit WHERE permit_id = c1 AND vendor_id = $2";
constexpr char kSelectPersonBox[] = "SELECT box FROM person WHERE person_id = $1";
constexpr char kCountUnused[] =
    "SELECT COUNT(*) FROM permit WHERE account_id = $1 AND vendor_id = $2 AND state IN (4, 5) AND "
    "give_time >= $3";
constexpr char kInsertPermit[] =
    "INSERT INTO permit (" PERMIT_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, '')";
constexpr char kSetPermitState[] =
    "UPDATE permit SET state = $1 WHERE permit_id = $2 AND state = 1";
constexpr char kUsePermits[] =
    "UPDATE permit SET state = 2, outcome_id = c2 FROM rows($1) WHERE permit_id = c1 AND (state = "
    "1 OR state = 5)";
constexpr char kSelectVersions[] =
    "SELECT outcome_id, version, digest, assignment_id FROM rows($1) CROSS JOIN outcome WHERE "
    "vendor_id = $2 AND outcome_id = c1";
constexpr char kSelectOfDay[] =
    "SELECT assignment_id FROM rows($1) CROSS JOIN outcome WHERE account_id = c1 AND day = $2";
constexpr char kInsertOutcomes[] =
    "INSERT INTO outcome (vendor_id, outcome_id, version, sequence, assignment_id, account_id, "
    "day, digest) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM rows($1)";

absl::Status ReadPermit(const Row& row) {
  ReadAll(row, kPermitKinds);
  return absl::OkStatus();
}

}  // namespace

FeedPage TextLayout::ReadPage(Connection& reader, int vendor, int64_t after, int64_t newest,
                              int limit) {
  FeedPage page;
  const std::string vendor_id = VendorId(vendor);
  Require(reader.Query(kSelectPage, {vendor_id, after, newest, 0, limit},
                       [&page](const Row& row) {
                         ReadAll(row, "tiiiiiiiittbb");
                         page.through = row.Integer(1);
                         page.shown.push_back({.id = std::string(row.Text(0))});
                         page.sum += static_cast<uint64_t>(page.through) *
                                     (HeadOf(row.Blob(11)) + 3 * HeadOf(row.Blob(12)));
                         return absl::OkStatus();
                       }),
          "page");
  return page;
}

void TextLayout::Disclose(Connection& writer, int64_t sequence, int vendor, const FeedPage& page,
                          int64_t now_us) {
  const std::string ids = absl::StrJoin(
      page.shown, " ", [](std::string* text, const Handle& shown) { text->append(shown.id); });
  const std::string shown(page.shown.size() * 24, 's');
  Require(writer
              .Execute(kDisclose, {sequence, VendorId(vendor), 1, now_us, "generation", 0,
                                   page.through, ids, Value::Blob(shown)})
              .status(),
          "disclose");
}

Handle TextLayout::GivePermit(Connection& writer, int vendor, const PermitRequest& request,
                              int64_t now_us) {
  const std::string vendor_id = VendorId(vendor);
  std::string person_id, account_id;
  Require(writer.Query(kSelectOne, {request.assignment.id},
                       [&](const Row& row) {
                         ReadAll(row, kAssignmentKinds);
                         person_id = row.Text(3);
                         account_id = row.Text(4);
                         return absl::OkStatus();
                       }),
          "assignment");
  if (person_id.empty()) GiveUp("an assignment of a permit is not there");
  Require(writer.Query(kSelectOfRequest, {vendor_id, request.request_id}, ReadPermit), "request");
  Require(writer.Query(kSelectPersonBox, {person_id},
                       [](const Row& row) {
                         ReadAll(row, "b");
                         return absl::OkStatus();
                       }),
          "person");
  Require(writer.Query(kSelectOpenOfPerson, {person_id}, ReadPermit), "open permits");
  Require(writer.Query(kCountUnused, {account_id, vendor_id, now_us - now_us % 86'400'000'000},
                       [](const Row& row) {
                         ReadAll(row, "i");
                         return absl::OkStatus();
                       }),
          "unused permits");
  Require(writer
              .Execute(kInsertPermit, {request.new_id_text, vendor_id, request.request_id,
                                       request.assignment.id, person_id, account_id, 1, "mobile-1",
                                       request.number_digest, 1, now_us, now_us + 600'000'000})
              .status(),
          "permit");
  return {.id = request.new_id_text};
}

void TextLayout::ReleasePermit(Connection& writer, int vendor, const Handle& permit) {
  Require(writer.Query(kSelectPermit, {permit.id, VendorId(vendor)}, ReadPermit), "permit");
  Require(writer.Execute(kSetPermitState, {4, permit.id}).status(), "permit");
}

void TextLayout::LookUp(Connection& writer, int vendor, absl::Span<OutcomeReport> piece,
                        int64_t day) {
  const std::string vendor_id = VendorId(vendor);
  Rows assignments({kText}, piece.size()), accounts({kText}, piece.size());
  Rows outcomes({kText}, piece.size()), permits({kText}, piece.size());
  Rows uses({kText, kText}, piece.size());
  for (const OutcomeReport& report : piece) {
    assignments.Add({report.assignment.id});
    outcomes.Add({report.outcome_id});
    if (report.has_permit) permits.Add({report.permit.id});
    if (report.has_permit) uses.Add({report.permit.id, report.outcome_id});
  }
  Require(writer.Query(kSelectByIds, {assignments},
                       [&piece](const Row& row) {
                         ReadAll(row, kAssignmentKinds);
                         piece[static_cast<size_t>(row.Integer(18) - 1)].account_id = row.Text(4);
                         return absl::OkStatus();
                       }),
          "assignments");
  for (const OutcomeReport& report : piece) {
    if (report.account_id.empty()) GiveUp("an assignment of an outcome is not there");
    accounts.Add({report.account_id});
  }
  const auto read = [](std::string_view kinds) {
    return [kinds](const Row& row) {
      ReadAll(row, kinds);
      return absl::OkStatus();
    };
  };
  Require(writer.Query(kSelectVersions, {outcomes, vendor_id}, read("tibt")), "versions");
  Require(writer.Query(kSelectPermits, {permits, vendor_id}, ReadPermit), "permits");
  Require(writer.Query(kSelectOfDay, {accounts, day}, read("t")), "outcomes of the day");
  Require(writer.Execute(kUsePermits, {uses}).status(), "use permits");
}

void TextLayout::Insert(Connection& writer, int vendor, absl::Span<const OutcomeReport> reports,
                        int64_t sequence, int64_t day) {
  const std::string vendor_id = VendorId(vendor);
  Rows rows({kText, kText, kInteger, kInteger, kText, kText, kInteger, kBlob}, reports.size());
  for (const OutcomeReport& report : reports) {
    rows.Add({vendor_id, report.outcome_id, 1, ++sequence, report.assignment.id, report.account_id,
              day, Value::Blob(report.digest)});
  }
  Require(writer.Execute(kInsertOutcomes, {rows}).status(), "outcomes");
}

}  // namespace switchboard::bench
