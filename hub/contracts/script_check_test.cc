#include "hub/contracts/script_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/testing.h"

namespace switchboard::contracts {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;

constexpr char kWhole[] = R"(script_id: early.ja:2026
version: 3
title: 初期督促
effective_from: 2026-12-01
effective_to: 2027-12-01
work_types: [EARLY_COLLECTIONS, CAMPAIGN]
steps:
  - step_id: greeting
    required: true
    wordings:
      - {language: ja, text: お世話になっております。}
      - language: en
        text: |
          Good morning.
          Am I speaking with the person I asked for?
  - step_id: number
    wordings: [{language: en, text: "Call us back at 0120-123-456."}]
)";

std::string With(const std::string& from, const std::string& to) {
  std::string text = kWhole;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ParseScript, ReadsAScript) {
  ASSERT_OK_AND_ASSIGN(const v1::Script script, ParseScript(kWhole, "script.yaml"));
  EXPECT_EQ(script.script_id(), "early.ja:2026");
  EXPECT_EQ(script.version(), 3);
  EXPECT_EQ(script.effective_to().year(), 2027);
  ASSERT_EQ(script.steps_size(), 2);
  EXPECT_TRUE(script.steps(0).required());
  EXPECT_EQ(script.steps(0).wordings(1).text(),
            "Good morning.\nAm I speaking with the person I asked for?");
  EXPECT_FALSE(script.steps(1).required());
}

TEST(ParseScript, TakesTheLimitsThemselves) {
  const std::string long_word(4'000, 'w');
  std::string steps = "steps:\n";
  for (int i = 0; i < 50; ++i)
    absl::StrAppend(&steps, "  - {step_id: s", i, ", wordings: [{language: ja, text: a}]}\n");
  const std::string head = "script_id: a\nversion: 1\ntitle: b\n";
  EXPECT_OK(ParseScript(head + steps, "script.yaml"));
  EXPECT_THAT(ParseScript(head + steps + "  - {step_id: t, wordings: [{language: ja, text: a}]}\n",
                          "script.yaml"),
              FailsWith(absl::StatusCode::kInvalidArgument, "SCRIPT_INVALID"));
  EXPECT_OK(ParseScript(With("お世話になっております。", long_word), "script.yaml"));
  EXPECT_OK(ParseScript(With("early.ja:2026", std::string(64, 'i')), "script.yaml"));
  EXPECT_OK(ParseScript(With("[EARLY_COLLECTIONS, CAMPAIGN]", "[]"), "script.yaml"));
}

TEST(ParseScript, RefusesWhatBreaksARule) {
  const struct {
    std::string from, to;
    const char* field;
    const char* problem;
  } rows[] = {
      {"early.ja:2026", "early/ja", "script_id", "1 to 64"},
      {"early.ja:2026", "090-1234-5678", "script_id", ""},
      {"version: 3\n", "", "version", "must be 1 or more"},
      {"title: 初期督促\n", "", "title", "1 to 100"},
      {"初期督促", "\"Ask for 090-1234-5678\"", "title", ""},
      {"effective_to: 2027-12-01", "effective_to: 2026-12-01", "effective_to",
       "must be later than effective_from"},
      {"CAMPAIGN]", "EARLY_COLLECTIONS]", "work_types[1]", "stands here twice; keep one"},
      {"step_id: number", "step_id: greeting", "steps[1].step_id", "stands here twice; keep one"},
      {"step_id: number", "step_id: \"\"", "steps[1].step_id", "1 to 64"},
      {"[{language: en, text: \"Call us back at 0120-123-456.\"}]", "[]", "steps[1].wordings",
       "at least one entry"},
      {"language: ja", "language: en", "steps[0].wordings[1].language",
       "stands here twice; keep one"},
      {"language: ja", "language: jp", "steps[0].wordings[0].language", "Japanese is ja"},
      {"お世話になっております。", "\" \"", "steps[0].wordings[0].text", "1 to 4000"},
      {"0120-123-456", "4111 1111 1111 1111", "steps[1].wordings[0].text",
       "must not hold a payment card number"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.from + " -> " + row.to);
    const auto script = ParseScript(With(row.from, row.to), "script.yaml");
    ASSERT_THAT(script, FailsWith(absl::StatusCode::kInvalidArgument, "SCRIPT_INVALID"));
    EXPECT_EQ(ErrorMetadata(script.status(), "field"), row.field);
    EXPECT_THAT(std::string(script.status().message()), HasSubstr(row.problem));
  }
  EXPECT_THAT(ParseScript(With("steps:", "stages:"), "script.yaml"),
              FailsWith(absl::StatusCode::kInvalidArgument, "YAML_INVALID"));
}

}  // namespace
}  // namespace switchboard::contracts
