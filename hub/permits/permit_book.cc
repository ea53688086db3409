#include "hub/permits/permit_book.h"

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/permits/permit_budget.h"
#include "hub/permits/permit_tally.h"

namespace switchboard::permits {
namespace {

using storage::Row;

#define PERMIT_COLUMNS                                                                             \
  "permit_id, vendor_id, request_id, assignment_id, person_id, account_id, work_type, "            \
  "contact_point_id, number_digest, collector_kind, channel, contact_kind, act, party, party_id, " \
  "consented, contract_version, attempts, state, give_time, begin_time, expire_time, void_time, "  \
  "outcome_id, plan, sub_contractor"

constexpr int kPermitColumns = 26;

constexpr char kInsert[] = "INSERT INTO permit (" PERMIT_COLUMNS
                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                           "$15, $16, $17, $18, 1, $19, $20, $21, NULL, '', $22, $23)";
constexpr char kSelectById[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE permit_id = $1 AND vendor_id = $2";
constexpr char kSelectAny[] = "SELECT " PERMIT_COLUMNS " FROM permit WHERE permit_id = $1";
constexpr char kSelectAllOpen[] =
    "SELECT permit_id, vendor_id, contract_version FROM permit WHERE state = 1";
constexpr char kSelectByIds[] =
    "SELECT " PERMIT_COLUMNS
    " FROM rows($1) CROSS JOIN permit WHERE permit_id = c1 AND vendor_id = $2";
constexpr char kSelectBefore[] =
    "SELECT " PERMIT_COLUMNS
    ", others_until, void_until, unused_of_account, given, unused FROM (SELECT (SELECT "
    "MAX(expire_time) FROM permit WHERE person_id = $1 AND state = 1 AND NOT (assignment_id = $2 "
    "AND request_id = $3)) AS others_until, (SELECT MAX(expire_time) FROM permit WHERE person_id = "
    "$1 AND state = 3 AND attempts > 0 AND expire_time > $4) AS void_until, (SELECT COUNT(*) FROM "
    "permit WHERE account_id = $5 AND vendor_id = $6 AND state IN (4, 5) AND outcome_id = '' AND "
    "give_time >= $7) AS unused_of_account, (SELECT CAST(SUM(given) AS BIGINT) FROM permit_budget "
    "WHERE vendor_id = $6 AND hour = $8) AS given, (SELECT CAST(SUM(unused) AS BIGINT) FROM "
    "permit_budget WHERE vendor_id = $6 AND hour = $8) AS unused) AS found LEFT JOIN permit ON "
    "assignment_id = $2 AND request_id = $3";
constexpr char kSelectOpenOfPerson[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE person_id = $1 AND state = 1 ORDER BY permit_id";
constexpr char kSelectVoidOfPerson[] =
    "SELECT " PERMIT_COLUMNS
    " FROM permit WHERE person_id = $1 AND state = 3 AND attempts > 0 AND expire_time > $2 ORDER "
    "BY permit_id";
constexpr char kSelectOpenOfNumber[] =
    "SELECT " PERMIT_COLUMNS
    " FROM permit WHERE number_digest = $1 AND state = 1 ORDER BY permit_id";
constexpr char kSelectReservedOfNumber[] =
    "SELECT " PERMIT_COLUMNS
    " FROM permit WHERE number_digest = $1 AND state = 1 AND expire_time > $2 UNION ALL "
    "SELECT " PERMIT_COLUMNS
    " FROM permit WHERE number_digest = $1 AND state = 3 AND attempts > 0 AND expire_time > $2 "
    "ORDER BY permit_id";
// A vendor, or a work type at every vendor: among as many as are open at one moment. In no order,
// lest the engine walks all that ever were given in the order of their ids.
constexpr char kSelectOpenOfVendor[] =
    "SELECT " PERMIT_COLUMNS " FROM permit WHERE vendor_id = $1 AND state = 1";
constexpr char kSelectOpen[] = "SELECT " PERMIT_COLUMNS " FROM permit WHERE state = 1";
constexpr char kSetState[] = "UPDATE permit SET state = $1 WHERE permit_id = $2 AND state = 1";
// Of one that could not be used yet nothing is under way.
constexpr char kVoid[] =
    "UPDATE permit SET state = 3, void_time = $1, attempts = CASE WHEN begin_time > $1 THEN 0 ELSE "
    "attempts END WHERE permit_id = $2 AND state = 1";
constexpr char kVoidUnused[] = "UPDATE permit SET attempts = 0 WHERE permit_id = $1 AND state = 3";
constexpr char kUse[] =
    "UPDATE permit SET attempts = attempts - c3, state = CASE WHEN attempts > c3 THEN state ELSE 2 "
    "END, outcome_id = c2 FROM rows($1) WHERE permit_id = c1 AND state IN (1, 3, 5)";
// A void one of which no attempt is left counts no more: it was released, or never to be used.
constexpr char kReturnUse[] =
    "UPDATE permit SET attempts = CASE WHEN state = 3 AND attempts = 0 THEN 0 ELSE attempts + 1 "
    "END, state = CASE WHEN state = 4 THEN 4 WHEN void_time IS NOT NULL THEN 3 WHEN state <> 5 AND "
    "expire_time > $1 THEN 1 ELSE 5 END, outcome_id = $2 WHERE permit_id = $3 "
    "RETURNING " PERMIT_COLUMNS;
constexpr char kSetPlan[] =
    "UPDATE permit SET attempts = $1, plan = $2 WHERE permit_id = $3 AND state = 1";
constexpr char kExpire[] =
    "UPDATE permit SET state = 5 WHERE state = 1 AND expire_time <= $1 RETURNING vendor_id, "
    "outcome_id";
constexpr char kSelectToExpire[] =
    "SELECT permit_id FROM permit WHERE state = 1 AND expire_time <= $1 LIMIT 1";

PermitRow FromRow(const Row& row) {
  PermitRow permit;
  permit.permit_id = row.Text(0);
  permit.vendor_id = row.Text(1);
  permit.request_id = row.Text(2);
  permit.assignment_id = row.Text(3);
  permit.person_id = row.Text(4);
  permit.account_id = row.Text(5);
  permit.work_type = static_cast<v1::WorkType>(row.Integer(6));
  permit.contact_point_id = row.Text(7);
  permit.number_digest = row.Text(8);
  permit.collector_kind = static_cast<v1::CollectorKind>(row.Integer(9));
  permit.channel = static_cast<v1::Channel>(row.Integer(10));
  permit.contact_kind = static_cast<v1::ContactKind>(row.Integer(11));
  permit.act = static_cast<v1::Act>(row.Integer(12));
  permit.party = static_cast<v1::Party>(row.Integer(13));
  permit.party_id = row.Text(14);
  permit.consented = row.Integer(15) != 0;
  permit.contract_version = row.Integer(16);
  permit.attempts = row.Integer(17);
  permit.state = static_cast<PermitState>(row.Integer(18));
  permit.give_time_us = row.Integer(19);
  permit.begin_time_us = row.Integer(20);
  permit.expire_time_us = row.Integer(21);
  if (!row.IsNull(22)) permit.void_time_us = row.Integer(22);
  permit.outcome_id = row.Text(23);
  permit.plan = row.Blob(24);
  permit.sub_contractor = row.Text(25);
  return permit;
}

absl::StatusOr<std::vector<PermitRow>> Select(storage::Connection& connection, const char* sql,
                                              storage::Connection::Parameters parameters) {
  std::vector<PermitRow> found;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    found.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<PermitRow>> Candidates(storage::Connection& connection,
                                                  const PermitFilter& filter) {
  if (!filter.person_id.empty()) return Select(connection, kSelectOpenOfPerson, {filter.person_id});
  if (!filter.number_digest.empty())
    return Select(connection, kSelectOpenOfNumber, {filter.number_digest});
  if (!filter.vendor_id.empty()) return Select(connection, kSelectOpenOfVendor, {filter.vendor_id});
  SWITCHBOARD_ASSERT(filter.work_type != v1::WORK_TYPE_UNSPECIFIED);
  return Select(connection, kSelectOpen, {});
}

bool Matches(const PermitFilter& filter, const PermitRow& permit) {
  auto fits = [](const std::string& wanted, const std::string& actual) {
    return wanted.empty() || wanted == actual;
  };
  return fits(filter.account_id, permit.account_id) &&
         fits(filter.assignment_id, permit.assignment_id) &&
         fits(filter.contact_point_id, permit.contact_point_id) &&
         fits(filter.number_digest, permit.number_digest) &&
         fits(filter.vendor_id, permit.vendor_id) &&
         (filter.work_type == v1::WORK_TYPE_UNSPECIFIED || filter.work_type == permit.work_type) &&
         (filter.channel == v1::CHANNEL_UNSPECIFIED || filter.channel == permit.channel);
}

}  // namespace

absl::Status InsertPermit(storage::Transaction& transaction, const PermitRow& permit) {
  return transaction
      .Execute(kInsert, {permit.permit_id,
                         permit.vendor_id,
                         permit.request_id,
                         permit.assignment_id,
                         permit.person_id,
                         permit.account_id,
                         static_cast<int64_t>(permit.work_type),
                         permit.contact_point_id,
                         permit.number_digest,
                         int{permit.collector_kind},
                         int{permit.channel},
                         int{permit.contact_kind},
                         int{permit.act},
                         int{permit.party},
                         permit.party_id,
                         permit.consented,
                         permit.contract_version,
                         permit.attempts,
                         permit.give_time_us,
                         permit.begin_time_us,
                         permit.expire_time_us,
                         storage::Value::Blob(permit.plan),
                         permit.sub_contractor})
      .status();
}

absl::StatusOr<std::map<std::string, PermitRow, std::less<>>> FindPermits(
    storage::Connection& connection, std::string_view vendor_id,
    const std::vector<std::string>& permit_ids) {
  std::map<std::string, PermitRow, std::less<>> found;
  const storage::Rows ids = storage::RowsOf(permit_ids);
  RETURN_IF_ERROR(connection.Query(kSelectByIds, {ids, vendor_id}, [&](const Row& row) {
    PermitRow permit = FromRow(row);
    found.emplace(permit.permit_id, std::move(permit));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<PermitRow>> FindPermit(storage::Connection& connection,
                                                    std::string_view vendor_id,
                                                    std::string_view permit_id) {
  ASSIGN_OR_RETURN(auto found, Select(connection, kSelectById, {permit_id, vendor_id}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<std::optional<PermitRow>> FindAnyPermit(storage::Connection& connection,
                                                       std::string_view permit_id) {
  ASSIGN_OR_RETURN(auto found, Select(connection, kSelectAny, {permit_id}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<std::vector<OpenPermit>> OpenPermits(storage::Connection& connection) {
  std::vector<OpenPermit> open;
  RETURN_IF_ERROR(connection.Query(kSelectAllOpen, {}, [&](const Row& row) {
    open.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2)});
    return absl::OkStatus();
  }));
  return open;
}

absl::StatusOr<PermitsBefore> LookBack(storage::Transaction& transaction,
                                       const PermitQuestion& question) {
  PermitsBefore before;
  RETURN_IF_ERROR(transaction.Query(
      kSelectBefore,
      {question.person_id, question.assignment_id, question.request_id, transaction.now_us(),
       question.account_id, question.vendor_id, question.day_begin_us, HourOf(transaction.now())},
      [&](const Row& row) {
        if (!row.IsNull(0)) before.of_request = FromRow(row);
        before.open_until_us = row.Integer(kPermitColumns);
        before.any_void = !row.IsNull(kPermitColumns + 1);
        before.unused_of_account = row.Integer(kPermitColumns + 2);
        before.use.given = row.Integer(kPermitColumns + 3);
        before.use.unused = row.Integer(kPermitColumns + 4);
        return absl::OkStatus();
      }));
  return before;
}

absl::StatusOr<std::vector<PermitRow>> OpenPermitsOfPerson(storage::Connection& connection,
                                                           std::string_view person_id) {
  return Select(connection, kSelectOpenOfPerson, {person_id});
}

absl::StatusOr<std::vector<PermitRow>> ReservedOfNumber(storage::Connection& connection,
                                                        std::string_view number_digest,
                                                        absl::Time now) {
  return Select(connection, kSelectReservedOfNumber, {number_digest, absl::ToUnixMicros(now)});
}

absl::StatusOr<std::vector<PermitRow>> VoidPermitsOfPerson(storage::Connection& connection,
                                                           std::string_view person_id,
                                                           absl::Time now) {
  return Select(connection, kSelectVoidOfPerson, {person_id, absl::ToUnixMicros(now)});
}

absl::StatusOr<int64_t> VoidPermits(storage::Transaction& transaction, std::string_view actor,
                                    const PermitFilter& filter) {
  ASSIGN_OR_RETURN(const auto candidates, Candidates(transaction.connection(), filter));
  int64_t voided = 0;
  for (const PermitRow& permit : candidates) {
    // Its time is up: it was used in its time or not at all, which an outcome may still tell.
    if (!Matches(filter, permit) || permit.expire_time_us <= transaction.now_us()) continue;
    RETURN_IF_ERROR(VoidPermit(transaction, actor, permit, filter.cause));
    ++voided;
  }
  return voided;
}

absl::Status VoidPermit(storage::Transaction& transaction, std::string_view actor,
                        const PermitRow& permit, VoidCause cause) {
  return VoidPermitSince(transaction, actor, permit, cause, transaction.now());
}

absl::Status VoidPermitSince(storage::Transaction& transaction, std::string_view actor,
                             const PermitRow& permit, VoidCause cause, absl::Time since) {
  SWITCHBOARD_ASSERT(permit.state == PermitState::kOpen);
  RETURN_IF_ERROR(
      transaction.Execute(kVoid, {absl::ToUnixMicros(since), permit.permit_id}).status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_VOIDED, actor);
  event.set_vendor_id(permit.vendor_id);
  event.set_account_id(permit.account_id);
  event.set_assignment_id(permit.assignment_id);
  event.set_subject_id(permit.permit_id);
  event.mutable_permit_voided()->set_cause(cause);
  audit::Record(transaction, std::move(event));
  CountVoided(transaction, permit.vendor_id, cause == v1::AuditEvent::PermitVoided::CAUSE_STOP);
  transaction.Announce(Topic::PermitVoid(permit.vendor_id, permit.permit_id));
  return absl::OkStatus();
}

absl::Status UsePermits(storage::Transaction& transaction, const std::vector<PermitUse>& uses) {
  struct Sum {
    std::string outcome_id;  // the last one
    int64_t attempts = 0;
  };
  std::map<std::string, Sum> sums;
  for (const auto& [permit_id, outcome_id] : uses) {
    Sum& sum = sums[permit_id];
    sum.outcome_id = outcome_id;
    ++sum.attempts;
  }
  using enum storage::Value::Kind;
  storage::Rows rows({kText, kText, kInteger}, sums.size());
  for (const auto& [permit_id, sum] : sums) rows.Add({permit_id, sum.outcome_id, sum.attempts});
  return transaction.Execute(kUse, {rows}).status();
}

absl::StatusOr<std::optional<PermitRow>> ReturnUse(storage::Transaction& transaction,
                                                   std::string_view permit_id,
                                                   std::string_view outcome_id) {
  std::optional<PermitRow> permit;
  RETURN_IF_ERROR(transaction.Query(kReturnUse, {transaction.now_us(), outcome_id, permit_id},
                                    [&](const Row& row) {
                                      permit = FromRow(row);
                                      return absl::OkStatus();
                                    }));
  if (!permit.has_value()) return permit;
  const bool is_over =
      permit->state == PermitState::kExpired || permit->state == PermitState::kReleased;
  if (is_over && permit->outcome_id.empty())
    ++PermitBudget::Of(transaction, permit->vendor_id).added.unused;
  return permit;
}

absl::Status SetPlan(storage::Transaction& transaction, std::string_view permit_id,
                     int64_t attempts, std::string_view plan) {
  return transaction.Execute(kSetPlan, {attempts, storage::Value::Blob(plan), permit_id}).status();
}

absl::Status MarkReleased(storage::Transaction& transaction, std::string_view permit_id) {
  return transaction.Execute(kSetState, {static_cast<int64_t>(PermitState::kReleased), permit_id})
      .status();
}

absl::Status MarkVoidUnused(storage::Transaction& transaction, std::string_view permit_id) {
  return transaction.Execute(kVoidUnused, {permit_id}).status();
}

absl::Status ExpirePermits(storage::Transaction& transaction) {
  return transaction.Query(kExpire, {transaction.now_us()}, [&](const Row& row) {
    if (row.Text(1).empty()) ++PermitBudget::Of(transaction, row.Text(0)).added.unused;
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> AnyPermitsToExpire(storage::Connection& connection, absl::Time now) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectToExpire, {absl::ToUnixMicros(now)}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

}  // namespace switchboard::permits
