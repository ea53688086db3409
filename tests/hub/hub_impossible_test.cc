// What cannot be is kept and marked.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/outcomes/agent_times.h"
#include "tests/hub/answers.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AccountIn;
using testing::At;
using ::testing::ElementsAre;
using testing::kPlaced;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OutcomesRead;
using testing::Payment;
using Reported = v1::ReportOutcomesResponse;

class HubImpossibleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura", "fuji"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
    id_ = world_.Live("A-1").assignment_id();
    vendor_ = world_.Live("A-1").vendor_id();
    world_.Advance(absl::Hours(10));
    now_ = world_.clock.Now();
  }

  // A call in, which needs no permit, by an agent: minutes from ten hours ago on.
  v1::Outcome Call(const std::string& outcome_id, int from, int to,
                   const std::string& agent = "agent-1") {
    v1::Outcome outcome = MakeOutcome(outcome_id, id_, CallCode::kRightParty);
    outcome.set_direction(v1::DIRECTION_IN);
    outcome.set_agent_reference(agent);
    SetTimes(outcome, from, to);
    return outcome;
  }
  v1::Outcome Visit(const std::string& outcome_id, int from, int to, int32_t latitude_e5,
                    int32_t longitude_e5) {
    v1::Outcome outcome = MakeOutcome(outcome_id, id_, CallCode::kRightParty);
    outcome.set_channel(v1::CHANNEL_VISIT);
    outcome.set_agent_reference("agent-7");
    outcome.mutable_visit()->set_place(v1::Visit::PLACE_HOME);
    outcome.mutable_visit()->set_latitude_e5(latitude_e5);
    outcome.mutable_visit()->set_longitude_e5(longitude_e5);
    SetTimes(outcome, from, to);
    return outcome;
  }
  void SetTimes(v1::Outcome& outcome, int from, int to) {
    using google::protobuf::util::TimeUtil;
    const absl::Time begin = now_ - absl::Hours(10);
    *outcome.mutable_start_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(begin + absl::Minutes(from)));
    *outcome.mutable_end_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(begin + absl::Minutes(to)));
  }
  void Report(const std::vector<v1::Outcome>& outcomes) {
    const auto response = world_.Report(vendor_, outcomes);
    ASSERT_OK(response);
    for (const auto& receipt : response->receipts())
      EXPECT_EQ(receipt.status(), Reported::STATUS_RECORDED) << receipt.ShortDebugString();
  }

  static HubOptions Options() {
    HubOptions options = testing::HubWorld::Options();
    options.outcomes.of_assignment_day_max = 2'000;
    return options;
  }

  testing::HubWorld world_{Options()};
  std::string id_, vendor_;
  absl::Time now_;
};

TEST_F(HubImpossibleTest, AnAgentInTwoCallsAtOnce) {
  Report({Call("o-1", 0, 10), Call("o-2", 9, 12), Call("o-3", 9, 12, "agent-2")});
  // In another batch, and after a restart, by what stands there.
  world_.Restart();
  Report({Call("o-4", 11, 20), Call("o-5", 20, 30)});
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1:", "2 o-2 v1: AGENT_ELSEWHERE",
                          "3 o-3 v1:", "4 o-4 v1: AGENT_ELSEWHERE", "5 o-5 v1:"));
}

TEST_F(HubImpossibleTest, ACorrectionMovesWhatItCorrects) {
  Report({Call("o-1", 0, 10)});
  auto moved = Call("o-1", 30, 40);
  moved.set_version(2);
  Report({moved, Call("o-2", 5, 9), Call("o-3", 35, 36)});
  auto none = Call("o-1", 30, 40);
  none.set_version(3);
  none.clear_direction();
  *none.mutable_result() = ResultOf(CallCode::kNoContact);
  Report({none, Call("o-4", 32, 33)});
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:", "2 o-1 v2: CORRECTION",
                                                "3 o-2 v1:", "4 o-3 v1: AGENT_ELSEWHERE",
                                                "5 o-1 v3: CORRECTION", "6 o-4 v1:"));
}

TEST_F(HubImpossibleTest, ACallThatNeverEnds) {
  Report({Call("o-1", 0, 240), Call("o-2", 240, 481)});
  world_.ApplyContract({.vendor_id = vendor_, .permit_terms = ", contact_max: 10min"});
  // By the contract of the day of the contact, which said nothing of it.
  Report({Call("o-3", 500, 520)});
  EXPECT_THAT(OutcomesRead(world_), ElementsAre("1 o-1 v1:", "2 o-2 v1: TOO_LONG", "3 o-3 v1:"));
}

TEST_F(HubImpossibleTest, AVisitTwoMinutesAfterOneFarAway) {
  Report({Visit("o-1", 0, 30, 3568124, 13976712), Visit("o-2", 32, 40, 3517091, 13688154)});
  world_.Restart();
  Report({Visit("o-3", 42, 50, 3568124, 13976712)});
  EXPECT_THAT(OutcomesRead(world_),
              ElementsAre("1 o-1 v1: WITHOUT_PERMIT", "2 o-2 v1: WITHOUT_PERMIT TOO_FAR",
                          "3 o-3 v1: WITHOUT_PERMIT TOO_FAR"));
}

// Of an agent of a thousand calls what is beside one of them is found as of any other.
TEST_F(HubImpossibleTest, ABusyAgentIsHeldToTheCallsNearby) {
  const absl::Time begin = now_ - absl::Hours(10);
  const auto call = [&](const std::string& outcome_id, int64_t second) {
    return At(Call(outcome_id, 0, 0), begin + absl::Seconds(second));  // of a second
  };
  for (int64_t first : {0, 500}) {
    std::vector<v1::Outcome> calls;
    for (int64_t i = first; i < first + 500; ++i)
      calls.push_back(call(absl::StrCat("b-", i), 10 * i));
    Report(calls);
  }
  world_.Restart();
  v1::Outcome during = Call("o-1", 0, 0);
  *during.mutable_start_time() = call("", 6'995).start_time();
  *during.mutable_end_time() = call("", 7'005).start_time();
  Report({during, call("o-2", 7'008), call("o-3", 5'000)});
  EXPECT_THAT(
      OutcomesRead(world_, 1'000),
      ElementsAre("1001 o-1 v1: AGENT_ELSEWHERE", "1002 o-2 v1:", "1003 o-3 v1: AGENT_ELSEWHERE"));
}

// A call of four hours, and short ones within it.
TEST_F(HubImpossibleTest, OnlyTheNearestCallsAreLookedAt) {
  Report({Call("long", 0, 240)});
  for (int i = 1; i <= 40; ++i) Report({Call(absl::StrCat("s-", i), 2 * i, 2 * i + 1)});
  const auto elsewhere = [](const std::vector<std::string>& lines) {
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
      return absl::StrContains(line, "AGENT_ELSEWHERE");
    });
  };
  EXPECT_EQ(elsewhere(OutcomesRead(world_)), outcomes::kNearestMax);
  // What is corrected away beside it makes no room for more, since no more is read.
  std::vector<v1::Outcome> batch;
  for (int i = 1; i <= 40; ++i) {
    v1::Outcome none = Call(absl::StrCat("s-", i), 2 * i, 2 * i);
    none.set_version(2);
    none.clear_direction();
    *none.mutable_result() = ResultOf(CallCode::kNoContact);
    batch.push_back(none);
  }
  batch.push_back(Call("o-1", 90, 91));
  Report(batch);
  EXPECT_EQ(elsewhere(OutcomesRead(world_, 41)), 0);
  Report({Call("o-2", 92, 93)});
  EXPECT_THAT(OutcomesRead(world_, 82), ElementsAre("83 o-2 v1: AGENT_ELSEWHERE"));
}

TEST_F(HubImpossibleTest, CallsDoNotHideAVisit) {
  Report({Visit("o-1", 0, 10, 3568124, 13976712)});
  std::vector<v1::Outcome> calls;
  for (int i = 10; i < 50; ++i) calls.push_back(Call(absl::StrCat("c-", i), i, i + 1, "agent-7"));
  Report(calls);
  world_.Restart();
  Report({Visit("o-2", 50, 60, 3517091, 13688154)});
  EXPECT_THAT(OutcomesRead(world_, 41), ElementsAre("42 o-2 v1: WITHOUT_PERMIT TOO_FAR"));
}

// Where it was is nobody's to read in the database.
TEST_F(HubImpossibleTest, WhereAVisitWasLiesSealed) {
  Report({Visit("o-1", 0, 30, 3568124, 13976712)});
  std::string box;
  EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
    return reader.Query("SELECT box FROM agent_time", {}, [&](const storage::Row& row) {
      box = row.Blob(0);
      return absl::OkStatus();
    });
  }));
  ASSERT_FALSE(box.empty());
  EXPECT_EQ(box.find(Visit("o-1", 0, 30, 3568124, 13976712).visit().SerializeAsString().substr(2)),
            std::string::npos);
}

class HubImpossibleErasureTest : public testing::HubRetentionTest {};

TEST_F(HubImpossibleErasureTest, TimesAndPlacesOfAgentsGoWithTheirAssignment) {
  ASSERT_EQ(Import(AccountIn(1, "A-1", "P-1")), kPlaced);
  ASSERT_EQ(Import(AccountIn(2, "A-2", "P-2")), kPlaced);
  world_.clock.Advance(absl::Seconds(1));
  for (const std::string account_id : {"A-1", "A-2"}) {
    const auto placed = world_.Live(account_id);
    v1::Outcome call =
        At(MakeOutcome("call-" + account_id, placed.assignment_id(), CallCode::kRightParty),
           world_.clock.Now());
    call.set_agent_reference("agent-1");
    v1::Outcome visit = call;
    visit.set_outcome_id("visit-" + account_id);
    visit.set_channel(v1::CHANNEL_VISIT);
    visit.mutable_visit()->set_place(v1::Visit::PLACE_HOME);
    visit.mutable_visit()->set_latitude_e5(3568124);
    visit.mutable_visit()->set_longitude_e5(13976712);
    for (const v1::Outcome& outcome : {call, visit})
      EXPECT_EQ(Report(placed.vendor_id(), outcome), Reported::STATUS_RECORDED);
  }
  ASSERT_OK(world_.ReadCoreFeed(4));  // confirms
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  Pass(19);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM agent_time"), 4);
  Pass(1);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM agent_time"), 2);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM agent_time WHERE outcome_id = 'call-A-2'"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM agent_time WHERE outcome_id = 'visit-A-2'"), 1);
}

}  // namespace
}  // namespace switchboard
