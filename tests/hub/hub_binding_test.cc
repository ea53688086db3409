// What of the promises and plans that vendors report binds, and what of it is recorded only.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/hub/answers.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::kAgents;
using testing::kThreeParts;
using testing::MakeRecord;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;
using ::testing::UnorderedElementsAre;
using testing::Version;

class HubBindingTest : public PlanTest {
 protected:
  // What was due before is not known any more.
  void ImportNewer() {
    world_.Advance(absl::Hours(1));
    EXPECT_OK(world_.Import({testing::InTokyo(MakeRecord(9))}));
  }
  // When sakura lost A-1.
  absl::Time Lost() {
    for (const auto& placement : world_.Placements("A-1"))
      if (placement.assignment_id() == id_) return TimeOf(placement.withdraw_time());
    ADD_FAILURE() << "A-1 was never sakura's";
    return absl::InfinitePast();
  }
  void ApplyText(const std::string& yaml) {
    EXPECT_OK(world_.PutInForce(v1::TEXT_KIND_CONTRACT, yaml));
  }
};

// Half of 12,000, whatever a version before it said and however that stood.
TEST_F(HubBindingTest, ACorrectionIsHeldToWhatWasDueAtItsContact) {
  Apply("promises: {least_percent: 50}\n");
  const absl::Time taken = Now();
  const auto say = [&](int32_t version, int64_t amount) {
    EXPECT_EQ(Report(Version(Promised("o-1", id_, amount, 3, taken), version)), "RECORDED");
    return Told();
  };
  EXPECT_THAT(say(1, 1), ElementsAre("o-1 v1: NOT_BINDING 1 paid 0"));
  ImportNewer();
  EXPECT_THAT(say(2, 2), ElementsAre("o-1 v2: NOT_BINDING>NOT_BINDING 2 paid 0"));
  EXPECT_THAT(say(3, 5'999), ElementsAre("o-1 v3: NOT_BINDING>NOT_BINDING 5999 paid 0"));
  EXPECT_THAT(say(4, 6'000), ElementsAre("o-1 v4: NOT_BINDING>OPEN 6000 paid 0"));
  EXPECT_THAT(say(5, 5'999), ElementsAre("o-1 v5: OPEN>NOT_BINDING 5999 paid 0"));
  EXPECT_THAT(say(6, 12'000), ElementsAre("o-1 v6: NOT_BINDING>OPEN 12000 paid 0"));
}

// One that bound nobody because of its day had its share, and one that had its day had not.
TEST_F(HubBindingTest, ItsDayAndItsShareAreJudgedApart) {
  Apply("promises: {days_ahead_max: 7, least_percent: 50}\n");
  const absl::Time taken = Now();
  Report(Promised("o-1", id_, 12'000, 30, taken));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: NOT_BINDING 12000 paid 0"));
  ImportNewer();
  Report(Version(Promised("o-1", id_, 12'000, 3, taken), 2));
  EXPECT_THAT(Told(), ElementsAre("o-1 v2: NOT_BINDING>OPEN 12000 paid 0"));
  Report(Version(Promised("o-1", id_, 12'000, 8, taken), 3));
  EXPECT_THAT(Told(), ElementsAre("o-1 v3: OPEN>NOT_BINDING 12000 paid 0"));
  Report(Version(Promised("o-1", id_, 6'000, 7, taken), 4));
  EXPECT_THAT(Told(), ElementsAre("o-1 v4: NOT_BINDING>OPEN 6000 paid 0"));
  Report(Version(Promised("o-1", id_, 5'999, 7, taken), 5));
  EXPECT_THAT(Told(), ElementsAre("o-1 v5: OPEN>NOT_BINDING 5999 paid 0"));
}

// As the promise itself counts from then on.
TEST_F(HubBindingTest, TermsOfOneOfTheFutureAreThoseOfWhenItWasFirstSaid) {
  Apply("promises: {days_ahead_max: 7}\n");
  const auto say = [&](int32_t version, int days) {
    const absl::Time future = Now() + absl::Hours(1);
    EXPECT_EQ(Report(Version(Promised("o-1", id_, 5'000, days, future), version)), "RECORDED");
    return Told();
  };
  EXPECT_THAT(say(1, 7), ElementsAre("o-1 v1: OPEN 5000 paid 0"));
  PassHours(48);
  EXPECT_THAT(say(2, 6), ElementsAre("o-1 v2: OPEN>NOT_BINDING 5000 paid 0"));
  EXPECT_THAT(say(3, 5), ElementsAre("o-1 v3: NOT_BINDING>OPEN 5000 paid 0"));
  EXPECT_THAT(say(4, -1), ElementsAre("o-1 v4: OPEN>BROKEN 5000 paid 0"));
}

// Whoever has the account meanwhile may have been promised something too.
TEST_F(HubBindingTest, WhoLostTheWorkTakesThePlaceOfNobodysPromise) {
  Pay("e-1", 1);
  const absl::Time end = Lost() + absl::Hours(1);
  Reopen(9);
  Report(Promised("f-1", world_.Live("A-1").assignment_id(), 4'000, 5, Now()), "fuji");
  PassHours(2);
  EXPECT_THAT(Told(), ElementsAre("f-1 v1: OPEN 4000 paid 0"));
  const v1::Outcome late = Promised("o-1", id_, 5'000, 3, end + absl::Microseconds(1));
  const auto response = world_.Report("sakura", {late});
  EXPECT_THAT(testing::Statuses(response), ElementsAre("RECORDED"));
  ASSERT_OK(response);
  EXPECT_TRUE(response->receipts(0).promise_not_binding());
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: NOT_BINDING 5000 paid 0"));
  // A call may have gone on, as it may for words that end contact.
  Report(Version(Promised("o-1", id_, 5'000, 3, end), 2));
  EXPECT_THAT(Told(), UnorderedElementsAre("f-1 v1: OPEN>REPLACED 4000 paid 0",
                                           "o-1 v2: NOT_BINDING>OPEN 5000 paid 0"));
  Report(Version(late, 3));
  EXPECT_THAT(Told(), UnorderedElementsAre("f-1 v1: REPLACED>OPEN 4000 paid 0",
                                           "o-1 v3: OPEN>NOT_BINDING 5000 paid 0"));
}

TEST_F(HubBindingTest, APlanOfWhoLostTheWorkWaitsForHeadOffice) {
  Pay("e-1", 1);
  const absl::Time end = Lost() + absl::Hours(1);
  PassHours(2);
  Report(Planned("o-1", id_, kThreeParts, end));
  EXPECT_THAT(PlansTold(), ElementsAre("o-1 v1: OPEN 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0]"));
  Report(Planned("o-2", id_, kThreeParts, end + absl::Microseconds(1)));
  EXPECT_THAT(PlansTold(), ElementsAre("o-2 v1: PENDING 12000 paid 0 [OPEN 0, OPEN 0, OPEN 0] "
                                       "beyond WITHDRAWN"));
  Report(Planned("o-3", id_, kThreeParts, end + absl::Microseconds(2), "trainee"));
  EXPECT_EQ(Standing("o-3"), "PENDING LEVEL WITHDRAWN");
  EXPECT_EQ(Answer(Approval("o-2")), "OPEN");
  EXPECT_EQ(Standing("o-2"), "OPEN WITHDRAWN");
}

// A day's plan that the vendor works on from a file lives longer than an hour.
TEST_F(HubBindingTest, APermitSaysThatTheContactWasInItsTime) {
  ASSERT_OK_AND_ASSIGN(const auto day, PlanTwoCalls());
  ASSERT_TRUE(day.has_plan());
  const v1::Permit& permit = day.plan().permit();
  Pay("e-1", 1);
  PassHours(2);
  ASSERT_GT(TimeOf(permit.expire_time()), Now());
  v1::Outcome outcome = Promised("o-1", id_, 5'000, 3, Now());
  outcome.set_permit_id(permit.permit_id());
  Report(outcome);
  EXPECT_EQ(Standing("o-1"), "OPEN");
  Report(Promised("o-2", id_, 5'000, 3, Now()));
  EXPECT_EQ(Standing("o-2"), "NOT_BINDING");
  // Nor does one that had ended when the contact began.
  world_.Advance(TimeOf(permit.expire_time()) - Now());
  outcome = Promised("o-3", id_, 5'000, 3, TimeOf(permit.expire_time()));
  outcome.set_permit_id(permit.permit_id());
  Report(outcome);
  EXPECT_EQ(Standing("o-3"), "NOT_BINDING");
}

// A-1 is work of early collections.
TEST_F(HubBindingTest, WhoMayTakeNoPromisesBindsNobody) {
  constexpr char kReminds[] = "[REMIND]", kTakes[] = "[REMIND, TAKE_PROMISE]";
  const std::string reminds =
      testing::ContractYaml({.vendor_id = "sakura", .more = kAgents, .acts = kReminds});
  const auto with_act = [&](size_t place) {
    return std::string(reminds).replace(place, sizeof(kReminds) - 1, kTakes);
  };
  const struct {
    const char* what;
    std::string yaml;
    const char* promise;
    const char* plan;
  } rows[] = {
      {"in none", reminds, "NOT_BINDING", "PENDING LEVEL"},
      {"in early collections", with_act(reminds.find(kReminds)), "OPEN", "OPEN"},
      {"in late collections", with_act(reminds.rfind(kReminds)), "NOT_BINDING", "PENDING LEVEL"},
  };
  int number = 0;
  for (const auto& row : rows) {
    ApplyText(row.yaml);
    const std::string of_row = absl::StrCat("-", ++number);
    const auto response = world_.Report("sakura", {Promised("o" + of_row, id_, 5'000, 3, Now())});
    EXPECT_THAT(testing::Statuses(response), ElementsAre("RECORDED")) << row.what;
    ASSERT_OK(response);
    const bool binds = row.promise == std::string("OPEN");
    EXPECT_EQ(response->receipts(0).promise_not_binding(), !binds) << row.what;
    EXPECT_EQ(Standing("o" + of_row), row.promise) << row.what;
    EXPECT_EQ(Report(Planned("p" + of_row, id_, kThreeParts, Now())), "RECORDED") << row.what;
    EXPECT_EQ(Standing("p" + of_row), row.plan) << row.what;
    world_.Advance(absl::Minutes(1));
  }
}

}  // namespace
}  // namespace switchboard
