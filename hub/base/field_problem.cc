#include "hub/base/field_problem.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>

#include "absl/time/civil_time.h"

namespace switchboard {
namespace {

constexpr int64_t kTimeMinSeconds = 946'684'800;    // 2000-01-01
constexpr int64_t kTimeMaxSeconds = 7'258'118'400;  // 2200-01-01

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsIdByte(char c) {
  return IsDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
         c == ':' || c == '-';
}

// Text was checked as UTF-8 when it was parsed; what is left are bytes that break logs and
// terminals.
bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7f;
}

}  // namespace

bool PassesLuhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    int value = *digit - '0';
    if (twice) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

void FieldCheck::Fail(std::string_view field, std::string_view problem) {
  if (ok()) problem_ = FieldProblem{std::string(field), std::string(problem)};
}

void FieldCheck::Id(std::string_view value, std::string_view field) {
  Require(!value.empty() && value.size() <= 64 && std::all_of(value.begin(), value.end(), IsIdByte),
          field, "must be 1 to 64 bytes of [A-Za-z0-9._:-]");
}

void FieldCheck::CoreId(std::string_view value, std::string_view field) {
  Id(value, field);
  const bool digits =
      value.size() >= 12 && value.size() <= 19 && std::all_of(value.begin(), value.end(), IsDigit);
  Require(!digits || !PassesLuhn(value), field,
          "must not be a payment card number; use an id of its own");
}

void FieldCheck::Text(std::string_view value, size_t min, size_t max, std::string_view field) {
  if (value.size() < min || value.size() > max) {
    Fail(field,
         "must be " + std::to_string(min) + " to " + std::to_string(max) + " bytes of UTF-8");
  }
  Require(std::none_of(value.begin(), value.end(), IsControl), field,
          "must not hold control characters");
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

void FieldCheck::Amount(const v1::Money& money, int64_t min, std::string_view field) {
  const auto require = [&](bool holds, const char* part, const char* problem) {
    if (!holds) Fail(std::string(field) + part, problem);
  };
  const std::string& code = money.currency_code();
  const bool letters =
      std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  require(code.size() == 3 && letters, ".currency_code", "must be an ISO 4217 code in upper case");
  require(money.minor_units() >= min, ".minor_units",
          min == 0  ? "must not be negative"
          : min > 0 ? "must be positive"
                    : "must be at least -10^15");
  require(money.minor_units() <= kMinorUnitsMax, ".minor_units", "must be at most 10^15");
}

void FieldCheck::Time(const google::protobuf::Timestamp& time, std::string_view field) {
  Require(time.seconds() >= kTimeMinSeconds && time.seconds() < kTimeMaxSeconds &&
              time.nanos() >= 0 && time.nanos() < 1'000'000'000,
          field, "must be a UTC time between 2000 and 2200");
}

void FieldCheck::Enum(bool known, int value, std::string_view field) {
  Require(known && value != 0, field, "must be one of the values this version knows");
}

}  // namespace switchboard
