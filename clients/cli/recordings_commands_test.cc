// Recordings of calls: those that are owed, and comparing one that was fetched.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/file_digest.h"
#include "clients/cli/render.h"
#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/digest.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// NIST's, of a million times "a", which is more than one piece.
constexpr char kDigest[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

class RecordingsCommandsTest : public ::testing::Test {
 protected:
  void AnswerPage(const std::vector<std::string>& outcome_ids) {
    auto& page = script_.Answer<v1::FindMissingRecordingsResponse>();
    for (const std::string& id : outcome_ids) {
      auto& call = *page.add_calls();
      call.set_vendor_id("sakura");
      call.set_outcome_id(id);
      call.set_assignment_id("a-1");
      *call.mutable_call_time() = TimeUtil::SecondsToTimestamp(1767225600);
      *call.mutable_due_time() = TimeUtil::SecondsToTimestamp(1767225600 + 3 * 86400);
    }
  }
  Ran Check(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"recordings", "check", "--vendor", "sakura",
                                      "--outcome",  "o-7",   "--file",   file};
    words.insert(words.end(), more.begin(), more.end());
    return RunOnline(words, script_);
  }

  testing::TemporaryFolder folder_;
  Script script_;
};

TEST_F(RecordingsCommandsTest, MissingNamesTheCallAndUntilWhenItsRecordingWasOwed) {
  AnswerPage({"o-1", "o-2"});
  AnswerPage({"o-3"});
  const Ran ran = RunOnline({"recordings", "missing"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("call (UTC)"), HasSubstr("owed until (UTC)")));
  EXPECT_THAT(ran.out,
              ContainsRegex("  sakura  o-1 +a-1 +2026-01-01 00:00:00  2026-01-04 00:00:00\n"));
  EXPECT_THAT(ran.out, HasSubstr("3 missing recordings\n"));
  const auto last = script_.Asked<v1::FindMissingRecordingsRequest>();
  EXPECT_EQ(last.vendor_id(), "");
  EXPECT_EQ(last.after_vendor_id(), "sakura");
  EXPECT_EQ(last.after_outcome_id(), "o-3");
}

TEST_F(RecordingsCommandsTest, MissingOfOneVendorUpToALimit) {
  AnswerPage({"o-1", "o-2"});
  const Ran ran =
      RunOnline({"recordings", "missing", "--vendor", "sakura", "--limit", "1"}, script_);
  EXPECT_EQ(script_.Asked<v1::FindMissingRecordingsRequest>().vendor_id(), "sakura");
  EXPECT_THAT(ran.out, Not(HasSubstr("o-2")));
  EXPECT_THAT(ran.out, HasSubstr("1 missing recording; there may be more: --limit\n"));
}

TEST_F(RecordingsCommandsTest, CheckSendsTheDigestOfAllOfTheFile) {
  testing::WriteFile(folder_ / "call.wav", std::string(1'000'000, 'a'));
  script_.Answer<v1::CheckRecordingResponse>().set_matches(true);
  const Ran ran = Check(folder_ / "call.wav");
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, absl::StrCat("  SHA-256  ", kDigest,
                                  "\nrecording of sakura's outcome o-7: the file of 1,000,000 "
                                  "bytes is what the vendor told of\n"));
  const auto asked = script_.Asked<v1::CheckRecordingRequest>();
  EXPECT_EQ(asked.vendor_id(), "sakura");
  EXPECT_EQ(asked.outcome_id(), "o-7");
  EXPECT_EQ(Hex(asked.sha256()), kDigest);
}

TEST_F(RecordingsCommandsTest, CheckOfAnotherFileFails) {
  testing::WriteFile(folder_ / "call.wav", "a");
  script_.Answer<v1::CheckRecordingResponse>().set_matches(false);
  const Ran ran = Check(folder_ / "call.wav", {"--json", folder_ / "check.json"});
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.out, HasSubstr("the file of 1 byte is NOT what the vendor told of\n"));
  EXPECT_THAT(testing::ReadFile(folder_ / "check.json"),
              AllOf(HasSubstr("\"holds\":false"), HasSubstr("\"matches\":false,\"sha256\":\"ca97"),
                    HasSubstr("\"bytes\":1")));
}

TEST_F(RecordingsCommandsTest, FileThatCannotBeReadIsNotAskedAbout) {
  for (const std::string& file : {folder_ / "none.wav", folder_ / ""}) {
    const Ran ran = Check(file);
    EXPECT_EQ(ran.code, kExitFailed) << file;
    EXPECT_THAT(ran.err, HasSubstr("NOT_FOUND, FILE_MISSING")) << file;
    EXPECT_EQ(script_.Asked<v1::CheckRecordingRequest>().sha256(), "") << file;
  }
}

TEST_F(RecordingsCommandsTest, OutcomeWithoutARecordingHasAWayOut) {
  testing::WriteFile(folder_ / "call.wav", "a");
  script_.failure = Error(absl::StatusCode::kNotFound, "RECORDING_UNKNOWN", "none was told of");
  const Ran ran = Check(folder_ / "call.wav");
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("way out: switchboard recordings missing"));
}

TEST_F(RecordingsCommandsTest, HelpNamesEachOption) {
  const Ran missing = RunOnline({"recordings", "missing", "--help"}, script_);
  EXPECT_THAT(missing.out, AllOf(HasSubstr("--vendor"), HasSubstr("--limit")));
  const Ran check = RunOnline({"recordings", "check", "--help"}, script_);
  EXPECT_THAT(check.out, AllOf(HasSubstr("--vendor"), HasSubstr("--outcome"), HasSubstr("--file"),
                               HasSubstr("Ends with code 1"), HasSubstr("audit log")));
}

// At, below and beyond the end of a piece; and what a person is told meanwhile.
TEST(FileDigest, IsThatOfTheWhole) {
  testing::TemporaryFolder folder;
  for (const size_t size : {0u, 1u, 262143u, 262144u, 262145u, 524288u}) {
    std::string content;
    for (size_t i = 0; i < size; ++i) content.push_back(static_cast<char>(i * 31 + i / 257));
    testing::WriteFile(folder / "file", content);
    int64_t told = -1;
    bool grows = true;
    ASSERT_OK_AND_ASSIGN(const FileDigest digest, DigestOfFile(folder / "file", [&](int64_t bytes) {
                           grows = grows && bytes >= told;
                           told = bytes;
                         }));
    EXPECT_EQ(digest.sha256, Sha256Of(content)) << size;
    EXPECT_EQ(digest.bytes, static_cast<int64_t>(size));
    EXPECT_EQ(told, static_cast<int64_t>(size));
    EXPECT_TRUE(grows) << size;
  }
  EXPECT_THAT(DigestOfFile(folder / "none", [](int64_t) {}),
              FailsWith(absl::StatusCode::kNotFound, "FILE_MISSING"));
}

}  // namespace
}  // namespace switchboard::cli
