#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::storage {

// A queue in which those who wait take turns: one item of each party, round and round, so that a
// party with a thousand items delays another's single one by one place. Items of one party stay in
// order. Not thread-safe.
template <typename T>
class FairQueue {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  // How many items of the party wait.
  size_t size_of(std::string_view party) const {
    auto found = parties_.find(std::string(party));
    return found == parties_.end() ? 0 : found->second->items.size();
  }

  void PushBack(std::string_view party, T item) {
    PartyOf(party, turns_.end())->items.push_back(std::move(item));
    ++size_;
  }

  // Ahead of everything: gives an item back that was taken and not used. In reverse order of
  // taking.
  void PutBack(std::string_view party, T item) {
    auto turn = PartyOf(party, turns_.begin());
    turns_.splice(turns_.begin(), turns_, turn);
    turn->items.push_front(std::move(item));
    ++size_;
  }

  // REQUIRES: not empty.
  T Pop() {
    SWITCHBOARD_ASSERT(!turns_.empty());
    auto turn = turns_.begin();
    T item = std::move(turn->items.front());
    turn->items.pop_front();
    --size_;
    if (turn->items.empty()) {
      parties_.erase(turn->party);
      turns_.erase(turn);
    } else {
      turns_.splice(turns_.end(), turns_, turn);
    }
    return item;
  }

 private:
  struct Turn {
    std::string party;
    std::deque<T> items;  // never empty between calls
  };
  using Turns = std::list<Turn>;

  typename Turns::iterator PartyOf(std::string_view party, typename Turns::iterator where) {
    auto [found, added] = parties_.try_emplace(std::string(party), where);
    if (added) found->second = turns_.insert(where, Turn{std::string(party), {}});
    return found->second;
  }

  Turns turns_;  // whose turn it is, next first
  std::unordered_map<std::string, typename Turns::iterator> parties_;
  size_t size_ = 0;
};

}  // namespace switchboard::storage
