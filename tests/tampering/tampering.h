#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/audit/log_check.h"
#include "hub/storage/database.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "tests/hub/table_rows.h"
#include "tests/testing.h"

// What somebody who can write into the database does there, one thing after the other: `switchboard
// audit verify` is to find each, and to name the place.

namespace switchboard::tampering {

// Of a finding; the place as it is, or its beginning where that ends in "*".
struct Expected {
  audit::Finding::Kind kind = audit::Finding::kBroken;
  std::string place;
};

struct Case {
  std::string name;
  std::function<absl::Status(testing::TableWriter&)> change;
  // All of them; none: any finding that names a place.
  std::vector<Expected> expected;
  // It leaves nothing to be read as a tree: an error that names the tile will do.
  bool spoils_tree = false;
};

// A SQLite database of a hub that had some days of work, with rows in every table that the log
// vouches for and an older version of one in each, and the checkpoints that were noted on the way.
// Each case is run in a transaction that is rolled back.
class Tampering {
 public:
  // Errors: those of the engine; FAILED_PRECONDITION for a table with less than two rows, and for
  // what the check finds before anything was altered.
  static absl::StatusOr<std::unique_ptr<Tampering>> Make();
  ~Tampering();

  // One for each table and column, each way of altering rows, and each of altering the log.
  absl::StatusOr<std::vector<Case>> Cases();
  // Drawn.
  absl::StatusOr<Case> Random(uint64_t seed);

  // Empty: it was found, and its place named. Otherwise what was found instead.
  absl::StatusOr<std::string> Try(const Case& one);
  // The same of the whole file as it was some days before.
  absl::StatusOr<std::string> TryOlderFile();

 private:
  struct Stored;
  // Rows of a table of which the log knows an older version.
  struct History {
    const storage::TableFacts* table = nullptr;
    std::optional<testing::TableRow> replaced;
    std::optional<testing::TableRow> removed;
  };

  Tampering();
  absl::Status TellStory();
  absl::Status MakeHistories(storage::Transaction& transaction);
  absl::Status Open();
  absl::Status AddCasesOf(const storage::TableFacts& table, std::vector<Case>& cases);
  absl::Status AddCasesOfChain(std::vector<Case>& cases);
  absl::Status AddCasesOfOrder(std::vector<Case>& cases);
  absl::StatusOr<audit::LogReport> Check(Stored& stored);
  absl::StatusOr<std::string> Judge(const Case& one, Stored& stored);

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  IdMint ids_{clock_, 7};
  std::string key_file_, origin_;
  std::unique_ptr<storage::Sealer> sealer_;
  std::unique_ptr<Stored> stored_, older_;
  audit::LogCheckOptions options_;
  std::vector<History> histories_;
  int64_t leaves_ = 0;   // of the tree
  int64_t entries_ = 0;  // of the one chain
};

}  // namespace switchboard::tampering
