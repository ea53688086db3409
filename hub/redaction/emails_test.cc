#include "hub/redaction/emails.h"

#include <string>

#include "gtest/gtest.h"

namespace switchboard::redaction {
namespace {

// The text with its addresses in brackets.
std::string Found(const std::string& typed) {
  const FoldedText text(typed);
  Marks marks(text);
  FindEmails(&marks);
  std::string left;
  size_t byte = 0;
  for (const Span& span : marks.Resolved()) {
    EXPECT_EQ(span.kind, v1::TextMark::KIND_EMAIL);
    const size_t begin = text.begin_byte(span.begin), end = text.end_byte(span.end - 1);
    left += typed.substr(byte, begin - byte) + "<" + typed.substr(begin, end - begin) + ">";
    byte = end;
  }
  return left + typed.substr(byte);
}

TEST(Emails, AreFoundHoweverTheyAreTyped) {
  for (const char* const text : {
           "<taro@example.com>",
           "write to <taro.yamada+bills@mail.example.co.jp>.",
           "(<o'brien_77@example.org>)",
           "mailto:<taro@example.com>?subject=x",
           "メールは<taro@example.com>です",
           "<ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ>まで",
           "<taro@example。com>",
           "<taro @ example.com>, thanks",
           "<taro@example . com>",
           "<taro%40example.com>",
           "<taro&#64;example&#46;com>",
           "<taro at example dot com> please",
           "<taro dot yamada at mail dot example dot com>",
           "<taro(at)example.com>",
           "<taro [at] example [dot] com>",
           "<taroアットマークexampleドットcom>",
           "<taro(アット)example.com>",
           "<taro@gmail>, he says",
           "<山田@例え.jp>",
           "<müller@example.de>",
           "<a@b.io>",
           "<12345678@qq.com> 微信同号",
           "<taro@example.com>;<hanako@example.com>",
       }) {
    std::string typed = text;
    std::erase(typed, '<');
    std::erase(typed, '>');
    EXPECT_EQ(Found(typed), text);
  }
}

TEST(Emails, WhatOnlyLooksLikeOneStays) {
  for (const char* const text : {"", "@", "a@", "@example.com", "said @taro_y yesterday",
                                 "meet me at noon dot", "3 @ 500 yen", "at example.com we met",
                                 "look at us dot we are", "now on @ NBC . https://t.co/x",
                                 "taro@localhost", "a@1.2", "a @ b", "[EMAIL 1]@[EMAIL 2].com"}) {
    EXPECT_EQ(Found(text), text);
  }
}

TEST(Emails, OneMailboxHasOneValue) {
  const std::string typed =
      "Taro@Example.com taro+x@example.com ｔａｒｏ＠example.com other@example.com";
  const FoldedText text(typed);
  Marks marks(text);
  FindEmails(&marks);
  const std::vector<Span> spans = marks.Resolved();
  ASSERT_EQ(spans.size(), 4u);
  EXPECT_EQ(spans[0].value, "taro@example.com");
  EXPECT_EQ(spans[1].value, spans[0].value);
  EXPECT_EQ(spans[2].value, spans[0].value);
  EXPECT_NE(spans[3].value, spans[0].value);
}

}  // namespace
}  // namespace switchboard::redaction
