#include "hub/redaction/marks.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hub/redaction/mark_text.h"

namespace switchboard::redaction {
namespace {

constexpr v1::TextMark::Kind kName = v1::TextMark::KIND_NAME;
constexpr v1::TextMark::Kind kPhone = v1::TextMark::KIND_PHONE;
constexpr v1::TextMark::Kind kEmail = v1::TextMark::KIND_EMAIL;
constexpr v1::TextMark::Kind kAddress = v1::TextMark::KIND_ADDRESS;
constexpr v1::TextMark::Kind kCard = v1::TextMark::KIND_CARD;

// The resolved spans as "begin-end KIND", with "own" in front.
std::vector<std::string> Resolved(const char* typed, const std::vector<Span>& spans) {
  const FoldedText text(typed);
  Marks marks(text);
  for (const Span& span : spans) marks.Add(span);
  std::vector<std::string> lines;
  for (const Span& span : marks.Resolved()) {
    lines.push_back((span.own ? "own " : "") + std::to_string(span.begin) + "-" +
                    std::to_string(span.end) + " " + v1::TextMark::Kind_Name(span.kind).substr(5) +
                    (span.value.empty() ? "" : "=" + span.value));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Marks, TheFirstInRankWinsAndTheOthersKeepTheRest) {
  //                        0123456789
  const char* const text = "abcdefghij";
  EXPECT_EQ(Resolved(text, {}), Lines());
  EXPECT_EQ(Resolved(text, {{5, 7, kName}, {1, 3, kPhone}}), (Lines{"1-3 PHONE", "5-7 NAME"}));
  // A postal address around a person's own name and a phone.
  EXPECT_EQ(
      Resolved(text, {{0, 10, kAddress}, {2, 4, kName, true, "full"}, {6, 8, kPhone}}),
      (Lines{"0-2 ADDRESS", "own 2-4 NAME=full", "4-6 ADDRESS", "6-8 PHONE", "8-10 ADDRESS"}));
  // Of two numbers the one that came first.
  EXPECT_EQ(Resolved(text, {{0, 6, kEmail, false, "e"}, {4, 8, kPhone, false, "p"}}),
            (Lines{"0-6 EMAIL=e", "6-8 PHONE"}));
  // A card goes before all, also before what is the person's own.
  EXPECT_EQ(Resolved(text, {{2, 6, kPhone, true}, {4, 9, kCard}}),
            (Lines{"own 2-4 PHONE", "4-9 CARD"}));
  // The longest of the person's own.
  EXPECT_EQ(Resolved(text, {{0, 3, kName, true, "family"}, {0, 7, kAddress, true, "home"}}),
            (Lines{"own 0-7 ADDRESS=home"}));
}

TEST(Marks, SpansOfOneKindThatOverlapAreOne) {
  const char* const text = "abcdefghij";
  EXPECT_EQ(Resolved(text, {{0, 4, kName, true, "family"}, {2, 7, kName}}),
            (Lines{"own 0-7 NAME"}));
  EXPECT_EQ(Resolved(text, {{0, 3, kName}, {6, 9, kName}, {2, 7, kName}}), (Lines{"0-9 NAME"}));
  EXPECT_EQ(Resolved(text, {{0, 3, kName, false, "x"}, {3, 6, kName, false, "y"}}),
            (Lines{"0-3 NAME=x", "3-6 NAME=y"}));
  EXPECT_EQ(Resolved(text, {{0, 3, kName, false, "x"}, {0, 3, kName, false, "x"}}),
            (Lines{"0-3 NAME=x"}));
}

TEST(Marks, BlanksAtTheEndsAreLeftOut) {
  EXPECT_EQ(Resolved(" ab cd ", {{0, 7, kName}}), (Lines{"1-6 NAME"}));
  EXPECT_EQ(Resolved("   ", {{0, 3, kName}}), Lines());
  // Signs at the ends are a number's own, and nothing where others cut them off.
  EXPECT_EQ(Resolved("(+1)", {{0, 4, kPhone}}), (Lines{"0-4 PHONE"}));
  EXPECT_EQ(Resolved("ab, cd", {{0, 2, kPhone}, {0, 6, kName}}), (Lines{"0-2 PHONE", "4-6 NAME"}));
  EXPECT_EQ(Resolved("ab, ", {{0, 2, kPhone}, {0, 4, kName}}), (Lines{"0-2 PHONE"}));
}

TEST(Marks, WhatWasTypedAsAMarkBelongsToNoSpan) {
  EXPECT_EQ(Resolved("ab [NAME 1] cd", {{0, 14, kAddress}}),
            (Lines{"0-2 ADDRESS", "12-14 ADDRESS"}));
  EXPECT_EQ(Resolved("[NAME 1]", {{1, 5, kName}}), Lines());
}

TEST(Marks, WhatWasTypedAsOneCharacterGoesTogether) {
  //  ( 株 ) of one character, and 山
  EXPECT_EQ(Resolved("㈱山", {{2, 4, kName}}), (Lines{"0-4 NAME"}));
  EXPECT_EQ(Resolved("㈱山", {{0, 1, kName}}), (Lines{"0-3 NAME"}));
}

TEST(Marks, KnowsWhatIsTaken) {
  const FoldedText text("abc [NAME 1] def");
  Marks marks(text);
  EXPECT_TRUE(marks.empty());
  EXPECT_TRUE(marks.IsFree(0, 4));
  EXPECT_FALSE(marks.IsFree(0, 5));
  marks.Add({1, 2, kPhone});
  marks.Add({1, 3, kName});
  EXPECT_FALSE(marks.IsFree(0, 3));
  EXPECT_EQ(marks.KindAt(0), v1::TextMark::KIND_UNSPECIFIED);
  EXPECT_EQ(marks.KindAt(1), kPhone);
  EXPECT_EQ(marks.KindAt(2), kName);
}

TEST(MarkText, IsFoundAgain) {
  for (int kind = v1::TextMark::Kind_MIN + 1; kind <= v1::TextMark::Kind_MAX; ++kind) {
    v1::TextMark mark;
    mark.set_kind(static_cast<v1::TextMark::Kind>(kind));
    if (kind != v1::TextMark::KIND_CARD_CODE) mark.set_number(123);
    for (const bool own : {false, true}) {
      mark.set_own(own);
      const std::string text = TextOfMark(mark);
      EXPECT_EQ(BytesOfMark(text + " and more"), text.size()) << text;
      EXPECT_EQ(BytesOfMark(text.substr(0, text.size() - 1)), 0u) << text;
    }
  }
  for (const char* const text :
       {"", "[", "[NAME]", "[NAME 0]", "[NAME 01]", "[NAME 12345]", "[Name 1]", "[CARD CODE 1]",
        "[NAME 1 ]", "[OWN  NAME 1]", " [NAME 1]"}) {
    EXPECT_EQ(BytesOfMark(text), 0u) << text;
  }
}

}  // namespace
}  // namespace switchboard::redaction
