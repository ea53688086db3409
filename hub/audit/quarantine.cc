#include "hub/audit/quarantine.h"

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

using storage::Row;
using storage::Value;

constexpr char kInsert[] =
    "INSERT INTO quarantine (quarantine_id, actor, kind, source, as_of, status, field, "
    "quarantine_time, count, digest, box) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10) "
    "ON CONFLICT (digest) DO UPDATE SET count = quarantine.count + 1, as_of = CASE WHEN "
    "excluded.as_of > quarantine.as_of THEN excluded.as_of ELSE quarantine.as_of END "
    "RETURNING quarantine_id";
constexpr char kSelect[] =
    "SELECT quarantine_id, actor, kind, source, as_of, status, field, quarantine_time, count, box "
    "FROM quarantine WHERE quarantine_id = $1";
constexpr char kSetCount[] = "UPDATE quarantine SET count = $1 WHERE quarantine_id = $2";
constexpr char kRemove[] = "DELETE FROM quarantine WHERE quarantine_id = $1";
constexpr char kRemoveWords[] = "DELETE FROM quarantine_word WHERE quarantine_id = $1";
constexpr char kGiveWord[] =
    "INSERT INTO quarantine_word (quarantine_id, operator, give_time) VALUES ($1, $2, $3) ON "
    "CONFLICT (quarantine_id, operator) DO UPDATE SET give_time = excluded.give_time";
constexpr char kCountWords[] =
    "SELECT COUNT(*) FROM quarantine_word WHERE quarantine_id = $1 AND give_time >= $2";
// Ids are time-ordered.
constexpr char kSelectOld[] =
    "SELECT quarantine_id FROM (SELECT quarantine_id, quarantine_time FROM quarantine ORDER BY "
    "quarantine_id LIMIT $1) AS oldest WHERE quarantine_time <= $2 LIMIT 1";
constexpr char kErase[] =
    "DELETE FROM quarantine WHERE quarantine_id IN (SELECT quarantine_id FROM quarantine ORDER BY "
    "quarantine_id LIMIT $1) AND quarantine_time <= $2 RETURNING quarantine_id";

std::string BoxPlace(std::string_view quarantine_id) {
  return "quarantine|" + std::string(quarantine_id);
}

// Each part behind its length, so that none can be moved into another.
std::string DigestOf(const storage::Sealer& sealer, const Refused& refused) {
  std::string content;
  for (const std::string_view part : {refused.actor, refused.kind, refused.source, refused.bytes}) {
    content += std::to_string(part.size()) + ":";
    content += part;
  }
  return sealer.Digest(content);
}

}  // namespace

absl::Status Quarantine(storage::Transaction& transaction, storage::Sealer& sealer, IdMint& ids,
                        const Refused& refused) {
  const std::string digest = DigestOf(sealer, refused);
  const std::string id = ids.Next();
  const std::string box = sealer.Seal(BoxPlace(id), refused.bytes);
  bool is_new = false;
  RETURN_IF_ERROR(transaction.Query(
      kInsert,
      {id, refused.actor, refused.kind, refused.source, refused.as_of_us, refused.status,
       refused.field, transaction.now_us(), Value::Blob(digest), Value::Blob(box)},
      [&](const Row& row) {
        is_new = row.Text(0) == id;
        return absl::OkStatus();
      }));
  if (!is_new) return absl::OkStatus();
  v1::AuditEvent event = Event(v1::AuditEvent::KIND_QUARANTINED, refused.actor);
  event.set_subject_id(id);
  event.mutable_refused()->set_kind(std::string(refused.kind));
  event.mutable_refused()->set_status(std::string(refused.status));
  event.mutable_refused()->set_field(std::string(refused.field));
  Record(transaction, std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<QuarantinedItem>> FindQuarantined(storage::Connection& connection,
                                                               storage::Sealer& sealer,
                                                               std::string_view quarantine_id) {
  std::optional<QuarantinedItem> found;
  RETURN_IF_ERROR(connection.Query(kSelect, {quarantine_id}, [&](const Row& row) -> absl::Status {
    found = QuarantinedItem{std::string(row.Text(0)), std::string(row.Text(1)),
                            std::string(row.Text(2)), std::string(row.Text(3)),
                            row.Integer(4),           std::string(row.Text(5)),
                            std::string(row.Text(6)), row.Integer(7),
                            row.Integer(8),           ""};
    ASSIGN_OR_RETURN(found->bytes, sealer.Open(BoxPlace(row.Text(0)), row.Blob(9), connection));
    return absl::OkStatus();
  }));
  return found;
}

absl::Status KeepCount(storage::Transaction& transaction, const QuarantinedItem& item) {
  return transaction.Execute(kSetCount, {item.count, item.quarantine_id}).status();
}

absl::Status RemoveQuarantined(storage::Transaction& transaction, std::string_view quarantine_id) {
  RETURN_IF_ERROR(transaction.Execute(kRemoveWords, {quarantine_id}).status());
  return transaction.Execute(kRemove, {quarantine_id}).status();
}

absl::Status GiveWord(storage::Transaction& transaction, std::string_view quarantine_id,
                      std::string_view actor) {
  return transaction.Execute(kGiveWord, {quarantine_id, actor, transaction.now_us()}).status();
}

absl::StatusOr<int> CountWords(storage::Connection& connection, std::string_view quarantine_id,
                               int64_t since_us) {
  int words = 0;
  RETURN_IF_ERROR(connection.Query(kCountWords, {quarantine_id, since_us}, [&](const Row& row) {
    words = static_cast<int>(row.Integer(0));
    return absl::OkStatus();
  }));
  return words;
}

absl::StatusOr<bool> AnyOldQuarantine(storage::Connection& connection, int64_t until_us,
                                      int limit) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectOld, {limit, until_us}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::StatusOr<int64_t> EraseQuarantine(storage::Transaction& transaction, int64_t until_us,
                                        int limit) {
  std::vector<std::string> erased;
  RETURN_IF_ERROR(transaction.Query(kErase, {limit, until_us}, [&](const Row& row) {
    erased.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  for (const std::string& id : erased)
    RETURN_IF_ERROR(transaction.Execute(kRemoveWords, {id}).status());
  return static_cast<int64_t>(erased.size());
}

}  // namespace switchboard::audit
