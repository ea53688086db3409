#include "hub/permits/trunk_token.h"

#include <gtest/gtest.h>

namespace switchboard::permits {
namespace {

const std::string kKey(32, 'k');

TEST(TrunkTokenTest, StandsForItsPermitAndIsNotItsId) {
  const std::string token = TrunkTokenOf(kKey, "0190-p.1");
  EXPECT_NE(token, "0190-p.1");
  EXPECT_EQ(token, TrunkTokenOf(kKey, "0190-p.1"));
  EXPECT_EQ(PermitOfTrunkToken(kKey, token), "0190-p.1");
}

TEST(TrunkTokenTest, NobodyWithoutTheKeyMakesOne) {
  const std::string token = TrunkTokenOf(kKey, "p-1");
  EXPECT_EQ(PermitOfTrunkToken(std::string(32, 'x'), token), std::nullopt);
  EXPECT_EQ(PermitOfTrunkToken(kKey, "p-1"), std::nullopt);
  EXPECT_EQ(PermitOfTrunkToken(kKey, ""), std::nullopt);
  EXPECT_EQ(PermitOfTrunkToken(kKey, "p-1."), std::nullopt);
  EXPECT_EQ(PermitOfTrunkToken(kKey, "p-2" + token.substr(3)), std::nullopt);
  for (size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == 'a' ? 'b' : 'a';
    EXPECT_EQ(PermitOfTrunkToken(kKey, altered), std::nullopt) << i;
  }
  EXPECT_EQ(PermitOfTrunkToken(kKey, token.substr(0, token.size() - 1)), std::nullopt);
  EXPECT_EQ(PermitOfTrunkToken(kKey, token + "a"), std::nullopt);
}

}  // namespace
}  // namespace switchboard::permits
