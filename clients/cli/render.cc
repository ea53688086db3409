#include "clients/cli/render.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <unicode/ucurr.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "clients/text_table.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::ordered_json;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// What a double holds exactly, and with it most readers of JSON.
constexpr int64_t kNumberMax = int64_t{1} << 53;

// Bytes under these names are shown as hexadecimal, and so are they in JSON.
constexpr std::string_view kDigestFields[] = {"sha256", "digest"};

bool IsDigest(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_BYTES &&
         std::find(std::begin(kDigestFields), std::end(kDigestFields), field.name()) !=
             std::end(kDigestFields);
}

// "WORK_TYPE_" of an enum whose value 0 is WORK_TYPE_UNSPECIFIED.
std::string PrefixOf(const google::protobuf::EnumDescriptor* type) {
  return std::string(absl::StripSuffix(type->FindValueByNumber(0)->name(), "UNSPECIFIED"));
}

// A number that protobuf writes as a string.
void MakeNumber(Json& value) {
  int64_t number = 0;
  if (value.is_string() && absl::SimpleAtoi(value.get_ref<const std::string&>(), &number)) {
    value = number;
  }
}

// A digest that protobuf writes as base64.
void MakeHex(Json& value) {
  std::string bytes;
  if (value.is_string() && absl::Base64Unescape(value.get_ref<const std::string&>(), &bytes)) {
    value = Hex(bytes);
  }
}

// Numbers as numbers, and digests as everybody compares them.
void MakeReadable(Json& json, const Descriptor& type) {
  // google.protobuf's own (times, structs) have a form of their own in JSON.
  if (!json.is_object() || type.file()->package() == "google.protobuf") return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto found = json.find(field.name());
    if (found == json.end()) continue;
    const auto each = [&](Json& value) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        MakeReadable(value, *field.message_type());
      } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                 field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
        MakeNumber(value);
      } else if (IsDigest(field)) {
        MakeHex(value);
      }
    };
    if (!field.is_repeated()) {
      each(*found);
    } else {
      for (Json& value : *found) each(value);
    }
  }
}

void FitNumber(Json& json) {
  if (json.is_structured()) {
    for (Json& value : json) FitNumber(value);
  } else if (json.is_number_unsigned()) {
    const auto number = json.get<uint64_t>();
    if (number > static_cast<uint64_t>(kNumberMax)) json = std::to_string(number);
  } else if (json.is_number_integer()) {
    const auto number = json.get<int64_t>();
    if (number > kNumberMax || number < -kNumberMax) json = std::to_string(number);
  }
}

}  // namespace

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

std::string ShortName(const google::protobuf::EnumDescriptor* type, int number) {
  const auto* value = type->FindValueByNumber(number);
  if (value == nullptr) return std::to_string(number);
  if (number == 0) return {};
  return WithoutPrefix(value->name(), PrefixOf(type));
}

std::vector<std::string> EnumChoices(const google::protobuf::EnumDescriptor* type) {
  std::vector<std::string> choices;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0) continue;
    choices.push_back(ShortName(type, type->value(i)->number()));
  }
  return choices;
}

std::string ComparableName(std::string name) {
  absl::AsciiStrToUpper(&name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string DayText(const v1::Date& day) {
  if (day.year() == 0) return {};
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::string JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "null";
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  MakeReadable(json, *message.GetDescriptor());
  FitNumber(json);
  return Dumped(json);
}

std::string Dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string FitNumbers(std::string_view text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return "null";
  FitNumber(json);
  return Dumped(json);
}

std::string JsonText(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace switchboard::cli
