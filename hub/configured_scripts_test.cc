#include "hub/configured_scripts.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/configured_versions_fixture.h"
#include "hub/contracts/script_check.h"

namespace switchboard {
namespace {

using ::testing::ElementsAre;

// `more` makes texts differ.
std::string ScriptYaml(int version, const std::string& more = "") {
  return absl::StrCat("script_id: reminder\nversion: ", version, "\n", more,
                      "title: A reminder\nsteps:\n  - step_id: greeting\n    wordings: "
                      "[{language: ja, text: はい}]\n");
}

class ConfiguredScriptsTest : public testing::ConfiguredVersionsTest {
 protected:
  ConfiguredScriptsTest() : ConfiguredVersionsTest(v1::TEXT_KIND_SCRIPT, "script_id", "script") {}

  void SetFiles(const std::vector<std::string>& yamls) {
    startup_.scripts.clear();
    for (const std::string& yaml : yamls) {
      auto script = contracts::ParseScript(yaml, "file.yaml");
      ASSERT_OK(script);
      startup_.scripts.push_back({"file.yaml", yaml, *std::move(script)});
    }
  }

  auto Said(const char* event, int version, const char* more = "") const {
    return ConfiguredVersionsTest::Said(event, "reminder", version, more);
  }
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
