#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "hub/identity/peer.h"
#include "switchboard/v1/method.pb.h"

namespace switchboard::identity {

// What the protos say of a method of the three services, by its name as on the wire:
// "/switchboard.v1.VendorService/RequestPermit". Null for what is no method of theirs, and for a
// method without a rule. Lives as long as the process. Thread-safe.
const v1::MethodRule* RuleOf(std::string_view full_method);

// May this peer call this method? Its rule names the one kind of peer that may; what has no rule
// nobody may call.
//
// Says nothing about which data the peer may touch: that is for the api, by the peer's name.
// Errors: PERMISSION_DENIED with NOT_A_CORE, NOT_A_VENDOR or NOT_AN_OPERATOR (by what the method
// asks for), or METHOD_UNKNOWN.
absl::Status Authorize(const Peer& peer, std::string_view full_method);

}  // namespace switchboard::identity
