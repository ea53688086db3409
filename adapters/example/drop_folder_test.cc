#include "adapters/example/drop_folder.h"

#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using testing::FailsWith;

TEST(DropFolderTest, WritesWhatTheContractShowsAndNothingElse) {
  v1::Assignment full;
  full.set_assignment_id("a1");
  full.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  full.mutable_person()->set_name("O\"Neil, A.");
  full.mutable_person()->set_language("ja");
  for (const char* id : {"c1", "c2"}) {
    full.mutable_person()->add_contact_points()->set_contact_point_id(id);
  }
  full.mutable_account()->mutable_amount_due()->set_minor_units(1200);
  full.mutable_account()->mutable_amount_due()->set_currency_code("JPY");
  full.mutable_expire_time()->set_seconds(0);
  v1::Assignment masked;
  masked.set_assignment_id("a2");
  EXPECT_EQ(
      FormatAssignments({full, masked}),
      "assignment_id,work_type,name,language,contact_points,amount_due,currency_code,expire_time\n"
      "a1,WORK_TYPE_EARLY_COLLECTIONS,\"O\"\"Neil, A.\",ja,"
      "c1:CONTACT_KIND_UNSPECIFIED c2:CONTACT_KIND_UNSPECIFIED,1200,JPY,1970-01-01T00:00:00+00:00\n"
      "a2,WORK_TYPE_UNSPECIFIED,,,,,,\n");
}

TEST(DropFolderTest, ReadsAnOutcome) {
  ASSERT_OK_AND_ASSIGN(
      const auto outcome,
      ParseOutcome(
          "a1,p1,CALL_BACK,2026-11-02T09:30:00Z,2026-11-02T18:31:00+09:00,ag7,later, please",
          "f.1"));
  EXPECT_EQ(outcome.outcome_id(), "f.1");
  EXPECT_EQ(outcome.version(), 1);
  EXPECT_EQ(outcome.permit_id(), "p1");
  EXPECT_EQ(outcome.disposition(), v1::DISPOSITION_CALL_BACK);
  EXPECT_EQ(outcome.end_time().seconds() - outcome.start_time().seconds(), 60);
  EXPECT_EQ(outcome.note(), "later, please");
}

TEST(DropFolderTest, RefusesLinesItDoesNotUnderstand) {
  const struct {
    const char* line;
    const char* field;
  } cases[] = {
      {"", "line"},
      {"a1,p1,NO_ANSWER", "line"},
      {"a1,,NO_SUCH,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,,", "disposition"},
      {"a1,,,2026-11-02T09:30:00Z,2026-11-02T09:30:00Z,,", "disposition"},
      {"a1,,NO_ANSWER,yesterday,2026-11-02T09:30:00Z,,", "start_time"},
      {"a1,,NO_ANSWER,2026-11-02T09:30:00Z,,,", "end_time"},
  };
  for (const auto& [line, field] : cases) {
    const auto outcome = ParseOutcome(line, "f.1");
    EXPECT_THAT(outcome, FailsWith(absl::StatusCode::kInvalidArgument, "LINE_INVALID")) << line;
    EXPECT_EQ(ErrorMetadata(outcome.status(), "field"), field) << line;
  }
  EXPECT_FALSE(ParsePermitRequest("a1").ok());
}

TEST(DropFolderTest, AnswersPermitRequests) {
  ASSERT_OK_AND_ASSIGN(const auto request, ParsePermitRequest("a1,c1"));
  v1::RequestPermitResponse yes, no;
  yes.mutable_permit()->set_permit_id("p1");
  yes.mutable_permit()->set_dial("+81355550100");
  no.mutable_denial()->set_reason(v1::Denial::REASON_STOPPED);
  EXPECT_EQ(FormatPermitAnswer(request, yes),
            "a1,c1,p1,+81355550100,,1970-01-01T00:00:00+00:00,\n");
  EXPECT_EQ(FormatPermitAnswer(request, no), "a1,c1,,,,,REASON_STOPPED\n");
}

TEST(DropFolderTest, SaysWhyThereIsNoAnswer) {
  EXPECT_EQ(FormatPermitFailure("a1,c1", absl::UnavailableError("")), "a1,c1,,,,,UNAVAILABLE\n");
  EXPECT_EQ(FormatPermitFailure("a1", ParsePermitRequest("a1").status()), "a1,,,,,,LINE_INVALID\n");
}

TEST(DropFolderTest, ReplacesAndReadsFiles) {
  testing::TemporaryFolder folder;
  EXPECT_THAT(ReadLines(folder / "none"),
              FailsWith(absl::StatusCode::kNotFound, "FILE_UNREADABLE"));
  ASSERT_OK(ReplaceFile(folder / "f", "one\r\n\ntwo"));
  ASSERT_OK(ReplaceFile(folder / "f", "three\r\n\nfour"));
  ASSERT_OK_AND_ASSIGN(const auto lines, ReadLines(folder / "f"));
  EXPECT_EQ(lines, (std::vector<std::string>{"three", "four"}));
  EXPECT_FALSE(std::filesystem::exists(folder / "f.part"));
  EXPECT_THAT(ReplaceFile(folder / "none/f", "x"),
              FailsWith(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN"));
}

}  // namespace
}  // namespace switchboard::adapters
