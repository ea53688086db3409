#include "hub/identity/peer.h"

#include "tests/testing.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;
using Role = Peer::Role;

TEST(Peer, ReadsGoodIds) {
  const struct {
    std::string_view uri;
    Role role;
    std::string name;
    std::string actor;
  } cases[] = {
      {"spiffe://issuer.example/core/main", Role::kCore, "main", "core/main"},
      {"spiffe://issuer.example/vendor/sakura", Role::kVendor, "sakura", "vendor/sakura"},
      {"spiffe://issuer.example/vendor/0-9", Role::kVendor, "0-9", "vendor/0-9"},
      {"spiffe://issuer.example/operator/a", Role::kOperator, "a", "operator/a"},
      {"spiffe://issuer.example/hub/abcdefghijklmnopqrstuvwxyz012345", Role::kHub,
       "abcdefghijklmnopqrstuvwxyz012345", "hub/abcdefghijklmnopqrstuvwxyz012345"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.uri);
    ASSERT_OK_AND_ASSIGN(const Peer peer, ParsePeer(one.uri, "issuer.example"));
    EXPECT_EQ(peer, (Peer{one.role, one.name}));
    EXPECT_EQ(peer.Actor(), one.actor);
    EXPECT_EQ(SpiffeId(peer, "issuer.example"), one.uri);
  }
}

TEST(Peer, RefusesHostileIds) {
  using namespace std::string_view_literals;
  const std::string long_name = "spiffe://issuer.example/vendor/" + std::string(33, 'a');
  const std::string very_long = "spiffe://issuer.example/vendor/" + std::string(1 << 20, 'a');
  const std::string_view cases[] = {
      ""sv,
      "spiffe://"sv,
      "spiffe:///vendor/sakura"sv,
      "spiffe://issuer.example"sv,
      "spiffe://issuer.example/"sv,
      "spiffe://issuer.example/vendor"sv,
      "spiffe://issuer.example/vendor/"sv,
      "spiffe://issuer.example//sakura"sv,
      "spiffe://issuer.example/vendor//sakura"sv,
      "spiffe://issuer.example/vendor/sakura/"sv,
      "spiffe://issuer.example/vendor/sakura/admin"sv,
      "spiffe://issuer.example/../operator/a"sv,
      "spiffe://issuer.example/vendor/.."sv,
      "spiffe://issuer.example/vendors/sakura"sv,
      "spiffe://issuer.example/admin/sakura"sv,
      "spiffe://issuer.example/VENDOR/sakura"sv,
      "spiffe://issuer.example/vendor/Sakura"sv,
      "spiffe://ISSUER.example/vendor/sakura"sv,
      "SPIFFE://issuer.example/vendor/sakura"sv,
      "https://issuer.example/vendor/sakura"sv,
      "spiffe:/issuer.example/vendor/sakura"sv,
      "spiffe://issuer.example.evil/vendor/sakura"sv,
      "spiffe://issuer.example.vendor/sakura"sv,
      "spiffe://issuer.example@vendor/sakura"sv,
      "spiffe://evil.issuer.example/vendor/sakura"sv,
      "spiffe://issuer.exampl/vendor/sakura"sv,
      "spiffe://issuer.example:443/vendor/sakura"sv,
      "spiffe://user@issuer.example/vendor/sakura"sv,
      "spiffe://evil/issuer.example/vendor/sakura"sv,
      "spiffe://issuer.example/vendor/sak%75ra"sv,
      "spiffe://issuer.example/%76endor/sakura"sv,
      "spiffe://issuer.example/vendor/sakura?x=1"sv,
      "spiffe://issuer.example/vendor/sakura#x"sv,
      "spiffe://issuer.example/vendor/sakura\0"sv,
      "spiffe://issuer.example/vendor/sakura\0.evil"sv,
      "spiffe://issuer.example/vendor\0/sakura"sv,
      "spiffe://issuer.example\0/vendor/sakura"sv,
      " spiffe://issuer.example/vendor/sakura"sv,
      "spiffe://issuer.example/vendor/sakura "sv,
      "spiffe://issuer.example/vendor/sakura\n"sv,
      "spiffe://issuer.example/vendor/sak_ura"sv,
      "spiffe://issuer.example/vendor/さくら"sv,
      long_name,
      very_long,
  };
  for (const std::string_view uri : cases) {
    SCOPED_TRACE(uri.substr(0, 80));
    const auto peer = ParsePeer(uri, "issuer.example");
    EXPECT_THAT(peer, FailsWith(absl::StatusCode::kUnauthenticated, "NO_IDENTITY"));
    // The text may be logged, so it never repeats what the peer chose.
    EXPECT_EQ(std::string(peer.status().message()).find("akura"), std::string::npos);
  }
}

TEST(Peer, NeedsATrustDomain) {
  for (const std::string_view domain : {"", "issuer.example/vendor", "Issuer.example", "a b"}) {
    EXPECT_THAT(ParsePeer("spiffe://" + std::string(domain) + "/vendor/sakura", domain),
                FailsWith(absl::StatusCode::kUnauthenticated, "NO_IDENTITY"));
  }
}

}  // namespace
}  // namespace switchboard::identity
