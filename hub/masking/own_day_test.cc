#include "hub/masking/own_day.h"

#include <unicode/strenum.h>
#include <unicode/timezone.h>
#include <unicode/uloc.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "hub/base/locale_codes.h"
#include "hub/masking/partial_masks.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

v1::Person PersonOf(const char* country, const char* language) {
  v1::Person person;
  if (*country != 0) person.mutable_address()->set_country(country);
  person.set_language(language);
  return person;
}

void Born(int year, int month, int day, v1::Person* person) {
  person->mutable_birth_date()->set_year(year);
  person->mutable_birth_date()->set_month(month);
  person->mutable_birth_date()->set_day(day);
}

absl::Time Utc(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

TEST(OwnDay, ZonesComeFromTheAddressThenTheLanguage) {
  const struct {
    const char *country, *language, *zone;
  } kRows[] = {
      {"JP", "ja", "Asia/Tokyo"},
      {"JP", "en-US", "Asia/Tokyo"},
      {"US", "ja", "America/New_York"},
      {"AU", "en", "Australia/Sydney"},
      {"CN", "zh", "Asia/Shanghai"},
      {"XK", "sq", "Europe/Belgrade"},
      {"", "ja", "Asia/Tokyo"},
      {"", "zh", "Asia/Shanghai"},
      {"", "zh-Hant", "Asia/Taipei"},
      {"", "ko", "Asia/Seoul"},
      {"", "vi", "Asia/Saigon"},
      {"", "hu", "Europe/Budapest"},
      {"", "en", "America/New_York"},
      {"", "en-GB", "Europe/London"},
      {"", "es-419", "America/Mexico_City"},
      {"", "en-001", "America/New_York"},
      {"", "und", "Etc/UTC"},
      {"", "pt", "America/Sao_Paulo"},
      {"", "xx", "Etc/UTC"},
      {"", "", "Etc/UTC"},
      {"ZZ", "ja", "Asia/Tokyo"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(HomeZone(PersonOf(row.country, row.language)), row.zone)
        << row.country << " " << row.language;
  }
}

// Countries of several times are decided in own_day.cc, all others have one zone.
TEST(OwnDay, EveryCountryOfSeveralTimesHasItsZoneDecided) {
  const std::set<std::string> decided = {"AQ", "AU", "BR", "CA", "CD", "CL", "CN", "EC",
                                         "ES", "FM", "GL", "ID", "KI", "KZ", "MN", "MX",
                                         "NZ", "PF", "PG", "PT", "RU", "UA", "UM", "US"};
  for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
    if (!IsCountryCode(*code)) continue;
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<icu::StringEnumeration> zones(icu::TimeZone::createTimeZoneIDEnumeration(
        UCAL_ZONE_TYPE_CANONICAL_LOCATION, *code, nullptr, error));
    std::set<int32_t> offsets;
    while (const icu::UnicodeString* name = zones->snext(error)) {
      const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(*name));
      offsets.insert(zone->getRawOffset());
    }
    EXPECT_TRUE(offsets.size() <= 1 || decided.contains(*code)) << *code;
    EXPECT_NE(HomeZone(PersonOf(*code, "")), "Etc/UTC") << *code;
  }
}

TEST(OwnDay, IsTheDayThere) {
  const absl::Time evening = Utc("2026-11-27T23:30:00Z");
  EXPECT_EQ(OwnDay(PersonOf("JP", "ja"), evening), absl::CivilDay(2026, 11, 28));
  EXPECT_EQ(OwnDay(PersonOf("", "ja"), evening), absl::CivilDay(2026, 11, 28));
  EXPECT_EQ(OwnDay(PersonOf("GB", "en"), evening), absl::CivilDay(2026, 11, 27));
  EXPECT_EQ(OwnDay(PersonOf("", ""), evening), absl::CivilDay(2026, 11, 27));
  EXPECT_EQ(OwnDay(PersonOf("US", "en"), Utc("2026-11-28T04:59:59Z")),
            absl::CivilDay(2026, 11, 27));
  EXPECT_EQ(OwnDay(PersonOf("US", "en"), Utc("2026-11-28T05:00:00Z")),
            absl::CivilDay(2026, 11, 28));
  // In summer an hour earlier.
  EXPECT_EQ(OwnDay(PersonOf("US", "en"), Utc("2026-07-01T04:00:00Z")), absl::CivilDay(2026, 7, 1));
}

TEST(OwnDay, BandsChangeAtThePersonsMidnight) {
  const struct {
    const char *country, *language;
    int year, month, day;
    const char *now, *next;
  } kRows[] = {
      {"JP", "ja", 1976, 11, 28, "2026-11-27T14:59:59Z", "2026-11-27T15:00:00Z"},
      {"JP", "ja", 1976, 11, 28, "2026-11-27T15:00:00Z", "2036-11-27T15:00:00Z"},
      {"US", "en", 1976, 7, 4, "2026-01-01T00:00:00Z", "2026-07-04T04:00:00Z"},
      {"US", "en", 1976, 12, 4, "2026-01-01T00:00:00Z", "2026-12-04T05:00:00Z"},
      {"", "", 1976, 11, 28, "2026-11-27T23:30:00Z", "2026-11-28T00:00:00Z"},
      // Born on 29 February: thirty on 1 March.
      {"JP", "ja", 2004, 2, 29, "2026-11-27T00:00:00Z", "2034-02-28T15:00:00Z"},
      {"JP", "ja", 2004, 2, 29, "2034-03-01T00:00:00Z", "2044-02-28T15:00:00Z"},
      // Not born yet: the band appears.
      {"JP", "ja", 2026, 12, 1, "2026-11-27T00:00:00Z", "2026-11-30T15:00:00Z"},
      // The clocks of Chile jump over midnight in September.
      {"CL", "es", 1986, 9, 6, "2026-01-01T00:00:00Z", "2026-09-06T04:00:00Z"},
  };
  for (const auto& row : kRows) {
    v1::Person person = PersonOf(row.country, row.language);
    Born(row.year, row.month, row.day, &person);
    const auto next = NextAgeBandChange(person, Utc(row.now));
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(absl::FormatTime(*next, absl::UTCTimeZone()),
              absl::FormatTime(Utc(row.next), absl::UTCTimeZone()));
  }
  v1::Person person = PersonOf("JP", "ja");
  EXPECT_EQ(NextAgeBandChange(person, Utc("2026-11-27T00:00:00Z")), std::nullopt);
  Born(1976, 13, 1, &person);
  EXPECT_EQ(NextAgeBandChange(person, Utc("2026-11-27T00:00:00Z")), std::nullopt);
}

TEST(OwnDay, MonthsEndWithTheirLastDay) {
  EXPECT_EQ(LastDayOfMonth(absl::CivilDay(2026, 11, 1)), absl::CivilDay(2026, 11, 30));
  EXPECT_EQ(LastDayOfMonth(absl::CivilDay(2026, 12, 31)), absl::CivilDay(2026, 12, 31));
  EXPECT_EQ(LastDayOfMonth(absl::CivilDay(2028, 2, 3)), absl::CivilDay(2028, 2, 29));
  EXPECT_EQ(LastDayOfMonth(absl::CivilDay(2026, 2, 28)), absl::CivilDay(2026, 2, 28));
}

TEST(OwnDay, HiddenBirthdaysChangeWithTheirMonth) {
  const struct {
    const char *country, *language;
    int year, month, day;
    const char *now, *next;
  } kRows[] = {
      {"JP", "ja", 1976, 11, 28, "2026-10-31T14:59:59Z", "2026-10-31T15:00:00Z"},
      {"JP", "ja", 1976, 11, 28, "2026-10-31T15:00:00Z", "2036-10-31T15:00:00Z"},
      {"JP", "ja", 1976, 11, 1, "2026-11-27T00:00:00Z", "2036-10-31T15:00:00Z"},
      {"US", "en", 1976, 7, 4, "2026-01-01T00:00:00Z", "2026-07-01T04:00:00Z"},
      {"US", "en", 1976, 12, 31, "2026-01-01T00:00:00Z", "2026-12-01T05:00:00Z"},
      {"", "", 1976, 11, 28, "2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z"},
      // Born on 29 February: of common years it is March that makes them older.
      {"JP", "ja", 2004, 2, 29, "2026-11-27T00:00:00Z", "2034-02-28T15:00:00Z"},
      {"JP", "ja", 2004, 2, 29, "2034-03-01T00:00:00Z", "2044-01-31T15:00:00Z"},
      // Not born yet: the band appears.
      {"JP", "ja", 2026, 12, 9, "2026-11-27T00:00:00Z", "2026-11-30T15:00:00Z"},
  };
  for (const auto& row : kRows) {
    v1::Person person = PersonOf(row.country, row.language);
    Born(row.year, row.month, row.day, &person);
    const auto next = NextHiddenBirthdayChange(person, Utc(row.now));
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(absl::FormatTime(*next, absl::UTCTimeZone()),
              absl::FormatTime(Utc(row.next), absl::UTCTimeZone()));
  }
  v1::Person person = PersonOf("JP", "ja");
  EXPECT_EQ(NextHiddenBirthdayChange(person, Utc("2026-11-27T00:00:00Z")), std::nullopt);
}

// For anybody anywhere: the band is the same up to the instant, and another from it on.
TEST(OwnDay, TheChangeIsTheFirstOne) {
  const char* const kCountries[] = {"JP", "US", "CL", "KI", "IN", "AU", "BR", "GB", "IR", ""};
  const absl::Time now = Utc("2026-11-27T09:30:00Z");
  for (const char* country : kCountries) {
    for (int day = 1; day < 400; day += 3) {
      v1::Person person = PersonOf(country, "");
      const absl::CivilDay birth = absl::CivilDay(1976, 1, 1) + day;
      Born(static_cast<int>(birth.year()), birth.month(), birth.day(), &person);
      const auto next = NextAgeBandChange(person, now);
      ASSERT_TRUE(next.has_value() && *next > now);
      const auto band = [&](absl::Time time) {
        return AgeBand(person.birth_date(), OwnDay(person, time));
      };
      ASSERT_EQ(band(now), band(*next - absl::Seconds(1))) << country << " " << birth;
      ASSERT_NE(band(now), band(*next)) << country << " " << birth;
    }
  }
}

// The same, and everybody who is born in one month is shown anew at the same instant.
TEST(OwnDay, AHiddenBirthdayIsToldByNoChange) {
  const char* const kCountries[] = {"JP", "US", "CL", "KI", "IN", "AU", "BR", "GB", "IR", ""};
  const absl::Time now = Utc("2026-11-27T09:30:00Z");
  for (const char* country : kCountries) {
    std::map<absl::CivilMonth, absl::Time> changes;
    for (int day = 1; day < 400; day += 3) {
      v1::Person person = PersonOf(country, "");
      const absl::CivilDay birth = absl::CivilDay(1977, 1, 1) + day;
      Born(static_cast<int>(birth.year()), birth.month(), birth.day(), &person);
      const auto next = NextHiddenBirthdayChange(person, now);
      ASSERT_TRUE(next.has_value() && *next > now);
      const auto band = [&](absl::Time time) {
        return AgeBand(person.birth_date(), LastDayOfMonth(OwnDay(person, time)));
      };
      ASSERT_EQ(band(now), band(*next - absl::Seconds(1))) << country << " " << birth;
      ASSERT_NE(band(now), band(*next)) << country << " " << birth;
      const auto [same, is_first] = changes.emplace(absl::CivilMonth(birth), *next);
      ASSERT_EQ(same->second, *next) << country << " " << birth;
      ASSERT_EQ(OwnDay(person, *next).day(), 1);
    }
  }
}

}  // namespace
}  // namespace switchboard::masking
