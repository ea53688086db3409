#include "hub/redaction/japanese_tokens.h"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace switchboard::redaction {
namespace {

using Kind = JapaneseToken::Kind;
using testing::FailsWith;

const JapaneseDictionary& Dictionary() {
  static const auto& dictionary = *new absl::StatusOr(JapaneseDictionary::Load(""));
  EXPECT_TRUE(dictionary.ok()) << dictionary.status();
  return **dictionary;
}

TEST(JapaneseTokens, WordsWithTheirKinds) {
  const FoldedText text("山田太郎様は、ｽｽﾞｷと渋谷で会う");
  const std::vector<std::pair<std::string, Kind>> expected = {
      {"山田", Kind::kSurname}, {"太郎", Kind::kGiven}, {"様", Kind::kOfPerson},
      {"は", Kind::kParticle},  {"、", Kind::kSign},    {"ｽｽﾞｷ", Kind::kOrganization},
      {"と", Kind::kParticle},  {"渋谷", Kind::kPlace}, {"で", Kind::kParticle},
      {"会う", Kind::kOther}};
  const JapaneseReading reading = Dictionary().Read(text);
  ASSERT_EQ(reading.tokens.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const JapaneseToken& token = reading.tokens[i];
    EXPECT_EQ(text.Typed(token.begin, token.end), expected[i].first);
    EXPECT_EQ(token.kind, expected[i].second) << expected[i].first;
    EXPECT_TRUE(token.known) << expected[i].first;
  }
  EXPECT_TRUE(reading.HasName(0, 2, true));   // 山田
  EXPECT_TRUE(reading.HasName(2, 4, false));  // 太郎
  EXPECT_FALSE(reading.HasName(0, 2, false));
  EXPECT_FALSE(reading.HasName(0, 4, true));
}

TEST(JapaneseTokens, OldFormsAreReadAsTheUsualOnes) {
  const FoldedText text("髙橋と濵﨑と𠮷田");
  for (const JapaneseToken& token : Dictionary().Read(text).tokens) {
    EXPECT_EQ(token.kind, token.size() == 1 ? Kind::kParticle : Kind::kSurname);
  }
  EXPECT_EQ(UsualKanji(U'邊'), U'辺');
  EXPECT_EQ(UsualKanji(U'辺'), U'辺');
  EXPECT_EQ(UsualKanji(U'a'), U'a');
}

TEST(JapaneseTokens, UnknownWordsAreSaidToBe) {
  const FoldedText text("ビカスが来た");
  const JapaneseReading reading = Dictionary().Read(text);
  ASSERT_FALSE(reading.tokens.empty());
  EXPECT_FALSE(reading.tokens[0].known);
}

TEST(JapaneseTokens, PlacesAreThoseOfTheWholeText) {
  std::string typed;
  for (int i = 0; i < 300; ++i) typed += "山田様と会話。\n";
  const FoldedText text(typed);
  size_t surnames = 0;
  for (const JapaneseToken& token : Dictionary().Read(text).tokens) {
    if (token.kind != Kind::kSurname) continue;
    ++surnames;
    EXPECT_EQ(text.Typed(token.begin, token.end), "山田");
  }
  EXPECT_EQ(surnames, 300u);
  EXPECT_TRUE(Dictionary().Read(FoldedText("")).tokens.empty());
}

TEST(JapaneseTokens, EachThreadReadsByItself) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      const FoldedText text("山田太郎様");
      for (int k = 0; k < 200; ++k) EXPECT_EQ(Dictionary().Read(text).tokens.size(), 3u);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(JapaneseTokens, AMissingDictionaryIsSaid) {
  const testing::TemporaryFolder empty;
  const auto missing = JapaneseDictionary::Load(empty / "none");
  EXPECT_THAT(missing,
              FailsWith(absl::StatusCode::kFailedPrecondition, "JAPANESE_DICTIONARY_MISSING"));
  EXPECT_NE(std::string(missing.status().message()).find("mecab-ipadic-utf8"), std::string::npos);
  EXPECT_THAT(JapaneseDictionary::Load(empty.path().string()),
              FailsWith(absl::StatusCode::kFailedPrecondition, "JAPANESE_DICTIONARY_MISSING"));
}

}  // namespace
}  // namespace switchboard::redaction
