#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"

namespace switchboard::audit {

// By row the newest that the log says of it, in a flat table of bounded memory: 24 bytes a row.
// Where all of them do not fit, it holds those of a part of all digests, one part after the other.
// Not thread-safe.
class RowTable {
 public:
  static constexpr int64_t kOrderMax = (int64_t{1} << 48) - 1;
  static constexpr int kTablesMax = 1 << 14;

  class Slot {
   public:
    uint64_t row = 0;      // digest of its key
    uint64_t content = 0;  // digest of all of it; 0: it is gone

    int64_t order() const { return static_cast<int64_t>(rest_ >> 16); }  // of who wrote it last
    int table() const { return static_cast<int>(rest_ >> 2) & (kTablesMax - 1); }
    bool seen() const { return (rest_ & kSeen) != 0; }  // it stands in the table
    void set_seen() { rest_ |= kSeen; }

   private:
    friend class RowTable;
    static constexpr uint64_t kUsed = 1, kSeen = 2;

    uint64_t rest_ = 0;
  };

  // Slots take no more than so many bytes, but for a few thousand rows and for what Keep is told.
  explicit RowTable(size_t bytes_max);

  // Begins anew, with rows whose digest is at least `from`.
  void Begin(uint64_t from);
  // The highest digest that it holds rows of; Put may lower it, until Keep.
  uint64_t last() const { return last_; }
  bool Covers(uint64_t row) const { return row >= from_ && row <= last_; }
  // From now on all that is put is held.
  void Keep() { keeps_ = true; }

  // What is not covered is left out, and what is older than what there is.
  void Put(uint64_t row, uint64_t content, int table, int64_t order);
  // Null: nothing is said of it. Stands until the next Put.
  Slot* Find(uint64_t row);
  void ForEach(absl::FunctionRef<void(const Slot&)> visit) const;

 private:
  size_t PlaceOf(uint64_t row) const;
  void MakeRoom();
  void Fill(size_t slots, std::vector<Slot> from);

  const size_t slots_max_;
  std::vector<Slot> slots_;  // a power of two; a row stands at its place or behind it
  size_t used_ = 0;
  uint64_t from_ = 0, last_ = UINT64_MAX;
  bool keeps_ = false;
};

}  // namespace switchboard::audit
