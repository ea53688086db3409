#pragma once

#include <string>
#include <string_view>

namespace switchboard {

// "vendor/sakura": how the audit log, the lanes of writing and the record of disclosures name a
// vendor, as identity::Peer::Actor does whoever calls.
inline std::string ActorOfVendor(std::string_view vendor_id) {
  return "vendor/" + std::string(vendor_id);
}

}  // namespace switchboard
