#pragma once

#include <string>

#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/assignment.pb.h"

// Whether what a vendor holds follows from what the core knows, whatever the contract leaves out.
// Written from the protos alone: nothing of the hub's masking is used. Pure.

namespace switchboard::invariants {

// Every field that the row shows is that of the account, exactly or as a band that holds it.
bool Says(const v1::MaskedAccount& row, const v1::Account& account);

// "zh" of "zh-Hant".
std::string PrimaryTag(const std::string& language);

}  // namespace switchboard::invariants
