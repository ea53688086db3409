// Whoever asks for permits, looks at the numbers and gives them back does not get far.
#include <string>

#include "google/protobuf/util/time_util.h"
#include "hub/permits/permit_budget.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using google::protobuf::util::TimeUtil;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::VendorPeer;

class PermitBudgetTest : public ::testing::Test {
 protected:
  void Open(const std::string& terms) {
    world_.SetUpVendors({"sakura"});
    world_.ApplyContract({.permit_terms = terms});
    for (int i = 1; i <= 6; ++i) {
      const std::string number = std::to_string(i);
      ASSERT_OK(world_.Import(
          {MakeRecord(i, {.account_id = "A-" + number, .person_id = "P-" + number})}));
    }
  }
  v1::RequestPermitResponse Ask(int account) {
    const std::string id = world_.Live("A-" + std::to_string(account)).assignment_id();
    const auto answer = world_.Ask("sakura", "r-" + std::to_string(++asked_), id);
    EXPECT_OK(answer);
    return answer.ok() ? *answer : v1::RequestPermitResponse();
  }
  // "permit", or the reason of the denial.
  std::string Answer(int account) {
    const auto answer = Ask(account);
    return answer.has_permit() ? "permit" : v1::Denial::Reason_Name(answer.denial().reason());
  }
  void AskAndGiveBack(int account) {
    const auto answer = Ask(account);
    ASSERT_TRUE(answer.has_permit()) << account;
    const auto released = world_.Await<v1::ReleasePermitResponse>([&](auto done) {
      v1::ReleasePermitRequest request;
      request.set_permit_id(answer.permit().permit_id());
      world_.hub().vendor_api().ReleasePermit(VendorPeer("sakura"), request, done);
    });
    EXPECT_OK(released);
  }
  permits::BudgetUse Spent() {
    permits::BudgetUse use;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto spent, permits::SpentBudgets(reader, world_.clock.Now()));
      if (!spent.empty()) use = spent.front().use;
      return absl::OkStatus();
    }));
    return use;
  }

  HubWorld world_;
  int asked_ = 0;
};

TEST_F(PermitBudgetTest, WhatIsGivenBackHasAnEndAnHour) {
  Open(", unused_per_hour: 3");
  for (int account = 1; account <= 3; ++account) AskAndGiveBack(account);
  const auto refused = Ask(4);
  ASSERT_TRUE(refused.has_denial());
  EXPECT_EQ(refused.denial().reason(), v1::Denial::REASON_BUDGET_SPENT);
  const absl::Time retry =
      absl::FromUnixSeconds(TimeUtil::TimestampToSeconds(refused.denial().retry_time()));
  EXPECT_EQ(retry, permits::NextHour(world_.clock.Now()));
  EXPECT_EQ(Spent().unused, 3);
  EXPECT_EQ(Spent().refused, 1);
  world_.clock.Advance(retry - world_.clock.Now());
  EXPECT_EQ(Spent().refused, 0);
  EXPECT_EQ(Answer(4), "permit");
}

// Each lane of each hub counts in a row of its own.
TEST_F(PermitBudgetTest, WhatOtherLanesGaveCounts) {
  Open(", per_hour: 5");
  world_.hub().writer().Submit(
      storage::Urgency::kUrgent,
      [](storage::Transaction& transaction) {
        const int64_t hour = permits::HourOf(transaction.now());
        return transaction
            .Execute(
                "INSERT INTO permit_budget (vendor_id, lane, hour, given, unused, refused) VALUES "
                "('sakura', 'hub-2', $1, 3, 1, 4), ('sakura', 'hub-2.2', $2, 100, 100, 100), "
                "('jade', 'hub-2', $1, 100, 100, 0)",
                {hour, hour - 1})
            .status();
      },
      [](const absl::Status& status) { EXPECT_OK(status); });
  world_.Settle();
  EXPECT_EQ(Answer(1), "permit");
  EXPECT_EQ(Answer(2), "permit");
  EXPECT_EQ(Answer(3), "REASON_BUDGET_SPENT");
  EXPECT_EQ(Spent().given, 5);
  EXPECT_EQ(Spent().unused, 1);
  EXPECT_EQ(Spent().refused, 5);
}

TEST_F(PermitBudgetTest, WhatExpiresUnusedCountsAndWhatIsUsedDoesNot) {
  Open(", unused_per_hour: 2");
  for (int account = 1; account <= 3; ++account) {
    const auto answer = Ask(account);
    ASSERT_TRUE(answer.has_permit());
    auto outcome = MakeOutcome("o-" + std::to_string(account),
                               world_.Live("A-" + std::to_string(account)).assignment_id());
    outcome.set_permit_id(answer.permit().permit_id());
    ASSERT_OK(world_.Report("sakura", {outcome}));
  }
  EXPECT_EQ(Answer(4), "permit");
  EXPECT_EQ(Answer(5), "permit");
  world_.Advance(absl::Minutes(3));
  EXPECT_EQ(Answer(6), "REASON_BUDGET_SPENT");
}

TEST_F(PermitBudgetTest, AnHourOfPermitsHasAnEnd) {
  Open(", per_hour: 4");
  for (int account = 1; account <= 4; ++account) EXPECT_EQ(Answer(account), "permit");
  EXPECT_EQ(Answer(5), "REASON_BUDGET_SPENT");
  world_.clock.Advance(absl::Hours(1));
  EXPECT_EQ(Answer(5), "permit");
}

TEST_F(PermitBudgetTest, OneAccountIsNotAskedForAgainAndAgain) {
  Open(", unused_per_account_day: 2");
  AskAndGiveBack(1);
  AskAndGiveBack(1);
  EXPECT_EQ(Answer(1), "REASON_BUDGET_SPENT");
  EXPECT_EQ(Answer(2), "permit");
  world_.clock.Advance(absl::Hours(24));
  EXPECT_EQ(Answer(1), "permit");
}

// The same yes is said again: nothing more is learned by it.
TEST_F(PermitBudgetTest, ARepeatedRequestCostsNothing) {
  Open(", per_hour: 1");
  const std::string id = world_.Live("A-1").assignment_id();
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto answer, world_.Ask("sakura", "same", id));
    EXPECT_TRUE(answer.has_permit());
  }
  EXPECT_EQ(Answer(2), "REASON_BUDGET_SPENT");
}

}  // namespace
}  // namespace switchboard
