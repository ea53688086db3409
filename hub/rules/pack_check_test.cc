// What a pack may not say, each with its place and the way out.
#include "hub/rules/pack_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/base/error.h"

namespace switchboard::rules {
namespace {

using testing::HasSubstr;

constexpr char kPack[] = R"(pack_id: xx
version: 1
title: A pack
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: xx.hours
    strength: LAW
    source: a law
    verification: CONFIRMED
    hours: {open: [{from: 08:00, to: "21:00"}]}
  - rule_id: xx.count
    strength: LAW
    source: a law
    verification: CONFIRMED
    count: {at_most: 3, window: {days: 1}, contacts: {directions: [OUT]}}
  - rule_id: xx.stop
    strength: LAW
    source: a law
    verification: CONFIRMED
    unless: [{consent: {what: CALL}}]
    forbid: {when: [{stop: {reasons: [DISPUTE], days: 30}}]}
)";

TEST(ParseRulePackTest, TakesWhatTheSchemaStates) {
  const auto pack = ParseRulePack(kPack, "xx.yaml");
  ASSERT_TRUE(pack.ok()) << pack.status();
  EXPECT_EQ(pack->rules_size(), 3);
  EXPECT_EQ(pack->rules(0).hours().open(0).to().hour(), 21);
}

struct Mistake {
  const char* from;  // what stands in the pack
  const char* to;    // what stands there instead
  const char* error;
};

class PackMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(PackMistakeTest, IsRefusedWithItsPlace) {
  const std::string text = absl::StrReplaceAll(kPack, {{GetParam().from, GetParam().to}});
  ASSERT_NE(text, kPack) << GetParam().from;
  const auto pack = ParseRulePack(text, "xx.yaml");
  ASSERT_FALSE(pack.ok()) << GetParam().to;
  EXPECT_THAT(std::string(pack.status().message()), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, PackMistakeTest,
    testing::Values(
        Mistake{"version: 1", "version: 0", "xx.yaml:2:10: version: must be 1 or more"},
        Mistake{"country: JP", "country: ZZ", "xx.yaml:4:10: country: "},
        Mistake{"home_zone: Asia/Tokyo", "home_zone: Asia/Tokio",
                "xx.yaml:5:12: home_zone: must be a zone of the IANA database"},
        Mistake{"home_zone: Asia/Tokyo", "home_zone: localtime", "home_zone: must be a zone"},
        Mistake{"rule_id: xx.count", "rule_id: xx.hours",
                "xx.yaml:12:14: rules[1].rule_id: stands here twice"},
        Mistake{"rule_id: xx.count", "rule_id: yy.count", "must be \"xx.\" and 1 to 64"},
        Mistake{"strength: LAW", "strenght: LAW", "did you mean \"strength\"?"},
        Mistake{"strength: LAW", "strength: LAWFUL", "unknown value \"LAWFUL\""},
        Mistake{"verification: CONFIRMED", "reading: none", "verification: is missing"},
        Mistake{"at_most: 3", "at_most: -3", "count.at_most: must be 0 to 10000"},
        Mistake{"{days: 1}", "{days: 0}", "window.days: must be 1 to 3650; today alone is 1"},
        Mistake{"{days: 1}", "{elapsed: 0s}", "window.elapsed: must be from 1s"},
        Mistake{"{days: 1}", "{elapsed: 7w}", "expects a duration"},
        Mistake{"{days: 1}", "{for_ever: false}", "window.for_ever: must be true"},
        Mistake{"{days: 1}", "{days: 1, elapsed: 24h}", "cannot stand beside"},
        Mistake{"window: {days: 1}, ", "", "window: is missing; say how far back"},
        Mistake{"{directions: [OUT]}", "{}", "contacts: names nothing"},
        Mistake{"{directions: [OUT]}", "{directions: [OUT, OUT]}", "stands here twice"},
        Mistake{"{directions: [OUT]}", "{same: [SAMENESS_UNSPECIFIED]}", "that means something"},
        Mistake{"{directions: [OUT]}",
                "{contact_kinds: [MOBILE], contact_kinds_other_than: [EMAIL]}",
                "cannot stand beside contact_kinds"},
        Mistake{"\"21:00\"", "\"08:00\"", "is open for no time at all"},
        Mistake{"\"21:00\"", "\"24:30\"", "expects a time of day"},
        Mistake{"{open: [{from: 08:00, to: \"21:00\"}]}", "{}", "hours: is always open"},
        Mistake{"to: \"21:00\"}]}", "to: \"21:00\"}], calendar_id: jp}",
                "must be the calendar_id of one of the pack's calendars"},
        Mistake{"to: \"21:00\"}]}", "to: \"21:00\"}], zone: Mars/Olympus}", "hours.zone: must be"},
        Mistake{"[DISPUTE]", "[PAYMENT]", "ends every contact before any pack is heard"},
        Mistake{"[DISPUTE]", "[]", "reasons: must name one"},
        Mistake{"days: 30", "days: -1", "stop.days: must be 1 to 3650"},
        Mistake{"days: 30", "days: 30, months: 1", "cannot stand beside days"},
        Mistake{"{what: CALL}", "{direct: true}", "consent.what: is missing"},
        Mistake{"{consent: {what: CALL}}", "{}", "unless[0]: names nothing"},
        Mistake{"    hours: {open: [{from: 08:00, to: \"21:00\"}]}\n", "",
                "rules[0]: says nothing; give it hours, count"},
        Mistake{"forbid: {when: [{stop: {reasons: [DISPUTE], days: 30}}]}", "only_if: {}",
                "to refuse always, write"},
        Mistake{"    forbid:", "    effective_from: 2026-02-30\n    forbid:", "expects a day"},
        Mistake{"    forbid:",
                "    effective_from: 2026-07-01\n    effective_to: 2026-07-01\n    forbid:",
                "effective_to: must be later than effective_from"},
        Mistake{"    forbid:", "    source: again\n    forbid:", "stands here a second time"}));

// What is written under the pack, from line 23 on, and what is said of it.
struct PlaceMistake {
  std::string more;
  const char* error;
};

class PlaceMistakeTest : public testing::TestWithParam<PlaceMistake> {};

TEST_P(PlaceMistakeTest, IsRefusedWithItsPlace) {
  const auto pack = ParseRulePack(absl::StrCat(kPack, GetParam().more), "xx.yaml");
  ASSERT_FALSE(pack.ok()) << GetParam().more;
  EXPECT_EQ(ErrorReason(pack.status()), "RULE_PACK_INVALID");
  EXPECT_THAT(std::string(pack.status().message()), HasSubstr(GetParam().error));
}

std::string Many(int count, const std::string& begin, const std::string& end) {
  std::string list;
  for (int i = 0; i < count; ++i) absl::StrAppend(&list, i == 0 ? "[" : ",\n  ", begin, i, end);
  return list + "]\n";
}

INSTANTIATE_TEST_SUITE_P(
    All, PlaceMistakeTest,
    testing::Values(
        PlaceMistake{"region: A/B/C\n", "xx.yaml:23:9: region: has more than two parts"},
        PlaceMistake{"region: A/\n", "region: has an empty part"},
        PlaceMistake{"region: /B\n", "region: has an empty part"},
        PlaceMistake{"region: A\nregions: [{code: B}]\n",
                     "xx.yaml:24:1: regions: belong to the pack of the whole country"},
        PlaceMistake{"regions: " + Many(201, "{code: A", "}"), "regions: must have at most 200"},
        PlaceMistake{"regions:\n  - {names: [Aa]}\n",
                     "xx.yaml:24:5: regions[0].code: must be 1 to 64 bytes"},
        PlaceMistake{"regions: [{code: " + std::string(65, 'a') + "}]\n",
                     "regions[0].code: must be 1 to 64 bytes"},
        PlaceMistake{"regions: [{code: A/B}]\n", "regions[0].code: must not hold \"/\""},
        PlaceMistake{"regions:\n  - {code: A}\n  - {code: a}\n",
                     "xx.yaml:25:12: regions[1].code: stands here twice"},
        PlaceMistake{"regions: [{code: A, names: [\"\"]}]\n",
                     "regions[0].names[0]: must be 1 to 64 bytes"},
        PlaceMistake{"regions: [{code: A, names: [\" \"]}]\n", "names[0]: must not be blank"},
        PlaceMistake{"regions: [{code: A, names: [\"b\\nc\"]}]\n",
                     "names[0]: must not hold control"},
        PlaceMistake{"regions: [{code: A, names: [ÎLE]}, {code: B, names: [île]}]\n",
                     "regions[1].names[0]: stands here twice"},
        PlaceMistake{"regions: [{code: A, names: [b]}, {code: B}]\n",
                     "regions[1].code: stands here twice"},
        PlaceMistake{"regions: [{code: A, zones: [Asia/Tokyo, Asia/Tokio]}]\n",
                     "regions[0].zones[1]: must be a zone of the IANA database"},
        PlaceMistake{"cities: [A]\n", "xx.yaml:23:1: cities: need a region that names a city"},
        PlaceMistake{"region: A\ncities: [B]\n", "cities: need a region that names a city"},
        PlaceMistake{"region: A/B\ncities: " + Many(501, "C", ""), "cities: must have at most 500"},
        PlaceMistake{"region: A/B\ncities: [C, c]\n",
                     "xx.yaml:24:13: cities[1]: stands here twice"},
        PlaceMistake{"region: A/B\ncities: [\"\"]\n", "cities[0]: must be 1 to 64 bytes"}));

TEST(ParseRulePackTest, PartsOfACountryAndCities) {
  for (const std::string& more :
       {"regions: " + Many(200, "{code: A", ", names: []}"),
        "region: A/B\ncities: " + Many(500, "C", ""), std::string("region: A\n"),
        "regions: [{code: A, names: [" + std::string(64, 'b') + "], zones: [Asia/Seoul]}]\n"}) {
    const auto pack = ParseRulePack(absl::StrCat(kPack, more), "xx.yaml");
    EXPECT_TRUE(pack.ok()) << pack.status();
  }
}

TEST(ParseRulePackTest, CalendarsGrowAndKeepToWhatTheyCover) {
  const auto with = [](const std::string& calendar) {
    return ParseRulePack(absl::StrCat(kPack, "calendars: [{calendar_id: c, ", calendar, "}]\n"),
                         "xx.yaml")
        .status();
  };
  EXPECT_TRUE(with("covers_from: 2026-01-01, covers_through: 2026-12-31, "
                   "holidays: [2026-01-01, 2026-11-23]")
                  .ok());
  for (const char* calendar :
       {"covers_from: 2026-12-31, covers_through: 2026-01-01", "covers_from: 2026-01-01",
        "covers_from: 2026-01-01, covers_through: 2026-12-31, holidays: [2027-01-01]",
        "covers_from: 2026-01-01, covers_through: 2026-12-31, holidays: [2026-02-01, "
        "2026-01-01]"}) {
    EXPECT_EQ(ErrorReason(with(calendar)), "RULE_PACK_INVALID") << calendar;
  }
}

}  // namespace
}  // namespace switchboard::rules
