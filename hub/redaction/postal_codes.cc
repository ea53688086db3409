#include "hub/redaction/postal_codes.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "hub/redaction/cue_words.h"
#include "hub/redaction/japanese_towns.h"
#include "hub/redaction/number_line.h"

namespace switchboard::redaction {
namespace {

constexpr std::string_view kStates =
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY "
    "NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI";

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }

// The longer of two with one begin first.
const CueWords& CodeWords() {
  static const CueWords& words = *new const CueWords(
      "〒 郵便番号 postal_codes postal_code postcode post_code zip_code zipcode zip plz "
      "code_postal 邮编 "
      "邮政编码 邮码 郵遞區號 郵政編碼 우편번호");
  return words;
}

// Of another number's name: 受付番号.
const CueWords& OtherWords() {
  static const CueWords& words = *new const CueWords("番号 no. no id 内線 電話 tel");
  return words;
}

class CodeSearch {
 public:
  CodeSearch(bool japanese, Marks* marks)
      : japanese_(japanese), marks_(marks), text_(marks->text()), line_(FreeNumberLine(*marks)) {}

  void Run() {
    for (size_t at = 0; at < line_.size();) {
      size_t end = at;
      if (!IsInside(at)) {
        for (const auto find : {&CodeSearch::JapaneseEnd, &CodeSearch::StateEnd,
                                &CodeSearch::LetteredEnd, &CodeSearch::WordedEnd}) {
          end = std::max(end, (this->*find)(at));
        }
      }
      if (end > at) marks_->Add({at, end, v1::TextMark::KIND_ADDRESS});
      at = std::max(end, at + 1);
    }
  }

 private:
  char At(size_t at) const { return at < line_.size() ? line_[at] : '\0'; }
  static bool IsAlnum(char c) {
    return IsDigit(c) || absl::ascii_isalpha(static_cast<unsigned char>(c));
  }
  // Of a longer word or number.
  bool IsInside(size_t at) const {
    return at > 0 &&
           (IsAlnum(line_[at - 1]) || (line_[at - 1] == '-' && at > 1 && IsAlnum(line_[at - 2])));
  }
  bool GoesOn(size_t end) const {
    return IsAlnum(At(end)) || (At(end) == '-' && IsAlnum(At(end + 1)));
  }
  // Whether the line has such characters at `at`: "9" a digit, "A" a capital, else the sign itself.
  bool Has(size_t at, std::string_view form) const {
    for (size_t i = 0; i < form.size(); ++i) {
      const char c = At(at + i);
      const bool fits = form[i] == '9' ? IsDigit(c) : form[i] == 'A' ? IsCapital(c) : c == form[i];
      if (!fits) return false;
    }
    return true;
  }

  size_t JapaneseEnd(size_t at) const {
    constexpr std::string_view kForm = "999-9999";
    const size_t end = at + kForm.size();
    if (!Has(at, kForm) || GoesOn(end)) return at;
    constexpr size_t kWithin = 4;
    if (CodeWords().StandBefore(text_, at, kWithin) || IsPlaceAt(end)) return end;
    const bool of_longer = IsDigit(At(end + 1)) || (at > 1 && IsDigit(line_[at - 2]));
    const bool other = of_longer || OtherWords().StandBefore(text_, at, kWithin);
    return japanese_ && !other ? end : at;
  }

  bool IsPlaceAt(size_t at) const {
    while (At(at) == ' ' || At(at) == '\n') ++at;
    constexpr size_t kPlaceMax = 16;
    std::u32string behind(text_.plain().substr(std::min(at, text_.size()), kPlaceMax));
    for (char32_t& c : behind) c = TownLetter(c);
    const JapaneseTowns& towns = JapaneseTowns::Get();
    return towns.PrefectureSize(behind) > 0 || towns.MunicipalityAt(behind).size > 0;
  }

  // From the state on: what stands before is a town.
  size_t StateEnd(size_t at) const {
    if (!Has(at, "AA") || kStates.find(std::string(line_, at, 2)) == std::string_view::npos) {
      return at;
    }
    size_t code = at + 2;
    while (code - at < 4 && (At(code) == ' ' || At(code) == ',' || At(code) == '.')) ++code;
    if (code == at + 2 || !Has(code, "99999")) return at;
    size_t end = code + 5;
    if (Has(end, "-9999")) end += 5;
    return GoesOn(end) ? at : end;
  }

  // Forms in which letters and digits take turns.
  size_t LetteredEnd(size_t at) const {
    constexpr std::string_view kForms[] = {"A9A 9A9",  "A9 9AA",  "A99 9AA", "AA9 9AA",
                                           "AA99 9AA", "A9A 9AA", "AA9A 9AA"};
    for (const std::string_view form : kForms) {
      if (Has(at, form) && !GoesOn(at + form.size())) return at + form.size();
    }
    return at;
  }

  size_t WordedEnd(size_t at) const {
    constexpr size_t kDigitsMin = 3, kDigitsMax = 7, kWithin = 4;
    size_t end = at;
    while (IsDigit(At(end))) ++end;
    const bool size = end - at >= kDigitsMin && end - at <= kDigitsMax;
    return size && !GoesOn(end) && CodeWords().StandBefore(text_, at, kWithin) ? end : at;
  }

  const bool japanese_;
  Marks* const marks_;
  const FoldedText& text_;
  const std::string line_;
};

class PostalCodeTagger : public Tagger {
 public:
  void Tag(const Passage& passage, Marks* marks) const override {
    FindPostalCodes(passage.japanese, marks);
  }
};

}  // namespace

void FindPostalCodes(bool japanese, Marks* marks) { CodeSearch(japanese, marks).Run(); }

std::unique_ptr<const Tagger> MakePostalCodeTagger() {
  return std::make_unique<PostalCodeTagger>();
}

}  // namespace switchboard::redaction
