#include "hub/routing/preview.h"

#include <limits>

#include "hub/base/error.h"

namespace switchboard::routing {
namespace {

int64_t SaturatingSum(int64_t a, int64_t b) {
  int64_t sum;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

}  // namespace

Preview::Preview(const Router& router) : router_(router) {}

void Preview::Add(const AccountFacts& account) {
  ++accounts_;
  const auto match = router_.Find(account);
  if (match.has_value()) {
    Count(match->segment_index, Place(account, *match), account);
  } else {
    Count(router_.plan().segments_size(), router_.DecideUnmatched(), account);
  }
}

Decision Preview::Place(const AccountFacts& account, const Router::Match& match) {
  if (account.person_id != last_person_) {
    last_person_ = account.person_id;
    vendors_of_last_person_.clear();
  }
  int64_t& position = positions_[{match.segment_index, match.stratum}];
  Situation situation;
  situation.vendor_of_same_person = vendors_of_last_person_[match.work_type];
  situation.stratum_position = position;
  situation.live_at_vendor = [&](std::string_view vendor_id) -> absl::StatusOr<int64_t> {
    return live_[std::string(vendor_id)];
  };
  situation.live_in_segment_at_vendor = [&](std::string_view vendor_id) -> absl::StatusOr<int64_t> {
    return live_in_segment_[{match.segment_index, std::string(vendor_id)}];
  };
  auto decision = router_.Decide(account, match, situation);
  SWITCHBOARD_ASSERT(decision.ok());  // its only errors come from the two functions above
  if (decision->takes_position) ++position;
  if (decision->placed()) {
    ++live_[decision->vendor_id];
    ++live_in_segment_[{match.segment_index, decision->vendor_id}];
    vendors_of_last_person_[match.work_type] = decision->vendor_id;
  }
  return *std::move(decision);
}

void Preview::Count(int segment, const Decision& decision, const AccountFacts& account) {
  int share = 0;
  if (segment < router_.plan().segments_size()) {
    const auto& shares = router_.plan().segments(segment).shares();
    while (share < shares.size() && shares[share].vendor_id() != decision.vendor_id) ++share;
  }
  Total& total = lines_[{segment, share, decision.not_placed_reason, account.currency_code}];
  ++total.accounts;
  total.amount_due_minor_units =
      SaturatingSum(total.amount_due_minor_units, account.amount_due_minor_units);
}

v1::PreviewRoutingResponse Preview::Response() const {
  v1::PreviewRoutingResponse response;
  response.set_accounts(accounts_);
  const v1::RoutingPlan& plan = router_.plan();
  for (const auto& [key, total] : lines_) {
    const auto& [segment, share, reason, currency_code] = key;
    auto* line = response.add_lines();
    if (segment < plan.segments_size()) {
      line->set_segment(plan.segments(segment).name());
      const auto& shares = plan.segments(segment).shares();
      if (share < shares.size()) line->set_vendor_id(shares[share].vendor_id());
    }
    line->set_accounts(total.accounts);
    if (!currency_code.empty()) {
      line->mutable_amount_due()->set_currency_code(currency_code);
      line->mutable_amount_due()->set_minor_units(total.amount_due_minor_units);
    }
    line->set_not_placed_reason(reason);
  }
  return response;
}

}  // namespace switchboard::routing
