#include "hub/rules/longest_window.h"

#include <algorithm>

#include "google/protobuf/message.h"
#include "hub/rules/messages_within.h"

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

}  // namespace

absl::Duration LongestWindow(const RulePack& pack) {
  absl::Duration longest;
  ForEachMessageWithin(
      pack, [&](const pb::Message& one) { longest = std::max(longest, OwnLengthOf(one)); });
  return longest;
}

}  // namespace switchboard::rules
