#include "hub/contracts/contract_words.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "hub/base/proto_time.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::contracts {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// "REMIND" of ACT_REMIND, whose zero is ACT_UNSPECIFIED.
std::string EnumWord(const EnumValueDescriptor& value) {
  absl::string_view prefix = value.type()->value(0)->name();
  if (!absl::ConsumeSuffix(&prefix, "UNSPECIFIED")) return value.name();
  return std::string(absl::StripPrefix(value.name(), prefix));
}

std::string DurationWord(const google::protobuf::Duration& proto) {
  const absl::Duration duration = absl::Seconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
  static constexpr std::pair<const char*, int64_t> kUnitSeconds[] = {
      {"d", 24 * 60 * 60}, {"h", 60 * 60}, {"min", 60}, {"s", 1}};
  for (const auto& [unit, seconds] : kUnitSeconds) {
    absl::Duration rest;
    const int64_t count = absl::IDivDuration(duration, absl::Seconds(seconds), &rest);
    if (count != 0 && rest == absl::ZeroDuration()) return absl::StrCat(count, unit);
  }
  return absl::FormatDuration(duration);
}

template <typename Value>
const Value* As(const Message& message) {
  return message.GetDescriptor() == Value::descriptor() ? static_cast<const Value*>(&message)
                                                        : nullptr;
}

std::string MessageWord(const Message& message) {
  if (const auto* duration = As<google::protobuf::Duration>(message))
    return DurationWord(*duration);
  if (const auto* date = As<v1::Date>(message)) return absl::FormatCivilTime(CivilDayOf(*date));
  if (const auto* time = As<v1::TimeOfDay>(message))
    return absl::StrFormat("%02d:%02d", time->hour(), time->minute());
  return WordsOf(message);
}

// `index`: -1 of a field that is not repeated.
std::string ValueWord(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& from = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWord(one ? *from.GetEnum(message, &field)
                          : *from.GetRepeatedEnum(message, &field, index));
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? from.GetString(message, &field) : from.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageWord(one ? from.GetMessage(message, &field)
                             : from.GetRepeatedMessage(message, &field, index));
    default: {  // numbers, true and false
      std::string word;
      google::protobuf::TextFormat::PrintFieldValueToString(message, &field, index, &word);
      return word;
    }
  }
}

}  // namespace

std::vector<std::string> ValuesOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& from = *message.GetReflection();
  std::vector<std::string> values;
  if (!field.is_repeated()) {
    if (from.HasField(message, &field)) values.push_back(ValueWord(message, field, -1));
    return values;
  }
  for (int i = 0; i < from.FieldSize(message, &field); ++i)
    values.push_back(ValueWord(message, field, i));
  return values;
}

std::string WordsOf(const Message& message) {
  std::vector<std::string> said;
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto values = ValuesOf(message, field);
    if (values.empty()) continue;
    const std::string list = absl::StrJoin(values, ", ");
    said.push_back(absl::StrCat(field.name(), ": ",
                                field.is_repeated() ? absl::StrCat("[", list, "]") : list));
  }
  return absl::StrCat("{", absl::StrJoin(said, ", "), "}");
}

}  // namespace switchboard::contracts
