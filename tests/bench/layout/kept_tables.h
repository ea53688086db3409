#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/storage/database.h"
#include "tests/bench/layout/layout_records.h"
#include "tests/bench/records.h"

namespace switchboard::bench {

// The circle's statements over the tables that every layout has as the hub has them: small ones,
// the core feed, the log. Each ends the program on any error.

// Vendors, counters, and stops on others than the book's.
void AddVendorsAndStops(storage::Connection& writer);

// One of each vendor.
using VendorNumbers = std::array<int64_t, kVendors>;
// Takes so many numbers of each vendor's feed; those before the first.
VendorNumbers TakeSequences(storage::Connection& writer, const VendorNumbers& counts);
// What one group counts of a vendor.
struct Tally {
  int64_t placed = 0;
  int64_t permits_given = 0;
  int64_t outcomes = 0;
};
void AddTallies(storage::Connection& writer, const std::array<Tally, kVendors>& tallies);
int64_t TakeNumbers(storage::Connection& writer, std::string_view name, int64_t count);

// What a piece of an import asks of small tables, and leaves there.
void LookUpSource(storage::Connection& writer);
void SetSource(storage::Connection& writer, int64_t through);
void LookUpStops(storage::Connection& writer, absl::Span<const BookAccount> piece);
void TakePositions(storage::Connection& writer, absl::Span<const BookAccount> piece);

// What a permit asks besides its own tables, and its group leaves.
void LookUpStopsAndBudget(storage::Connection& writer, int vendor, const BookAccount& account,
                          const std::string& number_digest);
void AddToBudget(storage::Connection& writer, int vendor, int64_t given);

struct VendorState {
  int64_t newest = 0;
  int64_t acknowledged = 0;
};
VendorState ReadVendor(storage::Connection& connection, int vendor);
void Acknowledge(storage::Connection& writer, int vendor, int64_t sequence);

// Items from `sequence` + 1 on; a reader's page of them, whose last number is returned.
void InsertItems(storage::Connection& writer, absl::Span<const OutcomeReport> reports,
                 int64_t sequence, int64_t now_us);
int64_t ReadItems(storage::Connection& reader, int64_t after, int64_t limit);
void Confirm(storage::Connection& writer, int64_t after, int64_t now_us);

// The log's entry of a group, with all its events.
void Seal(storage::Connection& writer, int64_t sequence, size_t events, size_t event_bytes,
          int64_t now_us);

}  // namespace switchboard::bench
