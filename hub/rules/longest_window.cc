#include "hub/rules/longest_window.h"

#include <algorithm>

#include "google/protobuf/message.h"
#include "hub/rules/condition.h"
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

// Like LengthOf, but for what has no end.
absl::Duration ReachOf(const RulePack::Window& window) {
  return window.for_ever() ? absl::InfiniteDuration() : LengthOf(window);
}

// Whether something answered looks at what came before it.
absl::Duration ReachOf(const RulePack::Answer& answer) {
  return answer.same_day() ? 2 * kDay : absl::InfiniteDuration();
}

absl::Duration ReachOf(const RulePack::Contacts& contacts, const RulePack::Window& window) {
  absl::Duration reach = ReachOf(window);
  if (contacts.has_without_answers()) reach += ReachOf(contacts.without_answers());
  return reach;
}

absl::Duration ReachOf(const RulePack::Condition& condition, const Facts& facts) {
  if (condition.has_ask() && !IsAsk(condition.ask(), facts.request)) return absl::ZeroDuration();
  const bool looks_at_all = condition.has_failed_attempts() || condition.has_only_wrong_points() ||
                            (condition.consent().has_until_next() && !facts.consents.empty());
  if (looks_at_all) return absl::InfiniteDuration();
  absl::Duration reach;
  if (condition.has_answer() && facts.request.act == v1::ACT_RETURN_CALL)
    reach = ReachOf(condition.answer());
  if (!condition.has_contact()) return reach;
  return std::max(reach, ReachOf(condition.contact().contacts(), condition.contact().window()));
}

absl::Duration ReachOf(const RulePack::Rule& rule, const Facts& facts) {
  absl::Duration reach;
  if (rule.has_count()) reach = ReachOf(rule.count().contacts(), rule.count().window());
  if (rule.has_cool_down()) reach = ReachOf(rule.cool_down().after(), rule.cool_down().window());
  for (const auto* conditions : {&rule.unless(), &rule.forbid().when(), &rule.only_if().any_of()}) {
    for (const auto& condition : *conditions) reach = std::max(reach, ReachOf(condition, facts));
  }
  return reach;
}

}  // namespace

absl::Duration LongestWindow(const RulePack& pack) {
  absl::Duration longest;
  ForEachMessageWithin(
      pack, [&](const pb::Message& one) { longest = std::max(longest, OwnLengthOf(one)); });
  return longest;
}

absl::Duration LongestWindowFor(const RulePack& pack, const Facts& facts) {
  absl::Duration longest;
  for (const RulePack::Rule& rule : pack.rules()) {
    if (SpeaksOf(rule, facts.request)) longest = std::max(longest, ReachOf(rule, facts));
  }
  return longest;
}

}  // namespace switchboard::rules
