#include "adapters/example/outcome_file.h"

#include <algorithm>
#include <set>

#include "adapters/codes/call_code.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using adapters::CallCode;
using ::testing::HasSubstr;

constexpr char kGood[] =
    "a1,p1,CALL_BACK,2026-11-02T09:30:00Z,2026-11-02T18:31:00+09:00,ag7,later\n";

TEST(OutcomeFileTest, ReadsAnOutcome) {
  const OutcomeFile file = ReadOutcomeFile(kGood, "f.csv");
  ASSERT_EQ(file.outcomes.size(), 1u);
  EXPECT_TRUE(file.refused.empty());
  const v1::Outcome& outcome = file.outcomes[0].outcome;
  EXPECT_EQ(outcome.outcome_id(), OutcomeIdOf("f.csv", 1));
  EXPECT_EQ(outcome.version(), 1);
  EXPECT_EQ(outcome.assignment_id(), "a1");
  EXPECT_EQ(outcome.permit_id(), "p1");
  EXPECT_EQ(outcome.result().disposition(), v1::DISPOSITION_CALL_BACK);
  EXPECT_EQ(outcome.end_time().seconds() - outcome.start_time().seconds(), 60);
  EXPECT_EQ(outcome.agent_reference(), "ag7");
  EXPECT_EQ(outcome.note(), "later");
}

TEST(OutcomeFileTest, TakesWhatIsQuotedAsMeant) {
  const OutcomeFile file = ReadOutcomeFile(
      "\xef\xbb\xbf\"a1\",\"p1\",\"NO_ANSWER\",\"2026-11-02T09:30:00Z\",\"2026-11-02T09:30:00Z\","
      "\"Sato, K\",\"said \"\"no\"\",\r\nand hung up\"\r\n",
      "f.csv");
  ASSERT_EQ(file.outcomes.size(), 1u);
  EXPECT_EQ(file.outcomes[0].outcome.assignment_id(), "a1");
  EXPECT_EQ(file.outcomes[0].outcome.agent_reference(), "Sato, K");
  EXPECT_EQ(file.outcomes[0].outcome.note(), "said \"no\",\r\nand hung up");
}

TEST(OutcomeFileTest, FirstLineMayNameTheColumnsInAnyOrder) {
  const OutcomeFile file = ReadOutcomeFile(
      "note,Agent, end_time,start_time,code,permit_id,assignment_id\n"
      "hello,ag7,2026-11-02T09:31:00Z,2026-11-02T09:30:00Z,NO_ANSWER,p1,a1\n",
      "f.csv");
  ASSERT_EQ(file.outcomes.size(), 1u);
  EXPECT_EQ(file.outcomes[0].line, 2);
  EXPECT_EQ(file.outcomes[0].outcome.assignment_id(), "a1");
  EXPECT_EQ(file.outcomes[0].outcome.note(), "hello");
  EXPECT_TRUE(ReadOutcomeFile("assignment_id,permit_id,code,start_time,end_time,agent,note\n", "f")
                  .refused.empty());
}

TEST(OutcomeFileTest, FileThatIsNoneIsRefusedWithItsReason) {
  const struct {
    const char* content;
    const char* field;
    const char* problem;
  } cases[] = {
      {"", "", "empty"},
      {"\xef\xbb\xbf", "", "empty"},
      {"\r\n\n", "", "empty"},
      {"assignment_id,permit_id,code,start_time,agent,note\n", "end_time", "must name"},
      {"assignment_id,permit_id,code,start_time,end_time,end_time,note\n", "end_time", "once"},
      {"assignment_id,permit_id,code,start_time,end_time,agent,note,extra\n", "", "not known"},
  };
  for (const auto& [content, field, problem] : cases) {
    const OutcomeFile file = ReadOutcomeFile(content, "f.csv");
    EXPECT_TRUE(file.outcomes.empty()) << content;
    ASSERT_EQ(file.refused.size(), 1u) << content;
    EXPECT_EQ(file.refused[0].status, "FILE_INVALID");
    EXPECT_EQ(file.refused[0].field, field);
    EXPECT_THAT(file.refused[0].problem, HasSubstr(problem));
  }
}

TEST(OutcomeFileTest, LineThatIsNoneIsRefusedWithItsReasonAndAloneSo) {
  const struct {
    const char* line;
    const char* field;
    const char* problem;
  } cases[] = {
      {"a1,p1,NO_ANSWER", "", "seven columns"},
      {"a1,p1,CALL_BACK,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,Sato, K,hello", "", "quoted"},
      {"a1,,NO_SUCH,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,,", "code", "NO_ANSWER"},
      {"a1,,UNSPECIFIED,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,,", "code", "NO_ANSWER"},
      {"a1,,,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,,", "code", "NO_ANSWER"},
      {"a1,,NO_ANSWER,yesterday,2026-11-02T09:30:00Z,,", "start_time", "RFC 3339"},
      {"a1,,NO_ANSWER,infinite-past,2026-11-02T09:30:00Z,,", "start_time", "RFC 3339"},
      {"a1,,NO_ANSWER,2026-11-02T09:30:00Z,,,", "end_time", "RFC 3339"},
      {"a1,,NO_ANSWER,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,,\x8e\x52\x93\x63", "", "UTF-8"},
      {"a1,,NO_ANSWER,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,\"x,", "", "never closed"},
  };
  for (const auto& [line, field, problem] : cases) {
    const OutcomeFile file = ReadOutcomeFile(kGood + std::string(line) + "\n" + kGood, "f.csv");
    EXPECT_EQ(file.outcomes.size(), 2u) << line;
    ASSERT_EQ(file.refused.size(), 1u) << line;
    EXPECT_EQ(file.refused[0].line, 2);
    EXPECT_EQ(file.refused[0].status, "LINE_INVALID");
    EXPECT_EQ(file.refused[0].field, field) << line;
    EXPECT_THAT(file.refused[0].problem, HasSubstr(problem)) << line;
  }
}

TEST(OutcomeFileTest, IdsAreValidWhateverTheFileIsCalled) {
  std::set<std::string> ids;
  const std::string names[] = {"20261127-093000-09012345678-all.csv",
                               "結果_20261127.csv",
                               "with space.csv",
                               "a\nb.csv",
                               "\xff\xfe.csv",
                               std::string(250, 'x')};
  for (const std::string& name : names) {
    for (const int64_t line : {1, 2, 12345678}) {
      const std::string id = OutcomeIdOf(name, line);
      EXPECT_LE(id.size(), 64u);
      EXPECT_TRUE(std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || c == '-';
      })) << id;
      EXPECT_EQ(id, OutcomeIdOf(name, line));
      ids.insert(id);
    }
  }
  EXPECT_EQ(ids.size(), std::size(names) * 3);
  EXPECT_NE(OutcomeIdOf("a1", 1), OutcomeIdOf("a", 11));
}

TEST(OutcomeFileTest, RefusalsAreListedByLine) {
  EXPECT_EQ(FormatRefused({{7, "STATUS_INVALID", "note", "at most 2,000 bytes"},
                           {2, "LINE_INVALID", "", "seven columns"}}),
            "line,status,field,problem\n"
            "2,LINE_INVALID,,seven columns\n"
            "7,STATUS_INVALID,note,\"at most 2,000 bytes\"\n");
}

}  // namespace
}  // namespace switchboard::adapters
