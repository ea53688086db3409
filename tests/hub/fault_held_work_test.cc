// What a vendor may no longer have is taken from it and placed elsewhere: by the duty, and when the
// account comes again.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using testing::AnswerOf;
using testing::ContractOptions;
using testing::ContractYaml;
using ::testing::ElementsAre;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;
using testing::Receipts;

void SetStop(HubWorld& world, const std::string& vendor_id, bool stopped, bool keep_work = false,
             absl::Duration lasts = absl::InfiniteDuration()) {
  v1::SetStopRequest request;
  request.set_vendor_id(vendor_id);
  request.set_stopped(stopped);
  request.set_keep_work(keep_work);
  if (lasts != absl::InfiniteDuration())
    request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(world.clock.Now() + lasts));
  ASSERT_OK(world.Await<v1::SetStopResponse>(
      [&](auto done) { world.hub().operator_api().SetStop(Operator(), request, done); }));
}

void Apply(HubWorld& world, const std::string& yaml) {
  ASSERT_OK(world.PutInForce(v1::TEXT_KIND_CONTRACT, yaml));
}

std::string WithoutEarlyWork(std::string yaml) {
  const size_t early = yaml.find("  - work_type: EARLY");
  return yaml.erase(early, yaml.find("  - work_type: LATE") - early);
}

// What becomes of a vendor, and what its permit requests are answered from then on.
struct Change {
  const char* name;
  void (*make)(HubWorld& world, const std::string& vendor_id);
  const char* answer;
};

const Change kChanges[] = {
    {"Ended",
     [](HubWorld& world, const std::string& vendor_id) {
       world.ApplyContract({.vendor_id = vendor_id, .more = "effective_to: 2026-01-01\n"});
     },
     "NO_CONTRACT"},
    {"EndedByAnOperator",
     [](HubWorld& world, const std::string& vendor_id) {
       v1::EndContractRequest request;
       request.set_vendor_id(vendor_id);
       ASSERT_OK(world.Await<v1::EndContractResponse>(
           [&](auto done) { world.hub().operator_api().EndContract(Operator(), request, done); }));
     },
     "NO_CONTRACT"},
    {"WorkTypeGone",
     [](HubWorld& world, const std::string& vendor_id) {
       Apply(world, WithoutEarlyWork(ContractYaml({.vendor_id = vendor_id})));
     },
     "NOT_ALLOWED"},
    {"LanguageGone",
     [](HubWorld& world, const std::string& vendor_id) {
       world.ApplyContract({.vendor_id = vendor_id, .languages = "[en]"});
     },
     "NOT_ALLOWED"},
    {"Stopped",
     [](HubWorld& world, const std::string& vendor_id) { SetStop(world, vendor_id, true); },
     "STOPPED"},
};

class HeldWorkTest : public ::testing::TestWithParam<Change> {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"fuji", "sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"})}));
    placed_ = world_.Live("A-1");
    holder_ = placed_.vendor_id();
    ASSERT_EQ(world_.Live("A-2").vendor_id(), holder_);  // of the same person
    // The duty has found nothing left to do, and looks at no vendor until something changes.
    for (int looks = 0; looks < 3; ++looks) world_.Advance(absl::Seconds(1));
    ASSERT_EQ(world_.Live("A-1").assignment_id(), placed_.assignment_id());
  }
  void ExpectTakenAway() {
    EXPECT_EQ(world_.Live("A-1").vendor_id(), holder_ == "fuji" ? "sakura" : "fuji");
    for (const auto& placement : world_.Placements("A-1")) {
      if (placement.assignment_id() != placed_.assignment_id()) continue;
      EXPECT_EQ(placement.withdraw_reason(), v1::WITHDRAW_REASON_NOT_ALLOWED);
    }
  }
  std::string AskHolder(const std::string& request_id) {
    return AnswerOf(world_.Ask(holder_, request_id, placed_.assignment_id()));
  }

  HubWorld world_;
  v1::ListPlacementsResponse::Placement placed_;  // of A-1
  std::string holder_;
};

TEST_P(HeldWorkTest, IsTakenAwayByTheDuty) {
  EXPECT_EQ(AskHolder("r-1"), "permit");
  GetParam().make(world_, holder_);
  EXPECT_EQ(AskHolder("r-2").substr(0, 7), std::string(GetParam().answer).substr(0, 7));
  world_.Advance(absl::Seconds(1));
  ExpectTakenAway();
  EXPECT_EQ(world_.Vendor(holder_).live_assignments(), 0);
  const auto events = world_.AuditEvents();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const v1::AuditEvent& event) {
                            return event.kind() == v1::AuditEvent::KIND_WITHDRAWN &&
                                   event.withdrawn() == v1::WITHDRAW_REASON_NOT_ALLOWED;
                          }),
            2);
  // Nobody holds the line any more.
  const auto live = world_.Live("A-1");
  EXPECT_EQ(AnswerOf(world_.Ask(live.vendor_id(), "r-1", live.assignment_id())), "permit");
}

TEST_P(HeldWorkTest, IsTakenAwayWhenTheAccountComesAgain) {
  GetParam().make(world_, holder_);
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(3)})).empty());
  ExpectTakenAway();
}

INSTANTIATE_TEST_SUITE_P(Changes, HeldWorkTest, ::testing::ValuesIn(kChanges),
                         [](const auto& row) { return std::string(row.param.name); });

// … and is nobody's where nobody else may have it, but for what is only stopped.
class OnlyVendorTest : public HeldWorkTest {
 protected:
  void SetUp() override {
    holder_ = "sakura";
    world_.SetUpVendors({holder_});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    placed_ = world_.Live("A-1");
    world_.Advance(absl::ZeroDuration());
  }
  bool only_stopped() const { return std::string(GetParam().name) == "Stopped"; }
};

TEST_P(OnlyVendorTest, LosesWhatItMayNotHave) {
  GetParam().make(world_, holder_);
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), only_stopped() ? "sakura" : "");
  if (only_stopped()) return;
  const auto events = world_.AuditEvents();
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const v1::AuditEvent& event) {
    return event.kind() == v1::AuditEvent::KIND_NOT_PLACED && event.account_id() == "A-1";
  }));
}

TEST_P(OnlyVendorTest, TheCoreHearsItWhenTheAccountComesAgain) {
  GetParam().make(world_, holder_);
  const auto receipts = Receipts(world_.Import({MakeRecord(2)}));
  EXPECT_EQ(receipts.size(), only_stopped() ? 0u : 1u);
  for (const auto& receipt : receipts) EXPECT_EQ(receipt.find("0:STATUS_NOT_PLACED:"), 0u);
}

INSTANTIATE_TEST_SUITE_P(Changes, OnlyVendorTest, ::testing::ValuesIn(kChanges),
                         [](const auto& row) { return std::string(row.param.name); });

// Both vendors have had A-1, which is recalled from the one and held by the other.
class HadByBothTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"fuji", "sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    const auto first = world_.Live("A-1");
    v1::RecallAssignmentsRequest request;
    request.set_reason(v1::RECALL_REASON_NO_EFFORT);
    request.add_assignment_ids(first.assignment_id());
    request.set_place_again(true);
    ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>([&](auto done) {
      world_.hub().operator_api().RecallAssignments(Operator(), request, done);
    }));
    world_.Advance(absl::Hours(25));
    held_ = world_.Live("A-1");
    ASSERT_NE(held_.vendor_id(), first.vendor_id());
    ASSERT_NE(held_.vendor_id(), "");
  }

  HubWorld world_;
  v1::ListPlacementsResponse::Placement held_;
};

TEST_F(HadByBothTest, StoppedVendorKeepsWhatNobodyElseMayHave) {
  SetStop(world_, held_.vendor_id(), true);
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), held_.assignment_id());
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(2)})).empty());
  EXPECT_EQ(world_.Live("A-1").assignment_id(), held_.assignment_id());
}

// That the other one had it when it was late before does not count.
TEST_F(HadByBothTest, StoppedVendorLosesWhatIsAnotherStoryForTheOther) {
  ASSERT_OK(world_.Post({testing::Payment("e-1", "A-1")}));
  world_.Advance(absl::Hours(24 * 30));
  ASSERT_TRUE(Receipts(world_.Import({MakeRecord(2)})).empty());
  const std::string holder = world_.Live("A-1").vendor_id();
  SetStop(world_, holder, true);
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), holder == "fuji" ? "sakura" : "fuji");
}

class HeldWorkDaysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    id_ = world_.Live("A-1").assignment_id();
    for (int looks = 0; looks < 3; ++looks) world_.Advance(absl::Seconds(1));
  }
  std::string Ask(const std::string& request_id) {
    world_.clock.Advance(absl::Minutes(3));
    return AnswerOf(world_.Ask("sakura", request_id, id_));
  }

  HubWorld world_;
  std::string id_;
};

TEST_F(HeldWorkDaysTest, ContractOfTomorrowDoesNotEndTodays) {
  Apply(world_, WithoutEarlyWork(ContractYaml({.more = "effective_from: 2026-01-02\n"})));
  EXPECT_EQ(Ask("r-1"), "permit");
  for (int looks = 0; looks < 3; ++looks) world_.Advance(absl::Seconds(1));
  world_.Advance(absl::Hours(20));
  EXPECT_EQ(Ask("r-2"), "permit");
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(2)})).empty());
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  world_.Advance(absl::Hours(4));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(Ask("r-3"), "NOT_ASSIGNED");
}

TEST_F(HeldWorkDaysTest, StoppedVendorKeepsItsWorkIfToldSo) {
  world_.ApplyContract({.vendor_id = "fuji"});
  world_.ApplyPlan(testing::PlanYaml(
      "[{vendor_id: fuji, percent: 50}, {vendor_id: sakura, percent: 50}]", "plan-2"));
  SetStop(world_, "sakura", true, /*keep_work=*/true);
  world_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(2)})).empty());
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  EXPECT_EQ(Ask("r-1"), "STOPPED");
  SetStop(world_, "sakura", false);
  EXPECT_EQ(Ask("r-2"), "permit");
  SetStop(world_, "sakura", true, /*keep_work=*/true);
  SetStop(world_, "sakura", true);  // it takes longer after all
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "fuji");
}

// Nobody says that a stop has ended by itself. Who was stopped until then gets work again, and
// loses it when it is stopped again.
TEST_F(HeldWorkDaysTest, StopThatEndedByItselfDoesNotHideTheNextOne) {
  const auto plan = [this](const std::string& shares, const std::string& id) {
    world_.ApplyPlan(testing::PlanYaml(shares, id));
  };
  const std::string both = "[{vendor_id: fuji, percent: 50}, {vendor_id: sakura, percent: 50}]";
  world_.ApplyContract({.vendor_id = "fuji"});
  plan(both, "plan-2");
  SetStop(world_, "sakura", true, /*keep_work=*/false, absl::Hours(1));
  for (int looks = 0; looks < 3; ++looks) world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "fuji");
  world_.Advance(absl::Hours(1));
  for (int looks = 0; looks < 3; ++looks) world_.Advance(absl::Seconds(1));
  plan("[{vendor_id: sakura, percent: 100}]", "plan-3");
  const auto record = MakeRecord(2, {.account_id = "A-2", .person_id = "P-2"});
  EXPECT_TRUE(Receipts(world_.Import({record})).empty());
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "sakura");
  plan(both, "plan-4");
  SetStop(world_, "sakura", true);
  world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "fuji");
}

// The walk through its work meets again what it shows anew, and would never end.
TEST_F(HeldWorkDaysTest, StoppedVendorIsNotShownAnewWhatNobodyElseMayHave) {
  const int64_t newest = world_.Vendor("sakura").newest_sequence();
  SetStop(world_, "sakura", true);
  for (int second = 0; second < 3; ++second) world_.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id_);
  EXPECT_EQ(world_.Vendor("sakura").newest_sequence(), newest);
}

// Who moves out of what a plan places takes all accounts along, not only the one that was sent.
TEST_F(HeldWorkDaysTest, OwnerWhoMovesAbroadTakesTheOtherAccountsAlong) {
  ASSERT_OK(world_.Import({MakeRecord(2, {.account_id = "A-2"})}));
  world_.ApplyPlan(
      "plan_id: at-home\nseed: 1\nsegments:\n  - name: home\n    work_type: EARLY_COLLECTIONS\n"
      "    when: {regions: [JP]}\n    shares: [{vendor_id: sakura, percent: 100}]\n");
  auto abroad = MakeRecord(3);
  abroad.mutable_person()->mutable_address()->set_country("TW");
  EXPECT_THAT(Receipts(world_.Import({abroad})), ElementsAre("0:STATUS_NOT_PLACED:NO_SEGMENT"));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "");
}

// Changed and changed back before anybody looked: what came in between is not overlooked.
TEST_F(HeldWorkDaysTest, ContractThatIsAsBeforeTakesBackWhatWasPlacedInBetween) {
  Apply(world_, WithoutEarlyWork(ContractYaml()));
  world_.Advance(absl::Seconds(2));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  Apply(world_, ContractYaml());
  EXPECT_TRUE(Receipts(world_.Import({MakeRecord(2, {.account_id = "A-2"})})).empty());
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "sakura");
  Apply(world_, WithoutEarlyWork(ContractYaml()));
  world_.Advance(absl::Seconds(2));
  EXPECT_EQ(world_.Live("A-2").vendor_id(), "");
}

}  // namespace
}  // namespace switchboard
