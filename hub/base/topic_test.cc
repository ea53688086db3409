#include "hub/base/topic.h"

#include <gtest/gtest.h>

namespace switchboard {
namespace {

TEST(TopicTest, EveryKindComesBackFromItsText) {
  for (const Topic& topic :
       {Topic::Feed("sakura"), Topic::Withdrawals("sakura"), Topic::Session("head-office", 7),
        Topic::Session("a", INT64_MAX), Topic::CoreFeed(), Topic::Keys(), Topic::Contract("sakura"),
        Topic::PermitVoid("sakura", "pm-1")}) {
    EXPECT_EQ(Topic::Parse(topic.Text()), topic) << topic.Text();
  }
}

TEST(TopicTest, WhatIsNoTopicIsNone) {
  for (const char* text : {"", "feed", "session/", "session/a", "session/a/", "session/a/x",
                           "core_feed/", "tomorrow/a"}) {
    EXPECT_EQ(Topic::Parse(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace switchboard
