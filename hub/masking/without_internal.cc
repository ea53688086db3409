#include "hub/masking/without_internal.h"

#include <google/protobuf/descriptor.h>

#include <vector>

#include "switchboard/v1/privacy.pb.h"

namespace switchboard::masking {

void RemoveInternal(google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  reflection.MutableUnknownFields(&message)->Clear();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (field->options().GetExtension(v1::data_class) == v1::DATA_CLASS_INTERNAL) {
      reflection.ClearField(&message, field);
    } else if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      RemoveInternal(*reflection.MutableMessage(&message, field));
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i)
        RemoveInternal(*reflection.MutableRepeatedMessage(&message, field, i));
    }
  }
}

}  // namespace switchboard::masking
