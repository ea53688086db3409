#include "hub/legal_holds/legal_holds.h"

#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/canonical.h"
#include "hub/base/day_number.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"

namespace switchboard::legal_holds {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;

constexpr size_t kReferenceBytesMax = 200;

constexpr char kSelectOne[] =
    "SELECT digest, person_id, account_id, end_time FROM legal_hold WHERE hold_id = $1";
constexpr char kCount[] = "SELECT COUNT(*) FROM legal_hold WHERE end_time IS NULL";
constexpr char kInsert[] =
    "INSERT INTO legal_hold (hold_id, person_id, account_id, origin, vendors_keep, digest, "
    "placed_by, place_time, end_day, ended_by, box) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
    "'', $10)";
constexpr char kEnd[] =
    "UPDATE legal_hold SET ended_by = $1, end_time = $2 WHERE hold_id = $3 AND end_time IS NULL";
constexpr char kSelectToEnd[] =
    "SELECT hold_id FROM legal_hold WHERE end_time IS NULL AND end_day <= $1 LIMIT 1";
constexpr char kEndByDay[] =
    "UPDATE legal_hold SET end_time = $1 WHERE end_time IS NULL AND end_day <= $2 RETURNING "
    "hold_id, digest, person_id, account_id";
#define SELECT_HOLDS                                                                              \
  "SELECT hold_id, person_id, account_id, origin, vendors_keep, placed_by, place_time, end_day, " \
  "ended_by, end_time, box FROM legal_hold WHERE hold_id > $1 "
constexpr char kSelectAll[] = SELECT_HOLDS "ORDER BY hold_id LIMIT $2";
constexpr char kSelectInForce[] = SELECT_HOLDS "AND end_time IS NULL ORDER BY hold_id LIMIT $2";

// What a row says of a hold without opening its box.
struct Known {
  std::string hold_id;
  std::string digest;
  std::string person_id;
  std::string account_id;
  bool ended = false;
};

absl::StatusOr<std::optional<Known>> Find(storage::Connection& connection,
                                          std::string_view hold_id) {
  std::optional<Known> known;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {hold_id}, [&](const Row& row) {
    known = Known{std::string(hold_id), std::string(row.Blob(0)), std::string(row.Text(1)),
                  std::string(row.Text(2)), !row.IsNull(3)};
    return absl::OkStatus();
  }));
  return known;
}

absl::StatusOr<bool> IsFull(storage::Connection& connection) {
  int64_t in_force = 0;
  RETURN_IF_ERROR(connection.Query(kCount, {}, [&](const Row& row) {
    in_force = row.Integer(0);
    return absl::OkStatus();
  }));
  return in_force >= kHoldsMax;
}

absl::Status HoldAll(storage::Transaction& transaction) {
  const storage::Key key = book::LegalHoldsKey();
  return transaction.Hold({&key, 1});
}

void Record(storage::Transaction& transaction, std::string_view actor, const Known& hold) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_LEGAL_HOLD, actor);
  event.set_subject_id(hold.hold_id);
  event.set_person_id(hold.person_id);
  event.set_account_id(hold.account_id);
  event.set_digest(hold.digest);
  event.mutable_legal_hold()->set_ended(hold.ended);
  audit::Record(transaction, std::move(event));
}

// What tells one order from another.
v1::LegalHold Ordered(const v1::LegalHold& hold) {
  v1::LegalHold ordered;
  ordered.set_hold_id(hold.hold_id());
  ordered.set_person_id(hold.person_id());
  ordered.set_account_id(hold.account_id());
  ordered.set_origin(hold.origin());
  ordered.set_reference(hold.reference());
  if (hold.has_end_day()) *ordered.mutable_end_day() = hold.end_day();
  ordered.set_vendors_keep(hold.vendors_keep());
  return ordered;
}

// A row, and its box beside it: whose it is stands in the row, whoever the order named.
struct Listed {
  v1::LegalHold hold;
  std::string person_id;
  std::string box;
};

Listed FromRow(const Row& row) {
  Listed listed;
  v1::LegalHold& hold = listed.hold;
  hold.set_hold_id(std::string(row.Text(0)));
  listed.person_id = row.Text(1);
  if (row.Text(2).empty()) hold.set_person_id(listed.person_id);
  hold.set_account_id(std::string(row.Text(2)));
  hold.set_origin(static_cast<v1::LegalHold::Origin>(row.Integer(3)));
  hold.set_vendors_keep(row.Integer(4) != 0);
  hold.set_placed_by(std::string(row.Text(5)));
  *hold.mutable_place_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(6));
  if (!row.IsNull(7)) *hold.mutable_end_day() = DateOf(DayOfNumber(row.Integer(7)));
  hold.set_ended_by(std::string(row.Text(8)));
  if (!row.IsNull(9)) *hold.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(9));
  listed.box = row.Blob(10);
  return listed;
}

}  // namespace

std::optional<FieldProblem> CheckHold(v1::LegalHold& hold, absl::Time now) {
  FieldCheck check;
  check.Id(hold.hold_id(), "hold.hold_id");
  check.Require(hold.person_id().empty() != hold.account_id().empty(), "hold.person_id",
                "give either the person or an account");
  if (!hold.person_id().empty()) check.CoreId(hold.person_id(), "hold.person_id");
  if (!hold.account_id().empty()) check.CoreId(hold.account_id(), "hold.account_id");
  check.Enum(v1::LegalHold::Origin_IsValid(hold.origin()), hold.origin(), "hold.origin");
  check.Line(hold.mutable_reference(), 1, kReferenceBytesMax, "hold.reference");
  if (hold.has_end_day()) {
    check.Day(hold.end_day(), "hold.end_day");
    if (!check.ok()) return check.problem();
    check.Require(CivilDayOf(hold.end_day()) > absl::ToCivilDay(now, absl::UTCTimeZone()),
                  "hold.end_day", "has begun");
  }
  return check.problem();
}

storage::BoxPlace PlaceOf(std::string_view hold_id, std::string_view person_id,
                          std::string_view account_id) {
  return storage::BoxPlace("legal_hold", "box").Key(hold_id).With(person_id).With(account_id);
}

absl::StatusOr<std::string> LegalHolds::HoldOwner(storage::Transaction& transaction,
                                                  const v1::LegalHold& hold) const {
  if (hold.account_id().empty()) {
    ASSIGN_OR_RETURN(const bool known, book_.HoldPerson(transaction, hold.person_id()));
    bool kept = known;
    if (!known && is_kept_) {
      ASSIGN_OR_RETURN(kept, is_kept_(transaction.connection(), hold.person_id()));
    }
    if (kept) return hold.person_id();
    return Error(absl::StatusCode::kNotFound, "PERSON_UNKNOWN",
                 "person_id: the book has no such person, and nothing else is kept of them");
  }
  ASSIGN_OR_RETURN(const auto known, book_.HoldOwner(transaction, hold.account_id()));
  if (known.has_value()) return known->person_id;
  return Error(absl::StatusCode::kNotFound, "ACCOUNT_UNKNOWN",
               "account_id: the book has no such account");
}

absl::StatusOr<bool> LegalHolds::Place(storage::Transaction& transaction, std::string_view actor,
                                       const v1::LegalHold& hold) const {
  // From here on nothing is erased until this is committed.
  RETURN_IF_ERROR(HoldAll(transaction));
  v1::LegalHold ordered = Ordered(hold);
  const std::string digest = sealer_.Digest(CanonicalBytes(ordered));
  ASSIGN_OR_RETURN(const auto there, Find(transaction.connection(), hold.hold_id()));
  if (there.has_value()) {
    if (there->digest == digest && !there->ended) return false;
    return Error(absl::StatusCode::kAlreadyExists, "LEGAL_HOLD_EXISTS",
                 there->ended ? "hold_id: this hold has ended; take another id"
                              : "hold_id: another order has this id");
  }
  ASSIGN_OR_RETURN(const bool full, IsFull(transaction.connection()));
  if (full) {
    return Error(absl::StatusCode::kResourceExhausted, "LEGAL_HOLDS_FULL",
                 "10,000 legal holds are in force; end those that need not be");
  }
  ASSIGN_OR_RETURN(const std::string person_id, HoldOwner(transaction, hold));
  const std::string box = sealer_.Seal(
      transaction, PlaceOf(hold.hold_id(), person_id, hold.account_id()), hold.reference());
  const storage::Value end_day = hold.has_end_day()
                                     ? storage::Value(DayNumberOf(CivilDayOf(hold.end_day())))
                                     : storage::Value(nullptr);
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {hold.hold_id(), person_id, hold.account_id(),
                                         static_cast<int64_t>(hold.origin()), hold.vendors_keep(),
                                         storage::Value::Blob(digest), actor, transaction.now_us(),
                                         end_day, storage::Value::Blob(box)})
                      .status());
  Record(transaction, actor, {hold.hold_id(), digest, person_id, hold.account_id()});
  return true;
}

absl::Status LegalHolds::End(storage::Transaction& transaction, std::string_view actor,
                             std::string_view hold_id) const {
  RETURN_IF_ERROR(HoldAll(transaction));
  ASSIGN_OR_RETURN(auto there, Find(transaction.connection(), hold_id));
  if (!there.has_value()) {
    return Error(absl::StatusCode::kNotFound, "LEGAL_HOLD_UNKNOWN",
                 "hold_id: there is no such legal hold");
  }
  if (there->ended) return absl::OkStatus();
  RETURN_IF_ERROR(transaction.Execute(kEnd, {actor, transaction.now_us(), hold_id}).status());
  there->ended = true;
  Record(transaction, actor, *there);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::LegalHold>> LegalHolds::List(storage::Connection& connection,
                                                            std::string_view after,
                                                            bool ended_too) const {
  std::vector<Listed> rows;
  RETURN_IF_ERROR(connection.Query(ended_too ? kSelectAll : kSelectInForce, {after, kPage},
                                   [&](const Row& row) {
                                     rows.push_back(FromRow(row));
                                     return absl::OkStatus();
                                   }));
  std::vector<v1::LegalHold> holds;
  for (Listed& row : rows) {
    const auto place = PlaceOf(row.hold.hold_id(), row.person_id, row.hold.account_id());
    auto reference = sealer_.Open(place, row.box, connection);
    // A hold whose box was altered holds all the same, and is not hidden by it.
    if (!reference.ok() && !absl::IsDataLoss(reference.status())) return reference.status();
    if (reference.ok()) row.hold.set_reference(*std::move(reference));
    holds.push_back(std::move(row.hold));
  }
  return holds;
}

absl::StatusOr<bool> AnyToEnd(storage::Connection& connection, absl::Time now) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectToEnd, {DayNumberAt(now)}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::Status EndByDay(storage::Transaction& transaction) {
  RETURN_IF_ERROR(HoldAll(transaction));
  std::vector<Known> ended;
  RETURN_IF_ERROR(transaction.Query(
      kEndByDay, {transaction.now_us(), DayNumberAt(transaction.now())}, [&](const Row& row) {
        ended.push_back({std::string(row.Text(0)), std::string(row.Blob(1)),
                         std::string(row.Text(2)), std::string(row.Text(3)), true});
        return absl::OkStatus();
      }));
  for (const Known& hold : ended) Record(transaction, "hub", hold);
  return absl::OkStatus();
}

}  // namespace switchboard::legal_holds
