#include "hub/audit/chain.h"

#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

// The first byte makes the entry's hash the hash of a leaf.
constexpr std::string_view kVersion("\0switchboard-audit-2", 20);
// How the wire begins each event of a stored AuditEntry: field and type, then its length.
constexpr char kEventTag = v1::AuditEntry::kEventsFieldNumber << 3 | 2;
constexpr int kLengthBitsMax = 28;  // shifted so far at most: five bytes

std::vector<Hash> LeafHashes(const std::vector<std::string>& events) {
  std::vector<Hash> leaves;
  leaves.reserve(events.size());
  for (const std::string& event : events) leaves.push_back(LeafHash(event));
  return leaves;
}

void PutNumber(int64_t number, char* bytes) {
  for (int i = 7; i >= 0; --i, number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
}

// Takes the event that `rest` begins with. False if it begins with anything else.
bool TakeEvent(std::string_view& rest, std::string_view& event) {
  if (rest.front() != kEventTag) return false;
  size_t at = 1, size = 0;
  for (int shift = 0;; shift += 7) {
    if (at == rest.size() || shift > kLengthBitsMax) return false;
    const auto byte = static_cast<unsigned char>(rest[at++]);
    size |= static_cast<size_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  if (size > rest.size() - at) return false;
  event = rest.substr(at, size);
  rest.remove_prefix(at + size);
  return true;
}

}  // namespace

std::string Genesis() { return std::string(kSha256Bytes, '\0'); }

std::string MerkleRoot(const std::vector<std::string>& events) {
  CompactRange leaves;
  for (const std::string& event : events) leaves.Add(LeafHash(event));
  return leaves.Root().text();
}

std::vector<std::string> InclusionProof(const std::vector<std::string>& events, size_t index) {
  const std::vector<Hash> leaves = LeafHashes(events);
  const auto path = InclusionPath(static_cast<int64_t>(index), static_cast<int64_t>(leaves.size()),
                                  [&](int level, int64_t node) -> absl::StatusOr<Hash> {
                                    CompactRange below;
                                    for (int64_t i = node << level; i < (node + 1) << level; ++i)
                                      below.Add(leaves[static_cast<size_t>(i)]);
                                    return below.Root();
                                  });
  std::vector<std::string> proof;
  for (const Hash& hash : *path) proof.push_back(hash.text());
  return proof;
}

bool VerifyInclusion(std::string_view event, size_t index, size_t count,
                     const std::vector<std::string>& proof, std::string_view root) {
  std::vector<Hash> path;
  for (const std::string& node : proof) {
    const std::optional<Hash> hash = HashOf(node);
    if (!hash.has_value()) return false;
    path.push_back(*hash);
  }
  const std::optional<Hash> end = HashOf(root);
  return end.has_value() && VerifyPath(LeafHash(event), static_cast<int64_t>(index),
                                       static_cast<int64_t>(count), path, *end);
}

std::string EntryHash(const v1::AuditEntry& entry) {
  return EntryHash(entry, entry.events_size()).text();
}

Hash EntryHash(const v1::AuditEntry& entry, int64_t events) {
  std::array<char, 24> numbers;
  PutNumber(entry.sequence(), numbers.data());
  PutNumber(entry.commit_time_us(), numbers.data() + 8);
  PutNumber(events, numbers.data() + 16);
  Hash hash;
  Sha256()
      .Add(kVersion)
      .AddNumber(static_cast<int64_t>(entry.chain_id().size()))
      .Add(entry.chain_id())
      .Add({numbers.data(), numbers.size()})
      .Add(entry.previous_hash())
      .Add(entry.events_root())
      .FinishInto(hash.bytes.data());
  return hash;
}

bool ForEachEvent(const v1::AuditEntry& entry, absl::FunctionRef<void(std::string_view)> visit) {
  for (const std::string& event : entry.events()) visit(event);
  std::string_view rest = entry.stored_events(), event;
  while (!rest.empty()) {
    if (!TakeEvent(rest, event)) return false;
    visit(event);
  }
  return true;
}

absl::Status ChainVerifier::Add(const v1::AuditEntry& entry) {
  auto broken = [&](std::string_view what) {
    return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
                 absl::StrCat("chain ", entry.chain_id(), ", entry ", entry.sequence(), ": ",
                              absl::string_view(what.data(), what.size())));
  };
  if (last_ == 0) chain_id_ = entry.chain_id();
  if (entry.chain_id() != chain_id_) return broken("belongs to another chain");
  if (entry.sequence() != last_ + 1) return broken(absl::StrCat("expected entry ", last_ + 1));
  if (entry.previous_hash() != head_) return broken("does not follow the entry before");
  CompactRange events;
  const bool readable =
      ForEachEvent(entry, [&](std::string_view event) { events.Add(LeafHash(event)); });
  if (!readable || entry.events_root() != events.Root().view())
    return broken("its events were altered");
  const Hash hash = EntryHash(entry, events.size());
  if (entry.hash() != hash.view()) return broken("its hash does not fit");
  ++last_;
  ++entries_;
  events_ += events.size();
  head_ = entry.hash();
  return absl::OkStatus();
}

}  // namespace switchboard::audit
