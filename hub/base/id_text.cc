#include "hub/base/id_text.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "hub/base/card_number.h"
#include "hub/base/digit_groups.h"

namespace switchboard {
namespace {

using Groups = std::span<const std::string_view>;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

size_t DigitsIn(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), IsDigit));
}

bool HasTrunkZero(std::string_view digits) {
  return (digits.size() == 10 || digits.size() == 11) && digits[0] == '0' && digits[1] != '0';
}

bool IsChineseMobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

// Mobile numbers in E.164 without the plus sign, as the numbering plans have them.
bool IsInternationalMobile(std::string_view digits) {
  const auto begins = [&](std::string_view prefix, size_t size) {
    return digits.size() == size && digits.starts_with(prefix);
  };
  return begins("8170", 12) || begins("8180", 12) || begins("8190", 12) ||  // Japan
         (begins("861", 13) && digits[3] >= '3') ||                         // China
         begins("8210", 12) ||                                              // Korea
         begins("8869", 12) ||                                              // Taiwan
         begins("447", 12);                                                 // United Kingdom
}

bool IsPhoneRun(std::string_view run) {
  return (HasTrunkZero(run) && !IsMonthToSecond(run)) || IsChineseMobile(run) ||
         IsInternationalMobile(run);
}

bool IsHourAndMinute(std::string_view group) {
  return group.size() == 4 && group.substr(0, 2) < "24" && group[2] < '6';
}

// Two or three groups with a trunk zero in front, as people divide numbers.
bool IsGroupedNational(Groups groups) {
  if (!HasTrunkZero(Joined(groups))) return false;
  const size_t area = groups[0].size();
  if (area < 2 || area > 5) return false;
  if (groups.size() == 3) {
    return groups[1].size() <= 4 && groups[2].size() >= 3 && groups[2].size() <= 4;
  }
  return groups.size() == 2 && groups[1].size() >= 5 && groups[1].size() <= 8 &&
         !IsHourAndMinute(groups[0]);
}

bool AreSizes(Groups groups, std::initializer_list<size_t> sizes) {
  return std::equal(groups.begin(), groups.end(), sizes.begin(), sizes.end(),
                    [](std::string_view group, size_t size) { return group.size() == size; });
}

// Groups in a row that are no part of a date.
bool IsPhoneGroups(Groups groups) {
  if (groups.size() == 1) return IsPhoneRun(groups[0]);
  if (IsGroupedNational(groups)) return true;
  if (AreSizes(groups, {3, 4, 4}) && IsChineseMobile(Joined(groups))) return true;
  const bool has_country_code = groups[0].size() <= 3 && groups.size() <= 4;
  return has_country_code && IsInternationalMobile(Joined(groups));
}

// Sequences that are a number only as a whole: five pairs (France), and the North American form.
bool IsPhoneSequence(Groups groups) {
  if (AreSizes(groups, {2, 2, 2, 2, 2})) return HasTrunkZero(Joined(groups));
  return AreSizes(groups, {3, 3, 4}) && groups[0][0] >= '2' && groups[1][0] >= '2';
}

bool HoldsPhoneNumber(const DigitSequence& sequence) {
  const Groups groups(sequence);
  if (IsPhoneSequence(groups)) return true;
  constexpr size_t kGroupsMax = 4;
  for (size_t begin = 0; begin < groups.size();) {
    if (const size_t date = DateGroups(sequence, begin); date > 0) {
      begin += date;
      continue;
    }
    const size_t most = std::min(kGroupsMax, groups.size() - begin);
    for (size_t size = 1; size <= most; ++size) {
      if (IsPhoneGroups(groups.subspan(begin, size))) return true;
    }
    ++begin;
  }
  return false;
}

// A plus sign and 7 to 15 digits, whatever single separators divide them.
bool HoldsPlusNumber(std::string_view text) {
  for (size_t plus = text.find('+'); plus != std::string_view::npos;
       plus = text.find('+', plus + 1)) {
    const std::vector<DigitSequence> sequences = DigitSequences(text.substr(plus + 1));
    if (sequences.empty() || sequences[0][0].data() != text.data() + plus + 1) continue;
    const size_t digits = Joined(sequences[0]).size();
    if (digits >= 7 && digits <= 15) return true;
  }
  return false;
}

// Digits that could say something: of dates none, of a zero-padded counter its number.
size_t TellingDigits(const std::vector<DigitSequence>& sequences) {
  size_t digits = 0;
  for (const DigitSequence& sequence : sequences) {
    for (size_t i = 0; i < sequence.size();) {
      if (const size_t date = DateGroups(sequence, i); date > 0) {
        i += date;
        continue;
      }
      std::string_view group = sequence[i++];
      if (group.starts_with("00")) {
        group.remove_prefix(std::min(group.find_first_not_of('0'), group.size()));
      }
      digits += group.size();
    }
  }
  return digits;
}

// Whether some `size` digits in a row of `digits` stand in `own`, or in its national form.
bool SharesDigits(std::string_view digits, std::string_view own, size_t size) {
  for (size_t at = 0; at + size <= digits.size(); ++at) {
    const std::string_view piece = digits.substr(at, size);
    if (piece.find_first_not_of(piece[0]) == std::string_view::npos) continue;  // padding
    if (own.find(piece) != std::string_view::npos) return true;
    if (piece[0] != '0') continue;
    for (size_t code = 1; code <= 3 && code < own.size(); ++code) {
      if (own.substr(code).starts_with(piece.substr(1))) return true;
    }
  }
  return false;
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), IsDigit);
  return digits;
}

}  // namespace

bool IsIdText(std::string_view text, size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == ':' || c == '-';
         });
}

bool IsLabel(std::string_view text, size_t bytes_min, size_t bytes_max) {
  return text.size() >= bytes_min && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-'; });
}

bool HoldsPhoneNumber(std::string_view text) {
  constexpr size_t kNationalDigitsMin = 10;
  const size_t digits = DigitsIn(text);
  if (digits < kNationalDigitsMin) return HoldsPlusNumber(text);
  const std::string rest = WithoutRandomTokens(text);
  const std::vector<DigitSequence> sequences = DigitSequences(rest);
  return HoldsPlusNumber(rest) ||
         std::any_of(sequences.begin(), sequences.end(),
                     [](const DigitSequence& sequence) { return HoldsPhoneNumber(sequence); });
}

bool HoldsDigitsOf(std::string_view id, const v1::Person& person, size_t digits_min) {
  if (DigitsIn(id) < digits_min) return false;
  const std::string digits = DigitsOf(WithoutRandomTokens(id));
  return std::any_of(person.contact_points().begin(), person.contact_points().end(),
                     [&](const v1::ContactPoint& point) {
                       const std::string own =
                           DigitsOf(point.has_email() ? point.email() : point.phone());
                       return SharesDigits(digits, own, digits_min);
                     });
}

bool GivesAwayContactPoint(std::string_view id, const v1::Person& person) {
  constexpr size_t kTellingDigits = 7;
  constexpr size_t kOwnDigits = 6;
  if (DigitsIn(id) < kOwnDigits) return false;
  const std::string rest = WithoutRandomTokens(id);
  return TellingDigits(DigitSequences(rest)) >= kTellingDigits || HoldsCardNumber(id) ||
         HoldsPhoneNumber(id) || HoldsDigitsOf(id, person, kOwnDigits);
}

}  // namespace switchboard
