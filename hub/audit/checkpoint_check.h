#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "hub/audit/checkpoint.h"
#include "hub/audit/finding.h"

// Checkpoints that somebody noted, and those that the log itself keeps, against the tree of its
// entries as it is recomputed. Pure.

namespace switchboard::audit {

// An entry at its place in the tree.
struct LeafPlace {
  std::string_view chain_id;  // must outlive the check
  int64_t sequence = 0;
  int64_t commit_time_us = 0;
};

class CheckpointCheck {
 public:
  // The log is called `origin` now; its checkpoints are believed from these keys. A key is known
  // under any name: a log keeps it when a restore gives it another one.
  CheckpointCheck(std::string origin, std::vector<VerifierKey> keys);

  // A signed note; `source` says where it lay. What is not one is a finding.
  void AddNoted(const std::string& source, std::string_view note);
  // One that the log keeps.
  void AddOwn(std::string_view note);

  // The next leaf, behind all checkpoints. `root` is asked for where one was made right behind it.
  void See(const LeafPlace& place, absl::FunctionRef<Hash()> root);

  // After all leaves that could be read; `tree_size` is how many the log says there are, and
  // `restore_times_us` tell when it was restored.
  std::vector<Finding> Findings(int64_t tree_size, absl::Span<const int64_t> restore_times_us);

  int64_t noted() const { return noted_; }
  int64_t as_noted() const { return as_noted_; }
  int64_t own() const { return own_; }
  // Keys that vouch for what was noted.
  const std::vector<VerifierKey>& keys() const { return keys_; }

 private:
  struct Known {
    Checkpoint checkpoint;
    std::string source;  // empty: the log's own
  };
  // How far checkpoints are as the tree is: those that were noted, or the log's own.
  struct Agreed {
    int64_t size = 0;
    LeafPlace next;  // the leaf behind them, once it is seen
  };
  // One that is not as the tree is; the leaves between which the difference lies.
  struct Mismatch {
    size_t known = 0;
    Agreed before;
    LeafPlace last;
  };
  using Times = absl::Span<const int64_t>;

  absl::StatusOr<Checkpoint> Open(std::string_view note) const;
  void AddForged(const std::string& place, const absl::Status& why);
  Agreed& AgreedOf(const Known& known) { return known.source.empty() ? own_agreed_ : agreed_; }
  void Sort();
  void Compare(const Hash& root);
  std::string NameOf(const Known& known) const;
  bool IsLost(const Known& known, Times restores) const;
  void AddMismatches(bool own, Times restores, std::vector<Finding>& findings) const;
  void AddCut(bool own, int64_t tree_size, Times restores, std::vector<Finding>& findings) const;
  void AddLost(int64_t tree_size, Times restores, std::vector<Finding>& findings) const;

  const std::string origin_;
  const std::vector<VerifierKey> keys_;
  int64_t noted_ = 0, as_noted_ = 0, own_ = 0;
  std::vector<Finding> findings_;  // of what was added
  std::vector<Known> known_;       // by size, once leaves come
  bool sorted_ = false;
  size_t next_ = 0;   // of known_: the first that no root was seen for
  int64_t size_ = 0;  // leaves seen
  LeafPlace last_;    // of them
  Agreed agreed_, own_agreed_;
  std::vector<Mismatch> mismatches_;
};

}  // namespace switchboard::audit
