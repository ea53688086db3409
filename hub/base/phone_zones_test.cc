#include "hub/base/phone_zones.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include <set>

namespace switchboard {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using testing::AllOf;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

std::string Joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

TEST(PhoneZonesTest, ThePrefixTellsZonesAndCountry) {
  const struct {
    const char* phone;
    const char* zones;
    const char* country;
  } kCases[] = {
      {"+819012345678", "Asia/Tokyo", "JP"},
      {"+81312345678", "Asia/Tokyo", "JP"},
      {"+821012345678", "Asia/Seoul", "KR"},
      {"+886912345678", "Asia/Taipei", "TW"},
      {"+919876543210", "Asia/Calcutta", "IN"},
      {"+442079460958", "Europe/London", "GB"},
      {"+441481256789", "Europe/Guernsey", "GG"},
      {"+85251234567", "Asia/Hong_Kong", "HK"},
      {"+79161234567", "Europe/Moscow", "RU"},
      {"+77271234567", "Asia/Almaty", "KZ"},
      {"+390669812345", "Europe/Vatican", "VA"},
      {"+38343123456", "Europe/Belgrade", "XK"},
      {"+24740123", "Atlantic/St_Helena", "SH"},
      // North America: the area code, and where one lies in several zones, the exchange behind it.
      {"+16175550123", "America/New_York", "US"},
      {"+18085550123", "Pacific/Honolulu", "US"},
      {"+14165550123", "America/Toronto", "CA"},
      {"+12425550123", "America/Nassau", "BS"},
      {"+17875550123", "America/Puerto_Rico", "PR"},
      {"+12082265550", "America/Denver", "US"},
      {"+12082155550", "America/Los_Angeles", "US"},
      // Newer than the library.
      {"+12575550123", "America/Vancouver", "CA"},
      {"+13295550123", "America/New_York", "US"},
      // Official time, and that by which Xinjiang lives: mobiles, and lines of Urumqi.
      {"+8613912345678", "Asia/Shanghai Asia/Urumqi", "CN"},
      {"+869912345678", "Asia/Shanghai Asia/Urumqi", "CN"},
      {"+861012345678", "Asia/Shanghai", "CN"},
      {"+862112345678", "Asia/Shanghai", "CN"},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(Joined(ZonesOfNumber(one.phone)), one.zones) << one.phone;
    EXPECT_EQ(CountryOfNumber(one.phone), one.country) << one.phone;
  }
}

TEST(PhoneZonesTest, APrefixOfManyZonesHasThemAll) {
  // A line in Russia whose code the table does not have.
  EXPECT_GT(ZonesOfNumber("+70001234567").size(), 10u);
  EXPECT_EQ(CountryOfNumber("+70001234567"), "RU");
  // Toll-free, and an area code that is not in use.
  for (const char* phone : {"+18005550123", "+19995550123"}) {
    EXPECT_THAT(ZonesOfNumber(phone), AllOf(Contains("America/New_York"), Contains("Pacific/Guam"),
                                            Contains("America/Toronto")))
        << phone;
    EXPECT_EQ(CountryOfNumber(phone), "") << phone;
  }
}

TEST(PhoneZonesTest, NothingIsKnownOfAnythingElse) {
  for (const char* phone :
       {"+99912345678", "+2101234567", "+80012345678", "+81", "+1", "+", "", "819012345678",
        "09012345678", "+0901234567", "+81-90-1234-5678", "+81 9012345678",
        "+８１９０１２３４５６７８", "+1234567890123456", "no number"}) {
    EXPECT_THAT(ZonesOfNumber(phone), IsEmpty()) << phone;
    EXPECT_EQ(CountryOfNumber(phone), "") << phone;
  }
}

// Where the library takes the time to look at all digits, it comes to the same country.
TEST(PhoneZonesTest, CountriesAreThoseOfTheLibrary) {
  const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
  std::set<std::string> regions;
  library.GetSupportedRegions(&regions);
  ASSERT_GT(regions.size(), 200u);
  for (const std::string& region : regions) {
    for (const auto type : {PhoneNumberUtil::FIXED_LINE, PhoneNumberUtil::MOBILE}) {
      PhoneNumber number;
      if (!library.GetExampleNumberForType(region, type, &number)) continue;
      std::string phone;
      library.Format(number, PhoneNumberUtil::E164, &phone);
      std::string country;
      library.GetRegionCodeForNumber(number, &country);
      // Fits the library's patterns of both; it is the Isle of Man's.
      if (phone.starts_with("+447924")) country = "IM";
      // No code of ISO 3166-1.
      if (country == "AC" || country == "TA") country = "SH";
      EXPECT_EQ(CountryOfNumber(phone), country) << phone << " of " << region;
      EXPECT_THAT(ZonesOfNumber(phone), Not(IsEmpty())) << phone << " of " << region;
    }
  }
}

}  // namespace
}  // namespace switchboard
