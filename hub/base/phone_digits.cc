#include "hub/base/phone_digits.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <span>

namespace switchboard {
namespace {

using Groups = std::span<const std::string_view>;

// What mobile numbers are in E.164 without the plus sign, as the numbering plans have them.
struct MobilePlan {
  std::string_view country_code;
  std::string_view first, second;  // digits that may stand behind it; empty: any
  size_t digits_min, digits_max;   // in all
};
constexpr MobilePlan kMobilePlans[] = {
    {"31", "6", "", 11, 11},         // Netherlands
    {"33", "67", "", 11, 11},        // France
    {"34", "67", "", 11, 11},        // Spain
    {"39", "3", "", 12, 12},         // Italy
    {"41", "7", "56789", 11, 11},    // Switzerland
    {"44", "7", "", 12, 12},         // United Kingdom
    {"46", "7", "", 11, 11},         // Sweden
    {"49", "1", "567", 12, 13},      // Germany
    {"60", "1", "", 11, 11},         // Malaysia
    {"60", "1", "1", 12, 12},        // Malaysia
    {"61", "4", "", 11, 11},         // Australia
    {"62", "8", "", 11, 13},         // Indonesia
    {"63", "9", "", 12, 12},         // Philippines
    {"65", "89", "", 10, 10},        // Singapore
    {"66", "689", "", 11, 11},       // Thailand
    {"7", "9", "", 11, 11},          // Russia
    {"81", "6789", "0", 12, 12},     // Japan
    {"82", "1", "0", 12, 12},        // Korea
    {"84", "35789", "", 11, 11},     // Vietnam
    {"852", "456789", "", 11, 11},   // Hong Kong
    {"86", "1", "3456789", 13, 13},  // China
    {"886", "9", "", 12, 12},        // Taiwan
    {"90", "5", "", 12, 12},         // Turkey
    {"91", "6789", "", 12, 12},      // India
};

bool IsMobileOf(const MobilePlan& plan, std::string_view digits) {
  if (digits.size() < plan.digits_min || digits.size() > plan.digits_max ||
      !digits.starts_with(plan.country_code)) {
    return false;
  }
  const std::string_view national = digits.substr(plan.country_code.size());
  return plan.first.find(national[0]) != std::string_view::npos &&
         (plan.second.empty() || plan.second.find(national[1]) != std::string_view::npos);
}

// North America, where an area and an exchange begin with 2 to 9, and Brazil, whose mobile numbers
// have a 9 behind the area; both with their country code.
bool IsAmerican(std::string_view digits) {
  return (digits.size() == 11 && digits[0] == '1' && digits[1] >= '2' && digits[4] >= '2') ||
         (digits.size() == 13 && digits.starts_with("55") && digits[2] >= '1' && digits[4] == '9');
}

bool IsInternational(std::string_view digits) {
  return IsAmerican(digits) ||
         std::any_of(std::begin(kMobilePlans), std::end(kMobilePlans),
                     [&](const MobilePlan& plan) { return IsMobileOf(plan, digits); });
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

// A day in one group or in three: 20261127, 2026-11-27.
bool HoldsDay(Groups groups) {
  for (size_t i = 0; i < groups.size(); ++i) {
    const DigitSequence rest(groups.begin() + static_cast<std::ptrdiff_t>(i), groups.end());
    const bool spelt = rest[0].size() == 8 || (rest.size() >= 3 && rest[1].size() == 2);
    if (spelt && DateGroups(rest, 0) > 0) return true;
  }
  return false;
}

// A country code, and a number behind it as people divide them. Of the numbers of counters and days
// that an id is made of many have as many digits: 1-20261127-01.
bool IsGroupedInternational(Groups groups) {
  if (groups.size() < 2 || groups[0].size() > 3 || !IsInternational(Joined(groups))) return false;
  const Groups rest = groups.subspan(1);
  const bool has_code =
      std::any_of(std::begin(kMobilePlans), std::end(kMobilePlans),
                  [&](const MobilePlan& plan) { return groups[0] == plan.country_code; }) ||
      groups[0] == "55";
  if (groups[0].size() == 1)
    return AreSizes(rest, {3, 3, 4}) || AreSizes(rest, {3, 3, 2, 2}) || AreSizes(rest, {3, 7});
  if (has_code) return !HoldsDay(rest);
  return groups.size() >= 3 && std::all_of(groups.begin(), groups.end(), [](auto group) {
           return group.size() >= 3 && group.size() <= 5;
         });
}

// Groups in a row that are no part of a date.
bool IsPhoneGroups(Groups groups) {
  if (groups.size() == 1) return IsPhoneRun(groups[0]);
  if (IsGroupedNational(groups)) return true;
  if (AreSizes(groups, {3, 4, 4}) && IsChineseMobile(Joined(groups))) return true;
  return IsGroupedInternational(groups);
}

// Sequences that are a number only as a whole: five pairs (France), and the North American form.
bool IsPhoneSequence(Groups groups) {
  if (AreSizes(groups, {2, 2, 2, 2, 2})) return HasTrunkZero(Joined(groups));
  return AreSizes(groups, {3, 3, 4}) && groups[0][0] >= '2' && groups[1][0] >= '2';
}

}  // namespace

bool HasTrunkZero(std::string_view digits) {
  return (digits.size() == 10 || digits.size() == 11) && digits[0] == '0' && digits[1] != '0';
}

bool IsChineseMobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

bool IsPhoneRun(std::string_view run) {
  return (HasTrunkZero(run) && !IsMonthToSecond(run)) || IsChineseMobile(run) ||
         IsInternational(run);
}

bool HoldsPhoneNumber(const DigitSequence& sequence) {
  const Groups groups(sequence);
  if (IsPhoneSequence(groups)) return true;
  constexpr size_t kGroupsMax = 6;  // 33-6-12-34-56-78
  constexpr size_t kDigitsMin = 10;
  constexpr size_t kDigitsMax = 13;
  for (size_t begin = 0; begin < groups.size();) {
    if (const size_t date = DateGroups(sequence, begin); date > 0) {
      begin += date;
      continue;
    }
    const size_t most = std::min(kGroupsMax, groups.size() - begin);
    size_t digits = 0;
    for (size_t size = 1; size <= most && digits < kDigitsMax; ++size) {
      digits += groups[begin + size - 1].size();
      if (digits >= kDigitsMin && digits <= kDigitsMax &&
          IsPhoneGroups(groups.subspan(begin, size))) {
        return true;
      }
    }
    ++begin;
  }
  return false;
}

}  // namespace switchboard
