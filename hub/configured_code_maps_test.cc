#include "hub/configured_code_maps.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/configured_versions_fixture.h"
#include "hub/contracts/contract_check.h"
#include "hub/results/code_map_check.h"

namespace switchboard {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// `more` makes texts differ.
std::string MapYaml(const std::string& vendor_id, int version, const std::string& more = "") {
  return absl::StrCat("vendor_id: ", vendor_id, "\nversion: ", version, "\n", more,
                      "title: A dialler\ndeclared_codes: [NA]\nmeanings:\n  - codes: [NA]\n"
                      "    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}\n");
}

class ConfiguredCodeMapsTest : public testing::ConfiguredVersionsTest {
 protected:
  ConfiguredCodeMapsTest()
      : ConfiguredVersionsTest(v1::TEXT_KIND_CODE_MAP, "vendor_id", "code_map") {
    for (const std::string vendor_id : {"jade", "sakura"}) {
      const std::string yaml =
          absl::StrCat("vendor_id: ", vendor_id,
                       "\nlanguages: [ja]\nwork_types: [{work_type: EARLY_COLLECTIONS}]\n");
      auto contract = contracts::ParseContract(yaml, "contract.yaml");
      EXPECT_OK(contract);
      startup_.contracts.push_back({"contract.yaml", yaml, *std::move(contract)});
    }
  }

  // These files, each named by its vendor and version.
  void SetFiles(const std::vector<std::string>& yamls) {
    startup_.code_maps.clear();
    for (const std::string& yaml : yamls) {
      auto map = results::ParseCodeMap(yaml, "file.yaml");
      ASSERT_OK(map);
      const std::string path = absl::StrCat(map->vendor_id(), "-", map->version(), ".yaml");
      startup_.code_maps.push_back({path, yaml, *std::move(map)});
    }
  }
};

TEST_F(ConfiguredCodeMapsTest, FilesBeginADatabaseOnce) {
  SetFiles({MapYaml("jade", 7), MapYaml("sakura", 1), MapYaml("sakura", 2)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("code_map_in_force", "jade", 7, "\"changed\":true"),
                                  Said("code_map_in_force", "sakura", 2, "\"changed\":true")));
  SetFiles({MapYaml("jade", 7), "# anew\n" + MapYaml("sakura", 2)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("code_map_in_force", "jade", 7, "\"changed\":false"),
                                  Said("code_map_in_force", "sakura", 2, "\"changed\":false")));
}

TEST_F(ConfiguredCodeMapsTest, AFileOlderThanWhatWasReleasedIsLeft) {
  SetFiles({MapYaml("sakura", 1)});
  ASSERT_OK(Start());
  OperatorsRelease(MapYaml("sakura", 3));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_,
              ElementsAre(Said("code_map_file_older", "sakura", 3, "switchboard codes show"),
                          Said("code_map_in_force", "sakura", 3, "\"changed\":false")));
  SetFiles({MapYaml("sakura", 2)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_,
              ElementsAre(Said("code_map_file_not_released", "sakura", 3, "give it version 4"),
                          Said("code_map_in_force", "sakura", 3)));
}

TEST_F(ConfiguredCodeMapsTest, AVersionWithAnotherMeaningIsToldAndNotTaken) {
  OperatorsRelease(MapYaml("sakura", 1));
  SetFiles({MapYaml("jade", 1), MapYaml("sakura", 1, "effective_from: 2026-01-01\n")});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, Contains(Said("code_map_file_not_released", "jade", 0, "jade-1.yaml")));
  EXPECT_THAT(lines_,
              Contains(Said("code_map_file_not_released", "sakura", 1, "give it version 2")));
  EXPECT_THAT(lines_, Contains(Said("code_map_in_force", "sakura", 1)));
}

TEST_F(ConfiguredCodeMapsTest, WhatIsInForceWithoutAFileIsTold) {
  ASSERT_OK(Start());
  OperatorsRelease(MapYaml("sakura", 2));
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("code_map_in_force", "sakura", 2),
                                  Said("code_map_without_file", "sakura", 2, "name its file")));
}

TEST_F(ConfiguredCodeMapsTest, AFileWhoseFirstDayIsToComeIsTold) {
  SetFiles({MapYaml("sakura", 1, "effective_from: 2190-01-01\n")});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("code_map_not_in_force", "sakura", 1, "effective_from")));
}

TEST_F(ConfiguredCodeMapsTest, AFileOfAVendorWithoutAContractIsTold) {
  SetFiles({MapYaml("sakrua", 1)});
  ASSERT_OK(Start());
  EXPECT_THAT(lines_,
              ElementsAre(Said("code_map_in_force", "sakrua", 1),
                          AllOf(HasSubstr("\"event\":\"code_map_without_contract\""),
                                HasSubstr("\"level\":\"warning\""), HasSubstr("sakrua-1.yaml"))));
}

// The configuration may name files by longer paths than a hub takes for its errors.
TEST_F(ConfiguredCodeMapsTest, FilesAreTakenWhateverTheirPath) {
  SetFiles({MapYaml("sakura", 1)});
  startup_.code_maps[0].path = "/" + std::string(250, 'f') + "/" + std::string(250, 'f');
  ASSERT_OK(Start());
  EXPECT_THAT(lines_, ElementsAre(Said("code_map_in_force", "sakura", 1)));
}

}  // namespace
}  // namespace switchboard
