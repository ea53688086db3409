#include "hub/identity/revocations.h"

#include "hub/identity/development_authority.h"
#include "tests/testing.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;

class RevocationsTest : public ::testing::Test {
 protected:
  DevelopmentAuthority NewAuthority() {
    return *DevelopmentAuthority::Create(now_ - absl::Hours(1), now_ + absl::Hours(100));
  }
  std::string Leaf(const DevelopmentAuthority& authority) const {
    LeafRequest request;
    request.common_name = "leaf";
    request.client = true;
    request.not_before = now_;
    request.not_after = now_ + absl::Hours(1);
    return authority.Issue(request)->certificate_pem;
  }
  std::string List(const DevelopmentAuthority& authority, const std::vector<std::string>& revoked,
                   absl::Duration until = absl::Hours(24)) const {
    return *authority.Revoke(revoked, now_, now_ + until);
  }
  static std::vector<Certificate> Chain(const std::string& pem) { return *ParseCertificates(pem); }

  const absl::Time now_ = absl::FromUnixSeconds(1'790'000'000);
  const DevelopmentAuthority root_ = NewAuthority();
  const std::vector<Certificate> roots_ = Chain(root_.certificate_pem());
};

TEST_F(RevocationsTest, NoListRevokesNothing) {
  ASSERT_OK_AND_ASSIGN(const Revocations none, Revocations::Parse("", roots_));
  EXPECT_FALSE(none.Revoke(Chain(Leaf(root_))));
  EXPECT_EQ(none.next_update(), absl::InfiniteFuture());
}

TEST_F(RevocationsTest, NamesCertificatesByIssuerAndSerial) {
  const std::string lost = Leaf(root_);
  const std::string kept = Leaf(root_);
  ASSERT_OK_AND_ASSIGN(const Revocations list, Revocations::Parse(List(root_, {lost}), roots_));
  EXPECT_TRUE(list.Revoke(Chain(lost)));
  EXPECT_FALSE(list.Revoke(Chain(kept)));
  EXPECT_TRUE(list.Revoke(Chain(kept + lost))) << "any one of the chain";
  EXPECT_EQ(list.next_update(), now_ + absl::Hours(24));
}

TEST_F(RevocationsTest, SeveralListsCountTogether) {
  const DevelopmentAuthority middle = *root_.Subordinate(now_, now_ + absl::Hours(10));
  const std::string first = Leaf(root_);
  const std::string second = Leaf(middle);
  // The authority below stands in no ca.crt; the peer shows it.
  ASSERT_OK_AND_ASSIGN(
      const Revocations lists,
      Revocations::Parse(List(root_, {first}) + List(middle, {second}, absl::Hours(2)), roots_));
  EXPECT_TRUE(lists.Revoke(Chain(first)));
  EXPECT_TRUE(lists.Revoke(Chain(second + middle.certificate_pem())));
  EXPECT_EQ(lists.next_update(), now_ + absl::Hours(2));
}

TEST_F(RevocationsTest, AnAuthorityBelowCanBeRevoked) {
  const DevelopmentAuthority middle = *root_.Subordinate(now_, now_ + absl::Hours(10));
  ASSERT_OK_AND_ASSIGN(const Revocations list,
                       Revocations::Parse(List(root_, {middle.certificate_pem()}), roots_));
  EXPECT_TRUE(list.Revoke(Chain(Leaf(middle) + middle.certificate_pem())));
}

TEST_F(RevocationsTest, OnlyTheIssuersOwnListCounts) {
  const DevelopmentAuthority middle = *root_.Subordinate(now_, now_ + absl::Hours(10));
  const DevelopmentAuthority namesake = *root_.Subordinate(now_, now_ + absl::Hours(10));
  const std::string leaf = Leaf(middle);
  ASSERT_OK_AND_ASSIGN(const Revocations list, Revocations::Parse(List(namesake, {leaf}), roots_));
  EXPECT_FALSE(list.Revoke(Chain(leaf + middle.certificate_pem())));
}

TEST_F(RevocationsTest, WhatIsNoListIsTold) {
  const std::string good = List(root_, {});
  std::string broken = good;
  broken[broken.size() / 2] = '!';
  const DevelopmentAuthority namesake = NewAuthority();
  for (const std::string& pem : {std::string("nonsense"), root_.certificate_pem(), broken,
                                 good + broken, List(namesake, {})}) {
    EXPECT_THAT(Revocations::Parse(pem, roots_),
                FailsWith(absl::StatusCode::kInvalidArgument, "PEM_INVALID"))
        << pem;
  }
}

}  // namespace
}  // namespace switchboard::identity
