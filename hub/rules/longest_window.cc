#include "hub/rules/longest_window.h"

#include <algorithm>
#include <vector>

#include "google/protobuf/message.h"

namespace switchboard::rules {
namespace {

namespace pb = google::protobuf;
using v1::RulePack;

constexpr absl::Duration kDay = absl::Hours(24);
constexpr int kForEverDays = 3'650;

absl::Duration LengthOf(const RulePack::Window& window) {
  if (window.for_ever()) return kForEverDays * kDay;
  if (window.has_days()) return (window.days() + 1) * kDay;
  return absl::Seconds(window.elapsed().seconds()) + absl::Nanoseconds(window.elapsed().nanos());
}

// Of this message alone, whatever is in it.
absl::Duration OwnLengthOf(const pb::Message& message) {
  const pb::Descriptor* type = message.GetDescriptor();
  if (type == RulePack::Window::descriptor())
    return LengthOf(static_cast<const RulePack::Window&>(message));
  const bool only_wrong_points =
      type == RulePack::Condition::descriptor() &&
      static_cast<const RulePack::Condition&>(message).has_only_wrong_points();
  const bool without_window = type == RulePack::Answer::descriptor() ||
                              type == RulePack::Consent::descriptor() ||
                              type == RulePack::FailedAttempts::descriptor() || only_wrong_points;
  return without_window ? kForEverDays * kDay : absl::ZeroDuration();
}

absl::Duration LongestIn(const pb::Message& message) {
  absl::Duration longest = OwnLengthOf(message);
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      longest = std::max(longest, LongestIn(reflection.GetMessage(message, field)));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      longest = std::max(longest, LongestIn(reflection.GetRepeatedMessage(message, field, i)));
  }
  return longest;
}

}  // namespace

absl::Duration LongestWindow(const RulePack& pack) { return LongestIn(pack); }

}  // namespace switchboard::rules
