// The packs that are shipped, held to the cases that compliance officers wrote, file by file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

  std::vector<Case> Cases(const v1::RulePack& pack) {
    std::vector<Case> all;
    for (const char* folder : {"cases", "cases/more"}) {
      const std::string file = GetParam() + ".yaml";
      auto cases = ParseCases(Read(Folder(folder) / file), std::string(folder) + "/" + file, pack);
      EXPECT_TRUE(cases.ok()) << cases.status();
      if (cases.ok()) std::move(cases->begin(), cases->end(), std::back_inserter(all));
    }
    return all;
  }
};

TEST_P(ShippedPackTest, SaysWhatTheCasesExpect) {
  const auto pack = Pack();
  ASSERT_NE(pack, nullptr);
  for (const Case& one : Cases(pack->pack())) {
    EXPECT_THAT(RunCase(pack, one).differences, testing::IsEmpty())
        << "line " << one.line << ": " << one.name;
  }
}

// A rule, or an exception, that could be left out without any case noticing is not held by them.
TEST_P(ShippedPackTest, NoRuleCanBeLeftOut) {
  const auto pack = Pack();
  ASSERT_NE(pack, nullptr);
  const std::vector<Case> cases = Cases(pack->pack());
  const auto notices = [&](v1::RulePack changed) {
    const auto compiled = CompiledPack::Compile(std::move(changed));
    return std::any_of(cases.begin(), cases.end(), [&](const Case& one) {
      return !RunCase(compiled, one).differences.empty();
    });
  };
  for (int i = 0; i < pack->pack().rules_size(); ++i) {
    v1::RulePack without = pack->pack();
    without.mutable_rules()->DeleteSubrange(i, 1);
    EXPECT_TRUE(notices(without)) << pack->pack().rules(i).rule_id();
    for (int exception = 0; exception < pack->pack().rules(i).unless_size(); ++exception) {
      v1::RulePack stricter = pack->pack();
      stricter.mutable_rules(i)->mutable_unless()->DeleteSubrange(exception, 1);
      EXPECT_TRUE(notices(stricter))
          << pack->pack().rules(i).rule_id() << ", exception " << exception;
    }
  }
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
  const auto names = [](const char* folder) {
    std::vector<std::string> found;
    for (const auto& [name, path] : FilesIn(Folder(folder))) found.push_back(name);
    return found;
  };
  EXPECT_EQ(names("packs"), names("cases"));
  EXPECT_EQ(names("packs"), names("cases/more"));
  EXPECT_EQ(names("packs").size(), 9u);
}

}  // namespace
}  // namespace switchboard::rules
