#pragma once

// For tests: entries that nobody sealed.

#include <string>
#include <vector>

#include "hub/audit/chain.h"
#include "hub/base/digest.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::audit {

// Makes the root, the hash of what was written and the entry's hash fit the rest of it.
inline void FitEntry(v1::AuditEntry* entry) {
  entry->set_events_root(MerkleRoot({entry->events().begin(), entry->events().end()}));
  entry->set_written_sha256(Sha256Of(entry->written()));
  entry->set_hash(EntryHash(*entry));
}

}  // namespace switchboard::audit
