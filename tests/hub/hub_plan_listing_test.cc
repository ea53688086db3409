// Payment plans that wait for head office, as operators read of them.
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "tests/hub/plan_fixture.h"

namespace switchboard {
namespace {

using testing::AddProof;
using testing::AddWaiver;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::kThreeParts;
using testing::Planned;
using testing::PlanTest;
using testing::Promised;

class HubPlanListingTest : public PlanTest {};

TEST_F(HubPlanListingTest, ThoseThatWaitAreListedPageByPage) {
  const std::string second = world_.Live("A-2").assignment_id();
  Report(Planned("o-9", id_, kThreeParts, Now(), "trainee"));
  Report(Planned("o-10", id_, kThreeParts, Now(), "trainee"));
  Report(Planned("o-2", other_id_, kThreeParts, Now()), "fuji");
  Report(Planned("o-3", second, kThreeParts, Now(), "trainee"));
  Report(Planned("o-4", second, kThreeParts, Now(), "trainee"));
  Report(Planned("o-1", id_, kThreeParts, Now() - absl::Minutes(1)));  // before the hub knew A-1
  Report(Promised("o-0", other_id_, 5'000, 3, Now() - absl::Minutes(1)), "fuji");
  EXPECT_EQ(Answer(Refusal("o-9")), "REFUSED");
  // By account, vendor and outcome; the refused one is not among them.
  v1::ProposedPlanKey last;
  EXPECT_THAT(Waiting(2, nullptr, &last), ElementsAre("A-1 sakura/o-1 v1", "A-1 sakura/o-10 v1"));
  v1::ProposedPlanKey after = last;
  EXPECT_THAT(Waiting(2, &after, &last), ElementsAre("A-2 sakura/o-3 v1", "A-2 sakura/o-4 v1"));
  after = last;
  EXPECT_THAT(Waiting(2, &after, &last), ElementsAre("A-3 fuji/o-2 v1"));
  after = last;
  EXPECT_THAT(Waiting(2, &after), IsEmpty());
  EXPECT_EQ(Waiting().size(), 5u);
  EXPECT_EQ(Waiting(100).size(), 5u);
}

TEST_F(HubPlanListingTest, TheListSaysWhatIsProposed) {
  v1::Outcome outcome = Planned("o-1", id_, {{2, 3'000}, {200, 6'000}}, Now());
  v1::PaymentPlan& plan = *outcome.mutable_promise()->mutable_plan();
  AddWaiver(plan, v1::PaymentPlan::Waiver::KIND_INTEREST, 500);
  AddProof(plan, "https://proofs.example/7");
  Report(outcome);
  ASSERT_OK_AND_ASSIGN(const auto list, List({}));
  ASSERT_EQ(list.plans_size(), 1);
  const auto& line = list.plans(0);
  EXPECT_EQ(line.outcome_version(), 1);
  EXPECT_EQ(TimeOf(line.take_time()), Now());
  EXPECT_EQ(line.agent_level(), "agent");
  EXPECT_EQ(testing::WordsOf(line.beyond()), "MONTHS WAIVER SETTLEMENT");
  EXPECT_EQ(line.amount().minor_units(), 9'000);
  ASSERT_EQ(line.instalments_size(), 2);
  EXPECT_EQ(line.instalments(0).amount().minor_units(), 3'000);
  EXPECT_EQ(CivilDayOf(line.instalments(0).due_date()), absl::CivilDay(2026, 12, 2));
  ASSERT_EQ(line.waivers_size(), 1);
  EXPECT_EQ(line.waivers(0).amount().minor_units(), 500);
  ASSERT_EQ(line.proofs_size(), 1);
  EXPECT_EQ(line.proofs(0).address(), "https://proofs.example/7");
  const auto events = EventsOf(v1::AuditEvent::KIND_PLAN_SHOWN);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].actor(), "operator/ito");
  EXPECT_EQ(events[0].vendor_id(), "sakura");
  EXPECT_EQ(events[0].account_id(), "A-1");
  EXPECT_EQ(events[0].subject_id(), "o-1");
}

TEST_F(HubPlanListingTest, OneThatIsNamedIsShownAlone) {
  Report(Planned("o-1", id_, kThreeParts, Now(), "trainee"));
  EXPECT_EQ(Answer(Refusal("o-1")), "REFUSED");
  Report(Planned("o-3", id_, kThreeParts, Now()));
  Report(Planned("o-1", other_id_, kThreeParts, Now()), "fuji");
  Report(Planned("o-2", other_id_, kThreeParts, Now()), "fuji");
  const struct {
    const char* account_id;
    const char* vendor_id;
    const char* outcome_id;
    bool waits;
  } rows[] = {
      {"A-3", "fuji", "o-2", true},    {"A-1", "sakura", "o-1", false},
      {"A-1", "sakura", "o-3", false}, {"A-1", "sakura", "o-9", false},
      {"A-2", "fuji", "o-2", false},   {"A-3", "sakura", "o-2", false},
  };
  for (const auto& row : rows) {
    v1::ListProposedPlansRequest request;
    request.mutable_key()->set_account_id(row.account_id);
    request.mutable_key()->set_vendor_id(row.vendor_id);
    request.mutable_key()->set_outcome_id(row.outcome_id);
    ASSERT_OK_AND_ASSIGN(const auto list, List(request));
    ASSERT_EQ(list.plans_size(), row.waits ? 1 : 0) << row.account_id << " " << row.outcome_id;
    if (!row.waits) continue;
    EXPECT_EQ(list.plans(0).key().account_id(), row.account_id);
    EXPECT_EQ(list.plans(0).key().vendor_id(), row.vendor_id);
    EXPECT_EQ(list.plans(0).key().outcome_id(), row.outcome_id);
    EXPECT_EQ(list.plans(0).amount().minor_units(), 12'000);
  }
  // The log tells of what was shown, and of nothing else.
  const auto events = EventsOf(v1::AuditEvent::KIND_PLAN_SHOWN);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].vendor_id(), "fuji");
  EXPECT_EQ(events[0].account_id(), "A-3");
  EXPECT_EQ(events[0].subject_id(), "o-2");
}

TEST_F(HubPlanListingTest, OneIsAskedForProperly) {
  const auto refused = [this](void (*edit)(v1::ListProposedPlansRequest&)) {
    v1::ListProposedPlansRequest request;
    request.mutable_key()->set_account_id("A-1");
    request.mutable_key()->set_vendor_id("sakura");
    request.mutable_key()->set_outcome_id("o-1");
    edit(request);
    const absl::Status status = List(request).status();
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    return ErrorMetadata(status, "field");
  };
  using Request = v1::ListProposedPlansRequest;
  EXPECT_EQ(refused([](Request& r) { r.mutable_key()->clear_account_id(); }), "key.account_id");
  EXPECT_EQ(refused([](Request& r) { r.mutable_key()->set_vendor_id("A"); }), "key.vendor_id");
  EXPECT_EQ(refused([](Request& r) { r.mutable_key()->clear_outcome_id(); }), "key.outcome_id");
  EXPECT_EQ(refused([](Request& r) { *r.mutable_after() = r.key(); }), "after");
  EXPECT_EQ(refused([](Request& r) { r.set_max_plans(1); }), "max_plans");
}

TEST_F(HubPlanListingTest, APageIsAskedForProperly) {
  v1::ListProposedPlansRequest request;
  for (const int32_t max_plans : {-1, 101}) {
    request.set_max_plans(max_plans);
    const auto answer = List(request);
    EXPECT_THAT(answer, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    EXPECT_EQ(ErrorMetadata(answer.status(), "field"), "max_plans") << max_plans;
  }
  request.set_max_plans(1);
  request.mutable_after()->set_account_id("A 1");
  const auto answer = List(request);
  EXPECT_THAT(answer, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_EQ(ErrorMetadata(answer.status(), "field"), "after.account_id");
}

}  // namespace
}  // namespace switchboard
