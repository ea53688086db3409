// How keys are held: rows of the table held_key, locked until the group ends. The table is the
// engine's own; who looks for a key that has no row, or has lost it while it was waited for, makes
// it.

#include <algorithm>

#include "hub/base/error.h"
#include "hub/storage/postgres_connection.h"
#include "hub/storage/postgres_value.h"

namespace switchboard::storage {
namespace {

constexpr char kAlone[] =
    "SELECT name FROM held_key WHERE name = ANY(ARRAY(SELECT c1 FROM rows($1))) ORDER BY name FOR "
    "UPDATE";
constexpr char kAloneNow[] =
    "SELECT name FROM held_key WHERE name = ANY(ARRAY(SELECT c1 FROM rows($1))) ORDER BY name FOR "
    "UPDATE NOWAIT";
constexpr char kShared[] =
    "SELECT name FROM held_key WHERE name = ANY(ARRAY(SELECT c1 FROM rows($1))) ORDER BY name FOR "
    "SHARE";
constexpr char kSharedNow[] =
    "SELECT name FROM held_key WHERE name = ANY(ARRAY(SELECT c1 FROM rows($1))) ORDER BY name FOR "
    "SHARE NOWAIT";
constexpr char kInsert[] =
    "INSERT INTO held_key (name) SELECT c1 FROM rows($1) ON CONFLICT (name) DO NOTHING";
constexpr char kDrop[] = "DELETE FROM held_key WHERE name = ANY(ARRAY(SELECT c1 FROM rows($1)))";

constexpr char kWaitShortly[] = "SET LOCAL lock_timeout = '20ms'";
constexpr char kWaitAgain[] = "SET LOCAL lock_timeout = '2s'";

// Held alone is held shared as well.
bool IsHeld(const std::vector<Key>& held, const Key& key) {
  return std::binary_search(held.begin(), held.end(), Key{key.name, false}) ||
         (key.shared && std::binary_search(held.begin(), held.end(), key));
}

// Sorted by name; of a name that is asked for both ways, alone.
std::vector<Key> Sorted(absl::Span<const Key> keys) {
  std::vector<Key> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end(),
                           [](const Key& a, const Key& b) { return a.name == b.name; }),
               sorted.end());
  return sorted;
}

}  // namespace

absl::Status PostgresConnection::Hold(absl::Span<const Key> keys) {
  std::vector<Key> missing;
  for (const Key& key : Sorted(keys)) {
    if (!IsHeld(held_, key)) missing.push_back(key);
  }
  if (missing.empty()) return absl::OkStatus();
  const absl::Status status = LockAll(missing, Waiting::kForbidden);
  if (absl::IsUnavailable(status)) WantAtBegin(std::move(missing));
  return status;
}

absl::Status PostgresConnection::DropKeys(absl::Span<const Key> keys) {
  std::vector<std::string> names, not_held;
  std::vector<Key> missing;
  for (const Key& key : Sorted(keys)) {
    const Key alone{key.name};
    names.push_back(key.name);
    if (IsHeld(held_, alone)) continue;
    not_held.push_back(key.name);
    missing.push_back(alone);
  }
  const absl::Status status = Lock(not_held, /*shared=*/false, Waiting::kForbidden).status();
  if (absl::IsUnavailable(status)) WantAtBegin(std::move(missing));
  RETURN_IF_ERROR(status);
  const Rows rows = RowsOf(names);
  return Execute(kDrop, {rows}).status();
}

// The group's next attempt begins with all of them.
void PostgresConnection::WantAtBegin(std::vector<Key> missing) {
  missing.insert(missing.end(), held_.begin(), held_.end());
  missing.insert(missing.end(), wanted_at_begin_.begin(), wanted_at_begin_.end());
  wanted_at_begin_ = Sorted(missing);
}

// In the order of names, one statement for each run of keys that are wanted in the same way.
absl::Status PostgresConnection::LockAll(const std::vector<Key>& sorted, Waiting waiting) {
  for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    std::vector<std::string> names;
    for (end = begin; end < sorted.size() && sorted[end].shared == sorted[begin].shared; ++end)
      names.push_back(sorted[end].name);
    ASSIGN_OR_RETURN(auto missing, Lock(names, sorted[begin].shared, waiting));
    while (!missing.empty()) {
      RETURN_IF_ERROR(InsertKeys(missing, waiting));
      ASSIGN_OR_RETURN(missing, Lock(missing, sorted[begin].shared, waiting));
    }
  }
  held_.insert(held_.end(), sorted.begin(), sorted.end());
  held_by_unit_.insert(held_by_unit_.end(), sorted.begin(), sorted.end());
  std::sort(held_.begin(), held_.end());
  return absl::OkStatus();
}

// Those of the names that have no row yet.
absl::StatusOr<std::vector<std::string>> PostgresConnection::Lock(
    const std::vector<std::string>& names, bool shared, Waiting waiting) {
  const bool may_wait = waiting == Waiting::kAllowed;
  const char* sql = shared ? (may_wait ? kShared : kSharedNow) : (may_wait ? kAlone : kAloneNow);
  const Rows rows = RowsOf(names);
  std::vector<std::string> locked;
  RETURN_IF_ERROR(Query(sql, {rows}, [&](const Row& row) {
    locked.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  std::vector<std::string> missing;
  std::set_difference(names.begin(), names.end(), locked.begin(), locked.end(),
                      std::back_inserter(missing));
  return missing;
}

// A row that another group is about to insert must be waited for, however shortly.
absl::Status PostgresConnection::InsertKeys(const std::vector<std::string>& names,
                                            Waiting waiting) {
  const bool may_wait = waiting == Waiting::kAllowed;
  if (!may_wait) deferred_.push_back(kWaitShortly);
  const Rows rows = RowsOf(names);
  const absl::Status inserted = Execute(kInsert, {rows}).status();
  if (!may_wait && inserted.ok()) deferred_.push_back(kWaitAgain);
  return inserted;
}

}  // namespace switchboard::storage
