#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/redaction_report/csv_tables.h"
#include "tests/redaction_report/labelled_file.h"
#include "tests/redaction_report/report.h"
#include "tests/redaction_report/scoring.h"
#include "tests/testing.h"

namespace switchboard::redaction_report {
namespace {

constexpr Type kName = v1::TextMark::KIND_NAME;
constexpr Type kPhone = v1::TextMark::KIND_PHONE;
constexpr Type kAddress = v1::TextMark::KIND_ADDRESS;
constexpr Type kCard = v1::TextMark::KIND_CARD;

const redaction::Cleaner& TheCleaner() {
  static const redaction::Cleaner& cleaner =
      *std::move(redaction::Cleaner::Load("")).value().release();
  return cleaner;
}

class LabelledFolderTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<LabelledFile>> Read(const std::string& name,
                                                 const std::string& content) {
    std::ofstream(folder_ / name) << content;
    return ReadFolder(folder_.path().string());
  }

  testing::TemporaryFolder folder_;
};

TEST(TypesTest, LabelsOfManyFiles) {
  for (const char* const label : {"PERSON", "person", "PER", "人名", "FIRST_NAME"}) {
    EXPECT_EQ(TypeOfLabel(label), kName) << label;
  }
  EXPECT_EQ(TypeOfLabel("STREET_ADDRESS"), kAddress);
  EXPECT_EQ(TypeOfLabel("roadno"), kAddress);
  EXPECT_EQ(TypeOfLabel("GPE"), kPlace);
  EXPECT_EQ(TypeOfLabel("credit card"), kCard);
  EXPECT_EQ(TypeOfLabel("US_SSN"), v1::TextMark::KIND_IDENTITY_NUMBER);
  EXPECT_EQ(TypeOfLabel("ORG"), v1::TextMark::KIND_UNSPECIFIED);
  EXPECT_EQ(TypeOfLabel(""), v1::TextMark::KIND_UNSPECIFIED);
  EXPECT_EQ(NameOf(kCard), "CARD");
  EXPECT_EQ(NameOf(kPlace), "PLACE");
}

TEST_F(LabelledFolderTest, PositionsAreCodePointsAndPartsOfAnAddressAreOne) {
  const auto files =
      Read("a.jsonl", R"({"text": "住上海市张杨路，电话12", "lang": "zh", "spans": [)"
                      R"({"start": 1, "end": 4, "label": "city", "value": "上海市"},)"
                      R"({"start": 4, "end": 7, "label": "road"},)"
                      R"({"start": 10, "end": 12, "label": "ORG"}]})"
                      "\n");
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->size(), 1U);
  const LabelledText& text = files->front().texts.front();
  EXPECT_EQ(text.language, "zh");
  ASSERT_EQ(text.spans.size(), 1U);
  EXPECT_EQ(text.spans.front().begin, 1U);
  EXPECT_EQ(text.spans.front().end, 7U);
  EXPECT_EQ(files->front().labels_not_looked_for.at("ORG"), 1U);
}

TEST_F(LabelledFolderTest, ABadLineIsNamed) {
  const auto files = Read("a.jsonl",
                          "{\"text\": \"x\", \"spans\": []}\n"
                          "{\"text\": \"Bob\", \"spans\": [{\"start\": 0, \"end\": 2, \"label\": "
                          "\"PERSON\", \"value\": \"Bob\"}]}\n");
  ASSERT_FALSE(files.ok());
  EXPECT_NE(files.status().message().find("a.jsonl:2: PERSON"), std::string::npos);
}

TEST(CsvTablesTest, TablesByTheirColumns) {
  const auto cards = LabelledTable("pan,format,text\r\n42,\"a \"\"b\"\"\",\"4,2\"\r\n");
  ASSERT_TRUE(cards.has_value());
  EXPECT_EQ(cards->role, LabelledFile::Role::kCards);
  EXPECT_EQ(cards->texts.front().text, "4,2");
  EXPECT_EQ(cards->texts.front().spans.front().end, 3U);
  const auto none = LabelledTable("number,luhn_ok\n4243,0\n4242,1\n");
  ASSERT_TRUE(none.has_value());
  for (const LabelledText& text : none->texts) {
    EXPECT_EQ(text.text.find("4242"), std::string::npos);
    EXPECT_TRUE(text.spans.empty());
  }
  const auto ids = LabelledTable("kind,number,expected\ncn_uscc,1,valid\ncn_resident_id,2,valid\n");
  ASSERT_TRUE(ids.has_value());
  EXPECT_TRUE(ids->texts[0].spans.empty());
  EXPECT_EQ(ids->texts[1].spans.size(), 1U);
  EXPECT_FALSE(LabelledTable("a,b\n1,2\n").has_value());
}

TEST(ScoringTest, WhatIsHiddenMatchedAndTouched) {
  LabelledText text{.text = "Bob Lee, Oslo"};
  text.spans = {{0, 7, kName}, {9, 13, kPlace}};
  Scores scores;
  ScoreText(text, {{0, 3, kName}, {4, 7, kPhone}, {9, 13, kAddress}}, &scores, nullptr);
  const Score& name = scores[kName];
  EXPECT_EQ(name.labelled, 1U);
  EXPECT_EQ(name.found, 0U);
  EXPECT_EQ(name.hidden, 1U);
  EXPECT_EQ(name.touched, 1U);
  EXPECT_EQ(name.right, 1U);
  EXPECT_EQ(scores[kPhone].marks, 1U);
  EXPECT_EQ(scores[kPhone].right, 0U);
  EXPECT_EQ(scores[kPhone].personal, 1U);
  EXPECT_EQ(scores[static_cast<size_t>(kPlace)].found, 1U);
  EXPECT_EQ(scores[kAddress].right, 1U);
}

TEST(ScoringTest, MarksLieWhereTheyWereTyped) {
  const std::string typed = "支付 4242 4242 4242 4242 和 5555-5555-5555-4444, a@example.com.";
  const auto marks = MarkedSpans(typed, TheCleaner().Clean(typed, nullptr, "zh"));
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0].begin, 3U);
  EXPECT_EQ(marks[0].end, 22U);
  EXPECT_EQ(marks[1].begin, 25U);
  EXPECT_EQ(marks[1].end, 44U);
  EXPECT_EQ(marks[2].type, v1::TextMark::KIND_EMAIL);
}

class ReportTest : public LabelledFolderTest {
 protected:
  std::vector<std::string> FailuresOf(const LabelledFile& file, const std::string& floors) {
    Report report;
    report.Add(file, ScoreFile(TheCleaner(), file, 0));
    std::ofstream(folder_ / "floors.json") << floors;
    const auto failures = report.Failures(folder_ / "floors.json");
    EXPECT_TRUE(failures.ok()) << failures.status();
    return failures.value_or(std::vector<std::string>());
  }
};

TEST_F(ReportTest, AMissedCardFailsAndSoDoesAFalseOne) {
  EXPECT_TRUE(
      FailuresOf(*LabelledTable("pan,format,text\n1,plain,4242424242424242\n"), "{}").empty());
  EXPECT_EQ(FailuresOf(*LabelledTable("pan,format,text\n1,plain,4242424242424243\n"), "{}").size(),
            1U);
  EXPECT_TRUE(FailuresOf(*LabelledTable("number,luhn_ok\n4242424242424243,0\n"), "{}").empty());
  EXPECT_EQ(FailuresOf(*LabelledTable("number,luhn_ok\n4242424242424242,0\n"), "{}").size(), 1U);
}

TEST_F(ReportTest, FloorsAreByFileAndType) {
  LabelledFile file = *LabelledTable("e164,text\n+1,not a number at all\n");
  file.name = "phones.csv";
  EXPECT_TRUE(FailuresOf(file, R"({"other.csv": {"PHONE": {"recall": 1}}})").empty());
  EXPECT_EQ(FailuresOf(file, R"({"phones.csv": {"PHONE": {"recall": 0.5}}})").size(), 1U);
}

}  // namespace
}  // namespace switchboard::redaction_report
