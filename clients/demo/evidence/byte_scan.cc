#include "clients/demo/evidence/byte_scan.h"

#include <cstring>

#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr size_t kWindowBytes = 8;
constexpr uint64_t kFilterBits = uint64_t{1} << 25;

uint64_t WindowAt(std::string_view bytes, size_t offset) {
  uint64_t window = 0;
  std::memcpy(&window, bytes.data() + offset, kWindowBytes);
  return window;
}

uint64_t FilterBit(uint64_t window) { return (window * 0x9e3779b97f4a7c15ULL) >> 39; }

}  // namespace

ByteScan::ByteScan(std::vector<std::string> values)
    : values_(std::move(values)), filter_(kFilterBits / 64) {
  absl::flat_hash_map<uint64_t, uint32_t> frequency;
  for (const std::string& value : values_) {
    SWITCHBOARD_ASSERT(value.size() >= kValueBytesMin);
    for (size_t i = 0; i + kWindowBytes <= value.size(); ++i) ++frequency[WindowAt(value, i)];
  }
  for (size_t v = 0; v < values_.size(); ++v) {
    size_t rarest = 0;
    for (size_t i = 1; i + kWindowBytes <= values_[v].size(); ++i) {
      if (frequency[WindowAt(values_[v], i)] < frequency[WindowAt(values_[v], rarest)]) rarest = i;
    }
    Add(WindowAt(values_[v], rarest), {static_cast<uint32_t>(v), static_cast<uint32_t>(rarest)});
  }
}

void ByteScan::Add(uint64_t window, Entry entry) {
  const uint64_t bit = FilterBit(window);
  filter_[bit / 64] |= uint64_t{1} << (bit % 64);
  by_window_[window].push_back(entry);
}

void ByteScan::Find(std::string_view bytes,
                    const std::function<void(size_t, size_t)>& found) const {
  for (size_t i = 0; i + kWindowBytes <= bytes.size(); ++i) {
    const uint64_t window = WindowAt(bytes, i);
    const uint64_t bit = FilterBit(window);
    if ((filter_[bit / 64] >> (bit % 64) & 1) == 0) continue;
    const auto entries = by_window_.find(window);
    if (entries == by_window_.end()) continue;
    for (const Entry& entry : entries->second) {
      if (entry.window_offset > i) continue;
      const size_t begin = i - entry.window_offset;
      if (bytes.substr(begin, values_[entry.value].size()) == values_[entry.value])
        found(entry.value, begin);
    }
  }
}

}  // namespace switchboard::demo
