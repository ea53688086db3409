#include "hub/configured_texts.h"

#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/base/error.h"
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
    options.wrapping.key_file = folder_ / "hub.key";
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
  absl::Status Start() { return StartAt(clock_); }
  absl::Status StartAt(Clock& clock) {
    lines_.clear();
    ASSIGN_OR_RETURN(const ConfiguredTexts texts, JudgeConfiguredTexts(startup_, *hub_, clock));
    return ApplyConfiguredTexts(startup_, texts, *hub_, clock, metrics_, *log_);
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
  void OperatorAppliesPlan(const std::string& yaml) {
    v1::ApplyRoutingPlanRequest request;
    request.set_yaml(yaml);
    EXPECT_OK(Await<v1::ApplyRoutingPlanResponse>([&](auto done) {
      hub_->operator_api().ApplyRoutingPlan(operator_, request, std::move(done));
    }));
  }
  void OperatorEnds(const std::string& vendor_id) {
    v1::EndContractRequest request;
    request.set_vendor_id(vendor_id);
    EXPECT_OK(Await<v1::EndContractResponse>(
        [&](auto done) { hub_->operator_api().EndContract(operator_, request, std::move(done)); }));
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
  // Without what is said of rule packs, for which there is a test of their own.
  std::unique_ptr<telemetry::Log> log_ =
      telemetry::Log::ToSink(clock_,
                             [this](std::string_view line) {
                               if (line.find("rule_pack") == std::string_view::npos)
                                 lines_.emplace_back(line);
                             },
                             {});
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
  const std::string operators = PlanYaml("plan-2", "sakura");
  OperatorAppliesPlan(operators);
  ASSERT_OK(Start());
  EXPECT_EQ(PlanInForce(), operators);
  EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"routing_plan_file_older\"")));
}

// Configuration management wrote the same file with other bytes, and a restart brought it back over
// what the operator had applied.
TEST_F(ConfiguredTextsTest, AFileWrittenAnewSaysNothingNew) {
  using Text = const std::string&;
  const struct {
    const char* name;
    std::string (*write)(Text yaml);
  } rows[] = {
      {"comment", [](Text yaml) { return "# managed\n" + yaml; }},
      {"CRLF",
       [](Text yaml) {
         return absl::StrReplaceAll(yaml, {{"\n", "\r\n"}});
       }},
      {"no last newline", [](Text yaml) { return yaml.substr(0, yaml.size() - 1); }},
      {"order of keys",
       [](Text yaml) {
         const size_t second = yaml.find('\n') + 1;
         return yaml.substr(second) + yaml.substr(0, second);
       }},
      {"byte order mark", [](Text yaml) { return "\xEF\xBB\xBF" + yaml; }},
  };
  const std::string file = ContractYaml("sakura", "file");
  const std::string operators = ContractYaml("sakura", "operator");
  const std::string plan = PlanYaml("plan-1", "sakura");
  const std::string operators_plan = PlanYaml("plan-2", "sakura");
  AddContract(file);
  SetPlan(plan);
  ASSERT_OK(Start());
  for (const auto& row : rows) {
    startup_.contracts.clear();
    AddContract(row.write(file));
    SetPlan(row.write(plan));
    ASSERT_OK(Start()) << row.name;
    if (Versions("sakura") == 1) {
      EXPECT_EQ(TextInForce("sakura"), file) << row.name;
      EXPECT_EQ(PlanInForce(), plan) << row.name;
      OperatorApplies(operators);
      OperatorAppliesPlan(operators_plan);
      ASSERT_OK(Start()) << row.name;
    }
    EXPECT_EQ(TextInForce("sakura"), operators) << row.name;
    EXPECT_EQ(Versions("sakura"), 2) << row.name;
    EXPECT_EQ(PlanInForce(), operators_plan) << row.name;
    EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"contract_file_older\""))) << row.name;
    EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"routing_plan_file_older\""))) << row.name;
    // Nor does the operator's own text.
    OperatorApplies(row.write(operators));
    OperatorAppliesPlan(row.write(operators_plan));
    EXPECT_EQ(Versions("sakura"), 2) << row.name;
    EXPECT_EQ(PlanInForce(), operators_plan) << row.name;
  }
  startup_.contracts.clear();
  AddContract(file + "vendor_group: sakura\npermits: {lifetime: 120s}\n");
  ASSERT_OK(Start());
  EXPECT_EQ(Versions("sakura"), 2) << "defaults written out";
}

TEST_F(ConfiguredTextsTest, AFileThatReplacesAnOperatorsTextIsTold) {
  AddContract(ContractYaml("sakura", "1"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  ASSERT_OK(Start());
  const auto replaced = [this](const std::string& what, int version) {
    return Contains(AllOf(HasSubstr("\"level\":\"warning\""),
                          HasSubstr("\"event\":\"" + what + "_file_replaces_operators\""),
                          HasSubstr("\"replaced\":" + std::to_string(version))));
  };
  const auto restart_with = [this](const std::string& name) {
    startup_.contracts.clear();
    AddContract(ContractYaml("sakura", name));
    SetPlan(PlanYaml("plan-" + name, "sakura"));
    ASSERT_OK(Start());
  };
  restart_with("2");
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("replaces_operators")))) << "the file's own";
  OperatorApplies(ContractYaml("sakura", "operator"));
  OperatorAppliesPlan(PlanYaml("plan-operator", "sakura"));
  restart_with("3");
  EXPECT_EQ(TextInForce("sakura"), startup_.contracts[0].yaml);
  EXPECT_EQ(PlanInForce(), startup_.plan->yaml);
  EXPECT_THAT(lines_, replaced("contract", 3));
  EXPECT_THAT(lines_, replaced("routing_plan", 3));
  OperatorEnds("sakura");
  restart_with("4");
  EXPECT_THAT(lines_, replaced("contract", 4)) << "an end is an operator's word too";
  EXPECT_THAT(lines_, Not(replaced("routing_plan", 4)));
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
  OperatorEnds("sakura");
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("contract_without_file"))));
}

TEST_F(ConfiguredTextsTest, AContractThatAnOperatorEndedIsNotBegunAgain) {
  AddContract(ContractYaml("sakura", "a"));
  ASSERT_OK(Start());
  OperatorEnds("sakura");
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

TEST_F(ConfiguredTextsTest, ANewContractThatHasEndedEndsWhatWasInForce) {
  AddContract(ContractYaml("sakura", "a"));
  ASSERT_OK(Start());
  startup_.contracts.clear();
  AddContract(ContractYaml("sakura", "a", "effective_to: 2020-01-01\n"));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"contract_not_in_force\"")));
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("\"event\":\"contract_in_force\""))));
}

TEST_F(ConfiguredTextsTest, TheFileOfAContractThatHasRunOutStopsNoStart) {
  ManualClock later(absl::FromCivil(absl::CivilDay(2195, 1, 1), absl::UTCTimeZone()));
  const std::string file = ContractYaml("sakura", "a", "effective_to: 2190-01-01\n");
  AddContract(file);
  ASSERT_OK(Start());
  ASSERT_OK(StartAt(later));
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("\"event\":\"contract_not_in_force\"")));
  startup_.contracts.clear();
  AddContract("# of old\n" + file);
  EXPECT_OK(StartAt(later));
  OperatorApplies(ContractYaml("sakura", "operator"));
  EXPECT_OK(StartAt(later)) << "older";
  EXPECT_EQ(Versions("sakura"), 2);
}

// The version that begins later was said to be in force.
TEST_F(ConfiguredTextsTest, WhatIsInForceIsToldApartFromWhatIsToCome) {
  AddContract(ContractYaml("sakura", "a"));
  AddContract(ContractYaml("jade", "a", "effective_from: 2190-01-01\n"));
  ASSERT_OK(Start());
  startup_.contracts.erase(startup_.contracts.begin());
  AddContract(ContractYaml("sakura", "b", "effective_from: 2190-02-01\n"));
  ASSERT_OK(Start());
  const auto said = [](const char* event, const char* vendor_id, int version, const char* more) {
    return AllOf(HasSubstr(absl::StrCat("\"event\":\"", event, "\"")),
                 HasSubstr(absl::StrCat("\"vendor_id\":\"", vendor_id, "\"")),
                 HasSubstr(absl::StrCat("\"version\":", version)), HasSubstr(more));
  };
  EXPECT_THAT(lines_,
              ElementsAre(said("contract_not_in_force", "jade", 1, "begins later"),
                          said("contract_to_come", "jade", 1, "\"first_day\":\"2190-01-01\""),
                          said("contract_in_force", "sakura", 1, "\"changed\":false"),
                          said("contract_to_come", "sakura", 2, "\"changed\":true")));
}

// The plan stayed as it was while a contract changed under it.
TEST_F(ConfiguredTextsTest, ThePlanInForceIsHeldToContractsThatChangeUnderIt) {
  const std::string late =
      "vendor_id: jade\nlanguages: [ja]\nwork_types: [{work_type: LATE_COLLECTIONS}]\n";
  AddContract(ContractYaml("sakura", "a"));
  AddContract(ContractYaml("jade", "a"));
  SetPlan(PlanYaml("plan-1", "jade"));
  ASSERT_OK(Start());
  const auto not_covered = Contains(AllOf(
      HasSubstr("\"level\":\"warning\""), HasSubstr("\"event\":\"routing_plan_not_covered\""),
      HasSubstr("routing plan plan-1:5:"), HasSubstr("'jade'"), HasSubstr("EARLY_COLLECTIONS")));
  EXPECT_THAT(lines_, Not(not_covered));
  startup_.contracts.pop_back();
  AddContract(late);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Start());
    EXPECT_EQ(TextInForce("jade"), late);
    EXPECT_THAT(lines_, not_covered);
  }
  startup_.plan.reset();
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, not_covered) << "without a file of it";
  OperatorApplies(ContractYaml("jade", "operator"));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Not(not_covered));
}

// The configuration may name files by longer paths than a hub takes for its errors.
TEST_F(ConfiguredTextsTest, FilesAreTakenWhateverTheirPath) {
  AddContract(ContractYaml("sakura", "a"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  startup_.contracts[0].path = "/" + std::string(250, 'f') + "/" + std::string(250, 'f');
  startup_.plan->path = startup_.contracts[0].path;
  ASSERT_OK(Start());
  EXPECT_EQ(Versions("sakura"), 1);
}

}  // namespace
}  // namespace switchboard
