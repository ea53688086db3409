#include "hub/redaction/check_digits.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"

namespace switchboard::redaction {
namespace {

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }
int ValueOf(char digit) { return digit - '0'; }

bool AreDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

// Whether a text has a shape: 9 for a digit, A for a letter.
bool HasShape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char c, char of) { return of == '9' ? IsDigit(c) : IsUpper(c); });
}

int NumberOf(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + ValueOf(c);
  return number;
}

// The remainder of a long number.
int Remainder(std::string_view digits, int divisor) {
  int64_t rest = 0;
  for (const char c : digits) rest = (rest * 10 + ValueOf(c)) % divisor;
  return static_cast<int>(rest);
}

int WeightedSum(std::string_view digits, std::initializer_list<int> weights) {
  int sum = 0;
  size_t i = 0;
  for (const int weight : weights) sum += weight * ValueOf(digits[i++]);
  return sum;
}

bool IsDay(int year, int month, int day) {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
         absl::CivilDay(year, month, day).month() == month;
}

bool IsAlike(std::string_view text) {
  return text.find_first_not_of(text[0]) == std::string_view::npos;
}

// The first two digits of a division's code (GB/T 2260), and 91 of foreigners who live there.
bool IsChineseProvince(std::string_view digits) {
  constexpr std::string_view kLast[] = {"",      "12345", "123", "1234567", "123456",
                                        "01234", "12345", "1",   "123",     "1"};
  return kLast[static_cast<size_t>(ValueOf(digits[0]))].find(digits[1]) != std::string_view::npos;
}

// What a letter counts in ids of Taiwan.
int TaiwaneseValue(char letter) {
  // In the order of their numbers from 10 on.
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
  return 10 + static_cast<int>(kLetters.find(letter));
}

}  // namespace

bool IsDate(std::string_view yyyymmdd) {
  if (yyyymmdd.size() != 8 || !AreDigits(yyyymmdd)) return false;
  const int year = NumberOf(yyyymmdd.substr(0, 4));
  return year >= 1900 && year < 2100 &&
         IsDay(year, NumberOf(yyyymmdd.substr(4, 2)), NumberOf(yyyymmdd.substr(6, 2)));
}

bool IsShortDate(std::string_view yymmdd) {
  if (yymmdd.size() != 6 || !AreDigits(yymmdd)) return false;
  const int year = NumberOf(yymmdd.substr(0, 2));
  const int month = NumberOf(yymmdd.substr(2, 2)), day = NumberOf(yymmdd.substr(4, 2));
  return IsDay(1900 + year, month, day) || IsDay(2000 + year, month, day);
}

bool IsMyNumber(std::string_view text) {
  if (text.size() != 12 || !AreDigits(text) || IsAlike(text)) return false;
  const int rest = WeightedSum(text, {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return ValueOf(text[11]) == (rest <= 1 ? 0 : 11 - rest);
}

bool IsJapaneseResidenceCard(std::string_view text) { return HasShape(text, "AA99999999AA"); }

bool IsChineseResident(std::string_view text) {
  if (text.size() != 18 || !AreDigits(text.substr(0, 17))) return false;
  // Of foreigners with a permanent permit: 9, the province and the nationality.
  const bool permit = text[0] == '9' && text[1] < '9' && IsChineseProvince(text.substr(1, 2));
  if (!permit && !IsChineseProvince(text.substr(0, 2))) return false;
  if (!IsDate(text.substr(6, 8))) return false;
  constexpr std::string_view kChecks = "10X98765432";
  const int sum = WeightedSum(text, {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return kChecks[static_cast<size_t>(sum % 11)] == text[17];
}

bool IsOldChineseResident(std::string_view text) {
  return text.size() == 15 && AreDigits(text) && IsChineseProvince(text.substr(0, 2)) &&
         IsShortDate(text.substr(6, 6));
}

bool IsTaiwaneseId(std::string_view text) {
  const bool resident = HasShape(text, "AA99999999") && text[1] >= 'A' && text[1] <= 'D';
  const bool national = HasShape(text, "A999999999") &&
                        (text[1] == '1' || text[1] == '2' || text[1] == '8' || text[1] == '9');
  if (!resident && !national) return false;
  const int first = TaiwaneseValue(text[0]);
  const int second = resident ? TaiwaneseValue(text[1]) % 10 : ValueOf(text[1]);
  int sum = first / 10 + first % 10 * 9 + second * 8 + ValueOf(text[9]);
  for (size_t i = 2; i < 9; ++i) sum += ValueOf(text[i]) * static_cast<int>(9 - i);
  return sum % 10 == 0;
}

bool IsHongKongId(std::string_view text) {
  const std::string_view shape = text.size() == 9 ? "AA999999" : "A999999";
  if (text.size() < 8 || !HasShape(text.substr(0, text.size() - 1), shape)) return false;
  const char check = text.back();
  if (!IsDigit(check) && check != 'A') return false;
  constexpr int kBlank = 36;
  int sum = text.size() == 8 ? kBlank * 9 : 0;
  int weight = text.size() == 8 ? 8 : 9;
  for (const char c : text.substr(0, text.size() - 1)) {
    sum += weight-- * (IsDigit(c) ? ValueOf(c) : c - 'A' + 10);
  }
  sum += check == 'A' ? 10 : ValueOf(check);
  return sum % 11 == 0;
}

bool IsKoreanResident(std::string_view text) {
  return text.size() == 13 && AreDigits(text) && text[6] >= '1' && text[6] <= '8' &&
         IsShortDate(text.substr(0, 6));
}

bool PassesKoreanCheck(std::string_view text) {
  if (!IsKoreanResident(text)) return false;
  const int rest = WeightedSum(text, {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5}) % 11;
  const int base = text[6] >= '5' ? 13 : 11;  // foreigners
  return ValueOf(text[12]) == (base - rest) % 10;
}

bool IsSocialSecurity(std::string_view text) {
  if (text.size() != 9 || !AreDigits(text)) return false;
  const int area = NumberOf(text.substr(0, 3)), group = NumberOf(text.substr(3, 2));
  if (text.substr(5) == "0000" || group == 0) return false;
  if (area >= 900) {  // ITIN
    return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
           (group >= 90 && group <= 92) || group >= 94;
  }
  return area != 0 && area != 666;
}

bool IsAadhaar(std::string_view text) {
  if (text.size() != 12 || !AreDigits(text) || text[0] < '2' || IsAlike(text)) return false;
  // The dihedral group of order 10 and its permutation (Verhoeff).
  constexpr int kProduct[10][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                    {2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                    {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                    {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                    {8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
  constexpr int kPermutation[8][10] = {
      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
      {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
      {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
      {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
  int check = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    check = kProduct[check][kPermutation[i % 8][ValueOf(text[text.size() - 1 - i])]];
  }
  return check == 0;
}

bool IsIndianPan(std::string_view text) { return HasShape(text, "AAAAA9999A") && text[3] == 'P'; }

bool IsNino(std::string_view text) {
  if (!HasShape(text, "AA999999A") || text[8] > 'D') return false;
  constexpr std::string_view kNeverFirst = "DFIQUV", kNeverSecond = "DFIOQUV";
  constexpr std::string_view kNever[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
  return kNeverFirst.find(text[0]) == std::string_view::npos &&
         kNeverSecond.find(text[1]) == std::string_view::npos &&
         std::find(std::begin(kNever), std::end(kNever), text.substr(0, 2)) == std::end(kNever);
}

bool IsNhsNumber(std::string_view text) {
  if (text.size() != 10 || !AreDigits(text) || IsAlike(text)) return false;
  const int check = 11 - WeightedSum(text, {10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return check % 11 == ValueOf(text[9]) && check != 10;
}

bool IsSingaporeId(std::string_view text) {
  if (!HasShape(text, "A9999999A")) return false;
  int sum = WeightedSum(text.substr(1), {2, 7, 6, 5, 4, 3, 2});
  std::string_view checks;
  switch (text[0]) {
    case 'S':
      checks = "JZIHGFEDCBA";
      break;
    case 'T':
      sum += 4;
      checks = "JZIHGFEDCBA";
      break;
    case 'F':
      checks = "XWUTRQPNMLK";
      break;
    case 'G':
      sum += 4;
      checks = "XWUTRQPNMLK";
      break;
    case 'M':
      sum += 3;
      checks = "XWUTRQPNJLK";
      break;
    default:
      return false;
  }
  return checks[static_cast<size_t>(sum % 11)] == text[8];
}

bool IsSpanishId(std::string_view text) {
  constexpr std::string_view kLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
  if (HasShape(text, "99999999A")) {
    return kLetters[static_cast<size_t>(NumberOf(text.substr(0, 8)) % 23)] == text[8];
  }
  if (!HasShape(text, "A9999999A") || text[0] < 'X') return false;
  const int number = (text[0] - 'X') * 10'000'000 + NumberOf(text.substr(1, 7));
  return kLetters[static_cast<size_t>(number % 23)] == text[8];
}

bool IsFrenchNir(std::string_view text) {
  if (text.size() != 15 || !AreDigits(text)) return false;
  const int month = NumberOf(text.substr(3, 2));
  return (text[0] == '1' || text[0] == '2') && month >= 1 && month <= 12 &&
         97 - Remainder(text.substr(0, 13), 97) == NumberOf(text.substr(13));
}

bool IsCodiceFiscale(std::string_view text) {
  constexpr std::string_view kMonths = "ABCDEHLMPRST";
  return HasShape(text, "AAAAAA99A99A999A") && kMonths.find(text[8]) != std::string_view::npos;
}

bool IsCpf(std::string_view text) {
  if (text.size() != 11 || !AreDigits(text) || IsAlike(text)) return false;
  const auto check = [&](size_t digits) {
    int sum = 0;
    for (size_t i = 0; i < digits; ++i) sum += ValueOf(text[i]) * static_cast<int>(digits + 1 - i);
    return sum * 10 % 11 % 10;
  };
  return check(9) == ValueOf(text[9]) && check(10) == ValueOf(text[10]);
}

bool IsThaiId(std::string_view text) {
  if (text.size() != 13 || !AreDigits(text) || text[0] == '0' || IsAlike(text)) return false;
  const int sum = WeightedSum(text, {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
  return (11 - sum % 11) % 10 == ValueOf(text[12]);
}

bool IsMalaysianId(std::string_view text) {
  return text.size() == 12 && AreDigits(text) && IsShortDate(text.substr(0, 6)) &&
         text.substr(6, 2) != "00";
}

bool IsIban(std::string_view text) {
  // Countries and lengths, of the registry of ISO 13616.
  constexpr std::string_view kLengths =
      "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29"
      "ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20"
      "LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29"
      "PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20"
      "YE30";
  if (text.size() < 15 || !IsUpper(text[0]) || !IsUpper(text[1])) return false;
  bool known = false;
  for (size_t at = 0; at < kLengths.size() && !known; at += 4) {
    known = kLengths.substr(at, 2) == text.substr(0, 2) &&
            static_cast<size_t>(NumberOf(kLengths.substr(at + 2, 2))) == text.size();
  }
  if (!known || !AreDigits(text.substr(2, 2))) return false;
  int rest = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[(i + 4) % text.size()];
    rest = IsDigit(c) ? (rest * 10 + ValueOf(c)) % 97 : (rest * 100 + c - 'A' + 10) % 97;
  }
  return rest == 1;
}

}  // namespace switchboard::redaction
