#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace switchboard {

// Single values as people write them in YAML.

// A whole number: no sign "+", no leading zero (octal elsewhere), no blanks. Nothing if it is none;
// `overflow` says whether it is one that is too large.
template <typename Integer>
std::optional<Integer> YamlInteger(std::string_view text, bool* overflow) {
  std::string_view digits = text;
  if (!digits.empty() && digits[0] == '-') digits.remove_prefix(1);
  if (digits.size() > 1 && digits[0] == '0') return std::nullopt;
  Integer value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  const bool is_number = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
  *overflow = is_number &&
              (error == std::errc::result_out_of_range || error == std::errc::invalid_argument);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

// What became of a message that is written as one value.
struct WrittenMessage {
  bool read = false;
  const char* expected = "";  // for people: "a day as 2026-11-01, from 1900 to 2200"
};

// Reads such a message:
//   google.protobuf.Duration     90s, 5min, 2h, 3d, 250ms: a whole number and a unit
//   google.protobuf.Timestamp    RFC 3339 with an offset: 2026-11-24T20:59:59+09:00
//   switchboard.v1.Date          2026-11-01, from 1900 to 2200
//   switchboard.v1.DayOfYear     12-31
//   switchboard.v1.TimeOfDay     21:00, up to 24:00
// Nothing if `message` is of another type.
std::optional<WrittenMessage> ReadWrittenMessage(std::string_view text,
                                                 google::protobuf::Message* message);

}  // namespace switchboard
