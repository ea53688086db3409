#include "hub/base/id_mail.h"

#include <random>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "hub/base/ids.h"

namespace switchboard {
namespace {

TEST(IdMail, AddressesAreFound) {
  const char* const kAddresses[] = {
      "taro.yamada_at_example.co.jp",
      "taro-at-example-dot-jp",
      "taro_at_example_dot_co_dot_jp",
      "taro.at.example.com",
      "taro:at:example.com",
      "taro__at__example.com",
      "TARO_AT_EXAMPLE.COM",
      "taroAtExampleDotCom",
      "taroAtExample.com",
      "call-1:taro_at_example.jp:2",
      "taro_at_example.jp-1",
      "taro_at_example.jp1",
      "taro-dot-yamada-at-example-dot-de",
      "x_at_mail.example.org",
      "a_at_my-bank.co.uk",
      "taro-at-example-jp",
      "taro-at-example-co-jp",
      "taro-at-example-com",
      "taro_at_bank.example",
      "tyamada.gmail.com",
      "tyamada-gmail-com",
      "tyamada_gmail_dot_com",
      "tyamadagmail.com",
      "T.Yamada:Gmail.com",
      "taro-yahoo.co.jp",
      "taro.docomo.ne.jp",
      "taro-docomo-ne-jp",
      "1234567.qq.com",
      "taro.163.com",
      "kim.naver.com",
      "taro.me.com",
      "jean.orange.fr",
      "ivan-mail.ru",
      "hans_at_1und1.de",
      "gold taro_at_example.jp",
  };
  for (const char* address : kAddresses) EXPECT_TRUE(HoldsMailAddress(address)) << address;
}

TEST(IdMail, OtherIdsHoldNone) {
  const char* const kOthers[] = {
      "",
      "at",
      "o-1",
      "at-example.com",  // nobody is there
      "gmail.com",
      "call-at-home",
      "call-at-home-in-may",
      "accounts-at-month-end.csv",
      "balances_at_20261127.csv.gz",
      "look-at-9.am",
      "start-at-09:30.pm",
      "batch.data.com",
      "format-1.2.3",
      "category.rate.format",
      "flat-example.com",
      "thatExample.com",
      "home.com",
      "welcome.com",
      "tell-me-com",
      "sakura-web-de",
      "customer-orange-fr",
      "x163.com",
      "application/vnd.ms-excel",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "sync_client/1",
      "Left message at office. In talks",
      "at home.in a minute",
      "desk/7:A.b_c-1",
      "550e8400-e29b-41d4-a716-446655440000",
      "01ARYZ6S41TSV4RRFFQ69G5FAV",
      "山田",
      "\xff.at.\xfe.com",
  };
  for (const char* other : kOthers) EXPECT_FALSE(HoldsMailAddress(other)) << other;
}

// A false refusal loses an outcome or an event: what programs make must pass.
TEST(IdMail, RandomIdsHoldNone) {
  std::mt19937_64 random(20261130);
  ManualClock clock(absl::FromUnixSeconds(1'795'771'800));
  IdMint mint(clock, 7);
  const auto drawn = [&](std::string_view alphabet, size_t size) {
    std::string text;
    while (text.size() < size) text += alphabet[random() % alphabet.size()];
    return text;
  };
  constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr char kBase36[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  for (int i = 0; i < 100'000; ++i) {
    for (const std::string& id :
         {mint.Next(), drawn(kBase64, 22), drawn(kBase64, 43), drawn(kBase36, 25),
          drawn(kBase36, 8) + "." + drawn(kBase36, 8) + "." + drawn(kBase36, 8),
          absl::StrFormat("%08x-%04x", random() & 0xffffffff, random() & 0xffff)}) {
      ASSERT_FALSE(HoldsMailAddress(id)) << id;
    }
  }
}

}  // namespace
}  // namespace switchboard
