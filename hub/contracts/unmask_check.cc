#include "hub/contracts/unmask_check.h"

#include <cstdint>
#include <set>

#include "absl/strings/str_cat.h"
#include "hub/contracts/disclosure_check.h"

namespace switchboard::contracts {
namespace {

using v1::Contract;
using Problem = FieldProblem;
using Found = std::optional<FieldProblem>;

constexpr int kPerHourMax = 100'000;
constexpr int kPerHour = 20;
constexpr int kPerAccountDayMax = 100;
constexpr int kPerAccountDay = 2;
constexpr int64_t kLastsLeastSeconds = 60;
constexpr int64_t kLastsMostSeconds = 24 * 60 * 60;
constexpr int64_t kLastsSeconds = 15 * 60;

bool MayNever(v1::DataClass data_class) {
  return data_class == v1::DATA_CLASS_CARD_NUMBER || data_class == v1::DATA_CLASS_FREE_TEXT ||
         data_class == v1::DATA_CLASS_REFERENCE;
}

Contract::Disclosure AsDisclosure(const Contract::Unmasking& unmasking) {
  Contract::Disclosure disclosure;
  disclosure.set_data_class(unmasking.data_class());
  disclosure.set_show(unmasking.show());
  disclosure.set_mask(unmasking.mask());
  return disclosure;
}

// Whether rows show as much already, as far as that can be said of two masks.
bool IsShownAlready(const Contract::WorkTerms& terms, const Contract::Unmasking& unmasking) {
  for (const Contract::Disclosure& shown : terms.disclose()) {
    if (shown.data_class() != unmasking.data_class()) continue;
    const bool alike = shown.show() == unmasking.show() && shown.mask() == unmasking.mask();
    return alike || shown.show() == Contract::SHOW_CLEAR;
  }
  return false;
}

Found CheckLimits(const Contract::Unmasking& unmasking, const std::string& path) {
  if (unmasking.has_lasts()) {
    const auto& lasts = unmasking.lasts();
    if (lasts.nanos() != 0 || lasts.seconds() < kLastsLeastSeconds ||
        lasts.seconds() > kLastsMostSeconds)
      return Problem{path + ".lasts", "must be from 1min to 24h, in whole seconds"};
  }
  if (!Contract::SecondPerson_IsValid(unmasking.second_person()))
    return Problem{path + ".second_person", "must be OPERATOR or NONE"};
  if (unmasking.per_account_day() < 0 || unmasking.per_account_day() > kPerAccountDayMax)
    return Problem{path + ".per_account_day", "must be from 1 to 100"};
  return std::nullopt;
}

Found CheckUnmasking(const Contract::WorkTerms& terms, const Contract::Unmasking& unmasking,
                     const std::string& path, std::set<v1::DataClass>* seen) {
  const std::string field = path + ".data_class";
  if (MayNever(unmasking.data_class())) {
    return Problem{field,
                   "a card number, free text and the core's own ids are never unmasked; "
                   "leave the entry out"};
  }
  if (unmasking.show() != Contract::SHOW_CLEAR && unmasking.show() != Contract::SHOW_PARTIAL)
    return Problem{path + ".show", "must be CLEAR, or PARTIAL with a mask"};
  if (auto found = CheckDisclosure(AsDisclosure(unmasking), path, seen)) return found;
  if (IsShownAlready(terms, unmasking))
    return Problem{path + ".show", "shows no more than disclose does; leave the entry out"};
  return CheckLimits(unmasking, path);
}

}  // namespace

Found CheckUnmaskings(const Contract::WorkTerms& terms, const std::string& path) {
  std::set<v1::DataClass> classes;
  for (int i = 0; i < terms.unmask_size(); ++i) {
    if (auto found = CheckUnmasking(terms, terms.unmask(i), absl::StrCat(path, ".unmask[", i, "]"),
                                    &classes)) {
      return found;
    }
  }
  return std::nullopt;
}

Found CheckUnmaskingsPerHour(const Contract& contract) {
  if (contract.unmaskings_per_hour() >= 0 && contract.unmaskings_per_hour() <= kPerHourMax)
    return std::nullopt;
  return Problem{"unmaskings_per_hour", "must be from 1 to 100,000"};
}

void FillUnmaskings(Contract* contract) {
  if (contract->unmaskings_per_hour() == 0) contract->set_unmaskings_per_hour(kPerHour);
  for (Contract::WorkTerms& terms : *contract->mutable_work_types()) {
    for (Contract::Unmasking& unmasking : *terms.mutable_unmask()) {
      if (!unmasking.has_lasts()) unmasking.mutable_lasts()->set_seconds(kLastsSeconds);
      if (unmasking.per_account_day() == 0) unmasking.set_per_account_day(kPerAccountDay);
      if (unmasking.second_person() == Contract::SECOND_PERSON_UNSPECIFIED)
        unmasking.set_second_person(Contract::SECOND_PERSON_OPERATOR);
    }
  }
}

}  // namespace switchboard::contracts
