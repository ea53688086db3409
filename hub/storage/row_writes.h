#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "hub/storage/row.h"
#include "hub/storage/table_facts.h"
#include "hub/storage/value.h"

// What binds the rows of the tables to the audit log: of each row that a commit wrote two digests
// of 64 bits, SipHash-2-4 (libsodium) under a key of the database. One is of its table and primary
// key and says which row it is, the other is of all of it. Boxes are hashed as they are stored.
// The bytes: 0 for the key or 1 for all of it, the length of the table's name in one byte, the
// name, and of each column 'n' for NULL, 'i' and 8 bytes, or 't' (TEXT) or 'b' (BYTEA), 4 bytes of
// length and what it holds; numbers with the lowest byte first.
// Who has the database and not its keys can make no row that fits; who has both is held by what
// was noted of the log elsewhere.

namespace switchboard::storage {

inline constexpr size_t kRowKeyBytes = 16;     // of the key of digests
inline constexpr size_t kRowDigestBytes = 16;  // of both digests in a v1.RowWrites

// What stands for the content of a row that is gone. No row has it.
inline constexpr uint64_t kGone = 0;

// Of a row with all columns of the table in their order. `key`: kRowKeyBytes.
uint64_t KeyDigest(const TableFacts& table, const Row& row, std::string_view key);
uint64_t ContentDigest(const TableFacts& table, const Row& row, std::string_view key);

// One written row, as an entry says it.
struct RowDigest {
  const TableFacts* table = nullptr;
  uint64_t row = 0;      // of its primary key
  uint64_t content = 0;  // of all of it, or kGone

  bool operator==(const RowDigest&) const = default;
};

// How both stand in v1.RowWrites.Table.rows: 8 bytes each, the lowest first.
void AppendRowDigest(const RowDigest& digest, std::string* rows);
// REQUIRES: kRowDigestBytes.
RowDigest ReadRowDigest(const TableFacts* table, std::string_view bytes);

// What a transaction has written so far, row by row, raw: when it begins, a starting hub does not
// have the key of the digests yet. All rows lie behind one another in one piece of memory that is
// kept from transaction to transaction, so that a row costs no allocation. Not thread-safe.
class RowWrites {
 public:
  // A row as it is now, with all columns of the table in their order.
  void Put(const TableFacts& table, const Row& after);
  // One that is gone; of `before` only the primary key's columns are asked for.
  void PutGone(const TableFacts& table, const Row& before);

  // What came behind a mark can be dropped again.
  size_t mark() const { return bytes_.size(); }
  void DropTo(size_t mark) { bytes_.resize(mark); }
  void Clear() { bytes_.clear(); }
  bool empty() const { return bytes_.empty(); }

  // One write of a row. `row` says which, to be told apart within the table, and for ValuesOf;
  // it stands until the next Put.
  struct Write {
    const TableFacts* table = nullptr;
    std::string_view row;
    bool gone = false;
  };
  // In the order of writing.
  void ForEach(absl::FunctionRef<void(const Write&)> visit) const;

  // Adds the digests of all, in that order. `key`: kRowKeyBytes.
  void AddDigests(std::string_view key, std::vector<RowDigest>* digests) const;

  // The primary key's values of a Write's `row`, to whose bytes they refer.
  static std::vector<Value> ValuesOf(const TableFacts& table, std::string_view row);

 private:
  void Append(const TableFacts& table, const Row& row, bool gone);

  std::string bytes_;
};

}  // namespace switchboard::storage
