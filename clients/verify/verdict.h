#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/audit/note.h"

namespace switchboard::verify {

// What was found to hold, ready to be printed.
struct Verdict {
  std::string text;     // lines for people, each ended
  std::string summary;  // the last line, without its end
  std::string json;     // an object
};

// Who is believed.
struct Trust {
  std::vector<audit::VerifierKey> log;        // keys of the log
  std::vector<audit::VerifierKey> witnesses;  // of which each must have signed as well
};

// Each takes what the files hold. Errors: those of hub/audit/checkpoint.h and event_proof.h; of a
// witness that did not sign, those of audit::SignersOf.

// That a checkpoint is the log's.
absl::StatusOr<Verdict> VerifyCheckpoint(std::string_view note, const Trust& trust);
// That what one checkpoint signs is a beginning of what another one does, which is in the proof.
absl::StatusOr<Verdict> VerifyConsistencyProof(std::string_view old_note, std::string_view proof,
                                               const Trust& trust);
// That an event is in the log, as it stands in the proof.
absl::StatusOr<Verdict> VerifyEventProof(std::string_view proof, const Trust& trust);

}  // namespace switchboard::verify
