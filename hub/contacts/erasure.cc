#include "hub/contacts/erasure.h"

#include "hub/base/error.h"

namespace switchboard::contacts {
namespace {

constexpr char kSelectOld[] =
    "SELECT begin_time, person_id FROM contact WHERE begin_time > $1 AND begin_time <= $2 ORDER BY "
    "begin_time LIMIT $3";
constexpr char kErase[] = "DELETE FROM contact WHERE begin_time > $1 AND begin_time <= $2";
// No statement is run over no rows.
constexpr char kEraseBut[] =
    "DELETE FROM contact WHERE begin_time > $1 AND begin_time <= $2 AND person_id NOT IN (SELECT "
    "c1 FROM rows($3))";
constexpr char kCountOf[] =
    "SELECT COUNT(*) FROM contact WHERE person_id = $1 AND begin_time <= $2";
constexpr char kEraseOf[] = "DELETE FROM contact WHERE person_id = $1 AND begin_time <= $2";
constexpr char kForgetAccounts[] =
    "DELETE FROM former_owner WHERE account_id IN (SELECT c1 FROM rows($1))";

}  // namespace

absl::StatusOr<OldContactsPage> OldContacts(storage::Connection& connection, int64_t after_us,
                                            int64_t until_us, int limit) {
  OldContactsPage page;
  RETURN_IF_ERROR(
      connection.Query(kSelectOld, {after_us, until_us, limit}, [&](const storage::Row& row) {
        page.through_us = row.Integer(0);
        page.person_ids.emplace_back(row.Text(1));
        return absl::OkStatus();
      }));
  page.last = page.person_ids.size() < static_cast<size_t>(limit);
  if (page.last) page.through_us = until_us;
  return page;
}

absl::StatusOr<int64_t> EraseContacts(storage::Transaction& transaction, int64_t after_us,
                                      int64_t through_us, const storage::Rows& kept) {
  return kept.empty() ? transaction.Execute(kErase, {after_us, through_us})
                      : transaction.Execute(kEraseBut, {after_us, through_us, kept});
}

absl::StatusOr<int64_t> CountContactsOf(storage::Connection& connection, std::string_view person_id,
                                        int64_t until_us) {
  int64_t count = 0;
  RETURN_IF_ERROR(connection.Query(kCountOf, {person_id, until_us}, [&](const storage::Row& row) {
    count = row.Integer(0);
    return absl::OkStatus();
  }));
  return count;
}

absl::StatusOr<int64_t> EraseContactsOf(storage::Transaction& transaction,
                                        std::string_view person_id, int64_t until_us) {
  return transaction.Execute(kEraseOf, {person_id, until_us});
}

absl::Status ForgetAccounts(storage::Transaction& transaction,
                            const std::vector<std::string>& account_ids) {
  const storage::Rows ids = storage::RowsOf(account_ids);
  return transaction.Execute(kForgetAccounts, {ids}).status();
}

}  // namespace switchboard::contacts
