#include "hub/redaction/mark_text.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::redaction {
namespace {

struct MarkName {
  v1::TextMark::Kind kind;
  std::string_view name;
};
// The longer of two with one begin first.
constexpr MarkName kNames[] = {
    {v1::TextMark::KIND_NAME, "NAME"},           {v1::TextMark::KIND_PHONE, "PHONE"},
    {v1::TextMark::KIND_EMAIL, "EMAIL"},         {v1::TextMark::KIND_ADDRESS, "ADDRESS"},
    {v1::TextMark::KIND_CARD_CODE, "CARD CODE"}, {v1::TextMark::KIND_CARD, "CARD"},
    {v1::TextMark::KIND_IDENTITY_NUMBER, "ID"},  {v1::TextMark::KIND_BIRTH_DATE, "BIRTH DATE"},
    {v1::TextMark::KIND_ACCOUNT, "ACCOUNT"},
};
constexpr std::string_view kOwn = "OWN ";
constexpr size_t kNumberDigitsMax = 4;

size_t BytesOfNumber(std::string_view text) {
  if (!text.starts_with(' ') || text.starts_with(" 0")) return 0;
  size_t digits = 0;
  while (1 + digits < text.size() && text[1 + digits] >= '0' && text[1 + digits] <= '9') ++digits;
  return digits == 0 || digits > kNumberDigitsMax ? 0 : 1 + digits;
}

}  // namespace

std::string TextOfMark(const v1::TextMark& mark) {
  const auto* const name = std::find_if(std::begin(kNames), std::end(kNames),
                                        [&](const auto& one) { return one.kind == mark.kind(); });
  SWITCHBOARD_ASSERT(name != std::end(kNames));
  std::string text = "[";
  if (mark.own()) text += kOwn;
  text += name->name;
  if (mark.number() > 0) absl::StrAppend(&text, " ", mark.number());
  return text + "]";
}

size_t BytesOfMark(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  std::string_view rest = text.substr(1);
  if (rest.starts_with(kOwn)) rest.remove_prefix(kOwn.size());
  const auto* const name = std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& one) {
    return rest.starts_with(one.name);
  });
  if (name == std::end(kNames)) return 0;
  rest.remove_prefix(name->name.size());
  if (name->kind != v1::TextMark::KIND_CARD_CODE) {
    const size_t number = BytesOfNumber(rest);
    if (number == 0) return 0;
    rest.remove_prefix(number);
  }
  if (!rest.starts_with(']')) return 0;
  return text.size() - rest.size() + 1;
}

}  // namespace switchboard::redaction
