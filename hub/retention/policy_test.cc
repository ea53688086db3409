#include "hub/retention/policy.h"

#include <string>

#include "hub/base/yaml.h"
#include "tests/testing.h"

namespace switchboard::retention {
namespace {

using testing::IsOk;

Settings Read(const std::string& yaml) {
  Settings settings;
  EXPECT_OK(ReadYaml(yaml, "retention.yaml", &settings));
  return settings;
}

// Days, or -1 for ever.
int64_t Days(absl::Duration keep) {
  return keep == absl::InfiniteDuration() ? -1 : keep / absl::Hours(24);
}

TEST(PolicyTest, FirstClassThatFitsDecides) {
  const Policy policy(Read(R"(
classes:
  - {work_types: [CAMPAIGN], countries: [JP, TW], keep_days: 30}
  - {countries: [JP], keep_days: 1825}
  - {work_types: [CAMPAIGN, LATE_COLLECTIONS], keep_days: 60}
  - {keep_days: 2555}
)"));
  const struct {
    v1::WorkType work_type;
    const char* country;  // empty: not known
    int64_t days;
  } rows[] = {
      {v1::WORK_TYPE_CAMPAIGN, "JP", 30},
      {v1::WORK_TYPE_CAMPAIGN, "TW", 30},
      {v1::WORK_TYPE_CAMPAIGN, "US", 60},
      {v1::WORK_TYPE_LATE_COLLECTIONS, "JP", 1825},
      {v1::WORK_TYPE_LATE_COLLECTIONS, "TW", 60},
      {v1::WORK_TYPE_EARLY_COLLECTIONS, "JP", 1825},
      {v1::WORK_TYPE_EARLY_COLLECTIONS, "TW", 2555},
      // As long as it could be anywhere.
      {v1::WORK_TYPE_CAMPAIGN, "", 60},
      {v1::WORK_TYPE_LATE_COLLECTIONS, "", 1825},
      {v1::WORK_TYPE_EARLY_COLLECTIONS, "", 2555},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Days(policy.KeepOf(row.work_type, row.country)), row.days)
        << v1::WorkType_Name(row.work_type) << " in " << row.country;
  }
  EXPECT_EQ(Days(policy.LongestKeep()), 2555);
}

TEST(PolicyTest, WhatNoClassFitsIsKeptForEver) {
  const Policy policy(Read("classes: [{countries: [JP], keep_days: 10}]"));
  EXPECT_EQ(Days(policy.KeepOf(v1::WORK_TYPE_CAMPAIGN, "JP")), 10);
  EXPECT_EQ(Days(policy.KeepOf(v1::WORK_TYPE_CAMPAIGN, "TW")), -1);
  EXPECT_EQ(Days(policy.KeepOf(v1::WORK_TYPE_CAMPAIGN, "")), -1);
  EXPECT_EQ(Days(policy.LongestKeep()), -1);
  const Policy one_kind(Read("classes: [{work_types: [CAMPAIGN], keep_days: 10}]"));
  EXPECT_EQ(Days(one_kind.KeepOf(v1::WORK_TYPE_CAMPAIGN, "")), 10);
  EXPECT_EQ(Days(one_kind.KeepOf(v1::WORK_TYPE_LATE_COLLECTIONS, "JP")), -1);
  EXPECT_EQ(Days(one_kind.LongestKeep()), -1);
}

TEST(PolicyTest, NothingConfiguredErasesNothing) {
  const Policy policy;
  EXPECT_FALSE(policy.erases_anything());
  EXPECT_EQ(Days(policy.KeepOf(v1::WORK_TYPE_CAMPAIGN, "JP")), -1);
  EXPECT_EQ(Days(policy.LongestKeep()), -1);
  EXPECT_EQ(Days(policy.AccountsKeep()), -1);
  EXPECT_EQ(Days(policy.QuarantineKeep()), -1);
  EXPECT_TRUE(Policy(Read("accounts_keep_days: 1")).erases_anything());
  EXPECT_TRUE(Policy(Read("quarantine_keep_days: 1")).erases_anything());
}

TEST(PolicyTest, SettingsThatWereNotCheckedAreAsserted) {
  Settings settings;
  settings.set_accounts_keep_days(-1);
  EXPECT_DEATH(Policy{settings}, "assertion failed");
}

TEST(CheckSettingsTest, NamesTheField) {
  const struct {
    const char* yaml;
    const char* field;  // empty: all is well
  } rows[] = {
      {"classes: [{keep_days: 1}]", ""},
      {"classes: [{keep_days: 36500}]\naccounts_keep_days: 36500\nquarantine_keep_days: 1", ""},
      {"classes: [{keep_days: 0}]", "classes[0].keep_days"},
      {"classes: [{countries: [JP]}]", "classes[0].keep_days"},
      {"classes: [{keep_days: 36501}]", "classes[0].keep_days"},
      {"accounts_keep_days: -1", "accounts_keep_days"},
      {"accounts_keep_days: 36501", "accounts_keep_days"},
      {"quarantine_keep_days: 36501", "quarantine_keep_days"},
      {"classes: [{countries: [JP, jp], keep_days: 9}]", "classes[0].countries[1]"},
      {"classes: [{countries: [JPN], keep_days: 9}]", "classes[0].countries[0]"},
      {"classes: [{countries: [GB, UK], keep_days: 9}]", "classes[0].countries[1]"},
      {"classes: [{countries: [ZZ], keep_days: 9}]", "classes[0].countries[0]"},
      {"classes: [{countries: [GB, XK], keep_days: 9}]", ""},
      {"classes: [{work_types: [UNSPECIFIED], keep_days: 9}]", "classes[0].work_types[0]"},
      // Nothing is left for the last one.
      {"classes: [{keep_days: 9}, {countries: [JP], keep_days: 99}]", "classes[1]"},
      {"classes: [{work_types: [CAMPAIGN], keep_days: 9},\n"
       "  {work_types: [CAMPAIGN], countries: [JP], keep_days: 99}]",
       "classes[1]"},
      {"classes: [{countries: [JP], keep_days: 9}, {countries: [TW], keep_days: 9},\n"
       "  {work_types: [CAMPAIGN], countries: [TW, JP], keep_days: 99}]",
       "classes[2]"},
      {"classes: [{countries: [JP], keep_days: 9},\n"
       "  {work_types: [CAMPAIGN], countries: [TW, JP], keep_days: 99}]",
       ""},
  };
  for (const auto& row : rows) {
    const auto problem = CheckSettings(Read(row.yaml));
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field) << row.yaml;
  }
  Settings many;
  for (int i = 0; i < 101; ++i) many.add_classes()->set_keep_days(1);
  EXPECT_EQ(CheckSettings(many)->field, "classes");
}

}  // namespace
}  // namespace switchboard::retention
