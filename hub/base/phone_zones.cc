#include "hub/base/phone_zones.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace switchboard {
namespace {

using i18n::phonenumbers::PhoneNumberUtil;

struct Row {
  std::string_view prefix;  // digits, without the plus sign
  std::string_view value;
};

// By prefix: zones with blanks between them.
constexpr Row kZones[] = {
#include "phone_zone_rows.inc"
};

// By prefix: countries that share a calling code with another, as libphonenumber's metadata and,
// for the newest area codes, the zones above have them. The library itself tries the pattern of
// each country in turn, which takes tens of microseconds.
constexpr Row kSharing[] = {
    {"1204", "CA"},     {"1226", "CA"},     {"1236", "CA"},     {"1242", "BS"},
    {"1246", "BB"},     {"1249", "CA"},     {"1250", "CA"},     {"1257", "CA"},
    {"1263", "CA"},     {"1264", "AI"},     {"1268", "AG"},     {"1284", "VG"},
    {"1289", "CA"},     {"1306", "CA"},     {"1340", "VI"},     {"1343", "CA"},
    {"1345", "KY"},     {"1354", "CA"},     {"1365", "CA"},     {"1367", "CA"},
    {"1368", "CA"},     {"1382", "CA"},     {"1403", "CA"},     {"1416", "CA"},
    {"1418", "CA"},     {"1428", "CA"},     {"1431", "CA"},     {"1437", "CA"},
    {"1438", "CA"},     {"1441", "BM"},     {"1450", "CA"},     {"1468", "CA"},
    {"1473", "GD"},     {"1474", "CA"},     {"1506", "CA"},     {"1514", "CA"},
    {"1519", "CA"},     {"1548", "CA"},     {"1579", "CA"},     {"1581", "CA"},
    {"1584", "CA"},     {"1587", "CA"},     {"1600", "CA"},     {"1604", "CA"},
    {"1613", "CA"},     {"1622", "CA"},     {"1639", "CA"},     {"1647", "CA"},
    {"1649", "TC"},     {"1658", "JM"},     {"1664", "MS"},     {"1670", "MP"},
    {"1671", "GU"},     {"1672", "CA"},     {"1683", "CA"},     {"1684", "AS"},
    {"1705", "CA"},     {"1709", "CA"},     {"1721", "SX"},     {"1742", "CA"},
    {"1753", "CA"},     {"1758", "LC"},     {"1767", "DM"},     {"1778", "CA"},
    {"1780", "CA"},     {"1782", "CA"},     {"1784", "VC"},     {"1787", "PR"},
    {"1807", "CA"},     {"1809", "DO"},     {"1819", "CA"},     {"1825", "CA"},
    {"1829", "DO"},     {"1849", "DO"},     {"1867", "CA"},     {"1868", "TT"},
    {"1869", "KN"},     {"1873", "CA"},     {"1876", "JM"},     {"1879", "CA"},
    {"1902", "CA"},     {"1905", "CA"},     {"1939", "PR"},     {"1942", "CA"},
    {"2125288", "EH"},  {"2125289", "EH"},  {"247", "SH"},      {"262269", "YT"},
    {"262639", "YT"},   {"35818", "AX"},    {"3906698", "VA"},  {"441481", "GG"},
    {"441534", "JE"},   {"441624", "IM"},   {"4474576", "IM"},  {"447509", "JE"},
    {"447524", "IM"},   {"447624", "IM"},   {"4477003", "JE"},  {"4477007", "JE"},
    {"4477008", "JE"},  {"447781", "GG"},   {"447797", "JE"},   {"447829", "JE"},
    {"447839", "GG"},   {"4479111", "GG"},  {"4479117", "GG"},  {"447924", "IM"},
    {"447937", "JE"},   {"4779", "SJ"},     {"59059000", "MF"}, {"59059007", "MF"},
    {"59059009", "MF"}, {"59059013", "MF"}, {"59059027", "BL"}, {"59059029", "BL"},
    {"59059030", "MF"}, {"59059043", "MF"}, {"59059050", "MF"}, {"59059051", "BL"},
    {"59059052", "BL"}, {"59059056", "MF"}, {"59059058", "MF"}, {"59059077", "MF"},
    {"59059079", "MF"}, {"59059087", "BL"}, {"5993", "BQ"},     {"5994", "BQ"},
    {"5997", "BQ"},     {"6189162", "CC"},  {"6189164", "CX"},  {"733622", "KZ"},
    {"77", "KZ"}};

constexpr std::string_view kNorthAmerica = "1";

// The row of the longest prefix; null if there is none.
const Row* LongestPrefix(std::span<const Row> rows, std::string_view digits) {
  while (!digits.empty()) {
    const auto after = std::upper_bound(
        rows.begin(), rows.end(), digits,
        [](std::string_view wanted, const Row& row) { return wanted < row.prefix; });
    if (after == rows.begin()) return nullptr;
    const Row& row = *std::prev(after);
    if (digits.starts_with(row.prefix)) return &row;
    // A prefix of these digits stands further up, and this row begins with it as well.
    const auto shared =
        std::mismatch(digits.begin(), digits.end(), row.prefix.begin(), row.prefix.end());
    digits = digits.substr(0, static_cast<size_t>(shared.first - digits.begin()));
  }
  return nullptr;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t from = 0; from < text.size();) {
    const size_t to = std::min(text.find(' ', from), text.size());
    words.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

// The digits of a number in the form of E.164; empty for anything else.
std::string_view DigitsOf(std::string_view e164) {
  constexpr size_t kDigitsMin = 4;
  constexpr size_t kDigitsMax = 15;
  if (!e164.starts_with('+') || e164.starts_with("+0")) return {};
  const std::string_view digits = e164.substr(1);
  if (digits.size() < kDigitsMin || digits.size() > kDigitsMax) return {};
  const bool all =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return all ? digits : std::string_view();
}

// Mobiles of China, and fixed lines whose area code begins with 9. The table has the official time
// alone; in Xinjiang, where these may be, people live by another.
bool MayBeInXinjiang(std::string_view digits) {
  if (digits.starts_with("8690") || digits.starts_with("8699")) return true;
  return digits.starts_with("861") && digits[3] >= '3';
}

// Whose the calling code is, or first of all is.
std::string CountryOfCallingCode(std::string_view digits) {
  constexpr char kUnknown[] = "ZZ";
  constexpr char kNoCountry[] = "001";
  int code = 0;
  for (const char digit : digits.substr(0, 3)) {
    code = code * 10 + (digit - '0');
    std::string country;
    PhoneNumberUtil::GetInstance()->GetRegionCodeForCountryCode(code, &country);
    if (country == kNoCountry) return "";
    if (country != kUnknown) return country;
  }
  return "";
}

}  // namespace

std::vector<std::string_view> ZonesOfNumber(std::string_view e164) {
  const std::string_view digits = DigitsOf(e164);
  if (digits.empty()) return {};
  if (MayBeInXinjiang(digits)) return {"Asia/Shanghai", "Asia/Urumqi"};
  const Row* row = LongestPrefix(kZones, digits);
  return row == nullptr ? std::vector<std::string_view>() : Words(row->value);
}

std::string CountryOfNumber(std::string_view e164) {
  const std::string_view digits = DigitsOf(e164);
  if (digits.empty()) return "";
  if (const Row* row = LongestPrefix(kSharing, digits)) return std::string(row->value);
  if (!digits.starts_with(kNorthAmerica)) return CountryOfCallingCode(digits);
  // What is left has an area code of the United States, or one that is of no country.
  const Row* row = LongestPrefix(kZones, digits);
  return row != nullptr && row->prefix != kNorthAmerica ? "US" : "";
}

}  // namespace switchboard
