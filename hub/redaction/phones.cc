#include "hub/redaction/phones.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "hub/base/card_number.h"
#include "hub/base/phone.h"
#include "hub/base/phone_digits.h"
#include "hub/redaction/cue_words.h"
#include "hub/redaction/number_line.h"

namespace switchboard::redaction {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr size_t kDigitsMin = 6;
constexpr size_t kWithoutFormMin = 7;  // digits, of what only a word says is a number
constexpr size_t kDigitsMax = 15;
constexpr size_t kGroupsMax = 6;
constexpr size_t kBehindWord = 14;    // characters between a word and its number
constexpr size_t kBeforeWord = 3;     // the same when the word comes after
constexpr size_t kExtensionMax = 6;   // digits
constexpr size_t kSideBySideMin = 4;  // groups of four
constexpr std::string_view kSeparators = " .-/()";

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

const CueWords& LineWords() {
  static const CueWords& words = *new const CueWords(
      "phone phones tel telephone mobile cell cellphone fax desk office call call_back call_me "
      "dial "
      "answering contact reach whatsapp sms line ring ph mob landline hotline "
      "電話 電話番号 携帯 携帯番号 連絡先 TEL 固定 勤務先 自宅 FAX ファックス ファクス 折返し "
      "折り返し 電 电话 电 手机 手機 联系 聯繫 联系方式 致电 拨打 請撥 请拨 打给 回拨 "
      "座机 微信 전화 연락처 "
      "휴대폰 "
      "휴대전화 핸드폰");
  return words;
}

const CueWords& WordsBehind() {
  static const CueWords& words = *new const CueWords(
      "office fax mobile home cell work desk phone (携帯 (自宅 (勤務先 携帯 自宅");
  return words;
}

// What these say is a number may also be one of a card.
const CueWords& AnyNumberWords() {
  static const CueWords& words = *new const CueWords("number 番号 号码 號碼 번호");
  return words;
}

// Beside these it is another number, whatever else stands there.
const CueWords& OtherWords() {
  static const CueWords& words = *new const CueWords(
      "郵便番号 〒 注文番号 受付番号 伝票番号 会員番号 顧客番号 契約番号 整理番号 管理番号 邮编 "
      "郵遞區號 "
      "订单号 订单编号 zip zip_code zipcode postal postcode order order_number invoice reference "
      "reference_number ref case_number ticket tracking tracking_number 우편번호 주문번호");
  return words;
}

// Plans in which national numbers are looked for: the country's code and what is dialled in front
// within it.
struct Plan {
  int code;
  std::string_view trunk;
};
constexpr Plan kPlans[] = {{81, "0"}, {86, "0"}, {86, ""},   {886, "0"}, {82, "0"}, {44, "0"},
                           {49, "0"}, {33, "0"}, {61, "0"},  {31, "0"},  {41, "0"}, {43, "0"},
                           {46, "0"}, {32, "0"}, {353, "0"}, {66, "0"},  {84, "0"}, {63, "0"},
                           {60, "0"}, {62, "0"}, {91, "0"},  {27, "0"},  {64, "0"}};

// The number in E.164 if it is valid in one of the plans.
std::optional<std::string> ValidLine(std::string_view digits) {
  const PhoneNumberUtil& numbers = *PhoneNumberUtil::GetInstance();
  for (const Plan& plan : kPlans) {
    if (!digits.starts_with(plan.trunk)) continue;
    const std::string_view national = digits.substr(plan.trunk.size());
    if (national.empty() || national[0] == '0') continue;
    uint64_t value = 0;
    for (const char c : national) value = value * 10 + static_cast<uint64_t>(c - '0');
    PhoneNumber number;
    number.set_country_code(plan.code);
    number.set_national_number(value);
    if (numbers.IsValidNumber(number)) return absl::StrCat("+", plan.code, value);
  }
  return std::nullopt;
}

// What is dialled in front of a country's code, from Japan, North America and elsewhere.
std::optional<std::string> DialledAbroad(const std::string& digits) {
  for (const std::string_view prefix : {"010", "0011", "001", "011", "00"}) {
    if (!std::string_view(digits).starts_with(prefix)) continue;
    std::string line = "+" + digits.substr(prefix.size());
    if (IsPossiblePhone(line)) return line;
  }
  return std::nullopt;
}

// Groups of one row that may be a number, with what stands around them.
struct Candidate {
  size_t begin = 0, end = 0;  // from the first digit to behind the last
  std::string digits = {};
  std::vector<size_t> sizes = {};
  bool plus = false;
};

bool AreSizes(const Candidate& candidate, std::initializer_list<size_t> sizes) {
  return std::equal(candidate.sizes.begin(), candidate.sizes.end(), sizes.begin(), sizes.end());
}

bool IsNorthAmerican(std::string_view digits) {
  return digits.size() == 10 && digits[0] >= '2' && digits[3] >= '2';
}

// Mobile numbers in E.164 without the plus sign.
bool IsInternationalMobile(std::string_view digits) {
  const auto begins = [&](std::string_view prefix, size_t size) {
    return digits.size() == size && digits.starts_with(prefix);
  };
  return begins("8170", 12) || begins("8180", 12) || begins("8190", 12) || begins("8210", 12) ||
         begins("8869", 12) || begins("447", 12) ||
         (begins("86", 13) && IsChineseMobile(digits.substr(2)));
}

// What may say that digits are a number, and what has to be seen besides: how a country's numbers
// are built; or also what is dialled in front of them and groups; or also a word beside them.
enum class Evidence { kPlan, kForm, kWord };

// The number in E.164, or its digits where that cannot be told; nothing when it is none.
std::optional<std::string> LineOfCandidate(const Candidate& candidate, Evidence evidence) {
  const bool has_word = evidence == Evidence::kWord;
  const std::string& digits = candidate.digits;
  const size_t groups = candidate.sizes.size();
  if (candidate.plus) {
    const std::string line = LineOf("+" + digits);
    if (digits.size() >= 7 && (IsPossiblePhone(line) || has_word || groups > 1)) return line;
    return std::nullopt;
  }
  const bool divided = evidence != Evidence::kPlan && (groups >= 2 || has_word);
  if (digits[0] == '0' && digits[1] != '0' && digits.size() >= 9 && digits.size() <= 11 &&
      groups <= 5 && candidate.sizes[0] >= 2) {
    if (std::optional<std::string> line = ValidLine(digits)) return line;
    if (has_word || (divided && groups >= 3 && digits.size() >= 10)) return digits;
  }
  if (digits[0] == '0' && divided && digits.size() >= 10) {
    if (std::optional<std::string> line = DialledAbroad(digits)) return line;
  }
  const bool mobile_groups = groups == 1 || AreSizes(candidate, {3, 4, 4}) ||
                             AreSizes(candidate, {3, 8}) || AreSizes(candidate, {3, 3, 5});
  if (IsChineseMobile(digits) && mobile_groups) return "+86" + digits;
  if (AreSizes(candidate, {3, 3, 4}) && IsNorthAmerican(digits)) return "+1" + digits;
  if (AreSizes(candidate, {1, 3, 3, 4}) && digits[0] == '1') return "+" + digits;
  if (IsInternationalMobile(digits) && groups <= 5) return "+" + digits;
  if (!has_word || digits.size() > 12) return std::nullopt;
  if (digits.size() == 10 && IsNorthAmerican(digits)) return "+1" + digits;
  const bool pairs = AreSizes(candidate, {2, 2, 2});
  return digits.size() >= kWithoutFormMin || pairs ? std::optional(digits) : std::nullopt;
}

class PhoneSearch {
 public:
  // `line`: of the marks' text. `most`: the weakest evidence that counts.
  PhoneSearch(Marks* marks, std::string line, Evidence most)
      : marks_(marks), text_(marks->text()), line_(std::move(line)), most_(most) {}

  void Run() {
    for (const DigitRow& row : DigitRows(line_, kSeparators)) FindIn(row);
  }

 private:
  // Groups of four in a row, [first, behind); none: an empty one.
  struct Fours {
    size_t first = 0, behind = 0;

    size_t size() const { return behind - first; }
  };

  void FindIn(const DigitRow& row) {
    const std::vector<Fours> fours = FoursIn(row);
    size_t covered = 0;  // by what was found last, with its extension
    for (size_t first = 0; first < row.size();) {
      size_t next = first + 1;
      const size_t most = std::min(row.size(), first + kGroupsMax);
      for (size_t behind = most; row[first].begin >= covered && behind > first; --behind) {
        const Candidate candidate = Of(row, first, behind);
        const bool within = fours[first].behind >= behind;
        const std::optional<std::string> line =
            within && fours[first].size() >= kSideBySideMin
                ? JudgeSideBySide(candidate, row, fours[first], first)
                : Judge(candidate, HasWord(candidate.begin, candidate.end));
        if (!line.has_value()) continue;
        covered = Add(candidate, *line);
        next = behind;
        break;
      }
      first = next;
    }
  }

  Candidate Of(const DigitRow& row, size_t first, size_t behind) const {
    Candidate candidate{row[first].begin, row[behind - 1].end};
    for (size_t i = first; i < behind; ++i) candidate.sizes.push_back(row[i].size());
    candidate.digits = DigitsIn(line_, candidate.begin, candidate.end);
    candidate.plus = IsBehindPlus(candidate.begin);
    return candidate;
  }

  // By group of the row.
  static std::vector<Fours> FoursIn(const DigitRow& row) {
    std::vector<Fours> all(row.size());
    for (size_t first = 0; first < row.size();) {
      size_t behind = first;
      while (behind < row.size() && row[behind].size() == 4) ++behind;
      for (size_t i = first; i < behind; ++i) all[i] = {first, behind};
      first = std::max(behind, first + 1);
    }
    return all;
  }

  // Sixteen digits as they are printed on cards.
  bool IsCardPrint(const DigitRow& row, const Fours& fours) const {
    if (fours.size() != 4) return false;
    for (size_t i = fours.first + 1; i < fours.behind; ++i) {
      if (row[i].begin != row[i - 1].end + 1) return false;
      if (line_[row[i - 1].end] != line_[row[fours.first].end]) return false;
    }
    constexpr size_t kDigits = 16;
    return IsOfSchemeInText(std::string_view(line_).substr(row[fours.first].begin, 4), kDigits);
  }

  // Of sixteen digits in fours and more, what only a word says are numbers: of eight digits each,
  // the word before or behind them all.
  std::optional<std::string> JudgeSideBySide(const Candidate& candidate, const DigitRow& row,
                                             const Fours& fours, size_t first) const {
    if (std::optional<std::string> line = Judge(candidate, false)) return line;
    if (candidate.sizes.size() != 2 || (first - fours.first) % 2 != 0) return std::nullopt;
    const size_t begin = row[fours.first].begin, end = row[fours.behind - 1].end;
    if (IsCardPrint(row, fours) && !HasLineWord(begin, end)) return std::nullopt;
    return Judge(candidate, HasWord(begin, end) || HasWord(candidate.begin, candidate.end));
  }

  bool IsBehindPlus(size_t begin) const {
    size_t at = begin;
    if (at > 0 && (line_[at - 1] == '(' || line_[at - 1] == ' ')) --at;
    return at > 0 && line_[at - 1] == '+';
  }

  std::optional<std::string> Judge(const Candidate& candidate, bool has_word) const {
    const size_t begin = candidate.begin, end = candidate.end;
    const std::string& digits = candidate.digits;
    if (digits.size() < kDigitsMin || digits.size() > kDigitsMax) return std::nullopt;
    if (digits.find_first_not_of(digits[0]) == std::string::npos) return std::nullopt;
    if (!candidate.plus && (IsOfWord(begin, end) || IsAmountOrDay(text_, line_, begin, end) ||
                            HasDecimals(candidate))) {
      return std::nullopt;
    }
    return LineOfCandidate(candidate, has_word ? most_ : std::min(most_, Evidence::kForm));
  }

  size_t BehindWord(size_t begin) const {
    while (begin > 0 && (line_[begin - 1] == '(' || line_[begin - 1] == ' ')) --begin;
    return begin;
  }

  bool HasLineWord(size_t begin, size_t end) const {
    return LineWords().StandBefore(text_, BehindWord(begin), kBehindWord) ||
           WordsBehind().StandBehind(text_, end, kBeforeWord);
  }

  bool HasWord(size_t begin, size_t end) const {
    const size_t from = BehindWord(begin);
    if (OtherWords().StandBefore(text_, from, kBehindWord)) return false;
    return AnyNumberWords().StandBefore(text_, from, kBehindWord) || HasLineWord(begin, end);
  }

  // A part of an id or a product's name: a letter or another sign touches it.
  bool IsOfWord(size_t begin, size_t end) const {
    constexpr std::string_view kBefore = "_#$%";
    if (begin > 0) {
      const char before = line_[begin - 1];
      const bool tel =
          LineWords().StandBefore(text_, begin, 0) || AnyNumberWords().StandBefore(text_, begin, 0);
      if ((IsLetter(before) && !tel) || kBefore.find(before) != std::string_view::npos) return true;
    }
    if (end == line_.size()) return false;
    const char behind = line_[end];
    if (behind == '_' || behind == '%') return true;
    const bool extension =
        (behind == 'x' || behind == 'X') && end + 1 < line_.size() && IsDigit(line_[end + 1]);
    return IsLetter(behind) && !extension;
  }

  // 1234.50: two groups, divided by a dot.
  bool HasDecimals(const Candidate& candidate) const {
    return candidate.sizes.size() == 2 && candidate.sizes[1] <= 2 &&
           line_[candidate.begin + candidate.sizes[0]] == '.';
  }

  // Adds it with its plus sign, brackets and extension. Returns where it ends.
  size_t Add(const Candidate& candidate, const std::string& line) {
    size_t begin = candidate.begin, end = candidate.end;
    if (begin > 0 && line_[begin - 1] == '(') --begin;
    if (candidate.plus) begin = line_.rfind('+', begin);
    if (begin > 0 && line_[begin - 1] == '(' && candidate.plus) --begin;
    end = BehindExtension(end);
    marks_->Add({begin, end, v1::TextMark::KIND_PHONE, false, line});
    return end;
  }

  size_t BehindExtension(size_t end) const {
    size_t at = end;
    if (at < line_.size() && line_[at] == ')') ++at;
    if (at < line_.size() && line_[at] == ' ') ++at;
    const std::string_view rest = std::string_view(line_).substr(at);
    for (const std::string_view word : {"extension ", "ext. ", "ext.", "ext ", "ext", "x"}) {
      if (!absl::StartsWithIgnoreCase({rest.data(), rest.size()}, {word.data(), word.size()}))
        continue;
      size_t digits = 0;
      while (word.size() + digits < rest.size() && IsDigit(rest[word.size() + digits])) ++digits;
      if (digits >= 1 && digits <= kExtensionMax) return at + word.size() + digits;
    }
    return end;
  }

  Marks* const marks_;
  const FoldedText& text_;
  const std::string line_;
  const Evidence most_;
};

}  // namespace

void FindPhones(Marks* marks) {
  if (marks->text().digits() < kDigitsMin) return;
  const std::vector<bool> words = HanBesideDigits(marks->text());
  if (!words.empty()) {
    // A numeral of a word would make the number another, or one more digit of what only a word
    // says is one: that is hidden with it.
    PhoneSearch(marks, FreeNumberLine(*marks), Evidence::kPlan).Run();
    PhoneSearch(marks, FreeNumberLine(*marks, words), Evidence::kForm).Run();
    PhoneSearch(marks, FreeNumberLine(*marks), Evidence::kWord).Run();
    PhoneSearch(marks, FreeNumberLine(*marks, words), Evidence::kWord).Run();
    return;
  }
  PhoneSearch(marks, FreeNumberLine(*marks), Evidence::kWord).Run();
}

}  // namespace switchboard::redaction
