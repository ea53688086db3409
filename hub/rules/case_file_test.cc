// Files of cases: how they are read, and what is refused instead of ignored.
#include "hub/rules/case_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/rules/pack_check.h"

namespace switchboard::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::shared_ptr<const CompiledPack> Pack() {
  const auto pack = ParseRulePack(R"(pack_id: xx
version: 1
title: A pack
country: JP
home_zone: Asia/Tokyo
rules:
  - rule_id: xx.hours
    strength: LAW
    source: a law
    verification: CONFIRMED
    hours: {open: [{from: "08:00", to: "21:00"}]}
  - rule_id: xx.week
    strength: SHOULD
    source: advice
    verification: CONFIRMED
    count: {at_most: 1, window: {days: 7}, contacts: {directions: [OUT], same: [CONTACT_POINT]}}
)",
                                  "xx.yaml");
  EXPECT_TRUE(pack.ok()) << pack.status();
  return CompiledPack::Compile(*pack);
}

constexpr char kHead[] = R"(jurisdiction: XX
defaults:
  person: {country: JP, zones: [Asia/Tokyo]}
  collector: {id: v1, kind: BPO}
  account: {id: A1, product: LOAN}
  ask: {channel: PHONE, contact_point: m-1, contact_kind: MOBILE, party: PERSON, act: REMIND}
cases:
)";

absl::StatusOr<std::vector<Case>> Parse(const std::string& cases) {
  return ParseCases(absl::StrCat(kHead, cases), "xx-cases.yaml", Pack()->pack());
}

TEST(ParseCasesTest, DefaultsLieUnderTheFacts) {
  const auto cases = Parse(R"(
  - name: another channel of the same person
    facts:
      now: 2026-11-24T20:59:59+09:00
      ask: {channel: SMS}
      person: {zones: ["Asia/Seoul"]}
      history:
        - {at: "2026-11-24T09:00:00+09:00", result: DELIVERED}
        - {at: "2026-11-24T10:00:00+09:00", contact_point: m-2, party: THIRD, result: RANG_OUT}
    expect: {allowed: true}
)");
  ASSERT_TRUE(cases.ok()) << cases.status();
  const Facts& facts = cases->at(0).facts;
  EXPECT_EQ(facts.request.channel, v1::CHANNEL_SMS);
  EXPECT_EQ(facts.request.act, v1::ACT_REMIND);
  ASSERT_EQ(facts.zones.size(), 1u);  // lists are replaced
  EXPECT_EQ(facts.zones[0].name(), "Asia/Seoul");
  EXPECT_EQ(facts.history[0].contact_kind, v1::CONTACT_KIND_MOBILE);
  EXPECT_EQ(facts.history[0].collector, "v1");
  // The kind of another contact point is not the ask's, and it is not known.
  EXPECT_EQ(facts.history[1].contact_kind, v1::CONTACT_KIND_UNSPECIFIED);
  EXPECT_EQ(facts.history[1].channel, v1::CHANNEL_SMS);
}

TEST(ParseCasesTest, AliasesRepeatFacts) {
  const auto cases = Parse(R"(
  - name: one
    facts:
      now: 2026-11-24T12:00:00+09:00
      history: &calls [{at: "2026-11-24T09:00:00+09:00", result: RANG_OUT}]
    expect: {allowed: true, warnings: [xx.week]}
  - name: two
    facts: {now: "2026-11-24T12:00:00+09:00", history: *calls}
    expect: {allowed: true, warnings: [xx.week]}
)");
  ASSERT_TRUE(cases.ok()) << cases.status();
  for (const Case& one : *cases) EXPECT_THAT(RunCase(Pack(), one).differences, IsEmpty());
  EXPECT_EQ(cases->at(1).line, 14);
}

TEST(RunCaseTest, SaysWhatDiffers) {
  const auto cases = Parse(R"(
  - name: wrong in everything
    facts: {now: "2026-11-24T21:00:00+09:00"}
    expect: {allowed: true, warnings: [xx.week]}
  - name: wrong in the time
    facts: {now: "2026-11-24T21:00:00+09:00"}
    expect: {allowed: false, rules: [xx.hours], next_time: null}
)");
  ASSERT_TRUE(cases.ok()) << cases.status();
  EXPECT_THAT(RunCase(Pack(), cases->at(0)).differences,
              ElementsAre("is refused, and was expected to be allowed",
                          "refused by xx.hours, and was expected by none",
                          "warned of by none, and was expected by xx.week"));
  EXPECT_THAT(RunCase(Pack(), cases->at(1)).differences,
              ElementsAre("next allowed 2026-11-25T08:00:00+09:00, and was expected never"));
}

struct Mistake {
  const char* cases;
  const char* error;
};
class CasesMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(CasesMistakeTest, IsRefusedWithItsPlace) {
  const auto cases = Parse(GetParam().cases);
  ASSERT_FALSE(cases.ok()) << GetParam().cases;
  EXPECT_THAT(std::string(cases.status().message()), HasSubstr(GetParam().error));
}

#define CASE "  - name: one\n    facts: {now: \"2026-11-24T12:00:00+09:00\""
#define YES "}\n    expect: {allowed: true}\n"
INSTANTIATE_TEST_SUITE_P(
    All, CasesMistakeTest,
    testing::Values(
        Mistake{"  []\n", "xx-cases.yaml:7:1: cases: must have at least one entry"},
        Mistake{CASE ", wether: rain" YES, "xx-cases.yaml:9:47: cases[0].facts: unknown key"},
        Mistake{CASE ", ask: {channel: FAX}" YES, "unknown value \"FAX\""},
        Mistake{CASE ", person: {zones: [Asia/Tokio]}" YES,
                "cases[0].facts.person.zones[0]: must be a zone"},
        Mistake{CASE ", history: [{result: MACHINE}]" YES, "history[0].at: is missing"},
        Mistake{CASE ", history: [{at: \"2026-11-24T13:00:00+09:00\", result: MACHINE}]" YES,
                "history[0].at: lies after now"},
        Mistake{CASE ", history: [{at: \"2026-11-24T11:00:00\", result: MACHINE}]" YES,
                "expects a time with its offset"},
        Mistake{CASE ", history: [{at: \"infinite-past\", result: MACHINE}]" YES,
                "expects a time with its offset"},
        Mistake{CASE ", stops: [{reason: PAYMENT, on: PERSON, from: "
                     "\"2026-11-24T13:00:00+09:00\"}]" YES,
                "stops[0].reason: must be a reason that packs hear"},
        Mistake{CASE ", person: {wishes: [{kind: NOT_BEFORE}]}" YES, "wishes[0].until: is missing"},
        Mistake{CASE "}\n    expect: {allowed: false}\n", "must name every rule that refuses"},
        Mistake{CASE "}\n    expect: {rules: [xx.hours]}\n", "expect.allowed: is missing"},
        Mistake{CASE "}\n    expect: {allowed: false, rules: [xx.ours]}\n",
                "expect.rules[0]: is no rule of the pack"},
        Mistake{"  - name: one\n    facts: {}\n    expect: {allowed: true}\n",
                "xx-cases.yaml:9:5: cases[0].facts.now: is missing"},
        Mistake{"  - &a {name: *a}\n", "an alias inside of what it stands for"}));
#undef CASE
#undef YES

TEST(ParseCasesTest, CasesOfAnotherPackAreRefused) {
  const auto cases = ParseCases("jurisdiction: JP\ncases: []\n", "jp.yaml", Pack()->pack());
  EXPECT_EQ(ErrorReason(cases.status()), "RULE_CASES_INVALID");
  EXPECT_THAT(std::string(cases.status().message()),
              HasSubstr("jp.yaml:1:15: jurisdiction: must be XX"));
}

// Aliases of aliases must not fill the memory: nine of ten make a milliard.
TEST(ParseCasesTest, AliasesThatMultiplyAreRefused) {
  std::string text = "jurisdiction: XX\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&text, "a", i, ": &a", i, " [");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&text, j > 0 ? ", " : "", "*a", i - 1);
    text += "]\n";
  }
  const auto cases = ParseCases(text, "xx.yaml", Pack()->pack());
  EXPECT_THAT(std::string(cases.status().message()), HasSubstr("stands for too much"));
}

}  // namespace
}  // namespace switchboard::rules
