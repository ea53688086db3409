#include "hub/upkeep/permit_reviews.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::upkeep {
namespace {

constexpr size_t kPage = 100;
constexpr absl::Duration kLookAgainAfter = absl::Seconds(10);

bool IsAmong(const rules::CompiledPack& pack, const rules::Packs& packs) {
  return std::any_of(packs.begin(), packs.end(), [&pack](const auto& other) {
    return rules::NameOf(*other) == rules::NameOf(pack);
  });
}

bool AnyNewThatVoids(const rules::Packs& packs, const rules::Packs* before) {
  return std::any_of(packs.begin(), packs.end(), [before](const auto& pack) {
    return pack->pack().voids_open_permits() && (before == nullptr || !IsAmong(*pack, *before));
  });
}

}  // namespace

absl::StatusOr<bool> PermitReviews::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(InForce in_force, rule_packs_.InForce(reader, now));
  if (in_force == reviewing_) {
    if (to_review_.empty() && now >= look_again_) {
      look_again_ = absl::InfiniteFuture();
      ASSIGN_OR_RETURN(to_review_, permits::OpenPermitIds(reader));
    }
    return !to_review_.empty();
  }
  const bool news = AnyNewThatVoids(*in_force, reviewed_.get());
  reviewing_ = std::move(in_force);
  to_review_.clear();
  if (news) {
    ASSIGN_OR_RETURN(to_review_, permits::OpenPermitIds(reader));
    look_again_ = now + kLookAgainAfter;
  }
  if (to_review_.empty()) reviewed_ = reviewing_;
  return !to_review_.empty();
}

absl::Status PermitReviews::Run(storage::Transaction& transaction) {
  const size_t count = std::min(to_review_.size(), kPage);
  for (auto id = to_review_.rbegin(); id != to_review_.rbegin() + static_cast<long>(count); ++id)
    RETURN_IF_ERROR(permits_.Review(transaction, *id, permits::Permits::Packs::kThatVoid).status());
  return absl::OkStatus();
}

bool PermitReviews::Done() {
  to_review_.resize(to_review_.size() - std::min(to_review_.size(), kPage));
  if (to_review_.empty()) reviewed_ = reviewing_;
  return !to_review_.empty();
}

}  // namespace switchboard::upkeep
