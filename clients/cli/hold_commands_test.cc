// Legal holds: what is asked of the hub, and how holds are listed.

#include <string>
#include <vector>

#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/privacy_keeping.pb.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

v1::LegalHold& AddHold(v1::ListLegalHoldsResponse& page, const std::string& hold_id) {
  v1::LegalHold& hold = *page.add_holds();
  hold.set_hold_id(hold_id);
  hold.set_person_id("P-7");
  hold.set_origin(v1::LegalHold::ORIGIN_COURT);
  hold.set_reference("case 117");
  hold.set_placed_by("operator/ito");
  *hold.mutable_place_time() = TimeUtil::SecondsToTimestamp(1767225600);
  return hold;
}

TEST(HoldCommandsTest, PlaceSaysWhatTheOrderSays) {
  Script script;
  script.Answer<v1::PlaceLegalHoldResponse>().set_changed(true);
  const Ran ran =
      RunOnline({"legal-hold", "place", "suit-3", "--account", "C-9", "--origin", "litigation",
                 "--reference", "file 3", "--until", "2027-06-30", "--vendors-keep"},
                script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "legal hold suit-3 is in force: nothing of account C-9 goes\n");
  const v1::LegalHold hold = script.Asked<v1::PlaceLegalHoldRequest>().hold();
  EXPECT_EQ(hold.hold_id(), "suit-3");
  EXPECT_EQ(hold.person_id(), "");
  EXPECT_EQ(hold.account_id(), "C-9");
  EXPECT_EQ(hold.origin(), v1::LegalHold::ORIGIN_LITIGATION);
  EXPECT_EQ(hold.reference(), "file 3");
  EXPECT_EQ(hold.end_day().year(), 2027);
  EXPECT_EQ(hold.end_day().month(), 6);
  EXPECT_EQ(hold.end_day().day(), 30);
  EXPECT_TRUE(hold.vendors_keep());
}

TEST(HoldCommandsTest, PlacedTwiceIsSaid) {
  Script script;
  const Ran ran = RunOnline({"legal-hold", "place", "court-1", "--person", "P-7", "--origin",
                             "COURT", "--reference", "case 117"},
                            script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "legal hold court-1 was in force already: nothing of person P-7 goes\n");
  EXPECT_FALSE(script.Asked<v1::PlaceLegalHoldRequest>().hold().has_end_day());
}

TEST(HoldCommandsTest, APersonOrAnAccountAndADay) {
  Script script;
  const std::vector<std::string> place = {"legal-hold", "place",       "c", "--origin",
                                          "COURT",      "--reference", "r"};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = place;
    words.insert(words.end(), more.begin(), more.end());
    return RunOnline(words, script);
  };
  EXPECT_EQ(with({}).code, kExitUsage);
  EXPECT_EQ(with({"--person", "P-7", "--account", "C-9"}).code, kExitUsage);
  EXPECT_EQ(with({"--person", "P-7", "--until", "2027-02-30"}).code, kExitUsage);
  EXPECT_EQ(with({"--person", "P-7"}).code, kExitOk);
}

TEST(HoldCommandsTest, EndNamesTheHold) {
  Script script;
  const Ran ran = RunOnline({"legal-hold", "end", "court-1"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "legal hold court-1 has ended\n");
  EXPECT_EQ(script.Asked<v1::EndLegalHoldRequest>().hold_id(), "court-1");
  script.failure = Error(absl::StatusCode::kNotFound, "LEGAL_HOLD_UNKNOWN",
                         "hold_id: there is no such legal hold");
  const Ran unknown = RunOnline({"legal-hold", "end", "court-2"}, script);
  EXPECT_EQ(unknown.code, kExitFailed);
  EXPECT_THAT(unknown.err, HasSubstr("LEGAL_HOLD_UNKNOWN"));
}

TEST(HoldCommandsTest, ListSaysHowEachStands) {
  Script script;
  auto& first = script.Answer<v1::ListLegalHoldsResponse>();
  AddHold(first, "court-1");
  auto& until = AddHold(first, "court-2");
  until.mutable_end_day()->set_year(2027);
  until.mutable_end_day()->set_month(6);
  until.mutable_end_day()->set_day(30);
  auto& second = script.Answer<v1::ListLegalHoldsResponse>();
  auto& ended = AddHold(second, "court-3");
  ended.clear_person_id();
  ended.set_account_id("C-9");
  ended.set_vendors_keep(true);
  ended.set_ended_by("operator/abe");
  *ended.mutable_end_time() = TimeUtil::SecondsToTimestamp(1767225600 + 86400);
  const Ran ran = RunOnline({"legal-hold", "list", "--ended"}, script);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("court-1 +person P-7 +COURT +case 117 +delete +2026-01-01 "
                                     "00:00:00 +operator/ito +in force"));
  EXPECT_THAT(ran.out, HasSubstr("until 2027-06-30"));
  EXPECT_THAT(ran.out, ContainsRegex("court-3 +account C-9 .*keep .*2026-01-02 00:00:00 by "
                                     "operator/abe"));
  EXPECT_THAT(ran.out, HasSubstr("3 legal holds\n"));
  const auto last = script.Asked<v1::ListLegalHoldsRequest>();
  EXPECT_TRUE(last.ended_too());
  EXPECT_EQ(last.after(), "court-3");
}

TEST(HoldCommandsTest, ListEndsAtALimit) {
  Script script;
  auto& page = script.Answer<v1::ListLegalHoldsResponse>();
  AddHold(page, "court-1");
  AddHold(page, "court-2");
  const Ran ran = RunOnline({"legal-hold", "list", "--limit", "1"}, script);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("court-1"), Not(HasSubstr("court-2"))));
  EXPECT_FALSE(script.Asked<v1::ListLegalHoldsRequest>().ended_too());
}

}  // namespace
}  // namespace switchboard::cli
