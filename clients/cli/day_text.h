#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::cli {

// The day that a text names, as 2027-04-01: 1900 to 2200, as values.proto has it. Nothing if it
// names none.
std::optional<v1::Date> DayOf(const std::string& text);

// What is wrong with the text of a day; empty for one that is right.
std::string ProblemOfDay(const std::string& text);

// The moment that an option names, with its offset from UTC, as RFC 3339 has it. INVALID_ARGUMENT,
// OPTION_INVALID, with the option's name.
absl::StatusOr<google::protobuf::Timestamp> MomentOf(const std::string& option,
                                                     const std::string& text);

}  // namespace switchboard::cli
