// Code maps: lint, and at a hub list, diff, unmapped.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kMap[] =
    "vendor_id: sakura\nversion: 3\ntitle: A dialler\ndeclared_codes: [NA, DNC, OLD]\nmeanings:\n"
    "  - codes: [NA]\n"
    "    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}\n"
    "  - codes: [DNC]\n    title: Do not call\n"
    "    result: {connection: ANSWERED, reached: PERSON, disposition: RIGHT_PARTY}\n"
    "  - codes: [OLD]\n    same_as: NA\n";

class CodesCommandsTest : public ::testing::Test {
 protected:
  // The map with parts replaced, as a file.
  std::string File(const std::vector<std::pair<std::string, std::string>>& changes) {
    testing::WriteFile(folder_ / "sakura.yaml", absl::StrReplaceAll(kMap, changes));
    return folder_ / "sakura.yaml";
  }
  Ran Diff(const std::vector<std::pair<std::string, std::string>>& changes) {
    script_.Answer<v1::ListReleasesResponse>().add_releases()->set_version(3);
    script_.Answer<v1::ShowTextResponse>().set_yaml(kMap);
    return RunOnline({"codes", "diff", File(changes), "--json", folder_ / "diff.json"}, script_);
  }

  testing::TemporaryFolder folder_;
  Script script_;
};

TEST_F(CodesCommandsTest, LintNamesThePlaceWithoutAHub) {
  ManualClock clock;
  const std::string good = File({});
  testing::WriteFile(folder_ / "hole.yaml", absl::StrReplaceAll(kMap, {{"DNC, OLD", "DNC, X"}}));
  const Ran ran = RunLine({"codes", "lint", good, folder_ / "hole.yaml"}, script_, clock);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("sakura version 3: A dialler, 3 codes\n"));
  EXPECT_THAT(ran.out, HasSubstr("hole.yaml:11:13: meanings[2].codes[0]: is not among"));
  EXPECT_THAT(ran.out, HasSubstr("1 of 2 code maps not good\n"));
  const Ran fine = RunLine({"codes", "check", good, "--json", "-"}, script_, clock);
  EXPECT_EQ(fine.code, 0);
  EXPECT_THAT(fine.out, AllOf(HasSubstr("\"vendor_id\":\"sakura\",\"version\":3,\"codes\":3"),
                              HasSubstr("1 code map checked, all good")));
}

TEST_F(CodesCommandsTest, ListShowsEachVersionAndWhichIsInForce) {
  auto& response = script_.Answer<v1::ListCodeMapsResponse>();
  for (const int version : {1, 2}) {
    auto& line = *response.add_maps();
    line.set_vendor_id("sakura");
    line.set_version(version);
    line.set_title("A dialler");
    line.set_codes(1'079);
    line.set_in_force(version == 1);
    line.set_proposed_by("operator/ito");
    line.set_released_by("operator/sato");
    *line.mutable_release_time() = TimeUtil::SecondsToTimestamp(1767225600);
  }
  auto& first_day = *response.mutable_maps(1)->mutable_effective_from();
  first_day.set_year(2027);
  first_day.set_month(4);
  first_day.set_day(1);
  const Ran ran = RunOnline({"codes", "list"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2027-04-01"));
  EXPECT_THAT(ran.out, HasSubstr("1,079"));
  EXPECT_THAT(ran.out, HasSubstr("2026-01-01 00:00:00"));
  EXPECT_THAT(ran.out, HasSubstr("operator/ito  operator/sato  2026-01-01 00:00:00"));
  EXPECT_THAT(ran.out, HasSubstr("2 versions of code maps, 1 in force\n"));
}

TEST_F(CodesCommandsTest, DiffNamesCodesAndWhatTheyMean) {
  const Ran ran = Diff({{"version: 3", "version: 4\neffective_from: 2027-04-01"},
                        {"title: A dialler", "title: Another dialler"},
                        {"DNC, OLD", "DNC, NEW"},
                        {"[OLD]", "[NEW]"},
                        {"title: Do not call\n", "title: Stop\n"},
                        {"disposition: RIGHT_PARTY",
                         "disposition: CEASE_CONTACT, stop_wanted: "
                         "true, opted_out_of: [SMS, EMAIL]"}});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out,
            "  map      title, effective_from\n"
            "  added    NEW: RANG_OUT NOBODY NONE\n"
            "  removed  OLD: RANG_OUT NOBODY NONE\n"
            "  changed  DNC: disposition RIGHT_PARTY -> CEASE_CONTACT, stop_wanted no -> yes, "
            "opted_out_of none -> SMS+EMAIL, title Do not call -> Stop\n"
            "code map sakura: version 3 released -> version 4 of the file: 1 code added, 1 "
            "removed, 1 changed; it would be read for contacts from 2027-04-01 (UTC) on\n");
  EXPECT_THAT(
      testing::ReadFile(folder_ / "diff.json"),
      AllOf(HasSubstr("\"removed\":[{\"code\":\"OLD\",\"means\":\"RANG_OUT NOBODY NONE\"}]"),
            HasSubstr("{\"field\":\"stop_wanted\",\"before\":\"no\",\"after\":\"yes\"}"),
            HasSubstr("\"released_version\":3,\"version\":4")));
}

// How a meaning is written down is none of its meaning.
TEST_F(CodesCommandsTest, DiffOfTheSameIsGood) {
  const Ran same = Diff({});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_EQ(same.out, "code map sakura: version 3 released -> version 3 of the file: the same\n");
  const Ran written_anew = Diff({{"version: 3", "version: 4"},
                                 {"codes: [NA]", "codes: [NA, OLD]"},
                                 {"  - codes: [OLD]\n    same_as: NA\n", ""}});
  EXPECT_EQ(written_anew.code, 0) << written_anew.out;
  EXPECT_THAT(written_anew.out, HasSubstr("version 4 of the file: the same\n"));
}

TEST_F(CodesCommandsTest, DiffSaysThatTheVersionMustGrow) {
  const Ran ran = Diff({{"disposition: RIGHT_PARTY", "disposition: CALL_BACK"}});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("0 codes added, 0 removed, 1 changed; it would be read for "
                                 "contacts of any day, and mend what waits in quarantine; to be "
                                 "proposed it needs version 4 or higher\n"));
}

TEST_F(CodesCommandsTest, DiffWithNothingReleasedIsAllNew) {
  const Ran ran = RunOnline({"codes", "diff", File({})}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, StartsWith("  added    DNC: ANSWERED PERSON RIGHT_PARTY\n"
                                  "  added    NA: RANG_OUT NOBODY NONE\n"));
  EXPECT_THAT(ran.out, HasSubstr("nothing released -> version 3 of the file: 3 codes added"));
  EXPECT_THAT(ran.out, Not(HasSubstr("map     ")));
  script_.failure = absl::UnavailableError("Connection refused");
  EXPECT_THAT(RunOnline({"codes", "diff", File({})}, script_).err, HasSubstr("refused"));
}

TEST_F(CodesCommandsTest, UnmappedNamesTheMissingCodesAndWhatWaits) {
  auto& response = script_.Answer<v1::ListUnmappedCodesResponse>();
  const auto add = [&response](const char* code, int64_t outcomes) {
    auto& line = *response.add_codes();
    line.set_code(code);
    line.set_outcomes(outcomes);
    *line.mutable_first_time() = TimeUtil::SecondsToTimestamp(1767225600);
    return &line;
  };
  add("LAW", 1'200);
  add("aaa aaaa", 1)->set_shape_only(true);
  response.set_other_outcomes(7);
  const Ran ran = RunOnline({"codes", "unmapped", "sakura"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script_.Asked<v1::ListUnmappedCodesRequest>().vendor_id(), "sakura");
  EXPECT_THAT(ran.out, ContainsRegex("  LAW +no +1,200  2026-01-01 00:00:00\n"));
  EXPECT_THAT(ran.out, ContainsRegex("  aaa aaaa +yes +1  2026-01-01 00:00:00\n"));
  EXPECT_THAT(ran.out, HasSubstr("2 codes of sakura without a meaning, for which 1,201 outcomes "
                                 "wait; 7 more, of whose codes nothing can be shown\n"));
}

TEST_F(CodesCommandsTest, WhereNothingWaitsNoCodeIsUnmapped) {
  script_.Answer<v1::ListUnmappedCodesResponse>();
  const Ran ran = RunOnline({"codes", "unmapped", "sakura"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "0 codes of sakura without a meaning, for which 0 outcomes wait\n");
}

}  // namespace
}  // namespace switchboard::cli
