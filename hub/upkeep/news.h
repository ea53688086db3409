#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/topic.h"
#include "hub/storage/database.h"

namespace switchboard::upkeep {

// Finds out by looking what other hubs changed, for when their word does not arrive. Not
// thread-safe.
class News {
 public:
  // Topics of what changed since the last look. The first look finds everything new.
  absl::StatusOr<std::vector<Topic>> Look(storage::Connection& reader);

 private:
  struct Vendor {
    int64_t newest = -1;
    int64_t session = -1;
    std::string generation;
    std::string held_to;
  };
  std::map<std::string, Vendor> vendors_;
  int64_t newest_item_ = -1;
  std::pair<int64_t, int> rotation_{-1, -1};  // up to which key, and its step
};

}  // namespace switchboard::upkeep
