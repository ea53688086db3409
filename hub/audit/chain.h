#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "switchboard/v1/audit.pb.h"

// The arithmetic of the audit log, pure, so that anybody who has the entries can verify them
// without trusting the hub: `switchboard audit verify` does.
//
// Merkle tree as in RFC 6962 section 2.1 with SHA-256: a leaf is H(0x00 | event), a node H(0x01 |
// left | right), the root of no events H(""). Entry hash: H("switchboard-audit-1" | length of chain
// id as 8 bytes | chain id | sequence | commit time in us | number of events | previous hash |
// root); numbers are 8 bytes, big endian.

namespace switchboard::audit {

// What the first entry of a chain follows: 32 zero bytes.
std::string Genesis();

// RFC 6962 Merkle root.
std::string MerkleRoot(const std::vector<std::string>& events);

// The path that proves event `index` of `events` against the root, leaf side first (RFC 6962
// section 2.1.1).
std::vector<std::string> InclusionProof(const std::vector<std::string>& events, size_t index);

// True if `event` at `index` of `count` hashes up to `root` along `proof`.
bool VerifyInclusion(std::string_view event, size_t index, size_t count,
                     const std::vector<std::string>& proof, std::string_view root);

// Hash of an entry from its other fields.
std::string EntryHash(const v1::AuditEntry& entry);

// Verifies a chain entry by entry, from its first one on or behind one that is known.
class ChainVerifier {
 public:
  ChainVerifier() = default;
  // Goes on behind entry `sequence` of the chain, which has this hash.
  ChainVerifier(std::string chain_id, int64_t sequence, std::string hash)
      : chain_id_(std::move(chain_id)), head_(std::move(hash)), last_(sequence) {}

  // DATA_LOSS, AUDIT_BROKEN naming the sequence and what does not fit: order, link, root or hash.
  absl::Status Add(const v1::AuditEntry& entry);

  // Those that were added.
  int64_t entries() const { return entries_; }
  int64_t events() const { return events_; }
  const std::string& head() const { return head_; }

 private:
  std::string chain_id_;
  std::string head_ = Genesis();
  int64_t last_ = 0;  // sequence
  int64_t entries_ = 0;
  int64_t events_ = 0;
};

}  // namespace switchboard::audit
