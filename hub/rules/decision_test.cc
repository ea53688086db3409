// Packs side by side, strengths, and what a finding tells.
#include "hub/rules/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/rules/pack_check.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

std::shared_ptr<const CompiledPack> Pack(const std::string& id, const std::string& more) {
  const auto pack = ParseRulePack(
      absl::StrCat("pack_id: ", id, "\nversion: 1\ntitle: t\ncountry: US\n", more), "x.yaml");
  EXPECT_TRUE(pack.ok()) << pack.status();
  return CompiledPack::Compile(*pack);
}

std::string Rule(const std::string& id, const std::string& more) {
  return absl::StrCat("  - {rule_id: ", id, ", source: s, verification: CONFIRMED, ", more, "}\n");
}

Facts Call() {
  Facts facts;
  facts.request.channel = v1::CHANNEL_PHONE;
  facts.request.party = v1::PARTY_PERSON;
  facts.request.act = v1::ACT_REMIND;
  facts.request.account = "A1";
  facts.request.collector = "v1";
  facts.request.collector_kind = v1::COLLECTOR_KIND_AGENCY;
  facts.zones = {*FindZone("America/New_York")};
  return facts;
}

Contact Earlier(const std::string& at) {
  Contact contact;
  contact.at = At(at);
  contact.channel = v1::CHANNEL_PHONE;
  contact.party = v1::PARTY_PERSON;
  contact.result = v1::CONTACT_RESULT_RANG_OUT;
  return contact;
}

// One refuses by day and the other by night: each says when it would allow, and together never.
TEST(DecideTest, PacksThatNeverAgree) {
  const auto day =
      Pack("a", "home_zone: UTC\nrules:\n" + Rule("a.day",
                                                  "strength: LAW, hours: {open: [{from: 08:00, to: "
                                                  "\"20:00\"}]}"));
  const auto night =
      Pack("b", "home_zone: UTC\nrules:\n" + Rule("b.night",
                                                  "strength: LAW, hours: {open: [{from: 20:00, "
                                                  "to: 08:00}]}"));
  const absl::Time noon = At("2026-11-24T12:00:00-05:00");
  const Decision decision = Decide({day, night}, Call(), noon);
  ASSERT_EQ(decision.refusals.size(), 1u);
  EXPECT_EQ(decision.refusals[0].pack, night.get());
  EXPECT_EQ(decision.refusals[0].next_time, At("2026-11-24T20:00:00-05:00"));
  EXPECT_EQ(decision.next_time, std::nullopt);
}

TEST(DecideTest, AFindingTellsWhatWasCounted) {
  const auto pack =
      Pack("a", "home_zone: UTC\nrules:\n" +
                    Rule("a.two",
                         "strength: PRESUMPTION, count: {at_most: 2, window: {days: 2}, "
                         "contacts: {channels: [PHONE]}}") +
                    Rule("a.one",
                         "strength: SHOULD, count: {at_most: 1, window: {days: 1}, contacts: "
                         "{channels: [PHONE]}}"));
  Facts facts = Call();
  facts.history = {Earlier("2026-11-23T10:00:00-05:00"), Earlier("2026-11-24T10:00:00-05:00"),
                   Earlier("2026-11-24T11:00:00-05:00")};
  const Decision decision = Decide({pack}, facts, At("2026-11-24T12:00:00-05:00"));
  ASSERT_EQ(decision.refusals.size(), 1u);
  EXPECT_EQ(decision.refusals[0].counted, 3);
  EXPECT_EQ(decision.refusals[0].strength, v1::RulePack::STRENGTH_PRESUMPTION);
  EXPECT_EQ(decision.next_time, At("2026-11-26T00:00:00-05:00"));
  ASSERT_EQ(decision.warnings.size(), 1u);  // which does not put off the next time
  EXPECT_EQ(decision.warnings[0].next_time, At("2026-11-25T00:00:00-05:00"));
}

TEST(DecideTest, StrengthByRequest) {
  const auto pack = Pack(
      "a", "home_zone: UTC\nrules:\n" + Rule("a.no",
                                             "strength: LAW, strength_where: [{ask: {channels: "
                                             "[SMS]}, strength: SHOULD}], forbid: {}"));
  Facts facts = Call();
  const absl::Time now = At("2026-11-24T12:00:00Z");
  EXPECT_FALSE(Decide({pack}, facts, now).allowed());
  facts.request.channel = v1::CHANNEL_SMS;
  EXPECT_TRUE(Decide({pack}, facts, now).allowed());
  EXPECT_EQ(Decide({pack}, facts, now).warnings.size(), 1u);
}

// Of a person of whom no zone is known, a time must be fine in all where people there live.
TEST(DecideTest, NoZoneIsKnown) {
  const auto pack =
      Pack("a",
           "home_zone: America/New_York\nzones_if_unknown: [America/New_York, Pacific/Honolulu]\n"
           "rules:\n" +
               Rule("a.day", "strength: LAW, hours: {open: [{from: 08:00, to: \"21:00\"}]}"));
  Facts facts = Call();
  facts.zones.clear();
  const Decision decision = Decide({pack}, facts, At("2026-11-24T12:59:59-05:00"));
  EXPECT_TRUE(decision.zone_assumed);
  EXPECT_FALSE(decision.allowed());
  EXPECT_EQ(decision.next_time, At("2026-11-24T13:00:00-05:00"));
}

TEST(DecideTest, APackBindsSomeCollectorsOnly) {
  const auto pack = Pack("a", "home_zone: UTC\ncollector_kinds: [AGENCY]\nrules:\n" +
                                  Rule("a.no", "strength: LAW, forbid: {}"));
  Facts facts = Call();
  const absl::Time now = At("2026-11-24T12:00:00Z");
  EXPECT_FALSE(Decide({pack}, facts, now).allowed());
  facts.request.collector_kind = v1::COLLECTOR_KIND_ISSUER;
  EXPECT_TRUE(Decide({pack}, facts, now).allowed());
}

// A clock that stepped back leaves contacts after `now`; they count, which is stricter.
TEST(DecideTest, ContactsAheadOfTheClockCount) {
  const auto pack =
      Pack("a", "home_zone: UTC\nrules:\n" +
                    Rule("a.one",
                         "strength: LAW, count: {at_most: 1, window: {days: 1}, contacts: "
                         "{channels: [PHONE]}}"));
  Facts facts = Call();
  facts.history = {Earlier("2026-11-24T12:05:00-05:00")};
  EXPECT_FALSE(Decide({pack}, facts, At("2026-11-24T12:00:00-05:00")).allowed());
}

// Allowed by day; a contact that grows old lets more pass, which ends nothing.
TEST(DecideTest, AllowedUntilARuleRefuses) {
  const auto pack = Pack("xx", "home_zone: America/New_York\nrules:\n" +
                                   Rule("xx.hours",
                                        "strength: LAW, hours: {open: [{from: \"08:00\", to: "
                                        "\"21:00\"}]}") +
                                   Rule("xx.count",
                                        "strength: LAW, count: {at_most: 2, window: {elapsed: 1h}, "
                                        "contacts: {directions: [OUT]}}"));
  Facts facts = Call();
  facts.history = {Earlier("2026-03-02T20:00:30-05:00")};
  const absl::Time now = At("2026-03-02T20:58:00-05:00");
  const absl::Time night = At("2026-03-02T21:00:00-05:00");
  EXPECT_EQ(Decide({pack}, facts, now, now + absl::Minutes(1)).allowed_until,
            now + absl::Minutes(1));
  EXPECT_EQ(Decide({pack}, facts, now, now + absl::Minutes(2)).allowed_until, night);
  EXPECT_EQ(Decide({pack}, facts, now, now + absl::Hours(2)).allowed_until, night);
  EXPECT_EQ(Decide({pack}, facts, now).allowed_until, now);
}

// What is under way counts as whatever is counted; what others had at the number, only where
// contacts of one point are counted.
TEST(DecideTest, ContactsUnderWayAndOfOthers) {
  const auto pack =
      Pack("xx", "home_zone: America/New_York\nrules:\n" +
                     Rule("xx.talks",
                          "strength: LAW, cool_down: {after: {results: [CONVERSATION]}, "
                          "window: {elapsed: 1h}}") +
                     Rule("xx.point",
                          "strength: LAW, cool_down: {after: {results: [CONVERSATION], "
                          "same: [CONTACT_POINT]}, window: {elapsed: 1h}}"));
  const absl::Time now = At("2026-03-02T12:00:00-05:00");
  const struct {
    v1::ContactResult result;
    bool other_person;
    size_t refusals;
  } rows[] = {{v1::CONTACT_RESULT_RANG_OUT, false, 0},
              {v1::CONTACT_RESULT_CONVERSATION, false, 2},
              {v1::CONTACT_RESULT_UNSPECIFIED, false, 2},
              {v1::CONTACT_RESULT_CONVERSATION, true, 1},
              {v1::CONTACT_RESULT_UNSPECIFIED, true, 1}};
  for (const auto& row : rows) {
    Facts facts = Call();
    facts.history = {Earlier("2026-03-02T11:30:00-05:00")};
    facts.history.front().result = row.result;
    facts.history.front().other_person = row.other_person;
    EXPECT_EQ(Decide({pack}, facts, now).refusals.size(), row.refusals)
        << row.result << row.other_person;
  }
}

// What nobody said of a contact counts as whatever is counted, and lets nothing pass.
TEST(DecideTest, AContactPointOrKindThatNobodySaid) {
  const auto pack = Pack(
      "xx",
      "home_zone: America/New_York\nrules:\n" +
          Rule("xx.point",
               "strength: LAW, count: {at_most: 1, window: {days: 1}, contacts: "
               "{same: [CONTACT_POINT]}}") +
          Rule("xx.kind",
               "strength: LAW, cool_down: {after: {contact_kinds: [MOBILE]}, window: {days: 1}}") +
          Rule("xx.other",
               "strength: LAW, cool_down: {after: {contact_kinds_other_than: [MOBILE]}, "
               "window: {days: 1}}") +
          Rule("xx.unless",
               "strength: LAW, forbid: {}, unless: [{contact: {contacts: {same: [CONTACT_POINT]}, "
               "window: {days: 1}}}]") +
          Rule("xx.only",
               "strength: LAW, only_if: {any_of: [{contact: {contacts: {contact_kinds: [MOBILE]}, "
               "window: {days: 1}}}]}") +
          Rule("xx.failed",
               "strength: LAW, only_if: {any_of: [{failed_attempts: {at_least: 1, attempts: "
               "{same: [CONTACT_POINT]}, failures: {results: [RANG_OUT]}}}]}") +
          Rule("xx.wrong",
               "strength: LAW, only_if: {any_of: [{only_wrong_points: {channels: [PHONE]}}]}"));
  const struct {
    const char* point;
    v1::ContactKind kind;
    std::vector<std::string> refusals;
  } rows[] = {
      {"mobile-1", v1::CONTACT_KIND_MOBILE, {"point", "kind", "wrong"}},
      {"work-1", v1::CONTACT_KIND_WORK_PHONE, {"other", "unless", "only", "failed", "wrong"}},
      {"old-1", v1::CONTACT_KIND_MOBILE, {"kind", "unless", "failed"}},
      {"",
       v1::CONTACT_KIND_UNSPECIFIED,
       {"point", "kind", "other", "unless", "only", "failed", "wrong"}},
      {"", v1::CONTACT_KIND_MOBILE, {"point", "kind", "unless", "failed", "wrong"}},
      {"mobile-1", v1::CONTACT_KIND_UNSPECIFIED, {"point", "kind", "other", "only", "wrong"}},
  };
  for (const auto& row : rows) {
    Facts facts = Call();
    facts.request.contact_point = "mobile-1";
    facts.request.contact_kind = v1::CONTACT_KIND_MOBILE;
    facts.wrong_points = {"old-1"};
    facts.history = {Earlier("2026-03-02T11:30:00-05:00")};
    facts.history.front().contact_point = row.point;
    facts.history.front().contact_kind = row.kind;
    std::vector<std::string> refusals;
    for (const Finding& finding : Decide({pack}, facts, At("2026-03-02T12:00:00-05:00")).refusals)
      refusals.push_back(finding.rule->rule_id().substr(3));
    EXPECT_EQ(refusals, row.refusals) << row.point << " " << row.kind;
  }
}

// A doubtful attempt that failed is none where failures let pass; a doubtful one that did not ends
// the row of them.
TEST(DecideTest, FailuresAtAPointThatNobodySaid) {
  const auto pack =
      Pack("xx", "home_zone: America/New_York\nrules:\n" +
                     Rule("xx.failed",
                          "strength: LAW, only_if: {any_of: [{failed_attempts: {at_least: 2, "
                          "attempts: {same: [CONTACT_POINT]}, "
                          "failures: {results: [RANG_OUT]}}}]}"));
  Facts facts = Call();
  facts.request.contact_point = "mobile-1";
  facts.history = {Earlier("2026-03-02T09:00:00-05:00"), Earlier("2026-03-02T10:00:00-05:00"),
                   Earlier("2026-03-02T11:00:00-05:00")};
  facts.history[0].contact_point = facts.history[2].contact_point = "mobile-1";
  const auto is_allowed = [&] {
    return Decide({pack}, facts, At("2026-03-02T12:00:00-05:00")).allowed();
  };
  EXPECT_TRUE(is_allowed());
  facts.history[1].result = v1::CONTACT_RESULT_CONVERSATION;
  EXPECT_FALSE(is_allowed());
  facts.history[1].result = v1::CONTACT_RESULT_RANG_OUT;
  facts.history[0].contact_point = "";
  EXPECT_FALSE(is_allowed());
}

}  // namespace
}  // namespace switchboard::rules
