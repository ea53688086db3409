#include "hub/masking/own_day.h"

#include <unicode/strenum.h>
#include <unicode/timezone.h>
#include <unicode/uloc.h>

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

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

using NextChange = std::optional<absl::Time> (*)(const v1::Person&, absl::Time);

// When somebody is shown anew next.
struct ChangeRow {
  const char *country, *language;
  int year, month, day;
  const char *now, *next;
};

void ExpectChanges(NextChange next_change, std::initializer_list<ChangeRow> rows) {
  for (const ChangeRow& row : rows) {
    v1::Person person = PersonOf(row.country, row.language);
    Born(row.year, row.month, row.day, &person);
    const auto next = next_change(person, Utc(row.now));
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(absl::FormatTime(*next, absl::UTCTimeZone()),
              absl::FormatTime(Utc(row.next), absl::UTCTimeZone()));
  }
}

// Of people of many countries who are born on many days of `year` and the next: the band that
// `shown_on` gives for the person's own day is the same up to the change, and another from it on.
// `visit`, if any: is told of each birthday and change.
void ExpectFirstChanges(
    NextChange next_change, int year, const std::function<absl::CivilDay(absl::CivilDay)>& shown_on,
    const std::function<void(const std::string&, absl::CivilDay, absl::Time)>& visit = nullptr) {
  const absl::Time now = Utc("2026-11-27T09:30:00Z");
  for (const char* country : {"JP", "US", "CL", "KI", "IN", "AU", "BR", "GB", "IR", ""}) {
    for (int day = 1; day < 400; day += 3) {
      v1::Person person = PersonOf(country, "");
      const absl::CivilDay birth = absl::CivilDay(year, 1, 1) + day;
      Born(static_cast<int>(birth.year()), birth.month(), birth.day(), &person);
      const auto next = next_change(person, now);
      ASSERT_TRUE(next.has_value() && *next > now);
      const auto band = [&](absl::Time time) {
        return AgeBand(person.birth_date(), shown_on(OwnDay(person, time)));
      };
      ASSERT_EQ(band(now), band(*next - absl::Seconds(1))) << country << " " << birth;
      ASSERT_NE(band(now), band(*next)) << country << " " << birth;
      if (visit) visit(country, birth, *next);
    }
  }
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
  ExpectChanges(NextAgeBandChange,
                {
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
                });
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
  ExpectChanges(NextHiddenBirthdayChange,
                {
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
                });
  v1::Person person = PersonOf("JP", "ja");
  EXPECT_EQ(NextHiddenBirthdayChange(person, Utc("2026-11-27T00:00:00Z")), std::nullopt);
}

// For anybody anywhere.
TEST(OwnDay, TheChangeIsTheFirstOne) {
  ExpectFirstChanges(NextAgeBandChange, 1976, [](absl::CivilDay day) { return day; });
}

// The same, and everybody who is born in one month is shown anew at the same instant.
TEST(OwnDay, AHiddenBirthdayIsToldByNoChange) {
  std::map<std::pair<std::string, absl::CivilMonth>, absl::Time> changes;
  ExpectFirstChanges(NextHiddenBirthdayChange, 1977, LastDayOfMonth,
                     [&](const std::string& country, absl::CivilDay birth, absl::Time next) {
                       const auto [same, is_first] =
                           changes.emplace(std::pair(country, absl::CivilMonth(birth)), next);
                       EXPECT_EQ(same->second, next) << country << " " << birth;
                       EXPECT_EQ(OwnDay(PersonOf(country.c_str(), ""), next).day(), 1);
                     });
}

}  // namespace
}  // namespace switchboard::masking
