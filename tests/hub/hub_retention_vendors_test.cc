// Retention waits for vendors, as long as they may come back.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/hub/retention_fixture.h"

namespace switchboard {
namespace {

using testing::AccountIn;
using ::testing::ElementsAre;
using testing::HubRetentionTest;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Operator;
using testing::Payment;

TEST_F(HubRetentionTest, LiveWorkAndWhatAVendorHasNotStoredStays) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1", "TW"), AccountIn(2, "A-2", "P-2", "TW")}));
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Pass(50);
  EXPECT_EQ(Assignments(), 2);
  Acknowledge();
  Pass(0);
  EXPECT_THAT(Erased(), ElementsAre("assignment A-1", "account A-1", "person P-1"));
  EXPECT_FALSE(world_.Live("A-2").vendor_id().empty());
}

// Nobody can acknowledge without a contract, and a person would be kept for ever.
TEST_F(HubRetentionTest, AVendorWhoseContractEndedIsWaitedForThirtyDays) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1", "TW")}));
  Acknowledge();
  const std::string vendor_id = world_.Live("A-1").vendor_id();
  const std::string generation = cursors_.at(vendor_id).generation();
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  v1::EndContractRequest request;
  request.set_vendor_id(vendor_id);
  ASSERT_OK(world_.Await<v1::EndContractResponse>(
      [&](auto done) { world_.hub().operator_api().EndContract(Operator(), request, done); }));
  Pass(29);
  EXPECT_EQ(Assignments(), 1);
  Pass(2);  // out of the feed …
  Pass(0);  // … and found by the next sweep
  EXPECT_THAT(Erased(), ElementsAre("assignment A-1", "account A-1", "person P-1"));
  const auto events = world_.AuditEvents();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const v1::AuditEvent& event) {
                            return event.generation() ==
                                   v1::AuditEvent::GENERATION_REASON_CONTRACT_ENDED;
                          }),
            1);
  // Whoever comes back is loaded anew, whatever it still has.
  world_.ApplyContract({.vendor_id = vendor_id});
  Acknowledge();
  EXPECT_NE(cursors_.at(vendor_id).generation(), generation);
}

// Thirty days before its end there was none either.
TEST_F(HubRetentionTest, AShortContractIsWaitedForThirtyDaysToo) {
  const auto apply = [this](const std::string& days) {
    for (const char* vendor_id : {"sakura", "fuji", "ume"})
      world_.ApplyContract({.vendor_id = vendor_id, .more = days});
  };
  const auto day = [this](int from_now) {
    return absl::FormatCivilTime(absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) +
                                 from_now);
  };
  apply(absl::StrCat("effective_to: ", day(1), "\n"));
  Pass(40);
  apply(absl::StrCat("effective_from: ", day(0), "\neffective_to: ", day(5), "\n"));
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1", "TW")}));
  Acknowledge();
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  Pass(5);
  Pass(28);
  EXPECT_EQ(Assignments(), 1);
  Pass(3);  // out of the feed …
  Pass(0);  // … and found by the next sweep
  EXPECT_EQ(Assignments(), 0);
}

// Whoever must load anew goes on with what it has until then.
TEST_F(HubRetentionTest, ANewGenerationIsNoAcknowledgement) {
  ASSERT_OK(world_.Import({AccountIn(1, "A-1", "P-1", "TW")}));
  Acknowledge();
  const std::string vendor_id = world_.Live("A-1").vendor_id();
  ASSERT_OK(world_.Post({Payment("pay-1", "A-1")}));
  world_.ApplyContract({.vendor_id = vendor_id, .name_show = "show: PARTIAL, mask: INITIALS"});
  Pass(40);
  EXPECT_EQ(Assignments(), 1);
  Acknowledge();
  Pass(0);
  Pass(0);
  EXPECT_EQ(Assignments(), 0);
}

}  // namespace
}  // namespace switchboard
