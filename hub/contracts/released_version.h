#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "switchboard/v1/audit_steps.pb.h"
#include "switchboard/v1/release.pb.h"

namespace switchboard::contracts {

// By whose word a text comes into force. Two different operators; of the files that begin a
// database both are "hub", and there is no proposal.
struct ReleasedBy {
  std::string_view proposed_by;  // "operator/ito"
  std::string_view released_by;  // "operator/sato"
  std::string_view proposal_id;
};

// What stands beside the text of a version.
struct ReleaseRecord {
  std::string digest;  // SHA-256 of the text that was released
  std::string proposed_by;
  std::string released_by;
  std::string proposal_id;  // empty: it came with the files
  absl::Time time;          // of its release
};

// What became of a release.
struct ReleasedVersion {
  int64_t version = 0;
  bool changed = false;  // false: this version said the same already
};

// What the log says of a release. `replaces`: the newest version before; 0: none.
v1::TextStep StepOf(v1::TextKind kind, const ReleasedBy& by, int64_t replaces);

// Whether this is the text that was released, by the digest that stands beside it.
bool IsUnaltered(std::string_view text, std::string_view digest);
// The same as a status. `name`: of the version, for errors, as "version 3 of the contract of
// sakura". DATA_LOSS, TEXT_ALTERED.
absl::Status CheckUnaltered(std::string_view text, std::string_view digest, std::string_view name);
// Of a text that was released, and that this version of the program does not take any more.
// DATA_LOSS, TEXT_NOT_TAKEN.
absl::Status NotTaken(std::string_view name, const absl::Status& why);
// Whether an error is of a version's own text, which is not used: TEXT_ALTERED or TEXT_NOT_TAKEN.
bool IsUnusableText(const absl::Status& status);

}  // namespace switchboard::contracts
