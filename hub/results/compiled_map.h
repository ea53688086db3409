#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "switchboard/v1/code_map.pb.h"

namespace switchboard::results {

// A code map that is ready to be asked. Immutable. Thread-safe.
class CompiledMap {
 public:
  // REQUIRES: a map that code_map_check.h has passed.
  explicit CompiledMap(v1::CodeMap map);

  CompiledMap(const CompiledMap&) = delete;
  CompiledMap& operator=(const CompiledMap&) = delete;

  const v1::CodeMap& map() const { return map_; }
  // The first instant at which contacts that begin are read by it.
  absl::Time effective_from() const { return effective_from_; }
  // What this code means; null for one that was not declared. Lives as long as the map.
  const v1::Outcome::Result* Find(std::string_view code) const;

 private:
  const v1::CodeMap map_;
  absl::Time effective_from_ = absl::InfinitePast();
  absl::flat_hash_map<std::string_view, const v1::Outcome::Result*> results_;  // both of map_
};

// The versions of one vendor's map. Immutable. Thread-safe.
class VendorMaps {
 public:
  // In any order; none for a vendor without a map.
  explicit VendorMaps(std::vector<std::unique_ptr<const CompiledMap>> versions);

  // By which version a contact is read that began then: the highest whose first day had begun.
  // Null if there is none. Lives as long as these.
  const CompiledMap* MapAt(absl::Time contact_begin) const;

 private:
  std::vector<std::unique_ptr<const CompiledMap>> versions_;  // the highest first
};

}  // namespace switchboard::results
