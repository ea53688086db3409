#include "hub/audit/audit_log.h"

#include "google/protobuf/util/time_util.h"
#include "hub/audit/chain.h"
#include "hub/base/error.h"
#include "hub/storage/lane.h"

namespace switchboard::audit {
namespace {

constexpr char kSelectHead[] =
    "SELECT sequence, hash, commit_time FROM audit_entry WHERE chain_id = $1 ORDER BY sequence "
    "DESC LIMIT 1";
constexpr char kInsertEntry[] =
    "INSERT INTO audit_entry (chain_id, sequence, commit_time, events_root, hash, events) "
    "VALUES ($1, $2, $3, $4, $5, $6)";
constexpr char kSelectEntries[] =
    "SELECT sequence, commit_time, events_root, hash, events FROM audit_entry "
    "WHERE chain_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
constexpr char kSelectPrevious[] =
    "SELECT hash FROM audit_entry WHERE chain_id = $1 AND sequence = $2";
// One step along the key, where DISTINCT would read every entry.
constexpr char kSelectNextChain[] = "SELECT MIN(chain_id) FROM audit_entry WHERE chain_id > $1";

// `put_events` gives an entry what its row holds as events.
absl::Status VisitEntries(
    storage::Connection& reader, std::string_view chain_id, int64_t after, int max_entries,
    absl::FunctionRef<absl::Status(std::string_view stored, v1::AuditEntry&)> put_events,
    absl::FunctionRef<bool(v1::AuditEntry)> visit) {
  std::string previous = Genesis();
  RETURN_IF_ERROR(reader.Query(kSelectPrevious, {chain_id, after}, [&](const storage::Row& row) {
    previous = row.Blob(0);
    return absl::OkStatus();
  }));
  bool more = true;
  return reader.Query(kSelectEntries, {chain_id, after, max_entries},
                      [&](const storage::Row& row) -> absl::Status {
                        if (!more) return absl::OkStatus();
                        v1::AuditEntry entry;
                        RETURN_IF_ERROR(put_events(row.Blob(4), entry));
                        entry.set_chain_id(std::string(chain_id));
                        entry.set_sequence(row.Integer(0));
                        entry.set_commit_time_us(row.Integer(1));
                        entry.set_previous_hash(previous);
                        entry.set_events_root(std::string(row.Blob(2)));
                        entry.set_hash(std::string(row.Blob(3)));
                        previous = entry.hash();
                        more = visit(std::move(entry));
                        return absl::OkStatus();
                      });
}

}  // namespace

v1::AuditEvent Event(v1::AuditEvent::Kind kind, std::string_view actor) {
  v1::AuditEvent event;
  event.set_kind(kind);
  event.set_actor(actor.data(), actor.size());
  return event;
}

void Record(storage::Transaction& transaction, v1::AuditEvent event) {
  *event.mutable_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(transaction.now_us());
  transaction.Record(event.SerializeAsString());
}

absl::StatusOr<bool> AuditLog::EndsWith(storage::Connection& connection, int lane,
                                        std::string_view hash) const {
  bool same = false;
  RETURN_IF_ERROR(connection.Query(kSelectHead, {storage::LaneName(hub_id_, lane)},
                                   [&](const storage::Row& row) {
                                     same = row.Blob(1) == hash;
                                     return absl::OkStatus();
                                   }));
  return same;
}

absl::StatusOr<std::string> AuditLog::Seal(storage::Transaction& transaction, int lane) const {
  if (transaction.records().empty()) return std::string();
  const std::string chain_id = storage::LaneName(hub_id_, lane);
  v1::AuditEntry entry;
  entry.set_chain_id(chain_id);
  entry.set_previous_hash(Genesis());
  RETURN_IF_ERROR(transaction.Query(kSelectHead, {chain_id}, [&](const storage::Row& row) {
    entry.set_sequence(row.Integer(0));
    entry.set_previous_hash(std::string(row.Blob(1)));
    return absl::OkStatus();
  }));
  entry.set_sequence(entry.sequence() + 1);
  entry.set_commit_time_us(transaction.now_us());
  for (const std::string& event : transaction.records()) entry.add_events(event);
  entry.set_events_root(MerkleRoot(transaction.records()));
  entry.set_hash(EntryHash(entry));
  // Only the events are kept as a message; the other fields are columns.
  v1::AuditEntry events;
  events.mutable_events()->Swap(entry.mutable_events());
  RETURN_IF_ERROR(transaction
                      .Execute(kInsertEntry, {chain_id, entry.sequence(), entry.commit_time_us(),
                                              storage::Value::Blob(entry.events_root()),
                                              storage::Value::Blob(entry.hash()),
                                              storage::Value::Blob(events.SerializeAsString())})
                      .status());
  return entry.hash();
}

absl::Status ReadEntries(storage::Connection& reader, std::string_view chain_id, int64_t after,
                         int max_entries, absl::FunctionRef<bool(v1::AuditEntry)> visit) {
  return VisitEntries(
      reader, chain_id, after, max_entries,
      [](std::string_view stored, v1::AuditEntry& entry) -> absl::Status {
        if (entry.ParseFromArray(stored.data(), static_cast<int>(stored.size())))
          return absl::OkStatus();
        return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN", "an audit entry cannot be read");
      },
      visit);
}

absl::Status ReadStoredEntries(storage::Connection& reader, std::string_view chain_id,
                               int64_t after, int max_entries,
                               absl::FunctionRef<bool(v1::AuditEntry)> visit) {
  return VisitEntries(
      reader, chain_id, after, max_entries,
      [](std::string_view stored, v1::AuditEntry& entry) {
        entry.set_stored_events(stored.data(), stored.size());
        return absl::OkStatus();
      },
      visit);
}

absl::StatusOr<std::vector<std::string>> ChainIds(storage::Connection& reader) {
  std::vector<std::string> ids;
  bool more = true;
  while (more) {
    more = false;
    const std::string last = ids.empty() ? "" : ids.back();
    RETURN_IF_ERROR(reader.Query(kSelectNextChain, {last}, [&](const storage::Row& row) {
      more = !row.IsNull(0);
      if (more) ids.emplace_back(row.Text(0));
      return absl::OkStatus();
    }));
  }
  return ids;
}

absl::StatusOr<std::vector<v1::AuditHead>> Heads(storage::Connection& reader) {
  ASSIGN_OR_RETURN(const auto chain_ids, ChainIds(reader));
  std::vector<v1::AuditHead> heads;
  // One chain at a time: all at once would read every entry.
  for (const std::string& chain_id : chain_ids) {
    RETURN_IF_ERROR(reader.Query(kSelectHead, {chain_id}, [&](const storage::Row& row) {
      v1::AuditHead& head = heads.emplace_back();
      head.set_chain_id(chain_id);
      head.set_sequence(row.Integer(0));
      head.set_hash(std::string(row.Blob(1)));
      head.set_commit_time_us(row.Integer(2));
      return absl::OkStatus();
    }));
  }
  return heads;
}

}  // namespace switchboard::audit
