#include "hub/contracts/versioned_texts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/contracts/release_fixture.h"

namespace switchboard::contracts {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;

// The first word of a text is what it means; "?" stands for one that nobody reads any more.
absl::StatusOr<std::string> FirstWord(std::string_view yaml) {
  if (yaml == "?") return absl::InvalidArgumentError("unreadable");
  return std::string(yaml.substr(0, yaml.find(' ')));
}

constexpr TextKind kPlans = {.kind = v1::TEXT_KIND_RULE_PACK,
                             .name = "plan",
                             .noun = "plan",
                             .id_field = "plan_id",
                             .version_reason = "PLAN_VERSION",
                             .unknown_reason = "PLAN_UNKNOWN",
                             .unknown = "no such plan was released",
                             .listing = "plans list",
                             .event = v1::AuditEvent::KIND_ROUTING_PLAN,
                             .meaning = FirstWord};
constexpr TextKind kMaps = {.kind = v1::TEXT_KIND_CODE_MAP,
                            .name = "map",
                            .noun = "map",
                            .id_field = "map_id",
                            .version_reason = "MAP_VERSION",
                            .unknown_reason = "MAP_UNKNOWN",
                            .unknown = "no such map was released",
                            .listing = "maps list",
                            .event = v1::AuditEvent::KIND_CODE_MAP,
                            .meaning = FirstWord};

class VersionedTextsTest : public ReleaseFixture {
 protected:
  absl::StatusOr<bool> Release(const VersionedTexts& texts, const std::string& id, int64_t version,
                               const std::string& yaml, const ReleasedBy& by = kByTwo) {
    ReleasedVersion released;
    RETURN_IF_ERROR(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(released, texts.Release(transaction, by, {id, version, yaml}));
      return absl::OkStatus();
    }));
    EXPECT_EQ(released.version, version);
    return released.changed;
  }

  void Alter(const std::string& id, const std::string& yaml) {
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return transaction.Execute("UPDATE versioned_text SET yaml = $1 WHERE id = $2", {yaml, id})
          .status();
    }));
  }

  // "a 1: text"
  std::vector<std::string> Listed(const VersionedTexts& texts) {
    std::vector<std::string> lines;
    const auto listed = Read([&](storage::Connection& reader) { return texts.List(reader); });
    EXPECT_OK(listed);
    for (const ReleasedText& one : *listed)
      lines.push_back(absl::StrCat(one.id, " ", one.version, ": ", one.yaml));
    return lines;
  }
  std::string NewestOf(const VersionedTexts& texts, const std::string& id) {
    const auto key = Read([&](storage::Connection& reader) { return texts.NewestOf(reader, id); });
    EXPECT_OK(key);
    return *key;
  }
  std::string Newest(const VersionedTexts& texts) {
    const auto key = Read([&](storage::Connection& reader) { return texts.Newest(reader); });
    EXPECT_OK(key);
    return *key;
  }

  const VersionedTexts plans_{kPlans};
  const VersionedTexts maps_{kMaps};
};

TEST_F(VersionedTextsTest, KindsAreApart) {
  ASSERT_OK(Release(plans_, "b", 2, "beta"));
  ASSERT_OK(Release(maps_, "b", 1, "gamma"));
  ASSERT_OK(Release(plans_, "a", 7, "alpha"));
  ASSERT_OK(Release(plans_, "b", 10, "beta again"));
  EXPECT_THAT(Listed(plans_), ElementsAre("a 7: alpha", "b 2: beta", "b 10: beta again"));
  EXPECT_THAT(Listed(maps_), ElementsAre("b 1: gamma"));
  const auto ids = Read([&](storage::Connection& reader) { return plans_.Ids(reader); });
  ASSERT_OK(ids);
  EXPECT_THAT(*ids, ElementsAre("a", "b"));
  const auto versions =
      Read([&](storage::Connection& reader) { return plans_.Versions(reader, "b"); });
  ASSERT_OK(versions);
  ASSERT_EQ(versions->size(), 2u);
  EXPECT_EQ((*versions)[1].version, 10);
  const ReleaseRecord& release = (*versions)[1].release;
  EXPECT_EQ(release.proposed_by, "operator/ito");
  EXPECT_EQ(release.released_by, "operator/sato");
  EXPECT_EQ(release.proposal_id, "P-1");
  EXPECT_EQ(release.digest, Sha256Of("beta again"));
  EXPECT_EQ(absl::ToUnixMicros(release.time), test_.now_us());
}

TEST_F(VersionedTextsTest, AVersionThatStandsIsNeverChanged) {
  ASSERT_OK_AND_ASSIGN(const bool first, Release(plans_, "a", 1, "alpha"));
  EXPECT_TRUE(first);
  ASSERT_OK_AND_ASSIGN(const bool again, Release(plans_, "a", 1, "alpha in other words"));
  EXPECT_FALSE(again);
  EXPECT_THAT(Listed(plans_), ElementsAre("a 1: alpha"));
  const auto other = Release(plans_, "a", 1, "beta");
  EXPECT_THAT(other, FailsWith(absl::StatusCode::kFailedPrecondition, "PLAN_VERSION"));
  EXPECT_EQ(other.status().message(),
            "version: plan a has version 1 with another meaning already; give this text version 2 "
            "or higher");
  ASSERT_OK(Release(plans_, "a", 5, "beta"));
  EXPECT_EQ(Release(plans_, "a", 3, "alpha").status().message(),
            "version: plan a has version 5 already; give this text version 6 or higher");
  EXPECT_EQ(ErrorMetadata(Release(plans_, "a", 3, "alpha").status(), "field"), "version");
}

// A program that reads less than the one before takes only the very same text for the same.
TEST_F(VersionedTextsTest, WhatCannotBeReadAnyMoreIsTheSameByItsBytesAlone) {
  ASSERT_OK(Release(plans_, "a", 1, "?"));
  ASSERT_OK_AND_ASSIGN(const bool again, Release(plans_, "a", 1, "?"));
  EXPECT_FALSE(again);
  const auto listed = Read([&](storage::Connection& reader) { return plans_.List(reader); });
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_THAT((*listed)[0].usable, FailsWith(absl::StatusCode::kDataLoss, "TEXT_NOT_TAKEN"));
  EXPECT_OK(Read([&](storage::Connection& reader) { return plans_.Show(reader, "a", 1); }));
  EXPECT_THAT(Release(plans_, "a", 1, "? "),
              FailsWith(absl::StatusCode::kFailedPrecondition, "PLAN_VERSION"));
}

TEST_F(VersionedTextsTest, WhatIsReleasedIsAudited) {
  ASSERT_OK(Release(maps_, "sakura", 3, "alpha"));
  ASSERT_OK(Release(maps_, "sakura", 3, "alpha"));
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].kind(), v1::AuditEvent::KIND_CODE_MAP);
  EXPECT_EQ(events_[0].actor(), "operator/sato");
  EXPECT_EQ(events_[0].subject_id(), "sakura");
  EXPECT_EQ(events_[0].count(), 3);
  EXPECT_EQ(events_[0].digest(), Sha256Of("alpha"));
  EXPECT_EQ(events_[0].text().kind(), v1::TEXT_KIND_CODE_MAP);
  EXPECT_EQ(events_[0].text().proposed_by(), "operator/ito");
  EXPECT_EQ(events_[0].text().proposal_id(), "P-1");
  EXPECT_EQ(events_[0].text().replaces_version(), 0);
  EXPECT_FALSE(events_[0].text().first());
  ASSERT_OK(Release(maps_, "sakura", 5, "beta", {"hub", "hub", ""}));
  EXPECT_EQ(events_[1].actor(), "hub");
  EXPECT_EQ(events_[1].text().replaces_version(), 3);
  EXPECT_TRUE(events_[1].text().first());
}

// A text that somebody changed in the database is not used, and says so; that it was released once
// the digest tells.
TEST_F(VersionedTextsTest, WhatWasAlteredIsNotRead) {
  ASSERT_OK(Release(plans_, "a", 1, "alpha"));
  ASSERT_OK(Release(plans_, "b", 1, "beta"));
  Alter("a", "beta");
  const auto altered = FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED");
  const auto listed = Read([&](storage::Connection& reader) { return plans_.List(reader); });
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 2u) << "it is listed all the same";
  EXPECT_THAT((*listed)[0].usable, altered);
  EXPECT_OK((*listed)[1].usable);
  EXPECT_EQ((*listed)[0].usable.message(),
            "version 1 of plan a is not in the database as it was released, and is not used; put "
            "back a backup, or the text with this digest");
  EXPECT_THAT(Read([&](storage::Connection& reader) { return plans_.Show(reader, "a", 1); }),
              altered);
  EXPECT_OK(Read([&](storage::Connection& reader) { return plans_.Versions(reader, "a"); }));
  EXPECT_OK(Read([&](storage::Connection& reader) { return plans_.Show(reader, "b", 0); }));
  ASSERT_OK_AND_ASSIGN(const bool again, Release(plans_, "a", 1, "alpha"));
  EXPECT_FALSE(again) << "released as it is";
  EXPECT_THAT(Release(plans_, "a", 1, "beta"),
              FailsWith(absl::StatusCode::kFailedPrecondition, "PLAN_VERSION"));
  Alter("a", "alpha");
  EXPECT_THAT(Listed(plans_), ElementsAre("a 1: alpha", "b 1: beta"));
}

TEST_F(VersionedTextsTest, WhatIsUnknownIsNamed) {
  const auto show = [this](const std::string& id, int64_t version) {
    return Read([&](storage::Connection& reader) { return maps_.Show(reader, id, version); });
  };
  ASSERT_OK(Release(maps_, "a", 1, "alpha"));
  ASSERT_OK(Release(maps_, "a", 2, "beta"));
  ASSERT_OK_AND_ASSIGN(const ReleasedText highest, show("a", 0));
  EXPECT_EQ(highest.yaml, "beta");
  ASSERT_OK_AND_ASSIGN(const ReleasedText lower, show("a", 1));
  EXPECT_EQ(lower.yaml, "alpha");
  EXPECT_THAT(show("b", 0), FailsWith(absl::StatusCode::kNotFound, "MAP_UNKNOWN"));
  EXPECT_EQ(show("b", 0).status().message(), "map_id: no such map was released; see maps list");
  EXPECT_EQ(show("a", 3).status().message(),
            "version: no such version was released; see maps list");
  EXPECT_EQ(ErrorMetadata(show("a", 3).status(), "field"), "version");
}

TEST_F(VersionedTextsTest, WhatIsKeptKnowsThatSomethingChanged) {
  EXPECT_THAT(Newest(plans_), IsEmpty());
  EXPECT_THAT(NewestOf(plans_, "a"), IsEmpty());
  ASSERT_OK(Release(plans_, "a", 1, "alpha"));
  const std::string all = Newest(plans_), of_a = NewestOf(plans_, "a");
  ASSERT_OK(Release(maps_, "a", 1, "alpha"));
  EXPECT_EQ(Newest(plans_), all);
  ASSERT_OK(Release(plans_, "b", 1, "beta"));
  EXPECT_NE(Newest(plans_), all);
  EXPECT_EQ(NewestOf(plans_, "a"), of_a);
  ASSERT_OK(Release(plans_, "a", 2, "beta"));
  EXPECT_NE(NewestOf(plans_, "a"), of_a);
}

}  // namespace
}  // namespace switchboard::contracts
