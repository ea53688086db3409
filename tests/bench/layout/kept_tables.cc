#include "tests/bench/layout/kept_tables.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "tests/bench/layout/layout.h"
#include "tests/bench/measure.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

using storage::Connection;
using storage::Row;
using storage::Rows;
using storage::Value;
using enum Value::Kind;

constexpr char kInsertVendor[] =
    "INSERT INTO vendor (vendor_id, contract_version, generation, generation_floor, "
    "acknowledged_sequence, session, held_to, loosened_from, loosened_through) "
    "VALUES ($1, 1, 'generation', 0, 0, 1, '', 0, 0)";
constexpr char kInsertCounter[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence) VALUES ($1, 0)";
constexpr char kInsertStop[] =
    "INSERT INTO stop (stop_id, subject_kind, subject, origin, reason, begin_time, awaits_end, "
    "keep_work, spared, place_time) VALUES ($1, 1, $2, 'core/main', 1, 1, 0, 0, 0, 1)";

constexpr char kTakeSequences[] =
    "INSERT INTO vendor_counter (vendor_id, newest_sequence) SELECT c1, c2 FROM rows($1) WHERE "
    "true ORDER BY n ON CONFLICT (vendor_id) DO UPDATE SET newest_sequence = "
    "vendor_counter.newest_sequence + excluded.newest_sequence RETURNING vendor_id, "
    "newest_sequence";
constexpr char kAddTallies[] =
    "INSERT INTO vendor_tally (vendor_id, segment, lane, placed, withdrawn, permits_given, "
    "permits_refused, outcomes) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM rows($1) WHERE true "
    "ON CONFLICT (vendor_id, segment, lane) DO UPDATE SET placed = vendor_tally.placed + "
    "excluded.placed, withdrawn = vendor_tally.withdrawn + excluded.withdrawn, permits_given = "
    "vendor_tally.permits_given + excluded.permits_given, permits_refused = "
    "vendor_tally.permits_refused + excluded.permits_refused, outcomes = vendor_tally.outcomes + "
    "excluded.outcomes";
constexpr char kTakeNumbers[] =
    "INSERT INTO counter (name, value) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value";

constexpr char kSelectThrough[] =
    "SELECT through FROM import_source WHERE actor = $1 AND source = $2";
constexpr char kUpsertThrough[] =
    "INSERT INTO import_source (actor, source, through) VALUES ($1, $2, $3) "
    "ON CONFLICT (actor, source) DO UPDATE SET through = excluded.through";
constexpr char kSelectStops[] =
    "SELECT stop_id, reason, place_time, keep_work, n FROM rows($1) CROSS JOIN stop WHERE subject "
    "= c1 AND subject_kind = c2 AND lift_time IS NULL ORDER BY n";
constexpr char kSelectPosition[] =
    "SELECT position FROM stratum_position WHERE plan_id = $1 AND stratum = $2";
constexpr char kUpsertPosition[] =
    "INSERT INTO stratum_position (plan_id, stratum, position) VALUES ($1, $2, $3) "
    "ON CONFLICT (plan_id, stratum) DO UPDATE SET position = excluded.position";

constexpr char kSelectBudget[] =
    "SELECT CAST(SUM(given) AS BIGINT), CAST(SUM(unused) AS BIGINT) FROM permit_budget WHERE "
    "vendor_id = $1 AND hour = $2";
constexpr char kAddToBudget[] =
    "INSERT INTO permit_budget (vendor_id, lane, hour, given, unused, refused) VALUES ($1, "
    "'hub-1', "
    "1, $2, 0, 0) ON CONFLICT (vendor_id, lane) DO UPDATE SET given = excluded.given + "
    "permit_budget.given";

constexpr char kSelectVendor[] =
    "SELECT v.contract_version, v.generation, v.generation_floor, c.newest_sequence, "
    "v.acknowledged_sequence, v.session "
    "FROM vendor v JOIN vendor_counter c ON c.vendor_id = v.vendor_id WHERE v.vendor_id = $1";
constexpr char kSetAcknowledged[] =
    "UPDATE vendor SET acknowledged_sequence = $1 WHERE vendor_id = $2";

constexpr char kInsertItems[] =
    "INSERT INTO core_item (sequence, kind, place, record_time, facts, box) SELECT c1, c2, c3, "
    "c4, c5, c6 FROM rows($1)";
constexpr char kSelectItems[] =
    "SELECT sequence, kind, place, record_time, facts, box FROM core_item WHERE sequence > $1 "
    "ORDER BY sequence LIMIT $2";
constexpr char kConfirm[] =
    "INSERT INTO core_cursor (actor, reader, confirmed, confirm_time) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (actor, reader) DO UPDATE SET confirmed = excluded.confirmed, confirm_time = "
    "excluded.confirm_time WHERE core_cursor.confirmed < excluded.confirmed";
constexpr char kSeal[] =
    "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, events_root, hash, "
    "events, written, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

constexpr int kStops = 1'000;
constexpr int kStrata = 4;
constexpr int64_t kHour = 1;
constexpr const char* kContactPoints[] = {"mobile-1", "home-1", "mail-1"};

enum Subject : int64_t { kPerson = 1, kAccount, kContactPoint, kNumber, kNumberOfPerson, kVendor };

void Execute(Connection& writer, const char* sql, Connection::Parameters parameters) {
  Require(writer.Execute(sql, parameters).status(), sql);
}

int64_t LastOf(Connection& connection, const char* sql, Connection::Parameters parameters) {
  int64_t last = 0;
  Require(connection.Query(sql, parameters,
                           [&last](const Row& row) {
                             last = row.Integer(0);
                             return absl::OkStatus();
                           }),
          sql);
  return last;
}

// None lies on the book's accounts.
void LookFor(Connection& writer, const std::vector<std::pair<std::string, int64_t>>& subjects) {
  Rows rows({kText, kInteger}, subjects.size());
  for (const auto& [id, kind] : subjects) rows.Add({id, kind});
  Require(writer.Query(kSelectStops, {rows},
                       [](const Row&) -> absl::Status { return absl::InternalError("a stop"); }),
          "stops");
}

}  // namespace

void AddVendorsAndStops(Connection& writer) {
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    Execute(writer, kInsertVendor, {VendorId(vendor)});
    Execute(writer, kInsertCounter, {VendorId(vendor)});
  }
  for (int i = 0; i < kStops; ++i)
    Execute(writer, kInsertStop, {IdText('X', i), absl::StrCat("P-", i)});
}

VendorNumbers TakeSequences(Connection& writer, const VendorNumbers& counts) {
  Rows rows({kText, kInteger}, kVendors);
  std::array<std::string, kVendors> vendor_ids;
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    vendor_ids[vendor] = VendorId(vendor);
    rows.Add({vendor_ids[vendor], counts[vendor]});
  }
  VendorNumbers before{};
  Require(writer.Query(kTakeSequences, {rows},
                       [&](const Row& row) {
                         const auto vendor =
                             std::find(vendor_ids.begin(), vendor_ids.end(), row.Text(0)) -
                             vendor_ids.begin();
                         before[vendor] = row.Integer(1) - counts[vendor];
                         return absl::OkStatus();
                       }),
          kTakeSequences);
  return before;
}

void AddTallies(Connection& writer, const std::array<Tally, kVendors>& tallies) {
  Rows rows({kText, kText, kText, kInteger, kInteger, kInteger, kInteger, kInteger}, kVendors);
  std::array<std::string, kVendors> vendor_ids;
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    const Tally& tally = tallies[vendor];
    if (tally.placed + tally.permits_given + tally.outcomes == 0) continue;
    vendor_ids[vendor] = VendorId(vendor);
    rows.Add({vendor_ids[vendor], tally.placed > 0 ? "early-tokyo" : "", "hub-1", tally.placed, 0,
              tally.permits_given, 0, tally.outcomes});
  }
  Execute(writer, kAddTallies, {rows});
}

int64_t TakeNumbers(Connection& writer, std::string_view name, int64_t count) {
  return LastOf(writer, kTakeNumbers, {name, count}) - count;
}

void LookUpSource(Connection& writer) { LastOf(writer, kSelectThrough, {"core/main", "bench"}); }

void SetSource(Connection& writer, int64_t through) {
  Execute(writer, kUpsertThrough, {"core/main", "bench", through});
}

// As hub/ingest asks: contact points and numbers of who is new, persons and accounts of all.
void LookUpStops(Connection& writer, absl::Span<const BookAccount> piece) {
  std::vector<std::pair<std::string, int64_t>> points, numbers, subjects;
  for (const BookAccount& account : piece) {
    for (const char* point : kContactPoints) {
      points.emplace_back(absl::StrCat(account.person_id, "|", point), kContactPoint);
      if (!account.known) {
        numbers.emplace_back(absl::StrCat(IdText('N', account.number), point), kNumber);
      }
    }
    subjects.emplace_back(account.person_id, kPerson);
    subjects.emplace_back(account.account_id, kAccount);
  }
  for (const auto* asked : {&points, &numbers, &subjects}) LookFor(writer, *asked);
}

void TakePositions(Connection& writer, absl::Span<const BookAccount> piece) {
  for (int stratum = 0; stratum < kStrata; ++stratum) {
    const std::string name = absl::StrCat("early-tokyo|", stratum);
    const int64_t position = LastOf(writer, kSelectPosition, {"plan", name});
    const auto taken = static_cast<int64_t>(piece.size()) / kStrata;
    Execute(writer, kUpsertPosition, {"plan", name, position + taken});
  }
}

void LookUpStopsAndBudget(Connection& writer, int vendor, const BookAccount& account,
                          const std::string& number_digest) {
  LookFor(writer, {{account.person_id, kPerson},
                   {account.account_id, kAccount},
                   {account.person_id + "|mobile-1", kContactPoint},
                   {number_digest, kNumber},
                   {absl::StrCat(account.person_id, "|", number_digest), kNumberOfPerson},
                   {VendorId(vendor), kVendor}});
  LastOf(writer, kSelectBudget, {VendorId(vendor), kHour});
}

void AddToBudget(Connection& writer, int vendor, int64_t given) {
  Execute(writer, kAddToBudget, {VendorId(vendor), given});
}

VendorState ReadVendor(Connection& connection, int vendor) {
  VendorState state;
  Require(connection.Query(kSelectVendor, {VendorId(vendor)},
                           [&state](const Row& row) {
                             state = {row.Integer(3), row.Integer(4)};
                             return absl::OkStatus();
                           }),
          "vendor");
  return state;
}

void Acknowledge(Connection& writer, int vendor, int64_t sequence) {
  ReadVendor(writer, vendor);
  Execute(writer, kSetAcknowledged, {sequence, VendorId(vendor)});
}

void InsertItems(Connection& writer, absl::Span<const OutcomeReport> reports, int64_t sequence,
                 int64_t now_us) {
  std::vector<std::string> places;
  places.reserve(reports.size());
  Rows rows({kInteger, kInteger, kText, kInteger, kBlob, kBlob}, reports.size());
  for (const OutcomeReport& report : reports) {
    places.push_back(absl::StrCat("outcome|", report.outcome_id, "|1"));
    rows.Add(
        {++sequence, 1, places.back(), now_us, Value::Blob(report.facts), Value::Blob(report.box)});
  }
  Execute(writer, kInsertItems, {rows});
}

int64_t ReadItems(Connection& reader, int64_t after, int64_t limit) {
  Require(reader.Query(kSelectItems, {after, limit},
                       [&after](const Row& row) {
                         ReadAll(row, "iitibb");
                         after = row.Integer(0);
                         return absl::OkStatus();
                       }),
          "items");
  return after;
}

void Confirm(Connection& writer, int64_t after, int64_t now_us) {
  Execute(writer, kConfirm, {"core/main", "", after, now_us});
}

void Seal(Connection& writer, int64_t sequence, size_t events, size_t event_bytes, int64_t now_us) {
  static const std::string& kEvents = *new std::string(size_t{1} << 20, 'e');
  const std::string_view sealed = std::string_view(kEvents).substr(0, events * event_bytes);
  Execute(
      writer, kSeal,
      {"hub-1", sequence, sequence, now_us, Value::Blob(Noise(1, 32)), Value::Blob(Noise(2, 32)),
       Value::Blob(sealed), Value::Blob(""), Value::Blob(Noise(3, 16))});
}

}  // namespace switchboard::bench
