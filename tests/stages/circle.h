#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/records.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard::bench {

// A whole hub without gRPC, with the benchmark's vendors and records, on the thread that calls: so
// what a stage costs is the same in each run. A stage that fails ends the process.
class Circle {
 public:
  Circle();

  // The next accounts that the core hands over, in batches of 1,000; a multiple of that.
  void Import(int accounts);
  // What each vendor has not seen yet, in windows of 2,000, acknowledged batch by batch.
  void Feed();
  // A promise on each assignment that a vendor was fed since the last time, 500 in a call.
  void Report();
  // What the core has not read yet, 1,000 a page, each confirmed by the next.
  void ReadCoreFeed();
  // Permits for the next assignments that the first vendor was fed.
  void AskPermits(int permits);

 private:
  testing::HubWorld world_;
  std::vector<std::vector<std::string>> fed_;  // by vendor, not yet reported on
  std::vector<v1::Cursor> cursors_;
  std::vector<std::string> known_;  // assignments of the first vendor
  int64_t accounts_ = 0;
  int64_t outcomes_ = 0;
  int64_t permits_ = 0;
  int64_t read_through_ = 0;
};

}  // namespace switchboard::bench
