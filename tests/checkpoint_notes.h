#pragma once

#include <string>

#include "hub/audit/checkpoint.h"
#include "hub/audit/note.h"
#include "hub/base/ed25519.h"
#include "hub/base/secret.h"

// For tests of what becomes of checkpoints.

namespace switchboard::testing {

inline audit::Checkpoint CheckpointOf(const std::string& origin, int64_t size,
                                      const std::string& content = "root") {
  audit::Checkpoint checkpoint;
  checkpoint.origin = origin;
  checkpoint.size = size;
  checkpoint.root = audit::LeafHash(content);
  return checkpoint;
}

// A key that is no hub's.
inline Ed25519Signer StrangersKey() { return Ed25519Signer(Secret(std::string(32, 's'))); }

inline std::string SignedBy(const Ed25519Signer& signer, const audit::Checkpoint& checkpoint) {
  return audit::SignNote(checkpoint.Text(), checkpoint.origin, signer);
}

}  // namespace switchboard::testing
