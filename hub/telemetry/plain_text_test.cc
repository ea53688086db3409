#include "hub/telemetry/plain_text.h"

#include <string>

#include "gtest/gtest.h"

namespace switchboard::telemetry {
namespace {

TEST(PlainTextTest, IdsArePlainAndWordsAreNot) {
  struct Case {
    std::string text;
    bool plain;
  };
  const Case cases[] = {
      {"sakura", true},
      {"01KB3V9TQ8Z5N4M2R7WXYA6CDE", true},
      {"/switchboard.v1.VendorService/Sync", true},
      {"[::1]:8443", true},
      {"127.0.0.1:50443", true},
      {"REASON_PAID", true},
      {"", false},
      {std::string(128, 'a'), true},
      {std::string(129, 'a'), false},
      {"Taro Tanaka", false},
      {"田中", false},
      {"taro@example.com", false},
      {"+819012345678", false},
      {"09012345678", false},
      {"090-1234-5678", false},
      {"4111-1111-1111-1111", false},
      {"123456789", true},
      {"1234567890", false},
      {"a1234567890b", false},
      {"line\nbreak", false},
      {std::string("nul\0byte", 8), false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(IsPlainId(c.text), c.plain) << c.text;
  }
}

TEST(PlainTextTest, ScrubKeepsSentencesAndHidesNumbersAndNames) {
  EXPECT_EQ(Scrub("port 8443 is in use (errno 98)"), "port 8443 is in use (errno 98)");
  EXPECT_EQ(Scrub("call 090-1234-5678 now"), "call # now");
  EXPECT_EQ(Scrub("card 4111111111111111."), "card #.");
  EXPECT_EQ(Scrub("on 2026-11-22"), "on 2026-11-22");
  EXPECT_EQ(Scrub("a@b"), "a#b");
  EXPECT_EQ(Scrub("x\r\n\x1b[2J田"), "x???[2J???");
  EXPECT_EQ(Scrub("1-"), "1-");
  EXPECT_EQ(Scrub("1--2"), "1--2");
  EXPECT_EQ(Scrub(std::string(4000, 'x')).size(), 512u);
}

}  // namespace
}  // namespace switchboard::telemetry
