#pragma once

#include <string>

#include "hub/api/vendor_api.h"
#include "hub/base/clock.h"
#include "hub/identity/tls_directory.h"

namespace switchboard::edge {

// Holds signed statements of vendors to the certificates that the hub believes in handshakes. Both
// outlive what it returns.
api::SignatureCheck SignatureCheckOf(const identity::TlsDirectory& tls, Clock& clock,
                                     std::string trust_domain);

}  // namespace switchboard::edge
