#include "hub/masking/shape.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <string>

#include "switchboard/v1/privacy.pb.h"

namespace switchboard::masking {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kCharactersMax = 100;

UChar32 ShapeOfCharacter(UChar32 c) {
  if (u_isdigit(c)) return u'9';
  if (u_isUAlphabetic(c)) return c < 0x250 ? u'a' : u'字';
  return u_isgraph(c) || c == u' ' ? c : u'�';
}

std::string ShapeOfText(const std::string& text) {
  const auto unicode = icu::UnicodeString::fromUTF8(text);
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

// Whether a field holds something personal by its own word, or by that of the field around it.
bool IsPersonal(const FieldDescriptor& field, bool around) {
  const auto data_class = field.options().GetExtension(v1::data_class);
  if (data_class == v1::DATA_CLASS_UNSPECIFIED) return around;
  return around || data_class != v1::DATA_CLASS_NOT_PERSONAL;
}

Struct StructOf(const Message& message, bool personal);

Value TextOf(const std::string& text, bool personal) {
  Value value;
  value.set_string_value(personal ? ShapeOfText(text) : text);
  return value;
}

Value MessageOf(const Message& message, bool personal) {
  using google::protobuf::util::TimeUtil;
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    const bool can_be_written = time->seconds() >= TimeUtil::kTimestampMinSeconds &&
                                time->seconds() <= TimeUtil::kTimestampMaxSeconds;
    return TextOf(can_be_written ? TimeUtil::ToString(*time) : "no time", false);
  }
  Value value;
  *value.mutable_struct_value() = StructOf(message, personal);
  return value;
}

// `index`: of a repeated field, else -1.
Value ValueOf(const Message& message, const FieldDescriptor& field, int index, bool personal) {
  const Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return TextOf(one ? reflection.GetString(message, &field)
                        : reflection.GetRepeatedString(message, &field, index),
                    personal);
    case FieldDescriptor::CPPTYPE_INT32:
      return TextOf(std::to_string(one ? reflection.GetInt32(message, &field)
                                       : reflection.GetRepeatedInt32(message, &field, index)),
                    personal);
    case FieldDescriptor::CPPTYPE_INT64:
      return TextOf(std::to_string(one ? reflection.GetInt64(message, &field)
                                       : reflection.GetRepeatedInt64(message, &field, index)),
                    personal);
    case FieldDescriptor::CPPTYPE_ENUM:
      return TextOf((one ? reflection.GetEnum(message, &field)
                         : reflection.GetRepeatedEnum(message, &field, index))
                        ->name(),
                    false);
    case FieldDescriptor::CPPTYPE_BOOL: {
      Value value;
      value.set_bool_value(one ? reflection.GetBool(message, &field)
                               : reflection.GetRepeatedBool(message, &field, index));
      return value;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageOf(one ? reflection.GetMessage(message, &field)
                           : reflection.GetRepeatedMessage(message, &field, index),
                       personal);
    default:
      return TextOf("withheld", false);
  }
}

Struct StructOf(const Message& message, bool personal) {
  Struct result;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool inside = IsPersonal(*field, personal);
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
  return StructOf(message, /*personal=*/false);
}

}  // namespace switchboard::masking
