#include "clients/cli/code_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/changed_fields.h"
#include "clients/cli/render.h"

namespace switchboard::cli {
namespace {

namespace pb = google::protobuf;
using CodeResult = v1::Outcome::Result;

// The value of a result's field; they are enums, flags, and one list of channels.
std::string ValueText(const CodeResult& result, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflection = *result.GetReflection();
  if (field.is_repeated()) {
    std::vector<std::string> names;
    for (int i = 0; i < reflection.FieldSize(result, &field); ++i)
      names.push_back(
          ShortName(field.enum_type(), reflection.GetRepeatedEnumValue(result, &field, i)));
    return names.empty() ? "none" : absl::StrJoin(names, "+");
  }
  if (field.enum_type() != nullptr)
    return ShortName(field.enum_type(), reflection.GetEnumValue(result, &field));
  return reflection.GetBool(result, &field) ? "yes" : "no";
}

}  // namespace

std::string ResultText(const CodeResult& result) {
  const CodeResult nothing_said;
  std::vector<std::string> parts;
  for (const ChangedValue& value : ChangedValues(nothing_said, result)) {
    if (value.after == "yes") {
      parts.push_back(value.field);
    } else if (value.before == "none") {
      parts.push_back(absl::StrCat(value.field, " ", value.after));
    } else {
      parts.push_back(value.after);
    }
  }
  return absl::StrJoin(parts, " ");
}

std::vector<ChangedValue> ChangedValues(const CodeResult& before, const CodeResult& after) {
  std::vector<ChangedValue> values;
  for (const std::string& name : ChangedFields(before, after)) {
    const pb::FieldDescriptor& field = *CodeResult::descriptor()->FindFieldByName(name);
    values.push_back({name, ValueText(before, field), ValueText(after, field)});
  }
  return values;
}

}  // namespace switchboard::cli
