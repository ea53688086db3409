#include "hub/configured_packs.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/configured_versions_fixture.h"
#include "hub/rules/pack_check.h"

namespace switchboard {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// `more` makes texts differ.
std::string PackYaml(const std::string& id, int version, const std::string& more = "") {
  return absl::StrCat(
      "pack_id: ", id, "\nversion: ", version, "\n", more,
      "title: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n  - rule_id: ", id,
      ".one\n    strength: LAW\n    source: a law\n    verification: CONFIRMED\n    forbid: {}\n");
}

class ConfiguredPacksTest : public testing::ConfiguredVersionsTest {
 protected:
  ConfiguredPacksTest() : ConfiguredVersionsTest(v1::TEXT_KIND_RULE_PACK, "pack_id", "") {}

  // These files, each named by its pack and version.
  void SetFiles(const std::vector<std::string>& yamls) {
    startup_.rule_packs.clear();
    for (const std::string& yaml : yamls) {
      auto pack = rules::ParseRulePack(yaml, "file.yaml");
      ASSERT_OK(pack);
      const std::string path = absl::StrCat(pack->pack_id(), "-", pack->version(), ".yaml");
      startup_.rule_packs.push_back({path, yaml, *std::move(pack)});
    }
  }
};

TEST_F(ConfiguredPacksTest, FilesBeginADatabaseOnce) {
  SetFiles({PackYaml("jp", 1), PackYaml("jp", 2), PackYaml("us", 7)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_in_force", "jp", 2, "\"changed\":true"),
                                  Said("rule_pack_in_force", "us", 7, "\"changed\":true")));
  const auto nothing_new = ElementsAre(Said("rule_pack_in_force", "jp", 2, "\"changed\":false"),
                                       Said("rule_pack_in_force", "us", 7, "\"changed\":false"));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, nothing_new);
  // Written anew by whatever wrote it, it says the same.
  SetFiles({absl::StrReplaceAll(PackYaml("jp", 2), {{"\n", "\r\n"}}), "# c\n" + PackYaml("us", 7)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, nothing_new);
}

TEST_F(ConfiguredPacksTest, AFileOlderThanWhatWasReleasedIsLeft) {
  SetFiles({PackYaml("jp", 1)});
  ASSERT_OK(Start());
  OperatorsRelease(PackYaml("jp", 3));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_file_older", "jp", 3, "switchboard rules show"),
                                  Said("rule_pack_in_force", "jp", 3, "\"changed\":false")));
  // One that was never released cannot be any more.
  SetFiles({PackYaml("jp", 2), PackYaml("jp", 3)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_file_not_released", "jp", 3, "give it version 4"),
                                  Said("rule_pack_in_force", "jp", 3)));
  SetFiles({PackYaml("jp", 3), PackYaml("jp", 4)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_file_not_released", "jp", 3,
                                       "switchboard rules propose FILE"),
                                  Said("rule_pack_in_force", "jp", 3, "\"changed\":false")));
}

TEST_F(ConfiguredPacksTest, AVersionWithAnotherMeaningIsToldAndNotTaken) {
  OperatorsRelease(PackYaml("jp", 1));
  SetFiles({PackYaml("at", 1), PackYaml("jp", 1, "effective_from: 2026-01-01\n")});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_file_not_released", "at", 0, "at-1.yaml"),
                                  Said("rule_pack_file_not_released", "jp", 1, "give it version 2"),
                                  Said("rule_pack_in_force", "jp", 1)));
  SetFiles({PackYaml("jp", 1)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_in_force", "jp", 1)));
}

TEST_F(ConfiguredPacksTest, WhatIsInForceWithoutAFileIsTold) {
  OperatorsRelease(PackYaml("jp", 2));
  OperatorsRelease(PackYaml("us", 1, "effective_to: 2020-01-01\n"));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_in_force", "jp", 2),
                                  Said("rule_pack_without_file", "jp", 2, "effective_to")));
}

TEST_F(ConfiguredPacksTest, AFileOfNoDayOfTodayIsTold) {
  SetFiles({PackYaml("jp", 1, "effective_from: 2190-01-01\n")});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_not_in_force", "jp", 1, "effective_from"),
                                  HasSubstr("\"event\":\"no_rule_pack\"")));
}

TEST_F(ConfiguredPacksTest, ThatThePackForElsewhereIsMissingIsTold) {
  startup_.config.set_rule_pack_elsewhere("house");
  SetFiles({PackYaml("jp", 1)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Contains(AllOf(HasSubstr("\"event\":\"rule_pack_elsewhere_unknown\""),
                                     HasSubstr("\"pack_id\":\"house\""))));
  OperatorsRelease(PackYaml("house", 1));
  SetFiles({PackYaml("house", 1), PackYaml("jp", 1)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_in_force", "house", 1),
                                  Said("rule_pack_in_force", "jp", 1)));
}

// The configuration may name files by longer paths than a hub takes for its errors.
TEST_F(ConfiguredPacksTest, FilesAreTakenWhateverTheirPath) {
  SetFiles({PackYaml("jp", 1)});
  startup_.rule_packs[0].path = "/" + std::string(250, 'f') + "/" + std::string(250, 'f');
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("rule_pack_in_force", "jp", 1)));
}

}  // namespace
}  // namespace switchboard
