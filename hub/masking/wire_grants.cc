#include "hub/masking/wire_grants.h"

#include <algorithm>
#include <utility>

#include "hub/base/id_text.h"
#include "hub/masking/place_table.h"
#include "hub/masking/wire_shape.h"

namespace switchboard::masking {
namespace {

using v1::Contract;
using Verdict = WireGrants::Verdict;

Verdict HarmlessIf(bool allowed) { return allowed ? Verdict::kHarmless : Verdict::kRefused; }
Verdict OpenIf(bool allowed) { return allowed ? Verdict::kOpen : Verdict::kRefused; }

bool IsOfNobody(v1::DataClass data_class) {
  return data_class == v1::DATA_CLASS_UNSPECIFIED || data_class == v1::DATA_CLASS_NOT_PERSONAL;
}

// The ends of bands, and what is below the first one and above the last.
bool IsBandEnd(const std::vector<int64_t>& ends, int64_t number) {
  constexpr int64_t kLeastOfMoney = -1'000'000'000'000'000;
  return number == 0 || number == kLeastOfMoney ||
         std::find(ends.begin(), ends.end(), number) != ends.end();
}

const Contract::WorkTerms& TermsOf(const Contract& contract, v1::WorkType work_type) {
  const auto terms =
      std::find_if(contract.work_types().begin(), contract.work_types().end(),
                   [&](const Contract::WorkTerms& one) { return one.work_type() == work_type; });
  return terms == contract.work_types().end() ? Contract::WorkTerms::default_instance() : *terms;
}

}  // namespace

WireGrants::WireGrants(const Contract& contract, v1::WorkType work_type,
                       absl::Span<const v1::DataClass> unmasked)
    : WireGrants(contract, work_type) {
  for (const Contract::Unmasking& one : TermsOf(contract, work_type).unmask()) {
    const bool asked =
        std::find(unmasked.begin(), unmasked.end(), one.data_class()) != unmasked.end();
    const bool shown = one.show() == Contract::SHOW_CLEAR || one.show() == Contract::SHOW_PARTIAL;
    if (!asked || !shown || !v1::DataClass_IsValid(one.data_class())) continue;
    Grant grant;
    grant.show = one.show();
    grant.mask = one.mask();
    grants_[static_cast<size_t>(one.data_class())] = grant;
  }
}

WireGrants::WireGrants(const Contract& contract, v1::WorkType work_type) {
  std::array<bool, v1::DataClass_ARRAYSIZE> seen{};
  for (const Contract::Disclosure& disclosure : TermsOf(contract, work_type).disclose()) {
    if (!v1::DataClass_IsValid(disclosure.data_class())) continue;
    const auto at = static_cast<size_t>(disclosure.data_class());
    grants_[at] = Grant();
    // Which of two was meant nobody knows.
    if (std::exchange(seen[at], true)) continue;
    Grant& grant = grants_[at];
    grant.show = disclosure.show();
    grant.mask = disclosure.mask();
    grant.band_ends.assign(disclosure.band_ends().begin(), disclosure.band_ends().end());
    grant.values.insert(disclosure.values().begin(), disclosure.values().end());
  }
}

const WireGrants::Grant& WireGrants::Of(v1::DataClass data_class) const {
  const auto at = static_cast<size_t>(data_class);
  return grants_[at < grants_.size() ? at : 0];
}

bool WireGrants::Names(v1::DataClass data_class) const {
  return IsOfNobody(data_class) || Of(data_class).show != Contract::SHOW_ABSENT;
}

bool WireGrants::ShowsClear(v1::DataClass data_class) const {
  return IsOfNobody(data_class) || Of(data_class).IsClear();
}

bool WireGrants::AllowsNumber(v1::DataClass data_class, WireForm form, uint64_t number) const {
  const Grant& grant = Of(data_class);
  switch (data_class) {
    case v1::DATA_CLASS_UNSPECIFIED:
    case v1::DATA_CLASS_NOT_PERSONAL:
      return true;
    case v1::DATA_CLASS_AMOUNT:
    case v1::DATA_CLASS_CREDIT:
      if (form == WireForm::kBandEnd)
        return grant.IsBand() && IsBandEnd(grant.band_ends, static_cast<int64_t>(number));
      return form == WireForm::kExact && grant.IsClear();
    case v1::DATA_CLASS_DELINQUENCY:
      return grant.IsClear();
    default:
      return false;
  }
}

Verdict WireGrants::JudgeText(v1::DataClass data_class, WireForm form, std::string_view country,
                              std::string_view text) const {
  if (form == WireForm::kMinted) return Verdict::kHarmless;
  if (form == WireForm::kToken) {
    const bool granted = Of(v1::DATA_CLASS_REFERENCE).show == Contract::SHOW_TOKEN;
    return HarmlessIf(granted && IsTokenShape(text));
  }
  if (form == WireForm::kPointToken) return HarmlessIf(IsTokenShape(text));
  if (IsOfNobody(data_class)) return Verdict::kOpen;
  // Present and empty: the core has nothing.
  if (text.empty()) return HarmlessIf(Names(data_class));
  const Grant& grant = Of(data_class);
  switch (data_class) {
    case v1::DATA_CLASS_NAME:
    case v1::DATA_CLASS_KANA:
      return JudgeName(grant, text);
    case v1::DATA_CLASS_BIRTH_DATE:
      return JudgeBirthDate(grant, text);
    case v1::DATA_CLASS_PHONE:
      return JudgePhone(grant, text);
    case v1::DATA_CLASS_EMAIL:
      return OpenIf(grant.IsClear() || (grant.Has(Contract::MASK_DOMAIN) && IsDomainShape(text)));
    case v1::DATA_CLASS_ADDRESS:
      return JudgeAddress(grant, form, country, text);
    case v1::DATA_CLASS_CARD_NUMBER:
      return HarmlessIf(grant.Has(Contract::MASK_CARD_LAST_FOUR) && IsCardShape(text));
    case v1::DATA_CLASS_AMOUNT:
    case v1::DATA_CLASS_CREDIT:
      return JudgeCredit(grant, form, text);
    case v1::DATA_CLASS_DELINQUENCY:
      return HarmlessIf(form == WireForm::kBucket && IsBucketShape(text) &&
                        (grant.IsClear() || grant.Has(Contract::MASK_BUCKET)));
    case v1::DATA_CLASS_LANGUAGE:
      return HarmlessIf(grant.IsClear() && IsLanguageShape(text));
    case v1::DATA_CLASS_PRODUCT:
      return JudgeCode(grant, text);
    case v1::DATA_CLASS_FREE_TEXT:
      return OpenIf(grant.IsClear());
    default:
      return Verdict::kRefused;
  }
}

Verdict WireGrants::JudgeName(const Grant& grant, std::string_view text) {
  if (grant.IsClear()) return Verdict::kOpen;
  if (grant.Has(Contract::MASK_INITIALS)) return HarmlessIf(IsInitialsShape(text));
  return OpenIf((grant.Has(Contract::MASK_FAMILY_NAME) || grant.Has(Contract::MASK_HONORIFIC)) &&
                !HoldsDigitOrAt(text));
}

Verdict WireGrants::JudgeBirthDate(const Grant& grant, std::string_view text) {
  if (grant.IsClear()) return HarmlessIf(IsDayShape(text));
  if (grant.Has(Contract::MASK_YEAR)) return HarmlessIf(IsYearShape(text));
  const bool band = grant.IsBand() || grant.Has(Contract::MASK_BIRTHDAY_HIDDEN);
  return HarmlessIf(band && IsAgeBandShape(text));
}

Verdict WireGrants::JudgePhone(const Grant& grant, std::string_view text) {
  if (grant.IsClear()) return Verdict::kOpen;
  if (grant.Has(Contract::MASK_LAST_FOUR)) return HarmlessIf(IsLastFourShape(text));
  if (grant.Has(Contract::MASK_AREA)) return HarmlessIf(IsAreaShape(text));
  return HarmlessIf(grant.Has(Contract::MASK_COUNTRY) && IsCountryShape(text));
}

Verdict WireGrants::JudgeAddress(const Grant& grant, WireForm form, std::string_view country,
                                 std::string_view text) {
  const bool to_district = grant.Has(Contract::MASK_DISTRICT);
  const bool to_city = to_district || grant.Has(Contract::MASK_CITY);
  const bool to_region = to_city || grant.Has(Contract::MASK_REGION);
  switch (form) {
    case WireForm::kCountry:
      return HarmlessIf((to_region || grant.IsClear()) && IsCountryCode(text));
    case WireForm::kRegion:
      if (to_region) return HarmlessIf(IsRegionOf(country, text));
      break;
    case WireForm::kCity:
      // Grammar knows more cities than the tables do.
      if (to_city && IsCityOf(country, text)) return Verdict::kHarmless;
      if (to_city) return OpenIf(!HoldsDigitOrAt(text));
      break;
    case WireForm::kDistrict:
      if (to_district) return OpenIf(!HoldsDigitOrAt(text));
      break;
    default:
      break;
  }
  return OpenIf(grant.IsClear());
}

// Sums too: their currency is a text.
Verdict WireGrants::JudgeCredit(const Grant& grant, WireForm form, std::string_view text) {
  if (form == WireForm::kGrade) return JudgeCode(grant, text);
  const bool granted = form == WireForm::kBandCurrency ? grant.IsBand() : grant.IsClear();
  return HarmlessIf(granted && IsCurrencyCode(text));
}

Verdict WireGrants::JudgeCode(const Grant& grant, std::string_view text) {
  if (!grant.IsClear()) return Verdict::kRefused;
  if (!grant.values.empty()) return HarmlessIf(grant.values.contains(text));
  return OpenIf(IsIdText(text));
}

bool WireGrants::ShowsValue(v1::DataClass data_class, WireForm form) const {
  // A row shows nobody but the person.
  if (form == WireForm::kPartyPoint) return false;
  const Grant& grant = Of(data_class);
  switch (data_class) {
    case v1::DATA_CLASS_NAME:
    case v1::DATA_CLASS_KANA:
      return grant.IsClear() ||
             ((form == WireForm::kFamilyName || form == WireForm::kFamilyReading) &&
              (grant.Has(Contract::MASK_FAMILY_NAME) || grant.Has(Contract::MASK_HONORIFIC)));
    case v1::DATA_CLASS_ADDRESS: {
      const bool to_district = grant.Has(Contract::MASK_DISTRICT);
      const bool to_city = to_district || grant.Has(Contract::MASK_CITY);
      return grant.IsClear() || (form == WireForm::kDistrict && to_district) ||
             (form == WireForm::kCity && to_city) ||
             (form == WireForm::kRegion && (to_city || grant.Has(Contract::MASK_REGION)));
    }
    case v1::DATA_CLASS_REFERENCE:
    case v1::DATA_CLASS_CARD_NUMBER:
    case v1::DATA_CLASS_INTERNAL:
      return false;
    default:
      return grant.IsClear();
  }
}

}  // namespace switchboard::masking
