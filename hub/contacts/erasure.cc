#include "hub/contacts/erasure.h"

#include "hub/base/error.h"

namespace switchboard::contacts {
namespace {

constexpr char kSelectOld[] = "SELECT 1 FROM contact WHERE begin_time <= $1 LIMIT 1";
// Those of one instant go together.
constexpr char kErase[] =
    "DELETE FROM contact WHERE begin_time <= (SELECT MAX(begin_time) FROM (SELECT begin_time FROM "
    "contact WHERE begin_time <= $1 ORDER BY begin_time LIMIT $2) AS oldest)";
constexpr char kForgetAccounts[] =
    "DELETE FROM former_owner WHERE account_id IN (SELECT c1 FROM rows($1))";

}  // namespace

absl::StatusOr<bool> AnyOldContacts(storage::Connection& connection, int64_t until_us) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectOld, {until_us}, [&](const storage::Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::StatusOr<int64_t> EraseContacts(storage::Transaction& transaction, int64_t until_us,
                                      int limit) {
  return transaction.Execute(kErase, {until_us, limit});
}

absl::Status ForgetAccounts(storage::Transaction& transaction,
                            const std::vector<std::string>& account_ids) {
  const storage::Rows ids = storage::RowsOf(account_ids);
  return transaction.Execute(kForgetAccounts, {ids}).status();
}

}  // namespace switchboard::contacts
