#include "hub/configured_scripts.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/awaited.h"
#include "hub/configured_texts.h"
#include "hub/contracts/script_check.h"
#include "tests/engine.h"
#include "tests/put_in_force.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// `more` makes texts differ.
std::string ScriptYaml(int version, const std::string& more = "") {
  return absl::StrCat("script_id: reminder\nversion: ", version, "\n", more,
                      "title: A reminder\nsteps:\n  - step_id: greeting\n    wordings: "
                      "[{language: ja, text: はい}]\n");
}

class ConfiguredScriptsTest : public ::testing::Test {
 protected:
  ConfiguredScriptsTest() {
    HubOptions options;
    options.storage = testing::NewStorage(folder_.path().string());
    options.wrapping.key_file = folder_ / "hub.key";
    auto opened = Hub::Open(options, clock_, ids_, executor_, metrics_);
    EXPECT_OK(opened);
    hub_ = *std::move(opened);
    hub_->Start();
  }
  ~ConfiguredScriptsTest() override {
    hub_->writer().Stop();
    executor_.Stop();
  }

  void SetFiles(const std::vector<std::string>& yamls) {
    startup_.scripts.clear();
    for (const std::string& yaml : yamls) {
      auto script = contracts::ParseScript(yaml, "file.yaml");
      ASSERT_OK(script);
      startup_.scripts.push_back({"file.yaml", yaml, *std::move(script)});
    }
  }

  // What a start does with the files; the log's lines are those of this start.
  absl::Status Start() {
    lines_.clear();
    return TakeConfiguredTexts(startup_, *hub_, clock_, metrics_, *log_);
  }

  void OperatorsRelease(const std::string& yaml) {
    Awaited<v1::ReleaseTextResponse> released;
    testing::PutInForce(*hub_, v1::TEXT_KIND_SCRIPT, yaml, "text.yaml", released.done());
    EXPECT_OK(released.Get());
  }

  static auto Said(const char* event, int version, const char* more = "") {
    return AllOf(HasSubstr(absl::StrCat("\"event\":\"", event, "\"")),
                 HasSubstr("\"script_id\":\"reminder\""),
                 HasSubstr(absl::StrCat("\"version\":", version)), HasSubstr(more));
  }

  testing::TemporaryFolder folder_;
  SystemClock clock_;
  IdMint ids_{clock_};
  telemetry::Metrics metrics_;
  std::vector<std::string> lines_;
  std::unique_ptr<telemetry::Log> log_ =
      telemetry::Log::ToSink(clock_,
                             [this](std::string_view line) {
                               if (line.find("script") != std::string_view::npos)
                                 lines_.emplace_back(line);
                             },
                             {});
  ThreadPool executor_{2};
  std::unique_ptr<Hub> hub_;
  Startup startup_;
};

TEST_F(ConfiguredScriptsTest, FilesBeginADatabaseOnce) {
  SetFiles({ScriptYaml(1), ScriptYaml(2)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("script_in_force", 2, "\"changed\":true")));
  SetFiles({"# anew\n" + ScriptYaml(2)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("script_in_force", 2, "\"changed\":false")));
}

TEST_F(ConfiguredScriptsTest, WhatStandsBesideTheFilesIsTold) {
  SetFiles({ScriptYaml(1)});
  ASSERT_OK(Start());
  SetFiles({ScriptYaml(1), ScriptYaml(2)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("script_file_not_released", 1, "switchboard script propose"),
                                  Said("script_in_force", 1)));
  OperatorsRelease(ScriptYaml(3));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("script_file_older", 3, "switchboard script show"),
                                  Said("script_file_not_released", 3, "give it version 4"),
                                  Said("script_in_force", 3)));
  SetFiles({ScriptYaml(1)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("script_file_older", 3, "switchboard script show"),
                                  Said("script_in_force", 3)));
  SetFiles({});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("script_in_force", 3), Said("script_without_file", 3)));
  OperatorsRelease(ScriptYaml(4, "effective_to: 2020-01-01\n"));
  SetFiles({ScriptYaml(4, "effective_to: 2020-01-01\n")});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("script_not_in_force", 4, "switchboard script history")));
}

}  // namespace
}  // namespace switchboard
