#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "hub/identity/peer.h"

namespace switchboard::identity {

// May this peer call this method? Each method of the three services has one role and no other may
// call it; what is not in the table nobody may call. `full_method` is written as on the wire:
// "/switchboard.v1.VendorService/RequestPermit".
//
// Says nothing about which data the peer may touch: that is for the handler, by the peer's name.
// Errors: PERMISSION_DENIED with NOT_A_CORE, NOT_A_VENDOR or NOT_AN_OPERATOR (by what the method
// asks for), or METHOD_UNKNOWN.
absl::Status Authorize(const Peer& peer, std::string_view full_method);

}  // namespace switchboard::identity
