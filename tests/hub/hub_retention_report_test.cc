// What is due, what waits although its time is up, for whom, and that the way out leads out.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/retention/pause.h"
#include "tests/hub/person_fixture.h"

namespace switchboard {
namespace {

using testing::AccountIn;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::kRetentionClasses;
using testing::MakeOutcome;
using testing::Operator;
using testing::Payment;
using testing::PersonTest;
using Response = v1::ReportRetentionResponse;

class HubRetentionReportTest : public PersonTest {
 protected:
  HubRetentionReportTest() : PersonTest(kRetentionClasses) {}

  // Of all lines of a kind: "due N", and "CAUSE for whom N".
  std::vector<std::string> Of(Response::What what) {
    std::vector<std::string> lines;
    const Response report = Report();
    for (const auto& line : report.lines()) {
      if (line.what() != what) continue;
      lines.push_back(absl::StrCat("due ", line.due()));
      for (const auto& waiting : line.waiting()) {
        EXPECT_NE(waiting.way_out(), "");
        lines.push_back(absl::StrCat(Response::Cause_Name(waiting.cause()), " ", waiting.for_whom(),
                                     " ", waiting.rows()));
      }
    }
    return lines;
  }
  std::vector<std::string> Work() { return Of(Response::WHAT_ASSIGNMENTS); }
  std::string VendorOf(const std::string& account_id) {
    return world_.Placements(account_id).at(0).vendor_id();
  }
};

TEST_F(HubRetentionReportTest, AVendorThatHasNotAcknowledged) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  const std::string vendor_id = VendorOf("A-1");
  EXPECT_THAT(Work(), ElementsAre("due 0"));
  world_.clock.Advance(absl::Hours(24) * 21);
  EXPECT_THAT(Work(),
              ElementsAre("due 0", absl::StrCat("CAUSE_ACKNOWLEDGEMENT vendor/", vendor_id, " 1")));
}

TEST_F(HubRetentionReportTest, AVendorThatHasNotConfirmedThatItDeleted) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Store();
  Tick(5);
  world_.clock.Advance(absl::Hours(24) * 21);
  EXPECT_THAT(Work(),
              ElementsAre("due 0", absl::StrCat("CAUSE_DELETION vendor/", VendorOf("A-1"), " 1")));
  CloseOrders();
  EXPECT_THAT(Work(), ElementsAre("due 1"));
  const Response report = Report();
  for (const auto& line : report.lines()) {
    if (line.what() != Response::WHAT_ASSIGNMENTS) continue;
    EXPECT_EQ(line.country(), "JP");
    EXPECT_EQ(line.keep_days(), 20);
    EXPECT_LT(line.due_since().seconds(), absl::ToUnixSeconds(world_.clock.Now()));
  }
  Pass(0);
  EXPECT_THAT(Work(), IsEmpty());
  EXPECT_TRUE(Report().has_sweep_time());
}

TEST_F(HubRetentionReportTest, AReaderOfTheCoreFeed) {
  const auto live = world_.Live("A-1");
  ASSERT_OK(world_.Report(live.vendor_id(), {MakeOutcome("o-1", live.assignment_id())}));
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  world_.clock.Advance(absl::Hours(24) * 21);
  EXPECT_THAT(Work(), ElementsAre("due 0", "CAUSE_READER core 1"));
  CoreReads();
  EXPECT_THAT(Work(), ElementsAre("due 1"));
}

TEST_F(HubRetentionReportTest, ALegalHold) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  PlaceHold();
  world_.clock.Advance(absl::Hours(24) * 41);
  EXPECT_THAT(Work(), ElementsAre("due 0", "CAUSE_LEGAL_HOLD court-1 1"));
  EXPECT_THAT(Of(Response::WHAT_ACCOUNTS),
              ElementsAre("due 0", "CAUSE_LEGAL_HOLD court-1 1", "CAUSE_OTHER_ROWS  2"));
  EXPECT_THAT(Of(Response::WHAT_EVENTS), Contains("CAUSE_LEGAL_HOLD court-1 1"))
      << "what it booked is A-1's";
  EndHold();
  EXPECT_THAT(Work(), ElementsAre("due 1"));
}

TEST_F(HubRetentionReportTest, RefusedItemsThatALegalHoldKeeps) {
  for (const char* person_id : {"P-1", "P-2"}) {
    auto broken = AccountIn(3, absl::StrCat("A-of-", person_id), person_id);
    broken.mutable_person()->clear_given_name();
    ASSERT_OK(world_.Import({broken}));
  }
  PlaceHold();
  world_.clock.Advance(absl::Hours(24) * 41);
  EXPECT_THAT(Of(Response::WHAT_QUARANTINE), ElementsAre("due 1", "CAUSE_LEGAL_HOLD  1"));
  EndHold();
  EXPECT_THAT(Of(Response::WHAT_QUARANTINE), ElementsAre("due 2"));
}

// Another hub of the same database may have made it.
TEST_F(HubRetentionReportTest, TheLastSweepIsOneOfTheDatabases) {
  EXPECT_FALSE(Report().has_sweep_time());
  Pass(1);
  const Response before = Report();
  ASSERT_TRUE(before.has_sweep_time());
  world_.Restart();
  EXPECT_EQ(Report().sweep_time().seconds(), before.sweep_time().seconds());
}

TEST_F(HubRetentionReportTest, ARestoredDatabaseErasesNothingUntilToldTo) {
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Acknowledge();
  EXPECT_FALSE(Report().paused());
  Run([](storage::Transaction& transaction) { return retention::Pause(transaction); });
  EXPECT_TRUE(Report().paused());
  Pass(21);
  EXPECT_THAT(Erased(), IsEmpty());
  const auto resume = [&] {
    return world_.Await<v1::ResumeRetentionResponse>(
        [&](auto done) { world_.hub().privacy_api().ResumeRetention(Operator(), {}, done); });
  };
  ASSERT_OK(resume());
  ASSERT_OK(resume());
  EXPECT_FALSE(Report().paused());
  Pass(0);
  EXPECT_THAT(Erased(), ElementsAre("assignment A-1"));
  int resumed = 0;
  for (const auto& event : world_.AuditEvents()) {
    resumed += event.occurrence().what() == v1::AuditEvent::Occurrence::WHAT_RETENTION_RESUMED;
  }
  EXPECT_EQ(resumed, 1);
}

}  // namespace
}  // namespace switchboard
