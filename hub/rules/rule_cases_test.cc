// The packs that are shipped, held to the cases that compliance officers wrote, file by file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "hub/rules/case_file.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/pack_check.h"

namespace switchboard::rules {
namespace {

namespace fs = std::filesystem;

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

fs::path Folder(const char* name) { return fs::path(SWITCHBOARD_RULES) / name; }

std::map<std::string, fs::path> FilesIn(const fs::path& folder) {
  std::map<std::string, fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files[entry.path().stem()] = entry.path();
  }
  return files;
}

class ShippedPackTest : public testing::TestWithParam<std::string> {
 protected:
  std::shared_ptr<const CompiledPack> Pack() {
    const fs::path path = Folder("packs") / (GetParam() + ".yaml");
    auto pack = ParseRulePack(Read(path), path.filename().string());
    EXPECT_TRUE(pack.ok()) << pack.status();
    return pack.ok() ? CompiledPack::Compile(*pack) : nullptr;
  }

  // Runs every case of a folder's file for this pack, if there is one.
  void Run(const std::shared_ptr<const CompiledPack>& pack, const fs::path& file) {
    const auto cases = ParseCases(Read(file), file.filename().string(), pack->pack());
    ASSERT_TRUE(cases.ok()) << cases.status();
    for (const Case& one : *cases) {
      const CaseResult result = RunCase(pack, one);
      EXPECT_THAT(result.differences, testing::IsEmpty())
          << file.filename().string() << ":" << one.line << ": " << one.name;
    }
  }
};

TEST_P(ShippedPackTest, SaysWhatTheCasesExpect) {
  const auto pack = Pack();
  ASSERT_NE(pack, nullptr);
  Run(pack, Folder("cases") / (GetParam() + ".yaml"));
}

INSTANTIATE_TEST_SUITE_P(Packs, ShippedPackTest,
                         testing::Values("cn", "in", "jp", "kr", "tw", "uk", "us", "us-ma",
                                         "us-nyc"),
                         [](const auto& pack) {
                           std::string name = pack.param;
                           name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                           return name;
                         });

// A file that no test names would never be read.
TEST(ShippedPacksTest, EachHasItsCases) {
  std::vector<std::string> packs, cases;
  for (const auto& [name, path] : FilesIn(Folder("packs"))) packs.push_back(name);
  for (const auto& [name, path] : FilesIn(Folder("cases"))) cases.push_back(name);
  EXPECT_EQ(packs, cases);
  EXPECT_EQ(packs.size(), 9u);
}

}  // namespace
}  // namespace switchboard::rules
