#include "hub/audit/log_tree.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/tiles.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

using Range = v1::ReadAuditTreeResponse::Range;
using storage::Row;

// Entries without events that wait for others: a checkpoint has one itself, and so has each place
// that it comes to.
constexpr int64_t kQuietEntries = 20;
constexpr int64_t kEndOfChain = std::numeric_limits<int64_t>::max();

constexpr char kSelectRangeAt[] =
    "SELECT first_position, chain_id, first_sequence, count FROM audit_range WHERE first_position "
    "<= $1 ORDER BY first_position DESC LIMIT 1";
constexpr char kSelectRangesFrom[] =
    "SELECT first_position, chain_id, first_sequence, count FROM audit_range WHERE first_position "
    ">= $1 ORDER BY first_position LIMIT $2";
constexpr char kSelectRangeOfChain[] =
    "SELECT first_position, chain_id, first_sequence, count FROM audit_range WHERE chain_id = $1 "
    "AND first_sequence <= $2 ORDER BY first_sequence DESC LIMIT 1";
constexpr char kInsertRange[] =
    "INSERT INTO audit_range (first_position, chain_id, first_sequence, count) VALUES ($1, $2, $3, "
    "$4)";
constexpr char kLengthenRange[] =
    "UPDATE audit_range SET count = count + $1 WHERE first_position = $2";
constexpr char kSelectHashes[] =
    "SELECT sequence, hash, seal FROM audit_entry WHERE chain_id = $1 AND sequence > $2 ORDER BY "
    "sequence LIMIT $3";
// The first with events, or the first behind so many.
constexpr char kSelectCommitTime[] =
    "SELECT commit_time FROM audit_entry WHERE chain_id = $1 AND sequence > $2 AND (events <> $3 "
    "OR "
    "sequence > $4) ORDER BY sequence LIMIT 1";

Range RangeIn(const Row& row) {
  Range range;
  range.set_first_position(row.Integer(0));
  range.set_chain_id(std::string(row.Text(1)));
  range.set_first_sequence(row.Integer(2));
  range.set_count(row.Integer(3));
  return range;
}

// The first range that the statement finds; one of nothing where there is none.
absl::StatusOr<Range> FindRange(storage::Connection& connection, const char* sql,
                                storage::Connection::Parameters parameters) {
  Range range;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    range = RangeIn(row);
    return absl::OkStatus();
  }));
  return range;
}

absl::StatusOr<Range> LastRange(storage::Connection& connection) {
  return FindRange(connection, kSelectRangeAt, {std::numeric_limits<int64_t>::max()});
}

// The last entry of the chain that is a leaf; 0 where none is.
absl::StatusOr<int64_t> LastLeafOf(storage::Connection& connection, const std::string& chain_id) {
  ASSIGN_OR_RETURN(const Range last,
                   FindRange(connection, kSelectRangeOfChain, {chain_id, kEndOfChain}));
  return last.count() == 0 ? 0 : last.first_sequence() + last.count() - 1;
}

int64_t EndOf(const Range& range) { return range.first_position() + range.count(); }

// Entries of the chain behind `sequence`, at most `max`, as leaves; of how many.
absl::StatusOr<int64_t> AddLeavesOf(storage::Transaction& transaction, const EntrySeal& seal,
                                    const std::string& chain_id, int64_t sequence, int64_t max,
                                    NewLeaves& leaves) {
  int64_t added = 0;
  RETURN_IF_ERROR(transaction.Query(
      kSelectHashes, {chain_id, sequence, max}, [&](const Row& row) -> absl::Status {
        const std::optional<Hash> hash = HashOf(row.Blob(1));
        if (row.Integer(0) != sequence + added + 1 || !hash.has_value()) {
          return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
                       absl::StrCat("chain ", chain_id, ", entry ", sequence + added + 1,
                                    ": is missing, or its hash is"));
        }
        const absl::Status made = seal.Check(chain_id, row.Integer(0), row.Blob(1), row.Blob(2));
        if (!made.ok()) return made;
        leaves.Add(*hash);
        ++added;
        return absl::OkStatus();
      }));
  return added;
}

// Writes down whose the leaves from the end of `last` on are, which then is the range with them.
absl::Status NoteRange(storage::Transaction& transaction, const std::string& chain_id,
                       int64_t first_sequence, int64_t count, Range& last) {
  if (last.chain_id() == chain_id && last.first_sequence() + last.count() == first_sequence) {
    last.set_count(last.count() + count);
    return transaction.Execute(kLengthenRange, {count, last.first_position()}).status();
  }
  const int64_t position = EndOf(last);
  last.set_first_position(position);
  last.set_chain_id(chain_id);
  last.set_first_sequence(first_sequence);
  last.set_count(count);
  return transaction.Execute(kInsertRange, {position, chain_id, first_sequence, count}).status();
}

}  // namespace

absl::StatusOr<int64_t> TreeSize(storage::Connection& connection) {
  ASSIGN_OR_RETURN(const Range last, LastRange(connection));
  return EndOf(last);
}

absl::StatusOr<std::vector<Range>> LeavesFrom(storage::Connection& connection, int64_t after,
                                              int64_t size, int max) {
  std::vector<Range> ranges;
  if (after >= size) return ranges;
  ASSIGN_OR_RETURN(const Range around, FindRange(connection, kSelectRangeAt, {after}));
  RETURN_IF_ERROR(
      connection.Query(kSelectRangesFrom, {around.first_position(), max}, [&](const Row& row) {
        Range range = RangeIn(row);
        const int64_t passed = std::max<int64_t>(0, after - range.first_position());
        const int64_t end = std::min(EndOf(range), size);
        range.set_first_position(range.first_position() + passed);
        range.set_first_sequence(range.first_sequence() + passed);
        range.set_count(end - range.first_position());
        if (range.count() > 0) ranges.push_back(std::move(range));
        return absl::OkStatus();
      }));
  return ranges;
}

absl::StatusOr<std::optional<int64_t>> PositionOf(storage::Connection& connection,
                                                  std::string_view chain_id, int64_t sequence) {
  ASSIGN_OR_RETURN(const Range range,
                   FindRange(connection, kSelectRangeOfChain, {chain_id, sequence}));
  const int64_t within = sequence - range.first_sequence();
  if (range.count() == 0 || within >= range.count()) return std::nullopt;
  return range.first_position() + within;
}

absl::StatusOr<std::optional<int64_t>> OldestWithoutLeaf(storage::Connection& connection) {
  std::optional<int64_t> oldest;
  ASSIGN_OR_RETURN(const auto chains, ChainIds(connection));
  for (const std::string& chain_id : chains) {
    ASSIGN_OR_RETURN(const int64_t through, LastLeafOf(connection, chain_id));
    RETURN_IF_ERROR(connection.Query(
        kSelectCommitTime, {chain_id, through, storage::Value::Blob(""), through + kQuietEntries},
        [&](const Row& row) {
          oldest = std::min(oldest.value_or(row.Integer(0)), row.Integer(0));
          return absl::OkStatus();
        }));
  }
  return oldest;
}

absl::StatusOr<int64_t> AddLeaves(storage::Transaction& transaction, const EntrySeal& seal,
                                  int64_t max) {
  ASSIGN_OR_RETURN(Range last, LastRange(transaction.connection()));
  const int64_t before = EndOf(last);
  ASSIGN_OR_RETURN(NewLeaves leaves, NewLeaves::Behind(transaction.connection(), before));
  ASSIGN_OR_RETURN(const auto chains, ChainIds(transaction.connection()));
  for (const std::string& chain_id : chains) {
    const int64_t left = before + max - leaves.size();
    if (left == 0) break;
    ASSIGN_OR_RETURN(const int64_t through, LastLeafOf(transaction.connection(), chain_id));
    ASSIGN_OR_RETURN(const int64_t added,
                     AddLeavesOf(transaction, seal, chain_id, through, left, leaves));
    if (added > 0) RETURN_IF_ERROR(NoteRange(transaction, chain_id, through + 1, added, last));
  }
  RETURN_IF_ERROR(leaves.Write(transaction));
  return leaves.size() - before;
}

}  // namespace switchboard::audit
