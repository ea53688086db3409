#include "hub/masking/own_day.h"

#include <unicode/strenum.h>
#include <unicode/timezone.h>
#include <unicode/uloc.h>

#include <array>
#include <atomic>
#include <memory>
#include <string_view>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/locale_codes.h"

namespace switchboard::masking {
namespace {

constexpr size_t kLetters = 26;

// Countries of several zones: the one that most people live in, which is also the one of the
// capital or of the largest city. Every other country has one zone, or several of the same time.
constexpr std::pair<std::string_view, const char*> kReferenceZones[] = {
    {"AQ", "Antarctica/McMurdo"},
    {"AU", "Australia/Sydney"},
    {"BR", "America/Sao_Paulo"},
    {"CA", "America/Toronto"},
    {"CD", "Africa/Kinshasa"},
    {"CL", "America/Santiago"},
    {"CN", "Asia/Shanghai"},
    {"CY", "Asia/Nicosia"},
    {"EC", "America/Guayaquil"},
    {"ES", "Europe/Madrid"},
    {"FM", "Pacific/Pohnpei"},
    {"GL", "America/Nuuk"},
    {"ID", "Asia/Jakarta"},
    {"KI", "Pacific/Tarawa"},
    {"KZ", "Asia/Almaty"},
    {"MN", "Asia/Ulaanbaatar"},
    {"MX", "America/Mexico_City"},
    {"NZ", "Pacific/Auckland"},
    {"PF", "Pacific/Tahiti"},
    {"PG", "Pacific/Port_Moresby"},
    {"PT", "Europe/Lisbon"},
    {"RU", "Europe/Moscow"},
    {"UA", "Europe/Kiev"},
    {"UM", "Pacific/Wake"},
    {"US", "America/New_York"},
    // Not in ICU's table of regions.
    {"BV", "Europe/Oslo"},
    {"HM", "Indian/Kerguelen"},
    {"XK", "Europe/Belgrade"},
};

std::string ZoneOf(std::string_view country) {
  for (const auto& [code, zone] : kReferenceZones) {
    if (code == country) return zone;
  }
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::StringEnumeration> zones(icu::TimeZone::createTimeZoneIDEnumeration(
      UCAL_ZONE_TYPE_CANONICAL_LOCATION, std::string(country).c_str(), nullptr, error));
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  const icu::UnicodeString* first = zones->snext(error);
  std::string zone;
  if (first != nullptr) first->toUTF8String(zone);
  return zone.empty() ? "Etc/UTC" : zone;
}

// The country of the language, as it says or as CLDR supposes; empty if neither knows.
std::string CountryOfLanguage(const std::string& language) {
  // ICU would suppose American English.
  if (language.empty() || language.starts_with("und")) return "";
  std::array<char, ULOC_FULLNAME_CAPACITY> locale{}, likely{};
  std::array<char, ULOC_COUNTRY_CAPACITY> country{};
  UErrorCode error = U_ZERO_ERROR;
  uloc_forLanguageTag(language.c_str(), locale.data(), locale.size(), nullptr, &error);
  uloc_addLikelySubtags(locale.data(), likely.data(), likely.size(), &error);
  uloc_getCountry(likely.data(), country.data(), country.size(), &error);
  if (U_SUCCESS(error) && IsCountryCode(country.data())) return country.data();
  constexpr std::string_view kLatinAmerica = "419";
  if (country.data() == kLatinAmerica && language.starts_with("es")) return "MX";
  // A region that is no country. The language alone knows one.
  const size_t primary = language.find('-');
  return primary == std::string::npos ? "" : CountryOfLanguage(language.substr(0, primary));
}

std::string CountryOf(const v1::Person& person) {
  const std::string& country = person.address().country();
  return IsCountryCode(country) ? country : CountryOfLanguage(person.language());
}

// ICU's rules of the country's zone. Made once for each country, and kept.
const icu::TimeZone& RulesOf(std::string_view country) {
  static std::array<std::atomic<const icu::TimeZone*>, kLetters * kLetters + 1> made;
  const size_t at = country.empty() ? kLetters * kLetters
                                    : static_cast<size_t>(country[0] - 'A') * kLetters +
                                          static_cast<size_t>(country[1] - 'A');
  if (const icu::TimeZone* rules = made[at].load(std::memory_order_acquire)) return *rules;
  const std::string zone = country.empty() ? "Etc/UTC" : ZoneOf(country);
  std::unique_ptr<const icu::TimeZone> rules(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)));
  SWITCHBOARD_ASSERT(*rules != icu::TimeZone::getUnknown());
  const icu::TimeZone* expected = nullptr;
  if (made[at].compare_exchange_strong(expected, rules.get(), std::memory_order_acq_rel)) {
    return *rules.release();
  }
  return *expected;
}

absl::Duration OffsetAt(const icu::TimeZone& rules, absl::Time time) {
  int32_t raw = 0;
  int32_t summer = 0;
  UErrorCode error = U_ZERO_ERROR;
  rules.getOffset(static_cast<UDate>(absl::ToUnixMillis(time)), /*local=*/0, raw, summer, error);
  SWITCHBOARD_ASSERT(U_SUCCESS(error));
  return absl::Milliseconds(raw + summer);
}

absl::CivilDay DayAt(const icu::TimeZone& rules, absl::Time time) {
  return absl::ToCivilDay(time + OffsetAt(rules, time), absl::UTCTimeZone());
}

// The first instant of `day`. Where clocks jump over midnight, the instant of the jump.
absl::Time BeginOf(const icu::TimeZone& rules, absl::CivilDay day) {
  const absl::Time midnight = absl::FromCivil(day, absl::UTCTimeZone());
  absl::Time low = midnight - absl::Hours(16);  // it is the day before everywhere
  absl::Time high = midnight + absl::Hours(14);
  while (high - low > absl::Seconds(1)) {
    const absl::Time middle =
        absl::FromUnixSeconds((absl::ToUnixSeconds(low) + absl::ToUnixSeconds(high)) / 2);
    (DayAt(rules, middle) < day ? low : high) = middle;
  }
  return high;
}

// The first instant after `now` of a day on which the band changes: `day_of` a birthday at which
// the person becomes a multiple of ten years old, or is born.
template <typename DayOf>
std::optional<absl::Time> NextChange(const v1::Person& person, absl::Time now, DayOf day_of) {
  if (!person.has_birth_date()) return std::nullopt;
  const v1::Date& date = person.birth_date();
  const absl::CivilDay birth(date.year(), date.month(), date.day());
  if (date.year() < 1900 || date.year() > 2200 || birth.year() != date.year() ||
      birth.month() != date.month() || birth.day() != date.day()) {
    return std::nullopt;
  }
  const icu::TimeZone& rules = RulesOf(CountryOf(person));
  const absl::CivilDay today = DayAt(rules, now);
  // Born on 29 February: a year older on 1 March of common years, which is how CivilDay carries it.
  absl::CivilDay next = day_of(birth);
  for (int age = 10; next <= today; age += 10) {
    next = day_of(absl::CivilDay(birth.year() + age, birth.month(), birth.day()));
  }
  return BeginOf(rules, next);
}

}  // namespace

std::string HomeZone(const v1::Person& person) {
  const std::string country = CountryOf(person);
  return country.empty() ? "Etc/UTC" : ZoneOf(country);
}

absl::CivilDay OwnDay(const v1::Person& person, absl::Time now) {
  return DayAt(RulesOf(CountryOf(person)), now);
}

std::optional<absl::Time> NextAgeBandChange(const v1::Person& person, absl::Time now) {
  return NextChange(person, now, [](absl::CivilDay birthday) { return birthday; });
}

absl::CivilDay LastDayOfMonth(absl::CivilDay day) {
  return absl::CivilDay(absl::CivilMonth(day) + 1) - 1;
}

std::optional<absl::Time> NextHiddenBirthdayChange(const v1::Person& person, absl::Time now) {
  return NextChange(person, now, [](absl::CivilDay birthday) {
    return absl::CivilDay(absl::CivilMonth(birthday));
  });
}

}  // namespace switchboard::masking
