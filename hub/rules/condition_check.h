#pragma once

#include <string>

#include "hub/base/field_problem.h"
#include "switchboard/v1/rule_pack.pb.h"

// The parts of rules, each held to what rule_pack.proto states. `path` names the part.

namespace switchboard::rules {

void CheckAsk(const v1::RulePack::Ask& ask, const std::string& path, FieldCheck* check);
void CheckContacts(const v1::RulePack::Contacts& contacts, const std::string& path,
                   FieldCheck* check);
void CheckWindow(const v1::RulePack::Window& window, const std::string& path, FieldCheck* check);
void CheckCondition(const v1::RulePack::Condition& condition, const std::string& path,
                    FieldCheck* check);

// Whether a message names anything at all.
bool IsEmpty(const google::protobuf::Message& message);

}  // namespace switchboard::rules
