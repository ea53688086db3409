#include "hub/configured_texts.h"

#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"
#include "tests/engine.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A contract of early collections; `name` makes texts differ.
std::string ContractYaml(const std::string& vendor_id, const std::string& name,
                         const std::string& more = "") {
  return absl::StrCat("vendor_id: ", vendor_id, "\ndisplay_name: ", name,
                      "\nlanguages: [ja]\nwork_types:\n  - work_type: EARLY_COLLECTIONS\n", more);
}

std::string PlanYaml(const std::string& plan_id, const std::string& vendor_id) {
  return absl::StrCat("plan_id: ", plan_id,
                      "\nsegments:\n  - name: all\n    work_type: EARLY_COLLECTIONS\n    shares: "
                      "[{vendor_id: ",
                      vendor_id, ", percent: 100}]\n");
}

class ConfiguredTextsTest : public ::testing::Test {
 protected:
  ConfiguredTextsTest() {
    HubOptions options;
    options.storage = testing::NewStorage(folder_.path().string());
    options.key_file = folder_ / "hub.key";
    auto opened = Hub::Open(options, clock_, ids_, executor_, metrics_);
    EXPECT_OK(opened);
    hub_ = *std::move(opened);
    hub_->Start();
  }
  ~ConfiguredTextsTest() override {
    hub_->writer().Stop();
    executor_.Stop();
  }

  void AddContract(const std::string& yaml) {
    auto contract = contracts::ParseContract(yaml, "file.yaml");
    ASSERT_OK(contract);
    startup_.contracts.push_back({"file.yaml", yaml, *std::move(contract)});
  }
  void SetPlan(const std::string& yaml) {
    auto plan = routing::ParseRoutingPlan(yaml, "plan.yaml");
    ASSERT_OK(plan);
    startup_.plan = PlanFile{"plan.yaml", yaml, *std::move(plan)};
  }

  // What a start does with the texts; the log's lines are those of this start.
  absl::Status Start() {
    lines_.clear();
    ASSIGN_OR_RETURN(const ConfiguredTexts texts, JudgeConfiguredTexts(startup_, *hub_, clock_));
    return ApplyConfiguredTexts(startup_, texts, *hub_, clock_, metrics_, *log_);
  }

  // An operator's call, over and done.
  template <typename Response, typename Call>
  absl::StatusOr<Response> Await(Call call) {
    std::promise<absl::StatusOr<Response>> promise;
    call([&promise](absl::StatusOr<Response> response) { promise.set_value(std::move(response)); });
    return promise.get_future().get();
  }
  void OperatorApplies(const std::string& yaml) {
    v1::ApplyContractRequest request;
    request.set_yaml(yaml);
    EXPECT_OK(Await<v1::ApplyContractResponse>([&](auto done) {
      hub_->operator_api().ApplyContract(operator_, request, std::move(done));
    }));
  }

  std::string TextInForce(const std::string& vendor_id) {
    std::string text;
    EXPECT_OK(hub_->readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto newest, hub_->contracts().Newest(reader, vendor_id));
      ASSIGN_OR_RETURN(text, hub_->contracts().Text(reader, vendor_id, newest->version));
      return absl::OkStatus();
    }));
    return text;
  }
  std::string PlanInForce() {
    std::string text;
    EXPECT_OK(hub_->readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto newest, hub_->routing_plans().Newest(reader));
      text = newest.yaml;
      return absl::OkStatus();
    }));
    return text;
  }
  int64_t Versions(const std::string& vendor_id) {
    int64_t count = 0;
    EXPECT_OK(hub_->readers().Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto versions, hub_->contracts().Versions(reader, vendor_id));
      count = static_cast<int64_t>(versions.size());
      return absl::OkStatus();
    }));
    return count;
  }

  testing::TemporaryFolder folder_;
  SystemClock clock_;
  IdMint ids_{clock_};
  telemetry::Metrics metrics_;
  std::vector<std::string> lines_;
  std::unique_ptr<telemetry::Log> log_ = telemetry::Log::ToSink(
      clock_, [this](std::string_view line) { lines_.emplace_back(line); }, {});
  ThreadPool executor_{2};
  std::unique_ptr<Hub> hub_;
  const identity::Peer operator_{identity::Peer::Role::kOperator, "ito"};
  Startup startup_;
};

TEST_F(ConfiguredTextsTest, NewTextsAreAppliedOnce) {
  AddContract(ContractYaml("sakura", "a"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  ASSERT_OK(Start());
  EXPECT_THAT(
      lines_,
      ElementsAre(AllOf(HasSubstr("\"contract_in_force\""), HasSubstr("\"changed\":true")),
                  AllOf(HasSubstr("\"routing_plan_in_force\""), HasSubstr("\"changed\":true"))));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("\"changed\":false"), HasSubstr("\"changed\":false")));
  EXPECT_EQ(Versions("sakura"), 1);
  EXPECT_EQ(PlanInForce(), startup_.plan->yaml);
}

// B6: a restart brought the file back over what the operator had applied.
TEST_F(ConfiguredTextsTest, WhatAnOperatorAppliedLastStays) {
  const std::string file = ContractYaml("sakura", "file");
  const std::string operators = ContractYaml("sakura", "operator");
  AddContract(file);
  ASSERT_OK(Start());
  OperatorApplies(operators);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Start());
    EXPECT_EQ(TextInForce("sakura"), operators);
    EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"level\":\"warning\""),
                                       HasSubstr("\"event\":\"contract_file_older\""),
                                       HasSubstr("\"vendor_id\":\"sakura\""),
                                       HasSubstr("switchboard contract apply"))));
  }
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("contract_files_passed_over{vendor_id=\"sakura\",why=\"older\"} 1\n"));
  // What the file has never said is news, and is applied.
  startup_.contracts.clear();
  AddContract(ContractYaml("sakura", "file again"));
  ASSERT_OK(Start());
  EXPECT_EQ(TextInForce("sakura"), startup_.contracts[0].yaml);
  EXPECT_EQ(Versions("sakura"), 3);
  // And the operator's own return to the file's text is no difference.
  OperatorApplies(file);
  startup_.contracts.clear();
  AddContract(file);
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("contract_file_older"))));
}

TEST_F(ConfiguredTextsTest, ThePlanThatAnOperatorAppliedStays) {
  AddContract(ContractYaml("sakura", "a"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  ASSERT_OK(Start());
  v1::ApplyRoutingPlanRequest request;
  request.set_yaml(PlanYaml("plan-2", "sakura"));
  ASSERT_OK(Await<v1::ApplyRoutingPlanResponse>([&](auto done) {
    hub_->operator_api().ApplyRoutingPlan(operator_, request, std::move(done));
  }));
  ASSERT_OK(Start());
  EXPECT_EQ(PlanInForce(), request.yaml());
  EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"routing_plan_file_older\"")));
}

// N8: a contract taken out of the configuration stayed in force without a word.
TEST_F(ConfiguredTextsTest, WhatIsInForceWithoutAFileIsTold) {
  AddContract(ContractYaml("sakura", "a"));
  AddContract(ContractYaml("jade", "a"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  ASSERT_OK(Start());
  startup_.contracts.erase(startup_.contracts.begin());
  startup_.plan.reset();
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"event\":\"contract_without_file\""),
                                     HasSubstr("\"vendor_id\":\"sakura\""),
                                     HasSubstr("switchboard contract end"))));
  EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"routing_plan_without_file\"")));
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("contract_files_passed_over{vendor_id=\"sakura\",why=\"no_file\"} 1\n"));
  // Once it has ended it is no news any more.
  v1::EndContractRequest end;
  end.set_vendor_id("sakura");
  ASSERT_OK(Await<v1::EndContractResponse>(
      [&](auto done) { hub_->operator_api().EndContract(operator_, end, std::move(done)); }));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("contract_without_file"))));
}

TEST_F(ConfiguredTextsTest, AContractThatAnOperatorEndedIsNotBegunAgain) {
  AddContract(ContractYaml("sakura", "a"));
  ASSERT_OK(Start());
  v1::EndContractRequest end;
  end.set_vendor_id("sakura");
  ASSERT_OK(Await<v1::EndContractResponse>(
      [&](auto done) { hub_->operator_api().EndContract(operator_, end, std::move(done)); }));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"contract_not_in_force\"")));
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("\"event\":\"contract_in_force\""))));
  EXPECT_EQ(Versions("sakura"), 1);
}

// A new plan is held to what will be in force, before anything is.
TEST_F(ConfiguredTextsTest, APlanThatTheContractsDoNotCoverChangesNothing) {
  OperatorApplies(ContractYaml("beni", "operator"));
  AddContract(ContractYaml("sakura", "a"));
  SetPlan(PlanYaml("plan-1", "jade"));
  EXPECT_THAT(Start(), FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_INVALID"));
  EXPECT_THAT(lines_, IsEmpty());
  EXPECT_EQ(Versions("sakura"), 0);
  SetPlan(PlanYaml("plan-1", "beni"));
  EXPECT_OK(Start()) << "an operator's contract counts";
}

TEST_F(ConfiguredTextsTest, AFileThatEndsTheContractDoesNotCoverThePlan) {
  AddContract(ContractYaml("sakura", "a", "effective_to: 2020-01-01\n"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  EXPECT_THAT(Start(), FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_INVALID"));
  EXPECT_EQ(Versions("sakura"), 0);
}

}  // namespace
}  // namespace switchboard
