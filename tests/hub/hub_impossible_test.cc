// What cannot be is kept and marked.
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using ::testing::ElementsAre;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::OutcomesRead;
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

  testing::HubWorld world_;
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

}  // namespace
}  // namespace switchboard
