#include "hub/unmasking/unmasking_book.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::unmasking {
namespace {

using storage::Row;
using storage::TimeOrNull;
using storage::Value;

#define UNMASKING_COLUMNS                                                                        \
  "unmasking_id, vendor_id, assignment_id, request_id, person_id, account_id, classes, reason, " \
  "contract_version, state, ask_time, decided_by, decide_time, show_time, until_time, box"

constexpr char kInsert[] = "INSERT INTO unmasking (" UNMASKING_COLUMNS
                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                           "$14, $15, $16)";
constexpr char kUpdate[] =
    "UPDATE unmasking SET contract_version = $1, state = $2, decided_by = $3, decide_time = $4, "
    "show_time = $5, until_time = $6 WHERE unmasking_id = $7";
constexpr char kSelectById[] =
    "SELECT " UNMASKING_COLUMNS " FROM unmasking WHERE unmasking_id = $1";
constexpr char kSelectOfRequest[] =
    "SELECT " UNMASKING_COLUMNS " FROM unmasking WHERE assignment_id = $1 AND request_id = $2";
constexpr char kCountOfVendor[] =
    "SELECT COUNT(*) FROM unmasking WHERE vendor_id = $1 AND ask_time >= $2";
constexpr char kCountOfAccount[] =
    "SELECT COUNT(*) FROM unmasking WHERE vendor_id = $1 AND ask_time >= $2 AND account_id = $3";
constexpr char kSelectAfter[] =
    "SELECT " UNMASKING_COLUMNS
    " FROM unmasking WHERE unmasking_id > $1 AND ($2 = '' OR vendor_id = $2) ORDER BY unmasking_id "
    "LIMIT $3";
constexpr char kSelectWaiting[] =
    "SELECT " UNMASKING_COLUMNS
    " FROM unmasking WHERE state = 2 AND unmasking_id > $1 AND ($2 = '' OR vendor_id = $2) AND "
    "ask_time > $3 ORDER BY unmasking_id LIMIT $4";
constexpr char kCountWaiting[] =
    "SELECT vendor_id, COUNT(*), MIN(ask_time) FROM unmasking WHERE state = 2 AND ask_time > $1 "
    "GROUP BY vendor_id ORDER BY vendor_id";
constexpr char kEndOfVendor[] =
    "UPDATE unmasking SET state = 4 WHERE vendor_id = $1 AND (state = 2 OR (state = 1 AND "
    "(until_time IS NULL OR until_time > $2)))";

static_assert(v1::RequestUnmaskingResponse::STATE_SHOWN == 1 &&
              v1::RequestUnmaskingResponse::STATE_WAITING == 2 &&
              v1::RequestUnmaskingResponse::STATE_ENDED == 4);

int64_t BitsOf(const std::vector<v1::DataClass>& classes) {
  int64_t bits = 0;
  for (const v1::DataClass data_class : classes) bits |= int64_t{1} << data_class;
  return bits;
}

std::vector<v1::DataClass> ClassesOf(int64_t bits) {
  std::vector<v1::DataClass> classes;
  for (int number = v1::DataClass_MIN; number <= v1::DataClass_MAX; ++number) {
    if ((bits >> number & 1) != 0) classes.push_back(static_cast<v1::DataClass>(number));
  }
  return classes;
}

int64_t TimeOrZero(const Row& row, int column) {
  return row.IsNull(column) ? 0 : row.Integer(column);
}

UnmaskingRow FromRow(const Row& row) {
  UnmaskingRow unmasking;
  unmasking.unmasking_id = row.Text(0);
  unmasking.vendor_id = row.Text(1);
  unmasking.assignment_id = row.Text(2);
  unmasking.request_id = row.Text(3);
  unmasking.person_id = row.Text(4);
  unmasking.account_id = row.Text(5);
  unmasking.classes = ClassesOf(row.Integer(6));
  unmasking.reason = static_cast<v1::UnmaskingReason>(row.Integer(7));
  unmasking.contract_version = row.Integer(8);
  unmasking.state = static_cast<State>(row.Integer(9));
  unmasking.ask_time_us = row.Integer(10);
  unmasking.decided_by = row.Text(11);
  unmasking.decide_time_us = TimeOrZero(row, 12);
  unmasking.show_time_us = TimeOrZero(row, 13);
  unmasking.until_time_us = TimeOrZero(row, 14);
  unmasking.agent_box = row.Blob(15);
  return unmasking;
}

absl::StatusOr<std::vector<UnmaskingRow>> Select(storage::Connection& connection, const char* sql,
                                                 storage::Connection::Parameters parameters) {
  std::vector<UnmaskingRow> found;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    found.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<UnmaskingRow>> SelectOne(storage::Connection& connection,
                                                      const char* sql,
                                                      storage::Connection::Parameters parameters) {
  ASSIGN_OR_RETURN(auto found, Select(connection, sql, parameters));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<int64_t> Count(storage::Connection& connection, const char* sql,
                              storage::Connection::Parameters parameters) {
  int64_t count = 0;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    count = row.Integer(0);
    return absl::OkStatus();
  }));
  return count;
}

// Who was asked for before this waits no longer.
int64_t WaitsSince(absl::Time now) { return absl::ToUnixMicros(now - kWordWaits); }

}  // namespace

storage::BoxPlace AgentPlace(std::string_view unmasking_id) {
  return storage::BoxPlace("unmasking", "box").Key(unmasking_id);
}

UnmaskingFacts FactsOf(const UnmaskingRow& row) {
  UnmaskingFacts facts;
  facts.state = row.state;
  facts.ask_time = absl::FromUnixMicros(row.ask_time_us);
  facts.decide_time = absl::FromUnixMicros(row.decide_time_us);
  facts.agreed =
      !row.decided_by.empty() && row.state != v1::RequestUnmaskingResponse::STATE_REFUSED;
  facts.was_shown = row.show_time_us != 0;
  facts.show_time = absl::FromUnixMicros(row.show_time_us);
  facts.until = absl::FromUnixMicros(row.until_time_us);
  return facts;
}

absl::Status InsertUnmasking(storage::Transaction& transaction, const UnmaskingRow& row) {
  return transaction
      .Execute(kInsert,
               {row.unmasking_id, row.vendor_id, row.assignment_id, row.request_id, row.person_id,
                row.account_id, BitsOf(row.classes), static_cast<int64_t>(row.reason),
                row.contract_version, static_cast<int64_t>(row.state), row.ask_time_us,
                row.decided_by, TimeOrNull(row.decide_time_us), TimeOrNull(row.show_time_us),
                TimeOrNull(row.until_time_us), Value::Blob(row.agent_box)})
      .status();
}

absl::Status UpdateUnmasking(storage::Transaction& transaction, const UnmaskingRow& row) {
  return transaction
      .Execute(kUpdate, {row.contract_version, static_cast<int64_t>(row.state), row.decided_by,
                         TimeOrNull(row.decide_time_us), TimeOrNull(row.show_time_us),
                         TimeOrNull(row.until_time_us), row.unmasking_id})
      .status();
}

absl::StatusOr<std::optional<UnmaskingRow>> FindUnmasking(storage::Connection& connection,
                                                          std::string_view unmasking_id) {
  return SelectOne(connection, kSelectById, {unmasking_id});
}

absl::StatusOr<std::optional<UnmaskingRow>> FindOfRequest(storage::Connection& connection,
                                                          std::string_view assignment_id,
                                                          std::string_view request_id) {
  return SelectOne(connection, kSelectOfRequest, {assignment_id, request_id});
}

absl::StatusOr<UnmaskingCounts> CountSince(storage::Connection& connection,
                                           std::string_view vendor_id, std::string_view account_id,
                                           absl::Time hour_begin, absl::Time day_begin) {
  UnmaskingCounts counts;
  ASSIGN_OR_RETURN(counts.of_vendor,
                   Count(connection, kCountOfVendor, {vendor_id, absl::ToUnixMicros(hour_begin)}));
  ASSIGN_OR_RETURN(
      counts.of_account,
      Count(connection, kCountOfAccount, {vendor_id, absl::ToUnixMicros(day_begin), account_id}));
  return counts;
}

absl::StatusOr<std::vector<UnmaskingRow>> ListUnmaskings(storage::Connection& connection,
                                                         std::string_view vendor_id,
                                                         std::string_view after, int limit) {
  return Select(connection, kSelectAfter, {after, vendor_id, limit});
}

absl::StatusOr<std::vector<UnmaskingRow>> ListWaiting(storage::Connection& connection,
                                                      std::string_view vendor_id,
                                                      std::string_view after, int limit,
                                                      absl::Time now) {
  return Select(connection, kSelectWaiting, {after, vendor_id, WaitsSince(now), limit});
}

absl::StatusOr<std::vector<WaitingUnmaskings>> UnmaskingsWaiting(storage::Connection& connection,
                                                                 absl::Time now) {
  std::vector<WaitingUnmaskings> waiting;
  RETURN_IF_ERROR(connection.Query(kCountWaiting, {WaitsSince(now)}, [&](const Row& row) {
    waiting.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2)});
    return absl::OkStatus();
  }));
  return waiting;
}

absl::StatusOr<int64_t> EndUnmaskings(storage::Transaction& transaction,
                                      std::string_view vendor_id) {
  return transaction.Execute(kEndOfVendor, {vendor_id, transaction.now_us()});
}

}  // namespace switchboard::unmasking
