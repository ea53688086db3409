#include "hub/masking/mask_plan.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace switchboard::masking {
namespace {

using v1::Contract;
using Disclosure = Contract::Disclosure;

Treatment ClearIf(const Disclosure& disclosure) {
  return disclosure.show() == Contract::SHOW_CLEAR ? Treatment::kClear : Treatment::kWithheld;
}

Treatment OfName(const Disclosure& disclosure) {
  if (disclosure.show() != Contract::SHOW_PARTIAL) return ClearIf(disclosure);
  switch (disclosure.mask()) {
    case Contract::MASK_FAMILY_NAME:
      return Treatment::kFamilyName;
    case Contract::MASK_HONORIFIC:
      return Treatment::kHonorific;
    case Contract::MASK_INITIALS:
      return Treatment::kInitials;
    default:
      return Treatment::kWithheld;
  }
}

Treatment OfBirthDate(const Disclosure& disclosure) {
  if (disclosure.show() == Contract::SHOW_BAND && disclosure.band_ends().empty())
    return Treatment::kBand;
  if (disclosure.show() != Contract::SHOW_PARTIAL) return ClearIf(disclosure);
  if (disclosure.mask() == Contract::MASK_YEAR) return Treatment::kYear;
  return disclosure.mask() == Contract::MASK_BIRTHDAY_HIDDEN ? Treatment::kBirthdayHidden
                                                             : Treatment::kWithheld;
}

Treatment OfPhone(const Disclosure& disclosure) {
  if (disclosure.show() != Contract::SHOW_PARTIAL) return ClearIf(disclosure);
  switch (disclosure.mask()) {
    case Contract::MASK_LAST_FOUR:
      return Treatment::kLastFour;
    case Contract::MASK_AREA:
      return Treatment::kArea;
    case Contract::MASK_COUNTRY:
      return Treatment::kCountry;
    default:
      return Treatment::kWithheld;
  }
}

Treatment OfAddress(const Disclosure& disclosure) {
  if (disclosure.show() != Contract::SHOW_PARTIAL) return ClearIf(disclosure);
  switch (disclosure.mask()) {
    case Contract::MASK_REGION:
      return Treatment::kRegion;
    case Contract::MASK_CITY:
      return Treatment::kCity;
    case Contract::MASK_DISTRICT:
      return Treatment::kDistrict;
    default:
      return Treatment::kWithheld;
  }
}

// CLEAR, or PARTIAL with the one mask of the class.
Treatment OfOneMask(const Disclosure& disclosure, Contract::Mask mask, Treatment masked) {
  if (disclosure.show() != Contract::SHOW_PARTIAL) return ClearIf(disclosure);
  return disclosure.mask() == mask ? masked : Treatment::kWithheld;
}

bool IsGrowing(const google::protobuf::RepeatedField<int64_t>& ends) {
  return std::adjacent_find(ends.begin(), ends.end(), std::greater_equal<>()) == ends.end();
}

Treatment OfAmount(const Disclosure& disclosure) {
  if (disclosure.show() != Contract::SHOW_BAND) return ClearIf(disclosure);
  return !disclosure.band_ends().empty() && IsGrowing(disclosure.band_ends())
             ? Treatment::kBand
             : Treatment::kWithheld;
}

// A mask stands beside PARTIAL and only there, ends of bands beside BAND, a list of values beside
// CLEAR of a class that can have one.
bool IsConsistent(const Disclosure& disclosure) {
  const bool may_have_values = disclosure.show() == Contract::SHOW_CLEAR &&
                               (disclosure.data_class() == v1::DATA_CLASS_PRODUCT ||
                                disclosure.data_class() == v1::DATA_CLASS_CREDIT);
  if (!disclosure.values().empty() && !may_have_values) return false;
  const bool has_mask = disclosure.mask() != Contract::MASK_UNSPECIFIED;
  if (has_mask != (disclosure.show() == Contract::SHOW_PARTIAL)) return false;
  return disclosure.band_ends().empty() || disclosure.show() == Contract::SHOW_BAND;
}

Treatment TreatmentOf(const Disclosure& disclosure) {
  if (!IsConsistent(disclosure)) return Treatment::kWithheld;
  switch (disclosure.data_class()) {
    case v1::DATA_CLASS_REFERENCE:
      return disclosure.show() == Contract::SHOW_TOKEN ? Treatment::kToken : Treatment::kWithheld;
    case v1::DATA_CLASS_NAME:
    case v1::DATA_CLASS_KANA:
      return OfName(disclosure);
    case v1::DATA_CLASS_BIRTH_DATE:
      return OfBirthDate(disclosure);
    case v1::DATA_CLASS_PHONE:
      return OfPhone(disclosure);
    case v1::DATA_CLASS_EMAIL:
      return OfOneMask(disclosure, Contract::MASK_DOMAIN, Treatment::kDomain);
    case v1::DATA_CLASS_ADDRESS:
      return OfAddress(disclosure);
    case v1::DATA_CLASS_CARD_NUMBER:
      // CLEAR does not exist here: no contract can ask for more than the last four digits.
      return disclosure.show() == Contract::SHOW_PARTIAL &&
                     disclosure.mask() == Contract::MASK_CARD_LAST_FOUR
                 ? Treatment::kLastFour
                 : Treatment::kWithheld;
    case v1::DATA_CLASS_AMOUNT:
    case v1::DATA_CLASS_CREDIT:
      return OfAmount(disclosure);
    case v1::DATA_CLASS_DELINQUENCY:
      return OfOneMask(disclosure, Contract::MASK_BUCKET, Treatment::kBucket);
    case v1::DATA_CLASS_LANGUAGE:
    case v1::DATA_CLASS_PRODUCT:
    case v1::DATA_CLASS_FREE_TEXT:
      return ClearIf(disclosure);
    default:
      return Treatment::kWithheld;
  }
}

// What goes with the treatment of a class: ends of bands, or the values that may be shown.
void CompileDetails(const Disclosure& disclosure, Treatment treatment, MaskPlan* plan) {
  std::vector<int64_t> ends;
  if (treatment == Treatment::kBand)
    ends.assign(disclosure.band_ends().begin(), disclosure.band_ends().end());
  std::vector<std::string> values;
  if (treatment == Treatment::kClear)
    values.assign(disclosure.values().begin(), disclosure.values().end());
  std::sort(values.begin(), values.end());
  switch (disclosure.data_class()) {
    case v1::DATA_CLASS_AMOUNT:
      plan->amount_band_ends = std::move(ends);
      break;
    case v1::DATA_CLASS_CREDIT:
      plan->credit_band_ends = std::move(ends);
      plan->grades = std::move(values);
      break;
    case v1::DATA_CLASS_PRODUCT:
      plan->products = std::move(values);
      break;
    default:
      break;
  }
}

using Disclosures = google::protobuf::RepeatedPtrField<Disclosure>;

MaskPlan Compile(const Disclosures& disclosures) {
  MaskPlan plan;
  std::array<bool, v1::DataClass_ARRAYSIZE> seen{};
  for (const Disclosure& disclosure : disclosures) {
    if (!v1::DataClass_IsValid(disclosure.data_class())) continue;
    const auto at = static_cast<size_t>(disclosure.data_class());
    const Treatment treatment = seen[at] ? Treatment::kWithheld : TreatmentOf(disclosure);
    seen[at] = true;
    plan.treatments[at] = treatment;
    CompileDetails(disclosure, treatment, &plan);
  }
  return plan;
}

const Contract::WorkTerms& TermsOf(const Contract& contract, v1::WorkType work_type) {
  for (const Contract::WorkTerms& terms : contract.work_types()) {
    if (terms.work_type() == work_type) return terms;
  }
  return Contract::WorkTerms::default_instance();
}

// Whether one can be unmasked at all, apart from the treatments that there are: in full, or by a
// mask of its own.
bool MayBeUnmasked(const Contract::Unmasking& unmasking) {
  const bool is_shown =
      unmasking.show() == Contract::SHOW_CLEAR || unmasking.show() == Contract::SHOW_PARTIAL;
  return is_shown && unmasking.data_class() != v1::DATA_CLASS_CARD_NUMBER &&
         unmasking.data_class() != v1::DATA_CLASS_FREE_TEXT;
}

}  // namespace

MaskPlan MaskPlan::Only(absl::Span<const v1::DataClass> classes) const {
  MaskPlan only = *this;
  only.treatments.fill(Treatment::kWithheld);
  for (const v1::DataClass data_class : classes) {
    const auto at = static_cast<size_t>(data_class);
    if (at < treatments.size()) only.treatments[at] = treatments[at];
  }
  return only;
}

MaskPlan CompileMaskPlan(const Contract& contract, v1::WorkType work_type) {
  return Compile(TermsOf(contract, work_type).disclose());
}

MaskPlan CompileUnmaskPlan(const Contract& contract, v1::WorkType work_type) {
  Disclosures disclosures;
  for (const Contract::Unmasking& unmasking : TermsOf(contract, work_type).unmask()) {
    if (!MayBeUnmasked(unmasking)) continue;
    Disclosure& disclosure = *disclosures.Add();
    disclosure.set_data_class(unmasking.data_class());
    disclosure.set_show(unmasking.show());
    disclosure.set_mask(unmasking.mask());
  }
  return Compile(disclosures);
}

}  // namespace switchboard::masking
