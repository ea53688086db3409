#include "hub/base/locale_codes.h"

#include "gtest/gtest.h"

namespace switchboard {
namespace {

TEST(LocaleCodes, Countries) {
  for (const char* code : {"JP", "US", "CN", "TW", "KR", "GB", "IN", "SS", "CW", "XK", "AQ"}) {
    EXPECT_TRUE(IsCountryCode(code)) << code;
  }
  for (const char* code :
       {"", "J", "jp", "JPN", "J1", "ZZ", "XX", "UK", "EU", "SU", "AN", "IC", "EA", "\xe6\x97"}) {
    EXPECT_FALSE(IsCountryCode(code)) << code;
  }
}

TEST(LocaleCodes, Currencies) {
  for (const char* code : {"JPY", "USD", "EUR", "CNY", "TWD", "KRW", "GBP", "INR", "XOF", "XCD",
                           "CLF", "CHE", "SLE", "VED", "VES", "XCG", "ZWG"}) {
    EXPECT_TRUE(IsCurrencyCode(code)) << code;
  }
  for (const char* code : {"", "JP", "jpy", "JPYX", "U5D", "XQX", "XUA", "XTS", "XAU", "DEM", "HRK",
                           "CNH", "ZZZ", "XBT", "AAA"}) {
    EXPECT_FALSE(IsCurrencyCode(code)) << code;
  }
}

TEST(LocaleCodes, Languages) {
  for (const char* tag : {"ja", "jpn", "zh-Hant", "en-US", "de-CH-1996", "ja-JP-u-ca-japanese",
                          "ja-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaa"}) {
    EXPECT_TRUE(IsLanguageTag(tag)) << tag;
  }
  for (const char* tag : {"", "j", "japa", "ja-", "-ja", "ja--JP", "ja_JP", "j1", "ja-toolong99",
                          "ja-é", "ja-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaa"}) {
    EXPECT_FALSE(IsLanguageTag(tag)) << tag;
  }
  EXPECT_TRUE(IsPrimaryLanguage("ja"));
  EXPECT_TRUE(IsPrimaryLanguage("yue"));
  for (const char* tag : {"", "j", "JA", "ja-JP", "japa", "j1"}) {
    EXPECT_FALSE(IsPrimaryLanguage(tag)) << tag;
  }
}

}  // namespace
}  // namespace switchboard
