#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/place.h"
#include "tests/bench/table.h"

namespace switchboard::bench {

// What a hub takes and gives whose book has grown to a certain size.
struct GrownBook {
  Series new_cpu_us;     // the hub's CPU for an account that is new
  Series change_cpu_us;  // … and for one in the book that changes
  Series permit_p50_us, permit_p99_us;
  Series outcomes_rate, outcome_cpu_us;
  Series resident_mib;
  Series account_bytes;  // of the database
  Series stop_seconds, start_seconds;
  Series backup_seconds;
  Series verify_seconds;  // of the audit log
};

// "10 M", "250 k": as rows and progress name a book.
std::string BookText(int64_t accounts);

// A hub with so many accounts, imported as any other and placed with the four vendors, none of whom
// has read its feed. Tells of its progress on stderr.
GrownBook GrowBook(const Place& place, int64_t accounts);

}  // namespace switchboard::bench
