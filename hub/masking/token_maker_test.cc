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
  EXPECT_EQ(TokenMaker(kKey).PersonToken("P-1"), "a4ymfx6mha64esmq4v45rl5fjk");
  EXPECT_EQ(TokenMaker(kKey).AccountToken("P-1"), "o2osb5fps5jxfqabah3jhpxfhn");
}

TEST(TokenMaker, TokensOfTwoVendorsCannotBeJoined) {
  const TokenMaker sakura(kKey), ume(std::string(32, 'u'));
  EXPECT_NE(sakura.PersonToken("P-1"), ume.PersonToken("P-1"));
  EXPECT_FALSE(sakura.SameKeyAs(ume));
  EXPECT_TRUE(sakura.SameKeyAs(TokenMaker(kKey)));
}

TEST(TokenMaker, DistinguishesAllIds) {
  const TokenMaker tokens(kKey);
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string token = tokens.PersonToken("P-" + std::to_string(i));
    ASSERT_EQ(token.size(), 26u);
    ASSERT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), std::string::npos);
    ASSERT_TRUE(seen.insert(token).second);
  }
}

TEST(TokenMaker, GivesEveryThreadTheSameTokens) {
  const TokenMaker tokens(kKey);
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) expected.push_back(tokens.PersonToken(std::to_string(i)));
  std::vector<int> wrong(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          for (int i = 0; i < 100; ++i)
            count += tokens.PersonToken(std::to_string(i)) != expected[i];
        }
      });
    }
  }
  EXPECT_THAT(wrong, ::testing::Each(0));
}

}  // namespace
}  // namespace switchboard::masking
