#include "hub/audit/chain.h"

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

std::string LeafHash(std::string_view event) {
  return Sha256().Add(std::string_view("\0", 1)).Add(event).Finish();
}

std::string NodeHash(std::string_view left, std::string_view right) {
  return Sha256().Add("\1").Add(left).Add(right).Finish();
}

// The largest power of two below `count`.
size_t Split(size_t count) {
  size_t split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

std::string RootOf(const std::string* leaves, size_t count) {
  if (count == 0) return Sha256().Finish();
  if (count == 1) return leaves[0];
  const size_t split = Split(count);
  return NodeHash(RootOf(leaves, split), RootOf(leaves + split, count - split));
}

std::vector<std::string> LeafHashes(const std::vector<std::string>& events) {
  std::vector<std::string> leaves;
  leaves.reserve(events.size());
  for (const std::string& event : events) leaves.push_back(LeafHash(event));
  return leaves;
}

void AddProof(const std::string* leaves, size_t count, size_t index,
              std::vector<std::string>* proof) {
  if (count <= 1) return;
  const size_t split = Split(count);
  if (index < split) {
    AddProof(leaves, split, index, proof);
    proof->push_back(RootOf(leaves + split, count - split));
  } else {
    AddProof(leaves + split, count - split, index - split, proof);
    proof->push_back(RootOf(leaves, split));
  }
}

// Climbs from the leaf: the proof is consumed from its end at the top of the tree.
std::string Climb(const std::string& leaf, size_t index, size_t count,
                  const std::vector<std::string>& proof, size_t depth) {
  if (count <= 1) return depth == 0 ? leaf : std::string();
  if (depth == 0) return {};
  const size_t split = Split(count);
  if (index < split) return NodeHash(Climb(leaf, index, split, proof, depth - 1), proof[depth - 1]);
  return NodeHash(proof[depth - 1], Climb(leaf, index - split, count - split, proof, depth - 1));
}

}  // namespace

std::string Genesis() { return std::string(kSha256Bytes, '\0'); }

std::string MerkleRoot(const std::vector<std::string>& events) {
  const std::vector<std::string> leaves = LeafHashes(events);
  return RootOf(leaves.data(), leaves.size());
}

std::vector<std::string> InclusionProof(const std::vector<std::string>& events, size_t index) {
  SWITCHBOARD_ASSERT(index < events.size());
  const std::vector<std::string> leaves = LeafHashes(events);
  std::vector<std::string> proof;
  AddProof(leaves.data(), leaves.size(), index, &proof);
  return proof;
}

bool VerifyInclusion(std::string_view event, size_t index, size_t count,
                     const std::vector<std::string>& proof, std::string_view root) {
  return index < count && Climb(LeafHash(event), index, count, proof, proof.size()) == root;
}

std::string EntryHash(const v1::AuditEntry& entry) {
  return Sha256()
      .Add("switchboard-audit-1")
      .AddNumber(static_cast<int64_t>(entry.chain_id().size()))
      .Add(entry.chain_id())
      .AddNumber(entry.sequence())
      .AddNumber(entry.commit_time_us())
      .AddNumber(entry.events_size())
      .Add(entry.previous_hash())
      .Add(entry.events_root())
      .Finish();
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
  if (entry.events_root() != MerkleRoot({entry.events().begin(), entry.events().end()})) {
    return broken("its events were altered");
  }
  if (entry.hash() != EntryHash(entry)) return broken("its hash does not fit");
  ++last_;
  ++entries_;
  events_ += entry.events_size();
  head_ = entry.hash();
  return absl::OkStatus();
}

}  // namespace switchboard::audit
