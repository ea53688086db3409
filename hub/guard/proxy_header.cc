#include "hub/guard/proxy_header.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>

#include "hub/base/error.h"

namespace switchboard::guard {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixedBytes = 16;  // signature, version and command, family, length
constexpr uint8_t kLocal = 0x20;    // version 2, the proxy's own connection
constexpr uint8_t kProxied = 0x21;
constexpr uint8_t kTcp4 = 0x11;
constexpr uint8_t kTcp6 = 0x21;
constexpr size_t kTcp4Bytes = 12;  // two addresses, two ports
constexpr size_t kTcp6Bytes = 36;

absl::Status Invalid(std::string_view why) {
  return Error(absl::StatusCode::kInvalidArgument, "PROXY_HEADER_INVALID", why);
}

uint8_t ByteAt(std::string_view bytes, size_t place) { return static_cast<uint8_t>(bytes[place]); }

std::string TextOf(int family, std::string_view address) {
  char text[INET6_ADDRSTRLEN] = "";
  // An IPv4 address in IPv6's clothes is the same address.
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  if (family == AF_INET6 && address.starts_with(kMapped))
    inet_ntop(AF_INET, address.data() + kMapped.size(), text, sizeof text);
  else
    inet_ntop(family, address.data(), text, sizeof text);
  return text;
}

}  // namespace

absl::StatusOr<std::optional<ProxyHeader>> ParseProxyHeader(std::string_view bytes) {
  const size_t signed_bytes = std::min(bytes.size(), kSignature.size());
  if (bytes.substr(0, signed_bytes) != kSignature.substr(0, signed_bytes))
    return Invalid("the connection does not begin with a PROXY protocol header of version 2");
  if (bytes.size() < kFixedBytes) return std::nullopt;
  const uint8_t command = ByteAt(bytes, 12);
  const uint8_t family = ByteAt(bytes, 13);
  const size_t length = size_t{ByteAt(bytes, 14)} << 8 | ByteAt(bytes, 15);
  if (command != kLocal && command != kProxied)
    return Invalid("the PROXY protocol header has a version or command that is not known");
  if (length > kProxyHeaderBytesMax - kFixedBytes)
    return Invalid("the PROXY protocol header is longer than 536 bytes");
  if (bytes.size() < kFixedBytes + length) return std::nullopt;
  ProxyHeader header;
  header.bytes = kFixedBytes + length;
  const std::string_view addresses = bytes.substr(kFixedBytes, length);
  if (command == kLocal) return header;
  if (family == kTcp4 && length >= kTcp4Bytes)
    header.address = TextOf(AF_INET, addresses.substr(0, 4));
  else if (family == kTcp6 && length >= kTcp6Bytes)
    header.address = TextOf(AF_INET6, addresses.substr(0, 16));
  else if (family == kTcp4 || family == kTcp6)
    return Invalid("the PROXY protocol header ends within its addresses");
  return header;
}

}  // namespace switchboard::guard
