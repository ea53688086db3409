#include "hub/audit/event_proof.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/audit/chain.h"
#include "hub/audit/proof_lines.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr size_t kPathMax = 63;

absl::Status Invalid(std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "PROOF_INVALID",
               "no proof of an event: " + std::string(what));
}

absl::Status Broken(std::string_view what) {
  return Error(absl::StatusCode::kDataLoss, "PROOF_BROKEN", what);
}

// From the event to the entry's hash; the leaf of the tree.
absl::StatusOr<Hash> LeafOf(const v1::EventProof& proof) {
  std::vector<Hash> path;
  for (const std::string& node : proof.path()) {
    const std::optional<Hash> hash = HashOf(node);
    if (!hash.has_value()) return Invalid("a hash of its path within the entry is none");
    path.push_back(*hash);
  }
  const std::optional<Hash> root = HashOf(proof.entry().events_root());
  if (!root.has_value() ||
      !VerifyPath(LeafHash(proof.event()), proof.index(), proof.events(), path, *root))
    return Broken("the event is not in the entry");
  for (const std::string* of : {&proof.entry().previous_hash(), &proof.entry().written_sha256()})
    if (!HashOf(*of).has_value()) return Invalid("a hash of its entry is none");
  const Hash leaf = EntryHash(proof.entry(), proof.events());
  if (leaf.view() != proof.entry().hash()) return Broken("the entry's hash does not fit it");
  return leaf;
}

}  // namespace

std::string ProofFile::Text() const {
  std::string text(kFirstLine);
  if (!extra.empty()) absl::StrAppend(&text, "\nextra ", ToBase64(extra));
  absl::StrAppend(&text, "\nindex ", position, "\n");
  for (const Hash& hash : path) absl::StrAppend(&text, ToBase64(hash.view()), "\n");
  return absl::StrCat(text, "\n", note);
}

absl::StatusOr<ProofFile> ParseProofFile(std::string_view file) {
  ProofFile read;
  ProofLines lines(file);
  if (lines.Next() != kFirstLine) return Invalid("its first line says something else");
  auto line = lines.Next();
  if (const auto extra = line.has_value() ? ValueOf(*line, "extra") : std::nullopt) {
    const std::optional<std::string> bytes = FromBase64(*extra);
    if (!bytes.has_value()) return Invalid("its second line is no base64");
    read.extra = *bytes;
    line = lines.Next();
  }
  const auto index = line.has_value() ? ValueOf(*line, "index") : std::nullopt;
  const auto position = index.has_value() ? FromDecimal(*index) : std::nullopt;
  if (!position.has_value()) return Invalid("it does not say its index");
  read.position = *position;
  while ((line = lines.Next()).has_value()) {
    if (line->empty()) {
      read.note = lines.rest();
      return read;
    }
    const std::optional<Hash> hash = HashFromBase64(*line);
    if (!hash.has_value()) return Invalid("a line of it is no hash");
    if (read.path.size() == kPathMax) return Invalid("more than 63 hashes");
    read.path.push_back(*hash);
  }
  return Invalid("no checkpoint follows");
}

v1::EventProof ProveWithinEntry(const v1::AuditEntry& entry, int64_t index) {
  const std::vector<std::string> events(entry.events().begin(), entry.events().end());
  SWITCHBOARD_ASSERT(index >= 0 && static_cast<size_t>(index) < events.size());
  v1::EventProof proof;
  *proof.mutable_entry() = entry;
  proof.mutable_entry()->clear_events();
  proof.mutable_entry()->clear_written();
  proof.set_events(entry.events_size());
  proof.set_index(index);
  proof.set_event(events[static_cast<size_t>(index)]);
  for (const std::string& node : InclusionProof(events, static_cast<size_t>(index)))
    proof.add_path(node);
  return proof;
}

absl::StatusOr<ProvedEvent> CheckEventProof(std::string_view file,
                                            absl::Span<const VerifierKey> keys) {
  ASSIGN_OR_RETURN(const ProofFile read, ParseProofFile(file));
  ProvedEvent proved;
  proved.position = read.position;
  ASSIGN_OR_RETURN(proved.checkpoint, OpenCheckpoint(read.note, keys));
  if (!proved.proof.ParseFromString(read.extra) || read.extra.empty())
    return Invalid("what it holds besides is no event");
  ASSIGN_OR_RETURN(const Hash leaf, LeafOf(proved.proof));
  if (!VerifyPath(leaf, read.position, proved.checkpoint.size, read.path, proved.checkpoint.root))
    return Broken("the entry is not in the checkpoint's tree");
  if (!proved.event.ParseFromString(proved.proof.event()))
    return Broken("the event cannot be read");
  return proved;
}

}  // namespace switchboard::audit
