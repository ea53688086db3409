#include "hub/promises/promise_book.h"

#include <utility>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/promises/policy.h"
#include "hub/promises/sealed_tables.h"

namespace switchboard::promises {
namespace {

using storage::Row;
using storage::Value;
using enum Value::Kind;

#define PROMISE_COLUMNS                                                                          \
  "account_id, vendor_id, outcome_id, version, assignment_id, take_time, standing, since_time, " \
  "review_time, replaced_by_erased, never_binds, box, note_digest"
constexpr char kSelect[] =
    "SELECT " PROMISE_COLUMNS " FROM promise WHERE account_id IN (SELECT c1 FROM rows($1))";
constexpr char kSelectPending[] =
    "SELECT " PROMISE_COLUMNS
    " FROM promise WHERE standing = 8 AND (account_id, vendor_id, outcome_id) > ($1, $2, $3) ORDER "
    "BY account_id, vendor_id, outcome_id LIMIT $4";
constexpr char kSelectPendingOne[] =
    "SELECT " PROMISE_COLUMNS
    " FROM promise WHERE account_id = $1 AND vendor_id = $2 AND outcome_id = $3 AND standing = 8";
#undef PROMISE_COLUMNS
constexpr char kSelectStandings[] =
    "SELECT account_id, vendor_id, outcome_id, standing FROM promise WHERE account_id IN (SELECT "
    "c1 FROM rows($1))";
// A note that is as it was keeps what was taken out of it, in the box that lies there: a rotation
// may have sealed that anew since the row was read.
constexpr char kWrite[] =
    "INSERT INTO promise (account_id, vendor_id, outcome_id, version, assignment_id, take_time, "
    "bind_time, standing, since_time, review_time, remind_from, remind_until, replaced_by_erased, "
    "never_binds, box, note_digest, hidden) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, "
    "c12, c13, c14, c15, c16, c17 FROM rows($1) WHERE true ON CONFLICT "
    "(account_id, vendor_id, outcome_id) DO UPDATE SET version = excluded.version, take_time = "
    "excluded.take_time, bind_time = excluded.bind_time, standing = excluded.standing, since_time "
    "= excluded.since_time, review_time = excluded.review_time, remind_from = "
    "excluded.remind_from, remind_until = excluded.remind_until, "
    "replaced_by_erased = excluded.replaced_by_erased, never_binds = excluded.never_binds, box = "
    "excluded.box, note_digest = excluded.note_digest, hidden = CASE WHEN promise.note_digest = "
    "excluded.note_digest THEN promise.hidden ELSE excluded.hidden END";
constexpr char kRemove[] =
    "DELETE FROM promise WHERE (account_id, vendor_id, outcome_id) IN (SELECT c1, c2, c3 FROM "
    "rows($1))";
constexpr char kSelectToReview[] =
    "SELECT DISTINCT account_id FROM promise WHERE review_time <= $1 LIMIT $2";
constexpr char kSelectLive[] =
    "SELECT since_time, remind_from, remind_until FROM promise WHERE account_id = $1 AND standing "
    "= 1";
constexpr char kWritePayment[] =
    "INSERT INTO payment (event_id, account_id, pay_time, box) VALUES ($1, $2, $3, $4) ON CONFLICT "
    "(event_id) DO NOTHING";
constexpr char kSelectPayments[] =
    "SELECT event_id, account_id, pay_time, box FROM payment WHERE account_id IN (SELECT c1 FROM "
    "rows($1))";

static_assert(v1::PROMISE_STANDING_OPEN == 1 && v1::PROMISE_STANDING_PENDING == 8,
              "as the statements have it");

Consent ConsentIn(const v1::PromiseRecord& record) {
  switch (record.decision().verdict()) {
    case v1::PlanDecision::VERDICT_APPROVED:
    case v1::PlanDecision::VERDICT_CHANGED:
      return Consent::kGiven;
    case v1::PlanDecision::VERDICT_REFUSED:
      return Consent::kRefused;
    default:
      return record.beyond().empty() ? Consent::kVendors : Consent::kAwaited;
  }
}

absl::StatusOr<PromiseRow> FromRow(const Row& row, storage::Sealer& sealer,
                                   storage::Connection& connection) {
  PromiseRow found;
  found.key = {std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2))};
  found.version = row.Integer(3);
  found.assignment_id = row.Text(4);
  found.take_time_us = row.Integer(5);
  found.standing = static_cast<v1::PromiseStanding>(row.Integer(6));
  found.since_us = row.Integer(7);
  found.review_us = row.IsNull(8) ? 0 : row.Integer(8);
  found.replaced_by_erased_us = row.IsNull(9) ? 0 : row.Integer(9);
  found.never_binds = row.Integer(10) != 0;
  ASSIGN_OR_RETURN(const std::string sealed,
                   sealer.Open(PlaceOfPromise(found.key), row.Blob(11), connection));
  if (!found.record.ParseFromString(sealed))
    return absl::DataLossError("a stored promise cannot be parsed");
  found.note_digest = row.Blob(12);
  return found;
}

}  // namespace

TakenPromise PromiseRow::Taken() const {
  TakenPromise taken;
  taken.promise_id = key.IdOnDebt();
  taken.take_time = absl::FromUnixMicros(take_time_us);
  taken.promised = InstalmentsOf(AgreedIn(record));
  taken.currency_code = record.promise().amount().currency_code();
  taken.consent = ConsentIn(record);
  taken.decide_time = TimeOf(record.decision().decide_time());
  taken.patience = {record.tolerance_minor_units(), record.grace_days()};
  taken.zones = ZonesOf(record);
  taken.within_terms = record.within_terms() && !never_binds;
  taken.count_max = record.count_max();
  taken.within_days = record.within_days();
  if (replaced_by_erased_us != 0)
    taken.replaced_by_erased = absl::FromUnixMicros(replaced_by_erased_us);
  return taken;
}

std::optional<int64_t> PromiseRow::BindTime() const {
  if (standing == v1::PROMISE_STANDING_NOT_BINDING) return std::nullopt;
  switch (ConsentIn(record)) {
    case Consent::kVendors:
      return take_time_us;
    case Consent::kGiven:
      return absl::ToUnixMicros(TimeOf(record.decision().decide_time()));
    case Consent::kAwaited:
    case Consent::kRefused:
      return std::nullopt;
  }
  return std::nullopt;
}

absl::StatusOr<PromiseRows> ReadPromises(storage::Connection& connection, storage::Sealer& sealer,
                                         const std::vector<std::string>& account_ids) {
  PromiseRows rows;
  RETURN_IF_ERROR(connection.Query(
      kSelect, {storage::RowsOf(account_ids)}, [&](const Row& row) -> absl::Status {
        ASSIGN_OR_RETURN(PromiseRow one, FromRow(row, sealer, connection));
        rows.emplace(one.key, std::move(one));
        return absl::OkStatus();
      }));
  return rows;
}

absl::StatusOr<std::map<PromiseKey, v1::PromiseStanding>> StandingsOn(
    storage::Connection& connection, const std::vector<std::string>& account_ids) {
  std::map<PromiseKey, v1::PromiseStanding> standings;
  RETURN_IF_ERROR(
      connection.Query(kSelectStandings, {storage::RowsOf(account_ids)}, [&](const Row& row) {
        standings[{std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2))}] =
            static_cast<v1::PromiseStanding>(row.Integer(3));
        return absl::OkStatus();
      }));
  return standings;
}

absl::Status WritePromises(storage::Transaction& transaction, storage::Sealer& sealer,
                           const std::vector<PromiseRow>& rows) {
  if (rows.empty()) return absl::OkStatus();
  std::vector<std::string> boxes;
  boxes.reserve(rows.size());
  storage::Rows values(
      {kText, kText, kText, kInteger, kText, kInteger, kInteger, kInteger, kInteger, kInteger,
       kInteger, kInteger, kInteger, kInteger, kBlob, kBlob, kBlob},
      rows.size());
  for (const PromiseRow& row : rows) {
    boxes.push_back(
        sealer.Seal(transaction, PlaceOfPromise(row.key), row.record.SerializeAsString()));
    const Reminding reminding = RemindingOf(row.record);
    values.Add({row.key.account_id, row.key.vendor_id, row.key.outcome_id, row.version,
                row.assignment_id, row.take_time_us,
                storage::TimeOrNull(row.BindTime().value_or(0)), static_cast<int64_t>(row.standing),
                row.since_us, storage::TimeOrNull(row.review_us),
                absl::ToUnixMicros(reminding.from), absl::ToUnixMicros(reminding.until),
                storage::TimeOrNull(row.replaced_by_erased_us), row.never_binds,
                Value::Blob(boxes.back()), Value::Blob(row.note_digest), Value::Blob(row.hidden)});
  }
  return transaction.Execute(kWrite, {values}).status();
}

absl::Status RemovePromises(storage::Transaction& transaction,
                            const std::vector<PromiseKey>& keys) {
  if (keys.empty()) return absl::OkStatus();
  storage::Rows values({kText, kText, kText}, keys.size());
  for (const PromiseKey& key : keys) values.Add({key.account_id, key.vendor_id, key.outcome_id});
  return transaction.Execute(kRemove, {values}).status();
}

absl::StatusOr<std::vector<std::string>> AccountsToReview(storage::Connection& connection,
                                                          int64_t now_us, int limit) {
  std::vector<std::string> account_ids;
  RETURN_IF_ERROR(connection.Query(kSelectToReview, {now_us, limit}, [&](const Row& row) {
    account_ids.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return account_ids;
}

absl::StatusOr<std::vector<PromiseRow>> PendingPlans(storage::Connection& connection,
                                                     storage::Sealer& sealer,
                                                     const PromiseKey& after, int limit) {
  std::vector<PromiseRow> rows;
  RETURN_IF_ERROR(
      connection.Query(kSelectPending, {after.account_id, after.vendor_id, after.outcome_id, limit},
                       [&](const Row& row) -> absl::Status {
                         ASSIGN_OR_RETURN(PromiseRow one, FromRow(row, sealer, connection));
                         rows.push_back(std::move(one));
                         return absl::OkStatus();
                       }));
  return rows;
}

absl::StatusOr<std::optional<PromiseRow>> FindPendingPlan(storage::Connection& connection,
                                                          storage::Sealer& sealer,
                                                          const PromiseKey& key) {
  std::optional<PromiseRow> found;
  RETURN_IF_ERROR(connection.Query(kSelectPendingOne,
                                   {key.account_id, key.vendor_id, key.outcome_id},
                                   [&](const Row& row) -> absl::Status {
                                     ASSIGN_OR_RETURN(found, FromRow(row, sealer, connection));
                                     return absl::OkStatus();
                                   }));
  return found;
}

absl::StatusOr<std::optional<LivePromise>> FindLive(storage::Connection& connection,
                                                    std::string_view account_id) {
  std::optional<LivePromise> live;
  RETURN_IF_ERROR(connection.Query(kSelectLive, {account_id}, [&](const Row& row) {
    live = {absl::FromUnixMicros(row.Integer(0)), absl::FromUnixMicros(row.Integer(1)),
            absl::FromUnixMicros(row.Integer(2))};
    return absl::OkStatus();
  }));
  return live;
}

absl::Status WritePayment(storage::Transaction& transaction, storage::Sealer& sealer,
                          const Paid& paid) {
  const std::string box =
      sealer.Seal(transaction, PlaceOfPayment(paid.event_id, paid.account_id, paid.pay_time_us),
                  paid.amount.SerializeAsString());
  return transaction
      .Execute(kWritePayment, {paid.event_id, paid.account_id, paid.pay_time_us, Value::Blob(box)})
      .status();
}

absl::StatusOr<std::map<std::string, std::vector<DebtPayment>, std::less<>>> ReadPayments(
    storage::Connection& connection, storage::Sealer& sealer,
    const std::vector<std::string>& account_ids) {
  std::map<std::string, std::vector<DebtPayment>, std::less<>> payments;
  RETURN_IF_ERROR(connection.Query(
      kSelectPayments, {storage::RowsOf(account_ids)}, [&](const Row& row) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string sealed,
                         sealer.Open(PlaceOfPayment(row.Text(0), row.Text(1), row.Integer(2)),
                                     row.Blob(3), connection));
        v1::Money amount;
        if (!amount.ParseFromString(sealed))
          return absl::DataLossError("a stored payment cannot be parsed");
        payments[std::string(row.Text(1))].push_back(
            {{absl::FromUnixMicros(row.Integer(2)), amount.minor_units()}, amount.currency_code()});
        return absl::OkStatus();
      }));
  return payments;
}

}  // namespace switchboard::promises
