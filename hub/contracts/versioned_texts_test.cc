#include "hub/contracts/versioned_texts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "tests/database_fixture.h"

namespace switchboard::contracts {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::TestDatabase;

// The first word of a text is what it means; "?" stands for one that nobody reads any more.
absl::StatusOr<std::string> FirstWord(std::string_view yaml) {
  if (yaml == "?") return absl::InvalidArgumentError("unreadable");
  return std::string(yaml.substr(0, yaml.find(' ')));
}

constexpr TextKind kPlans = {.name = "plan",
                             .noun = "plan",
                             .id_field = "plan_id",
                             .version_reason = "PLAN_VERSION",
                             .unknown_reason = "PLAN_UNKNOWN",
                             .unknown = "no such plan was applied",
                             .listing = "plans list",
                             .event = v1::AuditEvent::KIND_ROUTING_PLAN,
                             .meaning = FirstWord};
constexpr TextKind kMaps = {.name = "map",
                            .noun = "map",
                            .id_field = "map_id",
                            .version_reason = "MAP_VERSION",
                            .unknown_reason = "MAP_UNKNOWN",
                            .unknown = "no such map was applied",
                            .listing = "maps list",
                            .event = v1::AuditEvent::KIND_CODE_MAP,
                            .meaning = FirstWord};

class VersionedTextsTest : public ::testing::Test {
 protected:
  static storage::Writer::Hooks Hooks(std::vector<v1::AuditEvent>& events) {
    storage::Writer::Hooks hooks;
    hooks.after_commit = [&events](const auto&, const std::vector<std::string>& records) {
      for (const std::string& record : records) events.emplace_back().ParseFromString(record);
    };
    return hooks;
  }

  absl::StatusOr<bool> Apply(const VersionedTexts& texts, const std::string& id, int64_t version,
                             const std::string& yaml) {
    bool changed = false;
    RETURN_IF_ERROR(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(changed, texts.Apply(transaction, "operator/ito", {id, version, yaml}));
      return absl::OkStatus();
    }));
    return changed;
  }

  // What `look` finds.
  template <typename Look>
  auto Read(Look look) {
    std::invoke_result_t<Look, storage::Connection&> found = absl::UnknownError("not read");
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      found = look(reader);
      return absl::OkStatus();
    }));
    return found;
  }

  // "a 1: text"
  std::vector<std::string> Listed(const VersionedTexts& texts) {
    std::vector<std::string> lines;
    const auto listed = Read([&](storage::Connection& reader) { return texts.List(reader); });
    EXPECT_OK(listed);
    for (const AppliedText& one : *listed)
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

  std::vector<v1::AuditEvent> events_;
  TestDatabase test_{TestDatabase::Options(), Hooks(events_)};
  const VersionedTexts plans_{kPlans};
  const VersionedTexts maps_{kMaps};
};

TEST_F(VersionedTextsTest, KindsAreApart) {
  ASSERT_OK(Apply(plans_, "b", 2, "beta"));
  ASSERT_OK(Apply(maps_, "b", 1, "gamma"));
  ASSERT_OK(Apply(plans_, "a", 7, "alpha"));
  ASSERT_OK(Apply(plans_, "b", 10, "beta again"));
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
  EXPECT_EQ((*versions)[1].actor, "operator/ito");
  EXPECT_EQ(absl::ToUnixMicros((*versions)[1].apply_time), test_.now_us());
}

TEST_F(VersionedTextsTest, AVersionThatStandsIsNeverChanged) {
  ASSERT_OK_AND_ASSIGN(const bool first, Apply(plans_, "a", 1, "alpha"));
  EXPECT_TRUE(first);
  ASSERT_OK_AND_ASSIGN(const bool again, Apply(plans_, "a", 1, "alpha in other words"));
  EXPECT_FALSE(again);
  EXPECT_THAT(Listed(plans_), ElementsAre("a 1: alpha"));
  const auto other = Apply(plans_, "a", 1, "beta");
  EXPECT_THAT(other, FailsWith(absl::StatusCode::kFailedPrecondition, "PLAN_VERSION"));
  EXPECT_EQ(other.status().message(),
            "version: plan a has version 1 with another meaning already; give this text version 2 "
            "or higher");
  ASSERT_OK(Apply(plans_, "a", 5, "beta"));
  EXPECT_EQ(Apply(plans_, "a", 3, "alpha").status().message(),
            "version: plan a has version 5 already; give this text version 6 or higher");
  EXPECT_EQ(ErrorMetadata(Apply(plans_, "a", 3, "alpha").status(), "field"), "version");
}

// A program that reads less than the one before takes only the very same text for the same.
TEST_F(VersionedTextsTest, WhatCannotBeReadAnyMoreIsTheSameByItsBytesAlone) {
  ASSERT_OK(Apply(plans_, "a", 1, "?"));
  ASSERT_OK_AND_ASSIGN(const bool again, Apply(plans_, "a", 1, "?"));
  EXPECT_FALSE(again);
  EXPECT_THAT(Apply(plans_, "a", 1, "? "),
              FailsWith(absl::StatusCode::kFailedPrecondition, "PLAN_VERSION"));
}

TEST_F(VersionedTextsTest, WhatIsAppliedIsAudited) {
  ASSERT_OK(Apply(maps_, "sakura", 3, "alpha"));
  ASSERT_OK(Apply(maps_, "sakura", 3, "alpha"));
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].kind(), v1::AuditEvent::KIND_CODE_MAP);
  EXPECT_EQ(events_[0].actor(), "operator/ito");
  EXPECT_EQ(events_[0].subject_id(), "sakura");
  EXPECT_EQ(events_[0].count(), 3);
  EXPECT_EQ(events_[0].digest(), Sha256Of("alpha"));
}

TEST_F(VersionedTextsTest, WhatIsUnknownIsNamed) {
  const auto show = [this](const std::string& id, int64_t version) {
    return Read([&](storage::Connection& reader) { return maps_.Show(reader, id, version); });
  };
  ASSERT_OK(Apply(maps_, "a", 1, "alpha"));
  ASSERT_OK(Apply(maps_, "a", 2, "beta"));
  ASSERT_OK_AND_ASSIGN(const AppliedText highest, show("a", 0));
  EXPECT_EQ(highest.yaml, "beta");
  ASSERT_OK_AND_ASSIGN(const AppliedText lower, show("a", 1));
  EXPECT_EQ(lower.yaml, "alpha");
  EXPECT_THAT(show("b", 0), FailsWith(absl::StatusCode::kNotFound, "MAP_UNKNOWN"));
  EXPECT_EQ(show("b", 0).status().message(), "map_id: no such map was applied; see maps list");
  EXPECT_EQ(show("a", 3).status().message(), "version: no such version was applied; see maps list");
  EXPECT_EQ(ErrorMetadata(show("a", 3).status(), "field"), "version");
}

TEST_F(VersionedTextsTest, WhatIsKeptKnowsThatSomethingChanged) {
  EXPECT_THAT(Newest(plans_), IsEmpty());
  EXPECT_THAT(NewestOf(plans_, "a"), IsEmpty());
  ASSERT_OK(Apply(plans_, "a", 1, "alpha"));
  const std::string all = Newest(plans_), of_a = NewestOf(plans_, "a");
  ASSERT_OK(Apply(maps_, "a", 1, "alpha"));
  EXPECT_EQ(Newest(plans_), all);
  ASSERT_OK(Apply(plans_, "b", 1, "beta"));
  EXPECT_NE(Newest(plans_), all);
  EXPECT_EQ(NewestOf(plans_, "a"), of_a);
  ASSERT_OK(Apply(plans_, "a", 2, "beta"));
  EXPECT_NE(NewestOf(plans_, "a"), of_a);
}

}  // namespace
}  // namespace switchboard::contracts
