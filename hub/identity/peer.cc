#include "hub/identity/peer.h"

#include <algorithm>
#include <optional>

#include "hub/base/error.h"

namespace switchboard::identity {
namespace {

constexpr std::string_view kScheme = "spiffe://";
constexpr Peer::Role kRoles[] = {Peer::Role::kCore, Peer::Role::kVendor, Peer::Role::kOperator,
                                 Peer::Role::kHub};

// Not isalnum(): that one asks the locale.
bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::optional<Peer::Role> RoleOf(std::string_view text) {
  for (Peer::Role role : kRoles) {
    if (RoleName(role) == text) return role;
  }
  return std::nullopt;
}

absl::Status NoIdentity(std::string_view why) {
  return Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY", why);
}

}  // namespace

std::string_view RoleName(Peer::Role role) {
  switch (role) {
    case Peer::Role::kCore:
      return "core";
    case Peer::Role::kVendor:
      return "vendor";
    case Peer::Role::kOperator:
      return "operator";
    case Peer::Role::kHub:
      return "hub";
  }
  return "";
}

std::string Peer::Actor() const { return std::string(RoleName(role)) + "/" + name; }

bool IsPeerName(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return IsLowerOrDigit(c) || c == '-';
  });
}

bool IsTrustDomain(std::string_view domain) {
  return !domain.empty() && domain.size() <= 255 &&
         std::all_of(domain.begin(), domain.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '-' || c == '.' || c == '_'; });
}

std::string SpiffeId(const Peer& peer, std::string_view trust_domain) {
  return std::string(kScheme) + std::string(trust_domain) + "/" + peer.Actor();
}

absl::StatusOr<Peer> ParsePeer(std::string_view spiffe_uri, std::string_view trust_domain) {
  // An empty or malformed domain must not turn "spiffe:///vendor/x" into somebody.
  if (!IsTrustDomain(trust_domain))
    return NoIdentity("the hub's trust domain is not a trust domain");
  std::string_view rest = spiffe_uri;
  if (!rest.starts_with(kScheme)) return NoIdentity("the certificate's URI is not a SPIFFE id");
  rest.remove_prefix(kScheme.size());
  if (!rest.starts_with(trust_domain) || rest.substr(trust_domain.size(), 1) != "/") {
    return NoIdentity("the certificate's SPIFFE id is of another trust domain");
  }
  rest.remove_prefix(trust_domain.size() + 1);
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) {
    return NoIdentity("the certificate's SPIFFE id is not <role>/<name>");
  }
  const std::optional<Peer::Role> role = RoleOf(rest.substr(0, slash));
  const std::string_view name = rest.substr(slash + 1);
  if (!role.has_value()) {
    return NoIdentity("the role in the SPIFFE id is none of core, vendor, operator, hub");
  }
  if (!IsPeerName(name)) {
    return NoIdentity("the name in the SPIFFE id is not 1 to 32 bytes of [a-z0-9-]");
  }
  return Peer{*role, std::string(name)};
}

}  // namespace switchboard::identity
