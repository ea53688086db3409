#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/audit/entry_seal.h"
#include "hub/audit/merkle.h"
#include "hub/audit/open_tables.h"
#include "hub/base/secret.h"
#include "hub/storage/row_writes.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/audit_rows.pb.h"

namespace switchboard::audit {

// Starts an event of `kind` caused by `actor` ("core/main", "vendor/sakura", "operator/ito",
// "hub").
v1::AuditEvent Event(v1::AuditEvent::Kind kind, std::string_view actor);

// Adds `event` to what is sealed with the unit's commit; dropped with the unit if it fails. Sets
// its time.
void Record(storage::Transaction& transaction, v1::AuditEvent event);

// The chains of one hub, one for each lane of its writer and called as it is, so that no lane waits
// for another: one entry per commit, with its events and what it wrote to the tables, but for what
// open_tables.h says. One of a hub, and what is called for one lane is called by one thread at a
// time.
class AuditLog {
 public:
  // `lanes`: of the hub's writer. `sealer` need not outlive it.
  AuditLog(std::string hub_id, const storage::Sealer& sealer, int lanes);

  // Appends the group's entry to the lane's chain, if it needs one; its hash. A group that has done
  // nothing closes what is open. Nothing may be written behind it. Errors: those of the engine;
  // UNAVAILABLE, for a retry, when another process seals under this hub's name; DATA_LOSS,
  // AUDIT_FORGED where a hub did not make the entry that it would follow, and AUDIT_ORDER_BACK
  // where the engine gives a number that is not above those of entries that there are: what the
  // group wrote would count as older than they. For WriterHooks::before_commit.
  absl::StatusOr<std::string> Seal(storage::Transaction& transaction, int lane);
  // For WriterHooks::settled.
  void Settled(int lane, bool committed);
  // For WriterHooks::owes.
  absl::Time Owes(int lane) const { return lanes_[static_cast<size_t>(lane)].open.due(); }

  // True if the lane's chain ends with the entry of this hash, which nobody else continues. For
  // WriterHooks::find_commit.
  absl::StatusOr<bool> EndsWith(storage::Connection& connection, int lane,
                                std::string_view hash) const;

  // For the transaction in which a hub starts, when all else is done: what was left open on chains
  // on which nobody works, its former process's and those of hubs that have no place, is written
  // and closed, and the entry of the start is sealed on the first lane's. Errors: as Seal, of the
  // last entry of whatever chain; AUDIT_BROKEN where that does not verify.
  absl::Status SealStart(storage::Transaction& transaction);
  // For a restore, last in a unit: closes the chains likewise, and writes the rows that the start
  // wrote, which sealed nothing, for the log goes on where the backup ends.
  absl::Status SealRestore(storage::Transaction& transaction);

 private:
  struct Lane {
    OpenTables open;
    int64_t order = 0;  // of the group's entry; 0: it has none
    // Kept for their memory.
    std::vector<storage::RowDigest> digests;
    std::string events;
  };

  struct Head;

  absl::StatusOr<Head> HeadOf(storage::Connection& connection, const std::string& chain_id) const;
  absl::StatusOr<int64_t> NextInOrder(storage::Transaction& transaction, const Head& head);
  absl::Status LearnHighest(storage::Connection& connection);
  void Raise(int64_t order);
  absl::StatusOr<std::string> Append(storage::Transaction& transaction, const std::string& chain_id,
                                     const Head& head, int64_t order, std::string_view events,
                                     const CompactRange& root, std::string_view written) const;
  absl::StatusOr<std::string> SealOn(storage::Transaction& transaction, const std::string& chain_id,
                                     const std::vector<std::string>& open_tables, Lane& lane);
  absl::StatusOr<v1::RowWrites> WrittenLast(storage::Connection& connection,
                                            const std::string& chain_id) const;
  absl::Status TakeOver(storage::Transaction& transaction, const std::string& own_chain);
  absl::StatusOr<std::vector<std::string>> OtherHubs(storage::Transaction& transaction) const;

  const std::string hub_id_;
  const Secret row_key_;
  const EntrySeal seal_;
  std::vector<Lane> lanes_;
  // commit_order of entries that are committed, of whatever chain; 0: not looked up yet.
  std::atomic<int64_t> highest_{0};
};

// How entries are read.
struct EntryForm {
  bool stored = false;   // events as they lie there, in `stored_events`, whatever that is
  bool written = false;  // with what their commits wrote
  const EntrySeal* seal = nullptr;  // tells which are `forged`; null: none is looked at
};

// Visits entries of a chain in order, from `after` + 1, until `visit` returns false.
absl::Status ReadEntries(storage::Connection& reader, std::string_view chain_id, int64_t after,
                         int max_entries, const EntryForm& form,
                         absl::FunctionRef<bool(v1::AuditEntry)> visit);
inline absl::Status ReadEntries(storage::Connection& reader, std::string_view chain_id,
                                int64_t after, int max_entries,
                                absl::FunctionRef<bool(v1::AuditEntry)> visit) {
  return ReadEntries(reader, chain_id, after, max_entries, EntryForm(), visit);
}

// Ids of all chains, in order.
absl::StatusOr<std::vector<std::string>> ChainIds(storage::Connection& reader);

// The newest entry of every chain, by chain.
absl::StatusOr<std::vector<v1::AuditHead>> Heads(storage::Connection& reader);

}  // namespace switchboard::audit
