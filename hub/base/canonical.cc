#include "hub/base/canonical.h"

#include <vector>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include "absl/container/node_hash_map.h"

namespace switchboard {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

using Fields = std::vector<const FieldDescriptor*>;

// The fields of a type that hold messages.
const Fields& MessageFieldsOf(const Descriptor* type) {
  thread_local absl::node_hash_map<const Descriptor*, Fields> found;
  const auto [place, added] = found.try_emplace(type);
  for (int i = 0; added && i < type->field_count(); ++i) {
    if (type->field(i)->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      place->second.push_back(type->field(i));
  }
  return place->second;
}

// Looks only where something can be: DiscardUnknownFields asks every message for all of its fields,
// which cost twice what serializing costs.
bool HoldsUnknownFields(const Message& message) {
  const auto& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  for (const FieldDescriptor* field : MessageFieldsOf(message.GetDescriptor())) {
    if (!field->is_repeated()) {
      if (reflection.HasField(message, field) &&
          HoldsUnknownFields(reflection.GetMessage(message, field)))
        return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HoldsUnknownFields(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace

std::string CanonicalBytes(Message& message) {
  if (HoldsUnknownFields(message)) message.DiscardUnknownFields();
  std::string bytes(message.ByteSizeLong(), '\0');
  google::protobuf::io::ArrayOutputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
  return bytes;
}

}  // namespace switchboard
