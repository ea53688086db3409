#include "hub/storage/counter.h"

#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

constexpr char kTake[] =
    "INSERT INTO counter (name, value) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value";
constexpr char kRaise[] =
    "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
    "excluded.value WHERE counter.value < excluded.value";
constexpr char kSelect[] = "SELECT value FROM counter WHERE name = $1";

absl::StatusOr<int64_t> NumberOf(Connection& connection, const char* sql,
                                 Connection::Parameters parameters) {
  int64_t number = 0;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    number = row.Integer(0);
    return absl::OkStatus();
  }));
  return number;
}

}  // namespace

absl::StatusOr<int64_t> TakeNumber(Connection& connection, std::string_view name) {
  return NumberOf(connection, kTake, {name, 1});
}

absl::StatusOr<int64_t> TakeNumbers(Transaction& transaction, std::string_view name,
                                    int64_t count) {
  ASSIGN_OR_RETURN(const int64_t newest, NumberOf(transaction.connection(), kTake, {name, count}));
  return newest - count;
}

absl::Status RaiseNumber(Transaction& transaction, std::string_view name, int64_t to) {
  return transaction.Execute(kRaise, {name, to}).status();
}

absl::StatusOr<int64_t> NewestNumber(Connection& connection, std::string_view name) {
  return NumberOf(connection, kSelect, {name});
}

}  // namespace switchboard::storage
