#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/invariants/invariants.h"
#include "tests/simulation/options.h"

namespace switchboard::simulation {

// What a run came to.
struct Result {
  invariants::Ledger ledger;
  // Invariants that do not hold, by name; what in the log, or in the rows that it vouches for, is
  // not as it should be ("I8 Log"); and what parties should never have heard ("Answers").
  std::vector<std::pair<std::string, invariants::Violations>> violated;
  int64_t hub_deaths = 0;
  int64_t overtaken = 0;  // withdrawals that vendors had ahead of the feed
  int64_t commits = 0;
  int64_t steps = 0;

  bool holds() const { return violated.empty(); }
};

// Runs core, hub and vendors in this thread: a schedule and faults drawn from the seed, on a
// virtual clock and real storage, then calm until everything has come to rest, then every
// validator. The same options give the same result. Errors: what the storage says when `folder`,
// which must exist and be empty, cannot be used.
absl::StatusOr<Result> Run(const Options& options, const std::string& folder);

// A folder for one run after the other, in memory where the system has such a place; gone with the
// object.
class RunFolder {
 public:
  RunFolder();
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  // Empties the folder and returns its path.
  std::string Fresh();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace switchboard::simulation
