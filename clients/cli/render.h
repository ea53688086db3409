#pragma once

#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::cli {

// "2026-11-02 09:30:00": UTC; whoever prints it says so.
std::string UtcText(absl::Time time);
std::string UtcText(const google::protobuf::Timestamp& time);

// "JPY 12,345", "TWD 12,345.00": by the currency's own number of decimals (ISO 4217 through CLDR).
std::string MoneyText(const v1::Money& money);

// 1, "account" → "1 account"; 24000, "account" → "24,000 accounts".
std::string Counted(int64_t count, std::string_view noun);

// Lower-case hexadecimal.
std::string Hex(std::string_view bytes);

// "WORK_TYPE_CAMPAIGN", "WORK_TYPE_" → "CAMPAIGN".
std::string WithoutPrefix(std::string_view name, std::string_view prefix);

// The name of an enum's value without the prefix that all of them share, as people write it:
// v1::WORK_TYPE_CAMPAIGN → "CAMPAIGN". Empty for UNSPECIFIED; the number of one that is not known.
std::string ShortName(const google::protobuf::EnumDescriptor* type, int number);
template <typename Enum>
std::string ShortName(Enum value) {
  return ShortName(google::protobuf::GetEnumDescriptor<Enum>(), value);
}

// The short names of an enum, without UNSPECIFIED.
std::vector<std::string> EnumChoices(const google::protobuf::EnumDescriptor* type);

// A short name as people may type it, in the form of EnumChoices: "two-weeks" → "TWO_WEEKS".
std::string ComparableName(std::string name);

// "2027-04-01"; empty for a day that is absent.
std::string DayText(const v1::Date& day);

// The message as JSON with the proto's field names, zeros and empty texts included. Whole numbers
// are numbers, as FitNumbers has them; bytes are base64, those of a field `sha256` or `digest`
// hexadecimal.
std::string JsonOf(const google::protobuf::Message& message);

// JSON in which whole numbers beyond 2^53 either way are strings, since most readers of JSON would
// round them. Text that is no JSON becomes null.
std::string FitNumbers(std::string_view json);

// JSON on one line; what is no UTF-8 in it is replaced.
std::string Dumped(const nlohmann::ordered_json& json);

// A JSON string.
std::string JsonText(std::string_view text);

}  // namespace switchboard::cli
