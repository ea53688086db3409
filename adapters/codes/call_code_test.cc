#include "adapters/codes/call_code.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace switchboard::adapters {
namespace {

TEST(CallCodeTest, EveryNameLeadsToItsCodeAndBack) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(CallCode::kFraud); ++code) {
    const auto one = static_cast<CallCode>(code);
    EXPECT_TRUE(names.insert(NameOf(one)).second) << NameOf(one);
    EXPECT_EQ(CallCodeOf(NameOf(one)), one);
  }
  EXPECT_EQ(CallCodeOf("NO_SUCH"), std::nullopt);
  EXPECT_EQ(CallCodeOf(""), std::nullopt);
  EXPECT_EQ(CallCodeOf("no_answer"), std::nullopt);
}

TEST(CallCodeTest, WhatWasWishedStandsInItsFlag) {
  EXPECT_TRUE(ResultOf(CallCode::kCeaseContact).stop_wanted());
  EXPECT_TRUE(ResultOf(CallCode::kDispute).disputed());
  EXPECT_TRUE(ResultOf(CallCode::kHardship).hardship());
  EXPECT_TRUE(ResultOf(CallCode::kFraud).fraud_suspected());
  EXPECT_FALSE(ResultOf(CallCode::kRefusedToPay).stop_wanted());
}

}  // namespace
}  // namespace switchboard::adapters
