#include "hub/configured_texts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/awaited.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"
#include "hub/storage/submit.h"
#include "tests/engine.h"
#include "tests/put_in_force.h"
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
  ConfiguredTextsTest() { Open(); }
  ~ConfiguredTextsTest() override {
    hub_->writer().Stop();
    executor_.Stop();
  }

  void Open() {
    HubOptions options;
    options.storage = storage_;
    options.wrapping.key_file = folder_ / "hub.key";
    auto opened = Hub::Open(options, clock_, ids_, executor_, metrics_);
    EXPECT_OK(opened);
    hub_ = *std::move(opened);
    hub_->Start();
  }
  // Another start at the same database, which remembers nothing.
  void OpenAnew() {
    hub_->writer().Stop();
    hub_.reset();
    Open();
  }
  void Alter(const char* sql) {
    Awaited<bool> altered;
    storage::SubmitFor<bool>(
        hub_->writer(), storage::Urgency::kUrgent, "hub",
        [sql](storage::Transaction& transaction) -> absl::StatusOr<bool> {
          RETURN_IF_ERROR(transaction.Execute(sql, {}).status());
          return true;
        },
        altered.done());
    EXPECT_OK(altered.Get());
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
    RETURN_IF_ERROR(CheckConfiguredTexts(startup_, *hub_, clock));
    return TakeConfiguredTexts(startup_, *hub_, clock, metrics_, *log_);
  }

  // Two operators' word, over and done.
  void PutInForce(v1::TextKind kind, const std::string& yaml) {
    Awaited<v1::ReleaseTextResponse> released;
    testing::PutInForce(*hub_, kind, yaml, "text.yaml", released.done());
    EXPECT_OK(released.Get());
  }
  void OperatorsRelease(const std::string& yaml) { PutInForce(v1::TEXT_KIND_CONTRACT, yaml); }
  void OperatorsReleasePlan(const std::string& yaml) {
    PutInForce(v1::TEXT_KIND_ROUTING_PLAN, yaml);
  }
  void OperatorEnds(const std::string& vendor_id) {
    v1::EndContractRequest request;
    request.set_vendor_id(vendor_id);
    Awaited<v1::EndContractResponse> ended;
    hub_->operator_api().EndContract({identity::Peer::Role::kOperator, "ito"}, request,
                                     ended.done());
    EXPECT_OK(ended.Get());
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
      ASSIGN_OR_RETURN(const auto plan, hub_->routing_plans().At(reader, clock_.Now()));
      text = plan.yaml;
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
  const storage::StorageOptions storage_ = testing::NewStorage(folder_.path().string());
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
  Startup startup_;
};

// The hub starts, and says what it does without.
TEST_F(ConfiguredTextsTest, TextsThatWereAlteredAreToldAndKeepNoHubFromStarting) {
  constexpr char kCodeMap[] =
      "vendor_id: sakura\nversion: 1\ntitle: A dialler\ndeclared_codes: [NA]\nmeanings:\n"
      "  - codes: [NA]\n    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}\n";
  constexpr char kScript[] =
      "script_id: early\nversion: 1\ntitle: A script\nsteps:\n"
      "  - {step_id: greeting, wordings: [{language: ja, text: もしもし}]}\n";
  AddContract(ContractYaml("sakura", "a"));
  AddContract(ContractYaml("fuji", "a"));
  SetPlan(PlanYaml("plan-1", "fuji"));
  ASSERT_OK(Start());
  PutInForce(v1::TEXT_KIND_CODE_MAP, kCodeMap);
  PutInForce(v1::TEXT_KIND_SCRIPT, kScript);
  for (const char* sql :
       {"UPDATE contract SET yaml = '' WHERE vendor_id = 'sakura'",
        "UPDATE routing_plan SET yaml = ''", "UPDATE versioned_text SET yaml = ''"})
    Alter(sql);
  OpenAnew();
  ASSERT_OK(Start());
  const auto line = [](const std::string& event, const std::string& id) {
    return Contains(
        AllOf(HasSubstr("\"" + event + "\""), HasSubstr(id), HasSubstr("TEXT_ALTERED")));
  };
  EXPECT_THAT(lines_, line("contract_text_altered", "sakura"));
  EXPECT_THAT(lines_, line("routing_plan_text_altered", "routing plan"));
  EXPECT_THAT(lines_, line("code_map_text_altered", "sakura"));
  EXPECT_THAT(lines_, line("script_text_altered", "early"));
  EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"contract_in_force\""), HasSubstr("fuji"))));
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("\"contract_not_in_force\""))));
}

TEST_F(ConfiguredTextsTest, FilesBeginADatabaseOnce) {
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
TEST_F(ConfiguredTextsTest, WhatOperatorsReleasedLastStays) {
  const std::string file = ContractYaml("sakura", "file");
  const std::string operators = ContractYaml("sakura", "operator");
  AddContract(file);
  ASSERT_OK(Start());
  OperatorsRelease(operators);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Start());
    EXPECT_EQ(TextInForce("sakura"), operators);
    EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"level\":\"warning\""),
                                       HasSubstr("\"event\":\"contract_file_older\""),
                                       HasSubstr("\"vendor_id\":\"sakura\""),
                                       HasSubstr("switchboard contract propose FILE"))));
  }
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("contract_files_passed_over{vendor_id=\"sakura\",why=\"older\"} 1\n"));
  // And the operators' own return to the file's text is no difference.
  OperatorsRelease(file);
  ASSERT_OK(Start());
  EXPECT_EQ(Versions("sakura"), 3);
  EXPECT_THAT(lines_, Not(Contains(HasSubstr("contract_file_older"))));
}

// A file of another checkout, or of a second hub, brought in what nobody here had ever released.
TEST_F(ConfiguredTextsTest, AFileThatWasNeverReleasedIsToldAndNotTaken) {
  const std::string stands = ContractYaml("sakura", "1"), plan = PlanYaml("plan-1", "sakura");
  AddContract(stands);
  SetPlan(plan);
  ASSERT_OK(Start());
  startup_.contracts.clear();
  AddContract(ContractYaml("sakura", "an edit"));
  AddContract(ContractYaml("jade", "new"));
  SetPlan(PlanYaml("plan-0", "jade"));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Start());
    EXPECT_EQ(TextInForce("sakura"), stands);
    EXPECT_EQ(Versions("sakura"), 1);
    EXPECT_EQ(Versions("jade"), 0);
    EXPECT_EQ(PlanInForce(), plan);
    for (const char* vendor_id : {"sakura", "jade"}) {
      EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"level\":\"warning\""),
                                         HasSubstr("\"event\":\"contract_file_not_released\""),
                                         HasSubstr(absl::StrCat("\"vendor_id\":\"", vendor_id)),
                                         HasSubstr("switchboard contract propose FILE"))));
    }
    EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"event\":\"routing_plan_file_not_released\""),
                                       HasSubstr("switchboard routing propose FILE"))));
  }
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("contract_files_passed_over{vendor_id=\"jade\",why=\"not_released\"} 1"));
}

// What an operator released before the first file came is a beginning as well.
TEST_F(ConfiguredTextsTest, FilesBeginNoDatabaseThatHasATextOfAnyKind) {
  PutInForce(v1::TEXT_KIND_SCRIPT,
             "script_id: reminder\nversion: 1\ntitle: A reminder\nsteps:\n  - step_id: greeting\n"
             "    wordings: [{language: ja, text: はい}]\n");
  AddContract(ContractYaml("sakura", "a"));
  ASSERT_OK(Start());
  EXPECT_EQ(Versions("sakura"), 0);
  EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"contract_file_not_released\"")));
}

TEST_F(ConfiguredTextsTest, ThePlanThatOperatorsReleasedStays) {
  AddContract(ContractYaml("sakura", "a"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  ASSERT_OK(Start());
  const std::string operators = PlanYaml("plan-2", "sakura");
  OperatorsReleasePlan(operators);
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
      OperatorsRelease(operators);
      OperatorsReleasePlan(operators_plan);
      ASSERT_OK(Start()) << row.name;
    }
    EXPECT_EQ(TextInForce("sakura"), operators) << row.name;
    EXPECT_EQ(Versions("sakura"), 2) << row.name;
    EXPECT_EQ(PlanInForce(), operators_plan) << row.name;
    EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"contract_file_older\""))) << row.name;
    EXPECT_THAT(lines_, Contains(HasSubstr("\"event\":\"routing_plan_file_older\""))) << row.name;
    // Nor does the operator's own text.
    OperatorsRelease(row.write(operators));
    OperatorsReleasePlan(row.write(operators_plan));
    EXPECT_EQ(Versions("sakura"), 2) << row.name;
    EXPECT_EQ(PlanInForce(), operators_plan) << row.name;
  }
  startup_.contracts.clear();
  AddContract(file + "vendor_group: sakura\npermits: {lifetime: 120s}\n");
  ASSERT_OK(Start());
  EXPECT_EQ(Versions("sakura"), 2) << "defaults written out";
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

// The plan of a new database is held to what will be in force, before anything is.
TEST_F(ConfiguredTextsTest, APlanThatTheContractsDoNotCoverBeginsNothing) {
  AddContract(ContractYaml("sakura", "a"));
  AddContract(ContractYaml("beni", "a", "effective_to: 2020-01-01\n"));
  for (const char* vendor_id : {"jade", "beni"}) {
    SetPlan(PlanYaml("plan-1", vendor_id));
    EXPECT_THAT(Start(), FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_INVALID"));
    EXPECT_THAT(lines_, IsEmpty());
    EXPECT_EQ(Versions("sakura"), 0) << "all or none";
  }
  SetPlan(PlanYaml("plan-1", "sakura"));
  ASSERT_OK(Start());
  // Of one that is not put in force nothing is asked.
  SetPlan(PlanYaml("plan-2", "jade"));
  EXPECT_OK(Start());
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
  OperatorsRelease(ContractYaml("sakura", "operator"));
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
  OperatorsRelease(startup_.contracts.back().yaml);
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
                          said("contract_to_come", "sakura", 2, "\"changed\":false")));
}

TEST_F(ConfiguredTextsTest, APlanThatBeginsLaterIsToldApart) {
  AddContract(ContractYaml("sakura", "a"));
  SetPlan(PlanYaml("plan-1", "sakura"));
  ASSERT_OK(Start());
  SetPlan("effective_from: 2190-02-01\n" + PlanYaml("plan-2", "sakura"));
  OperatorsReleasePlan(startup_.plan->yaml);
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"event\":\"routing_plan_in_force\""),
                                     HasSubstr("\"plan_id\":\"plan-1\""))));
  EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"event\":\"routing_plan_to_come\""),
                                     HasSubstr("\"plan_id\":\"plan-2\""),
                                     HasSubstr("\"first_day\":\"2190-02-01\""))));
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
  OperatorsRelease(late);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Start());
    EXPECT_EQ(TextInForce("jade"), late);
    EXPECT_THAT(lines_, not_covered);
  }
  startup_.plan.reset();
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, not_covered) << "without a file of it";
  OperatorsRelease(ContractYaml("jade", "operator"));
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
