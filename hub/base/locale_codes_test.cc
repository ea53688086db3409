#include "hub/base/locale_codes.h"

#include <string>

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
  for (const char* tag :
       {"ja", "JA", "zh-Hant", "en-US", "de-CH-1996", "ja-JP-u-ca-japanese", "yue", "cmn", "fil",
        "tl", "no", "nb", "haw-US", "ja-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaa", "ja-Latn-alalc97",
        "de-1996-fonipa", "ru-petr1708", "fr-FR-1694acad", "es-419-a1b2c3d4"}) {
    EXPECT_TRUE(IsLanguageTag(tag)) << tag;
  }
  for (const char* tag : {"",
                          "j",
                          "japa",
                          "ja-",
                          "-ja",
                          "ja--JP",
                          "ja_JP",
                          "j1",
                          "ja-toolong99",
                          "ja-é",
                          "xx",
                          "jp",
                          "jp-JP",
                          "cn",
                          "jpn",
                          "zho",
                          "xxx-JP",
                          "iw",
                          "und",
                          "mul",
                          "mis",
                          "zxx",
                          "qaa",
                          "x-jp",
                          "root",
                          "i-klingon",
                          "ja-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaa",
                          "ja-819-012-345-678",
                          "ja-JP-US",
                          "ja-JP-Jpan",
                          "ja-1901-1996",
                          "ja-alalc97-1996",
                          "ja-a12345",
                          "ja-a1b2c3d4e5",
                          "ja-12a",
                          "ja-ab12",
                          "ja-alalc97-Latn",
                          "ja-x-09012345678",
                          "ja-x-09012345",
                          "ja-u",
                          "ja-JP-12"}) {
    EXPECT_FALSE(IsLanguageTag(tag)) << tag;
  }
  for (const char* tag : {"ja", "yue", "zh", "en", "fr", "cmn", "tl", "tw"}) {
    EXPECT_TRUE(IsPrimaryLanguage(tag)) << tag;
  }
  // Of ISO 639-3 only, or parts of a language with a code of its own.
  for (const char* tag : {"pnb", "azb", "pes", "arb", "swh", "zsm", "uzn", "prs", "swc", "cnr",
                          "kmr", "gan", "ckb"}) {
    EXPECT_TRUE(IsPrimaryLanguage(tag)) << tag;
    EXPECT_TRUE(IsLanguageTag(std::string(tag) + "-Arab-IR")) << tag;
    EXPECT_EQ(HintForLanguage(tag), "");
  }
  for (const char* tag : {"",    "j",   "JA",  "ja-JP", "japa", "j1",  "jp",  "xx",  "xxx", "jap",
                          "qaa", "jpn", "zho", "eng",   "fas",  "msa", "ger", "fre", "tgl", "hbs",
                          "iw",  "sh",  "mo",  "bh",    "und",  "mul", "mis", "zxx"}) {
    EXPECT_FALSE(IsPrimaryLanguage(tag)) << tag;
  }
}

TEST(LocaleCodes, WhatMayHaveBeenMeantByALanguage) {
  const std::pair<const char*, const char*> rows[] = {
      {"jp", "jp is a country; Japanese is ja"},
      {"JP", "JP is a country; Japanese is ja"},
      {"cn", "cn is a country; Chinese is zh"},
      {"vn", "vn is a country; Vietnamese is vi"},
      {"jpn", "jpn is written ja"},
      {"eng", "eng is written en"},
      {"iw", "iw is written he"},
      {"JA", "JA is written ja"},
      {"ja", ""},
      {"xx", ""},
      {"", ""},
      {"ja-JP", ""},
      {"japanese", ""},
      {"日", ""},
  };
  for (const auto& [text, hint] : rows) EXPECT_EQ(HintForLanguage(text), hint) << text;
}

}  // namespace
}  // namespace switchboard
