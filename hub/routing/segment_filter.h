#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "hub/routing/facts.h"
#include "switchboard/v1/routing_plan.pb.h"

namespace switchboard::routing {

// A segment's `when`, compiled once. Immutable, so thread-safe.
class SegmentFilter {
 public:
  // REQUIRES: `filter` is part of a plan that ParseRoutingPlan accepted.
  explicit SegmentFilter(const v1::RoutingPlan::Filter& filter);

  // True when every condition holds. A condition that is not set holds always; a range on the
  // amount due never holds for an account in another currency or without an amount due.
  bool Matches(const AccountFacts& account) const;

 private:
  struct Range {
    int64_t min = std::numeric_limits<int64_t>::min();
    int64_t max = std::numeric_limits<int64_t>::max();
    bool Holds(int64_t value) const { return min <= value && value <= max; }
  };
  struct Region {
    std::string country;
    std::string region;  // empty: the whole country
  };
  static Range RangeOf(const v1::RoutingPlan::Range& range);
  bool MatchesLanguage(const AccountFacts& account) const;
  bool MatchesRegion(const AccountFacts& account) const;

  Range days_past_due_;
  Range amount_due_;
  std::string currency_code_;
  std::vector<std::string> products_;  // sorted
  std::vector<std::string> grades_;    // sorted
  std::vector<std::string> languages_;
  std::vector<Region> regions_;
};

// The stratum an account falls into: "grade:A,amount:JPY5,bucket:M2,product:gold-card", with the
// parts that `segment.stratify_by` names, in its order; "all" when it names none. JPY5 is a
// five-digit amount of minor units; a currency of its own is a stratum of its own, because 10,000
// yen and 10,000 cents are not alike. Within values, "%", ";", "=", "," and ":" and control
// characters are percent-encoded, so that different values never share a key and the key may stand
// in `Decision::why`.
std::string StratumOf(const v1::RoutingPlan::Segment& segment, const AccountFacts& account);

// `value` with those characters percent-encoded.
std::string EscapeKey(std::string_view value);

}  // namespace switchboard::routing
