#include "hub/audit/quarantine.h"

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr char kInsert[] =
    "INSERT INTO quarantine (quarantine_id, actor, kind, status, field, quarantine_time, box) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";

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

}  // namespace switchboard::audit
