#include "hub/base/email.h"

#include <string>

#include "gtest/gtest.h"

namespace switchboard {
namespace {

TEST(Email, AddressesAreTaken) {
  const std::string rows[] = {
      "taro@example.jp",
      "taro.yamada+x@mail.example.co.jp",
      "TARO@EXAMPLE.JP",
      "a!#$%&'*+/=?^_`{|}~-z@example.jp",
      "1@163.com",
      "山田@example.jp",
      "jos\u00e9@example.es",
      "किरण@example.in",
      "taro@例え.jp",
      "taro@b\u00fccher.de",
      "taro@B\u00fccher.de",
      "taro@xn--r8jz45g.jp",
      "taro@例え.テスト",
      std::string(64, 'a') + "@example.jp",
  };
  for (const std::string& row : rows) EXPECT_TRUE(IsEmailAddress(row)) << row;
  EXPECT_EQ(HostOfEmail("taro@mail.example.jp"), "mail.example.jp");
}

TEST(Email, NothingElseIs) {
  const std::string rows[] = {
      "",
      "taro",
      "@example.jp",
      "taro@",
      "a@b",
      "taro@example.jp (Yamada Taro 090-0000-0000)",
      "taro@example.jp\nTEL 090-0000-0000",
      "taro@example.jp 携帯は夫",
      "taro@example.jp携帯 夫",
      "Taro <taro@example.jp>",
      "<taro@example.jp>",
      "mailto:taro@example.jp",
      "mailto:taro@example.jp?cc=x",
      "taro@example.jp?subject=x",
      "taro@example.jp,hanako@example.jp",
      "taro@example.jp;hanako@example.jp",
      "taro@hanako@example.jp",
      "taro@09012345678",
      "taro@090.1234.5678",
      "taro@mail.09012345678",
      "taro@[192.168.0.1]",
      "\"taro yamada\"@example.jp",
      "taro(夫)@example.jp",
      "taro @example.jp",
      "taro@ example.jp",
      ".taro@example.jp",
      "taro.@example.jp",
      "ta..ro@example.jp",
      "taro@example..jp",
      "taro@.jp",
      "taro@example.jp.",
      "taro@-example.jp",
      "taro@example-.jp",
      "taro@exam_ple.jp",
      "taro@ｅｘａｍｐｌｅ.jp",
      "taro@例え。jp",
      "taro＠example.jp",
      "ta\u200bro@example.jp",
      "ta\u202ero@example.jp",
      "taro@exa\u00admple.jp",
      "taro@例え.jp/090",
      "\xff@example.jp",
      std::string(65, 'a') + "@example.jp",
      "taro@" + std::string(64, 'a') + ".jp",
  };
  for (const std::string& row : rows) EXPECT_FALSE(IsEmailAddress(row)) << row;
  std::string longest = "taro@";
  while (longest.size() < 251) longest += "a.";
  EXPECT_TRUE(IsEmailAddress(longest + "jp"));
  EXPECT_FALSE(IsEmailAddress(longest + "a.jp"));
}

TEST(Email, TheMailboxBehindEachSpelling) {
  const struct {
    const char* email;
    const char* mailbox;
  } kCases[] = {
      {"taro@example.jp", "taro@example.jp"},
      {"Taro@Example.JP", "taro@example.jp"},
      {"taro+bank@example.jp", "taro@example.jp"},
      {"+@example.jp", "+@example.jp"},
      {"taro@例え.jp", "taro@xn--r8jz45g.jp"},
      {"taro@xn--r8jz45g.jp", "taro@xn--r8jz45g.jp"},
      {"taro@Bücher.de", "taro@xn--bcher-kva.de"},
      {"taro@bücher.de", "taro@xn--bcher-kva.de"},
      {"JOSÉ@x.es", "josé@x.es"},
      {"josé@x.es", "josé@x.es"},
      {"No Address", "no address"},
  };
  for (const auto& one : kCases) EXPECT_EQ(MailboxOf(one.email), one.mailbox) << one.email;
}

}  // namespace
}  // namespace switchboard
