#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/routing/block_split.h"
#include "hub/routing/facts.h"
#include "hub/routing/segment_filter.h"
#include "switchboard/v1/routing_plan.pb.h"

namespace switchboard::routing {

// What stands in the book around one account, read by the caller in the transaction that places it.
struct Situation {
  using Count = std::function<absl::StatusOr<int64_t>(std::string_view vendor_id)>;

  // Vendor groups that had this account for the segment's work type, live or ended, since it was
  // current last and as far back as the plan's had_it_period says.
  std::vector<std::string> groups_had_it;
  // The vendor that holds another account of this person for this work type. Empty: none.
  std::string vendor_of_same_person;
  // Decisions with `takes_position` made before in this plan, segment and stratum.
  int64_t stratum_position = 0;
  // Live assignments of a vendor, in all and in this segment. Called only for vendors in question
  // that have such a limit, so a caller without limits may leave them empty. An error ends the
  // decision.
  Count live_at_vendor;
  Count live_in_segment_at_vendor;
};

// What came of it. Holds grade, amount and product in `stratum` and `why`: not for logs.
struct Decision {
  std::string vendor_id;  // empty: not placed
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  std::string segment;
  std::string stratum;
  v1::NotPlacedReason not_placed_reason = v1::NOT_PLACED_REASON_UNSPECIFIED;  // unset when placed
  v1::PlacementReason why;
  // True when a slot of the stratum was used up: the caller raises the stratum's counter by one.
  bool takes_position = false;

  bool placed() const { return !vendor_id.empty(); }
};

// Decides who works an account. Pure: the same arguments give the same answer. Never places with a
// vendor that is not in the segment, has no contract for the work type, does not speak the
// language, belongs to a group that had the account, or is at its limit. Immutable, so thread-safe.
//
// Use: Find; read the stratum's counter and the account's history; Decide; store.
class Router {
 public:
  // REQUIRES: `plan` was accepted by ParseRoutingPlan. `vendors`: whose contracts are in force; one
  // entry each. Vendors of the plan that are not among them get nothing.
  Router(const v1::RoutingPlan& plan, const std::vector<VendorFacts>& vendors);

  struct Match {
    int segment_index = 0;
    std::string segment;
    std::string stratum;
    v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  };

  // The first segment that matches, or nothing. Takes well below a microsecond.
  std::optional<Match> Find(const AccountFacts& account) const;

  // Who gets it: the vendor of the same person if it may, else the split of BlockSplit, else the
  // next slot of the block (turning round at its end) whose vendor may. A vendor that may not loses
  // that slot. REQUIRES: `match` comes from Find(account) of this router. Errors: those of the
  // functions in `situation`.
  absl::StatusOr<Decision> Decide(const AccountFacts& account, const Match& match,
                                  const Situation& situation) const;

  // The decision for an account that Find has no segment for.
  Decision DecideUnmatched() const;

  const v1::RoutingPlan& plan() const { return plan_; }

 private:
  // Hurdles in the order in which they are tried.
  enum class Hurdle { kNoContract, kLanguage, kHadIt, kLimit, kNone };
  struct Share {
    std::string vendor_id;
    int64_t live_in_segment_max = 0;
    std::optional<VendorFacts> vendor;  // nothing: no contract for the segment's work type
  };
  struct Segment {
    SegmentFilter filter;
    BlockSplit split;
    std::vector<Share> shares;
  };
  class Candidates;

  static v1::NotPlacedReason ReasonOf(Hurdle hurdle);
  v1::PlacementReason Why(const Match& match, v1::PlacementReason::Rule rule) const;

  v1::RoutingPlan plan_;
  std::vector<Segment> segments_;  // by index of the plan
};

}  // namespace switchboard::routing
