#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "switchboard/v1/audit.pb.h"

// Heads of audit chains that somebody noted, and the chains as they are now. Pure.

namespace switchboard::audit {

// {"heads": [{"chain_id", "sequence", "hash" in hexadecimal, "commit_time_us"}, …]}
std::string JsonOfHeads(const std::vector<v1::AuditHead>& heads);

// A hash as the log writes it: hexadecimal, a colon after each eight digits.
std::string LogTextOfHash(std::string_view hash);

// Reads noted heads: what JsonOfHeads makes, alone or as the "result" of a command's --json; or
// lines of a hub's log, of which those of the event audit_heads count. Hashes with colons or
// without. Errors: INVALID_ARGUMENT, HEADS_INVALID, also for no head at all.
absl::StatusOr<std::vector<v1::AuditHead>> ReadHeads(std::string_view text);

// Compares noted heads with the chains: give it the entries of each, in order.
class HeadCheck {
 public:
  explicit HeadCheck(std::vector<v1::AuditHead> noted);

  // Its events may be in `stored_events` as well.
  void See(const v1::AuditEntry& entry);

  struct Problem {
    std::string place;  // "hub-1/512"
    std::string text;   // a sentence
    // The log itself says so: after the head was noted, the database was restored from a backup
    // that ended before it. Whether there was such a restore is for people to know.
    bool lost_by_restore = false;
  };
  // What does not fit: a chain that is not there, a chain that ends before a noted entry, an entry
  // that is another one.
  std::vector<Problem> Problems() const;

  size_t noted() const { return noted_.size(); }
  // When the log was restored, in microseconds, as far as it says so itself.
  std::vector<int64_t> restore_times_us() const;

 private:
  // What a KIND_RESTORED tells.
  struct Restore {
    int64_t time_us = 0;
    std::map<std::string, int64_t> ends;  // by chain: the last entry of the backup
  };

  const Restore* LostBy(const v1::AuditHead& noted) const;
  Problem ProblemOf(const v1::AuditHead& noted, std::string_view otherwise) const;

  const std::vector<v1::AuditHead> noted_;
  std::map<std::string, int64_t> last_;  // by chain
  // Of the noted entries, by chain and sequence, their hashes now; empty until seen.
  std::map<std::pair<std::string, int64_t>, std::string> hashes_;
  std::vector<Restore> restores_;
};

}  // namespace switchboard::audit
