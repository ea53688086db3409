#include "hub/redaction/clean_text.h"

#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/redaction/cards.h"
#include "hub/redaction/emails.h"
#include "hub/redaction/folded_text.h"
#include "hub/redaction/identity_numbers.h"
#include "hub/redaction/marked_text.h"
#include "hub/redaction/marks.h"
#include "hub/redaction/phones.h"
#include "hub/redaction/script.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kDigitsMin = 3;  // of the shortest number that is hidden, a card's code

bool IsKana(char32_t c) { return IsHiragana(c) || IsKatakana(c); }

// Before taggers: what a number, an address of e-mail or the person's own is.
void FindNumbers(const OwnData* own, Marks* marks) {
  if (own != nullptr) own->Find(marks);
  FindEmails(marks);
  FindIdentityNumbers(marks);
  FindCards(marks);
  FindPhones(marks);
}

// Whether a language, as BCP 47 has it, is written in Latin letters; one that is not known is not.
bool IsWrittenInLatin(std::string_view language) {
  if (language.empty()) return false;
  std::array<UScriptCode, 4> scripts;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t count = uscript_getCode(std::string(language).c_str(), scripts.data(),
                                        static_cast<int32_t>(scripts.size()), &error);
  return U_SUCCESS(error) && std::find(scripts.begin(), scripts.begin() + count, USCRIPT_LATIN) !=
                                 scripts.begin() + count;
}

// Which taggers read the text.
Passage PassageOf(const FoldedText& text, const OwnData* own, std::string_view language) {
  std::string_view country;
  if (own != nullptr) {
    country = own->country();
    if (language.empty()) language = own->language();
  }
  const auto holds = [&](auto is) {
    return std::any_of(text.plain().begin(), text.plain().end(), is);
  };
  const auto speaks = [&](std::string_view tongue) {
    return language.substr(0, language.find('-')) == tongue;
  };
  const auto lives_in = [&](std::string_view countries) {
    return country.size() == 2 && countries.find(country) != std::string_view::npos;
  };
  Passage passage{text};
  passage.country = country;
  passage.english = (speaks("en") || !IsWrittenInLatin(language)) &&
                    holds([](char32_t c) { return c < 0x250 && ((c | 0x20) >= U'a'); });
  if (holds(IsKana)) {
    passage.japanese = true;
  } else if (holds(IsHan)) {
    // The language decides, then the country; who has neither may write either.
    const bool japanese = speaks("ja"), chinese = speaks("zh") || speaks("yue");
    const bool either = japanese == chinese;
    const bool in_japan = either && lives_in("JP"), in_china = either && lives_in("CN TW HK MO SG");
    const bool unknown = either && !in_japan && !in_china;
    passage.japanese = japanese || in_japan || unknown;
    passage.chinese = chinese || in_china || unknown;
  }
  return passage;
}

// What is made by its first use takes up to a second, for which no call is to wait.
void MakeTables() {
  for (const char* const language : {"ja", "zh"}) {
    v1::Person person;
    person.set_family_name(language[0] == 'z' ? "王" : "а");
    person.set_given_name("Taro");
    person.set_language(language);
    const OwnData own(person, {});
    const FoldedText text("а 090-1234-5678 CVV 123");
    Marks marks(text);
    FindNumbers(&own, &marks);
  }
}

}  // namespace

void CleanText::MarksTo(google::protobuf::RepeatedPtrField<v1::TextMark>* marks) const {
  for (const v1::HiddenText::Value& value : hidden_.values()) *marks->Add() = value.mark();
}

absl::StatusOr<std::unique_ptr<Cleaner>> Cleaner::Load(const std::string& japanese_dictionary) {
  ASSIGN_OR_RETURN(auto taggers, LoadTaggers(japanese_dictionary));
  return std::make_unique<Cleaner>(std::move(taggers));
}

Cleaner::Cleaner(std::vector<std::unique_ptr<const Tagger>> taggers)
    : taggers_(std::move(taggers)) {
  MakeTables();
}

Cleaner::Work Cleaner::WorkOf(std::string_view typed) const {
  Work work;
  size_t digits = 0;
  for (const char c : typed) {
    const auto byte = static_cast<unsigned char>(c);
    digits += byte >= '0' && byte <= '9';
    work.has_candidate = work.has_candidate || byte >= 0x80 || byte == '@';
    // First bytes of Han in UTF-8, and of kana and some signs around it.
    work.slow_characters += byte >= 0xE3 && byte <= 0xF0;
  }
  work.has_candidate = work.has_candidate || digits >= kDigitsMin;
  if (work.has_candidate || typed.empty()) return work;
  work.has_candidate = std::none_of(taggers_.begin(), taggers_.end(), [&](const auto& tagger) {
    return tagger->KnowsEveryWordOf(typed);
  });
  return work;
}

CleanText Cleaner::Clean(std::string_view typed, const OwnData* own,
                         std::string_view language) const {
  MarkedText marked(std::string(typed), {});
  // What is hidden may bring numbers together that were one with it, so that they are looked at
  // until nothing is found.
  for (bool first = true;; first = false) {
    const FoldedText text(marked.text());
    Marks marks(text);
    FindNumbers(own, &marks);
    if (first) {
      const Passage passage = PassageOf(text, own, language);
      for (const auto& tagger : taggers_) tagger->Tag(passage, &marks);
    }
    if (!marked.Hide(text, marks.Resolved())) break;
  }
  CleanText clean;
  clean.text_ = marked.text();
  for (const v1::HiddenText::Value& value : marked.values()) {
    *clean.hidden_.add_values() = value;
  }
  return clean;
}

void HideOwnData(const OwnData& own, std::string* text,
                 google::protobuf::RepeatedPtrField<v1::TextMark>* marks) {
  std::vector<v1::HiddenText::Value> values;
  for (const v1::TextMark& mark : *marks) *values.emplace_back().mutable_mark() = mark;
  MarkedText marked(*text, std::move(values));
  while (true) {
    const FoldedText folded(marked.text());
    Marks found(folded);
    own.Find(&found);
    if (!marked.Hide(folded, found.Resolved())) break;
  }
  *text = marked.text();
  marks->Clear();
  for (const v1::HiddenText::Value& value : marked.values()) *marks->Add() = value.mark();
}

}  // namespace switchboard::redaction
