#include "hub/guard/address_range.h"

#include <arpa/inet.h>
#include <string.h>

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::guard {
namespace {

using Bytes = std::array<uint8_t, 16>;
constexpr int kMappedBits = 96;

struct Address {
  Bytes bytes = {};
  bool is_v4 = false;
};

std::optional<Address> AddressOf(std::string_view text) {
  const std::string terminated(text);
  Address address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  address.bytes[10] = address.bytes[11] = 0xff;
  address.is_v4 = true;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) == 1) return address;
  return std::nullopt;
}

bool BitAt(const Bytes& bytes, int place) {
  return (bytes[static_cast<size_t>(place / 8)] >> (7 - place % 8) & 1) != 0;
}

absl::Status Invalid(std::string_view text) {
  return Error(absl::StatusCode::kInvalidArgument, "ADDRESS_INVALID",
               absl::StrCat("'", absl::string_view(text.data(), text.size()),
                            "' is no address or range of addresses, as 192.0.2.7, 192.0.2.0/24 or "
                            "2001:db8::/32 are (no bits may be set behind the length)"));
}

}  // namespace

absl::StatusOr<AddressRange> AddressRange::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = AddressOf(text.substr(0, slash));
  if (!address.has_value()) return Invalid(text);
  const int all = address->is_v4 ? 32 : 128;
  int bits = all;
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    const bool read = !length.empty() && length.front() >= '0' && length.front() <= '9' &&
                      absl::SimpleAtoi(absl::string_view(length.data(), length.size()), &bits);
    if (!read || bits < 0 || bits > all) return Invalid(text);
  }
  AddressRange range;
  range.bytes_ = address->bytes;
  range.bits_ = address->is_v4 ? kMappedBits + bits : bits;
  for (int place = range.bits_; place < 128; ++place)
    if (BitAt(range.bytes_, place)) return Invalid(text);
  return range;
}

bool AddressRange::Holds(std::string_view address) const {
  const auto other = AddressOf(address);
  if (!other.has_value()) return false;
  for (int place = 0; place < bits_; ++place)
    if (BitAt(bytes_, place) != BitAt(other->bytes, place)) return false;
  return true;
}

}  // namespace switchboard::guard
