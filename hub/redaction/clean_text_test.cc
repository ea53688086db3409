#include "hub/redaction/clean_text.h"

#include <iterator>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "hub/redaction/cards.h"

namespace switchboard::redaction {
namespace {

// Without taggers: what is said here of numbers and own data holds whatever those find.
const Cleaner& TheCleaner() {
  static const Cleaner& cleaner = *new const Cleaner({});
  return cleaner;
}

// Finds one word.
class OneWordTagger : public Tagger {
 public:
  OneWordTagger(std::u32string word, v1::TextMark::Kind kind)
      : word_(std::move(word)), kind_(kind) {}

  void Tag(const Passage& passage, Marks* marks) const override {
    tagged_ = std::string(passage.japanese ? "j" : "") + (passage.chinese ? "c" : "") +
              (passage.english ? "e" : "") + std::string(passage.country);
    const size_t at = passage.text.plain().find(word_);
    if (at != std::u32string_view::npos) marks->Add({at, at + word_.size(), kind_});
  }

  bool KnowsEveryWordOf(std::string_view typed) const override { return typed == "we know it"; }

  // For which languages it was asked last.
  const std::string& tagged() const { return tagged_; }

 private:
  const std::u32string word_;
  const v1::TextMark::Kind kind_;
  mutable std::string tagged_;
};

CleanText Clean(std::string_view typed, const OwnData* own = nullptr) {
  return TheCleaner().Clean(typed, own, "");
}

OwnData Taro() {
  v1::Person person;
  person.set_person_id("P-1");
  person.set_family_name("山田");
  person.set_given_name("太郎");
  person.set_language("ja");
  person.mutable_address()->set_country("JP");
  person.add_contact_points()->set_phone("+819012345678");
  return OwnData(person, {});
}

// What was typed, put together again.
std::string Restored(const CleanText& clean) {
  std::string typed;
  size_t byte = 0;
  for (const v1::HiddenText::Value& value : clean.hidden().values()) {
    const auto begin = static_cast<size_t>(value.mark().begin());
    typed += clean.text().substr(byte, begin - byte) + value.text();
    byte = static_cast<size_t>(value.mark().end());
  }
  return typed + clean.text().substr(byte);
}

TEST(CleanText, MarksStandWhereValuesStood) {
  const CleanText clean =
      Clean("call 212-555-0123 or 212 555 0124, not 212.555.0123; x@example.com");
  EXPECT_EQ(clean.text(), "call [PHONE 1] or [PHONE 2], not [PHONE 1]; [EMAIL 1]");
  ASSERT_EQ(clean.hidden().values_size(), 4);
  EXPECT_TRUE(clean.has_marks());
  const v1::HiddenText::Value& third = clean.hidden().values(2);
  EXPECT_EQ(third.text(), "212.555.0123");
  EXPECT_EQ(third.mark().kind(), v1::TextMark::KIND_PHONE);
  EXPECT_EQ(third.mark().number(), 1);
  EXPECT_FALSE(third.mark().own());
  EXPECT_EQ(clean.text().substr(static_cast<size_t>(third.mark().begin()),
                                static_cast<size_t>(third.mark().end() - third.mark().begin())),
            "[PHONE 1]");
  google::protobuf::RepeatedPtrField<v1::TextMark> marks;
  clean.MarksTo(&marks);
  ASSERT_EQ(marks.size(), 4);
  EXPECT_EQ(marks[2].SerializeAsString(), third.mark().SerializeAsString());
}

TEST(CleanText, WhatTellsNobodyStays) {
  for (const std::string_view text :
       {"", "promised to pay ¥12,345 on 2026-12-01 at 10:00", "来月の給料日に入金予定。", "\n\t"}) {
    const CleanText clean = Clean(text);
    EXPECT_EQ(clean.text(), text);
    EXPECT_FALSE(clean.has_marks());
  }
  EXPECT_EQ(CleanText().text(), "");
}

TEST(CleanText, ThePersonsOwnIsNamedSo) {
  const OwnData own = Taro();
  const CleanText clean = Clean("山田太郎様、連絡先は090-1234-5678か03-3333-4444。山田様", &own);
  EXPECT_EQ(clean.text(), "[OWN NAME 1]様、連絡先は[OWN PHONE 1]か[PHONE 2]。[OWN NAME 2]様");
  EXPECT_TRUE(clean.hidden().values(0).mark().own());
  EXPECT_FALSE(clean.hidden().values(2).mark().own());
  EXPECT_EQ(Restored(clean), "山田太郎様、連絡先は090-1234-5678か03-3333-4444。山田様");
}

TEST(CleanText, OfCardsTheLastFourAreKeptAndOfCodesNothing) {
  const CleanText clean = Clean("4111-1111-1111-1111 12/28 cvv 123, ends 4111111111111111");
  EXPECT_EQ(clean.text(), "[CARD 1] 12/28 cvv [CARD CODE], ends [CARD 1]");
  ASSERT_EQ(clean.hidden().values_size(), 3);
  EXPECT_EQ(clean.hidden().values(0).text(), "************1111");
  EXPECT_EQ(clean.hidden().values(1).text(), "");
  EXPECT_EQ(clean.hidden().values(1).mark().number(), 0);
  EXPECT_EQ(clean.hidden().values(2).text(), "************1111");
}

// Not even under a mark of another kind.
TEST(CleanText, NoMarkHoldsACard) {
  const CleanText clean = Clean("write to 4111111111111111@example.com");
  EXPECT_EQ(clean.hidden().DebugString().find("41111111"), std::string::npos)
      << clean.hidden().DebugString();
  EXPECT_EQ(clean.text().find("4111"), std::string::npos) << clean.text();
}

TEST(CleanText, WhatWasTypedAsAMarkMeansNothing) {
  const std::string typed = "he said [PHONE 1] and [OWN NAME 2], call 212-555-0123";
  const CleanText clean = Clean(typed);
  EXPECT_EQ(clean.text(), "he said [PHONE 1] and [OWN NAME 2], call [PHONE 1]");
  ASSERT_EQ(clean.hidden().values_size(), 1);
  EXPECT_EQ(Restored(clean), typed);
}

constexpr std::string_view kPieces[] = {"090-1234-5678",
                                        "4111 1111 1111 1111",
                                        "123",
                                        "cvv",
                                        "山田太郎",
                                        "山田",
                                        "様",
                                        " ",
                                        "、",
                                        "\n",
                                        "taro@example.com",
                                        "621498320257",
                                        "[NAME 1]",
                                        "[",
                                        "]",
                                        "212",
                                        "555",
                                        "0123",
                                        "-",
                                        "+81",
                                        "1",
                                        "&#52;",
                                        "%34",
                                        "〇九〇",
                                        "１２３４",
                                        "the",
                                        "account",
                                        "number",
                                        "é",
                                        "\u0301",
                                        "㈱",
                                        "4242********",
                                        "4242",
                                        "0",
                                        "x",
                                        "(",
                                        ")",
                                        "DE89",
                                        "3704 0044 0532 0130 00",
                                        "昭和55年",
                                        "5月2日",
                                        "@",
                                        ".com"};

std::string RandomNote(std::mt19937& random, std::string_view between = "") {
  std::string note;
  for (size_t pieces = random() % 12; pieces > 0; --pieces) {
    note += kPieces[random() % std::size(kPieces)];
    note += between;
    if (random() % 2 == 0) note += ' ';
  }
  return note;
}

TEST(CleanText, CleaningWhatIsCleanChangesNothing) {
  std::mt19937 random(7);
  const OwnData own = Taro();
  for (int round = 0; round < 3'000; ++round) {
    const std::string typed = RandomNote(random);
    const CleanText clean = Clean(typed, &own);
    const CleanText again = Clean(clean.text(), &own);
    ASSERT_EQ(again.text(), clean.text()) << typed;
    ASSERT_FALSE(again.has_marks()) << typed;
  }
}

TEST(CleanText, EveryByteButThoseOfCardsComesBack) {
  std::mt19937 random(8);
  const OwnData own = Taro();
  for (int round = 0; round < 3'000; ++round) {
    std::string typed = RandomNote(random);
    if (Clean(typed, &own).text().find("[CARD") != std::string::npos) continue;
    ASSERT_EQ(Restored(Clean(typed, &own)), typed);
  }
}

// Cards are hidden before anything is stored, and all else afterwards. Of numbers that run into
// each other what is left may be read otherwise.
TEST(CleanText, IsTheSameWhenCardsWereHiddenBefore) {
  std::mt19937 random(9);
  int compared = 0;
  for (int round = 0; round < 3'000; ++round) {
    const std::string typed = RandomNote(random, " then");
    std::string hidden = typed;
    HideCardNumbers(&hidden);
    const std::string then = Clean(hidden).text(), at_once = Clean(typed).text();
    // Who reads sentences may read one otherwise without the number.
    if (absl::StrContains(then + at_once, "[ADDRESS") || absl::StrContains(then + at_once, "[NAME"))
      continue;
    ++compared;
    ASSERT_EQ(then, at_once) << typed << "\n" << hidden;
  }
  EXPECT_GT(compared, 1'000);
}

TEST(CleanText, MarksAreInOrderAndInside) {
  std::mt19937 random(10);
  for (int round = 0; round < 3'000; ++round) {
    const CleanText clean = Clean(RandomNote(random));
    int32_t end = 0;
    for (const v1::HiddenText::Value& value : clean.hidden().values()) {
      ASSERT_LE(end, value.mark().begin());
      ASSERT_LT(value.mark().begin(), value.mark().end());
      end = value.mark().end();
      ASSERT_EQ(clean.text()[static_cast<size_t>(end) - 1], ']');
    }
    ASSERT_LE(static_cast<size_t>(end), clean.text().size());
  }
}

TEST(CleanText, WorkIsToldBeforeItIsDone) {
  const auto work = [](std::string_view text) { return TheCleaner().WorkOf(text); };
  EXPECT_FALSE(work("").has_candidate);
  EXPECT_TRUE(work("call 555").has_candidate);
  EXPECT_TRUE(work("a@b").has_candidate);
  EXPECT_TRUE(work("山田").has_candidate);
  EXPECT_EQ(work("call 555").slow_characters, 0u);
  EXPECT_EQ(work("王小明 said").slow_characters, 3u);
}

TEST(CleanText, TaggersComeAfterNumbersAndTheLanguageChoosesThem) {
  auto tagger = std::make_unique<const OneWordTagger>(U"山田090", v1::TextMark::KIND_NAME);
  const OneWordTagger& asked = *tagger;
  std::vector<std::unique_ptr<const Tagger>> taggers;
  taggers.push_back(std::move(tagger));
  const Cleaner cleaner(std::move(taggers));
  const CleanText clean = cleaner.Clean("山田090-1234-5678", nullptr, "ja");
  EXPECT_EQ(clean.text(), "[NAME 1][PHONE 1]");
  EXPECT_EQ(asked.tagged(), "j");
  const struct {
    const char* typed;
    const char* language;
    const char* asked;
  } rows[] = {{"山田さん", "zh", "j"}, {"山田", "ja-JP", "j"}, {"山田", "zh-Hant", "c"},
              {"山田", "en", "jc"},    {"山田 ok", "", "jce"}, {"ok", "ja", "e"},
              {"ｏｋ", "", "e"},       {"ok", "de", ""},       {"ok", "en-GB", "e"},
              {"42", "en", ""},        {"김", "ko", ""}};
  for (const auto& row : rows) {
    cleaner.Clean(row.typed, nullptr, row.language);
    EXPECT_EQ(asked.tagged(), row.asked) << row.typed << " " << row.language;
  }
  // The person's language, or else their country.
  const OwnData taro = Taro();
  cleaner.Clean("山田", &taro, "");
  EXPECT_EQ(asked.tagged(), "jJP");
  v1::Person person;
  person.set_language("en");
  person.mutable_address()->set_country("TW");
  cleaner.Clean(
      "王", std::make_unique<const OwnData>(person, std::span<const v1::Account* const>()).get(),
      "");
  EXPECT_EQ(asked.tagged(), "cTW");
}

TEST(CleanText, WordsThatNameNobodyAreNoWork) {
  std::vector<std::unique_ptr<const Tagger>> taggers;
  taggers.push_back(std::make_unique<const OneWordTagger>(U"x", v1::TextMark::KIND_NAME));
  const Cleaner cleaner(std::move(taggers));
  EXPECT_FALSE(cleaner.WorkOf("we know it").has_candidate);
  EXPECT_TRUE(cleaner.WorkOf("we know Rose").has_candidate);
}

TEST(HideOwnData, TakesOutWhatIsKnownSince) {
  // Written so that whoever does not know the name takes it for none.
  const CleanText clean = Clean("山の田さん、03-3333-4444。090-1234の5678 と 山-田様 [NAME 9]");
  std::string text = clean.text();
  google::protobuf::RepeatedPtrField<v1::TextMark> marks;
  clean.MarksTo(&marks);
  const int before = marks.size();
  HideOwnData(Taro(), &text, &marks);
  EXPECT_NE(text.find("[OWN NAME"), std::string::npos) << text;
  EXPECT_EQ(text.find("山-田"), std::string::npos) << text;
  EXPECT_NE(text.find("[NAME 9]"), std::string::npos) << text;
  EXPECT_GT(marks.size(), before);
  int32_t end = 0;
  for (const v1::TextMark& mark : marks) {
    ASSERT_LE(end, mark.begin());
    end = mark.end();
    EXPECT_EQ(text[static_cast<size_t>(mark.begin())], '[');
    EXPECT_EQ(text[static_cast<size_t>(end) - 1], ']');
  }
  const std::string once = text;
  HideOwnData(Taro(), &text, &marks);
  EXPECT_EQ(text, once);
}

}  // namespace
}  // namespace switchboard::redaction
