// Rule packs at a hub: list, diff.

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPack[] =
    "pack_id: xx\nversion: 3\ntitle: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
    "  - rule_id: xx.hours\n    strength: LAW\n    source: a law\n    verification: UNVERIFIED\n"
    "    hours: {open: [{from: \"08:00\", to: \"21:00\"}]}\n"
    "  - rule_id: xx.never\n    strength: LAW\n    source: a law\n    verification: CONFIRMED\n"
    "    forbid: {}\n";

class RulePackCommandsTest : public ::testing::Test {
 protected:
  // The pack with parts replaced, as a file.
  std::string File(const std::vector<std::pair<std::string, std::string>>& changes) {
    testing::WriteFile(folder_ / "xx.yaml", absl::StrReplaceAll(kPack, changes));
    return folder_ / "xx.yaml";
  }
  Ran Diff(const std::vector<std::pair<std::string, std::string>>& changes) {
    auto& history = script_.Answer<v1::ListReleasesResponse>();
    for (const int version : {2, 3, 1}) history.add_releases()->set_version(version);
    script_.Answer<v1::ShowTextResponse>().set_yaml(kPack);
    return RunOnline({"rules", "diff", File(changes), "--json", folder_ / "diff.json"}, script_);
  }

  testing::TemporaryFolder folder_;
  Script script_;
};

TEST_F(RulePackCommandsTest, ListShowsEachVersionAndWhichIsInForce) {
  auto& response = script_.Answer<v1::ListRulePacksResponse>();
  for (const int version : {1, 2}) {
    auto& line = *response.add_packs();
    line.set_pack_id("us-ma");
    line.set_version(version);
    line.set_title("Massachusetts");
    line.set_country("US");
    line.set_region("MA");
    line.set_rules(12);
    line.set_unverified_rules(3);
    line.set_in_force(version == 1);
    line.set_proposed_by("operator/ito");
    line.set_released_by("operator/sato");
    *line.mutable_release_time() = TimeUtil::SecondsToTimestamp(1767225600);
  }
  auto& first_day = *response.mutable_packs(1)->mutable_effective_from();
  first_day.set_year(2027);
  first_day.set_month(4);
  first_day.set_day(1);
  const Ran ran = RunOnline({"rules", "list"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2027-04-01"));
  EXPECT_THAT(ran.out, HasSubstr("2026-01-01 00:00:00"));
  EXPECT_THAT(ran.out, HasSubstr("operator/ito  operator/sato  2026-01-01 00:00:00"));
  EXPECT_THAT(ran.out, HasSubstr("2 versions of rule packs, 1 in force\n"));
  script_.Answer<v1::ListRulePacksResponse>();
  EXPECT_THAT(RunOnline({"rules", "list"}, script_).out, HasSubstr("nobody may be contacted"));
}

TEST_F(RulePackCommandsTest, DiffNamesRulesAndTheirFields) {
  const Ran ran = Diff({{"version: 3", "version: 4"},
                        {"title: A pack", "title: Another pack"},
                        {"from: \"08:00\"", "from: \"09:00\""},
                        {"verification: UNVERIFIED", "verification: CONFIRMED"},
                        {"xx.never", "xx.ever"}});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(script_.Asked<v1::ListReleasesRequest>().text_id(), "xx");
  EXPECT_EQ(script_.Asked<v1::ShowTextRequest>().kind(), v1::TEXT_KIND_RULE_PACK);
  EXPECT_EQ(script_.Asked<v1::ShowTextRequest>().version(), 3) << "the highest, in force or not";
  EXPECT_EQ(ran.out,
            "  pack     title\n"
            "  added    xx.ever\n"
            "  removed  xx.never\n"
            "  changed  xx.hours: verification, hours\n"
            "rule pack xx: version 3 released -> version 4 of the file: 1 rule added, 1 removed, 1 "
            "changed\n");
  EXPECT_THAT(testing::ReadFile(folder_ / "diff.json"),
              AllOf(HasSubstr("\"changed\":[{\"rule_id\":\"xx.hours\",\"fields\":["
                              "\"verification\",\"hours\"]}]"),
                    HasSubstr("\"released_version\":3,\"version\":4")));
}

TEST_F(RulePackCommandsTest, DiffOfTheSameIsGood) {
  const Ran same = Diff({});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_EQ(same.out, "rule pack xx: version 3 released -> version 3 of the file: the same\n");
  const Ran written_anew = Diff({{"version: 3", "version: 4  # a comment"}});
  EXPECT_EQ(written_anew.code, 0);
  EXPECT_THAT(written_anew.out, HasSubstr("version 4 of the file: the same\n"));
}

TEST_F(RulePackCommandsTest, DiffSaysThatTheVersionMustGrow) {
  const Ran ran = Diff({{"source: a law", "source: another law"}});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("0 rules added, 0 removed, 2 changed; to be proposed it needs "
                                 "version 4 or higher\n"));
}

TEST_F(RulePackCommandsTest, DiffWithNothingReleasedIsAllNew) {
  const Ran ran = RunOnline({"rules", "diff", File({})}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, StartsWith("  added    xx.hours\n  added    xx.never\nrule pack xx: nothing "
                                  "released -> version 3 of the file: 2 rules added"));
  EXPECT_THAT(ran.out, Not(HasSubstr("pack     ")));
  script_.failure = absl::UnavailableError("Connection refused");
  EXPECT_THAT(RunOnline({"rules", "diff", File({})}, script_).err, HasSubstr("refused"));
}

}  // namespace
}  // namespace switchboard::cli
