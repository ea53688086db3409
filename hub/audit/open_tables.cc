#include "hub/audit/open_tables.h"

#include <algorithm>
#include <vector>

#include "hub/base/error.h"
#include "hub/storage/row_touch.h"

namespace switchboard::audit {
namespace {

using Write = storage::RowWrites::Write;

// More than so many do not wait for the second to end.
constexpr size_t kRowsMax = 4'000;

}  // namespace

bool OpenTables::NeedsEntry(const storage::RowWrites& writes, bool tells, absl::Time now) {
  // A clock that stepped back does not keep anything open.
  if (!waiting_.empty()) since_ = std::min(since_, now);
  last_quiet_ = std::min(last_quiet_, now);
  group_ = Group::kHasEntry;
  bool only_often = !tells;
  if (only_often) {
    writes.ForEach(
        [&](const Write& write) { only_often = only_often && write.table->often && !write.gone; });
  }
  if (!only_often) return true;
  if (Waits(writes)) {
    group_ = Group::kWaits;
    return false;
  }
  if (waiting_.empty() && now - last_quiet_ >= kTimeMax) {
    last_quiet_ = now;
  } else {
    Open(writes, now);
  }
  return true;
}

bool OpenTables::Waits(const storage::RowWrites& writes) {
  bool all_open = said_;
  writes.ForEach(
      [&](const Write& write) { all_open = all_open && waiting_.contains(write.table); });
  if (!all_open) return false;
  writes.ForEach([&](const Write& write) {
    if (waiting_[write.table].emplace(write.row).second) ++rows_;
  });
  return true;
}

// The tables that the group wrote; where that is not the first time in this second, all that may
// be.
void OpenTables::Open(const storage::RowWrites& writes, absl::Time now) {
  if (!waiting_.empty()) {
    for (const storage::TableFacts& table : storage::Tables())
      if (table.often) waiting_.try_emplace(&table);
    return;
  }
  since_ = now;
  writes.ForEach([&](const Write& write) { waiting_.try_emplace(write.table); });
}

absl::Status OpenTables::Close(storage::WriterConnection& connection) {
  group_ = Group::kCloses;
  for (const auto& [table, rows] : waiting_) {
    RETURN_IF_ERROR(storage::TouchRows(connection, *table,
                                       std::vector<std::string_view>(rows.begin(), rows.end())));
  }
  return absl::OkStatus();
}

std::vector<std::string> OpenTables::names() const {
  std::vector<std::string> names;
  if (group_ == Group::kCloses) return names;
  for (const auto& [table, rows] : waiting_) names.push_back(table->name);
  return names;
}

void OpenTables::Settled(bool committed) {
  if (group_ == Group::kCloses && committed) {
    waiting_.clear();
    rows_ = 0;
  }
  // After an entry in doubt nothing waits before the next one; what waits already is closed by it
  // all the same.
  if (group_ == Group::kHasEntry || group_ == Group::kCloses)
    said_ = committed && !waiting_.empty();
  group_ = Group::kNone;
}

absl::Time OpenTables::due() const {
  if (waiting_.empty()) return absl::InfiniteFuture();
  return rows_ > kRowsMax ? absl::InfinitePast() : since_ + kTimeMax;
}

}  // namespace switchboard::audit
