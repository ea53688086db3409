#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "hub/audit/merkle.h"
#include "switchboard/v1/audit.pb.h"

// The arithmetic of the audit log, pure, so that anybody who has the entries can verify them
// without trusting the hub: `switchboard audit verify` does.
//
// An entry's events are leaves of a Merkle tree of their own (merkle.h), whose root is events_root.
// It may have none, and only say what its commit wrote (storage/row_writes.h). Entry hash: H(0x00 |
// "switchboard-audit-2" | length of chain id as 8 bytes | chain id | sequence | commit order |
// commit time in us | number of events | previous hash | events root | SHA-256 of what was
// written); numbers are 8 bytes, big endian. Because of the 0x00 it is the hash of a leaf: entries
// of all chains are the leaves of one tree, of which checkpoints (checkpoint.h) tell the root.

namespace switchboard::audit {

// What the first entry of a chain follows: 32 zero bytes.
std::string Genesis();

// The root over an entry's events.
std::string MerkleRoot(const std::vector<std::string>& events);

// The path that proves event `index` of `events` against the root, leaf side first.
std::vector<std::string> InclusionProof(const std::vector<std::string>& events, size_t index);

// True if `event` at `index` of `count` hashes up to `root` along `proof`.
bool VerifyInclusion(std::string_view event, size_t index, size_t count,
                     const std::vector<std::string>& proof, std::string_view root);

// What an entry's hash is of. The views are of kSha256Bytes each, but for the chain's.
struct EntryHeader {
  std::string_view chain_id;
  int64_t sequence = 0;
  int64_t commit_order = 0;
  int64_t commit_time_us = 0;
  int64_t events = 0;  // how many
  std::string_view previous_hash;
  std::string_view events_root;
  std::string_view written_sha256;
};
Hash EntryHash(const EntryHeader& header);

// Hash of an entry from its other fields, with its events in `events`.
std::string EntryHash(const v1::AuditEntry& entry);
// The same of an entry that has so many, wherever they are.
Hash EntryHash(const v1::AuditEntry& entry, int64_t events);

// Adds an event to what a hub stores of an entry's events: an AuditEntry that holds nothing but
// them, serialized.
void AppendStoredEvent(std::string_view event, std::string* stored);

// Visits the events of an entry in order, of `events` or of `stored_events`, whichever it has; none
// is copied. False if what is stored is anything but events.
bool ForEachEvent(const v1::AuditEntry& entry, absl::FunctionRef<void(std::string_view)> visit);

// Verifies a chain entry by entry, from its first one on or behind one that is known.
class ChainVerifier {
 public:
  ChainVerifier() = default;
  // Goes on behind entry `sequence` of the chain, which has this hash.
  ChainVerifier(std::string chain_id, int64_t sequence, std::string hash)
      : chain_id_(std::move(chain_id)), head_(std::move(hash)), last_(sequence) {}

  // Events may be in `stored_events` as well; `written` is held against its hash where it is there.
  // Errors: DATA_LOSS, AUDIT_BROKEN naming the sequence and what does not fit: sequence, link,
  // order, root, what was written, or hash.
  absl::Status Add(const v1::AuditEntry& entry);

  // Those that were added.
  int64_t entries() const { return entries_; }
  int64_t events() const { return events_; }
  // Of the last one: its sequence and its hash.
  int64_t last() const { return last_; }
  const std::string& head() const { return head_; }

 private:
  std::string chain_id_;
  std::string head_ = Genesis();
  int64_t last_ = 0;   // sequence
  int64_t order_ = 0;  // commit_order; 0: none, or not known
  int64_t entries_ = 0;
  int64_t events_ = 0;
};

}  // namespace switchboard::audit
