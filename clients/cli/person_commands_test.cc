// What persons ask: what the hub is asked, and where the answer goes.

#include <sys/stat.h>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/scripted_calls.h"
#include "clients/cli/text_files.h"
#include "switchboard/v1/privacy_keeping.pb.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using Request = v1::PersonRequest;

TEST(PersonCommandsTest, FindByExactlyOne) {
  Script script;
  script.Answer<v1::FindPersonsResponse>().add_person_ids("P-7");
  const Ran ran = RunOnline({"person", "find", "--phone", "+819012345678"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("P-7"));
  EXPECT_EQ(script.Asked<v1::FindPersonsRequest>().phone(), "+819012345678");
  EXPECT_EQ(RunOnline({"person", "find"}, script).code, kExitUsage);
  EXPECT_EQ(RunOnline({"person", "find", "--phone", "1", "--card", "2"}, script).code, kExitUsage);
}

TEST(PersonCommandsTest, AHundredMayNotBeAll) {
  Script script;
  auto& found = script.Answer<v1::FindPersonsResponse>();
  for (int i = 0; i < 99; ++i) found.add_person_ids(absl::StrCat("P-", i));
  v1::FindPersonsResponse more = found;
  more.add_person_ids("P-99");
  script.Answer<v1::FindPersonsResponse>() = more;
  const std::vector<std::string> line = {"person", "find", "--phone", "+819012345678"};
  EXPECT_THAT(RunOnline(line, script).out, Not(HasSubstr("there may be more")));
  EXPECT_THAT(RunOnline(line, script).out, HasSubstr("100 persons, as many as are named"));
}

TEST(PersonCommandsTest, ADashIsStandardInput) {
  Script script;
  std::istringstream typed("4111111111111111\r\nmore\n");
  std::streambuf* const before = std::cin.rdbuf(typed.rdbuf());
  const Ran ran = RunOnline({"person", "find", "--card", "-"}, script);
  std::cin.rdbuf(before);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(script.Asked<v1::FindPersonsRequest>().card_number(), "4111111111111111");
  EXPECT_THAT(ran.out, HasSubstr("0 persons"));
}

TEST(PersonCommandsTest, OpensWhatIsAskedFor) {
  struct Case {
    const char* word;
    Request::Kind kind;
  };
  for (const Case& one :
       {Case{"access", Request::KIND_ACCESS}, Case{"erase", Request::KIND_DELETION}}) {
    Script script;
    const Ran ran = RunOnline(
        {"person", one.word, "letter-1", "--person", "P-7", "--reference", "letter of 3 May"},
        script);
    EXPECT_EQ(ran.code, kExitOk) << ran.err;
    const Request asked = script.Asked<v1::OpenPersonRequestRequest>().request();
    EXPECT_EQ(asked.request_id(), "letter-1");
    EXPECT_EQ(asked.person_id(), "P-7");
    EXPECT_EQ(asked.kind(), one.kind);
    EXPECT_EQ(asked.reference(), "letter of 3 May");
    EXPECT_EQ(asked.fields_size(), 0);
  }
  Script script;
  Request& opened = *script.Answer<v1::OpenPersonRequestResponse>().mutable_request();
  opened.set_request_id("letter-1");
  opened.set_person_id("P-7");
  opened.set_kind(Request::KIND_CORRECTION);
  opened.set_state(Request::STATE_OPEN);
  const Ran ran = RunOnline({"person", "correct", "letter-1", "--person", "P-7", "--reference", "r",
                             "--field", "family_name", "--field", "address.city"},
                            script);
  EXPECT_EQ(ran.out,
            "letter-1: CORRECTION of person P-7, OPEN; another operator types: switchboard person "
            "agree letter-1\n");
  EXPECT_THAT(script.Asked<v1::OpenPersonRequestRequest>().request().fields(),
              ElementsAre("family_name", "address.city"));
  EXPECT_EQ(RunOnline({"person", "correct", "l", "--person", "P", "--reference", "r"}, script).code,
            kExitUsage);
}

TEST(PersonCommandsTest, AnotherAgreesOrRefuses) {
  Script script;
  EXPECT_EQ(RunOnline({"person", "agree", "letter-1"}, script).code, kExitOk);
  EXPECT_EQ(script.Asked<v1::DecidePersonRequestRequest>().request_id(), "letter-1");
  EXPECT_TRUE(script.Asked<v1::DecidePersonRequestRequest>().agreed());
  EXPECT_EQ(RunOnline({"person", "refuse", "letter-1"}, script).code, kExitOk);
  EXPECT_FALSE(script.Asked<v1::DecidePersonRequestRequest>().agreed());
  script.failure = Error(absl::StatusCode::kFailedPrecondition, "TWO_OPERATORS_NEEDED", "no");
  EXPECT_THAT(RunOnline({"person", "agree", "letter-1"}, script).err,
              HasSubstr("types switchboard person agree REQUEST"));
}

TEST(PersonCommandsTest, ListSaysWhatADeletionWaitsFor) {
  Script script;
  Request& one = *script.Answer<v1::ListPersonRequestsResponse>().add_requests();
  one.set_request_id("letter-1");
  one.set_person_id("P-7");
  one.set_kind(Request::KIND_DELETION);
  one.set_state(Request::STATE_AGREED);
  one.set_reference("letter of 3 May");
  one.add_waits_for("a promise is open");
  const Ran ran = RunOnline({"person", "list", "--closed"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("letter-1 +P-7 +DELETION +AGREED .*a promise is open"));
  EXPECT_THAT(ran.out, HasSubstr("1 request\n"));
  EXPECT_EQ(script.Asked<v1::ListPersonRequestsRequest>().after(), "letter-1");
  EXPECT_TRUE(script.Asked<v1::ListPersonRequestsRequest>().closed_too());
}

TEST(PersonCommandsTest, ReadWritesAllPagesWhereNobodyElseReads) {
  const testing::TemporaryFolder folder;
  const std::string out = (folder.path() / "P-7.json").string();
  Script script;
  auto& first = script.Answer<v1::ReadPersonDataResponse>();
  first.add_sections()->mutable_person()->set_person_id("P-7");
  first.set_next("accounts/ ");
  auto& second = script.Answer<v1::ReadPersonDataResponse>();
  second.add_sections()->mutable_account()->set_account_id("C-9");
  second.add_sections()->mutable_former()->mutable_address()->set_city("Leeds");
  second.add_sections()->mutable_permit()->set_contact_point_id("mobile-2");
  second.add_sections()->mutable_recording()->set_outcome_id("o-17");
  const Ran ran = RunOnline({"person", "read", "letter-1", "--out", out}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("5 sections on 2 pages written to "));
  EXPECT_THAT(ran.out, Not(HasSubstr("C-9")));
  EXPECT_EQ(script.Asked<v1::ReadPersonDataRequest>().after(), "accounts/ ");
  ASSERT_OK_AND_ASSIGN(const std::string json, ReadTextFile(out));
  EXPECT_THAT(json, HasSubstr("P-7"));
  EXPECT_THAT(json, HasSubstr("C-9"));
  EXPECT_THAT(json, HasSubstr("Leeds"));
  EXPECT_THAT(json, HasSubstr("mobile-2"));
  EXPECT_THAT(json, HasSubstr("o-17"));
  struct stat facts = {};
  ASSERT_EQ(stat(out.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  // What is there already stays, and nothing is read for it.
  Script again;
  EXPECT_THAT(RunOnline({"person", "read", "letter-2", "--out", out}, again).err,
              HasSubstr("FILE_NOT_WRITTEN"));
  EXPECT_EQ(again.Asked<v1::ReadPersonDataRequest>().request_id(), "");
}

TEST(PersonCommandsTest, WhatCannotBeReadLeavesNoFile) {
  const testing::TemporaryFolder folder;
  const std::string out = (folder.path() / "P-7.json").string();
  Script script;
  script.failure = Error(absl::StatusCode::kNotFound, "PERSON_REQUEST_UNKNOWN", "no");
  EXPECT_EQ(RunOnline({"person", "read", "letter-1", "--out", out}, script).code, kExitFailed);
  struct stat facts = {};
  EXPECT_NE(stat(out.c_str(), &facts), 0);
}

}  // namespace
}  // namespace switchboard::cli
