// What is forgotten of promises, and what that leaves.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/codes/call_code.h"
#include "hub/promises/erasure.h"
#include "tests/hub/plan_fixture.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using testing::AccountIn;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kThreeParts;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;

class HubPromiseErasureTest : public PlanTest {
 protected:
  void Run(const storage::Writer::Unit& unit) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(storage::Urgency::kUrgent, unit,
                                 [&](const absl::Status& status) { result = status; });
    world_.Settle();
    EXPECT_OK(result);
  }
  int64_t Count(const char* sql) {
    int64_t count = -1;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query(sql, {}, [&](const storage::Row& row) {
        count = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return count;
  }
  // What was said in an outcome was said under an assignment of its own.
  void Move(const std::string& outcome_id, const std::string& assignment_id) {
    Run([&](storage::Transaction& transaction) {
      return transaction
          .Execute("UPDATE promise SET assignment_id = $1 WHERE outcome_id = $2",
                   {assignment_id, outcome_id})
          .status();
    });
  }
  // Of what sakura has or had of A-1, as a look says it and as a unit of work does.
  bool StillNeeded() {
    const std::vector<assignments::EndedAssignment> ended = {{id_, "sakura", "P-1", "A-1", 0}};
    std::vector<bool> needed, in_unit;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(needed, promises::StillNeeded(reader, ended));
      return absl::OkStatus();
    }));
    Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(in_unit, promises::StillNeeded(transaction, ended));
      return absl::OkStatus();
    });
    EXPECT_EQ(needed.size(), 1u);
    EXPECT_EQ(in_unit, needed);
    return needed.size() == 1 && needed[0];
  }
  void Erase(const std::string& assignment_id, const std::string& account_id) {
    Run([&](storage::Transaction& transaction) {
      return promises::ErasePromises(transaction, {{assignment_id, "sakura", "P-1", account_id, 0}},
                                     transaction.now_us())
          .status();
    });
  }
};

TEST_F(HubPromiseErasureTest, WhatWasToldGoesWithThePromise) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  Pay("e-1", 1'000);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM payment"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item WHERE kind = 4"), 1);
  Erase(id_, "A-1");
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM payment"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item WHERE kind = 4"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 1);  // the outcome's own goes with that
}

// Nothing goes that a core has not confirmed.
TEST_F(HubPromiseErasureTest, WhatTheCoreHasNotConfirmedWaits) {
  EXPECT_FALSE(StillNeeded());
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  Pay("e-1", 5'000);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 3);
  EXPECT_TRUE(StillNeeded());
  EXPECT_OK(world_.ReadCoreFeed(2));
  EXPECT_TRUE(StillNeeded());
  EXPECT_OK(world_.ReadCoreFeed(3));
  EXPECT_FALSE(StillNeeded());
}

// One that is open may still be kept or broken, whoever has the account.
TEST_F(HubPromiseErasureTest, APromiseIsNeededUntilItIsKeptOrBroken) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN 5000 paid 0"));
  EXPECT_TRUE(StillNeeded());
  PassUntil(Midnight(4) - absl::Hours(1));
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_TRUE(StillNeeded());
  PassUntil(Midnight(4));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: OPEN>BROKEN 5000 paid 0"));
  EXPECT_FALSE(StillNeeded());
}

// One that had taken the place of another is forgotten: the other one does not come back to life.
TEST_F(HubPromiseErasureTest, WhatWasReplacedStaysReplaced) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  PassHours(1);
  // The account came under another assignment since.
  Report(Promised("o-2", id_, 4'000, 3, Now()));
  Told();
  Move("o-2", "later");
  Erase("later", "A-1");
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 1);
  Pay("e-1", 5'000);
  EXPECT_THAT(Told(), IsEmpty());
}

// Also of those that were made in one instant, where the later id took the place of the others.
TEST_F(HubPromiseErasureTest, WhatWasReplacedInTheSameInstantStaysReplaced) {
  const absl::Time taken = Now();
  for (const char* outcome_id : {"o-1", "o-2", "o-3"})
    EXPECT_EQ(Report(Promised(outcome_id, id_, 5'000, 3, taken)), "RECORDED");
  Told();
  Move("o-3", "later");
  Erase("later", "A-1");
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 2);
  // o-2 is what took the place of o-1, and is there.
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise WHERE replaced_by_erased IS NOT NULL"), 1);
  Move("o-2", "before");
  Erase("before", "A-1");
  Pay("e-1", 5'000);
  EXPECT_THAT(Told(), IsEmpty());
}

// One that waits may be agreed to, as long as any of its instalments lies ahead; then it waits in
// vain, and goes.
TEST_F(HubPromiseErasureTest, APlanThatWaitsIsNeededUntilItsLastInstalmentIsOver) {
  Report(Planned("o-1", id_, kThreeParts, Now(), "trainee"));
  EXPECT_THAT(Told(), ElementsAre("o-1 v1: PENDING 12000 paid 0"));
  EXPECT_TRUE(StillNeeded());
  PassUntil(Midnight(6) - absl::Hours(1));
  EXPECT_TRUE(StillNeeded());
  PassUntil(Midnight(6));
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_FALSE(StillNeeded());
  EXPECT_THAT(Waiting(), ElementsAre("A-1 sakura/o-1 v1"));
}

TEST_F(HubPromiseErasureTest, APlanThatHeadOfficeRefusedIsNotNeeded) {
  Report(Planned("o-1", id_, kThreeParts, Now(), "trainee"));
  EXPECT_EQ(Answer(Refusal("o-1")), "REFUSED");
  Told();
  EXPECT_FALSE(StillNeeded());
}

// Nobody decides any more on one that waited in vain.
TEST_F(HubPromiseErasureTest, APlanGoesWithItsAssignment) {
  Report(Planned("o-1", id_, kThreeParts, Now()));
  Report(Planned("o-2", id_, kThreeParts, Now(), "trainee"));
  Pay("e-1", 12'000);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 2);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item WHERE kind = 4"), 3);
  PassUntil(Midnight(6));
  Told();
  EXPECT_FALSE(StillNeeded());
  EXPECT_THAT(Waiting(), ElementsAre("A-1 sakura/o-2 v1"));
  Erase(id_, "A-1");
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item WHERE kind = 4"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM payment"), 0);
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_EQ(Answer(Approval("o-2")), "PLAN_UNKNOWN");
}

// It had taken the place when it was approved, long after it was proposed.
TEST_F(HubPromiseErasureTest, WhatAnApprovedPlanReplacedStaysReplaced) {
  Report(Promised("o-1", id_, 5'000, 3, Now()));
  PassHours(1);
  Report(Planned("o-2", id_, kThreeParts, Now(), "trainee"));
  PassHours(1);
  EXPECT_EQ(Answer(Approval("o-2")), "OPEN");
  Told();
  Move("o-2", "later");
  Erase("later", "A-1");
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 1);
  Pay("e-1", 5'000);
  PassHours(24 * 5);
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(HubPromiseErasureTest, APlanThatWasReplacedWaitsNoMore) {
  Report(Planned("o-1", id_, kThreeParts, Now(), "trainee"));
  PassHours(1);
  Report(Promised("o-2", id_, 5'000, 3, Now()));
  Told();
  Move("o-2", "later");
  Erase("later", "A-1");
  Pay("e-1", 5'000);
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_EQ(Answer(Approval("o-1")), "PLAN_NOT_PENDING");
}

// What is replaced by a plan that is left lives again when that is taken back, whatever else was
// erased meanwhile.
TEST_F(HubPromiseErasureTest, WhatIsReplacedByWhatIsLeftMayLiveAgain) {
  Report(Promised("o-0", id_, 5'000, 3, Now()));
  PassHours(1);
  Report(Promised("o-1", id_, 6'000, 3, Now()));
  Report(Planned("o-2", id_, kThreeParts, Now(), "trainee"));
  PassHours(1);
  EXPECT_EQ(Answer(Approval("o-2")), "OPEN");
  Move("o-0", "earlier");
  Erase("earlier", "A-1");
  Told();
  Report(
      testing::At(testing::MakeOutcome("o-2", id_, adapters::CallCode::kRefusedToPay, 2), Now()));
  EXPECT_THAT(Told(), ElementsAre("o-2 v1: OPEN>TAKEN_BACK", "o-1 v1: REPLACED>OPEN 6000 paid 0"));
}

class HubPromiseRetentionTest : public testing::HubRetentionTest {
 protected:
  HubPromiseRetentionTest()
      : HubRetentionTest("classes: [{keep_days: 10}]\naccounts_keep_days: 30\n", {"sakura"}) {}

  // A-1 is placed, this is reported of it, and it ends for another reason than a payment.
  void ReportAndClose(const std::function<v1::Outcome(const std::string& assignment_id)>& of) {
    world_.ApplyContract({.vendor_id = "sakura", .more = testing::kAgents});
    EXPECT_EQ(Import(AccountIn(1, "A-1", "P-1")), testing::kPlaced);
    EXPECT_EQ(Report("sakura", of(world_.Live("A-1").assignment_id())),
              v1::ReportOutcomesResponse::STATUS_RECORDED);
    EXPECT_OK(world_.Post({testing::Closure("e-1", "A-1")}));
    Acknowledge();
    // The outcome, and what came of it.
    EXPECT_OK(world_.ReadCoreFeed(2));
  }
  int64_t Promises() { return Count("SELECT COUNT(*) FROM promise"); }
  // What the log says went with the assignment; none: it is there.
  std::vector<v1::AuditEvent> AssignmentsErased() {
    std::vector<v1::AuditEvent> erased;
    for (v1::AuditEvent& event : world_.AuditEvents()) {
      if (event.kind() == v1::AuditEvent::KIND_ERASED &&
          event.erased().what() == v1::AuditEvent::Erased::WHAT_ASSIGNMENT)
        erased.push_back(std::move(event));
    }
    return erased;
  }
};

// An assignment stays beyond its time while a promise made in it is open, and with it the account.
TEST_F(HubPromiseRetentionTest, WhatWasPromisedIsKeptUntilItIsKeptOrBroken) {
  ReportAndClose([&](const std::string& assignment_id) {
    return Promised("o-1", assignment_id, 5'000, 40, world_.clock.Now());
  });
  Pass(11);
  EXPECT_EQ(Assignments(), 1);
  Pass(25);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(Accounts(), 1);
  EXPECT_EQ(Promises(), 1);
  // It is broken, and the core is told so.
  Pass(8);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 3);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_OK(world_.ReadCoreFeed(3));
  Pass(1);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Promises(), 0);
  const auto erased = AssignmentsErased();
  ASSERT_EQ(erased.size(), 1u);
  EXPECT_EQ(erased[0].erased().outcomes(), 1);
  EXPECT_EQ(erased[0].erased().promises(), 1);
  EXPECT_EQ(erased[0].erased().hand_overs(), 0);
  EXPECT_EQ(erased[0].count(), 3);
}

// So does one that waits for head office, but not for ever.
TEST_F(HubPromiseRetentionTest, APlanThatNobodyDecidesOnGoesAfterItsLastDay) {
  ReportAndClose([&](const std::string& assignment_id) {
    return Planned("o-1", assignment_id, {{10, 4'000}, {20, 4'000}, {40, 4'000}},
                   world_.clock.Now(), "trainee");
  });
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise WHERE standing = 8"), 1);
  Pass(11);
  Pass(25);
  EXPECT_EQ(Assignments(), 1);
  EXPECT_EQ(Promises(), 1);
  Pass(8);
  Pass(1);
  EXPECT_EQ(Assignments(), 0);
  EXPECT_EQ(Promises(), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 0);
}

// A sweep takes the promise with its assignment, and what was paid with the event or the account.
TEST_F(HubPromiseRetentionTest, ASweepForgetsAllOfIt) {
  EXPECT_EQ(Import(AccountIn(1, "A-1", "P-1")), testing::kPlaced);
  const std::string id = world_.Live("A-1").assignment_id();
  EXPECT_EQ(Report("sakura", Promised("o-1", id, 5'000, 3, world_.clock.Now())),
            v1::ReportOutcomesResponse::STATUS_RECORDED);
  auto payment = testing::Payment("e-1", "A-1");
  *payment.mutable_payment()->mutable_pay_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          absl::ToUnixMicros(world_.clock.Now()));
  EXPECT_OK(world_.Post({payment}));
  Acknowledge();
  Pass(11);
  // Two items of the promise, and the outcome: nobody has read them.
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 1);
  EXPECT_OK(world_.ReadCoreFeed(3));
  Pass(1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM promise"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM core_item"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM payment"), 0);
}

}  // namespace
}  // namespace switchboard
