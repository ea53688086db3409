#include "hub/results/compiled_map.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "hub/results/code_map_check.h"

namespace switchboard::results {
namespace {

constexpr char kCodes[] = R"(title: A dialler
declared_codes: [NA, DNC, BUSY, x, y]
meanings:
  - codes: [x]
    same_as: y
  - codes: [NA]
    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}
  - codes: [y, BUSY]
    same_as: DNC
  - codes: [DNC]
    result:
      {connection: ANSWERED, reached: PERSON, disposition: CEASE_CONTACT, stop_wanted: true}
)";

v1::CodeMap MapOf(int version, const std::string& more = "") {
  auto map = ParseCodeMap(absl::StrCat("vendor_id: sakura\nversion: ", version, "\n", more, kCodes),
                          "map.yaml");
  EXPECT_TRUE(map.ok()) << map.status();
  return *std::move(map);
}

TEST(CompiledMapTest, FindsWhatEachCodeMeans) {
  const CompiledMap map(MapOf(1));
  EXPECT_EQ(map.Find("NA")->connection(), v1::CONNECTION_RANG_OUT);
  for (const char* code : {"DNC", "BUSY", "y", "x"}) {
    ASSERT_NE(map.Find(code), nullptr) << code;
    EXPECT_TRUE(map.Find(code)->stop_wanted()) << code;
  }
  EXPECT_EQ(map.Find("dnc"), nullptr) << "codes are read as they are";
  EXPECT_EQ(map.Find("NA "), nullptr);
  EXPECT_EQ(map.Find(""), nullptr);
}

TEST(CompiledMapTest, BeginsWithItsFirstDayInUtc) {
  EXPECT_EQ(CompiledMap(MapOf(1)).effective_from(), absl::InfinitePast());
  EXPECT_EQ(CompiledMap(MapOf(1, "effective_from: 2027-04-01\n")).effective_from(),
            absl::FromCivil(absl::CivilDay(2027, 4, 1), absl::UTCTimeZone()));
}

TEST(VendorMapsTest, TheHighestWhoseFirstDayHasBegunCounts) {
  std::vector<std::unique_ptr<const CompiledMap>> versions;
  for (const auto& [version, more] : {std::pair{2, "effective_from: 2027-04-01\n"},
                                      {1, ""},
                                      {3, "effective_from: 2027-03-01\n"},
                                      {4, "effective_from: 2027-05-01\n"}}) {
    versions.push_back(std::make_unique<const CompiledMap>(MapOf(version, more)));
  }
  const VendorMaps maps(std::move(versions));
  const auto at = [&maps](absl::CivilSecond second) {
    return maps.MapAt(absl::FromCivil(second, absl::UTCTimeZone()))->map().version();
  };
  EXPECT_EQ(at(absl::CivilSecond(2027, 2, 28, 23, 59, 59)), 1);
  EXPECT_EQ(at(absl::CivilSecond(2027, 3, 1)), 3);
  EXPECT_EQ(at(absl::CivilSecond(2027, 4, 2)), 3) << "2 was replaced before it began";
  EXPECT_EQ(at(absl::CivilSecond(2027, 5, 1)), 4);
  EXPECT_EQ(at(absl::CivilSecond(1990, 1, 1)), 1);
}

TEST(VendorMapsTest, NothingBeforeTheFirstDayOfAll) {
  EXPECT_EQ(VendorMaps({}).MapAt(absl::UnixEpoch()), nullptr);
  std::vector<std::unique_ptr<const CompiledMap>> versions;
  versions.push_back(std::make_unique<const CompiledMap>(MapOf(1, "effective_from: 2027-04-01\n")));
  EXPECT_EQ(VendorMaps(std::move(versions)).MapAt(absl::UnixEpoch()), nullptr);
}

}  // namespace
}  // namespace switchboard::results
