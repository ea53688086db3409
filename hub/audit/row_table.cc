#include "hub/audit/row_table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/hash/hash.h"

namespace switchboard::audit {
namespace {

constexpr size_t kSlotsMin = 4'096;

}  // namespace

RowTable::RowTable(size_t bytes_max)
    : slots_max_(std::max(kSlotsMin, std::bit_floor(bytes_max / sizeof(Slot)))),
      slots_(kSlotsMin) {}

void RowTable::Begin(uint64_t from) {
  std::fill(slots_.begin(), slots_.end(), Slot());
  used_ = 0;
  from_ = from;
  last_ = UINT64_MAX;
  keeps_ = false;
}

// Digests are spread evenly, but for those that somebody made up: the hash is another one in every
// process.
size_t RowTable::PlaceOf(uint64_t row) const {
  size_t place = absl::Hash<uint64_t>()(row) & (slots_.size() - 1);
  while (slots_[place].rest_ != 0 && slots_[place].row != row)
    place = (place + 1) & (slots_.size() - 1);
  return place;
}

RowTable::Slot* RowTable::Find(uint64_t row) {
  Slot& slot = slots_[PlaceOf(row)];
  return slot.rest_ == 0 ? nullptr : &slot;
}

void RowTable::Put(uint64_t row, uint64_t content, int table, int64_t order) {
  if (!Covers(row)) return;
  Slot* slot = &slots_[PlaceOf(row)];
  if (slot->rest_ == 0) {
    if ((used_ + 1) * 4 > slots_.size() * 3) {
      MakeRoom();
      return Put(row, content, table, order);
    }
    ++used_;
    slot->row = row;
  } else if (order < slot->order()) {
    return;
  }
  slot->content = content;
  slot->rest_ = static_cast<uint64_t>(order) << 16 | static_cast<uint64_t>(table) << 2 |
                (slot->rest_ & Slot::kSeen) | Slot::kUsed;
}

void RowTable::MakeRoom() {
  const size_t slots = slots_.size();
  if (keeps_ || slots < slots_max_) return Fill(2 * slots, std::move(slots_));
  last_ = from_ + (last_ - from_) / 2;
  std::vector<Slot> covered;
  for (const Slot& slot : slots_)
    if (slot.rest_ != 0 && Covers(slot.row)) covered.push_back(slot);
  Fill(slots, std::move(covered));
}

void RowTable::Fill(size_t slots, std::vector<Slot> from) {
  slots_.assign(slots, Slot());
  used_ = 0;
  for (const Slot& slot : from) {
    if (slot.rest_ == 0) continue;
    slots_[PlaceOf(slot.row)] = slot;
    ++used_;
  }
}

void RowTable::ForEach(absl::FunctionRef<void(const Slot&)> visit) const {
  for (const Slot& slot : slots_)
    if (slot.rest_ != 0) visit(slot);
}

}  // namespace switchboard::audit
