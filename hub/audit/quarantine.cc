#include "hub/audit/quarantine.h"

#include "hub/audit/audit_log.h"
#include "hub/audit/sealed_tables.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

using storage::Row;
using storage::Rows;
using storage::Value;

constexpr char kSelectUnmapped[] =
    "SELECT actor, COUNT(*), MIN(quarantine_time) FROM quarantine WHERE status = 'STATUS_UNMAPPED' "
    "AND taken > 0 GROUP BY actor ORDER BY actor";
constexpr char kSelectUnmappedOf[] =
    "SELECT quarantine_id, quarantine_time, box, kind, source FROM quarantine WHERE status = "
    "'STATUS_UNMAPPED' AND actor = $1 AND taken > 0 ORDER BY quarantine_time, quarantine_id LIMIT "
    "$2";
constexpr char kSelectWithheld[] =
    "SELECT source, COUNT(*), MIN(quarantine_time) FROM quarantine WHERE kind = 'shown' GROUP BY "
    "source ORDER BY source";
constexpr char kCountAgain[] =
    "UPDATE quarantine SET count = count + 1, as_of = CASE WHEN $1 > as_of THEN $1 ELSE as_of "
    "END, card_removed = CASE WHEN $2 > card_removed THEN $2 ELSE card_removed END WHERE digest = "
    "$3 RETURNING quarantine_id, taken";
constexpr char kInsert[] =
    "INSERT INTO quarantine (quarantine_id, actor, kind, source, as_of, status, field, "
    "quarantine_time, count, size, taken, card_removed, digest, box) VALUES ($1, $2, $3, $4, $5, "
    "$6, $7, $8, 1, $9, $10, $11, $12, $13)";
constexpr char kKeepContent[] =
    "UPDATE quarantine SET status = $1, field = $2, taken = $3, box = $4 WHERE quarantine_id = $5";
constexpr char kSelectEmpty[] =
    "SELECT quarantine_id FROM quarantine WHERE actor = $1 AND taken = 0 LIMIT 1";
constexpr char kRemoveEmpty[] =
    "DELETE FROM quarantine WHERE digest IN (SELECT c1 FROM rows($1)) AND actor = $2 AND taken = 0 "
    "RETURNING quarantine_id, actor, taken";
constexpr char kSelectShare[] = "SELECT items, bytes FROM quarantine_share WHERE actor = $1";
constexpr char kTakeShare[] =
    "INSERT INTO quarantine_share (actor, items, bytes) VALUES ($1, 1, $2) ON CONFLICT (actor) DO "
    "UPDATE SET items = quarantine_share.items + 1, bytes = quarantine_share.bytes + "
    "excluded.bytes";
constexpr char kTakeBytes[] = "UPDATE quarantine_share SET bytes = bytes + $1 WHERE actor = $2";
constexpr char kGiveShareBack[] =
    "UPDATE quarantine_share SET items = items - 1, bytes = bytes - $1 WHERE actor = $2";
constexpr char kCountRest[] =
    "INSERT INTO quarantine_rest (actor, kind, status, field, count, first_time, last_time) VALUES "
    "($1, $2, $3, $4, 1, $5, $5) ON CONFLICT (actor, kind, status, field) DO UPDATE SET count = "
    "quarantine_rest.count + 1, last_time = excluded.last_time RETURNING count";
constexpr char kSelectRest[] =
    "SELECT actor, kind, status, field, count, first_time, last_time FROM quarantine_rest ORDER BY "
    "actor, kind, status, field";
constexpr char kSelect[] =
    "SELECT quarantine_id, actor, kind, source, as_of, status, field, quarantine_time, count, "
    "size, taken, card_removed, box FROM quarantine WHERE quarantine_id = $1";
constexpr char kKeepWaiting[] =
    "UPDATE quarantine SET count = $1, status = $2, field = $3 WHERE quarantine_id = $4";
constexpr char kRemove[] = "DELETE FROM quarantine WHERE quarantine_id = $1 RETURNING actor, taken";
constexpr char kRemoveWords[] = "DELETE FROM quarantine_word WHERE quarantine_id = $1";
constexpr char kGiveWord[] =
    "INSERT INTO quarantine_word (quarantine_id, operator, give_time) VALUES ($1, $2, $3) ON "
    "CONFLICT (quarantine_id, operator) DO UPDATE SET give_time = excluded.give_time";
constexpr char kCountWords[] =
    "SELECT COUNT(*) FROM quarantine_word WHERE quarantine_id = $1 AND give_time >= $2";
constexpr char kSelectOld[] =
    "SELECT quarantine_id, quarantine_time FROM quarantine WHERE quarantine_id > $1 ORDER BY "
    "quarantine_id LIMIT $2";
constexpr char kErase[] =
    "DELETE FROM quarantine WHERE quarantine_id IN (SELECT c1 FROM rows($1)) AND quarantine_time "
    "<= $2 RETURNING quarantine_id, actor, taken";
constexpr char kEraseRest[] = "DELETE FROM quarantine_rest WHERE last_time <= $1 RETURNING count";
constexpr char kSelectOldRest[] = "SELECT actor FROM quarantine_rest WHERE last_time <= $1 LIMIT 1";

std::string Sealed(storage::Transaction& transaction, storage::Sealer& sealer,
                   const std::string& quarantine_id, const Refused& refused) {
  return sealer.Seal(transaction,
                     PlaceOfQuarantined(quarantine_id, refused.actor, refused.kind, refused.source),
                     refused.bytes);
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

// What a row took, before it went.
struct Taken {
  std::string quarantine_id;
  std::string actor;
  int64_t bytes = 0;
};

absl::Status GiveBack(storage::Transaction& transaction, const Taken& taken) {
  RETURN_IF_ERROR(transaction.Execute(kRemoveWords, {taken.quarantine_id}).status());
  return transaction.Execute(kGiveShareBack, {taken.bytes, taken.actor}).status();
}

v1::AuditEvent EventOf(const Refused& refused) {
  v1::AuditEvent event = Event(v1::AuditEvent::KIND_QUARANTINED, refused.actor);
  event.set_vendor_id(std::string(refused.vendor_id));
  event.set_assignment_id(std::string(refused.assignment_id));
  event.mutable_refused()->set_kind(std::string(refused.kind));
  event.mutable_refused()->set_status(std::string(refused.status));
  event.mutable_refused()->set_field(std::string(refused.field));
  return event;
}

// Beyond the share only the first of its kind is an event, so that refusals cannot fill the log.
absl::Status CountRest(storage::Transaction& transaction, const Refused& refused) {
  int64_t count = 0;
  RETURN_IF_ERROR(transaction.Query(
      kCountRest,
      {refused.actor, refused.kind, refused.status, refused.field, transaction.now_us()},
      [&](const Row& row) {
        count = row.Integer(0);
        return absl::OkStatus();
      }));
  if (count > 1) return absl::OkStatus();
  v1::AuditEvent event = EventOf(refused);
  event.mutable_refused()->set_only_counted(true);
  Record(transaction, std::move(event));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> Quarantine::Put(storage::Transaction& transaction,
                                     const Refused& refused) const {
  const std::string digest = DigestOf(sealer_, refused);
  std::string known_id;
  bool kept = false;
  RETURN_IF_ERROR(transaction.Query(kCountAgain,
                                    {refused.as_of_us, refused.card_removed, Value::Blob(digest)},
                                    [&](const Row& row) {
                                      known_id = row.Text(0);
                                      kept = row.Integer(1) > 0;
                                      return absl::OkStatus();
                                    }));
  if (kept) return true;
  int64_t items = 0;
  int64_t bytes = 0;
  RETURN_IF_ERROR(transaction.Query(kSelectShare, {refused.actor}, [&](const Row& row) {
    items = row.Integer(0);
    bytes = row.Integer(1);
    return absl::OkStatus();
  }));
  const auto size = static_cast<int64_t>(refused.bytes.size());
  const bool fits =
      !disk_.low() && size <= quota_.item_bytes_max && bytes + size <= quota_.bytes_max;
  if (!known_id.empty()) {
    if (fits) RETURN_IF_ERROR(KeepContent(transaction, refused, known_id));
  } else if (items >= quota_.rows_max || disk_.low()) {
    RETURN_IF_ERROR(CountRest(transaction, refused));
    return false;
  } else {
    RETURN_IF_ERROR(PutRow(transaction, refused, digest, fits));
  }
  return fits;
}

// There was no room for it when it came before: whoever was told so forgets it only once it is here
// whole, and why it is refused may be another by now.
absl::Status Quarantine::KeepContent(storage::Transaction& transaction, const Refused& refused,
                                     const std::string& quarantine_id) const {
  const std::string box = Sealed(transaction, sealer_, quarantine_id, refused);
  const auto taken = static_cast<int64_t>(box.size());
  RETURN_IF_ERROR(transaction
                      .Execute(kKeepContent, {refused.status, refused.field, taken,
                                              Value::Blob(box), quarantine_id})
                      .status());
  return transaction.Execute(kTakeBytes, {taken, refused.actor}).status();
}

absl::Status Quarantine::RemoveEmpty(storage::Transaction& transaction, std::string_view actor,
                                     std::string_view kind,
                                     absl::Span<const std::string_view> contents) const {
  if (contents.empty()) return absl::OkStatus();
  bool any = false;
  RETURN_IF_ERROR(transaction.Query(kSelectEmpty, {actor}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  if (!any) return absl::OkStatus();
  std::vector<std::string> digests;  // until the statement is done
  digests.reserve(contents.size());
  Rows rows({Value::Kind::kBlob}, contents.size());
  for (const std::string_view bytes : contents) {
    Refused sent;
    sent.actor = actor;
    sent.kind = kind;
    sent.bytes = bytes;
    rows.Add({Value::Blob(digests.emplace_back(DigestOf(sealer_, sent)))});
  }
  std::vector<Taken> removed;
  RETURN_IF_ERROR(transaction.Query(kRemoveEmpty, {rows, actor}, [&](const Row& row) {
    removed.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2)});
    return absl::OkStatus();
  }));
  for (const Taken& taken : removed) {
    RETURN_IF_ERROR(GiveBack(transaction, taken));
    v1::AuditEvent event = Event(v1::AuditEvent::KIND_EVENT, actor);
    event.set_subject_id(taken.quarantine_id);
    event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_QUARANTINE_REPLAYED);
    Record(transaction, std::move(event));
  }
  return absl::OkStatus();
}

absl::Status Quarantine::PutRow(storage::Transaction& transaction, const Refused& refused,
                                const std::string& digest, bool keep_content) const {
  const std::string id = ids_.Next();
  const std::string box = keep_content ? Sealed(transaction, sealer_, id, refused) : std::string();
  const auto taken = static_cast<int64_t>(box.size());
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert, {id, refused.actor, refused.kind, refused.source, refused.as_of_us,
                             refused.status, refused.field, transaction.now_us(),
                             static_cast<int64_t>(refused.bytes.size()), taken,
                             refused.card_removed, Value::Blob(digest), Value::Blob(box)})
          .status());
  RETURN_IF_ERROR(transaction.Execute(kTakeShare, {refused.actor, taken}).status());
  v1::AuditEvent event = EventOf(refused);
  event.set_subject_id(id);
  Record(transaction, std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<QuarantinedItem>> FindQuarantined(storage::Connection& connection,
                                                               storage::Sealer& sealer,
                                                               std::string_view quarantine_id) {
  std::optional<QuarantinedItem> found;
  RETURN_IF_ERROR(connection.Query(kSelect, {quarantine_id}, [&](const Row& row) -> absl::Status {
    found = QuarantinedItem{std::string(row.Text(0)),
                            std::string(row.Text(1)),
                            std::string(row.Text(2)),
                            std::string(row.Text(3)),
                            row.Integer(4),
                            std::string(row.Text(5)),
                            std::string(row.Text(6)),
                            row.Integer(7),
                            row.Integer(8),
                            row.Integer(9),
                            row.Integer(10) > 0,
                            row.Integer(11) > 0,
                            ""};
    if (!found->content_kept) return absl::OkStatus();
    ASSIGN_OR_RETURN(found->bytes, sealer.Open(PlaceOfQuarantined(row.Text(0), row.Text(1),
                                                                  row.Text(2), row.Text(3)),
                                               row.Blob(12), connection));
    return absl::OkStatus();
  }));
  return found;
}

absl::Status KeepWaiting(storage::Transaction& transaction, const QuarantinedItem& item,
                         std::string_view status, std::string_view field) {
  return transaction.Execute(kKeepWaiting, {item.count, status, field, item.quarantine_id})
      .status();
}

absl::Status RemoveQuarantined(storage::Transaction& transaction, std::string_view quarantine_id) {
  std::optional<Taken> taken;
  RETURN_IF_ERROR(transaction.Query(kRemove, {quarantine_id}, [&](const Row& row) {
    taken = Taken{std::string(quarantine_id), std::string(row.Text(0)), row.Integer(1)};
    return absl::OkStatus();
  }));
  return taken.has_value() ? GiveBack(transaction, *taken) : absl::OkStatus();
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

absl::StatusOr<std::vector<QuarantineRest>> ListQuarantineRest(storage::Connection& connection) {
  std::vector<QuarantineRest> all;
  RETURN_IF_ERROR(connection.Query(kSelectRest, {}, [&](const Row& row) {
    all.push_back({std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2)),
                   std::string(row.Text(3)), row.Integer(4), row.Integer(5), row.Integer(6)});
    return absl::OkStatus();
  }));
  return all;
}

absl::StatusOr<std::vector<UnmappedWaiting>> ListUnmapped(storage::Connection& connection) {
  std::vector<UnmappedWaiting> waiting;
  RETURN_IF_ERROR(connection.Query(kSelectUnmapped, {}, [&](const Row& row) {
    waiting.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2)});
    return absl::OkStatus();
  }));
  return waiting;
}

absl::StatusOr<std::vector<WithheldWaiting>> ListWithheld(storage::Connection& connection) {
  std::vector<WithheldWaiting> waiting;
  RETURN_IF_ERROR(connection.Query(kSelectWithheld, {}, [&](const Row& row) {
    waiting.push_back({std::string(row.Text(0)), row.Integer(1), row.Integer(2)});
    return absl::OkStatus();
  }));
  return waiting;
}

absl::Status ForEachUnmapped(storage::Connection& connection, storage::Sealer& sealer,
                             std::string_view actor, int limit,
                             absl::FunctionRef<void(const UnmappedItem&)> visit) {
  struct Box {
    storage::BoxPlace place;
    int64_t time_us = 0;
    std::string bytes;
  };
  std::vector<Box> boxes;
  RETURN_IF_ERROR(connection.Query(kSelectUnmappedOf, {actor, limit}, [&](const Row& row) {
    boxes.push_back({PlaceOfQuarantined(row.Text(0), actor, row.Text(3), row.Text(4)),
                     row.Integer(1), std::string(row.Blob(2))});
    return absl::OkStatus();
  }));
  for (const Box& box : boxes) {
    UnmappedItem item;
    item.quarantine_time_us = box.time_us;
    ASSIGN_OR_RETURN(item.bytes, sealer.Open(box.place, box.bytes, connection));
    visit(item);
  }
  return absl::OkStatus();
}

absl::StatusOr<OldItemsPage> OldItems(storage::Connection& connection, std::string_view after,
                                      int64_t until_us, int limit) {
  OldItemsPage page;
  bool younger = false;
  RETURN_IF_ERROR(connection.Query(kSelectOld, {after, limit}, [&](const Row& row) {
    ++page.rows;
    page.last_id = row.Text(0);
    // Ids are time-ordered: behind a younger one there is nothing to be found.
    younger = row.Integer(1) > until_us;
    if (!younger) page.old_ids.push_back(page.last_id);
    return absl::OkStatus();
  }));
  if (page.rows < limit || younger) page.last_id.clear();
  return page;
}

absl::StatusOr<bool> AnyOldRest(storage::Connection& connection, int64_t until_us) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectOldRest, {until_us}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

absl::StatusOr<int64_t> EraseQuarantine(storage::Transaction& transaction,
                                        const std::vector<std::string>& quarantine_ids,
                                        int64_t until_us) {
  std::vector<Taken> erased;
  RETURN_IF_ERROR(
      transaction.Query(kErase, {storage::RowsOf(quarantine_ids), until_us}, [&](const Row& row) {
        erased.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Integer(2)});
        return absl::OkStatus();
      }));
  for (const Taken& taken : erased) RETURN_IF_ERROR(GiveBack(transaction, taken));
  auto count = static_cast<int64_t>(erased.size());
  RETURN_IF_ERROR(transaction.Query(kEraseRest, {until_us}, [&](const Row& row) {
    count += row.Integer(0);
    return absl::OkStatus();
  }));
  return count;
}

}  // namespace switchboard::audit
