#include "hub/base/yaml_values.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// "30s", "5min", "2h", "3d", "250ms"; one number and one unit.
std::optional<absl::Duration> ParseDuration(std::string_view text) {
  static constexpr std::pair<std::string_view, absl::Duration (*)(int64_t)> kUnits[] = {
      {"ms", [](int64_t n) { return absl::Milliseconds(n); }},
      {"min", [](int64_t n) { return absl::Minutes(n); }},
      {"s", [](int64_t n) { return absl::Seconds(n); }},
      {"h", [](int64_t n) { return absl::Hours(n); }},
      {"d", [](int64_t n) { return 24 * absl::Hours(n); }},
  };
  for (const auto& [unit, make] : kUnits) {
    absl::string_view number = View(text);
    if (!absl::ConsumeSuffix(&number, View(unit))) continue;
    bool overflow = false;
    const auto count = YamlInteger<int64_t>({number.data(), number.size()}, &overflow);
    if (!count) return std::nullopt;
    const absl::Duration duration = make(*count);
    // The range of google.protobuf.Duration.
    if (absl::AbsDuration(duration) > absl::Seconds(315'576'000'000)) return std::nullopt;
    return duration;
  }
  return std::nullopt;
}

// Numbers of exactly so many digits each, with `separator` between them.
std::optional<std::vector<int>> ParseParts(std::string_view text, char separator,
                                           const std::vector<size_t>& digits) {
  const std::vector<absl::string_view> parts = absl::StrSplit(View(text), separator);
  if (parts.size() != digits.size()) return std::nullopt;
  std::vector<int> numbers;
  for (size_t i = 0; i < parts.size(); ++i) {
    int number = 0;
    if (parts[i].size() != digits[i] ||
        !std::all_of(parts[i].begin(), parts[i].end(), absl::ascii_isdigit) ||
        !absl::SimpleAtoi(parts[i], &number)) {
      return std::nullopt;
    }
    numbers.push_back(number);
  }
  return numbers;
}

bool Read(std::string_view text, google::protobuf::Duration* proto) {
  const auto duration = ParseDuration(text);
  if (!duration) return false;
  absl::Duration rest;
  proto->set_seconds(absl::IDivDuration(*duration, absl::Seconds(1), &rest));
  proto->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return true;
}

bool Read(std::string_view text, google::protobuf::Timestamp* proto) {
  absl::Time time;
  // What begins otherwise may be a word that Abseil knows, such as infinite-future.
  if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text[0])) ||
      !absl::ParseTime(absl::RFC3339_full, View(text), &time, nullptr)) {
    return false;
  }
  const int64_t seconds = absl::ToUnixSeconds(time);
  proto->set_seconds(seconds);
  proto->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return true;
}

bool Read(std::string_view text, v1::Date* proto) {
  const auto parts = ParseParts(text, '-', {4, 2, 2});
  if (!parts || parts->at(0) < 1900 || parts->at(0) > 2200) return false;
  const absl::CivilDay civil(parts->at(0), parts->at(1), parts->at(2));  // normalises
  if (civil.month() != parts->at(1) || civil.day() != parts->at(2)) return false;
  proto->set_year(parts->at(0));
  proto->set_month(parts->at(1));
  proto->set_day(parts->at(2));
  return true;
}

bool Read(std::string_view text, v1::DayOfYear* proto) {
  constexpr int kLeapYear = 2000;
  const auto parts = ParseParts(text, '-', {2, 2});
  if (!parts) return false;
  const absl::CivilDay civil(kLeapYear, parts->at(0), parts->at(1));
  if (civil.month() != parts->at(0) || civil.day() != parts->at(1)) return false;
  proto->set_month(parts->at(0));
  proto->set_day(parts->at(1));
  return true;
}

bool Read(std::string_view text, v1::TimeOfDay* proto) {
  const auto parts = ParseParts(text, ':', {2, 2});
  if (!parts || parts->at(1) > 59 || parts->at(0) * 60 + parts->at(1) > 24 * 60) return false;
  proto->set_hour(parts->at(0));
  proto->set_minute(parts->at(1));
  return true;
}

template <typename Type>
std::optional<WrittenMessage> ReadIf(std::string_view text, const char* expected,
                                     google::protobuf::Message* message) {
  auto* proto = dynamic_cast<Type*>(message);
  if (proto == nullptr) return std::nullopt;
  return WrittenMessage{Read(text, proto), expected};
}

}  // namespace

std::optional<WrittenMessage> ReadWrittenMessage(std::string_view text,
                                                 google::protobuf::Message* message) {
  if (const auto read = ReadIf<google::protobuf::Duration>(
          text, "a duration: a whole number and ms, s, min, h or d (\"90s\", \"3d\")", message)) {
    return read;
  }
  if (const auto read = ReadIf<google::protobuf::Timestamp>(
          text, "a time with its offset, as 2026-11-24T20:59:59+09:00", message)) {
    return read;
  }
  if (const auto read = ReadIf<v1::Date>(text, "a day as 2026-11-01, from 1900 to 2200", message)) {
    return read;
  }
  if (const auto read = ReadIf<v1::DayOfYear>(text, "a day of the year, as 12-31", message)) {
    return read;
  }
  return ReadIf<v1::TimeOfDay>(text, "a time of day as 08:00, from 00:00 to 24:00", message);
}

}  // namespace switchboard
