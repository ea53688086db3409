#include "clients/printable_text.h"

#include <nlohmann/json.hpp>

#include "clients/text_table.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

TEST(PrintableText, LeavesWhatPeopleWrite) {
  for (const char* text :
       {"", "early", "山田 太郎", "ﾔﾏﾀﾞ", "e\u0301", "Ñandú ½ €", "نص", "🙂", "\\u{0041}"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(PrintableText, EscapesWhatATerminalWouldObey) {
  const struct {
    const char* what;
    std::string text;
    const char* printed;
  } cases[] = {
      {"C0", "a\x1b[2Jb\r\n\t", "a\\u{001B}[2Jb\\u{000D}\\u{000A}\\u{0009}"},
      {"NUL", std::string("\0", 1), "\\u{0000}"},
      {"DEL", "\x7f", "\\u{007F}"},
      {"C1", "gold\u009b31mX\u0085", "gold\\u{009B}31mX\\u{0085}"},
      {"bidi", "\u202e郎太\u2066\u200f", "\\u{202E}郎太\\u{2066}\\u{200F}"},
      {"invisible", "a\u200b\ufeff\u00ad", "a\\u{200B}\\u{FEFF}\\u{00AD}"},
      {"line separators", "山\u2028田\u2029", "山\\u{2028}田\\u{2029}"},
      {"private use", "\ue000", "\\u{E000}"},
      {"unassigned", "\u0378\U000e0fff", "\\u{0378}\\u{E0FFF}"},
      {"tags", "\U000e0041", "\\u{E0041}"},
      {"a surrogate in UTF-8", "\xed\xa0\x80", "\\x{ED}\\x{A0}\\x{80}"},
      {"a C1 byte alone", "a\x9b", "a\\x{9B}"},
  };
  for (const auto& [what, text, printed] : cases) {
    EXPECT_EQ(Printable(text), printed) << what;
    EXPECT_EQ(Printable(Printable(text)), printed) << what;
    TextTable table({{"x", TextTable::Align::kLeft}});
    table.Add({text});
    EXPECT_THAT(table.Render(), ::testing::HasSubstr(printed)) << what;
  }
}

TEST(PrintableText, KeepsLineEndsWhereTheyAreOurs) {
  EXPECT_EQ(PrintableLines("a\nb\r\n\u2028"), "a\nb\\u{000D}\n\\u{2028}");
}

TEST(PrintableText, JsonMeansTheSame) {
  const std::string json = "{\n\"a\":\"gold\u009b\u202e\ue000\U000e0041山\"}\n";
  const std::string printable = PrintableJson(json);
  EXPECT_EQ(printable, "{\n\"a\":\"gold\\u009b\\u202e\\ue000\\udb40\\udc41山\"}\n");
  EXPECT_EQ(nlohmann::json::parse(printable), nlohmann::json::parse(json));
}

}  // namespace
}  // namespace switchboard
