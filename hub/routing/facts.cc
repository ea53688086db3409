#include "hub/routing/facts.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace switchboard::routing {

AccountFacts FactsOf(const v1::Person& person, const v1::Account& account) {
  AccountFacts facts;
  facts.account_id = account.account_id();
  facts.person_id = account.person_id();
  facts.days_past_due = account.days_past_due();
  facts.currency_code = account.amount_due().currency_code();
  facts.amount_due_minor_units = account.amount_due().minor_units();
  facts.product = account.product();
  facts.grade = account.grade();
  facts.language = person.language();
  facts.country = person.address().country();
  facts.region = person.address().region();
  return facts;
}

VendorFacts VendorFactsOf(const v1::Contract& contract) {
  VendorFacts facts;
  facts.vendor_id = contract.vendor_id();
  facts.vendor_group =
      contract.vendor_group().empty() ? contract.vendor_id() : contract.vendor_group();
  facts.languages.assign(contract.languages().begin(), contract.languages().end());
  for (const auto& terms : contract.work_types()) {
    facts.work_types.push_back(terms.work_type());
  }
  facts.live_assignments_max = contract.live_assignments_max();
  return facts;
}

bool LanguageCovers(std::string_view range, std::string_view tag) {
  if (range.empty() || tag.size() < range.size()) return false;
  if (tag.size() > range.size() && tag[range.size()] != '-') return false;
  return absl::EqualsIgnoreCase(absl::string_view(range.data(), range.size()),
                                absl::string_view(tag.data(), range.size()));
}

}  // namespace switchboard::routing
