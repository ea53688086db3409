#include "hub/masking/honorific.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "hub/masking/characters.h"
#include "hub/masking/partial_masks.h"
#include "hub/masking/primary_language.h"

namespace switchboard::masking {
namespace {

// What stands before a name, or behind it.
struct Form {
  std::string_view language;
  std::string_view before;
  std::string_view behind;
};

constexpr Form kForms[] = {
    {"ar", "السيد/السيدة", ""}, {"ca", "Sr./Sra.", ""},   {"cmn", "", "先生/女士"},
    {"cs", "pan/paní", ""},     {"de", "Frau/Herr", ""},  {"el", "κ./κα", ""},
    {"en", "Mr/Ms", ""},        {"es", "Sr./Sra.", ""},   {"fr", "M./Mme", ""},
    {"gl", "Sr./Sra.", ""},     {"hak", "", "先生/小姐"}, {"hi", "श्री/श्रीमती", ""},
    {"hu", "", "úr/asszony"},   {"id", "Bapak/Ibu", ""},  {"it", "Sig./Sig.ra", ""},
    {"ja", "", "様"},           {"ko", "", "고객님"},     {"nan", "", "先生/小姐"},
    {"nl", "Dhr./Mevr.", ""},   {"pl", "Pan/Pani", ""},   {"pt", "Sr./Sra.", ""},
    {"ru", "г-н/г-жа", ""},     {"th", "คุณ", ""},         {"tr", "Sayın", ""},
    {"uk", "пан/пані", ""},     {"vi", "Ông/Bà", ""},     {"wuu", "", "先生/女士"},
    {"yue", "", "先生/小姐"},   {"zh", "", "先生/女士"},
};

// Chinese outside the mainland, where 小姐 is the polite word.
bool IsTraditionalChinese(std::string_view primary, std::string_view tag) {
  if (primary != "zh" && primary != "cmn") return false;
  std::string parts(tag.substr(primary.size()));
  absl::AsciiStrToLower(&parts);
  parts += '-';
  constexpr std::string_view kParts[] = {"-hant-", "-tw-",  "-hk-", "-mo-",
                                         "-yue-",  "-nan-", "-hak-"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return parts.find(part) != std::string::npos; });
}

// The form of a language; null if it has none here.
const Form* FormOf(std::string_view tag) {
  const std::string primary = PrimaryLanguage(tag);
  const std::string_view wanted =
      IsTraditionalChinese(primary, tag) ? std::string_view("yue") : std::string_view(primary);
  const auto* form = std::find_if(std::begin(kForms), std::end(kForms),
                                  [&](const Form& one) { return one.language == wanted; });
  return form == std::end(kForms) ? nullptr : form;
}

// 山田様 and 王先生/女士, but "Smith 様" and "김 고객님".
bool JoinsWithoutBlank(std::string_view family, const Form& form) {
  return form.language != "ko" && HoldsEastAsian(form.behind) && HoldsEastAsian(family);
}

}  // namespace

std::string HonorificMask(NameParts name, std::string_view language, NameOrder order) {
  const Form* form = FormOf(language);
  if (name.family.empty() || form == nullptr) return FamilyNameMask(name, language, order);
  // In Thai the form goes with the given name, which stays inside but for its initial.
  const std::string shown =
      form->language == "th" ? InitialsMask(name, order) : FamilyNameMask(name, language, order);
  std::string masked(form->before);
  if (!masked.empty()) masked += ' ';
  masked += shown;
  if (!form->behind.empty() && !JoinsWithoutBlank(shown, *form)) masked += ' ';
  masked += form->behind;
  return masked;
}

}  // namespace switchboard::masking
