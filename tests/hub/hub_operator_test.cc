// Every method of the operators' api through the whole hub, and what may never be seen in a file.
#include <set>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "hub/audit/chain.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::ContractYaml;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Operator;
using testing::Payment;
using testing::PlanYaml;
using testing::VendorPeer;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

class HubOperatorTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::ReleaseTextResponse> Put(const std::string& yaml) {
    return world_.PutInForce(v1::TEXT_KIND_CONTRACT, yaml, "c.yaml");
  }
  absl::StatusOr<v1::ReleaseTextResponse> Plan(const std::string& yaml) {
    return world_.PutInForce(v1::TEXT_KIND_ROUTING_PLAN, yaml, "p.yaml");
  }
  absl::StatusOr<v1::PreviewRoutingResponse> Preview(const std::string& yaml) {
    v1::PreviewRoutingRequest request;
    request.set_yaml(yaml);
    return world_.Await<v1::PreviewRoutingResponse>(
        [&](auto done) { operator_api().PreviewRouting(Operator(), request, done); });
  }
  absl::StatusOr<v1::RecallAssignmentsResponse> Recall(
      const std::string& vendor, const std::vector<std::string>& ids,
      v1::RecallReason reason = v1::RECALL_REASON_MOVED) {
    v1::RecallAssignmentsRequest request;
    request.set_reason(reason);
    request.set_vendor_id(vendor);
    for (const auto& id : ids) request.add_assignment_ids(id);
    return world_.Await<v1::RecallAssignmentsResponse>(
        [&](auto done) { operator_api().RecallAssignments(Operator(), request, done); });
  }
  absl::Status Decide(const std::string& id, v1::DecideRecallRequest::Decision decision) {
    v1::DecideRecallRequest request;
    request.set_assignment_id(id);
    request.set_decision(decision);
    return world_
        .Await<v1::DecideRecallResponse>(
            [&](auto done) { operator_api().DecideRecall(Operator(), request, done); })
        .status();
  }
  absl::StatusOr<v1::SetStopResponse> Stop(const v1::SetStopRequest& request) {
    return world_.Await<v1::SetStopResponse>(
        [&](auto done) { operator_api().SetStop(Operator(), request, done); });
  }
  api::OperatorApi& operator_api() { return world_.hub().operator_api(); }
  void Import(int count) {
    for (int first = 1; first <= count; first += 1000) {
      std::vector<v1::AccountRecord> batch;
      for (int i = first; i <= count && i < first + 1000; ++i) {
        batch.push_back(MakeRecord(i, {.account_id = "A-" + std::to_string(i),
                                       .person_id = "P-" + std::to_string(i),
                                       .amount_due = 100}));
      }
      ASSERT_OK(world_.Import(batch));
    }
  }

  HubWorld world_;
};

TEST_F(HubOperatorTest, ContractsAreReleasedOnceAndWhatHidesBeginsAGeneration) {
  const std::string yaml = ContractYaml();
  const struct {
    std::string yaml;
    int64_t version;  // 0: unchanged
    bool generation;
  } rows[] = {
      {yaml, 1, false},
      {yaml, 0, false},
      {yaml + "display_name: さくら\n", 2, false},
      {ContractYaml({.name_show = "show: PARTIAL, mask: INITIALS"}), 3, true},
      // The name is whole again; that numbers are hidden by a trunk is no row's business.
      {ContractYaml({.dial = "TRUNK", .more = "live_assignments_max: 9\n"}), 4, false},
      {ContractYaml(), 5, false},  // a version of old is a new version
  };
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const auto released, Put(row.yaml));
    EXPECT_EQ(released.changed(), row.version != 0) << row.version;
    EXPECT_EQ(released.release().version(), row.version);
    EXPECT_EQ(released.release().text_id(), row.version == 0 ? "" : "sakura");
    EXPECT_EQ(released.new_generation(), row.generation) << row.version;
  }
  // What the vendor may do is something that it sees.
  std::string acts = ContractYaml();
  acts.insert(acts.find("REMIND"), "NEGOTIATE, ");
  ASSERT_OK_AND_ASSIGN(auto released, Put(acts));
  EXPECT_FALSE(released.new_generation()) << "more";
  ASSERT_OK_AND_ASSIGN(released, Put(ContractYaml()));
  EXPECT_TRUE(released.new_generation()) << "less";
}

// A version that begins later was said to be in force, and so was one that had ended.
TEST_F(HubOperatorTest, ContractsSayWhetherTheyAreInForce) {
  const struct {
    const char* more;
    bool in_force;
    int from, to;  // of January 2026; 0: none
  } rows[] = {
      {"", true, 0, 0},
      {"effective_to: 2026-01-02\n", true, 0, 2},
      {"effective_from: 2026-01-01\n", true, 1, 0},
      {"effective_from: 2026-01-05\neffective_to: 2026-01-09\n", false, 5, 9},
  };
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const auto answer, Put(ContractYaml({.more = row.more})));
    const v1::TextRelease& released = answer.release();
    EXPECT_EQ(released.in_force(), row.in_force) << row.more;
    EXPECT_EQ(released.has_effective_from(), row.from != 0) << row.more;
    EXPECT_EQ(released.effective_from().day(), row.from) << row.more;
    EXPECT_EQ(released.has_effective_to(), row.to != 0) << row.more;
    EXPECT_EQ(released.effective_to().day(), row.to) << row.more;
  }
  // A text that ends today ends the contract, and the answer says so.
  ASSERT_OK_AND_ASSIGN(const auto ended, Put(ContractYaml({.more = "effective_to: 2026-01-01\n"})));
  EXPECT_TRUE(ended.changed());
  EXPECT_FALSE(ended.release().in_force());
  EXPECT_FALSE(world_.Vendor("sakura").in_force());
}

// The plan stayed as it was while a contract changed under it, without a word.
TEST_F(HubOperatorTest, ContractsSayWhatThePlanLacks) {
  world_.SetUpVendors({"sakura", "fuji"});
  std::string late_only = ContractYaml({.vendor_id = "fuji"});
  const size_t early = late_only.find("  - work_type: EARLY");
  late_only.erase(early, late_only.find("  - work_type: LATE") - early);
  ASSERT_OK_AND_ASSIGN(auto released, Put(late_only));
  EXPECT_THAT(released.warnings(),
              ElementsAre(::testing::AllOf(
                  ::testing::StartsWith("routing plan plan-1:"),
                  ::testing::HasSubstr(".shares[1].vendor_id: the contract of vendor 'fuji' does "
                                       "not list EARLY_COLLECTIONS"))));
  ASSERT_OK_AND_ASSIGN(released, Put(ContractYaml({.vendor_id = "fuji"})));
  EXPECT_EQ(released.warnings_size(), 0);
}

// They are not longer than is documented, and cannot draw on an operator's terminal.
TEST_F(HubOperatorTest, FileNamesAreHeldToTheirLimits) {
  const std::string plan = PlanYaml("[{vendor_id: sakura, percent: 100}]");
  const struct {
    std::string file_name;
    bool good;
  } rows[] = {
      {"", true},
      {"契約/sakura.yaml", true},
      {std::string(200, 'f'), true},
      {std::string(201, 'f'), false},
      {"a\nb.yaml", false},
      {"\x1b[2Ja.yaml", false},
      {"a\u202Eb.yaml", false},
  };
  for (const auto& row : rows) {
    v1::ProposeTextRequest propose;
    propose.set_kind(v1::TEXT_KIND_CONTRACT);
    propose.set_yaml(ContractYaml());
    propose.set_file_name(row.file_name);
    v1::PlanContractRequest look;
    look.set_yaml(ContractYaml());
    look.set_file_name(row.file_name);
    v1::PreviewRoutingRequest preview;
    preview.set_yaml(plan);
    preview.set_file_name(row.file_name);
    const absl::Status answers[] = {
        world_
            .Await<v1::ProposeTextResponse>(
                [&](auto done) { operator_api().ProposeText(Operator(), propose, done); })
            .status(),
        world_
            .Await<v1::PlanContractResponse>(
                [&](auto done) { operator_api().PlanContract(Operator(), look, done); })
            .status(),
        world_
            .Await<v1::PreviewRoutingResponse>(
                [&](auto done) { operator_api().PreviewRouting(Operator(), preview, done); })
            .status(),
    };
    for (const absl::Status& answer : answers) {
      EXPECT_EQ(answer.ok(), row.good) << row.file_name << ": " << answer;
      EXPECT_EQ(ErrorMetadata(answer, "field"), row.good ? "" : "file_name");
    }
  }
}

TEST_F(HubOperatorTest, BadContractsAndPlansNameThePlace) {
  const auto contract = Put("vendor_id: UPPER\nlanguages: [ja]\nwork_types: []\n");
  EXPECT_THAT(contract, FailsWith(kInvalid, "CONTRACT_INVALID"));
  EXPECT_EQ(ErrorMetadata(contract.status(), "file"), "c.yaml");
  EXPECT_EQ(ErrorMetadata(contract.status(), "line"), "1");
  ASSERT_OK(Put(ContractYaml()));
  const auto plan = Plan(PlanYaml("[{vendor_id: nobody, percent: 100}]"));
  EXPECT_THAT(plan, FailsWith(kInvalid, "PLAN_INVALID"));
  EXPECT_EQ(ErrorMetadata(plan.status(), "file"), "p.yaml");
  EXPECT_NE(ErrorMetadata(plan.status(), "line"), "");
  const std::string good = PlanYaml("[{vendor_id: sakura, percent: 100}]");
  ASSERT_OK_AND_ASSIGN(auto released, Plan(good));
  EXPECT_TRUE(released.changed());
  EXPECT_EQ(released.release().text_id(), "plan-1");
  ASSERT_OK_AND_ASSIGN(released, Plan(good));
  EXPECT_FALSE(released.changed());
}

// The router is kept until a plan or a contract changes, or a day begins that changes what is in
// force.
TEST_F(HubOperatorTest, PlacementFollowsPlansContractsAndDays) {
  world_.SetUpVendors({"sakura", "fuji"});
  auto place = [&](int number) {
    const std::string name = std::to_string(number);
    EXPECT_OK(
        world_.Import({MakeRecord(number, {.account_id = "A-" + name, .person_id = "P-" + name})}));
    return world_.Live("A-" + name).vendor_id();
  };
  world_.ApplyPlan(PlanYaml("[{vendor_id: sakura, percent: 100}]", "plan-2"));
  EXPECT_EQ(place(1), "sakura");
  world_.ApplyPlan(PlanYaml("[{vendor_id: fuji, percent: 100}]", "plan-3"));
  EXPECT_EQ(place(2), "fuji");
  world_.ApplyContract({.vendor_id = "fuji", .languages = "[en]"});
  EXPECT_EQ(place(3), "");
  world_.ApplyContract({.vendor_id = "fuji",
                        .more = "effective_from: 2026-01-02\n"
                                "effective_to: 2026-01-03\n"});
  EXPECT_EQ(place(4), "");
  // An import is a millisecond later than what was before it.
  const absl::Time midnight = absl::FromUnixSeconds(1'767'225'600) + absl::Hours(24);
  world_.clock.Advance(midnight - world_.clock.Now() - absl::Microseconds(1001));
  EXPECT_EQ(place(5), "");
  world_.clock.Advance(absl::Microseconds(-999));
  EXPECT_EQ(place(6), "fuji");
  EXPECT_EQ(world_.clock.Now(), midnight);
  const std::string id = world_.Live("A-6").assignment_id();
  EXPECT_OK(world_.Ask("fuji", "r-1", id));
  world_.clock.Advance(absl::Hours(24));
  EXPECT_EQ(place(7), "");
  EXPECT_THAT(world_.Ask("fuji", "r-2", id),
              FailsWith(absl::StatusCode::kPermissionDenied, "NO_CONTRACT"));
}

TEST_F(HubOperatorTest, PreviewCountsEveryAccountAndChangesNothing) {
  EXPECT_THAT(Preview(""), FailsWith(kInvalid, "FIELD_INVALID"));
  world_.SetUpVendors({"sakura", "fuji"});
  Import(40);
  EXPECT_THAT(Preview("plan_id: ["), FailsWith(kInvalid, "PLAN_INVALID"));
  const auto placements = world_.Placements().size();
  for (const std::string& yaml :
       {std::string(),
        PlanYaml("[{vendor_id: sakura, percent: 75}, {vendor_id: fuji, percent: 25}]")}) {
    ASSERT_OK_AND_ASSIGN(const auto preview, Preview(yaml));
    EXPECT_EQ(preview.accounts(), 40);
    int64_t accounts = 0, due = 0;
    for (const auto& line : preview.lines()) {
      accounts += line.accounts();
      due += line.amount_due().minor_units();
      EXPECT_EQ(line.amount_due().currency_code(), "JPY");
    }
    EXPECT_EQ(accounts, 40);
    EXPECT_EQ(due, 4000);
    EXPECT_EQ(preview.lines(0).accounts(), yaml.empty() ? 20 : 30);
  }
  EXPECT_EQ(world_.Placements().size(), placements);
}

TEST_F(HubOperatorTest, WholeVendorIsRecalledInPages) {
  world_.SetUpVendors({"sakura"});
  Import(2500);
  ASSERT_OK(Recall("", {world_.Live("A-7").assignment_id()}));
  ASSERT_OK_AND_ASSIGN(auto recalled, Recall("sakura", {}));
  EXPECT_EQ(recalled.announced(), 2499);
  EXPECT_EQ(recalled.pending_before(), 1);
  ASSERT_OK_AND_ASSIGN(recalled, Recall("sakura", {}));
  EXPECT_EQ(recalled.announced(), 0);
  EXPECT_EQ(recalled.pending_before(), 2500);
  EXPECT_THAT(Recall("nobody", {}), FailsWith(kNotFound, "VENDOR_UNKNOWN"));
}

TEST_F(HubOperatorTest, RecallErrorsAndUnknownIds) {
  world_.SetUpVendors({"sakura"});
  Import(2);
  const std::string id = world_.Live("A-1").assignment_id();
  const auto invalid = FailsWith(kInvalid, "FIELD_INVALID");
  EXPECT_THAT(Recall("", {}), invalid);
  EXPECT_THAT(Recall("sakura", {id}), invalid);
  EXPECT_THAT(Recall("sakura", {}, v1::RECALL_REASON_UNSPECIFIED), invalid);
  EXPECT_THAT(Recall("sakura", {}, static_cast<v1::RecallReason>(77)), invalid);
  EXPECT_THAT(Recall("", std::vector<std::string>(10'001, id)), invalid);
  ASSERT_OK_AND_ASSIGN(const auto recalled, Recall("", {id, "nothing", id}));
  EXPECT_EQ(recalled.announced() + recalled.pending_before(), 2);
  EXPECT_THAT(recalled.unknown_ids(), ElementsAre("nothing"));
}

TEST_F(HubOperatorTest, RecallsAreCancelledOrMadeFinal) {
  using Decision = v1::DecideRecallRequest;
  world_.SetUpVendors({"sakura"});
  Import(2);
  const std::string id = world_.Live("A-1").assignment_id();
  const auto none = FailsWith(absl::StatusCode::kFailedPrecondition, "NO_PENDING_RECALL");
  const auto unknown = FailsWith(kNotFound, "ASSIGNMENT_UNKNOWN");
  EXPECT_THAT(Decide(id, Decision::DECISION_FINAL), none);
  EXPECT_THAT(Decide(id, Decision::DECISION_UNSPECIFIED), FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Decide("nothing", Decision::DECISION_CANCEL), unknown);
  ASSERT_OK(Recall("", {id}));
  EXPECT_OK(Decide(id, Decision::DECISION_CANCEL));
  EXPECT_THAT(Decide(id, Decision::DECISION_CANCEL), none);
  EXPECT_FALSE(world_.Live("A-1").has_pending_recall());
  world_.Advance(absl::Hours(48));
  EXPECT_EQ(world_.Live("A-1").assignment_id(), id);
  ASSERT_OK(Recall("", {id}));
  EXPECT_OK(Decide(id, Decision::DECISION_FINAL));
  EXPECT_EQ(world_.Live("A-1").vendor_id(), "");
  EXPECT_THAT(Decide(id, Decision::DECISION_FINAL), unknown);
  EXPECT_EQ(world_.Placements("A-1")[0].withdraw_reason(), v1::WITHDRAW_REASON_RECALLED);
}

TEST_F(HubOperatorTest, StopsVendorsAndWorkTypesAtOnce) {
  world_.SetUpVendors({"sakura"});
  Import(3);
  const std::string id = world_.Live("A-1").assignment_id();
  v1::SetStopRequest vendor, work, none;
  vendor.set_vendor_id("sakura");
  work.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  int requests = 0;
  for (v1::SetStopRequest request : {vendor, work}) {
    auto ask = [&] {
      const auto answer = world_.Ask("sakura", "r-" + std::to_string(++requests), id);
      EXPECT_OK(answer);
      return answer->has_permit() ? 0 : static_cast<int>(answer->denial().reason());
    };
    EXPECT_EQ(ask(), 0);
    request.set_stopped(true);
    ASSERT_OK_AND_ASSIGN(auto stopped, Stop(request));
    EXPECT_EQ(stopped.voided_permits(), 1);
    ASSERT_OK_AND_ASSIGN(stopped, Stop(request));
    EXPECT_EQ(stopped.voided_permits(), 0);
    EXPECT_EQ(ask(), v1::Denial::REASON_STOPPED);
    EXPECT_EQ(world_.Vendor("sakura").stopped(), request.has_vendor_id());
    request.set_stopped(false);
    ASSERT_OK(Stop(request));
    EXPECT_EQ(ask(), 0);
    EXPECT_EQ(world_.Live("A-1").assignment_id(), id);  // nothing was withdrawn
    world_.clock.Advance(absl::Minutes(3));
  }
  vendor.set_vendor_id("nobody");
  EXPECT_THAT(Stop(vendor), FailsWith(kNotFound, "VENDOR_UNKNOWN"));
  EXPECT_THAT(Stop(none), FailsWith(kInvalid, "FIELD_INVALID"));
  work.set_work_type(static_cast<v1::WorkType>(99));
  EXPECT_THAT(Stop(work), FailsWith(kInvalid, "FIELD_INVALID"));
}

TEST_F(HubOperatorTest, EachChangeOfAStopIsInTheLog) {
  world_.SetUpVendors({"sakura"});
  const auto logged = [this] {
    std::string found;
    for (const auto& event : world_.AuditEvents()) {
      const auto& occurrence = event.occurrence();
      if (occurrence.what() != v1::AuditEvent::Occurrence::WHAT_VENDOR_STOP) continue;
      EXPECT_EQ(event.vendor_id(), "sakura");
      EXPECT_EQ(event.actor(), "operator/ito");
      found += occurrence.holds_work() ? " held" : " ended";
      if (occurrence.end_us() != 0) found += " until";
    }
    return found;
  };
  v1::SetStopRequest stop;
  stop.set_vendor_id("sakura");
  stop.set_stopped(true);
  stop.set_keep_work(true);
  for (int twice = 0; twice < 2; ++twice) ASSERT_OK(Stop(stop));
  EXPECT_EQ(logged(), " held");
  stop.set_keep_work(false);
  for (int twice = 0; twice < 2; ++twice) ASSERT_OK(Stop(stop));
  EXPECT_EQ(logged(), " held ended");
  stop.mutable_end_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()) + 3600);
  for (int twice = 0; twice < 2; ++twice) ASSERT_OK(Stop(stop));
  EXPECT_EQ(logged(), " held ended ended until");
}

TEST_F(HubOperatorTest, AStopMayEndByItself) {
  world_.SetUpVendors({"sakura"});
  Import(1);
  const std::string id = world_.Live("A-1").assignment_id();
  v1::SetStopRequest vendor, work;
  vendor.set_vendor_id("sakura");
  work.set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  int requests = 0;
  for (v1::SetStopRequest request : {vendor, work}) {
    const auto may = [&] {
      const auto answer = world_.Ask("sakura", "r-" + std::to_string(++requests), id);
      EXPECT_OK(answer);
      return answer.ok() && answer->has_permit();
    };
    request.set_stopped(true);
    request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()));
    EXPECT_THAT(Stop(request), FailsWith(kInvalid, "FIELD_INVALID"));
    request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()) + 3600);
    ASSERT_OK(Stop(request));
    EXPECT_FALSE(may());
    EXPECT_EQ(world_.Vendor("sakura").stopped(), request.has_vendor_id());
    EXPECT_EQ(world_.Vendor("sakura").stop_end_time().seconds(),
              request.has_vendor_id() ? request.end_time().seconds() : 0);
    world_.clock.Advance(absl::Hours(1));
    EXPECT_TRUE(may());
    EXPECT_FALSE(world_.Vendor("sakura").stopped());
    world_.clock.Advance(absl::Minutes(3));
  }
  vendor.mutable_end_time()->set_seconds(absl::ToUnixSeconds(world_.clock.Now()) + 3600);
  EXPECT_THAT(Stop(vendor), FailsWith(kInvalid, "FIELD_INVALID"));  // not stopped
}

TEST_F(HubOperatorTest, ListingsGoPageByPage) {
  world_.SetUpVendors({"sakura"});
  Import(7);
  v1::ListPlacementsRequest request;
  request.set_max_placements(3);
  std::set<std::string> seen;
  std::vector<int> sizes;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const auto page, world_.Await<v1::ListPlacementsResponse>([&](auto done) {
      operator_api().ListPlacements(Operator(), request, done);
    }));
    if (page.placements().empty()) break;
    sizes.push_back(page.placements_size());
    for (const auto& placement : page.placements()) seen.insert(placement.account_id());
    request.set_after(page.placements(page.placements_size() - 1).assignment_id());
  }
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(world_.Placements("A-3").size(), 1u);
  EXPECT_EQ(world_.Placements("nothing").size(), 0u);
}

// Pages verify one after the other; any of them altered does not.
TEST_F(HubOperatorTest, AuditPagesVerify) {
  world_.SetUpVendors({"sakura"});
  for (int i = 1; i <= 25; ++i) {
    ASSERT_OK(world_.Post({Payment("e-" + std::to_string(i), "A-1")}));
  }
  ASSERT_OK(world_.Import({MakeRecord(1, {})}));  // bulk work has lanes of its own
  v1::ReadAuditRequest request;
  ASSERT_OK_AND_ASSIGN(const auto first, world_.Await<v1::ReadAuditResponse>([&](auto done) {
    operator_api().ReadAudit(Operator(), request, done);
  }));
  EXPECT_EQ(first.chain_ids_size(), world_.hub().writer().lanes());  // each lane has its own
  int64_t entries = 0;
  request.set_max_entries(10);
  for (const std::string& chain_id : first.chain_ids()) {
    request.set_chain_id(chain_id);
    audit::ChainVerifier verifier;
    while (true) {
      request.set_after(verifier.entries());
      ASSERT_OK_AND_ASSIGN(auto page, world_.Await<v1::ReadAuditResponse>([&](auto done) {
        operator_api().ReadAudit(Operator(), request, done);
      }));
      if (page.entries().empty()) break;
      EXPECT_LE(page.entries_size(), 10);
      for (const auto& entry : page.entries()) {
        v1::AuditEntry altered = entry;
        altered.mutable_events(0)->back() ^= 1;
        audit::ChainVerifier other = verifier;
        EXPECT_THAT(other.Add(altered), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN"));
        ASSERT_OK(verifier.Add(entry));
      }
    }
    entries += verifier.entries();
  }
  int64_t stored = 0;
  ASSERT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
    return reader.Query("SELECT COUNT(*) FROM audit_entry", {}, [&](const storage::Row& row) {
      stored = row.Integer(0);
      return absl::OkStatus();
    });
  }));
  EXPECT_EQ(entries, stored);
  EXPECT_GT(entries, 26) << "each payment and the import have one";
  request.set_chain_id("nothing");
  request.set_after(0);
  const auto of_no_chain = world_.Await<v1::ReadAuditResponse>(
      [&](auto done) { operator_api().ReadAudit(Operator(), request, done); });
  EXPECT_EQ(of_no_chain.status().code(), absl::StatusCode::kNotFound);
}

// I4: nothing raw in any file of the database, the log of changes included, nor in the metrics.
TEST_F(HubOperatorTest, FilesHoldNothingRaw) {
  world_.SetUpVendors({"sakura"});
  auto refused = MakeRecord(2, {.account_id = "A-2", .person_id = "P-2", .amount_due = -7'654'321});
  ASSERT_OK(world_.Import({MakeRecord(1, {.amount_due = 7'654'321}), refused}));
  const std::string id = world_.Live("A-1").assignment_id();
  ASSERT_OK(world_.Ask("sakura", "r-1", id));
  auto outcome = MakeOutcome("o-1", id, CallCode::kPromiseToPay);
  outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
  outcome.mutable_promise()->mutable_amount()->set_minor_units(7'654'321);
  outcome.mutable_promise()->mutable_due_date()->set_year(2026);
  outcome.mutable_promise()->mutable_due_date()->set_month(2);
  outcome.mutable_promise()->mutable_due_date()->set_day(1);
  outcome.set_note("山田さん、来週払う");
  ASSERT_OK(world_.Report("sakura", {outcome}));
  auto bad = outcome;
  bad.set_outcome_id("o-2");
  bad.clear_start_time();
  ASSERT_OK(world_.Report("sakura", {bad}));
  ASSERT_OK(world_.Post({Payment("e-1", "A-1")}));
  ASSERT_EQ(world_.Quarantine().size(), 2u);
  const auto& person = refused.person();
  const std::vector<std::string> raw = {
      "山田",
      "太郎",
      "ヤマダ",
      "タロウ",
      "+819012345678",
      "9012345678",
      "+81312345678",
      "taro.yamada",
      "4111111111111111",
      "渋谷",
      "道玄坂",
      "さくら荘",
      "150-0043",
      "watch list",
      "来週",
      "7654321",
      "7,654,321",
      // as the messages hold it
      person.birth_date().SerializeAsString(),
      refused.account().amount_due().SerializeAsString(),
      outcome.promise().amount().SerializeAsString(),
  };
  // The scan itself finds what is there: ids of the core are references, not hidden.
  bool finds_ids = false;
  for (const std::string& file : testing::StorageFiles(world_.folder().string())) {
    const std::string content = testing::ReadFileIfThere(file).value_or("");
    finds_ids = finds_ids || content.find("P-1") != std::string::npos;
    for (const std::string& text : raw) {
      EXPECT_EQ(content.find(text), std::string::npos) << file << " holds " << text;
    }
  }
  EXPECT_TRUE(finds_ids);
  for (const std::string& text : raw) {
    EXPECT_EQ(world_.metrics.Text().find(text), std::string::npos) << text;
  }
}

TEST_F(HubOperatorTest, DisclosuresSayWhatWasShownToWhom) {
  world_.SetUpVendors({"sakura"});
  Import(3);
  struct Outlet final : sync::Outlet {
    void Send(masking::ToVendor<v1::SyncResponse> message) override {
      shown += message.Read().batch().changes_size();
    }
    void Finish(const absl::Status&) override {}
    int shown = 0;
  } outlet;
  const auto stream = world_.hub().vendor_api().OpenStream(VendorPeer("sakura"), &outlet);
  v1::SyncRequest open;
  open.mutable_open();
  stream->OnRequest(open);
  world_.Settle();
  EXPECT_EQ(outlet.shown, 3);
  v1::ListDisclosuresRequest request;
  ASSERT_OK_AND_ASSIGN(auto page, world_.Await<v1::ListDisclosuresResponse>([&](auto done) {
    operator_api().ListDisclosures(Operator(), request, done);
  }));
  ASSERT_EQ(page.disclosures_size(), 1);
  EXPECT_EQ(page.disclosures(0).vendor_id(), "sakura");
  EXPECT_EQ(page.disclosures(0).assignment_ids_size(), 3);
  EXPECT_EQ(page.next(), 1);
  request.set_assignment_id("nothing");
  ASSERT_OK_AND_ASSIGN(page, world_.Await<v1::ListDisclosuresResponse>([&](auto done) {
    operator_api().ListDisclosures(Operator(), request, done);
  }));
  EXPECT_EQ(page.disclosures_size(), 0);
  EXPECT_EQ(page.next(), 1);
  stream->Detach();
}

}  // namespace
}  // namespace switchboard
