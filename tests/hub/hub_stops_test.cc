// Stops, payments and closures by the core through the whole hub.
#include <string>
#include <vector>

#include "hub/base/proto_time.h"
#include "tests/hub/three_accounts.h"

namespace switchboard {
namespace {

using testing::AccountStop;
using testing::AnswerOf;
using testing::Closure;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Lift;
using testing::MakeRecord;
using testing::Payment;
using testing::PersonStop;
using testing::Receipts;

class HubStopsTest : public testing::ThreeAccountsTest {};

// I5: what is stopped is withdrawn, its open permits are void, and no further one is given.
TEST_F(HubStopsTest, EachStopEndsWorkAndPermits) {
  EXPECT_EQ(Ask("r-1"), "permit");
  EXPECT_EQ(Post(AccountStop("e-1", "A-2")), "ACCEPTED 1 0");
  EXPECT_EQ(Post(AccountStop("e-2", "A-1")), "ACCEPTED 1 1");
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-2", placed_.assignment_id())), "NOT_ASSIGNED");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(Ask("r-3", "mobile", "A-3"), "permit");
  EXPECT_EQ(Post(PersonStop("e-3", "P-3")), "ACCEPTED 1 1");
  EXPECT_EQ(AnswerOf(world_.Ask(vendor_, "r-1", placed_.assignment_id())), "NOT_ASSIGNED");
}

// Where what it rests on has to be waited for, a stop and what it makes void are of one moment: no
// contact begins between them.
TEST_F(HubStopsTest, APermitIsVoidFromWhenItsStopIsDated) {
  struct Case {
    const char* account_id;
    v1::CoreEvent event;
  };
  for (const Case& c : std::vector<Case>{
           {"A-1", Payment("e-1", "A-1")},
           {"A-2", Closure("e-2", "A-2")},
           {"A-3", PersonStop("e-3", "P-3", v1::STOP_REASON_CEASE)},
       }) {
    const std::string& id = c.event.event_id();
    ASSERT_EQ(Ask("of-" + id, "mobile", c.account_id), "permit") << id;
    world_.clock.StepAtEachReading(absl::Seconds(1));
    EXPECT_EQ(Post(c.event), "ACCEPTED 1 1") << id;
    world_.clock.StepAtEachReading(absl::ZeroDuration());
    v1::AuditEvent stop, voided;
    for (const v1::AuditEvent& event : world_.AuditEvents()) {
      if (event.kind() == v1::AuditEvent::KIND_EVENT && event.subject_id() == id) stop = event;
      if (event.kind() == v1::AuditEvent::KIND_PERMIT_VOIDED) voided = event;
    }
    EXPECT_EQ(voided.account_id(), c.account_id);
    EXPECT_EQ(TimeOf(voided.time()), TimeOf(stop.time())) << id;
  }
}

TEST_F(HubStopsTest, PaymentIsLiftedOnlyByWhatIsTrueAfterIt) {
  EXPECT_EQ(Post(Payment("pay-1", "A-1")), "ACCEPTED 1 0");
  const absl::Time paid = world_.clock.Now();
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  // A payment is no PlaceStop: nobody lifts it by hand.
  EXPECT_EQ(Post(Lift("e-1", "pay-1")), "UNKNOWN_SUBJECT 0 0");
  // A file that was read before, or in the moment that it was booked, knows nothing of it.
  EXPECT_THAT(Receipts(world_.Import({MakeRecord(10)}, "file", paid)),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_TRUE(
      Receipts(world_.Import({MakeRecord(11)}, "file", paid + absl::Microseconds(1))).empty());
  EXPECT_NE(world_.Live("A-1").vendor_id(), "");
  EXPECT_NE(world_.Live("A-1").vendor_id(), vendor_);  // never the same group twice
  EXPECT_EQ(Ask("r-1"), "permit");
}

// A payment of an account that comes later holds when it comes, unless what comes knows of it.
TEST_F(HubStopsTest, PaymentBeforeTheAccountHolds) {
  const absl::Time before = world_.clock.Now();
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(Post(Payment("pay-1", "A-9")), "UNKNOWN_SUBJECT 0 0");
  EXPECT_EQ(Post(Payment("pay-2", "A-8")), "UNKNOWN_SUBJECT 0 0");
  const auto nine = MakeRecord(10, {.account_id = "A-9", .person_id = "P-9"});
  EXPECT_THAT(Receipts(world_.Import({nine}, "file", before)),
              ElementsAre("0:STATUS_NOT_PLACED:STOPPED"));
  ASSERT_OK(world_.Import({MakeRecord(11, {.account_id = "A-9", .person_id = "P-9"}),
                           MakeRecord(12, {.account_id = "A-8", .person_id = "P-8"})}));
  EXPECT_NE(world_.Live("A-9").vendor_id(), "");
  EXPECT_NE(world_.Live("A-8").vendor_id(), "");
}

TEST_F(HubStopsTest, ClosureIsForGood) {
  EXPECT_EQ(Post(Closure("c-1", "A-1")), "ACCEPTED 1 0");
  EXPECT_EQ(Post(Lift("e-1", "c-1")), "UNKNOWN_SUBJECT 0 0");
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
}

TEST_F(HubStopsTest, LiftedStopsLetTheAccountBePlacedWhenItIsImportedNext) {
  EXPECT_EQ(Post(AccountStop("e-1", "A-1")), "ACCEPTED 1 0");
  ASSERT_OK(world_.Import({MakeRecord(10)}));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(Post(Lift("e-2", "e-1")), "ACCEPTED 0 0");
  EXPECT_EQ(Post(Lift("e-3", "e-1")), "UNKNOWN_SUBJECT 0 0");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  ASSERT_OK(world_.Import({MakeRecord(11)}));
  EXPECT_EQ(Ask("r-1"), "permit");
}

}  // namespace
}  // namespace switchboard
