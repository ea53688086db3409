#pragma once

#include <algorithm>
#include <compare>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/clock.h"
#include "hub/base/error.h"
#include "hub/base/topic.h"
#include "hub/storage/database.h"

namespace switchboard::storage {

class Transaction;

// Under what closing work is left: its place in the one order in which every lane and hub takes
// what all of them want (book/holds.h lists the places), then whose it is.
struct ClosingKey {
  int place = 0;
  std::string name;

  auto operator<=>(const ClosingKey&) const = default;
};

// What units leave to be done once, at the end of their group: numbers taken from counter rows,
// which every lane and hub wants. Taken last and in the order of their keys they are held briefly,
// and no two groups can wait for each other.
class ClosingWork {
 public:
  virtual ~ClosingWork() = default;
  // Takes over what a later unit of the group left under the same key; of the same type.
  virtual void Absorb(ClosingWork& later) = 0;
  virtual absl::Status Run(Transaction& transaction) = 0;
};

// What a unit of work sees: the connection inside the group's transaction, the time, and
// what lives and dies with the unit: records for the audit log, topics to announce after the
// commit, and work left for the group's end. Used by one unit at a time, on its lane's thread.
class Transaction {
 public:
  // All outlive it.
  Transaction(WriterConnection& connection, Clock& clock, const std::string& lane)
      : connection_(connection), clock_(clock), lane_(lane), now_(clock.Now()) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Connection& connection() { return connection_; }
  // For who writes rows as they are (row_touch.h); everybody else has what is below.
  WriterConnection& writer() { return connection_; }

  // The name of the lane that runs it; see LaneName. What is counted under it no other lane counts.
  const std::string& lane() const { return lane_; }

  // The time of the group: when it began, or when it last got hold of something. So what rests on
  // what another group committed is never dated before it, in whatever chain either is sealed.
  absl::Time now() const { return now_; }
  int64_t now_us() const { return absl::ToUnixMicros(now_); }

  absl::StatusOr<int64_t> Execute(const char* sql, Connection::Parameters parameters) {
    return connection_.Execute(sql, parameters);
  }
  absl::Status Query(const char* sql, Connection::Parameters parameters,
                     Connection::Visitor visit) {
    return connection_.Query(sql, parameters, visit);
  }

  // See WriterConnection::Hold. A unit holds what its decision rests on before it reads it.
  absl::Status Hold(absl::Span<const Key> keys) {
    const absl::Status held = connection_.Hold(keys);
    now_ = std::max(now_, clock_.Now());
    if (held.ok()) held_.insert(keys.begin(), keys.end());
    return held;
  }
  // See WriterConnection::DropKeys.
  absl::Status DropKeys(absl::Span<const Key> keys) { return connection_.DropKeys(keys); }
  // See WriterConnection::alone.
  bool alone() const { return connection_.alone(); }
  // True if a unit of this group holds the key, alone or, where that is asked for, shared.
  bool Holds(const Key& key) const {
    return held_.contains(key) || (key.shared && held_.contains(Key{key.name}));
  }

  // Something is stored that was sealed by the data key of this number; see Sealer::CheckSealed.
  void NoteKey(int64_t number) { lowest_key_ = std::min(lowest_key_, number); }
  bool sealed() const { return lowest_key_ != kNoKey; }
  // The lowest such number in this group; beyond all where nothing was sealed.
  int64_t lowest_key() const { return lowest_key_; }

  // See WriterConnection. What comes behind is written by this transaction as well.
  RowWrites& row_writes() { return connection_.row_writes(); }
  absl::StatusOr<int64_t> NextInOrder() { return connection_.NextInOrder(); }

  // See WriterConnection::Forget.
  void Forget() { connection_.Forget(); }

  // Adds bytes to what the audit log seals with this commit.
  void Record(std::string event) { records_.push_back(std::move(event)); }
  // Announces `topic` once the commit is durable.
  void Announce(const Topic& topic) { topics_.push_back(topic.Text()); }

  // The closing work that this unit leaves under `key`, of type T, made at first use: whatever is
  // put into it is done when the unit succeeds, and dropped with it. It cannot be forgotten.
  template <typename T, typename... Arguments>
  T& Leave(const ClosingKey& key, Arguments&&... arguments) {
    auto& work = left_by_unit_[key];
    if (work == nullptr) work = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    return As<T>(*work);
  }
  // What this unit has left so far under the key, or null. REQUIRES: of this type.
  template <typename T>
  T* LeftByUnit(const ClosingKey& key) const {
    auto found = left_by_unit_.find(key);
    return found == left_by_unit_.end() ? nullptr : &As<T>(*found->second);
  }
  // What earlier units of the group left under this key, or null. REQUIRES: of this type.
  template <typename T>
  const T* Left(const ClosingKey& key) const {
    auto found = left_.find(key);
    return found == left_.end() ? nullptr : &As<T>(*found->second);
  }
  // What this unit leaves must be done before others look: it is the last of its group, or, where
  // the transaction is alone, that is done at once.
  void EndGroup() { group_ends_ = true; }

  const std::vector<std::string>& records() const { return records_; }

  // The rest is the lane's.

  // Marks of a unit's beginning: what came after is dropped when the unit fails.
  struct Mark {
    size_t records;
    size_t topics;
  };
  Mark BeginUnit() {
    left_by_unit_.clear();
    group_ends_ = false;
    return {records_.size(), topics_.size()};
  }
  void DropUnit(const Mark& mark);
  // True if the group ends with this unit.
  bool KeepUnit();
  absl::Status Close();
  // Hands both lists over once the group is committed.
  void Take(std::vector<std::string>* topics, std::vector<std::string>* records) {
    topics->swap(topics_);
    records->swap(records_);
  }

 private:
  template <typename T>
  static T& As(ClosingWork& work) {
    T* result = dynamic_cast<T*>(&work);
    SWITCHBOARD_ASSERT(result != nullptr);
    return *result;
  }

  static constexpr int64_t kNoKey = std::numeric_limits<int64_t>::max();

  WriterConnection& connection_;
  Clock& clock_;
  const std::string& lane_;
  absl::Time now_;
  std::set<Key> held_;
  std::vector<std::string> records_;
  std::vector<std::string> topics_;
  std::map<ClosingKey, std::unique_ptr<ClosingWork>> left_by_unit_;
  std::map<ClosingKey, std::unique_ptr<ClosingWork>> left_;
  int64_t lowest_key_ = kNoKey;
  bool group_ends_ = false;
};

}  // namespace switchboard::storage
