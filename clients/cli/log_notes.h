#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/hub_calls.h"
#include "hub/audit/checkpoint.h"
#include "hub/audit/note.h"

namespace switchboard::cli {

// The key that the hub says its checkpoints are signed by; who would be sure compares it with the
// one that was noted once. Errors: those of ListCheckpoints and audit::ParseVerifierKey.
absl::StatusOr<audit::VerifierKey> KeyOfHub(HubCalls& hub);

// A checkpoint that the key signed, under whatever name: a restore gives the log another one, and
// leaves it its key. Errors: those of audit::OpenCheckpoint.
absl::StatusOr<audit::Checkpoint> OpenNote(const std::string& note, const audit::VerifierKey& key);

// The key under the name that the note's checkpoint has, and under its own.
std::vector<audit::VerifierKey> KeysFor(const std::string& note, const audit::VerifierKey& key);

// A checkpoint that somebody kept in a file.
struct KeptNote {
  std::string text;
  audit::Checkpoint checkpoint;
};
// Errors: those of ReadTextFile and OpenNote, naming the file.
absl::StatusOr<KeptNote> ReadNote(const std::string& file, const audit::VerifierKey& key);

// "issuer.example/switchboard, 1,034 entries, root 9f2c…"
std::string DescribeCheckpoint(const audit::Checkpoint& checkpoint);

}  // namespace switchboard::cli
