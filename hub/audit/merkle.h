#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "hub/base/digest.h"

// Merkle trees as in RFC 6962 section 2.1, with SHA-256: a leaf is H(0x00 | bytes), a node H(0x01 |
// left | right), the root of no leaves H(""). Pure; a leaf costs no allocation.

namespace switchboard::audit {

struct Hash {
  std::array<char, kSha256Bytes> bytes{};

  std::string_view view() const { return {bytes.data(), bytes.size()}; }
  std::string text() const { return std::string(view()); }
  bool operator==(const Hash& other) const = default;
};

// Nothing if these are not kSha256Bytes.
std::optional<Hash> HashOf(std::string_view bytes);

Hash LeafHash(std::string_view bytes);
Hash NodeHash(const Hash& left, const Hash& right);

// Where a tree is kept: the node over the 2^level leaves from index * 2^level on, which are all
// there. A leaf's own hash is of level 0.
using HashReader = absl::FunctionRef<absl::StatusOr<Hash>(int level, int64_t index)>;

// A tree that grows, of which only the edge is kept: the largest whole subtrees, at most 63.
class CompactRange {
 public:
  CompactRange() = default;
  // The one of the first `size` leaves. Errors: those of the reader.
  static absl::StatusOr<CompactRange> At(int64_t size, HashReader hashes);

  // The next leaf, by its hash.
  void Add(const Hash& leaf);
  // The same, and tells of every node that became whole with it, the leaf's first.
  void Add(const Hash& leaf, absl::FunctionRef<void(int level, int64_t index, const Hash&)> whole);

  int64_t size() const { return size_; }
  Hash Root() const;

 private:
  int64_t size_ = 0;
  std::array<Hash, 63> edge_;  // the largest first: one for each bit that is set in size_
};

// The path from leaf `index` to the root of the first `size` leaves, leaf side first (RFC 6962
// section 2.1.1). REQUIRES: 0 <= index < size. Errors: those of the reader.
absl::StatusOr<std::vector<Hash>> InclusionPath(int64_t index, int64_t size, HashReader hashes);

// True if the leaf of this hash, at `index` of `size`, leads to `root` along the path.
bool VerifyPath(const Hash& leaf, int64_t index, int64_t size, absl::Span<const Hash> path,
                const Hash& root);

// That the tree of `old_size` leaves is a beginning of that of `size` (RFC 6962 section 2.1.2);
// nothing where they are the same or the old one is empty. REQUIRES: 0 <= old_size <= size. Errors:
// those of the reader.
absl::StatusOr<std::vector<Hash>> ConsistencyProof(int64_t old_size, int64_t size,
                                                   HashReader hashes);

// True if the proof shows it of trees with these roots.
bool VerifyConsistency(int64_t old_size, int64_t size, absl::Span<const Hash> proof,
                       const Hash& old_root, const Hash& root);

}  // namespace switchboard::audit
