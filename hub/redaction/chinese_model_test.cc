#include "hub/redaction/chinese_model.h"

#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "hub/redaction/chinese_weights.h"
#include "hub/redaction/folded_text.h"
#include "tests/testing.h"

namespace switchboard::redaction {
namespace {

std::string TagNumbers(const std::string& sentence) {
  std::string numbers;
  for (const uint8_t tag : ChineseTagNumbers(FoldedText(sentence).plain())) {
    numbers += (numbers.empty() ? "" : " ") + std::to_string(tag);
  }
  return numbers;
}

// The file's tags are those of the same model as another program reckons them.
TEST(ChineseModel, TagsAreTheSameOnEveryMachine) {
  std::istringstream lines(testing::ReadFile("hub/redaction/data/chinese_tags.tsv"));
  size_t sentences = 0;
  for (std::string line; std::getline(lines, line); ++sentences) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    EXPECT_EQ(TagNumbers(line.substr(0, tab)), line.substr(tab + 1)) << line;
  }
  EXPECT_EQ(sentences, 50u);
}

TEST(ChineseModel, TagsSayWhatAWordIs) {
  const std::vector<uint8_t> tags = ChineseTags(FoldedText("王小明在杭州").plain());
  ASSERT_EQ(tags.size(), 6u);
  constexpr uint8_t kName = ChineseWeights::kName | ChineseWeights::kNoun;
  constexpr uint8_t kPlace = ChineseWeights::kPlace | ChineseWeights::kNoun;
  EXPECT_EQ(tags[0], kName);
  EXPECT_EQ(tags[1], kName | ChineseWeights::kContinues);
  EXPECT_EQ(tags[2], kName | ChineseWeights::kContinues);
  EXPECT_EQ(tags[3], 0);
  EXPECT_EQ(tags[4], kPlace);
  EXPECT_EQ(tags[5], kPlace | ChineseWeights::kContinues);
}

TEST(ChineseModel, AnyCharactersHaveTags) {
  EXPECT_TRUE(ChineseTags(U"").empty());
  EXPECT_EQ(ChineseTags(U"王").size(), 1u);
  EXPECT_EQ(ChineseTags(U"\U00020BB7😀\uFFFC\uD7A3").size(), 4u);
  EXPECT_EQ(ChineseTags(std::u32string(1000, U'王')).size(), 1000u);
}

TEST(ChineseModel, ThreadsShareIt) {
  const std::string expected = TagNumbers("客户王小明来电");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 5; ++k) EXPECT_EQ(TagNumbers("客户王小明来电"), expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace switchboard::redaction
