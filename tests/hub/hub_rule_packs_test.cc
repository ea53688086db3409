// Rule packs as operators apply and see them; what they do is in hub_rules_test.cc.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HubWorld;
using testing::Operator;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string PackYaml(int version, const std::string& more = "") {
  return absl::StrCat("pack_id: us-ma\nversion: ", version,
                      "\ntitle: Massachusetts\ncountry: US\nregion: MA\n"
                      "home_zone: America/New_York\n",
                      more,
                      "rules:\n  - rule_id: us-ma.one\n    strength: LAW\n    source: a law\n"
                      "    verification: CONFIRMED\n    forbid: {}\n  - rule_id: us-ma.two\n"
                      "    strength: LAW\n    source: a law\n    verification: UNVERIFIED\n"
                      "    forbid: {}\n");
}

class HubRulePacksTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::ApplyRulePackResponse> Apply(const std::string& yaml,
                                                  const std::string& file_name = "ma.yaml") {
    v1::ApplyRulePackRequest request;
    request.set_yaml(yaml);
    request.set_file_name(file_name);
    return world_.Await<v1::ApplyRulePackResponse>(
        [&](auto done) { world_.hub().operator_api().ApplyRulePack(Operator(), request, done); });
  }
  absl::StatusOr<v1::ListRulePacksResponse> List() {
    return world_.Await<v1::ListRulePacksResponse>(
        [&](auto done) { world_.hub().operator_api().ListRulePacks(Operator(), {}, done); });
  }
  absl::StatusOr<v1::ShowRulePackResponse> Show(const std::string& pack_id, int version) {
    v1::ShowRulePackRequest request;
    request.set_pack_id(pack_id);
    request.set_version(version);
    return world_.Await<v1::ShowRulePackResponse>(
        [&](auto done) { world_.hub().operator_api().ShowRulePack(Operator(), request, done); });
  }

  HubWorld world_;
};

TEST_F(HubRulePacksTest, ListSaysWhatEachVersionIsAndWhichIsInForce) {
  ASSERT_OK_AND_ASSIGN(const auto applied, Apply(PackYaml(3)));
  EXPECT_EQ(applied.pack_id(), "us-ma");
  EXPECT_EQ(applied.version(), 3);
  EXPECT_TRUE(applied.changed());
  ASSERT_OK(Apply(PackYaml(4, "effective_from: 2190-01-01\neffective_to: 2190-07-01\n")));
  world_.Restart();
  ASSERT_OK_AND_ASSIGN(const auto listed, List());
  ASSERT_EQ(listed.packs_size(), 2);
  const auto& first = listed.packs(0);
  EXPECT_EQ(first.pack_id(), "us-ma");
  EXPECT_EQ(first.version(), 3);
  EXPECT_EQ(first.title(), "Massachusetts");
  EXPECT_EQ(first.country() + "/" + first.region(), "US/MA");
  EXPECT_EQ(first.rules(), 2);
  EXPECT_EQ(first.unverified_rules(), 1);
  EXPECT_TRUE(first.in_force());
  EXPECT_FALSE(first.has_effective_from());
  EXPECT_EQ(first.actor(), "operator/ito");
  EXPECT_GT(first.apply_time().seconds(), 0);
  EXPECT_EQ(listed.packs(1).version(), 4);
  EXPECT_FALSE(listed.packs(1).in_force());
  EXPECT_EQ(listed.packs(1).effective_from().year(), 2190);
  EXPECT_EQ(listed.packs(1).effective_to().month(), 7);
}

TEST_F(HubRulePacksTest, ShowGivesTheTextAsItWasWritten) {
  const std::string first = "# by hand\n" + PackYaml(1);
  ASSERT_OK(Apply(first));
  ASSERT_OK(Apply(PackYaml(2)));
  ASSERT_OK_AND_ASSIGN(const auto shown, Show("us-ma", 1));
  EXPECT_EQ(shown.yaml(), first);
  EXPECT_EQ(shown.actor(), "operator/ito");
  ASSERT_OK_AND_ASSIGN(const auto highest, Show("us-ma", 0));
  EXPECT_EQ(highest.version(), 2);
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "RULE_PACK_UNKNOWN");
  EXPECT_THAT(Show("us-ma", 3), unknown);
  EXPECT_THAT(Show("us", 0), unknown);
  EXPECT_THAT(Show("us-ma", -1), FailsWith(kInvalid, "FIELD_INVALID"));
}

TEST_F(HubRulePacksTest, BadPacksNameThePlace) {
  const auto refused = Apply(PackYaml(0));
  EXPECT_THAT(refused, FailsWith(kInvalid, "RULE_PACK_INVALID"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("ma.yaml:2:10: version: "));
  EXPECT_THAT(Apply("pack_id: [\n"), FailsWith(kInvalid, "YAML_INVALID"));
  const auto misnamed = Apply(PackYaml(1), std::string(201, 'f'));
  EXPECT_THAT(misnamed, FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_EQ(ErrorMetadata(misnamed.status(), "field"), "file_name");
  ASSERT_OK_AND_ASSIGN(const auto listed, List());
  EXPECT_EQ(listed.packs_size(), 0);
}

}  // namespace
}  // namespace switchboard
