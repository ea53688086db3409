#include "hub/base/field_problem.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"
#include "hub/base/card_number.h"
#include "hub/base/email.h"
#include "hub/base/error.h"
#include "hub/base/id_mail.h"
#include "hub/base/id_text.h"
#include "hub/base/locale_codes.h"
#include "hub/base/phone.h"
#include "hub/base/text.h"

namespace switchboard {
namespace {

constexpr int64_t kTimeMinSeconds = 946'684'800;    // 2000-01-01
constexpr int64_t kTimeMaxSeconds = 7'258'118'400;  // 2200-01-01
// What google.protobuf.Timestamp holds: the years 1 to 9999.
constexpr int64_t kProtoMinSeconds = -62'135'596'800;
constexpr int64_t kProtoMaxSeconds = 253'402'300'800;

constexpr char kIdForm[] = "must be 1 to 64 bytes of [A-Za-z0-9._:-]";
constexpr char kNoCard[] = "must not hold a payment card number; use an id of its own";
constexpr char kNoNumber[] =
    "must not hold what looks like a phone number or an e-mail address; logs and indexes keep it";

bool HasValidNanos(const google::protobuf::Timestamp& time) {
  return time.nanos() >= 0 && time.nanos() < 1'000'000'000;
}

// Letters, digits and signs of ids, and those given.
bool IsOf(std::string_view value, std::string_view signs) {
  return std::all_of(value.begin(), value.end(), [&](char c) {
    return IsIdText({&c, 1}) || signs.find(c) != std::string_view::npos;
  });
}

// Brings a text to its normal form that may have `max` bytes then. What is much longer is left, to
// be refused for that: the form of marks in disorder costs the square of their number.
void NormalizeWithin(size_t max, TextForm form, std::string* text) {
  constexpr size_t kShrinksBy = 8;  // NFC to a third at most; the rest is blanks
  constexpr size_t kBlanks = 1024;
  if (text->size() <= kShrinksBy * max + kBlanks) NormalizeText(form, text);
}

// A vendor's number and its outcome's are no number together: "outcome:centre-03:1234-5678".
std::vector<std::string_view> PartsOfStopId(std::string_view id) {
  constexpr std::string_view kOutcome = "outcome:";
  const size_t vendor = kOutcome.size();
  const size_t colon = id.starts_with(kOutcome) ? id.find(':', vendor) : std::string_view::npos;
  if (colon == std::string_view::npos) return {id};
  const size_t version = std::min(id.find('/', colon), id.size());
  return {id.substr(vendor, colon - vendor), id.substr(colon + 1, version - colon - 1),
          id.substr(version)};
}

}  // namespace

absl::Status FieldInvalid(const FieldProblem& problem) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               problem.field + ": " + problem.problem, {{"field", problem.field}});
}

void FieldCheck::Fail(std::string_view field, std::string_view problem) {
  if (ok()) problem_ = FieldProblem{std::string(field), std::string(problem)};
}

void FieldCheck::Id(std::string_view value, std::string_view field) {
  if (!ok()) return;
  Require(IsIdText(value), field, kIdForm);
  ReachesNobody(value, field);
}

void FieldCheck::CoreId(std::string_view value, std::string_view field) {
  if (!ok()) return;
  Require(IsIdText(value), field, kIdForm);
  if (!ok()) return;  // as below: only what is short is searched
  Require(!HoldsCardNumber(value), field, kNoCard);
  Require(!HoldsMailAddress(value), field,
          "must not hold what looks like an e-mail address; logs and indexes keep it");
}

void FieldCheck::ContactPointId(std::string_view value, const v1::Person& person,
                                std::string_view field) {
  Id(value, field);
  if (!ok()) return;
  Require(!GivesAwayContactPoint(value, person), field,
          "must say nothing of the person, a number, an address or a name; use one such as "
          "mobile-1");
}

void FieldCheck::StopId(std::string_view value, std::string_view field) {
  if (!ok()) return;
  Require(!value.empty() && value.size() <= 160 && IsOf(value, "/"), field,
          "must be 1 to 160 bytes of [A-Za-z0-9._:/-]");
  if (!ok()) return;
  for (const std::string_view part : PartsOfStopId(value)) ReachesNobody(part, field);
}

void FieldCheck::Reference(std::string_view value, std::string_view field) {
  if (!ok()) return;
  Require(value.size() <= 64 && IsOf(value, "/*"), field,
          "must be at most 64 bytes of [A-Za-z0-9._:/-]");
  ReachesNobody(value, field);
}

void FieldCheck::Uri(std::string_view value, std::string_view field) {
  if (!ok()) return;
  const std::string_view scheme = value.substr(0, value.find(':'));
  const bool named =
      !scheme.empty() && absl::ascii_islower(scheme.front()) && absl::c_all_of(scheme, [](char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '+' || c == '-' || c == '.';
      });
  Require(named && value.size() > scheme.size() + 1 && value.size() <= 500 &&
              absl::c_all_of(value, absl::ascii_isgraph),
          field, "must be a URI of at most 500 bytes of printable ASCII, as https://host/path");
}

void FieldCheck::MediaType(std::string_view value, std::string_view field) {
  if (!ok()) return;
  const auto named = [](std::string_view name) {
    return !name.empty() && absl::c_all_of(name, [](char c) {
      return absl::ascii_isalnum(c) || c == '+' || c == '-' || c == '.' || c == '_';
    });
  };
  const size_t slash = value.find('/');
  Require(value.size() <= 100 && slash != std::string_view::npos && named(value.substr(0, slash)) &&
              named(value.substr(slash + 1)),
          field, "must be a media type, as application/pdf");
  ReachesNobody(value, field);
}

void FieldCheck::Label(std::string_view value, size_t min, size_t max, std::string_view field) {
  if (!ok()) return;
  if (IsLabel(value, min, max)) return ReachesNobody(value, field);
  Fail(field,
       "must be " + std::to_string(min) + " to " + std::to_string(max) + " bytes of [a-z0-9-]");
}

void FieldCheck::ReachesNobody(std::string_view value, std::string_view field) {
  if (!ok()) return;
  Require(!HoldsCardNumber(value), field, kNoCard);
  Require(!ReachesSomebody(value), field, kNoNumber);
}

void FieldCheck::Line(std::string* value, size_t min, size_t max, std::string_view field) {
  if (!ok()) return;
  NormalizeWithin(max, TextForm::kLine, value);
  Text(TextForm::kLine, *value, min, max, field);
  if (!ok()) return;
  Require(!HoldsCardNumber(*value), field, "must not hold a payment card number");
}

void FieldCheck::Name(std::string* value, size_t min, size_t max, std::string_view field) {
  Line(value, min, max, field);
  if (!ok()) return;
  Require(!ReachesSomebody(*value), field, "must not hold a phone number or an e-mail address");
}

void FieldCheck::Paragraphs(std::string* value, size_t min, size_t max, std::string_view field) {
  if (!ok()) return;
  NormalizeWithin(max, TextForm::kParagraphs, value);
  Text(TextForm::kParagraphs, *value, min, max, field);
}

void FieldCheck::Text(TextForm form, std::string_view value, size_t min, size_t max,
                      std::string_view field) {
  if (!ok()) return;
  if (value.size() < min || value.size() > max) {
    return Fail(
        field, "must be " + std::to_string(min) + " to " + std::to_string(max) + " bytes of UTF-8");
  }
  Require(IsPlainText(form, value), field,
          form == TextForm::kLine
              ? "must not hold control, format or private characters, nor line breaks"
              : "must not hold control, format or private characters");
}

void FieldCheck::FileName(std::string* value, std::string_view field) {
  if (!ok()) return;
  constexpr size_t kBytesMax = 255;
  NormalizeWithin(kBytesMax, TextForm::kLine, value);
  Text(TextForm::kLine, *value, 1, kBytesMax, field);
  if (!ok()) return;
  Require(value->find_first_of("/\\") == std::string::npos && *value != "." && *value != "..",
          field, "must be the name of a file, without a folder");
}

void FieldCheck::Email(std::string* value, std::string_view field) {
  if (!ok()) return;
  constexpr size_t kBytesMax = 254;
  NormalizeWithin(kBytesMax, TextForm::kLine, value);
  Require(IsEmailAddress(*value), field,
          "must be an address of the form local@host.example, at most 254 bytes, and nothing else");
}

void FieldCheck::Phone(std::string_view value, std::string_view field) {
  if (!ok()) return;
  Require(IsPossiblePhone(value), field,
          "must be E.164: a plus sign and 4 to 15 digits, with a country code that exists and as "
          "many digits as numbers have there");
}

void FieldCheck::Language(std::string_view value, std::string_view field) {
  Require(IsLanguageTag(value), field,
          "must be a BCP 47 tag that begins with a language, not a country, such as ja, zh-Hant or "
          "en-US");
}

void FieldCheck::Country(std::string_view value, std::string_view field) {
  Require(IsCountryCode(value), field, "must be an ISO 3166-1 alpha-2 code in upper case");
}

// Paths are put together for a problem only: nearly all fields of nearly all records are right.
void FieldCheck::Day(const v1::Date& date, std::string_view field) {
  const auto require = [&](bool holds, const char* part, const char* problem) {
    if (!holds) Fail(std::string(field) + part, problem);
  };
  require(date.year() >= 1900 && date.year() <= 2200, ".year", "must be 1900 to 2200");
  require(date.month() >= 1 && date.month() <= 12, ".month", "must be 1 to 12");
  if (!ok()) return;
  const absl::CivilDay day(date.year(), date.month(), date.day());
  require(date.day() >= 1 && day.day() == date.day() && day.month() == date.month(), ".day",
          "must be a day of that month");
}

void FieldCheck::PastDay(const v1::Date& date, absl::Time now, std::string_view field) {
  Day(date, field);
  if (!ok()) return;
  // Days begin first in the zone of Kiritimati, 14 hours ahead of UTC.
  const absl::CivilDay latest = absl::ToCivilDay(now + absl::Hours(14), absl::UTCTimeZone());
  Require(absl::CivilDay(date.year(), date.month(), date.day()) <= latest, field,
          "must not lie in the future");
}

void FieldCheck::Amount(const v1::Money& money, int64_t min, std::string_view field) {
  if (!IsCurrencyCode(money.currency_code())) {
    Fail(std::string(field) + ".currency_code",
         "must be the ISO 4217 code, in upper case, of a currency in use");
  }
  Magnitude(money, min, field);
}

void FieldCheck::ReportedAmount(const v1::Money& money, int64_t min, std::string_view field) {
  const std::string& code = money.currency_code();
  const bool letters =
      std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (code.size() != 3 || !letters) {
    Fail(std::string(field) + ".currency_code", "must be an ISO 4217 code in upper case");
  }
  Magnitude(money, min, field);
}

void FieldCheck::Magnitude(const v1::Money& money, int64_t min, std::string_view field) {
  const auto require = [&](bool holds, const char* problem) {
    if (!holds) Fail(std::string(field) + ".minor_units", problem);
  };
  require(money.minor_units() >= min, min == 0  ? "must not be negative"
                                      : min > 0 ? "must be positive"
                                                : "must be at least -10^15");
  require(money.minor_units() <= kMinorUnitsMax, "must be at most 10^15");
}

void FieldCheck::Time(const google::protobuf::Timestamp& time, std::string_view field) {
  Require(
      time.seconds() >= kTimeMinSeconds && time.seconds() < kTimeMaxSeconds && HasValidNanos(time),
      field, "must be a UTC time between 2000 and 2200");
}

void FieldCheck::TimeUntil(const google::protobuf::Timestamp& time, absl::Time now,
                           absl::Duration ahead, std::string_view field) {
  Time(time, field);
  if (!ok()) return;
  const absl::Time given = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  if (given <= now + ahead) return;
  Fail(field, "must be at most " + absl::FormatDuration(ahead) + " in the future");
}

void FieldCheck::ReportedTime(const google::protobuf::Timestamp& time, std::string_view field) {
  Require(time.seconds() >= kProtoMinSeconds && time.seconds() < kProtoMaxSeconds &&
              HasValidNanos(time),
          field, "must be a valid timestamp of the years 1 to 9999");
}

void FieldCheck::Enum(bool known, int value, std::string_view field) {
  Require(known && value != 0, field, "must be one of the values this version knows");
}

}  // namespace switchboard
