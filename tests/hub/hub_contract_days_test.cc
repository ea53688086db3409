// Contracts that end, begin and change by their days: what open streams show, what feeds begin
// anew, and who holds the work afterwards.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;

// The clock of a test begins on 2026-01-01.
constexpr char kToday[] = "2026-01-01";
constexpr char kTomorrow[] = "2026-01-02";

v1::AccountRecord Account(int64_t sequence, int number, int64_t amount_due = 12'000) {
  return MakeRecord(sequence, {.account_id = absl::StrCat("A-", number),
                               .person_id = absl::StrCat("P-", number),
                               .amount_due = amount_due});
}

class ContractDaysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Shortly before midnight, so that a stream lives to see it.
    world_.clock.Advance(absl::Hours(23) + absl::Minutes(50));
    world_.SetUpVendors({"sakura", "fuji"});
    world_.ApplyPlan(testing::PlanYaml("[{vendor_id: sakura, percent: 100}]", "sakura-only"));
    ASSERT_OK(world_.Import({Account(1, 1)}));
  }

  int CountOf(v1::AuditEvent::Kind kind) {
    int count = 0;
    for (const auto& event : world_.AuditEvents()) count += event.kind() == kind ? 1 : 0;
    return count;
  }
  void EndContract(const std::string& vendor_id) {
    v1::EndContractRequest request;
    request.set_vendor_id(vendor_id);
    ASSERT_OK(world_.Await<v1::EndContractResponse>(
        [&](auto done) { world_.hub().operator_api().EndContract(Operator(), request, done); }));
  }
  // To a little after the next midnight, with nothing looking at the clock in between.
  void ToTomorrow() {
    const absl::Time midnight = absl::FromCivil(
        absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + 1, absl::UTCTimeZone());
    world_.clock.Advance(midnight - world_.clock.Now() + absl::Milliseconds(1));
  }
  // One look of the duties, a second after midnight.
  void PassMidnight() {
    ToTomorrow();
    world_.clock.Advance(absl::Seconds(1) - absl::Milliseconds(1));
    world_.hub().Tick();
    world_.Settle();
  }
  std::string GenerationOf(OpenStream& stream) {
    return stream.outlet.Ack().ack().cursor().generation();
  }

  HubWorld world_;
};

TEST_F(ContractDaysTest, OpenStreamOfAContractThatEndedShowsNothingMore) {
  OpenStream sakura(world_);
  ASSERT_EQ(sakura.outlet.changes(), 1);
  const int disclosed = CountOf(v1::AuditEvent::KIND_DISCLOSED);
  world_.ApplyContract({.more = absl::StrCat("effective_to: ", kToday, "\n")});
  ASSERT_OK(world_.Import({Account(2, 1, 77'777)}));
  EXPECT_THAT(sakura.outlet.finished(), ElementsAre("NO_CONTRACT"));
  EXPECT_EQ(sakura.outlet.changes(), 1);
  EXPECT_EQ(CountOf(v1::AuditEvent::KIND_DISCLOSED), disclosed);
  OpenStream again(world_);
  EXPECT_THAT(again.outlet.finished(), ElementsAre("NO_CONTRACT"));
}

TEST_F(ContractDaysTest, OpenStreamEndsOnTheDayThatTheContractDoes) {
  world_.ApplyContract({.more = absl::StrCat("effective_to: ", kTomorrow, "\n")});
  OpenStream sakura(world_);
  ASSERT_OK(world_.Import({Account(2, 2)}));
  ASSERT_EQ(sakura.outlet.changes(), 2);
  ToTomorrow();
  const int disclosed = CountOf(v1::AuditEvent::KIND_DISCLOSED);
  ASSERT_OK(world_.Import({Account(3, 1, 77'777)}));
  EXPECT_THAT(sakura.outlet.finished(), ElementsAre("NO_CONTRACT"));
  EXPECT_EQ(sakura.outlet.changes(), 2);
  EXPECT_EQ(CountOf(v1::AuditEvent::KIND_DISCLOSED), disclosed);
}

// An earlier version stays in force until the day that the newer one begins.
TEST_F(ContractDaysTest, ContractOfTomorrowShowsNothingBefore) {
  HubWorld world;
  world.ApplyContract({.more = absl::StrCat("effective_from: ", kTomorrow, "\n")});
  world.ApplyPlan(testing::PlanYaml("[{vendor_id: sakura, percent: 100}]"));
  OpenStream early(world);
  EXPECT_THAT(early.outlet.finished(), ElementsAre("NO_CONTRACT"));
  ASSERT_OK_AND_ASSIGN(const auto response, world.Import({Account(1, 1)}));
  ASSERT_EQ(response.receipts_size(), 1);
  EXPECT_EQ(response.receipts(0).not_placed_reason(), v1::NOT_PLACED_REASON_NO_ELIGIBLE_VENDOR);
  world.clock.Advance(absl::Hours(24));
  ASSERT_OK(world.Import({Account(2, 1)}));
  OpenStream sakura(world);
  EXPECT_EQ(sakura.outlet.changes(), 1);
  EXPECT_THAT(sakura.outlet.finished(), IsEmpty());
}

TEST_F(ContractDaysTest, VersionOfTomorrowBeginsTheFeedAnewAtMidnightByItself) {
  OpenStream sakura(world_);
  const std::string generation = GenerationOf(sakura);
  world_.ApplyContract(
      {.name_show = "show: ABSENT", .more = absl::StrCat("effective_from: ", kTomorrow, "\n")});
  ASSERT_OK(world_.Import({Account(2, 2)}));
  EXPECT_EQ(sakura.outlet.changes(), 2) << "the version of today is in force";
  ASSERT_EQ(CountOf(v1::AuditEvent::KIND_GENERATION), 0);
  ToTomorrow();
  world_.Advance(absl::Seconds(1));  // nobody opens anything: the duty
  EXPECT_THAT(sakura.outlet.finished(), ElementsAre("SUPERSEDED"));
  EXPECT_EQ(CountOf(v1::AuditEvent::KIND_GENERATION), 1);
  OpenStream anew(world_, 0, sakura.outlet.Ack().ack().cursor());
  EXPECT_NE(GenerationOf(anew), generation);
  EXPECT_EQ(anew.outlet.rows().size(), 2u);
  EXPECT_EQ(CountOf(v1::AuditEvent::KIND_GENERATION), 1) << "opening found it done";
}

TEST_F(ContractDaysTest, WhoeverOpensAfterMidnightGetsTheVersionOfTheDay) {
  std::string generation;
  v1::Cursor cursor;
  {
    OpenStream sakura(world_);
    generation = GenerationOf(sakura);
    cursor = sakura.outlet.Ack().ack().cursor();
  }
  world_.ApplyContract(
      {.name_show = "show: ABSENT", .more = absl::StrCat("effective_from: ", kTomorrow, "\n")});
  ToTomorrow();
  OpenStream sakura(world_, 0, cursor);  // before any duty has looked
  EXPECT_NE(GenerationOf(sakura), generation);
  EXPECT_EQ(sakura.outlet.rows().size(), 1u);
  EXPECT_EQ(CountOf(v1::AuditEvent::KIND_GENERATION), 1);
}

// A page is never masked by yesterday's version, even before the duty has looked.
TEST_F(ContractDaysTest, OpenStreamShowsNothingByYesterdaysVersion) {
  OpenStream sakura(world_);
  world_.ApplyContract(
      {.name_show = "show: ABSENT", .more = absl::StrCat("effective_from: ", kTomorrow, "\n")});
  ToTomorrow();
  const int disclosed = CountOf(v1::AuditEvent::KIND_DISCLOSED);
  ASSERT_OK(world_.Import({Account(2, 1, 77'777)}));
  EXPECT_THAT(sakura.outlet.finished(), ElementsAre("SUPERSEDED"));
  EXPECT_EQ(sakura.outlet.changes(), 1);
  EXPECT_EQ(CountOf(v1::AuditEvent::KIND_DISCLOSED), disclosed);
}

// Only what is shown of the rows grows: the feed goes on where it is.
TEST_F(ContractDaysTest, LooserVersionOfTomorrowIsShownAtMidnightByItself) {
  world_.Advance(absl::Seconds(1));
  OpenStream sakura(world_);
  const std::string generation = GenerationOf(sakura);
  world_.ApplyContract(
      {.more = absl::StrCat("effective_from: ", kTomorrow, "\n"), .shown = {"AMOUNT"}});
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(sakura.outlet.changes(), 1) << "the version of today is in force";
  ToTomorrow();
  world_.Advance(absl::Seconds(1));
  EXPECT_THAT(sakura.outlet.finished(), IsEmpty());
  EXPECT_EQ(sakura.outlet.changes(), 2);
  const v1::Assignment row = sakura.outlet.row(world_.Live("A-1").assignment_id());
  EXPECT_TRUE(row.account().has_amount_due());
  EXPECT_EQ(GenerationOf(sakura), generation);
  EXPECT_EQ(CountOf(v1::AuditEvent::KIND_GENERATION), 0);
}

TEST_F(ContractDaysTest, TighterVersionOfTomorrowReachesAStreamThatWaitsForAcks) {
  ASSERT_OK(world_.Import({Account(2, 2)}));
  world_.Advance(absl::Seconds(1));
  OpenStream sakura(world_, /*window=*/1);
  ASSERT_EQ(sakura.outlet.changes(), 1);
  world_.ApplyContract(
      {.name_show = "show: ABSENT", .more = absl::StrCat("effective_from: ", kTomorrow, "\n")});
  world_.Advance(absl::Seconds(1));
  EXPECT_THAT(sakura.outlet.finished(), IsEmpty());
  PassMidnight();
  EXPECT_THAT(sakura.outlet.finished(), ElementsAre("SUPERSEDED"));
}

// A dialer's end of a stream of permits.
class Dialer final : public api::PermitStream::Outlet {
 public:
  Dialer(HubWorld& world, const std::string& vendor_id)
      : stream_(world.hub().vendor_api().OpenPermits(testing::VendorPeer(vendor_id), this)) {}
  ~Dialer() override { stream_->Detach(); }

  void Tell(masking::ToVendor<v1::RequestPermitsResponse>) override {}
  void End(const absl::Status& status) override { ended_.push_back(ErrorReason(status)); }
  const std::vector<std::string>& ended() const { return ended_; }

 private:
  const std::shared_ptr<api::PermitStream> stream_;
  std::vector<std::string> ended_;
};

// A vendor without work is sent nothing, one that has not acknowledged neither, and a dialer asks
// for nothing at that hour.
TEST_F(ContractDaysTest, StreamsThatWaitEndASecondAfterTheContractDoes) {
  ASSERT_OK(world_.Import({Account(2, 2)}));
  for (const char* vendor_id : {"sakura", "fuji"}) {
    world_.ApplyContract(
        {.vendor_id = vendor_id, .more = absl::StrCat("effective_to: ", kTomorrow, "\n")});
  }
  world_.Advance(absl::Seconds(1));
  OpenStream waiting(world_, /*window=*/1);
  ASSERT_EQ(waiting.outlet.changes(), 1);
  OpenStream idle(world_, 0, {}, "fuji");
  ASSERT_EQ(idle.outlet.changes(), 0);
  const Dialer dialer(world_, "fuji");
  world_.Advance(absl::Seconds(1));
  EXPECT_THAT(idle.outlet.finished(), IsEmpty());
  EXPECT_THAT(waiting.outlet.finished(), IsEmpty());
  EXPECT_THAT(dialer.ended(), IsEmpty());
  PassMidnight();
  EXPECT_THAT(idle.outlet.finished(), ElementsAre("NO_CONTRACT"));
  EXPECT_THAT(dialer.ended(), ElementsAre("NO_CONTRACT"));
  world_.hub().Tick();
  world_.Settle();  // one vendor after the other
  EXPECT_THAT(waiting.outlet.finished(), ElementsAre("NO_CONTRACT"));
  EXPECT_EQ(waiting.outlet.changes(), 1);
}

TEST_F(ContractDaysTest, StreamsThatWaitEndWhenAnOperatorEndsTheContract) {
  OpenStream idle(world_, 0, {}, "fuji");
  const Dialer dialer(world_, "fuji"), other(world_, "sakura");
  EndContract("fuji");
  EXPECT_THAT(idle.outlet.finished(), ElementsAre("NO_CONTRACT"));
  EXPECT_THAT(dialer.ended(), ElementsAre("NO_CONTRACT"));
  EXPECT_THAT(other.ended(), IsEmpty());
}

// A contract is looked up, and compiled, before its commit.
TEST_F(ContractDaysTest, VersionThatWasNotCommittedIsForgotten) {
  const auto apply = [&](storage::Transaction& transaction) -> absl::Status {
    const std::string yaml = testing::ContractYaml({.languages = "[ja, en]"});
    ASSIGN_OR_RETURN(const auto contract, contracts::ParseContract(yaml, "sakura.yaml"));
    RETURN_IF_ERROR(
        world_.hub()
            .contracts()
            .Release(transaction, {"operator/ito", "operator/sato", "p-1"}, contract, yaml)
            .status());
    RETURN_IF_ERROR(
        world_.hub().feed().FollowContract(transaction, "sakura", "operator/sato").status());
    return absl::AbortedError("on purpose");
  };
  bool failed = false;
  world_.hub().writer().Submit(storage::Urgency::kUrgent, apply,
                               [&](const absl::Status& status) { failed = !status.ok(); });
  world_.Settle();
  ASSERT_TRUE(failed);
  // Gets the number that the other one had.
  world_.ApplyContract({.name_show = "show: PARTIAL, mask: FAMILY_NAME"});
  OpenStream sakura(world_);
  EXPECT_EQ(sakura.outlet.row(world_.Live("A-1").assignment_id()).person().name(), "山田");
}

// What a vendor held when its contract ended goes to others, page by page, and a hub that was down
// at that moment finds it when it comes up.
TEST_F(ContractDaysTest, WorkOfAnEndedContractGoesToOthersAfterARestart) {
  std::vector<v1::AccountRecord> records;
  for (int i = 2; i <= 450; ++i) records.push_back(Account(i, i));
  ASSERT_OK(world_.Import(records));
  ASSERT_EQ(world_.Vendor("sakura").live_assignments(), 450);
  world_.ApplyPlan(testing::PlanYaml(
      "[{vendor_id: sakura, percent: 50}, {vendor_id: fuji, percent: 50}]", "both"));
  for (int i = 0; i < 3; ++i) world_.Advance(absl::Seconds(1));  // looked through once already
  ASSERT_EQ(world_.Vendor("sakura").live_assignments(), 450);
  EndContract("sakura");
  world_.clock.Advance(absl::Seconds(1));
  world_.hub().Tick();
  world_.Settle();  // one page of three
  const int64_t left = world_.Vendor("sakura").live_assignments();
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 450);
  world_.Crash();
  world_.Advance(absl::Seconds(1));
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Vendor("sakura").live_assignments(), 0);
  EXPECT_EQ(world_.Vendor("fuji").live_assignments(), 450);
  EXPECT_EQ(world_.Placements("A-1")[0].withdraw_reason(), v1::WITHDRAW_REASON_NOT_ALLOWED);
}

}  // namespace
}  // namespace switchboard
