#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "switchboard/v1/values.pb.h"

// What is wrong with one field of a message that somebody sent. Says what is allowed, never quotes
// the value.

namespace google::protobuf {
class Duration;
class Timestamp;
}  // namespace google::protobuf

namespace switchboard {

struct FieldProblem {
  std::string field;    // path: "person.birth_date.month"
  std::string problem;  // "must be 1 to 12"
};

// Collects the first problem found; later checks are skipped. One per message.
class FieldCheck {
 public:
  const std::optional<FieldProblem>& problem() const { return problem_; }
  bool ok() const { return !problem_.has_value(); }

  // Reports a problem of `field`, unless one is known already.
  void Fail(std::string_view field, std::string_view problem);
  // Reports `problem` unless `holds`.
  void Require(bool holds, std::string_view field, std::string_view problem) {
    if (!holds) Fail(field, problem);
  }

  // 1 to 64 bytes of [A-Za-z0-9._:-].
  void Id(std::string_view value, std::string_view field);
  // An id of the core's own: as above, and not itself a payment card number (12 to 19 digits that
  // pass Luhn's check, ISO/IEC 7812-1 annex B), which would put a card number into every log and
  // index.
  void CoreId(std::string_view value, std::string_view field);
  // `min` to `max` bytes of UTF-8 without control characters other than tab and line feed.
  void Text(std::string_view value, size_t min, size_t max, std::string_view field);
  // A calendar day from 1900 to 2200.
  void Day(const v1::Date& date, std::string_view field);
  // ISO 4217 code and a magnitude of at most 10^15 minor units, not below `min`.
  void Amount(const v1::Money& money, int64_t min, std::string_view field);
  // From 2000 to 2200, with valid nanoseconds.
  void Time(const google::protobuf::Timestamp& time, std::string_view field);
  // Not UNSPECIFIED and known to this version.
  void Enum(bool known, int value, std::string_view field);

 private:
  std::optional<FieldProblem> problem_;
};

// Largest magnitude of an amount, in minor units.
inline constexpr int64_t kMinorUnitsMax = 1'000'000'000'000'000;

// True if the digits pass Luhn's check.
bool PassesLuhn(std::string_view digits);

}  // namespace switchboard
