#include "hub/audit/tiles.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr int kTileLevels = 8;
constexpr int64_t kTileHashes = int64_t{1} << kTileLevels;

constexpr char kSelectTile[] = "SELECT hashes FROM audit_tile WHERE level = $1 AND number = $2";
constexpr char kWriteTile[] =
    "INSERT INTO audit_tile (level, number, hashes) VALUES ($1, $2, $3) ON CONFLICT (level, "
    "number) DO UPDATE SET hashes = excluded.hashes";

absl::Status Broken(int level, int64_t number) {
  return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
               absl::StrCat("tile ", level, "/", number,
                            " of the audit log's tree does not hold what it must"));
}

}  // namespace

absl::Status Tiles::Read(int level, int64_t number) {
  const auto [found, is_new] = read_.try_emplace({level, number});
  if (!is_new) return absl::OkStatus();
  return connection_.Query(kSelectTile, {level, number},
                           [hashes = &found->second](const storage::Row& row) {
                             *hashes = row.Blob(0);
                             return absl::OkStatus();
                           });
}

absl::StatusOr<Hash> Tiles::At(int level, int64_t index) {
  // Of the kept level below, a node is over so many hashes, which lie in one tile.
  const int above = level % kTileLevels;
  const int64_t first = index << above;
  const int64_t number = first / kTileHashes;
  RETURN_IF_ERROR(Read(level / kTileLevels, number));
  const std::string_view tile = read_[{level / kTileLevels, number}];
  const auto begin = static_cast<size_t>(first % kTileHashes) * kSha256Bytes;
  const size_t count = size_t{1} << above;
  if (tile.size() < begin + count * kSha256Bytes) return Broken(level / kTileLevels, number);
  std::vector<Hash> nodes;
  for (size_t i = 0; i < count; ++i)
    nodes.push_back(*HashOf(tile.substr(begin + i * kSha256Bytes, kSha256Bytes)));
  for (size_t left = count; left > 1; left /= 2) {
    for (size_t i = 0; i < left / 2; ++i) nodes[i] = NodeHash(nodes[2 * i], nodes[2 * i + 1]);
  }
  return nodes.front();
}

absl::StatusOr<Hash> Tiles::RootAt(int64_t size) {
  ASSIGN_OR_RETURN(
      const CompactRange tree,
      CompactRange::At(size, [this](int level, int64_t index) { return At(level, index); }));
  return tree.Root();
}

absl::StatusOr<NewLeaves> NewLeaves::Behind(storage::Connection& connection, int64_t size) {
  Tiles tiles(connection);
  ASSIGN_OR_RETURN(const CompactRange tree, CompactRange::At(size, [&](int level, int64_t index) {
                     return tiles.At(level, index);
                   }));
  return NewLeaves(tree);
}

void NewLeaves::Add(const Hash& leaf) {
  tree_.Add(leaf, [this](int level, int64_t index, const Hash& hash) {
    if (level % kTileLevels != 0) return;
    const auto [tail, is_new] = tails_.try_emplace({level / kTileLevels, index / kTileHashes});
    if (is_new) tail->second.from = static_cast<size_t>(index % kTileHashes);
    tail->second.hashes += hash.view();
  });
}

absl::Status NewLeaves::Write(storage::Transaction& transaction) const {
  for (const auto& [place, tail] : tails_) {
    const auto& [level, number] = place;
    std::string hashes;
    RETURN_IF_ERROR(transaction.Query(kSelectTile, {level, number}, [&](const storage::Row& row) {
      hashes = row.Blob(0);
      return absl::OkStatus();
    }));
    if (hashes.size() != tail.from * kSha256Bytes) return Broken(level, number);
    hashes += tail.hashes;
    RETURN_IF_ERROR(
        transaction.Execute(kWriteTile, {level, number, storage::Value::Blob(hashes)}).status());
  }
  return absl::OkStatus();
}

}  // namespace switchboard::audit
