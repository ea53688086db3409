#include "hub/base/text.h"

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace switchboard {
namespace {

constexpr TextForm kLine = TextForm::kLine;
constexpr TextForm kParagraphs = TextForm::kParagraphs;

std::string Normal(TextForm form, std::string text) {
  NormalizeText(form, &text);
  return text;
}

TEST(Text, ComesIntoOneForm) {
  struct Row {
    TextForm form;
    std::string text, normal;
  };
  const Row rows[] = {
      {kLine, "", ""},
      {kLine, "gold", "gold"},
      {kLine, "  gold card ", "gold card"},
      {kLine, "\t gold", "\t gold"},  // a control stays, to be refused
      {kParagraphs, "\n\t gold\ncard \n", "gold\ncard"},
      {kLine, "\u3000山田\u00a0", "山田"},
      {kLine, "\u2003\u3000 ", ""},
      {kLine, "Jose\u0301", "Jos\u00e9"},
      {kLine, "か\u3099", "が"},
      {kLine, "\u1100\u1161\u11a8", "각"},
      {kLine, "\u212b", "\u00c5"},  // the sign of the ångström is a letter
      {kLine, "\ufb01", "\ufb01"},  // a ligature is no other spelling (NFC, not NFKC)
      {kLine, "ﾀﾞ", "ﾀﾞ"},          // nor is half width
      {kLine, "a\u0323\u0307", "\u1ea1\u0307"},
      {kLine, " \u0301", "\u0301"},
      {kLine, " \xff ", " \xff "},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Normal(row.form, row.text), row.normal) << row.text;
    EXPECT_EQ(Normal(row.form, row.normal), row.normal) << row.text;
  }
}

TEST(Text, CharactersAreCounted) {
  EXPECT_EQ(CharactersIn(""), 0u);
  EXPECT_EQ(CharactersIn("gold"), 4u);
  EXPECT_EQ(CharactersIn("山田a\U00020BB7"), 4u);
}

TEST(Text, PlainIsWhatReadersSee) {
  const std::string plain[] = {
      "",
      "gold card",
      "山田太郎",
      "さくら",
      "ヤマダ",
      "ﾔﾏﾀﾞ",
      "김민수",
      "Ærøskøbing",
      "O'Brien",
      "Nguyễn Văn An",
      "محمد",
      "אברהם",
      "किरण",
      "สมชาย",
      "€ 100 – “so”",
      "①②",
      "東京都渋谷区",
      "\u3000",
      "\u00a0",
      "\u2801\u28ff",  // braille
      "辻\U000E0100",  // ideographic variant
      "神\uFE00",      // standardised variant
      "☺\uFE0F",
      "1\uFE0F\u20E3",
      "👩\u200D👩\u200D👧",
      "👩🏽\u200D🚀",
      "❤\uFE0F\u200D🔥",
      "علی\u200Cرضا",                    // Persian, joined no further
      "\u0DC1\u0DCA\u200D\u0DBB\u0DD3",  // Sinhala: śrī
      "ന\u0D4D\u200D",                   // Malayalam, at the end of a word
      "क\u094D\u200Cष",                  // Devanagari without the conjunct
      "ه\u0650\u200Cها",                 // over a vowel sign
      "\u0600\u0661",                    // the number sign of Arabic is seen
      "\U000323B0",                      // an ideograph newer than the library
      "\U00030000",
      "\ufffd",
  };
  for (const std::string& text : plain) {
    EXPECT_TRUE(IsPlainText(kLine, text)) << text;
    EXPECT_TRUE(IsPlainText(kParagraphs, text)) << text;
  }
}

TEST(Text, NothingUnseenIsPlain) {
  const std::string unseen[] = {
      std::string(1, '\0'),
      "a\x07",
      "a\rb",
      "\x1b[2J",
      "\x7f",
      "gold\u009b31mX",
      "A\u0085",
      "\u0080",  // C1
      "\u202e郎太",
      "\u202a",
      "\u2066x\u2069",
      "a\u200e",
      "a\u200f",
      "\u061c",  // direction
      "山\u2028田",
      "山\u2029田",  // separators
      "a\u200b",
      "\ufeffa",
      "a\ufeff",
      "a\u2060",
      "so\u00adft",
      "\u180e",
      "a\u034f",
      "\u3164",
      "\uffa0",
      "\u115f",
      "\u1160",
      "\u17b4",  // fillers
      "\u2800",
      "gold\u2800",
      "\U00016FE4",
      "\U00013441",
      "\U00013442",
      "\U0001D159",  // without ink
      "\ue000",
      "\U000F0000",
      "\U0010FFFD",  // private
      "\uffff",
      "\ufdd0",
      "\U0001FFFE",
      "\U0002FFFF",  // noncharacters
      "\u0378",
      "\U0001FAFF",
      "\U000E0041",  // not assigned, tags
      "a\uFE00",
      "a\U000E0100",
      "\uFE0F",
      "辻\U000E0100\U000E0101",
      "1\uFE0F",
      " \uFE0F",
      "a\u200Db",
      "a\u200Cb",
      "\u200D",
      "山\u200D田",
      "👩\u200D",
      "\u200D👩",
      "a \u200C",
      "علی\u200C",
      "علی\u200Ca",
      "\xff",
      "\xed\xa0\x80",
      "a\xc3",
  };
  for (const std::string& text : unseen) {
    EXPECT_FALSE(IsPlainText(kLine, text)) << ::testing::PrintToString(text);
    EXPECT_FALSE(IsPlainText(kParagraphs, text)) << ::testing::PrintToString(text);
  }
  EXPECT_FALSE(IsPlainText(kLine, "a\tb"));
  EXPECT_FALSE(IsPlainText(kLine, "a\nb"));
  EXPECT_TRUE(IsPlainText(kParagraphs, "a\tb\nc"));
}

// Whatever the text: normal once is normal, and plain before is plain after.
TEST(Text, RandomTextsStayAsTheyBecame) {
  const std::u32string alphabet =
      U" ab\u00e9\u0301\u0323\u1100\u1161\u11a8か\u3099山\u3000\u00a0\t\n\u200d\ufe0f👩";
  std::mt19937 random(7);
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    for (size_t size = random() % 9; size > 0; --size) {
      const char32_t c = alphabet[random() % alphabet.size()];
      if (c < 0x80) {
        text += static_cast<char>(c);
      } else if (c < 0x800) {
        text += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
      } else if (c < 0x10000) {
        text += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
                 static_cast<char>(0x80 | (c & 63))};
      } else {
        text += {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)),
                 static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
      }
    }
    for (const TextForm form : {kLine, kParagraphs}) {
      const std::string normal = Normal(form, text);
      ASSERT_EQ(Normal(form, normal), normal) << text;
      ASSERT_TRUE(!IsPlainText(form, text) || IsPlainText(form, normal)) << text;
    }
  }
}

}  // namespace
}  // namespace switchboard
