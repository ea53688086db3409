#include "hub/redaction/english_tagger.h"

#include <array>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hub/redaction/english_model.h"
#include "hub/redaction/tagged.h"

namespace switchboard::redaction {
namespace {

std::string English(const std::string& typed) {
  const FoldedText text(typed);
  Marks marks(text);
  Passage passage{text};
  passage.english = true;
  MakeEnglishTagger()->Tag(passage, &marks);
  return Tagged(marks);
}

struct Row {
  const char* typed;
  const char* tagged;
};

TEST(EnglishTagger, NamesOfPeople) {
  const Row rows[] = {
      {"Spoke with Robert Hayes, who promised 150 dollars on Friday.",
       "Spoke with <N Robert Hayes>, who promised 150 dollars on Friday."},
      {"His wife Linda answered and asked us to call after six.",
       "His wife <N Linda> answered and asked us to call after six."},
      {"Attorney Susan Whitfield represents the debtor from now on.",
       "Attorney <N Susan Whitfield> represents the debtor from now on."},
      {"Son Michael O'Connor will help with the forms.",
       "Son <N Michael O'Connor> will help with the forms."},
      {"Neighbour says Mrs. Patel left for Mumbai in May.",
       "Neighbour says Mrs. <N Patel> left for Mumbai in May."},
      {"James Carter will call us back on Monday at 10:30.",
       "<N James Carter> will call us back on Monday at 10:30."},
      {"spoke with maria gonzalez about the plan", "spoke with <N maria gonzalez> about the plan"},
      {"SPOKE WITH MARIA GONZALEZ ABOUT THE PLAN", "SPOKE WITH <N MARIA GONZALEZ> ABOUT THE PLAN"},
      // Of no list.
      {"Her husband Tevrik Oslundar picked up.", "Her husband <N Tevrik Oslundar> picked up."},
      {"Talked to Karen's lawyer.", "Talked to <N Karen>'s lawyer."},
      {"Mark called back today.", "<N Mark> called back today."},
      {"Spoke with Mark as agreed.", "Spoke with <N Mark> as agreed."},
      // Called by a part of the name the second time.
      {"Spoke to Anna Kowalczyk. Promise by Kowalczyk: Friday.",
       "Spoke to <N Anna Kowalczyk>. Promise by <N Kowalczyk>: Friday."},
  };
  for (const Row& row : rows) EXPECT_EQ(English(row.typed), row.tagged);
}

TEST(EnglishTagger, WhatNamesNobodyStays) {
  for (const char* const typed : {"Left a voicemail; no answer at work.",
                                  "Promised to pay $1,250.00 by 2026-12-15.",
                                  "Will pay in May or June.",
                                  "Requested a payment plan of 6 months.",
                                  "Debtor is in hospital until the end of the month.",
                                  "Wants letters only, no calls at work.",
                                  "Paid with a Visa Gold Card on Monday.",
                                  "Account was sold to Capital One in March.",
                                  "Customer moved to Chicago in April.",
                                  "NA, LM",
                                  "RPC, PTP $50 Friday",
                                  "Refused To Pay.",
                                  "Hardship: Medical Bills.",
                                  "Hung up as soon as I said where I call from.",
                                  "Mark as paid.",
                                  "Mark it closed.",
                                  "Debtor paid. Mark as paid.",
                                  "The account was sold in 2019; ref 77-2031.",
                                  "Wife took the call.",
                                  "",
                                  "月末入金予定です"}) {
    EXPECT_EQ(English(typed), typed);
  }
}

TEST(EnglishTagger, Addresses) {
  const Row rows[] = {
      {"Ms. Miller still lives at 742 Oakwood Terrace.",
       "Ms. <N Miller> still lives at <A 742 Oakwood Terrace>."},
      {"Customer moved to 1420 Maple Street, Apt 3B.",
       "Customer moved to <A 1420 Maple Street, Apt 3B>."},
      {"New employer at 88 King Street, Boston, MA 02110.",
       "New employer at <A 88 King Street, Boston, MA 02110>."},
      {"Letters go to 12 N. 5th Ave., nobody is there.",
       "Letters go to <A 12 N. 5th Ave>., nobody is there."},
  };
  for (const Row& row : rows) EXPECT_EQ(English(row.typed), row.tagged);
}

// Whoever has no such word is not read for, nor is the text.
TEST(EnglishTagger, KnowsWordsThatNameNobody) {
  const auto tagger = MakeEnglishTagger();
  for (const char* const typed :
       {"", "customer will pay by the end of the week; call back on Monday if nothing",
        "No answer. I will call again", "2x no answer", "don't call at work"}) {
    EXPECT_TRUE(tagger->KnowsEveryWordOf(typed)) << typed;
  }
  for (const char* const typed :
       {"spoke with Rose", "Rose called", "karen miller asked", "asked for smith", "Will called",
        "she asked Will to pay", "the Bank", "tevrik", "NO ANSWER", "&#82;ose", "%52ose"}) {
    EXPECT_FALSE(tagger->KnowsEveryWordOf(typed)) << typed;
  }
}

TEST(EnglishModel, LabelsGoOnOnlyBehindTheirOwn) {
  const std::vector<EnglishPart> parts = PartsOf({0, 1, 2, 1, 3, 4, 4, 0});
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[1].kind, EnglishKind::kName);
  EXPECT_EQ(parts[1].last - parts[1].first, 1u);
  EXPECT_EQ(parts[2].kind, EnglishKind::kAddress);
  EXPECT_EQ(parts[2].first, 4u);
  EXPECT_EQ(parts[2].last, 7u);

  constexpr size_t kLabels = EnglishWeights::kLabels;
  const std::array<std::array<int, kLabels>, kLabels + 1> follows{};
  std::vector<std::array<int, kLabels>> given(2);
  given[0][2] = given[1][2] = 5;  // where none has begun
  given[0][1] = 1;
  EXPECT_EQ(BestLabels(given, follows), (EnglishLabels{1, 2}));
}

TEST(EnglishWords, AreReadWithTheirSigns) {
  const FoldedText text("Karen's\n2nd CALL, o'neil’s");
  const Marks marks(text);
  const std::vector<EnglishWord> words = EnglishWordsOf(marks, LinkedEnglishWeights());
  ASSERT_EQ(words.size(), 6u);
  EXPECT_EQ(words[0].end, 5u);
  EXPECT_TRUE(words[0].possessive);
  EXPECT_EQ(words[0].letter_case, EnglishWord::Case::kCapital);
  EXPECT_NE(words[0].bits & EnglishWord::kGiven, 0);
  EXPECT_TRUE(words[1].on_new_line);
  EXPECT_EQ(words[1].letters, 1);
  EXPECT_EQ(words[3].letter_case, EnglishWord::Case::kCapitals);
  EXPECT_EQ(words[4].letter_case, EnglishWord::Case::kNone);
  EXPECT_EQ(words[5].hash, HashOfWord(U"o'neil"));
}

}  // namespace
}  // namespace switchboard::redaction
