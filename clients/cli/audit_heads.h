#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "switchboard/v1/audit.pb.h"

namespace switchboard::cli {

// Heads of audit chains that somebody noted, and the chains as they are now. Pure.

// {"heads": [{"chain_id", "sequence", "hash" in hexadecimal, "commit_time_us"}, …]}
std::string JsonOfHeads(const std::vector<v1::AuditHead>& heads);

// Reads what --json made of that. Errors: INVALID_ARGUMENT, HEADS_INVALID, also for no head at all.
absl::StatusOr<std::vector<v1::AuditHead>> ReadHeads(std::string_view json);

// Compares noted heads with the chains: give it every entry of each.
class HeadCheck {
 public:
  explicit HeadCheck(std::vector<v1::AuditHead> noted);

  void See(const v1::AuditEntry& entry);

  // What does not fit, a sentence each: a chain that is not there, a chain that ends before a noted
  // entry, an entry that is another one.
  std::vector<std::string> Problems() const;

  size_t noted() const { return noted_.size(); }

 private:
  const std::vector<v1::AuditHead> noted_;
  // Of each chain, its last entry; of the noted entries, their hashes now, by place in noted_.
  std::map<std::string, int64_t> last_;
  std::map<size_t, std::string> hashes_;
};

}  // namespace switchboard::cli
