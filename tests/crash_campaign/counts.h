#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "switchboard/v1/outcome.pb.h"
#include "tests/crash_campaign/core_record.h"
#include "tests/invariants/invariants.h"

namespace switchboard::crash {

// Of one kind of thing: what was acknowledged to somebody, what of it is there afterwards, what is
// not, and what is there more often than once.
struct Count {
  int64_t acknowledged = 0;
  int64_t found = 0;
  int64_t lost = 0;
  int64_t doubled = 0;

  Count& operator+=(const Count& other);
};

// By kind: "accounts", "events", "outcomes", "permits".
using Counts = std::map<std::string, Count>;

// `there`: the outcomes as the hub has them, from the first one.
Counts CountAll(const CoreRecord& core, const invariants::Ledger& ledger,
                const std::vector<v1::CoreItem>& there);

Count SumOf(const Counts& counts);

}  // namespace switchboard::crash
