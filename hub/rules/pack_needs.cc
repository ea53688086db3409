#include "hub/rules/pack_needs.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "google/protobuf/message.h"

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

// Filters and asks stand in many places of a rule, so that all of it is looked through.
PackNeeds NeedsOfMessage(const pb::Message& message) {
  PackNeeds needs;
  if (message.GetDescriptor() == RulePack::Ask::descriptor()) {
    needs.products = !static_cast<const RulePack::Ask&>(message).products().empty();
  } else if (message.GetDescriptor() == RulePack::Contacts::descriptor()) {
    needs = NeedsOfContacts(static_cast<const RulePack::Contacts&>(message));
  } else if (message.GetDescriptor() == RulePack::Condition::descriptor()) {
    needs.wrong_points = static_cast<const RulePack::Condition&>(message).has_only_wrong_points();
  }
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      needs |= NeedsOfMessage(reflection.GetMessage(message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      needs |= NeedsOfMessage(reflection.GetRepeatedMessage(message, field, i));
    }
  }
  return needs;
}

}  // namespace

PackNeeds NeedsOf(const RulePack& pack) { return NeedsOfMessage(pack); }

}  // namespace switchboard::rules
