#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace switchboard::guard {

// Addresses that begin with the same bits: "192.0.2.7", "192.0.2.0/24", "2001:db8::/32". A value.
class AddressRange {
 public:
  // Errors: INVALID_ARGUMENT, ADDRESS_INVALID: no address, a length that is none, or bits set
  // behind it, which would not be what was meant.
  static absl::StatusOr<AddressRange> Parse(std::string_view text);

  // `address` as text without a length; what is none is in no range.
  bool Holds(std::string_view address) const;

 private:
  // IPv4 as it is mapped into IPv6 (RFC 4291, section 2.5.5.2), so that both compare.
  std::array<uint8_t, 16> bytes_ = {};
  int bits_ = 0;  // of bytes_
};

}  // namespace switchboard::guard
