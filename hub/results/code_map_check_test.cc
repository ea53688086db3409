// What a code map may not say, each with its place and the way out.
#include "hub/results/code_map_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "hub/base/error.h"

namespace switchboard::results {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kMap[] = R"(vendor_id: sakura
version: 2
title: A dialler
effective_from: 2027-04-01
declared_codes: [NA, DNC, PTP, no, "99"]
meanings:
  - codes: [NA, "99"]
    title: No answer
    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}
  - codes: [DNC]
    result:
      connection: ANSWERED
      reached: PERSON
      disposition: CEASE_CONTACT
      stop_wanted: true
  - codes: [PTP]
    result: {connection: ANSWERED, reached: PERSON, disposition: PROMISE_TO_PAY}
  - codes: [no]
    same_as: NA
)";

TEST(ParseCodeMapTest, TakesWhatTheSchemaStates) {
  const auto map = ParseCodeMap(kMap, "map.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(map->vendor_id(), "sakura");
  EXPECT_EQ(map->declared_codes(3), "no");
  EXPECT_TRUE(map->meanings(1).result().stop_wanted());
  EXPECT_EQ(map->meanings(3).same_as(), "NA");
}

struct Mistake {
  const char* from;  // what stands in the map
  const char* to;    // what stands there instead
  const char* error;
};

class MapMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MapMistakeTest, IsRefusedWithItsPlace) {
  const std::string text = absl::StrReplaceAll(kMap, {{GetParam().from, GetParam().to}});
  ASSERT_NE(text, kMap) << GetParam().from;
  const auto map = ParseCodeMap(text, "map.yaml");
  ASSERT_FALSE(map.ok()) << GetParam().to;
  EXPECT_EQ(ErrorReason(map.status()), "CODE_MAP_INVALID");
  EXPECT_THAT(std::string(map.status().message()), StartsWith(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, MapMistakeTest,
    testing::Values(
        Mistake{"vendor_id: sakura", "vendor_id: Sakura", "map.yaml:1:12: vendor_id: "},
        Mistake{"version: 2", "version: 0", "map.yaml:2:10: version: must be 1 or more"},
        Mistake{"title: A dialler", "title: \"\"", "map.yaml:3:8: title: "},
        Mistake{"declared_codes: [NA, DNC, PTP, no, \"99\"]", "declared_codes: []",
                "map.yaml:5:1: declared_codes: must have 1 to 2000 entries"},
        Mistake{"PTP, no,", "PTP, no, PTP,", "map.yaml:5:36: declared_codes[4]: stands here twice"},
        Mistake{"PTP, no,", "PTP, \"\", no,",
                "map.yaml:5:32: declared_codes[3]: must be 1 to 64 printable"},
        Mistake{"PTP, no,", "PTP, 約束, no,",
                "map.yaml:5:32: declared_codes[3]: must be 1 to 64 printable"},
        // A hole.
        Mistake{"PTP, no,", "PTP, BUSY, no,",
                "map.yaml:5:32: declared_codes[3]: \"BUSY\" has no meaning; each declared code"},
        Mistake{"codes: [NA, \"99\"]", "codes: [\"99\"]",
                "map.yaml:5:18: declared_codes[0]: \"NA\" has no meaning"},
        Mistake{"codes: [DNC]", "codes: []", "map.yaml:10:5: meanings[1].codes: must have at"},
        Mistake{"codes: [DNC]", "codes: [DNC, dnc]",
                "map.yaml:10:18: meanings[1].codes[1]: is not among declared_codes"},
        Mistake{"codes: [DNC]", "codes: [DNC, NA]",
                "map.yaml:10:18: meanings[1].codes[1]: has a meaning already; keep one"},
        Mistake{"codes: [DNC]", "codes: [DNC, DNC]",
                "map.yaml:10:18: meanings[1].codes[1]: has a meaning already; keep one"},
        Mistake{"title: No answer", "title: \"a\\tb\"", "map.yaml:8:12: meanings[0].title: "},
        Mistake{"    same_as: NA", "    title: nothing",
                "map.yaml:18:5: meanings[3].result: is missing"},
        Mistake{"    same_as: NA",
                "    same_as: NA\n    result: {connection: MACHINE, reached: NOBODY, "
                "disposition: NONE}",
                "map.yaml:19:14: meanings[3].same_as: stands beside a result"},
        // A result that contradicts itself is refused as an outcome's is.
        Mistake{"      stop_wanted: true\n", "",
                "map.yaml:11:5: meanings[1].result.stop_wanted: must be set with CEASE_CONTACT"},
        Mistake{"reached: PERSON, disposition: PROMISE_TO_PAY",
                "reached: THIRD, disposition: PROMISE_TO_PAY",
                "map.yaml:17:45: meanings[2].result.reached: does not go with"},
        Mistake{"connection: RANG_OUT, ", "", "map.yaml:9:5: meanings[0].result.connection: "},
        // A circle.
        Mistake{"same_as: NA", "same_as: no",
                "map.yaml:19:14: meanings[3].same_as: \"no\" leads back here in a circle"},
        Mistake{"same_as: NA", "same_as: NB",
                "map.yaml:19:14: meanings[3].same_as: must be one of declared_codes"},
        Mistake{"result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}", "same_as: no",
                "map.yaml:9:14: meanings[0].same_as: \"no\" leads back here in a circle"}));

TEST(ParseCodeMapTest, WhatDoesNotFitTheSchemaIsYamlInvalid) {
  const auto misspelt = ParseCodeMap(absl::StrCat(kMap, "vendors: 1\n"), "map.yaml");
  EXPECT_EQ(ErrorReason(misspelt.status()), "YAML_INVALID");
  EXPECT_THAT(std::string(misspelt.status().message()), HasSubstr("unknown key \"vendors\""));
  EXPECT_EQ(ErrorReason(ParseCodeMap("", "map.yaml").status()), "YAML_INVALID");
}

// Who leads into a circle is not to blame for it.
TEST(ParseCodeMapTest, ALongCircleIsFoundWhereItIs) {
  std::string text =
      "vendor_id: v\nversion: 1\ntitle: t\ndeclared_codes: [in, a, b, c]\nmeanings:\n";
  for (const auto& [code, same_as] : {std::pair{"in", "a"}, {"a", "b"}, {"b", "c"}, {"c", "a"}})
    absl::StrAppend(&text, "  - {codes: [", code, "], same_as: ", same_as, "}\n");
  const auto map = ParseCodeMap(text, "map.yaml");
  EXPECT_EQ(ErrorMetadata(map.status(), "field"), "meanings[1].same_as");
}

TEST(ParseCodeMapTest, HoldsAsManyCodesAsItSays) {
  const auto with = [](int count) {
    std::string codes;
    for (int i = 0; i < count; ++i) absl::StrAppend(&codes, "  - C", i, "\n");
    return absl::StrCat("vendor_id: v\nversion: 1\ntitle: t\ndeclared_codes:\n", codes,
                        "meanings:\n- codes:\n", codes,
                        "  result: {connection: NOT_PLACED, reached: NOBODY, disposition: NONE}\n");
  };
  EXPECT_TRUE(ParseCodeMap(with(kCodesMax), "map.yaml").ok());
  EXPECT_EQ(ErrorMetadata(ParseCodeMap(with(kCodesMax + 1), "map.yaml").status(), "field"),
            "declared_codes");
}

TEST(IsVendorCodeTest, PrintableAsciiOfOneToSixtyFour) {
  EXPECT_TRUE(IsVendorCode("A"));
  EXPECT_TRUE(IsVendorCode("Call back, later"));
  EXPECT_TRUE(IsVendorCode(std::string(64, 'x')));
  EXPECT_FALSE(IsVendorCode(""));
  EXPECT_FALSE(IsVendorCode(std::string(65, 'x')));
  EXPECT_FALSE(IsVendorCode("A\n"));
  EXPECT_FALSE(IsVendorCode("約束"));
}

}  // namespace
}  // namespace switchboard::results
