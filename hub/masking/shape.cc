#include "hub/masking/shape.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <string>
#include <utility>
#include <vector>

#include "hub/base/card_number.h"
#include "hub/base/id_text.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/privacy.pb.h"

namespace switchboard::masking {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kCharactersMax = 100;
// No person that is taken is as large. Of larger ones nothing is searched, since every id is held
// against every name and number.
constexpr size_t kPersonBytesMax = 64 * 1024;
constexpr size_t kIdBytesMax = 64;

UChar32 ShapeOfCharacter(UChar32 c) {
  if (u_isdigit(c)) return u'9';
  if (u_isUAlphabetic(c)) return c < 0x250 ? u'a' : u'字';
  return u_isgraph(c) || c == u' ' ? c : u'�';
}

// What a field stands in.
struct Place {
  bool personal = false;
  const v1::Person* person = nullptr;  // whose it is, if anybody's
};

// Whether a field holds something personal by its own word, or by that of the field around it.
bool IsPersonal(const FieldDescriptor& field, bool around) {
  const auto data_class = field.options().GetExtension(v1::data_class);
  if (data_class == v1::DATA_CLASS_UNSPECIFIED) return around;
  return around || data_class != v1::DATA_CLASS_NOT_PERSONAL;
}

// A text that should say nothing may have been refused because it does.
bool SaysWhose(const std::string& text, const Place& place) {
  return text.find('@') != std::string::npos || HoldsPhoneNumber(text) || HoldsCardNumber(text) ||
         (place.person != nullptr &&
          (text.size() > kIdBytesMax || GivesAwayContactPoint(text, *place.person)));
}

Struct StructOf(const Message& message, Place place);

Value Shown(std::string text) {
  Value value;
  value.set_string_value(std::move(text));
  return value;
}

Value NumberOf(int64_t number, const Place& place) {
  std::string text = std::to_string(number);
  return Shown(place.personal ? ShapeOf(text) : std::move(text));
}

Value TextOf(const std::string& text, const Place& place) {
  return Shown(place.personal || SaysWhose(text, place) ? ShapeOf(text) : text);
}

Value MessageOf(const Message& message, const Place& place) {
  using google::protobuf::util::TimeUtil;
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    const bool can_be_written = time->seconds() >= TimeUtil::kTimestampMinSeconds &&
                                time->seconds() <= TimeUtil::kTimestampMaxSeconds;
    return Shown(can_be_written ? TimeUtil::ToString(*time) : "no time");
  }
  Value value;
  *value.mutable_struct_value() = StructOf(message, place);
  return value;
}

// `index`: of a repeated field, else -1.
Value ValueOf(const Message& message, const FieldDescriptor& field, int index, const Place& place) {
  const Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return TextOf(one ? reflection.GetString(message, &field)
                        : reflection.GetRepeatedString(message, &field, index),
                    place);
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberOf(one ? reflection.GetInt32(message, &field)
                          : reflection.GetRepeatedInt32(message, &field, index),
                      place);
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberOf(one ? reflection.GetInt64(message, &field)
                          : reflection.GetRepeatedInt64(message, &field, index),
                      place);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Shown((one ? reflection.GetEnum(message, &field)
                        : reflection.GetRepeatedEnum(message, &field, index))
                       ->name());
    case FieldDescriptor::CPPTYPE_BOOL: {
      Value value;
      value.set_bool_value(one ? reflection.GetBool(message, &field)
                               : reflection.GetRepeatedBool(message, &field, index));
      return value;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageOf(one ? reflection.GetMessage(message, &field)
                           : reflection.GetRepeatedMessage(message, &field, index),
                       place);
    default:
      return Shown("withheld");
  }
}

Struct StructOf(const Message& message, Place place) {
  Struct result;
  if (const auto* person = dynamic_cast<const v1::Person*>(&message)) {
    place.person = person;
    place.personal = place.personal || person->ByteSizeLong() > kPersonBytesMax;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const Place inside = {IsPersonal(*field, place.personal), place.person};
    Value& value = (*result.mutable_fields())[field->name()];
    if (!field->is_repeated()) {
      value = ValueOf(message, *field, -1, inside);
      continue;
    }
    auto& list = *value.mutable_list_value();
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i)
      *list.add_values() = ValueOf(message, *field, i, inside);
  }
  return result;
}

}  // namespace

google::protobuf::Struct ShapeOf(const google::protobuf::Message& message) {
  return StructOf(message, Place());
}

std::string ShapeOf(std::string_view text) {
  const auto unicode =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  icu::UnicodeString shape;
  int characters = 0;
  for (int i = 0; i < unicode.length(); i = unicode.moveIndex32(i, 1)) {
    if (++characters > kCharactersMax) {
      shape.append(UChar32{u'…'});
      break;
    }
    shape.append(ShapeOfCharacter(unicode.char32At(i)));
  }
  std::string result;
  shape.toUTF8String(result);
  return result;
}

std::string ShownCode(const std::string& code, const v1::Person& person) {
  const bool can_be_one = IsIdText(code, kIdBytesMax) && !GivesAwayContactPoint(code, person);
  return can_be_one ? code : ShapeOf(code);
}

}  // namespace switchboard::masking
