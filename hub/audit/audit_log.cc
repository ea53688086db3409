#include "hub/audit/audit_log.h"

#include <algorithm>
#include <set>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/chain.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/storage/data_keys.h"
#include "hub/storage/lane.h"
#include "hub/storage/row_key.h"
#include "hub/storage/row_touch.h"
#include "switchboard/v1/audit_rows.pb.h"

namespace switchboard::audit {
namespace {

constexpr char kSelectHead[] =
    "SELECT sequence, hash, commit_time, commit_order, seal FROM audit_entry WHERE chain_id = $1 "
    "ORDER BY sequence DESC LIMIT 1";
constexpr char kInsertEntry[] =
    "INSERT INTO audit_entry (chain_id, sequence, commit_order, commit_time, events_root, hash, "
    "events, written, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr char kSelectEntries[] =
    "SELECT sequence, commit_order, commit_time, events_root, hash, events, written, seal FROM "
    "audit_entry WHERE chain_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
constexpr char kSelectPrevious[] =
    "SELECT hash FROM audit_entry WHERE chain_id = $1 AND sequence = $2";
// One step along the key, where DISTINCT would read every entry.
constexpr char kSelectNextChain[] = "SELECT MIN(chain_id) FROM audit_entry WHERE chain_id > $1";

// What a start writes before it may seal.
constexpr std::string_view kOfStart[] = {"schema_version", "data_key", "hub", "rehearsal",
                                         "counter"};

// A serialized v1::RowWrites.
std::string WrittenText(const std::vector<storage::RowDigest>& digests,
                        const std::vector<std::string>& open_tables) {
  v1::RowWrites written;
  std::vector<std::pair<const storage::TableFacts*, std::string*>> tables;
  std::string* rows = nullptr;
  for (size_t i = 0; i < digests.size(); ++i) {
    const storage::TableFacts* table = digests[i].table;
    if (i == 0 || table != digests[i - 1].table) {
      const auto found = std::find_if(tables.begin(), tables.end(),
                                      [&](const auto& one) { return one.first == table; });
      if (found == tables.end()) {
        auto& added = *written.add_tables();
        added.set_table(table->name);
        tables.emplace_back(table, added.mutable_rows());
        rows = tables.back().second;
      } else {
        rows = found->second;
      }
    }
    storage::AppendRowDigest(digests[i], rows);
  }
  for (const std::string& table : open_tables) written.add_open_tables(table);
  return written.SerializeAsString();
}

bool IsChainOf(std::string_view hub_id, std::string_view chain_id) {
  if (!chain_id.starts_with(hub_id)) return false;
  chain_id.remove_prefix(hub_id.size());
  return chain_id.empty() || (chain_id.starts_with(".") &&
                              std::all_of(chain_id.begin() + 1, chain_id.end(),
                                          [](char digit) { return digit >= '0' && digit <= '9'; }));
}

// Why it is refused, and what to do.
absl::Status OrderBack(int64_t order, int64_t highest) {
  return Error(absl::StatusCode::kDataLoss, "AUDIT_ORDER_BACK",
               absl::StrCat("the database's next commit_order is ", order, ", and ", highest,
                            " was given before: it was put back. Keep a copy of the database; "
                            "then restore a backup, or set it (the sequence commit_order, or the "
                            "row of this name in the table counter) to ",
                            highest, " and run audit verify"));
}

absl::Status PutEvents(std::string_view stored, v1::AuditEntry& entry) {
  if (entry.ParseFromArray(stored.data(), static_cast<int>(stored.size()))) return absl::OkStatus();
  return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN", "an audit entry cannot be read");
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

AuditLog::AuditLog(std::string hub_id, const storage::Sealer& sealer, int lanes)
    : hub_id_(std::move(hub_id)),
      row_key_(storage::RowKey(sealer)),
      seal_(sealer),
      lanes_(static_cast<size_t>(lanes)) {}

absl::StatusOr<std::string> AuditLog::Seal(storage::Transaction& transaction, int lane) {
  Lane& state = lanes_[static_cast<size_t>(lane)];
  const bool tells = !transaction.records().empty();
  if (!tells && transaction.row_writes().empty()) {
    if (state.open.due() == absl::InfiniteFuture()) return std::string();
    RETURN_IF_ERROR(state.open.Close(transaction.writer()));
  } else if (!state.open.NeedsEntry(transaction.row_writes(), tells, transaction.now())) {
    return std::string();
  }
  return SealOn(transaction, storage::LaneName(hub_id_, lane), state.open.names(), state);
}

// Where a chain goes on.
struct AuditLog::Head {
  int64_t sequence = 0;
  int64_t order = 0;
  std::string hash = Genesis();
};

absl::StatusOr<AuditLog::Head> AuditLog::HeadOf(storage::Connection& connection,
                                                const std::string& chain_id) const {
  Head head;
  RETURN_IF_ERROR(
      connection.Query(kSelectHead, {chain_id}, [&](const storage::Row& row) -> absl::Status {
        head.sequence = row.Integer(0);
        head.hash = row.Blob(1);
        head.order = row.Integer(3);
        return seal_.Check(chain_id, head.sequence, head.hash, row.Blob(4));
      }));
  return head;
}

void AuditLog::Raise(int64_t order) {
  int64_t known = highest_;
  while (known < order && !highest_.compare_exchange_weak(known, order)) continue;
}

absl::Status AuditLog::LearnHighest(storage::Connection& connection) {
  ASSIGN_OR_RETURN(const auto chain_ids, ChainIds(connection));
  int64_t highest = 0;
  for (const std::string& chain_id : chain_ids) {
    ASSIGN_OR_RETURN(const Head head, HeadOf(connection, chain_id));
    highest = std::max(highest, head.order);
  }
  Raise(highest);
  return absl::OkStatus();
}

// What is known before a number is asked for was given before: other lanes take theirs meanwhile.
absl::StatusOr<int64_t> AuditLog::NextInOrder(storage::Transaction& transaction, const Head& head) {
  if (highest_ == 0) RETURN_IF_ERROR(LearnHighest(transaction.connection()));
  const int64_t highest = std::max<int64_t>(highest_, head.order);
  ASSIGN_OR_RETURN(const int64_t order, transaction.NextInOrder());
  if (order <= highest) return OrderBack(order, highest);
  return order;
}

void AuditLog::Settled(int lane, bool committed) {
  Lane& state = lanes_[static_cast<size_t>(lane)];
  state.open.Settled(committed);
  // A number whose commit failed may be given once more.
  if (committed) Raise(state.order);
  state.order = 0;
}

absl::StatusOr<std::string> AuditLog::SealOn(storage::Transaction& transaction,
                                             const std::string& chain_id,
                                             const std::vector<std::string>& open_tables,
                                             Lane& lane) {
  ASSIGN_OR_RETURN(const Head head, HeadOf(transaction.connection(), chain_id));
  // May be a row itself.
  ASSIGN_OR_RETURN(lane.order, NextInOrder(transaction, head));
  lane.digests.clear();
  transaction.row_writes().AddDigests(row_key_.view(), &lane.digests);
  lane.events.clear();
  CompactRange root;
  for (const std::string& event : transaction.records()) {
    AppendStoredEvent(event, &lane.events);
    root.Add(LeafHash(event));
  }
  return Append(transaction, chain_id, head, lane.order, lane.events, root,
                WrittenText(lane.digests, open_tables));
}

// An entry behind the chain's last one.
absl::StatusOr<std::string> AuditLog::Append(storage::Transaction& transaction,
                                             const std::string& chain_id, const Head& head,
                                             int64_t order, std::string_view events,
                                             const CompactRange& root,
                                             std::string_view written) const {
  const Hash events_root = root.Root();
  Hash written_sha256;
  Sha256().Add(written).FinishInto(written_sha256.bytes.data());
  const EntryHeader header = {.chain_id = chain_id,
                              .sequence = head.sequence + 1,
                              .commit_order = order,
                              .commit_time_us = transaction.now_us(),
                              .events = root.size(),
                              .previous_hash = head.hash,
                              .events_root = events_root.view(),
                              .written_sha256 = written_sha256.view()};
  const Hash hash = EntryHash(header);
  const std::string seal = seal_.Of(hash.view());
  const absl::Status inserted =
      transaction
          .Execute(kInsertEntry, {chain_id, header.sequence, order, header.commit_time_us,
                                  storage::Value::Blob(header.events_root),
                                  storage::Value::Blob(hash.view()), storage::Value::Blob(events),
                                  storage::Value::Blob(written), storage::Value::Blob(seal)})
          .status();
  if (absl::IsAlreadyExists(inserted))
    return absl::UnavailableError("another process sealed an entry on this chain");
  RETURN_IF_ERROR(inserted);
  return hash.text();
}

absl::Status AuditLog::SealStart(storage::Transaction& transaction) {
  const std::string own_chain = storage::LaneName(hub_id_, 0);
  RETURN_IF_ERROR(TakeOver(transaction, own_chain));
  Lane lane;
  return SealOn(transaction, own_chain, {}, lane).status();
}

absl::Status AuditLog::SealRestore(storage::Transaction& transaction) {
  for (const std::string_view name : kOfStart)
    RETURN_IF_ERROR(storage::TouchAllRows(transaction.writer(), *storage::FindTable(name)));
  return TakeOver(transaction, transaction.lane());
}

// What the chain's last entry says was written: it is believed if a hub sealed it as it is.
absl::StatusOr<v1::RowWrites> AuditLog::WrittenLast(storage::Connection& connection,
                                                    const std::string& chain_id) const {
  v1::RowWrites written;
  ASSIGN_OR_RETURN(const Head head, HeadOf(connection, chain_id));
  absl::Status verified;
  RETURN_IF_ERROR(ReadEntries(
      connection, chain_id, head.sequence - 1, 1, {.stored = true, .written = true},
      [&](const v1::AuditEntry& entry) {
        verified = ChainVerifier(chain_id, entry.sequence() - 1, entry.previous_hash()).Add(entry);
        if (!written.ParseFromString(entry.written())) written.Clear();
        return false;
      }));
  RETURN_IF_ERROR(verified);
  return written;
}

// Those that have a place, but for this one.
absl::StatusOr<std::vector<std::string>> AuditLog::OtherHubs(
    storage::Transaction& transaction) const {
  std::vector<std::string> others;
  if (transaction.alone()) return others;
  ASSIGN_OR_RETURN(const auto hubs, storage::KeysOfHubs(transaction.connection()));
  for (const storage::HubKeyRow& hub : hubs)
    if (hub.hub_id != hub_id_) others.push_back(hub.hub_id);
  return others;
}

// Writes the rows of tables that chains leave open, and closes these chains but for `own_chain`,
// which is to have an entry anyway.
absl::Status AuditLog::TakeOver(storage::Transaction& transaction, const std::string& own_chain) {
  std::set<const storage::TableFacts*> tables;
  std::vector<std::string> open_chains;
  ASSIGN_OR_RETURN(const auto others, OtherHubs(transaction));
  ASSIGN_OR_RETURN(const auto chain_ids, ChainIds(transaction.connection()));
  for (const std::string& chain_id : chain_ids) {
    if (std::any_of(others.begin(), others.end(),
                    [&](const std::string& hub_id) { return IsChainOf(hub_id, chain_id); }))
      continue;
    ASSIGN_OR_RETURN(const v1::RowWrites written, WrittenLast(transaction.connection(), chain_id));
    for (const std::string& name : written.open_tables()) {
      const storage::TableFacts* table = storage::FindTable(name);
      if (table != nullptr && table->often) tables.insert(table);
    }
    if (written.open_tables_size() > 0 && chain_id != own_chain) open_chains.push_back(chain_id);
  }
  for (const storage::TableFacts* table : tables)
    RETURN_IF_ERROR(storage::TouchAllRows(transaction.writer(), *table));
  for (const std::string& chain_id : open_chains) {
    ASSIGN_OR_RETURN(const Head head, HeadOf(transaction.connection(), chain_id));
    ASSIGN_OR_RETURN(const int64_t order, NextInOrder(transaction, head));
    RETURN_IF_ERROR(Append(transaction, chain_id, head, order, "", CompactRange(), "").status());
  }
  return absl::OkStatus();
}

absl::Status ReadEntries(storage::Connection& reader, std::string_view chain_id, int64_t after,
                         int max_entries, const EntryForm& form,
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
                        if (form.stored) {
                          entry.set_stored_events(std::string(row.Blob(5)));
                        } else {
                          RETURN_IF_ERROR(PutEvents(row.Blob(5), entry));
                        }
                        entry.set_chain_id(std::string(chain_id));
                        entry.set_sequence(row.Integer(0));
                        entry.set_commit_order(row.Integer(1));
                        entry.set_commit_time_us(row.Integer(2));
                        entry.set_previous_hash(previous);
                        entry.set_events_root(std::string(row.Blob(3)));
                        entry.set_hash(std::string(row.Blob(4)));
                        entry.set_written_sha256(Sha256Of(row.Blob(6)));
                        if (form.written) entry.set_written(std::string(row.Blob(6)));
                        if (form.seal != nullptr)
                          entry.set_forged(!form.seal->Fits(row.Blob(4), row.Blob(7)));
                        previous = entry.hash();
                        more = visit(std::move(entry));
                        return absl::OkStatus();
                      });
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
