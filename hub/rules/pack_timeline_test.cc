#include "hub/rules/pack_timeline.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hub/rules/pack_check.h"

namespace switchboard::rules {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<const CompiledPack> Pack(const std::string& id, int version,
                                         const std::string& days = "") {
  auto pack = ParseRulePack("pack_id: " + id + "\nversion: " + std::to_string(version) +
                                "\ntitle: A text\ncountry: JP\nhome_zone: Asia/Tokyo\n" + days +
                                "rules:\n  - rule_id: " + id +
                                ".one\n    strength: LAW\n    source: a law\n"
                                "    verification: CONFIRMED\n    forbid: {}\n",
                            "pack");
  EXPECT_TRUE(pack.ok()) << pack.status();
  return CompiledPack::Compile(*std::move(pack));
}

std::vector<std::string> HeardAt(const PackTimeline& timeline, int day, int hour = 12) {
  absl::TimeZone tokyo;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Tokyo", &tokyo));
  const absl::Time time = absl::FromCivil(absl::CivilHour(2026, 12, day, hour), tokyo);
  std::vector<std::string> names;
  const PackTimeline::Piece& piece = timeline.At(time);
  EXPECT_TRUE(piece.within.from <= time && time < piece.within.to);
  for (const auto& pack : piece.packs) names.push_back(NameOf(*pack));
  return names;
}

TEST(PackTimeline, NothingIsHeardWithoutPacks) {
  EXPECT_THAT(HeardAt(PackTimeline({}), 1), ElementsAre());
}

TEST(PackTimeline, OfAPackTheLastVersionThatIsInForceIsHeard) {
  const PackTimeline timeline(
      {Pack("a", 1), Pack("a", 2, "effective_from: 2026-12-03\neffective_to: 2026-12-05\n"),
       Pack("b", 7, "effective_to: 2026-12-04\n")});
  EXPECT_THAT(HeardAt(timeline, 2, 23), ElementsAre("a/1", "b/7"));
  EXPECT_THAT(HeardAt(timeline, 3, 0), ElementsAre("a/2", "b/7"));
  EXPECT_THAT(HeardAt(timeline, 4, 0), ElementsAre("a/2"));
  EXPECT_THAT(HeardAt(timeline, 5, 0), ElementsAre("a/1"));
}

TEST(PackTimeline, OneMoreVersionGoesBeforeAllOnItsDays) {
  const PackTimeline timeline({Pack("a", 5)});
  const PackTimeline with = timeline.With(Pack("a", 2, "effective_from: 2026-12-03\n"));
  EXPECT_THAT(HeardAt(with, 2), ElementsAre("a/5"));
  EXPECT_THAT(HeardAt(with, 3), ElementsAre("a/2"));
  EXPECT_THAT(HeardAt(timeline, 3), ElementsAre("a/5"));
}

}  // namespace
}  // namespace switchboard::rules
