#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace switchboard::identity {

// Who is at the other end of a connection, as its certificate says. A value; nothing here needs
// gRPC.
struct Peer {
  enum class Role { kCore, kVendor, kOperator, kHub };

  Role role = Role::kVendor;
  std::string name;  // 1 to 32 bytes of [a-z0-9-]

  // "vendor/sakura": how the audit log and the logs name the peer.
  std::string Actor() const;

  bool operator==(const Peer&) const = default;
};

// "core", "vendor", "operator" or "hub".
std::string_view RoleName(Peer::Role role);

// Reads the SAN URI of a certificate: exactly spiffe://<trust_domain>/<role>/<name>, nothing
// before, between or behind. Compared byte by byte: SPIFFE ids know no percent-encoding and no
// upper case (SPIFFE-ID standard, section 2). Errors: UNAUTHENTICATED, NO_IDENTITY. The text never
// repeats the URI, which is the peer's to choose.
absl::StatusOr<Peer> ParsePeer(std::string_view spiffe_uri, std::string_view trust_domain);

// "spiffe://issuer.example/vendor/sakura".
std::string SpiffeId(const Peer& peer, std::string_view trust_domain);

// 1 to 32 bytes of [a-z0-9-].
bool IsPeerName(std::string_view name);

// 1 to 255 bytes of [a-z0-9._-] (SPIFFE-ID standard, section 2.1).
bool IsTrustDomain(std::string_view domain);

}  // namespace switchboard::identity
