#include "hub/releases/text.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "tests/testing.h"

namespace switchboard::releases {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

struct Example {
  v1::TextKind kind;
  std::string yaml;
  std::string id;
  int64_t version;
  bool ends;
  const char* reason;    // of a text of this kind that says too little
  const char* commands;  // its group
};

// One of each kind, each with every day that its kind has.
const Example kExamples[] = {
    {v1::TEXT_KIND_CONTRACT,
     "vendor_id: sakura\nlanguages: [ja]\neffective_from: 2027-01-01\neffective_to: 2027-02-01\n"
     "work_types: [{work_type: EARLY_COLLECTIONS}]\n",
     "sakura", 0, true, "CONTRACT_INVALID", "contract"},
    {v1::TEXT_KIND_ROUTING_PLAN,
     "plan_id: plan-1\neffective_from: 2027-01-01\nsegments:\n  - name: all\n    work_type: "
     "EARLY_COLLECTIONS\n    shares: [{vendor_id: sakura, percent: 100}]\n",
     "plan-1", 0, false, "PLAN_INVALID", "routing"},
    {v1::TEXT_KIND_RULE_PACK,
     "pack_id: jp\nversion: 3\ntitle: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\n"
     "effective_from: 2027-01-01\neffective_to: 2027-02-01\nrules:\n  - rule_id: jp.one\n"
     "    strength: LAW\n    source: a law\n    verification: CONFIRMED\n    forbid: {}\n",
     "jp", 3, true, "RULE_PACK_INVALID", "rules"},
    {v1::TEXT_KIND_CODE_MAP,
     "vendor_id: sakura\nversion: 2\ntitle: A dialler\neffective_from: 2027-01-01\n"
     "declared_codes: [NA]\nmeanings:\n  - codes: [NA]\n    result: {connection: RANG_OUT, "
     "reached: NOBODY, disposition: NONE}\n",
     "sakura", 2, false, "CODE_MAP_INVALID", "codes"},
    {v1::TEXT_KIND_SCRIPT,
     "script_id: reminder\nversion: 4\ntitle: A reminder\neffective_from: 2027-01-01\n"
     "effective_to: 2027-02-01\nsteps:\n  - step_id: greeting\n    wordings: [{language: ja, text: "
     "お世話になっております}]\n",
     "reminder", 4, true, "SCRIPT_INVALID", "script"},
};

// What is no YAML of the kind's form has the kind's reason, or one of its own.
void ExpectRefused(const absl::Status& status, const Example& example) {
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(ErrorReason(status), AnyOf(example.reason, "YAML_INVALID")) << status;
  EXPECT_EQ(ErrorMetadata(status, "file"), "text.yaml") << status;
  EXPECT_NE(ErrorMetadata(status, "line"), "") << status;
}

TEST(TextTest, EachKindSaysItsIdVersionAndDays) {
  for (const Example& one : kExamples) {
    ASSERT_OK_AND_ASSIGN(const ReadText text, Read(one.kind, one.yaml, "text.yaml"));
    EXPECT_EQ(text.kind, one.kind);
    EXPECT_EQ(text.id, one.id);
    EXPECT_EQ(text.version, one.version) << one.id;
    EXPECT_EQ(text.from_day, absl::CivilDay(2027, 1, 1)) << one.id;
    EXPECT_EQ(text.to_day.has_value(), one.ends) << one.id;
    if (one.ends) {
      EXPECT_EQ(text.to_day, absl::CivilDay(2027, 2, 1));
    }
    EXPECT_EQ(text.yaml, one.yaml);
    EXPECT_EQ(text.digest, Sha256Of(one.yaml));
    EXPECT_EQ(text.file_name, "text.yaml");
    EXPECT_STREQ(CommandsOf(one.kind), one.commands);
  }
}

TEST(TextTest, WhatIsNoTextOfItsKindIsRefusedWithThePlace) {
  for (const Example& one : kExamples) {
    SCOPED_TRACE(one.id);
    const auto empty = Read(one.kind, "{}\n", "text.yaml");
    EXPECT_THAT(empty, FailsWith(kInvalid, one.reason));
    EXPECT_EQ(ErrorMetadata(empty.status(), "file"), "text.yaml");
    for (const Example& other : kExamples) {
      if (other.kind == one.kind) continue;
      const absl::Status status = Read(one.kind, other.yaml, "text.yaml").status();
      ExpectRefused(status, one);
      EXPECT_THAT(std::string(status.message()),
                  AllOf(StartsWith("text.yaml:"), HasSubstr("unknown key")));
    }
    ExpectRefused(Read(one.kind, "nonsense: [\n", "text.yaml").status(), one);
    const size_t day = one.yaml.find("2027-01-01");
    std::string no_day = one.yaml;
    no_day.replace(day, 10, "tomorrow");
    const absl::Status status = Read(one.kind, no_day, "text.yaml").status();
    ExpectRefused(status, one);
    const auto line = 1 + std::count(one.yaml.begin(), one.yaml.begin() + day, '\n');
    EXPECT_THAT(
        std::string(status.message()),
        AllOf(StartsWith(absl::StrCat("text.yaml:", line, ":")), HasSubstr("effective_from")));
  }
  EXPECT_THAT(Read(v1::TEXT_KIND_UNSPECIFIED, kExamples[0].yaml, "text.yaml"),
              FailsWith(kInvalid, "FIELD_INVALID"));
}

TEST(TextTest, AMeaningIsThatOfTheKeysAndNotOfTheirBytes) {
  for (const Example& one : kExamples) {
    ASSERT_OK_AND_ASSIGN(const ReadText text, Read(one.kind, one.yaml, "text.yaml"));
    const size_t second = one.yaml.find('\n') + 1;
    const std::string other = "# by hand\n" + one.yaml.substr(second) + one.yaml.substr(0, second);
    ASSERT_OK_AND_ASSIGN(const ReadText same, Read(one.kind, other, "other.yaml"));
    EXPECT_EQ(MeaningOf(text), MeaningOf(same)) << one.id;
    EXPECT_NE(text.digest, same.digest);
    std::string later = one.yaml;
    later.replace(later.find("effective_from: 2027-01-01"), 26, "effective_from: 2027-01-02");
    ASSERT_OK_AND_ASSIGN(const ReadText different, Read(one.kind, later, "text.yaml"));
    EXPECT_NE(MeaningOf(text), MeaningOf(different)) << one.id;
  }
}

TEST(TextTest, DaysOfAPackAreThoseOfItsOwnZone) {
  // Half past four in the afternoon in UTC is half past one of the next day in Tokyo.
  const absl::Time time =
      absl::FromCivil(absl::CivilMinute(2027, 1, 1, 16, 30), absl::UTCTimeZone());
  for (const Example& one : kExamples) {
    ASSERT_OK_AND_ASSIGN(const ReadText text, Read(one.kind, one.yaml, "text.yaml"));
    const int day = one.kind == v1::TEXT_KIND_RULE_PACK ? 2 : 1;
    EXPECT_EQ(DayOf(text, time), absl::CivilDay(2027, 1, day)) << one.id;
  }
}

}  // namespace
}  // namespace switchboard::releases
