#include "hub/routing/router.h"

#include <algorithm>
#include <set>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::routing {
namespace {

bool Contains(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Whether `count` says that a limit is reached. Asks only when there is one.
absl::StatusOr<bool> Full(const Situation::Count& count, std::string_view vendor_id, int64_t max) {
  if (max == 0) return false;
  SWITCHBOARD_ASSERT(count != nullptr);
  ASSIGN_OR_RETURN(const int64_t live, count(vendor_id));
  return live >= max;
}

}  // namespace

// The shares of one segment as seen from one account. Remembers what it found, because counting
// what is live may cost a query.
class Router::Candidates {
 public:
  Candidates(const std::vector<Share>& shares, const AccountFacts& account,
             const Situation& situation)
      : shares_(shares), account_(account), situation_(situation), hurdles_(shares.size()) {}

  absl::StatusOr<bool> May(size_t share) {
    if (!hurdles_[share].has_value()) {
      ASSIGN_OR_RETURN(hurdles_[share], HurdleOf(shares_[share]));
    }
    return *hurdles_[share] == Hurdle::kNone;
  }

  // The last hurdle that any share came to. REQUIRES: May was asked for every share.
  Hurdle Furthest() const {
    Hurdle furthest = Hurdle::kNoContract;
    for (const auto& hurdle : hurdles_) furthest = std::max(furthest, hurdle.value());
    return furthest;
  }

 private:
  absl::StatusOr<Hurdle> HurdleOf(const Share& share) const {
    if (!share.vendor.has_value()) return Hurdle::kNoContract;
    const VendorFacts& vendor = *share.vendor;
    const bool speaks = std::any_of(
        vendor.languages.begin(), vendor.languages.end(),
        [&](const std::string& language) { return LanguageCovers(language, account_.language); });
    if (!speaks) return Hurdle::kLanguage;
    if (Contains(situation_.groups_had_it, vendor.vendor_group)) return Hurdle::kHadIt;
    ASSIGN_OR_RETURN(const bool segment_full, Full(situation_.live_in_segment_at_vendor,
                                                   share.vendor_id, share.live_in_segment_max));
    if (segment_full) return Hurdle::kLimit;
    ASSIGN_OR_RETURN(const bool vendor_full,
                     Full(situation_.live_at_vendor, share.vendor_id, vendor.live_assignments_max));
    return vendor_full ? Hurdle::kLimit : Hurdle::kNone;
  }

  const std::vector<Share>& shares_;
  const AccountFacts& account_;
  const Situation& situation_;
  std::vector<std::optional<Hurdle>> hurdles_;
};

Router::Router(const v1::RoutingPlan& plan, const std::vector<VendorFacts>& vendors) : plan_(plan) {
  std::set<std::string_view> vendor_ids;
  for (const VendorFacts& vendor : vendors)
    SWITCHBOARD_ASSERT(vendor_ids.insert(vendor.vendor_id).second);
  for (const auto& segment : plan_.segments()) {
    std::vector<int> percentages;
    std::vector<Share> shares;
    for (const auto& part : segment.shares()) {
      percentages.push_back(part.percent());
      Share& share = shares.emplace_back();
      share.vendor_id = part.vendor_id();
      share.live_in_segment_max = part.live_assignments_max();
      for (const VendorFacts& vendor : vendors) {
        const auto& types = vendor.work_types;
        if (vendor.vendor_id != share.vendor_id) continue;
        if (std::find(types.begin(), types.end(), segment.work_type()) == types.end()) continue;
        share.vendor = vendor;
        if (vendor.vendor_group.empty()) share.vendor->vendor_group = vendor.vendor_id;
      }
    }
    segments_.push_back(
        {SegmentFilter(segment.when()), BlockSplit(percentages), std::move(shares)});
  }
}

std::optional<Router::Match> Router::Find(const AccountFacts& account) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (!segments_[i].filter.Matches(account)) continue;
    const auto& segment = plan_.segments(static_cast<int>(i));
    return Match{static_cast<int>(i), segment.name(), StratumOf(segment, account),
                 segment.work_type()};
  }
  return std::nullopt;
}

absl::StatusOr<Decision> Router::Decide(const AccountFacts& account, const Match& match,
                                        const Situation& situation) const {
  SWITCHBOARD_ASSERT(match.segment_index >= 0 && match.segment_index < plan_.segments_size() &&
                     match.segment == plan_.segments(match.segment_index).name());
  const Segment& segment = segments_[static_cast<size_t>(match.segment_index)];
  Decision decision;
  decision.work_type = match.work_type;
  decision.segment = match.segment;
  decision.stratum = match.stratum;
  Candidates candidates(segment.shares, account, situation);

  for (size_t share = 0; share < segment.shares.size(); ++share) {
    if (segment.shares[share].vendor_id != situation.vendor_of_same_person) continue;
    ASSIGN_OR_RETURN(const bool may, candidates.May(share));
    if (!may) continue;
    decision.vendor_id = situation.vendor_of_same_person;
    decision.why = Why(match, v1::PlacementReason::RULE_STICKY_PERSON);
    return decision;
  }

  const int64_t position = situation.stratum_position;
  SWITCHBOARD_ASSERT(position >= 0);
  const int size = segment.split.size();
  const BlockSplit::Order order = segment.split.OrderOf(
      {plan_.seed(), plan_.plan_id(), match.segment, match.stratum, position / size});
  const int first_slot = static_cast<int>(position % size);
  for (int step = 0; step < size; ++step) {
    const int slot = (first_slot + step) % size;
    ASSIGN_OR_RETURN(const bool may, candidates.May(order[slot]));
    if (!may) continue;
    decision.vendor_id = segment.shares[order[slot]].vendor_id;
    decision.takes_position = true;
    decision.why = Why(match, step == 0 ? v1::PlacementReason::RULE_SPLIT
                                        : v1::PlacementReason::RULE_NEXT_IN_SLOT);
    decision.why.set_position(position);
    decision.why.set_slot(slot);
    return decision;
  }
  decision.not_placed_reason = ReasonOf(candidates.Furthest());
  decision.why = Why(match, v1::PlacementReason::RULE_NOT_PLACED);
  decision.why.set_not_placed_reason(decision.not_placed_reason);
  return decision;
}

Decision Router::DecideUnmatched() const {
  Decision decision;
  decision.not_placed_reason = v1::NOT_PLACED_REASON_NO_SEGMENT;
  decision.why.set_plan_id(plan_.plan_id());
  decision.why.set_rule(v1::PlacementReason::RULE_NOT_PLACED);
  decision.why.set_not_placed_reason(decision.not_placed_reason);
  return decision;
}

v1::NotPlacedReason Router::ReasonOf(Hurdle hurdle) {
  switch (hurdle) {
    case Hurdle::kLanguage:
      return v1::NOT_PLACED_REASON_LANGUAGE_NOT_SERVED;
    case Hurdle::kHadIt:
      return v1::NOT_PLACED_REASON_ALL_GROUPS_HAD_IT;
    case Hurdle::kLimit:
      return v1::NOT_PLACED_REASON_CAPS_REACHED;
    case Hurdle::kNoContract:
    case Hurdle::kNone:
      break;
  }
  return v1::NOT_PLACED_REASON_NO_ELIGIBLE_VENDOR;
}

v1::PlacementReason Router::Why(const Match& match, v1::PlacementReason::Rule rule) const {
  v1::PlacementReason why;
  why.set_plan_id(plan_.plan_id());
  why.set_segment(match.segment);
  why.set_stratum(match.stratum);
  why.set_rule(rule);
  return why;
}

}  // namespace switchboard::routing
