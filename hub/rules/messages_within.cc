#include "hub/rules/messages_within.h"

#include <vector>

namespace switchboard::rules {

namespace pb = google::protobuf;

void ForEachMessageWithin(const pb::Message& message,
                          absl::FunctionRef<void(const pb::Message&)> visit) {
  visit(message);
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      ForEachMessageWithin(reflection.GetMessage(message, field), visit);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      ForEachMessageWithin(reflection.GetRepeatedMessage(message, field, i), visit);
  }
}

}  // namespace switchboard::rules
