#include "clients/cli/render.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <unicode/ucurr.h>
#include <unicode/unistr.h>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "clients/text_table.h"

namespace switchboard::cli {

std::string UtcText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

std::string UtcText(const google::protobuf::Timestamp& time) {
  return UtcText(
      absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(time)));
}

std::string MoneyText(const v1::Money& money) {
  UErrorCode error = U_ZERO_ERROR;
  auto code = icu::UnicodeString::fromUTF8(money.currency_code());
  int decimals = 0;
  if (code.length() == 3) {
    decimals = ucurr_getDefaultFractionDigits(code.getTerminatedBuffer(), &error);
  }
  if (U_FAILURE(error) || decimals < 0 || decimals > 4) decimals = 0;
  int64_t unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  const bool negative = money.minor_units() < 0;
  const uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(money.minor_units())
                                      : static_cast<uint64_t>(money.minor_units());
  std::string text = absl::StrCat(money.currency_code(), " ", negative ? "-" : "",
                                  WithCommas(static_cast<int64_t>(magnitude / unit)));
  if (decimals == 0) return text;
  const std::string fraction = std::to_string(magnitude % unit);
  return absl::StrCat(text, ".", std::string(decimals - fraction.size(), '0'), fraction);
}

std::string Counted(int64_t count, std::string_view noun) {
  return absl::StrCat(WithCommas(count), " ", absl::string_view(noun.data(), noun.size()),
                      count == 1 ? "" : "s");
}

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

std::string WithoutPrefix(std::string_view name, std::string_view prefix) {
  return std::string(absl::StripPrefix(absl::string_view(name.data(), name.size()),
                                       absl::string_view(prefix.data(), prefix.size())));
}

std::vector<std::string> EnumChoices(const google::protobuf::EnumDescriptor* type,
                                     std::string_view prefix) {
  std::vector<std::string> choices;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0) continue;
    choices.push_back(WithoutPrefix(type->value(i)->name(), prefix));
  }
  return choices;
}

std::string JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "null";
  return json;
}

std::string JsonText(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace switchboard::cli
