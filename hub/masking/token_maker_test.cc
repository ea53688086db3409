#include "hub/masking/token_maker.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

const std::string kKey(32, 'k');

// Computed apart: printf 'person:P-1' | openssl dgst -sha256 -hmac kkkk… -binary | base32 | head -c
// 26
TEST(TokenMaker, IsHmacSha256InBase32) {
  EXPECT_EQ(TokenMaker(kKey).TokensOf("P-1").Token(), "a4ymfx6mha64esmq4v45rl5fjk");
  EXPECT_EQ(TokenMaker(kKey).AccountToken("P-1"), "o2osb5fps5jxfqabah3jhpxfhn");
}

// Computed apart: of that HMAC the bytes from the eighteenth on, and mobile-1, | openssl dgst
// -sha256 -binary | base32 | head -c 26
TEST(TokenMaker, AContactPointsTokenComesOfItsPersons) {
  const TokenMaker sakura(kKey), ume(std::string(32, 'u'));
  const std::string token = sakura.TokensOf("P-1").ContactPointToken("mobile-1");
  EXPECT_EQ(token, "i5pctuv4v6mpjvmk3xkob2e36b");
  EXPECT_NE(sakura.TokensOf("P-1").ContactPointToken("home-1"), token);
  EXPECT_NE(sakura.TokensOf("P-2").ContactPointToken("mobile-1"), token);
  EXPECT_NE(ume.TokensOf("P-1").ContactPointToken("mobile-1"), token);
  EXPECT_EQ(sakura.TokensOf("P-1").ContactPointToken("").size(), 26u);
}

TEST(TokenMaker, TokensOfTwoVendorsCannotBeJoined) {
  const TokenMaker sakura(kKey), ume(std::string(32, 'u'));
  EXPECT_NE(sakura.TokensOf("P-1").Token(), ume.TokensOf("P-1").Token());
  EXPECT_FALSE(sakura.SameKeyAs(ume));
  EXPECT_TRUE(sakura.SameKeyAs(TokenMaker(kKey)));
}

TEST(TokenMaker, DistinguishesAllIds) {
  const TokenMaker tokens(kKey);
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const PersonTokens of_one = tokens.TokensOf("P-" + std::to_string(i));
    for (const std::string& token : {of_one.Token(), of_one.ContactPointToken("mobile-1")}) {
      ASSERT_EQ(token.size(), 26u);
      ASSERT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), std::string::npos);
      ASSERT_TRUE(seen.insert(token).second);
    }
  }
}

TEST(TokenMaker, GivesEveryThreadTheSameTokens) {
  const TokenMaker tokens(kKey);
  const auto token_of = [&tokens](int i) {
    return tokens.TokensOf(std::to_string(i)).ContactPointToken("mobile-1");
  };
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) expected.push_back(token_of(i));
  std::vector<int> wrong(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          for (int i = 0; i < 100; ++i) count += token_of(i) != expected[i];
        }
      });
    }
  }
  EXPECT_THAT(wrong, ::testing::Each(0));
}

}  // namespace
}  // namespace switchboard::masking
