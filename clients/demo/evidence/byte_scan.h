#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace switchboard::demo {

// Finds any of many values in any number of bytes, whatever lies around them: no parsing, no word
// borders. Each value is indexed by the rarest eight bytes in it; one bit per window tells almost
// always at once that nothing begins here. A million values and a hundred megabytes take seconds.
// Immutable after construction, hence thread-safe.
class ByteScan {
 public:
  // Values of fewer bytes are refused: they would be found by chance.
  static constexpr size_t kValueBytesMin = 8;

  // REQUIRES: every value has kValueBytesMin bytes or more.
  explicit ByteScan(std::vector<std::string> values);

  // Calls `found` with the index of the value and the offset where it begins, for every occurrence.
  void Find(std::string_view bytes,
            const std::function<void(size_t value, size_t offset)>& found) const;

 private:
  struct Entry {
    uint32_t value;
    uint32_t window_offset;  // of the indexed window within the value
  };

  void Add(uint64_t window, Entry entry);

  const std::vector<std::string> values_;
  std::vector<uint64_t> filter_;  // bits
  absl::flat_hash_map<uint64_t, std::vector<Entry>> by_window_;
};

}  // namespace switchboard::demo
