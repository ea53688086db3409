#include "hub/rules/pack_needs.h"

#include "absl/algorithm/container.h"
#include "google/protobuf/message.h"
#include "hub/rules/messages_within.h"

namespace switchboard::rules {
namespace {

namespace pb = google::protobuf;
using v1::RulePack;

PackNeeds NeedsOfContacts(const RulePack::Contacts& contacts) {
  const auto names = [&](RulePack::Sameness sameness) {
    return absl::c_linear_search(contacts.same(), sameness);
  };
  PackNeeds needs;
  needs.wrong_points = contacts.without_wrong_points();
  needs.shared_points = names(RulePack::SAMENESS_CONTACT_POINT) &&
                        !names(RulePack::SAMENESS_PARTY) && !names(RulePack::SAMENESS_ACCOUNT);
  return needs;
}

PackNeeds NeedsOfMessage(const pb::Message& message) {
  if (message.GetDescriptor() == RulePack::Contacts::descriptor())
    return NeedsOfContacts(static_cast<const RulePack::Contacts&>(message));
  PackNeeds needs;
  if (message.GetDescriptor() == RulePack::Ask::descriptor()) {
    needs.products = !static_cast<const RulePack::Ask&>(message).products().empty();
  } else if (message.GetDescriptor() == RulePack::Condition::descriptor()) {
    needs.wrong_points = static_cast<const RulePack::Condition&>(message).has_only_wrong_points();
  }
  return needs;
}

}  // namespace

// Filters and asks stand in many places of a rule, so that all of it is looked through.
PackNeeds NeedsOf(const RulePack& pack) {
  PackNeeds needs;
  ForEachMessageWithin(pack, [&](const pb::Message& one) { needs |= NeedsOfMessage(one); });
  return needs;
}

}  // namespace switchboard::rules
