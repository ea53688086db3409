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

TEST(DropFolderTest, AnswersPermitRequests) {
  ASSERT_OK_AND_ASSIGN(const auto request, ReadPermitRequest({"a1", "c1", "SMS", "REMIND"}));
  EXPECT_EQ(request.channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(request.act(), v1::ACT_REMIND);
  v1::RequestPermitResponse yes, no;
  yes.mutable_permit()->set_permit_id("p1");
  yes.mutable_permit()->set_dial("+81355550100");
  no.mutable_denial()->set_reason(v1::Denial::REASON_STOPPED);
  EXPECT_EQ(FormatPermitAnswer(request, yes),
            "a1,c1,p1,+81355550100,,1970-01-01T00:00:00+00:00,\n");
  EXPECT_EQ(FormatPermitAnswer(request, no), "a1,c1,,,,,REASON_STOPPED\n");
}

TEST(DropFolderTest, LeavesOutWhatWasShownOfEndedWork) {
  const std::string answers =
      "a1,c1,p1,+81355550100,,1970-01-01T00:00:00+00:00,\n"
      "a2,c1,p2,+81355550101,,1970-01-01T00:00:00+00:00,\n"
      "\"a1\",c2,,,,,REASON_STOPPED\n";
  EXPECT_EQ(WithoutAssignments(answers, {"a1"}),
            "a2,c1,p2,+81355550101,,1970-01-01T00:00:00+00:00,\n");
  EXPECT_EQ(WithoutAssignments(answers, {"a1", "a2"}), "");
  EXPECT_EQ(WithoutAssignments("a2,\"never closed\n", {"a1"}), "") << "nobody knows whose it is";
  EXPECT_EQ(WithoutAssignments("", {"a1"}), "");
}

TEST(DropFolderTest, SaysWhyThereIsNoAnswer) {
  EXPECT_EQ(FormatPermitFailure({"a1", "c1"}, absl::UnavailableError("")),
            "a1,c1,,,,,UNAVAILABLE\n");
  for (const std::vector<std::string>& fields : {std::vector<std::string>{"a1"},
                                                 {"a1", "c1", "PHONE"},
                                                 {"a1", "c1", "PHONE", "REMIND", "more"},
                                                 {"a1", "c1", "FAX", "REMIND"},
                                                 {"a1", "c1", "PHONE", "CHAT"},
                                                 {}}) {
    const auto request = ReadPermitRequest(fields);
    EXPECT_THAT(request, FailsWith(absl::StatusCode::kInvalidArgument, "LINE_INVALID"));
    EXPECT_THAT(FormatPermitFailure(fields, request.status()),
                ::testing::EndsWith(",,,,,LINE_INVALID\n"));
  }
}

TEST(DropFolderTest, NamesOfFiles) {
  for (const char* name : {"a.csv", "a.CSV", ".csv", "with space.csv", "結果.csv", "\xff.Csv"}) {
    EXPECT_TRUE(IsDropFile(name)) << name;
  }
  for (const char* name : {"a.done", "a.csv.part", "csv", ""})
    EXPECT_FALSE(IsDropFile(name)) << name;
  EXPECT_EQ(NameOf("a.b.csv"), "a.b");
  EXPECT_EQ(NameOf("a.CSV"), "a.CSV") << "or it would be put over what a.csv becomes";
  EXPECT_EQ(NameOf(".csv"), ".csv");
  std::string longest;
  for (int i = 0; i < 83; ++i) longest += "結";
  const std::string name = NameOf(longest + ".csv");
  EXPECT_LE(name.size(), 200u);
  EXPECT_NE(name, NameOf(longest + "a.csv"));
  EXPECT_EQ(name.compare(0, 3, "結"), 0);
}

TEST(DropFolderTest, ReplacesAndReadsFiles) {
  testing::TemporaryFolder folder;
  EXPECT_THAT(ReadWholeFile(folder / "none", 10),
              FailsWith(absl::StatusCode::kNotFound, "FILE_UNREADABLE"));
  ASSERT_OK(ReplaceFile(folder / "f", "one"));
  ASSERT_OK(ReplaceFile(folder / "f", "three\r\n"));
  ASSERT_OK_AND_ASSIGN(const auto content, ReadWholeFile(folder / "f", 10));
  EXPECT_EQ(content, "three\r\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "f.part"));
  EXPECT_THAT(ReadWholeFile(folder / "f", 6),
              FailsWith(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE"));
  EXPECT_THAT(ReplaceFile(folder / "none/f", "x"),
              FailsWith(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN"));
}

}  // namespace
}  // namespace switchboard::adapters
