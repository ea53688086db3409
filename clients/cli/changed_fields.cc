#include "clients/cli/changed_fields.h"

#include "google/protobuf/util/message_differencer.h"

namespace switchboard::cli {

namespace pb = google::protobuf;

std::vector<std::string> ChangedFields(const pb::Message& before, const pb::Message& after) {
  std::vector<std::string> changed;
  const pb::Descriptor& type = *before.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    pb::util::MessageDifferencer differencer;
    const std::vector<const pb::FieldDescriptor*> field = {type.field(i)};
    if (!differencer.CompareWithFields(before, after, field, field))
      changed.push_back(type.field(i)->name());
  }
  return changed;
}

}  // namespace switchboard::cli
