#include "hub/redaction/identity_numbers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "hub/redaction/check_digits.h"
#include "hub/redaction/cue_words.h"
#include "hub/redaction/number_line.h"

namespace switchboard::redaction {
namespace {

constexpr size_t kJoinsMax = 2;        // signs between two groups of one number
constexpr size_t kLettersMax = 34;     // of the longest number, an IBAN
constexpr size_t kGroupsMax = 9;       // of such
constexpr size_t kDigitsMin = 4;       // of the id with the fewest
constexpr size_t kShortestId = 8;      // letters and digits
constexpr size_t kBehindWord = 16;     // characters between a word and its number
constexpr size_t kTypedDigitsMin = 5;  // of what stands behind a word
constexpr size_t kTypedMin = 6, kTypedMax = 20;
constexpr size_t kAccountDigitsMin = 6, kAccountDigitsMax = 17;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

const CueWords& IdWords() {
  static const CueWords& words = *new const CueWords(
      "ssn social_security social_security_number itin tax_id national_id id_number id_no id_card "
      "passport パスポート 旅券 护照 護照 여권 driver's_license drivers_license driver_license "
      "driver's_licence driving_licence driving_license dl 運転免許 免許証 免許 驾驶证 驾照 駕照 "
      "駕駛執照 운전면허 マイナンバー 個人番号 my_number 在留カード 年金番号 保険証 被保険者番号 "
      "住民票コード 身份证 身份證 身分證 身分証 證件號碼 证件号 居民身份 身份证号 주민등록 "
      "주민번호 "
      "외국인등록 aadhaar aadhar pan_card nino national_insurance ni_number nhs hkid nric dni nie "
      "cpf "
      "social_insurance medicare");
  return words;
}

const CueWords& AccountWords() {
  static const CueWords& words = *new const CueWords(
      "口座番号 口座 普通預金 普通 当座 账号 帐号 帳號 帳号 银行账户 계좌번호 계좌 account_number "
      "account_no account_no. account_# acct acct_no bank_account iban routing routing_number");
  return words;
}

// Groupings in which a number needs no word beside it, as "4-4-4"; "*" for any.
struct Rule {
  bool (*is)(std::string_view text);
  std::string_view groupings;
};
constexpr Rule kRules[] = {
    {IsChineseResident, "*"},
    {IsOldChineseResident, ""},
    {IsMyNumber, "12 4-4-4"},
    {IsJapaneseResidenceCard, "12 2-8-2"},
    {IsTaiwaneseId, "10 1-9"},
    {IsHongKongId, ""},
    {IsKoreanResident, "6-7"},
    {PassesKoreanCheck, "13"},
    {IsSocialSecurity, "3-2-4"},
    {IsAadhaar, "4-4-4"},
    {IsIndianPan, "10"},
    {IsNino, "*"},
    {IsNhsNumber, ""},
    {IsSingaporeId, "9"},
    {IsSpanishId, "9 8-1 1-7-1"},
    {IsFrenchNir, "15 13-2 1-2-2-2-3-3-2"},
    {IsCodiceFiscale, "16"},
    {IsCpf, "3-3-3-2"},
    {IsThaiId, "1-4-5-2-1"},
    {IsMalaysianId, "6-2-4"},
};

bool HasGrouping(std::string_view groupings, std::string_view grouping) {
  while (!groupings.empty()) {
    const size_t end = std::min(groupings.find(' '), groupings.size());
    const std::string_view one = groupings.substr(0, end);
    if (one == "*" || one == grouping) return true;
    groupings.remove_prefix(std::min(end + 1, groupings.size()));
  }
  return false;
}

// Letters and digits in a row of a number line.
struct Run {
  size_t begin, end;
  bool has_digit;

  size_t size() const { return end - begin; }
};

class IdentitySearch {
 public:
  // `line`: of the marks' text.
  IdentitySearch(Marks* marks, std::string line)
      : marks_(marks), text_(marks->text()), line_(std::move(line)) {
    for (size_t begin = 0; begin < line_.size();) {
      size_t end = begin;
      bool has_digit = false;
      for (; end < line_.size() && IsAlnum(line_[end]); ++end) {
        has_digit = has_digit || IsDigit(line_[end]);
      }
      if (end > begin) runs_.push_back({begin, end, has_digit});
      begin = std::max(end, begin + 1);
    }
  }

  void Find() {
    FindBracketed();
    FindMaskedKorean();
    for (size_t i = 0; i < runs_.size();) {
      const bool taken = !marks_->IsFree(runs_[i].begin, runs_[i].end);
      i = taken ? i + 1 : FindAt(i).value_or(i + 1);
    }
  }

 private:
  struct Candidate {
    size_t begin = 0, end = 0;
    std::string text = {};      // letters and digits, in upper case
    std::string grouping = {};  // sizes of its groups
  };

  // Whether the run at `i` goes on in the one behind it.
  bool IsJoined(size_t i) const {
    if (i + 1 >= runs_.size()) return false;
    const size_t begin = runs_[i].end, end = runs_[i + 1].begin;
    if (end - begin > kJoinsMax) return false;
    return line_.find_first_not_of(" -.", begin) >= end;
  }

  // The run behind what begins at `i`, when there is something.
  std::optional<size_t> FindAt(size_t i) {
    const bool may_be = runs_[i].has_digit || (IsJoined(i) && runs_[i + 1].has_digit);
    if (!may_be) return std::nullopt;
    std::optional<size_t> behind;
    Candidate candidate{runs_[i].begin};
    for (size_t last = i; last < i + kGroupsMax && last < runs_.size(); ++last) {
      if (last > i && !IsJoined(last - 1)) break;
      Extend(runs_[last], &candidate);
      if (candidate.text.size() > kLettersMax) break;
      const std::optional<v1::TextMark::Kind> kind = KindOf(candidate);
      if (!kind.has_value()) continue;
      Add(candidate.begin, candidate.end, *kind);
      behind = last + 1;
    }
    return behind.has_value() ? behind : FindTyped(i);
  }

  void Extend(const Run& run, Candidate* candidate) const {
    candidate->end = run.end;
    for (size_t i = run.begin; i < run.end; ++i) {
      candidate->text += absl::ascii_toupper(static_cast<unsigned char>(line_[i]));
    }
    absl::StrAppend(&candidate->grouping, candidate->grouping.empty() ? "" : "-", run.size());
  }

  std::optional<v1::TextMark::Kind> KindOf(const Candidate& candidate) const {
    if (candidate.text.size() < kShortestId) return std::nullopt;
    if (IsIban(candidate.text)) return v1::TextMark::KIND_ACCOUNT;
    if (candidate.begin > 0 && line_[candidate.begin - 1] == '+') return std::nullopt;
    for (const Rule& rule : kRules) {
      if (!rule.is(candidate.text)) continue;
      const bool grouped = HasGrouping(rule.groupings, candidate.grouping) &&
                           !(IsDivided(candidate) && GoesOn(candidate));
      if (grouped || IsBehind(IdWords(), candidate.begin)) {
        return v1::TextMark::KIND_IDENTITY_NUMBER;
      }
    }
    return std::nullopt;
  }

  static bool IsDivided(const Candidate& candidate) {
    return candidate.grouping.find('-') != std::string::npos;
  }

  // Whether other digits are joined to it: then its groups are some of a longer number's.
  bool GoesOn(const Candidate& candidate) const {
    const size_t begin = candidate.begin, end = candidate.end;
    const auto joins = [&](size_t at) {
      return line_[at] == ' ' || line_[at] == '-' || line_[at] == '.';
    };
    return (begin >= 2 && joins(begin - 1) && IsDigit(line_[begin - 2])) ||
           (end + 1 < line_.size() && joins(end) && IsDigit(line_[end + 1]));
  }

  bool IsBehind(const CueWords& words, size_t begin) const {
    return words.StandBefore(text_, begin, kBehindWord);
  }

  // One or two capitals in front of a number's digits, as of a passport.
  bool IsPrefix(size_t i) const {
    const Run& run = runs_[i];
    const auto is_capital = [](char c) {
      return absl::ascii_isupper(static_cast<unsigned char>(c));
    };
    return run.size() <= 2 && runs_[i + 1].begin == run.end + 1 &&
           (line_[run.end] == ' ' || line_[run.end] == '-') &&
           std::all_of(line_.begin() + static_cast<std::ptrdiff_t>(run.begin),
                       line_.begin() + static_cast<std::ptrdiff_t>(run.end), is_capital);
  }

  // Whatever looks like a number behind a word for an id or an account: the next run behind it.
  std::optional<size_t> FindTyped(size_t i) {
    if (!runs_[i].has_digit) return std::nullopt;
    const bool account = IsBehind(AccountWords(), runs_[i].begin);
    if (!account && !IsBehind(IdWords(), runs_[i].begin)) return std::nullopt;
    const size_t first = i > 0 && IsPrefix(i - 1) ? i - 1 : i;
    size_t last = i, letters = runs_[i].size();
    while (IsJoined(last) && (runs_[last + 1].has_digit || runs_[last + 1].size() == 1) &&
           letters + runs_[last + 1].size() <= kTypedMax) {
      letters += runs_[++last].size();
    }
    const size_t begin = runs_[first].begin, end = runs_[last].end;
    const std::string digits = DigitsIn(line_, begin, end);
    if (IsAmountOrDay(text_, line_, begin, end)) return std::nullopt;
    if (account) {
      if (digits.size() < kAccountDigitsMin || digits.size() > kAccountDigitsMax) return {};
      Add(begin, end, v1::TextMark::KIND_ACCOUNT);
    } else {
      if (letters < kTypedMin || digits.size() < kTypedDigitsMin) return std::nullopt;
      Add(begin, end, v1::TextMark::KIND_IDENTITY_NUMBER);
    }
    return last + 1;
  }

  // A123456(7) of Hong Kong, whose check digit stands in brackets.
  void FindBracketed() {
    for (const Run& run : runs_) {
      const size_t end = run.end;
      if (run.size() < 7 || run.size() > 8 || end + 2 >= line_.size()) continue;
      if (line_[end] != '(' || line_[end + 2] != ')') continue;
      std::string id = absl::AsciiStrToUpper(line_.substr(run.begin, run.size()));
      id += absl::ascii_toupper(static_cast<unsigned char>(line_[end + 1]));
      if (IsHongKongId(id)) Add(run.begin, end + 3, v1::TextMark::KIND_IDENTITY_NUMBER);
    }
  }

  // 800101-1****** of Korea: the day of birth and the sex, and the rest masked.
  void FindMaskedKorean() {
    for (size_t i = 0; i + 1 < runs_.size(); ++i) {
      const Run& day = runs_[i];
      const size_t digit = day.end + 1;
      if (day.size() != 6 || line_[day.end] != '-' || runs_[i + 1].begin != digit) continue;
      size_t end = digit + 1;
      while (end < line_.size() && (line_[end] == '*' || line_[end] == 'x' || line_[end] == 'X')) {
        ++end;
      }
      if (end < digit + 4 || !IsShortDate(line_.substr(day.begin, 6))) continue;
      Add(day.begin, end, v1::TextMark::KIND_IDENTITY_NUMBER);
    }
  }

  void Add(size_t begin, size_t end, v1::TextMark::Kind kind) {
    std::string value;
    for (size_t i = begin; i < end; ++i) {
      if (IsAlnum(line_[i])) value += absl::ascii_toupper(static_cast<unsigned char>(line_[i]));
    }
    marks_->Add({begin, end, kind, false, std::move(value)});
  }

  Marks* const marks_;
  const FoldedText& text_;
  const std::string line_;
  std::vector<Run> runs_;
};

}  // namespace

void FindIdentityNumbers(Marks* marks) {
  if (marks->text().digits() < kDigitsMin) return;
  const std::vector<bool> words = HanBesideDigits(marks->text());
  IdentitySearch(marks, FreeNumberLine(*marks)).Find();
  if (!words.empty()) IdentitySearch(marks, FreeNumberLine(*marks, words)).Find();
}

}  // namespace switchboard::redaction
