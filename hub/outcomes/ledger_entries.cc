#include "hub/outcomes/ledger_entries.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::outcomes {

absl::Status LedgerEntries::Look(const std::vector<std::pair<std::string, std::string>>& outcomes) {
  std::vector<contacts::ContactKey> keys;
  for (const auto& [person_id, outcome_id] : outcomes) keys.push_back(KeyOf(person_id, outcome_id));
  ASSIGN_OR_RETURN(standing_, contacts::FindStanding(transaction_.connection(), keys));
  return absl::OkStatus();
}

contacts::ContactKey LedgerEntries::KeyOf(std::string_view person_id,
                                          std::string_view outcome_id) const {
  return {std::string(person_id), contacts::IdOfOutcome(vendor_id_, outcome_id)};
}

contacts::Standing LedgerEntries::Of(std::string_view person_id,
                                     std::string_view outcome_id) const {
  const auto found = standing_.find(KeyOf(person_id, outcome_id));
  return found == standing_.end() ? contacts::Standing() : found->second;
}

bool LedgerEntries::UsedBefore(std::string_view person_id, const v1::Outcome& outcome) const {
  return !outcome.permit_id().empty() &&
         Of(person_id, outcome.outcome_id()).permit_id == outcome.permit_id();
}

void LedgerEntries::Enter(const v1::Outcome& outcome, contacts::ContactRow entry,
                          permits::PermitRow* permit, bool reserved) {
  contacts::ContactKey key{entry.person_id, entry.contact_id};
  contacts::Standing& stands = standing_[key];
  const std::string before = std::exchange(stands.permit_id, entry.permit_id);
  stands.version = entry.version;
  if (!before.empty() && before != entry.permit_id) given_up_.push_back({entry.person_id, before});
  if (!entry.permit_id.empty() && entry.permit_id != before) {
    if (--permit->attempts == 0) permit->state = permits::PermitState::kUsed;
    permit->outcome_id = outcome.outcome_id();
    uses_.push_back({entry.permit_id, outcome.outcome_id()});
  }
  if (!reserved) unreserved_.push_back(entry);
  entries_.insert_or_assign(std::move(key), std::move(entry));
}

absl::Status LedgerEntries::CountAsConversation(std::string_view person_id,
                                                const v1::Outcome& outcome,
                                                const permits::PermitRow& permit) {
  const contacts::ContactKey key = KeyOf(person_id, outcome.outcome_id());
  standing_[key].version = outcome.version();
  // Open permits had counted it as less.
  contacts::ContactRow& made = unreserved_.emplace_back();
  made.person_id = key.person_id;
  made.account_id = permit.account_id;
  made.number_digest = permit.number_digest;
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) {
    return contacts::SetResult(transaction_, key, v1::CONTACT_RESULT_CONVERSATION,
                               outcome.version());
  }
  entry->second.result = v1::CONTACT_RESULT_CONVERSATION;
  entry->second.version = outcome.version();
  return absl::OkStatus();
}

absl::Status LedgerEntries::WriteUses() {
  if (uses_.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(permits::UsePermits(transaction_, uses_));
  uses_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<permits::PermitRow>> LedgerEntries::GiveUsesBack(
    const permits::Permits& permits) {
  std::vector<permits::PermitRow> given_back;
  if (given_up_.empty()) return given_back;
  // What the batch used since is not open meanwhile.
  RETURN_IF_ERROR(Write());
  const size_t prefix = contacts::IdOfOutcome(vendor_id_, "").size();
  for (const auto& [person_id, permit_id] : std::exchange(given_up_, {})) {
    // Of a plan another attempt may be used still.
    ASSIGN_OR_RETURN(const std::string contact_id,
                     contacts::AnyUnder(transaction_.connection(), person_id, permit_id));
    const std::string outcome_id = contact_id.empty() ? "" : contact_id.substr(prefix);
    ASSIGN_OR_RETURN(auto permit, permits.GiveUseBack(transaction_, permit_id, outcome_id));
    if (!permit.has_value()) continue;
    given_back.push_back(*std::move(permit));
    if (given_back.back().state != permits::PermitState::kOpen) continue;
    reopened_.push_back(permit_id);
    // Others may have been given its room since.
    contacts::ContactRow& made = unreserved_.emplace_back();
    made.person_id = given_back.back().person_id;
    made.account_id = given_back.back().account_id;
    made.number_digest = given_back.back().number_digest;
  }
  return given_back;
}

absl::Status LedgerEntries::Write() {
  RETURN_IF_ERROR(WriteUses());
  if (entries_.empty()) return absl::OkStatus();
  std::vector<contacts::ContactRow> entries;
  entries.reserve(entries_.size());
  for (auto& [key, entry] : entries_) entries.push_back(std::move(entry));
  entries_.clear();
  RETURN_IF_ERROR(contacts::Put(transaction_, entries));
  return absl::OkStatus();
}

}  // namespace switchboard::outcomes
