#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "hub/audit/checkpoint.h"
#include "hub/audit/merkle.h"
#include "hub/audit/note.h"
#include "switchboard/v1/audit.pb.h"

// Proofs of an event to who has a log's key and nothing else: a file c2sp.org/tlog-proof@v1, whose
// "extra" is a v1.EventProof. It leads from the event to its entry's root, over the entry's hash to
// the tree, and to a signed checkpoint. Pure.

namespace switchboard::audit {

// "c2sp.org/tlog-proof@v1", "extra <base64>", "index <position>", a line for each hash of the path,
// an empty line, the note.
struct ProofFile {
  std::string extra;       // empty: no such line
  int64_t position = 0;    // of the entry in the tree, from 0
  std::vector<Hash> path;  // leaf side first
  std::string note;        // the checkpoint as it was signed

  std::string Text() const;
};

// Errors: INVALID_ARGUMENT, PROOF_INVALID. Neither extra nor note are read.
absl::StatusOr<ProofFile> ParseProofFile(std::string_view file);

// The path of event `index` within its entry. REQUIRES: the entry holds its events in `events`, and
// has this one.
v1::EventProof ProveWithinEntry(const v1::AuditEntry& entry, int64_t index);

struct ProvedEvent {
  Checkpoint checkpoint;
  int64_t position = 0;  // of the entry in the tree, from 0
  v1::EventProof proof;  // with the entry's fields
  v1::AuditEvent event;
};

// What the file proves. Errors: those of ParseProofFile and OpenCheckpoint; INVALID_ARGUMENT,
// PROOF_INVALID for an extra that is no EventProof; DATA_LOSS, PROOF_BROKEN naming the step that
// does not fit.
absl::StatusOr<ProvedEvent> CheckEventProof(std::string_view file,
                                            absl::Span<const VerifierKey> keys);

}  // namespace switchboard::audit
