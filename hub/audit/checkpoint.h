#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "hub/audit/merkle.h"
#include "hub/audit/note.h"

// Checkpoints of the log, c2sp.org/tlog-checkpoint: notes whose text is the log's name, how many
// leaves its tree has, and the root. The log signs with a key of its own name. Pure.

namespace switchboard::audit {

struct Checkpoint {
  std::string origin;  // the log's name: "issuer.example/switchboard"
  int64_t size = 0;    // leaves
  Hash root;
  std::vector<std::string> extensions;  // lines; this log has none

  // The text of its note.
  std::string Text() const;
};

// Reads the text of a note. Errors: INVALID_ARGUMENT, CHECKPOINT_INVALID.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

// Reads a note that one of the keys signed which bears the log's name. Errors: those of ParseNote,
// SignersOf and ParseCheckpoint; UNAUTHENTICATED, NOTE_UNKNOWN if only others did.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note,
                                          absl::Span<const VerifierKey> keys);

// That a checkpoint continues an older one: the body of a request to a witness,
// c2sp.org/tlog-witness. "old <size>", a line for each hash of the proof, an empty line, the note.
struct ConsistencyFile {
  int64_t old_size = 0;
  std::vector<Hash> proof;
  std::string note;  // the newer checkpoint as it was signed

  std::string Text() const;
};

// Errors: INVALID_ARGUMENT, PROOF_INVALID. The note is not read.
absl::StatusOr<ConsistencyFile> ParseConsistencyFile(std::string_view file);

// What the file proves: the newer checkpoint, which continues `old`. Errors: those of
// ParseConsistencyFile and OpenCheckpoint; DATA_LOSS, PROOF_BROKEN where it does not.
absl::StatusOr<Checkpoint> CheckConsistencyFile(std::string_view file, const Checkpoint& old,
                                                absl::Span<const VerifierKey> keys);

}  // namespace switchboard::audit
