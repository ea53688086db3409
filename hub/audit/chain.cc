#include "hub/audit/chain.h"

#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "hub/audit/wire_field.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

// The first byte makes the entry's hash the hash of a leaf.
constexpr std::string_view kVersion("\0switchboard-audit-2", 20);
// The tag of each event of a stored AuditEntry.
constexpr char kEventTag = v1::AuditEntry::kEventsFieldNumber << 3 | 2;

std::vector<Hash> LeafHashes(const std::vector<std::string>& events) {
  std::vector<Hash> leaves;
  leaves.reserve(events.size());
  for (const std::string& event : events) leaves.push_back(LeafHash(event));
  return leaves;
}

void PutNumber(int64_t number, char* bytes) {
  for (int i = 7; i >= 0; --i, number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
}

// Who did not ask for it has only the hash.
bool WrittenFits(const v1::AuditEntry& entry) {
  if (entry.written_sha256().size() != kSha256Bytes) return false;
  if (entry.written().empty()) return true;
  Hash hash;
  Sha256().Add(entry.written()).FinishInto(hash.bytes.data());
  return entry.written_sha256() == hash.view();
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
  return EntryHash(EntryHeader{entry.chain_id(), entry.sequence(), entry.commit_order(),
                               entry.commit_time_us(), events, entry.previous_hash(),
                               entry.events_root(), entry.written_sha256()});
}

Hash EntryHash(const EntryHeader& header) {
  std::array<char, 32> numbers;
  PutNumber(header.sequence, numbers.data());
  PutNumber(header.commit_order, numbers.data() + 8);
  PutNumber(header.commit_time_us, numbers.data() + 16);
  PutNumber(header.events, numbers.data() + 24);
  Hash hash;
  Sha256()
      .Add(kVersion)
      .AddNumber(static_cast<int64_t>(header.chain_id.size()))
      .Add(header.chain_id)
      .Add({numbers.data(), numbers.size()})
      .Add(header.previous_hash)
      .Add(header.events_root)
      .Add(header.written_sha256)
      .FinishInto(hash.bytes.data());
  return hash;
}

void AppendStoredEvent(std::string_view event, std::string* stored) {
  stored->push_back(kEventTag);
  size_t size = event.size();
  for (; size > 0x7f; size >>= 7) stored->push_back(static_cast<char>((size & 0x7f) | 0x80));
  stored->push_back(static_cast<char>(size));
  stored->append(event);
}

bool ForEachEvent(const v1::AuditEntry& entry, absl::FunctionRef<void(std::string_view)> visit) {
  for (const std::string& event : entry.events()) visit(event);
  std::string_view rest = entry.stored_events(), event;
  char tag = 0;
  while (!rest.empty()) {
    if (!TakeField(rest, tag, event) || tag != kEventTag) return false;
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
  if (entry.commit_order() <= order_)
    return broken("its order is not above that of the entry before");
  CompactRange events;
  const bool readable =
      ForEachEvent(entry, [&](std::string_view event) { events.Add(LeafHash(event)); });
  if (!readable || entry.events_root() != events.Root().view())
    return broken("its events were altered");
  if (!WrittenFits(entry)) return broken("what it says was written was altered");
  const Hash hash = EntryHash(entry, events.size());
  if (entry.hash() != hash.view()) return broken("its hash does not fit");
  ++last_;
  ++entries_;
  events_ += events.size();
  head_ = entry.hash();
  order_ = entry.commit_order();
  return absl::OkStatus();
}

}  // namespace switchboard::audit
