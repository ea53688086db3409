#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace switchboard::guard {

// The header that an L4 proxy puts before what it passes on, so that a hub behind it learns the
// address of the peer: version 2 of the PROXY protocol (HAProxy Technologies, "The PROXY protocol",
// 2020/03/05, section 2.2). The addresses' room is bounded far below what the protocol allows,
// which leaves some for the TLVs that clouds add.
inline constexpr size_t kProxyHeaderBytesMax = 536;

struct ProxyHeader {
  size_t bytes = 0;  // how long the header is; TLS follows
  // Of the peer, as text; empty when the proxy speaks for itself (LOCAL: its health checks) or does
  // not know.
  std::string address;
};

// Pure: reads the header that `bytes` begin with. No value: more bytes are needed, of which there
// are kProxyHeaderBytesMax at most. Errors: INVALID_ARGUMENT, PROXY_HEADER_INVALID.
absl::StatusOr<std::optional<ProxyHeader>> ParseProxyHeader(std::string_view bytes);

}  // namespace switchboard::guard
