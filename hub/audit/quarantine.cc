#include "hub/audit/quarantine.h"

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr char kInsert[] =
    "INSERT INTO quarantine (quarantine_id, actor, kind, status, field, quarantine_time, box) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";
// Ids are time-ordered.
constexpr char kSelectOld[] =
    "SELECT quarantine_id FROM (SELECT quarantine_id, quarantine_time FROM quarantine ORDER BY "
    "quarantine_id LIMIT $1) AS oldest WHERE quarantine_time <= $2 LIMIT 1";
constexpr char kErase[] =
    "DELETE FROM quarantine WHERE quarantine_id IN (SELECT quarantine_id FROM quarantine ORDER BY "
    "quarantine_id LIMIT $1) AND quarantine_time <= $2";

}  // namespace

absl::Status Quarantine(storage::Transaction& transaction, storage::Sealer& sealer, IdMint& ids,
                        const Refused& refused) {
  const std::string id = ids.Next();
  const std::string box = sealer.Seal("quarantine|" + id, refused.bytes);
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert, {id, refused.actor, refused.kind, refused.status, refused.field,
                             transaction.now_us(), storage::Value::Blob(box)})
          .status());
  v1::AuditEvent event = Event(v1::AuditEvent::KIND_QUARANTINED, refused.actor);
  event.set_subject_id(id);
  event.set_detail(std::string(refused.kind) + " " + std::string(refused.status) + " " +
                   std::string(refused.field));
  Record(transaction, std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<bool> AnyOldQuarantine(storage::Connection& connection, int64_t until_us,
                                      int limit) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectOld, {limit, until_us}, [&](const storage::Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::StatusOr<int64_t> EraseQuarantine(storage::Transaction& transaction, int64_t until_us,
                                        int limit) {
  return transaction.Execute(kErase, {limit, until_us});
}

}  // namespace switchboard::audit
