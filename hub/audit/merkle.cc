#include "hub/audit/merkle.h"

#include <algorithm>
#include <bit>

#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr char kLeaf = 0;
constexpr char kNode = 1;

bool IsWhole(int64_t count) { return std::has_single_bit(static_cast<uint64_t>(count)); }

int LevelOf(int64_t whole) { return std::countr_zero(static_cast<uint64_t>(whole)); }

// The largest power of two below `count`.
int64_t Split(int64_t count) {
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(count - 1)));
}

// Root of the `count` leaves from `begin` on, where a tree has a node over them.
absl::StatusOr<Hash> RootOf(int64_t begin, int64_t count, HashReader hashes) {
  if (IsWhole(count)) return hashes(LevelOf(count), begin >> LevelOf(count));
  const int64_t split = Split(count);
  ASSIGN_OR_RETURN(const Hash left, RootOf(begin, split, hashes));
  ASSIGN_OR_RETURN(const Hash right, RootOf(begin + split, count - split, hashes));
  return NodeHash(left, right);
}

}  // namespace

std::optional<Hash> HashOf(std::string_view bytes) {
  if (bytes.size() != kSha256Bytes) return std::nullopt;
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
  return hash;
}

Hash LeafHash(std::string_view bytes) {
  Hash hash;
  Sha256().Add({&kLeaf, 1}).Add(bytes).FinishInto(hash.bytes.data());
  return hash;
}

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<char, 1 + 2 * kSha256Bytes> bytes;
  bytes[0] = kNode;
  std::copy(left.bytes.begin(), left.bytes.end(), bytes.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), bytes.begin() + 1 + kSha256Bytes);
  Hash hash;
  Sha256().Add({bytes.data(), bytes.size()}).FinishInto(hash.bytes.data());
  return hash;
}

absl::StatusOr<CompactRange> CompactRange::At(int64_t size, HashReader hashes) {
  CompactRange range;
  for (size_t i = 0; range.size_ < size; ++i) {
    const auto rest = static_cast<uint64_t>(size - range.size_);
    const auto whole = static_cast<int64_t>(std::bit_floor(rest));
    ASSIGN_OR_RETURN(range.edge_[i], hashes(LevelOf(whole), range.size_ >> LevelOf(whole)));
    range.size_ += whole;
  }
  return range;
}

void CompactRange::Add(const Hash& leaf) {
  Add(leaf, [](int, int64_t, const Hash&) {});
}

void CompactRange::Add(const Hash& leaf,
                       absl::FunctionRef<void(int level, int64_t index, const Hash&)> whole) {
  Hash node = leaf;
  whole(0, size_, node);
  auto end = static_cast<size_t>(std::popcount(static_cast<uint64_t>(size_)));
  // As in counting: each low bit that is set is a subtree of this one's size, to its left.
  for (int level = 1; (size_ >> (level - 1) & 1) != 0; ++level) {
    node = NodeHash(edge_[--end], node);
    whole(level, size_ >> level, node);
  }
  edge_[end] = node;
  ++size_;
}

Hash CompactRange::Root() const {
  auto left = static_cast<size_t>(std::popcount(static_cast<uint64_t>(size_)));
  if (left == 0) {
    Hash hash;
    Sha256().FinishInto(hash.bytes.data());
    return hash;
  }
  Hash root = edge_[--left];
  while (left > 0) root = NodeHash(edge_[--left], root);
  return root;
}

absl::StatusOr<std::vector<Hash>> InclusionPath(int64_t index, int64_t size, HashReader hashes) {
  SWITCHBOARD_ASSERT(0 <= index && index < size);
  std::vector<Hash> path;
  int64_t begin = 0;
  for (int64_t count = size; count > 1;) {
    const int64_t split = Split(count);
    const bool is_left = index < begin + split;
    ASSIGN_OR_RETURN(path.emplace_back(), is_left ? RootOf(begin + split, count - split, hashes)
                                                  : RootOf(begin, split, hashes));
    begin += is_left ? 0 : split;
    count = is_left ? split : count - split;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

// RFC 9162 section 2.1.3.2.
bool VerifyPath(const Hash& leaf, int64_t index, int64_t size, absl::Span<const Hash> path,
                const Hash& root) {
  if (index < 0 || index >= size) return false;
  Hash hash = leaf;
  int64_t last = size - 1;
  for (const Hash& node : path) {
    if (last == 0) return false;
    if ((index & 1) != 0 || index == last) {
      hash = NodeHash(node, hash);
      while ((index & 1) == 0 && index != 0) {
        index >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, node);
    }
    index >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

absl::StatusOr<std::vector<Hash>> ConsistencyProof(int64_t old_size, int64_t size,
                                                   HashReader hashes) {
  SWITCHBOARD_ASSERT(0 <= old_size && old_size <= size);
  std::vector<Hash> proof;
  if (old_size == 0) return proof;
  int64_t begin = 0, count = size;
  // As long as the old tree's right end is within what is looked at.
  while (begin + count != old_size) {
    const int64_t split = Split(count);
    const bool is_left = old_size <= begin + split;
    ASSIGN_OR_RETURN(proof.emplace_back(), is_left ? RootOf(begin + split, count - split, hashes)
                                                   : RootOf(begin, split, hashes));
    begin += is_left ? 0 : split;
    count = is_left ? split : count - split;
  }
  // At the very left it is the old tree's root, which the verifier has.
  if (begin > 0) {
    ASSIGN_OR_RETURN(proof.emplace_back(), RootOf(begin, count, hashes));
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

// RFC 9162 section 2.1.4.2.
bool VerifyConsistency(int64_t old_size, int64_t size, absl::Span<const Hash> proof,
                       const Hash& old_root, const Hash& root) {
  if (old_size < 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty() && old_root == CompactRange().Root();
  int64_t index = old_size - 1, last = size - 1;
  while ((index & 1) != 0) {
    index >>= 1;
    last >>= 1;
  }
  // The proof begins with the old tree's last whole subtree, unless that is the old tree itself.
  const bool is_whole = IsWhole(old_size);
  if (!is_whole && proof.empty()) return false;
  Hash old_hash = is_whole ? old_root : proof.front();
  Hash hash = old_hash;
  if (!is_whole) proof.remove_prefix(1);
  for (const Hash& node : proof) {
    if (last == 0) return false;
    if ((index & 1) != 0 || index == last) {
      old_hash = NodeHash(node, old_hash);
      hash = NodeHash(node, hash);
      while ((index & 1) == 0 && index != 0) {
        index >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, node);
    }
    index >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && hash == root;
}

}  // namespace switchboard::audit
