#include "hub/contracts/scripts.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/contracts/release_fixture.h"
#include "hub/contracts/script_check.h"

namespace switchboard::contracts {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using ::testing::Pair;

std::string Yaml(const std::string& script_id, int version, const std::string& days = "") {
  return absl::StrCat(
      "script_id: ", script_id, "\nversion: ", version, "\ntitle: A script\n", days,
      "steps:\n  - {step_id: greeting, wordings: [{language: ja, text: もしもし}]}\n");
}

absl::Time Day(int month, int day) {
  return absl::FromCivil(absl::CivilDay(2027, month, day), absl::UTCTimeZone());
}

class ScriptsTest : public ReleaseFixture {
 protected:
  absl::StatusOr<bool> Release(const std::string& yaml) {
    ASSIGN_OR_RETURN(const auto script, ParseScript(yaml, "script.yaml"));
    ReleasedVersion released;
    RETURN_IF_ERROR(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(released, scripts_.Release(transaction, kByTwo,
                                                  {script.script_id(), script.version(), yaml}));
      return absl::OkStatus();
    }));
    return released.changed;
  }
  std::map<std::string, int> InForce(absl::Time now) {
    std::map<std::string, int> in_force;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(in_force, scripts_.InForce(reader, now));
      return absl::OkStatus();
    }));
    return in_force;
  }

  const Scripts scripts_;
};

TEST_F(ScriptsTest, TheHighestThatHasBegunDecidesAlsoWhenItHasEnded) {
  EXPECT_THAT(InForce(Day(1, 1)), IsEmpty());
  ASSERT_OK(Release(Yaml("early", 1)));
  ASSERT_OK(Release(Yaml("late", 7, "effective_from: 2027-02-01\n")));
  ASSERT_OK(Release(Yaml("early", 2, "effective_from: 2027-02-01\neffective_to: 2027-03-01\n")));
  EXPECT_THAT(InForce(Day(2, 1) - absl::Microseconds(1)), ElementsAre(Pair("early", 1)));
  EXPECT_THAT(InForce(Day(2, 1)), ElementsAre(Pair("early", 2), Pair("late", 7)));
  EXPECT_THAT(InForce(Day(3, 1) - absl::Microseconds(1)),
              ElementsAre(Pair("early", 2), Pair("late", 7)));
  EXPECT_THAT(InForce(Day(3, 1)), ElementsAre(Pair("late", 7)));
}

TEST_F(ScriptsTest, WhatWasAlteredIsCured) {
  ASSERT_OK(Release(Yaml("early", 1)));
  ASSERT_OK(Release(Yaml("early", 2, "effective_from: 2027-02-01\n")));
  ASSERT_OK(Release(Yaml("late", 1)));
  ASSERT_OK(test_.Run([](storage::Transaction& transaction) {
    return transaction
        .Execute("UPDATE versioned_text SET yaml = '' WHERE id = 'early' AND version = 2", {})
        .status();
  }));
  EXPECT_THAT(InForce(Day(1, 1)), ElementsAre(Pair("late", 1))) << "it may have begun";
  ASSERT_OK(Release(Yaml("early", 3, "effective_from: 2027-03-01\n")));
  EXPECT_THAT(InForce(Day(1, 1)), ElementsAre(Pair("late", 1)));
  EXPECT_THAT(InForce(Day(3, 1)), ElementsAre(Pair("early", 3), Pair("late", 1)));
}

TEST_F(ScriptsTest, AVersionThatStandsIsNeverChanged) {
  ASSERT_OK(Release(Yaml("early", 2)));
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].kind(), v1::AuditEvent::KIND_SCRIPT);
  EXPECT_EQ(events_[0].subject_id(), "early");
  EXPECT_EQ(events_[0].count(), 2);
  EXPECT_EQ(events_[0].text().kind(), v1::TEXT_KIND_SCRIPT);
  ASSERT_OK_AND_ASSIGN(const bool again, Release("# anew\n" + Yaml("early", 2)));
  EXPECT_FALSE(again);
  const auto other = Release(Yaml("early", 2, "work_types: [CAMPAIGN]\n"));
  EXPECT_THAT(other, FailsWith(absl::StatusCode::kFailedPrecondition, "SCRIPT_VERSION"));
  EXPECT_EQ(other.status().message(),
            "version: script early has version 2 with another meaning already; give this text "
            "version 3 or higher");
  EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
    EXPECT_THAT(scripts_.Show(reader, "late", 0),
                FailsWith(absl::StatusCode::kNotFound, "SCRIPT_UNKNOWN"));
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace switchboard::contracts
