#include "hub/contracts/disclosure_check.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "hub/base/text.h"

namespace switchboard::contracts {
namespace {

using v1::Contract;
using Problem = FieldProblem;
using Found = std::optional<FieldProblem>;

constexpr int kValuesMax = 500;
constexpr size_t kValueBytesMax = 64;

// Ways of showing one class.
struct ClassRule {
  v1::DataClass data_class;
  bool clear = false;
  std::vector<Contract::Mask> masks = {};
  enum { kNoBand, kAgeBand, kAmountBand } band = kNoBand;
  bool token = false;
  bool values = false;  // a list of what may be shown, beside CLEAR
};

const std::vector<ClassRule>& ClassRules() {
  static const auto& rules = *new std::vector<ClassRule>{
      {.data_class = v1::DATA_CLASS_REFERENCE, .token = true},
      {.data_class = v1::DATA_CLASS_NAME,
       .clear = true,
       .masks = {Contract::MASK_FAMILY_NAME, Contract::MASK_HONORIFIC, Contract::MASK_INITIALS}},
      {.data_class = v1::DATA_CLASS_KANA,
       .clear = true,
       .masks = {Contract::MASK_FAMILY_NAME, Contract::MASK_HONORIFIC, Contract::MASK_INITIALS}},
      {.data_class = v1::DATA_CLASS_BIRTH_DATE,
       .clear = true,
       .masks = {Contract::MASK_YEAR, Contract::MASK_BIRTHDAY_HIDDEN},
       .band = ClassRule::kAgeBand},
      {.data_class = v1::DATA_CLASS_PHONE,
       .clear = true,
       .masks = {Contract::MASK_LAST_FOUR, Contract::MASK_AREA, Contract::MASK_COUNTRY}},
      {.data_class = v1::DATA_CLASS_EMAIL, .clear = true, .masks = {Contract::MASK_DOMAIN}},
      {.data_class = v1::DATA_CLASS_ADDRESS,
       .clear = true,
       .masks = {Contract::MASK_REGION, Contract::MASK_CITY, Contract::MASK_DISTRICT}},
      {.data_class = v1::DATA_CLASS_CARD_NUMBER, .masks = {Contract::MASK_CARD_LAST_FOUR}},
      {.data_class = v1::DATA_CLASS_AMOUNT, .clear = true, .band = ClassRule::kAmountBand},
      {.data_class = v1::DATA_CLASS_DELINQUENCY, .clear = true, .masks = {Contract::MASK_BUCKET}},
      {.data_class = v1::DATA_CLASS_CREDIT,
       .clear = true,
       .band = ClassRule::kAmountBand,
       .values = true},
      {.data_class = v1::DATA_CLASS_LANGUAGE, .clear = true},
      {.data_class = v1::DATA_CLASS_PRODUCT, .clear = true, .values = true},
      {.data_class = v1::DATA_CLASS_FREE_TEXT, .clear = true},
  };
  return rules;
}

std::string NameOf(v1::DataClass value) {
  return std::string(absl::StripPrefix(v1::DataClass_Name(value), "DATA_CLASS_"));
}
std::string NameOf(Contract::Show value) {
  return std::string(absl::StripPrefix(Contract::Show_Name(value), "SHOW_"));
}
std::string NameOf(Contract::Mask value) {
  return std::string(absl::StripPrefix(Contract::Mask_Name(value), "MASK_"));
}

std::string NamesOf(const std::vector<Contract::Mask>& masks) {
  return absl::StrJoin(masks, " or ",
                       [](std::string* out, Contract::Mask mask) { *out += NameOf(mask); });
}

// "CLEAR, PARTIAL with YEAR, BAND without band_ends, ABSENT"
std::string WaysToShow(const ClassRule& rule) {
  std::vector<std::string> ways;
  if (rule.clear) ways.push_back("CLEAR");
  if (!rule.masks.empty()) ways.push_back("PARTIAL with " + NamesOf(rule.masks));
  if (rule.band == ClassRule::kAgeBand) ways.push_back("BAND without band_ends");
  if (rule.band == ClassRule::kAmountBand) ways.push_back("BAND with band_ends");
  if (rule.token) ways.push_back("TOKEN");
  ways.push_back("ABSENT");
  return absl::StrJoin(ways, ", ");
}

Found CheckBandEnds(const Contract::Disclosure& disclosure, const ClassRule& rule,
                    const std::string& path) {
  const std::string field = path + ".band_ends";
  if (disclosure.show() != Contract::SHOW_BAND) {
    if (disclosure.band_ends().empty()) return std::nullopt;
    return Problem{field, "goes with show: BAND only; leave it out"};
  }
  if (rule.band == ClassRule::kAgeBand) {
    if (disclosure.band_ends().empty()) return std::nullopt;
    return Problem{
        field, "does not go with BIRTH_DATE, which has bands of ten years of age; leave it out"};
  }
  if (disclosure.band_ends().empty()) {
    return Problem{field,
                   "must list the ends of the bands in minor units, growing, as [10000, 50000]"};
  }
  for (int i = 1; i < disclosure.band_ends_size(); ++i) {
    if (disclosure.band_ends(i) <= disclosure.band_ends(i - 1)) {
      return Problem{absl::StrCat(field, "[", i, "]"), "must be greater than the end before it"};
    }
  }
  return std::nullopt;
}

Found CheckMask(const Contract::Disclosure& disclosure, const ClassRule& rule,
                const std::string& path) {
  const std::string field = path + ".mask";
  if (disclosure.show() != Contract::SHOW_PARTIAL) {
    if (disclosure.mask() == Contract::MASK_UNSPECIFIED) return std::nullopt;
    return Problem{field, "goes with show: PARTIAL only; leave it out"};
  }
  const bool fits =
      std::find(rule.masks.begin(), rule.masks.end(), disclosure.mask()) != rule.masks.end();
  if (fits) return std::nullopt;
  const std::string name = NameOf(disclosure.data_class());
  if (disclosure.mask() == Contract::MASK_UNSPECIFIED) {
    return Problem{field, absl::StrCat("is missing; for ", name, ": ", NamesOf(rule.masks))};
  }
  return Problem{field, absl::StrCat(NameOf(disclosure.mask()), " does not fit ", name,
                                     "; allowed: ", NamesOf(rule.masks))};
}

Found CheckShow(const Contract::Disclosure& disclosure, const ClassRule& rule,
                const std::string& path) {
  bool fits = false;
  switch (disclosure.show()) {
    case Contract::SHOW_ABSENT:
      fits = true;
      break;
    case Contract::SHOW_CLEAR:
      fits = rule.clear;
      break;
    case Contract::SHOW_PARTIAL:
      fits = !rule.masks.empty();
      break;
    case Contract::SHOW_BAND:
      fits = rule.band != ClassRule::kNoBand;
      break;
    case Contract::SHOW_TOKEN:
      fits = rule.token;
      break;
    default:
      break;
  }
  if (fits) return std::nullopt;
  const std::string name = NameOf(disclosure.data_class());
  const bool named =
      disclosure.show() != Contract::SHOW_UNSPECIFIED && Contract::Show_IsValid(disclosure.show());
  return Problem{path + ".show",
                 absl::StrCat(named ? NameOf(disclosure.show()) + " does not fit " + name
                                    : "is missing for " + name,
                              "; allowed: ", WaysToShow(rule))};
}

Found CheckValues(const Contract::Disclosure& disclosure, const ClassRule& rule,
                  const std::string& path) {
  const std::string field = path + ".values";
  if (disclosure.values().empty()) return std::nullopt;
  if (!rule.values || disclosure.show() != Contract::SHOW_CLEAR)
    return Problem{field, "goes with show: CLEAR of PRODUCT and CREDIT only; leave it out"};
  if (disclosure.values_size() > kValuesMax)
    return Problem{field, absl::StrCat("has ", disclosure.values_size(), " values; at most 500")};
  std::set<std::string_view> seen;
  for (int i = 0; i < disclosure.values_size(); ++i) {
    const std::string& value = disclosure.values(i);
    const std::string entry = absl::StrCat(field, "[", i, "]");
    if (value.empty() || value.size() > kValueBytesMax)
      return Problem{entry, absl::StrCat("has ", value.size(), " bytes; must have 1 to 64")};
    if (!IsPlainText(TextForm::kLine, value)) {
      return Problem{entry, "must be one line without control, format or private characters"};
    }
    if (!seen.insert(value).second) return Problem{entry, "stands here twice; keep one"};
  }
  return std::nullopt;
}

// Calls visit(disclosure, path) for each of a contract.
template <typename Visit>
void ForEachDisclosure(const Contract& contract, Visit visit) {
  for (int i = 0; i < contract.work_types_size(); ++i) {
    const Contract::WorkTerms& terms = contract.work_types(i);
    for (int j = 0; j < terms.disclose_size(); ++j)
      visit(terms.disclose(j), absl::StrCat("work_types[", i, "].disclose[", j, "]"));
  }
}

}  // namespace

void NormalizeDisclosures(Contract* contract) {
  for (Contract::WorkTerms& terms : *contract->mutable_work_types())
    for (Contract::Disclosure& disclosure : *terms.mutable_disclose())
      for (std::string& value : *disclosure.mutable_values())
        NormalizeText(TextForm::kLine, &value);
}

Found CheckDisclosure(const Contract::Disclosure& disclosure, const std::string& path,
                      std::set<v1::DataClass>* seen) {
  const v1::DataClass data_class = disclosure.data_class();
  const auto& rules = ClassRules();
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [&](const ClassRule& r) { return r.data_class == data_class; });
  const std::string field = path + ".data_class";
  if (rule == rules.end()) {
    if (data_class == v1::DATA_CLASS_INTERNAL) {
      return Problem{field, "INTERNAL is never shown to a vendor; leave the entry out"};
    }
    if (data_class == v1::DATA_CLASS_NOT_PERSONAL) {
      return Problem{field, "NOT_PERSONAL is always shown; leave the entry out"};
    }
    return Problem{field, "is missing; name a class of data, as NAME or PHONE"};
  }
  if (!seen->insert(data_class).second) {
    return Problem{field, NameOf(data_class) + " stands here twice; keep one"};
  }
  if (auto found = CheckShow(disclosure, *rule, path)) return found;
  if (auto found = CheckMask(disclosure, *rule, path)) return found;
  if (auto found = CheckBandEnds(disclosure, *rule, path)) return found;
  return CheckValues(disclosure, *rule, path);
}

Found CheckDisclosures(const Contract::WorkTerms& terms, const std::string& path) {
  std::set<v1::DataClass> classes;
  for (int i = 0; i < terms.disclose_size(); ++i) {
    if (auto found = CheckDisclosure(terms.disclose(i), absl::StrCat(path, ".disclose[", i, "]"),
                                     &classes)) {
      return found;
    }
  }
  return std::nullopt;
}

std::vector<FieldProblem> DisclosureWarnings(const Contract& contract) {
  std::vector<FieldProblem> warnings;
  ForEachDisclosure(contract, [&](const Contract::Disclosure& disclosure, const std::string& path) {
    const v1::DataClass data_class = disclosure.data_class();
    if (data_class == v1::DATA_CLASS_BIRTH_DATE && disclosure.show() == Contract::SHOW_BAND) {
      warnings.push_back({path + ".show",
                          "a band that changes on the birthday tells it, once in ten years; "
                          "PARTIAL with BIRTHDAY_HIDDEN does not"});
    }
    if (disclosure.show() != Contract::SHOW_CLEAR || !disclosure.values().empty()) return;
    if (data_class == v1::DATA_CLASS_PRODUCT || data_class == v1::DATA_CLASS_CREDIT) {
      warnings.push_back({path + ".values",
                          absl::StrCat("is missing, so that whatever looks like a code is shown; "
                                       "list the ",
                                       data_class == v1::DATA_CLASS_PRODUCT ? "products" : "grades",
                                       " that may be")});
    }
  });
  return warnings;
}

}  // namespace switchboard::contracts
