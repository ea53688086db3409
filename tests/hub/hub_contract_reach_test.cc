// How a released contract reaches work that is live: rows of which more is shown come again, page
// by page, while the feed goes on where it is; whatever shows less begins it anew; permits that it
// does not allow any more become void; streams that wait for something hear of it.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/contracts/contract_check.h"
#include "hub/feed/held_to.h"
#include "hub/permits/permit_book.h"
#include "tests/hub/answers.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/rules_fixture.h"

namespace switchboard {
namespace {

using testing::AnswerOf;
using testing::CausesOfVoids;
using testing::ContractYaml;
using ::testing::ElementsAre;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;

constexpr size_t kPage = 200;  // of the duty
// In force no more: the clock of a test begins on that day.
constexpr char kEnded[] = "effective_to: 2026-01-01\n";

void Ack(HubWorld& world, OpenStream& stream) {
  stream.stream->OnRequest(stream.outlet.Ack());
  world.Settle();
}

// The database is changed by a hand that is not the hub's.
absl::Status Alter(HubWorld& world, const char* sql) {
  absl::Status altered = absl::InternalError("not run");
  world.hub().writer().Submit(
      storage::Urgency::kUrgent,
      [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}).status(); },
      [&](const absl::Status& status) { altered = status; });
  world.Settle();
  return altered;
}

// Lets the duty look once.
void TickOnce(HubWorld& world) {
  world.clock.Advance(absl::Seconds(1));
  world.hub().Tick();
  world.Settle();
}

class ContractReachTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.SetUpVendors({"sakura"}); }

  // Accounts of a person each, looked through by the duty.
  void Import(size_t count) {
    count_ = count;
    std::vector<v1::AccountRecord> records;
    for (size_t i = 1; i <= count; ++i) {
      records.push_back(MakeRecord(static_cast<int64_t>(i), {.account_id = absl::StrCat("A-", i),
                                                             .person_id = absl::StrCat("P-", i)}));
    }
    ASSERT_OK(world_.Import(records));
    for (int i = 0; i < 3; ++i) world_.Advance(absl::Seconds(1));
  }
  // Until the duty finds nothing left to do.
  void LetAllCome(OpenStream& stream) {
    for (int i = 0; i < 6; ++i) {
      Ack(world_, stream);
      world_.Advance(absl::Seconds(1));
    }
    Ack(world_, stream);
  }
  // The ids of rows that came behind the first `before`, each as often as it did.
  static std::vector<std::string> ToldSince(OpenStream& stream, size_t before) {
    std::vector<std::string> told = stream.outlet.told();
    EXPECT_GE(told.size(), before);
    told.erase(told.begin(), told.begin() + static_cast<long>(std::min(before, told.size())));
    return told;
  }
  void ExpectEachOnce(const std::vector<std::string>& told) const {
    EXPECT_EQ(told.size(), count_);
    EXPECT_EQ(std::set<std::string>(told.begin(), told.end()).size(), count_);
  }
  void ExpectAllShow(OpenStream& stream, bool days) {
    EXPECT_EQ(stream.outlet.rows().size(), count_);
    for (const std::string& id : stream.outlet.rows()) {
      const v1::MaskedAccount account = stream.outlet.row(id).account();
      ASSERT_TRUE(account.has_amount_due()) << id;
      ASSERT_EQ(account.has_days_past_due(), days) << id;
    }
  }
  static std::string GenerationOf(OpenStream& stream) {
    return stream.outlet.Ack().ack().cursor().generation();
  }
  // Whether rows of sakura wait to be shown again.
  bool Waits() {
    bool waits = false;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto all, feed::AllHeldTo(reader));
      for (const feed::HeldTo& one : all) waits |= one.loosened_from != 0;
      return absl::OkStatus();
    }));
    return waits;
  }

  HubWorld world_;
  size_t count_ = 0;
};

TEST_F(ContractReachTest, WhatShowsMoreComesOncePageByPageAndTheFeedGoesOn) {
  Import(450);
  v1::Cursor cursor;
  {
    OpenStream sakura(world_);
    ASSERT_EQ(sakura.outlet.told().size(), count_);
    Ack(world_, sakura);
    const std::string generation = GenerationOf(sakura);
    ASSERT_OK_AND_ASSIGN(
        const auto released,
        world_.PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml({.shown = {"AMOUNT"}})));
    EXPECT_FALSE(released.new_generation());
    EXPECT_TRUE(Waits());
    EXPECT_EQ(sakura.outlet.told().size(), count_) << "the release itself touches no row";
    TickOnce(world_);
    EXPECT_EQ(sakura.outlet.told().size(), count_ + kPage);
    LetAllCome(sakura);
    EXPECT_THAT(sakura.outlet.finished(), IsEmpty());
    EXPECT_EQ(GenerationOf(sakura), generation);
    ExpectEachOnce(ToldSince(sakura, count_));
    ExpectAllShow(sakura, /*days=*/false);
    EXPECT_FALSE(Waits());
    for (const v1::AuditEvent& event : world_.AuditEvents())
      EXPECT_NE(event.kind(), v1::AuditEvent::KIND_GENERATION);
    cursor = sakura.outlet.Ack().ack().cursor();
  }
  // Nor does anything come after a restart.
  world_.Crash();
  OpenStream again(world_, 0, cursor);
  LetAllCome(again);
  EXPECT_THAT(again.outlet.told(), IsEmpty());
}

TEST_F(ContractReachTest, ACrashBehindAPageShowsNothingTwice) {
  Import(450);
  std::vector<std::string> told;
  v1::Cursor cursor;
  {
    OpenStream sakura(world_);
    Ack(world_, sakura);
    world_.ApplyContract({.shown = {"AMOUNT"}});
    TickOnce(world_);
    Ack(world_, sakura);
    told = ToldSince(sakura, count_);
    ASSERT_EQ(told.size(), kPage);
    cursor = sakura.outlet.Ack().ack().cursor();
  }
  world_.Crash();
  EXPECT_TRUE(Waits());
  OpenStream again(world_, 0, cursor);
  LetAllCome(again);
  EXPECT_EQ(GenerationOf(again), cursor.generation());
  for (const std::string& id : again.outlet.told()) told.push_back(id);
  ExpectEachOnce(told);
  EXPECT_FALSE(Waits());
}

// Rows that show the first version, and rows that show the second, all come to show the third.
TEST_F(ContractReachTest, ASecondLooseningInBetweenLeavesNoRowBehind) {
  Import(450);
  OpenStream sakura(world_);
  Ack(world_, sakura);
  const std::string generation = GenerationOf(sakura);
  world_.ApplyContract({.shown = {"AMOUNT"}});
  TickOnce(world_);
  Ack(world_, sakura);
  ASSERT_EQ(sakura.outlet.told().size(), count_ + kPage);
  world_.ApplyContract({.shown = {"AMOUNT", "DELINQUENCY"}});
  LetAllCome(sakura);
  EXPECT_THAT(sakura.outlet.finished(), IsEmpty());
  EXPECT_EQ(GenerationOf(sakura), generation);
  ExpectEachOnce(ToldSince(sakura, count_ + kPage));
  ExpectAllShow(sakura, /*days=*/true);
  EXPECT_FALSE(Waits());
}

TEST_F(ContractReachTest, ATighteningInBetweenBeginsAnewAndNothingWaitsAnyMore) {
  Import(450);
  v1::Cursor cursor;
  {
    OpenStream sakura(world_);
    Ack(world_, sakura);
    world_.ApplyContract({.shown = {"AMOUNT"}});
    TickOnce(world_);
    world_.ApplyContract({.name_show = "show: ABSENT", .shown = {"AMOUNT"}});
    EXPECT_THAT(sakura.outlet.finished(), ElementsAre("SUPERSEDED"));
    EXPECT_FALSE(Waits());
    cursor = sakura.outlet.Ack().ack().cursor();
  }
  OpenStream anew(world_, 0, cursor);
  EXPECT_NE(GenerationOf(anew), cursor.generation());
  LetAllCome(anew);
  ExpectEachOnce(anew.outlet.told());
  ExpectAllShow(anew, /*days=*/false);
  for (const std::string& id : anew.outlet.rows())
    ASSERT_FALSE(anew.outlet.row(id).person().has_name());
}

TEST_F(ContractReachTest, OnlyRowsOfTheWorkThatChangedComeAgain) {
  ASSERT_OK(world_.Import(
      {MakeRecord(1),
       MakeRecord(2, {.account_id = "A-2", .person_id = "P-2", .days_past_due = 90})}));
  OpenStream sakura(world_);
  ASSERT_EQ(sakura.outlet.told().size(), 2u);
  std::string yaml = ContractYaml();
  const std::string list = "    disclose:\n";
  yaml.insert(yaml.rfind(list) + list.size(), "      - {data_class: AMOUNT, show: CLEAR}\n");
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_CONTRACT, yaml));
  LetAllCome(sakura);
  EXPECT_THAT(ToldSince(sakura, 2), ElementsAre(world_.Live("A-2").assignment_id()));
  // More acts are more, too.
  yaml.replace(yaml.find("[REMIND, TAKE_PROMISE]"), 22, "[REMIND, TAKE_PROMISE, NEGOTIATE]");
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_CONTRACT, yaml));
  LetAllCome(sakura);
  const std::string early = world_.Live("A-1").assignment_id();
  EXPECT_THAT(ToldSince(sakura, 3), ElementsAre(early));
  EXPECT_THAT(
      sakura.outlet.row(early).acts(),
      ::testing::UnorderedElementsAre(v1::ACT_REMIND, v1::ACT_TAKE_PROMISE, v1::ACT_NEGOTIATE));
  EXPECT_THAT(sakura.outlet.finished(), IsEmpty());
}

TEST_F(ContractReachTest, WhatAStoppedVendorKeepsComesAgainToo) {
  Import(1);
  OpenStream sakura(world_);
  v1::SetStopRequest stop;
  stop.set_vendor_id("sakura");
  stop.set_stopped(true);
  ASSERT_OK(world_.Await<v1::SetStopResponse>(
      [&](auto done) { world_.hub().operator_api().SetStop(Operator(), stop, done); }));
  world_.ApplyContract({.shown = {"AMOUNT"}});
  LetAllCome(sakura);
  ExpectEachOnce(ToldSince(sakura, 1));
  ExpectAllShow(sakura, /*days=*/false);
}

// A stream that waits for acks reads no page, and would not find out.
TEST_F(ContractReachTest, WhatShowsLessReachesAStreamThatWaitsForAcks) {
  Import(3);
  OpenStream sakura(world_, /*window=*/1);
  ASSERT_EQ(sakura.outlet.told().size(), 1u);
  world_.ApplyContract({.shown = {"AMOUNT"}});
  EXPECT_THAT(sakura.outlet.finished(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(
      const auto released,
      world_.PutInForce(v1::TEXT_KIND_CONTRACT, ContractYaml({.name_show = "show: ABSENT"})));
  EXPECT_TRUE(released.new_generation());
  EXPECT_THAT(sakura.outlet.finished(), ElementsAre("SUPERSEDED"));
}

TEST_F(ContractReachTest, TheEndOfAContractEndsStreamsThatWait) {
  Import(3);
  OpenStream waiting(world_, /*window=*/1);
  world_.ApplyContract({.more = kEnded});
  EXPECT_THAT(waiting.outlet.finished(), ElementsAre("NO_CONTRACT"));
}

// Those whose work is taken away only a page later.
TEST_F(ContractReachTest, PermitsAreVoidBeforeTheirWorkIsLookedAt) {
  Import(450);
  std::string last;
  {
    OpenStream sakura(world_);
    ASSERT_EQ(sakura.outlet.told().size(), count_);
    last = sakura.outlet.told().back();
  }
  ASSERT_EQ(AnswerOf(world_.Ask("sakura", "r-1", last)), "permit");
  world_.ApplyContract({.more = kEnded});
  EXPECT_THAT(CausesOfVoids(world_), IsEmpty());
  TickOnce(world_);
  EXPECT_THAT(CausesOfVoids(world_), ElementsAre("CAUSE_CONTRACT"));
  EXPECT_GT(world_.Vendor("sakura").live_assignments(), 0);
}

// A text that was altered beside its digest shows nothing, and another one gets a vendor out of it.
TEST_F(ContractReachTest, WhatFollowsATextThatWasAlteredBeginsAnew) {
  Import(3);
  const auto run = [&](const storage::Writer::Unit& unit) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(storage::Urgency::kUrgent, unit,
                                 [&](const absl::Status& status) { result = status; });
    world_.Settle();
    return result;
  };
  ASSERT_OK(run([](storage::Transaction& transaction) {
    const std::string looser = ContractYaml({.shown = {"AMOUNT", "DELINQUENCY"}});
    return transaction.Execute("UPDATE contract SET yaml = $1", {looser}).status();
  }));
  world_.Crash();
  {
    OpenStream sakura(world_);
    EXPECT_THAT(sakura.outlet.finished(), ElementsAre("NO_CONTRACT"));
  }
  bool began = false;
  ASSERT_OK(run([&](storage::Transaction& transaction) -> absl::Status {
    const std::string yaml = ContractYaml({.shown = {"AMOUNT"}});
    ASSIGN_OR_RETURN(const auto contract, contracts::ParseContract(yaml, "sakura.yaml"));
    RETURN_IF_ERROR(
        world_.hub()
            .contracts()
            .Release(transaction, {"operator/ito", "operator/sato", "p-1"}, contract, yaml)
            .status());
    ASSIGN_OR_RETURN(began,
                     world_.hub().feed().FollowContract(transaction, "sakura", "operator/sato"));
    return absl::OkStatus();
  }));
  EXPECT_TRUE(began);
  OpenStream sakura(world_);
  LetAllCome(sakura);
  ExpectEachOnce(sakura.outlet.told());
  ExpectAllShow(sakura, /*days=*/false);
}

// It is given no work, and what it had goes on elsewhere.
TEST(ContractReach, AVendorWhoseTextWasAlteredStopsNoOther) {
  HubWorld world;
  world.SetUpVendors({"sakura", "fuji"});
  std::vector<v1::AccountRecord> records;
  for (int i = 1; i <= 20; ++i) {
    records.push_back(
        MakeRecord(i, {.account_id = absl::StrCat("A-", i), .person_id = absl::StrCat("P-", i)}));
  }
  ASSERT_OK(world.Import(records));
  ASSERT_OK(Alter(world, "UPDATE contract SET yaml = '' WHERE vendor_id = 'sakura'"));
  world.Crash();
  ASSERT_OK(world.Import({MakeRecord(21, {.account_id = "A-21", .person_id = "P-21"})}));
  for (int i = 0; i < 5; ++i) world.Advance(absl::Seconds(1));
  for (int i = 1; i <= 21; ++i)
    EXPECT_EQ(world.Live(absl::StrCat("A-", i)).vendor_id(), "fuji") << i;
  EXPECT_EQ(world.Vendor("sakura").live_assignments(), 0);
}

class ContractPermitsTest : public testing::RulesTest {
 protected:
  ContractPermitsTest() { vendor_ = world_.Live("A-1").vendor_id(); }

  void PlanADay() {
    const auto planned = Plan(Wanting("A-1", 2));
    ASSERT_OK(planned);
    ASSERT_TRUE(planned->has_plan()) << planned->ShortDebugString();
    permit_id_ = planned->plan().permit().permit_id();
    for (int i = 0; i < 3; ++i) world_.Advance(absl::Seconds(1));
  }
  void SetState(permits::PermitState state) {
    bool written = false;
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) {
          return transaction
              .Execute("UPDATE permit SET state = $1 WHERE permit_id = $2",
                       {static_cast<int64_t>(state), permit_id_})
              .status();
        },
        [&](const absl::Status& status) { written = status.ok(); });
    world_.Settle();
    ASSERT_TRUE(written);
  }

  std::string vendor_, permit_id_;
};

TEST_F(ContractPermitsTest, AnActThatIsAllowedNoLongerVoidsADaysPlan) {
  PlanADay();
  world_.ApplyContract({.vendor_id = vendor_, .acts = "[TAKE_PROMISE]"});
  TickOnce(world_);
  EXPECT_THAT(CausesOfVoids(world_), ElementsAre("CAUSE_CONTRACT"));
  EXPECT_EQ(LastOf(v1::AuditEvent::KIND_PERMIT_VOIDED).actor(), "hub");
  EXPECT_EQ(world_.Live("A-1").vendor_id(), vendor_) << "the work stays";
}

// One look that cannot be taken hides nothing that the other finds.
TEST_F(ContractPermitsTest, ARulePackThatWasAlteredHidesNoChangeOfAContract) {
  PlanADay();
  ASSERT_OK(Alter(world_, "UPDATE versioned_text SET yaml = ''"));
  world_.Crash();
  world_.ApplyContract({.vendor_id = vendor_, .acts = "[TAKE_PROMISE]"});
  TickOnce(world_);
  EXPECT_THAT(CausesOfVoids(world_), ElementsAre("CAUSE_CONTRACT"));
}

TEST_F(ContractPermitsTest, APartyThatIsAllowedNoLongerVoidsAPermit) {
  const v1::AccountRecord record = RecordWithWife(5);
  world_.clock.Advance(absl::Seconds(1));
  ASSERT_OK(world_.Import({record}));
  world_.ApplyContract({.vendor_id = vendor_, .permit_terms = ", other_parties: [RELATED]"});
  v1::RequestPermitRequest request = Call("A-1");
  request.set_party(v1::PARTY_RELATED);
  request.set_party_id("party-1");
  request.set_contact_point_id("other-1");
  ASSERT_THAT(Refusing(request), ElementsAre("permit"));
  world_.ApplyContract({.vendor_id = vendor_});
  TickOnce(world_);
  EXPECT_THAT(CausesOfVoids(world_), ElementsAre("CAUSE_CONTRACT"));
}

TEST_F(ContractPermitsTest, WhatIsStillAllowedStaysOpen) {
  PlanADay();
  world_.ApplyContract({.vendor_id = vendor_, .acts = "[REMIND]"});
  world_.Advance(absl::Seconds(11));
  world_.ApplyContract({.vendor_id = vendor_, .acts = "[REMIND]", .shown = {"AMOUNT"}});
  world_.Advance(absl::Seconds(11));
  EXPECT_THAT(CausesOfVoids(world_), IsEmpty());
}

// Decided before the release and given behind the first look at it.
TEST_F(ContractPermitsTest, TheDutyLooksOnceMore) {
  PlanADay();
  SetState(permits::PermitState::kReleased);
  world_.ApplyContract({.vendor_id = vendor_, .acts = "[TAKE_PROMISE]"});
  TickOnce(world_);
  SetState(permits::PermitState::kOpen);
  TickOnce(world_);
  EXPECT_THAT(CausesOfVoids(world_), IsEmpty());
  world_.Advance(absl::Seconds(10));
  EXPECT_THAT(CausesOfVoids(world_), ElementsAre("CAUSE_CONTRACT"));
}

TEST_F(ContractPermitsTest, AContractThatBeginsByItsDayVoidsWhatItDoesNotAllow) {
  auto request = Wanting("A-1", 2);
  request.mutable_day()->set_year(2026);
  request.mutable_day()->set_month(12);
  request.mutable_day()->set_day(1);
  const auto planned = Plan(request);
  ASSERT_OK(planned);
  ASSERT_TRUE(planned->has_plan());
  world_.ApplyContract(
      {.vendor_id = vendor_, .more = "effective_from: 2026-12-01\n", .acts = "[TAKE_PROMISE]"});
  world_.Advance(absl::Hours(20));  // 23:00Z, and in Tokyo within the plan's hours
  EXPECT_THAT(CausesOfVoids(world_), IsEmpty());
  world_.clock.Advance(absl::Hours(1));
  TickOnce(world_);
  EXPECT_THAT(CausesOfVoids(world_), ElementsAre("CAUSE_CONTRACT"));
}

}  // namespace
}  // namespace switchboard
