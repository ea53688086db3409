#include "hub/upkeep/permit_reviews.h"

#include <algorithm>
#include <map>

#include "absl/functional/function_ref.h"
#include "hub/base/error.h"
#include "hub/book/terms_change.h"

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

// How many are left behind the next page, which is the last of them.
size_t LeftBehindPage(const std::vector<std::string>& ids) {
  return ids.size() - std::min(ids.size(), kPage);
}

absl::Status ForPage(const std::vector<std::string>& ids,
                     absl::FunctionRef<absl::Status(const std::string& id)> review) {
  for (size_t i = ids.size(); i > LeftBehindPage(ids); --i) RETURN_IF_ERROR(review(ids[i - 1]));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> PermitReviews::Any(storage::Connection& reader, absl::Time now) {
  // What keeps one look from being taken must not keep the other's finds from being reviewed.
  const absl::Status rules = LookAtRules(reader, now), terms = LookAtTerms(reader, now);
  if (!by_rules_.empty() || !by_terms_.empty()) return true;
  RETURN_IF_ERROR(rules);
  RETURN_IF_ERROR(terms);
  return false;
}

absl::Status PermitReviews::LookAtRules(storage::Connection& reader, absl::Time now) {
  const auto look = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto open, permits::OpenPermits(reader));
    for (const permits::OpenPermit& permit : open) by_rules_.push_back(permit.permit_id);
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(InForce in_force, rule_packs_.InForce(reader, now));
  if (in_force == reviewing_) {
    if (!by_rules_.empty() || now < rules_again_) return absl::OkStatus();
    rules_again_ = absl::InfiniteFuture();
    return look();
  }
  const bool news = AnyNewThatVoids(*in_force, reviewed_.get());
  reviewing_ = std::move(in_force);
  by_rules_.clear();
  if (news) {
    RETURN_IF_ERROR(look());
    rules_again_ = now + kLookAgainAfter;
  }
  if (by_rules_.empty()) reviewed_ = reviewing_;
  return absl::OkStatus();
}

// What was given under the version in force was allowed by it.
absl::Status PermitReviews::LookAtTerms(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const int64_t changes, book::TermsChanges(reader));
  const Basis basis(changes, absl::ToCivilDay(now, absl::UTCTimeZone()));
  const bool is_news = terms_ != basis;
  if (!is_news && (!by_terms_.empty() || now < terms_again_)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto in_force, contracts_.AllInForce(reader, now));
  std::map<std::string, int64_t> versions;
  for (const auto& one : in_force) versions[one->contract.vendor_id()] = one->version;
  ASSIGN_OR_RETURN(const auto open, permits::OpenPermits(reader));
  by_terms_.clear();
  for (const permits::OpenPermit& permit : open) {
    const auto found = versions.find(permit.vendor_id);
    if (found == versions.end() || found->second != permit.contract_version)
      by_terms_.push_back(permit.permit_id);
  }
  terms_ = basis;
  terms_again_ = is_news ? now + kLookAgainAfter : absl::InfiniteFuture();
  return absl::OkStatus();
}

absl::Status PermitReviews::Run(storage::Transaction& transaction) {
  RETURN_IF_ERROR(ForPage(by_rules_, [&](const std::string& id) {
    return permits_.Review(transaction, id, permits::Permits::Packs::kThatVoid).status();
  }));
  return ForPage(by_terms_, [&](const std::string& id) {
    return permits_.ReviewTerms(transaction, id).status();
  });
}

bool PermitReviews::Done() {
  by_rules_.resize(LeftBehindPage(by_rules_));
  by_terms_.resize(LeftBehindPage(by_terms_));
  if (by_rules_.empty()) reviewed_ = reviewing_;
  return !by_rules_.empty() || !by_terms_.empty();
}

}  // namespace switchboard::upkeep
