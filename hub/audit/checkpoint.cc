#include "hub/audit/checkpoint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/audit/proof_lines.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

// What a witness takes.
constexpr size_t kProofMax = 63;

absl::Status CheckpointInvalid(std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "CHECKPOINT_INVALID",
               "no checkpoint: " + std::string(what));
}

absl::Status ProofInvalid(std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "PROOF_INVALID",
               "no proof of consistency: " + std::string(what));
}

}  // namespace

std::string Checkpoint::Text() const {
  std::string text = absl::StrCat(origin, "\n", size, "\n", ToBase64(root.view()), "\n");
  for (const std::string& line : extensions) absl::StrAppend(&text, line, "\n");
  return text;
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  Checkpoint checkpoint;
  ProofLines lines(text);
  const auto origin = lines.Next(), size = lines.Next(), root = lines.Next();
  if (!origin.has_value() || origin->empty()) return CheckpointInvalid("it names no log");
  checkpoint.origin = *origin;
  const auto leaves = size.has_value() ? FromDecimal(*size) : std::nullopt;
  if (!leaves.has_value()) return CheckpointInvalid("its second line is no size");
  checkpoint.size = *leaves;
  const auto hash = root.has_value() ? HashFromBase64(*root) : std::nullopt;
  if (!hash.has_value()) return CheckpointInvalid("its third line is no root");
  checkpoint.root = *hash;
  while (const auto line = lines.Next()) {
    if (line->empty()) return CheckpointInvalid("it has an empty line");
    checkpoint.extensions.emplace_back(*line);
  }
  if (!lines.rest().empty()) return CheckpointInvalid("its last line does not end");
  return checkpoint;
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note,
                                          absl::Span<const VerifierKey> keys) {
  ASSIGN_OR_RETURN(const Note read, ParseNote(note));
  ASSIGN_OR_RETURN(const auto signers, SignersOf(read, keys));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(read.text));
  const bool by_log = std::any_of(signers.begin(), signers.end(), [&](const VerifierKey& key) {
    return key.type == VerifierKey::kEd25519 && key.name == checkpoint.origin;
  });
  if (!by_log) {
    return Error(absl::StatusCode::kUnauthenticated, "NOTE_UNKNOWN",
                 "signed by none of the known keys of " + checkpoint.origin);
  }
  return checkpoint;
}

std::string ConsistencyFile::Text() const {
  std::string text = absl::StrCat("old ", old_size, "\n");
  for (const Hash& hash : proof) absl::StrAppend(&text, ToBase64(hash.view()), "\n");
  return absl::StrCat(text, "\n", note);
}

absl::StatusOr<ConsistencyFile> ParseConsistencyFile(std::string_view file) {
  ConsistencyFile read;
  ProofLines lines(file);
  const auto first = lines.Next();
  const auto old = first.has_value() ? ValueOf(*first, "old") : std::nullopt;
  const auto old_size = old.has_value() ? FromDecimal(*old) : std::nullopt;
  if (!old_size.has_value()) return ProofInvalid("it does not begin with \"old\" and a size");
  read.old_size = *old_size;
  while (const auto line = lines.Next()) {
    if (line->empty()) {
      read.note = lines.rest();
      return read;
    }
    const std::optional<Hash> hash = HashFromBase64(*line);
    if (!hash.has_value()) return ProofInvalid("a line of it is no hash");
    if (read.proof.size() == kProofMax) return ProofInvalid("more than 63 hashes");
    read.proof.push_back(*hash);
  }
  return ProofInvalid("no checkpoint follows");
}

absl::StatusOr<Checkpoint> CheckConsistencyFile(std::string_view file, const Checkpoint& old,
                                                absl::Span<const VerifierKey> keys) {
  ASSIGN_OR_RETURN(const ConsistencyFile read, ParseConsistencyFile(file));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, OpenCheckpoint(read.note, keys));
  auto broken = [](absl::string_view what) {
    return Error(absl::StatusCode::kDataLoss, "PROOF_BROKEN", std::string(what));
  };
  if (checkpoint.origin != old.origin) {
    return broken(absl::StrCat("one is of ", old.origin, ", the other of ", checkpoint.origin));
  }
  if (read.old_size != old.size) {
    return broken(
        absl::StrCat("it is about a checkpoint of ", read.old_size, ", not of ", old.size));
  }
  if (!VerifyConsistency(old.size, checkpoint.size, read.proof, old.root, checkpoint.root)) {
    return broken(absl::StrCat("the checkpoint of ", checkpoint.size,
                               " does not continue the one of ", old.size));
  }
  return checkpoint;
}

}  // namespace switchboard::audit
