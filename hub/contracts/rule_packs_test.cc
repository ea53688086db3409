#include "hub/contracts/rule_packs.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/contracts/release_fixture.h"
#include "hub/rules/pack_check.h"

namespace switchboard::contracts {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string PackYaml(const std::string& id, int version, const std::string& more = "",
                     const std::string& kind = "forbid: {}") {
  return absl::StrCat(
      "pack_id: ", id, "\nversion: ", version, "\n", more,
      "title: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n  - rule_id: ", id,
      ".one\n    strength: LAW\n    source: a law\n    verification: CONFIRMED\n", "    ", kind,
      "\n");
}

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string problem;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &problem)) << problem;
  return time;
}

class RulePacksTest : public ReleaseFixture {
 protected:
  absl::StatusOr<bool> Release(const std::string& yaml) {
    ASSIGN_OR_RETURN(const auto pack, rules::ParseRulePack(yaml, "pack.yaml"));
    ReleasedVersion released;
    RETURN_IF_ERROR(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(released,
                       packs_.Release(transaction, kByTwo, {pack.pack_id(), pack.version(), yaml}));
      return absl::OkStatus();
    }));
    EXPECT_EQ(released.version, pack.version());
    return released.changed;
  }

  bool Changes(const std::string& yaml) {
    const auto changed = Release(yaml);
    EXPECT_OK(changed);
    return changed.ok() && *changed;
  }

  std::shared_ptr<const rules::Packs> InForce(absl::Time now) {
    std::shared_ptr<const rules::Packs> packs;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(packs, packs_.InForce(reader, now));
      return absl::OkStatus();
    }));
    return packs;
  }
  // "jp 2"
  std::vector<std::string> Names(absl::Time now) {
    std::vector<std::string> names;
    for (const auto& one : *InForce(now))
      names.push_back(absl::StrCat(one->pack().pack_id(), " ", one->pack().version()));
    return names;
  }

  absl::StatusOr<TextVerdict> Judge(const std::string& yaml) {
    ASSIGN_OR_RETURN(const auto pack, rules::ParseRulePack(yaml, "pack.yaml"));
    TextVerdict verdict;
    RETURN_IF_ERROR(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(verdict, packs_.JudgeFile(reader, {pack.pack_id(), pack.version(), yaml}));
      return absl::OkStatus();
    }));
    return verdict;
  }

  absl::StatusOr<ReleasedText> Show(const std::string& pack_id, int64_t version) {
    ReleasedText shown;
    RETURN_IF_ERROR(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(shown, packs_.Show(reader, pack_id, version));
      return absl::OkStatus();
    }));
    return shown;
  }

  void Alter(const std::string& pack_id, int64_t version) {
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return transaction
          .Execute("UPDATE versioned_text SET yaml = '' WHERE id = $1 AND version = $2",
                   {pack_id, version})
          .status();
    }));
  }

  absl::Duration LongestWindow() {
    absl::Duration longest;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(longest, packs_.LongestWindow(reader));
      return absl::OkStatus();
    }));
    return longest;
  }

  RulePacks packs_;
  const absl::Time now_ = At("2026-11-24T12:00:00+09:00");
};

TEST_F(RulePacksTest, AVersionThatStandsIsNeverChanged) {
  const std::string first = PackYaml("jp", 1);
  EXPECT_TRUE(Changes(first));
  EXPECT_FALSE(Changes(first));
  EXPECT_FALSE(Changes("# managed\n" + first)) << "says the same";
  const std::string other = PackYaml("jp", 1, "effective_from: 2027-01-01\n");
  const auto refused = Release(other);
  EXPECT_THAT(refused, FailsWith(absl::StatusCode::kFailedPrecondition, "RULE_PACK_VERSION"));
  EXPECT_EQ(refused.status().message(),
            "version: rule pack jp has version 1 with another meaning already; give this text "
            "version 2 or higher");
  EXPECT_EQ(ErrorMetadata(refused.status(), "field"), "version");
  EXPECT_TRUE(Changes(PackYaml("jp", 4)));
  EXPECT_FALSE(Changes(first)) << "stands as well";
  const auto low = Release(PackYaml("jp", 3));
  EXPECT_THAT(low, FailsWith(absl::StatusCode::kFailedPrecondition, "RULE_PACK_VERSION"));
  EXPECT_THAT(std::string(low.status().message()), HasSubstr("has version 4 already"));
  EXPECT_THAT(std::string(low.status().message()), HasSubstr("version 5 or higher"));
  EXPECT_TRUE(Changes(PackYaml("us", 1))) << "another pack";
}

TEST_F(RulePacksTest, WhatIsReleasedIsAudited) {
  const std::string yaml = PackYaml("jp", 3);
  ASSERT_OK(Release(yaml));
  ASSERT_OK(Release(yaml));
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].kind(), v1::AuditEvent::KIND_RULE_PACK);
  EXPECT_EQ(events_[0].actor(), "operator/sato");
  EXPECT_EQ(events_[0].text().kind(), v1::TEXT_KIND_RULE_PACK);
  EXPECT_EQ(events_[0].subject_id(), "jp");
  EXPECT_EQ(events_[0].count(), 3);
  EXPECT_EQ(events_[0].digest(), Sha256Of(yaml));
}

TEST_F(RulePacksTest, NothingIsInForceUntilSomethingIsReleased) {
  EXPECT_THAT(*InForce(now_), IsEmpty());
  ASSERT_OK(Release(PackYaml("us", 1)));
  ASSERT_OK(Release(PackYaml("jp", 2)));
  EXPECT_THAT(Names(now_), ElementsAre("jp 2", "us 1"));
  ASSERT_OK(Release(PackYaml("jp", 3)));
  EXPECT_THAT(Names(now_), ElementsAre("jp 3", "us 1"));
}

TEST_F(RulePacksTest, TheHighestWhoseDaysContainTheInstantCounts) {
  ASSERT_OK(Release(PackYaml("jp", 1)));
  ASSERT_OK(Release(PackYaml("jp", 2, "effective_from: 2026-12-01\neffective_to: 2026-12-03\n")));
  ASSERT_OK(Release(PackYaml("us", 1, "effective_from: 2026-12-02\n")));
  const struct {
    const char* now;
    std::vector<std::string> names;
  } rows[] = {
      // Forwards, on the home zone's days …
      {"2026-11-30T23:59:59+09:00", {"jp 1"}},
      {"2026-12-01T00:00:00+09:00", {"jp 2"}},
      {"2026-12-01T23:59:59+09:00", {"jp 2"}},
      {"2026-12-02T00:00:00+09:00", {"jp 2", "us 1"}},
      {"2026-12-03T00:00:00+09:00", {"jp 1", "us 1"}},
      // … and back again, as of a clock that was set.
      {"2026-12-02T23:59:59+09:00", {"jp 2", "us 1"}},
      {"2026-12-01T00:00:00+09:00", {"jp 2"}},
      {"2026-11-30T23:59:59+09:00", {"jp 1"}},
  };
  for (const auto& row : rows) EXPECT_EQ(Names(At(row.now)), row.names) << row.now;
}

TEST_F(RulePacksTest, WhatIsInForceIsKeptUntilSomethingChanges) {
  ASSERT_OK(Release(PackYaml("jp", 1)));
  ASSERT_OK(Release(PackYaml("jp", 2, "effective_from: 2026-12-01\n")));
  const auto before = InForce(now_);
  EXPECT_EQ(InForce(now_ + absl::Hours(1)), before);
  EXPECT_EQ(InForce(now_ - absl::Hours(1)), before);
  ASSERT_OK(Release(PackYaml("jp", 2, "effective_from: 2026-12-01\n")));
  EXPECT_EQ(InForce(now_), before) << "nothing changed";
  EXPECT_NE(InForce(At("2026-12-01T00:00:00+09:00")), before);
  ASSERT_OK(Release(PackYaml("us", 1)));
  EXPECT_THAT(Names(now_), ElementsAre("jp 1", "us 1"));
}

// A number that was rolled back is given again, to another text.
TEST_F(RulePacksTest, WhatWasRolledBackIsNotHeard) {
  ASSERT_OK(Release(PackYaml("jp", 1)));
  const std::string yaml = PackYaml("us", 1);
  const auto pack = rules::ParseRulePack(yaml, "pack.yaml");
  ASSERT_OK(pack);
  EXPECT_FALSE(test_
                   .Run([&](storage::Transaction& transaction) -> absl::Status {
                     RETURN_IF_ERROR(packs_.Release(transaction, kByTwo, {"us", 1, yaml}).status());
                     ASSIGN_OR_RETURN(const auto heard,
                                      packs_.InForce(transaction.connection(), now_));
                     EXPECT_EQ(heard->size(), 2u) << "its own writing";
                     return absl::CancelledError("rolled back");
                   })
                   .ok());
  EXPECT_THAT(Names(now_), ElementsAre("jp 1"));
  ASSERT_OK(Release(PackYaml("tw", 1)));
  EXPECT_THAT(Names(now_), ElementsAre("jp 1", "tw 1"));
}

TEST_F(RulePacksTest, FilesAreJudgedByVersionAndMeaning) {
  using Kind = TextVerdict::Kind;
  ASSERT_OK_AND_ASSIGN(const auto none, Judge(PackYaml("jp", 1)));
  EXPECT_EQ(none.kind, Kind::kNew);
  EXPECT_EQ(none.highest_version, 0);
  ASSERT_OK(Release(PackYaml("jp", 2)));
  ASSERT_OK(Release(PackYaml("jp", 4)));
  const struct {
    int version;
    Kind kind;
  } rows[] = {{1, Kind::kTooLow},
              {2, Kind::kStands},
              {3, Kind::kTooLow},
              {4, Kind::kStands},
              {5, Kind::kNew}};
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const auto verdict, Judge("# anew\n" + PackYaml("jp", row.version)));
    EXPECT_EQ(verdict.kind, row.kind) << row.version;
    EXPECT_EQ(verdict.highest_version, 4);
  }
  for (const int version : {2, 4}) {
    EXPECT_THAT(Judge(PackYaml("jp", version, "region: \"13\"\n")),
                FailsWith(absl::StatusCode::kFailedPrecondition, "RULE_PACK_VERSION"));
  }
}

TEST_F(RulePacksTest, TextsAreShownAsTheyWereReleased) {
  const std::string first = "# first\n" + PackYaml("jp", 1);
  ASSERT_OK(Release(first));
  ASSERT_OK(Release(PackYaml("jp", 2)));
  ASSERT_OK_AND_ASSIGN(const ReleasedText shown, Show("jp", 1));
  EXPECT_EQ(shown.yaml, first);
  EXPECT_EQ(shown.release.proposed_by, "operator/ito");
  EXPECT_EQ(shown.release.released_by, "operator/sato");
  EXPECT_EQ(absl::ToUnixMicros(shown.release.time), test_.now_us());
  ASSERT_OK_AND_ASSIGN(const ReleasedText highest, Show("jp", 0));
  EXPECT_EQ(highest.version, 2);
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "RULE_PACK_UNKNOWN");
  EXPECT_THAT(Show("jp", 3), unknown);
  EXPECT_THAT(Show("us", 0), unknown);
}

// Nobody is asked to believe a pack that was changed behind the hub's back: nothing is heard, until
// a version takes its place.
TEST_F(RulePacksTest, WhatWasAlteredIsNotHeard) {
  ASSERT_OK(Release(PackYaml("jp", 1)));
  ASSERT_OK(Release(PackYaml("us", 1)));
  Alter("jp", 1);
  const auto altered = FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED");
  EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
    EXPECT_THAT(packs_.InForce(reader, now_), altered);
    return absl::OkStatus();
  }));
  EXPECT_EQ(LongestWindow(), absl::Hours(24 * 3'650)) << "nobody knows less";
  EXPECT_THAT(Show("jp", 1), altered);
  EXPECT_TRUE(Changes(PackYaml("jp", 2, "effective_from: 2026-12-01\n")));
  EXPECT_THAT(Names(now_), ElementsAre("jp 1", "us 1"));
  EXPECT_EQ(InForce(now_)->front()->pack().rules(0).rule_id(), "jp.text-altered");
  EXPECT_THAT(Names(At("2026-12-01T00:00:00+09:00")), ElementsAre("jp 2", "us 1"));
  EXPECT_TRUE(Changes(PackYaml("jp", 3)));
  EXPECT_THAT(Names(now_), ElementsAre("jp 3", "us 1"));
}

// Other countries do not feel it.
TEST_F(RulePacksTest, WhereATextWasAlteredNobodyIsContacted) {
  ASSERT_OK(Release(PackYaml("jp", 1)));
  ASSERT_OK(Release(PackYaml("jp", 2, "effective_to: 2026-11-01\n")));
  ASSERT_OK(Release(PackYaml("us", 1)));
  EXPECT_THAT(Names(now_), ElementsAre("jp 1", "us 1"));
  Alter("jp", 2);
  RulePacks of_another_start;
  ASSERT_OK_AND_ASSIGN(const auto heard, Read([&](storage::Connection& reader) {
                         return of_another_start.InForce(reader, now_);
                       }));
  ASSERT_EQ(heard->size(), 2u);
  const v1::RulePack& jp = heard->front()->pack();
  EXPECT_EQ(jp.country(), "JP");
  EXPECT_EQ(jp.version(), 2);
  EXPECT_FALSE(jp.has_effective_to());
  ASSERT_EQ(jp.rules_size(), 1);
  EXPECT_TRUE(jp.rules(0).has_forbid());
  EXPECT_THAT(jp.rules(0).asks(), IsEmpty());
  EXPECT_EQ(heard->back()->pack().rules(0).rule_id(), "us.one");
}

TEST_F(RulePacksTest, TheLongestWindowIsThatOfAnyVersion) {
  EXPECT_EQ(LongestWindow(), absl::ZeroDuration());
  ASSERT_OK(Release(PackYaml(
      "jp", 1, "", "count: {at_most: 1, window: {elapsed: 720h}, contacts: {directions: [OUT]}}")));
  EXPECT_EQ(LongestWindow(), absl::Hours(720));
  ASSERT_OK(Release(PackYaml(
      "jp", 2, "", "count: {at_most: 1, window: {elapsed: 24h}, contacts: {directions: [OUT]}}")));
  EXPECT_EQ(LongestWindow(), absl::Hours(720)) << "a clock may step back";
  ASSERT_OK(Release(
      PackYaml("us", 1, "",
               "count: {at_most: 1, window: {for_ever: true}, contacts: {directions: [OUT]}}")));
  EXPECT_EQ(LongestWindow(), absl::Hours(24 * 3'650));
}

}  // namespace
}  // namespace switchboard::contracts
