#include "hub/outcomes/ledger_entries.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::outcomes {

absl::Status LedgerEntries::Look(const std::vector<std::pair<std::string, std::string>>& outcomes) {
  std::vector<contacts::ContactKey> keys;
  for (const auto& [person_id, outcome_id] : outcomes)
    keys.push_back({person_id, contacts::IdOfOutcome(vendor_id_, outcome_id)});
  ASSIGN_OR_RETURN(const auto found, contacts::FindStanding(transaction_.connection(), keys));
  for (const auto& [person_id, outcome_id] : outcomes) {
    const auto standing = found.find(contacts::IdOfOutcome(vendor_id_, outcome_id));
    if (standing != found.end()) standing_[outcome_id] = standing->second;
  }
  return absl::OkStatus();
}

contacts::Standing LedgerEntries::Of(std::string_view outcome_id) const {
  const auto found = standing_.find(outcome_id);
  return found == standing_.end() ? contacts::Standing() : found->second;
}

bool LedgerEntries::UsedBefore(const v1::Outcome& outcome) const {
  return !outcome.permit_id().empty() && Of(outcome.outcome_id()).permit_id == outcome.permit_id();
}

void LedgerEntries::Enter(const v1::Outcome& outcome, contacts::ContactRow entry,
                          permits::PermitRow* permit, bool reserved) {
  contacts::Standing& stands = standing_[outcome.outcome_id()];
  const std::string before = std::exchange(stands.permit_id, entry.permit_id);
  stands.version = entry.version;
  if (!before.empty() && before != entry.permit_id) given_up_.push_back({entry.person_id, before});
  if (!entry.permit_id.empty() && entry.permit_id != before) {
    if (--permit->attempts == 0) permit->state = permits::PermitState::kUsed;
    permit->outcome_id = outcome.outcome_id();
    uses_.push_back({entry.permit_id, outcome.outcome_id()});
  }
  entries_.push_back(std::move(entry));
  if (!reserved) unreserved_.push_back(entries_.back());
}

absl::Status LedgerEntries::WriteUses() {
  if (uses_.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(permits::UsePermits(transaction_, uses_));
  uses_.clear();
  return absl::OkStatus();
}

absl::StatusOr<bool> LedgerEntries::GiveUsesBack(const permits::Permits& permits) {
  if (given_up_.empty()) return false;
  // What the batch used since is not open meanwhile.
  RETURN_IF_ERROR(Write());
  const size_t prefix = contacts::IdOfOutcome(vendor_id_, "").size();
  for (const auto& [person_id, permit_id] : std::exchange(given_up_, {})) {
    // Of a plan another attempt may be used still.
    ASSIGN_OR_RETURN(const std::string contact_id,
                     contacts::AnyUnder(transaction_.connection(), person_id, permit_id));
    const std::string outcome_id = contact_id.empty() ? "" : contact_id.substr(prefix);
    ASSIGN_OR_RETURN(const auto open, permits.GiveUseBack(transaction_, permit_id, outcome_id));
    if (!open.has_value()) continue;
    reopened_.push_back(permit_id);
    // Others may have been given its room since.
    contacts::ContactRow& made = unreserved_.emplace_back();
    made.person_id = open->person_id;
    made.account_id = open->account_id;
    made.number_digest = open->number_digest;
  }
  return true;
}

absl::Status LedgerEntries::Write() {
  RETURN_IF_ERROR(WriteUses());
  if (entries_.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(contacts::Put(transaction_, entries_));
  entries_.clear();
  return absl::OkStatus();
}

}  // namespace switchboard::outcomes
