// Rule packs as operators release and see them; what they do is in hub_rules_test.cc.
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
  absl::StatusOr<v1::ReleaseTextResponse> Put(const std::string& yaml) {
    return world_.PutInForce(v1::TEXT_KIND_RULE_PACK, yaml, "ma.yaml");
  }
  absl::StatusOr<v1::ListRulePacksResponse> List() {
    return world_.Await<v1::ListRulePacksResponse>(
        [&](auto done) { world_.hub().operator_api().ListRulePacks(Operator(), {}, done); });
  }

  HubWorld world_;
};

TEST_F(HubRulePacksTest, ListSaysWhatEachVersionIsAndWhichIsInForce) {
  ASSERT_OK_AND_ASSIGN(const auto released, Put(PackYaml(3)));
  EXPECT_EQ(released.release().text_id(), "us-ma");
  EXPECT_EQ(released.release().version(), 3);
  EXPECT_TRUE(released.changed());
  ASSERT_OK(Put(PackYaml(4, "effective_from: 2190-01-01\neffective_to: 2190-07-01\n")));
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
  EXPECT_EQ(first.proposed_by(), "operator/ito");
  EXPECT_EQ(first.released_by(), "operator/sato");
  EXPECT_GT(first.release_time().seconds(), 0);
  EXPECT_EQ(listed.packs(1).version(), 4);
  EXPECT_FALSE(listed.packs(1).in_force());
  EXPECT_EQ(listed.packs(1).effective_from().year(), 2190);
  EXPECT_EQ(listed.packs(1).effective_to().month(), 7);
}

TEST_F(HubRulePacksTest, BadPacksNameThePlace) {
  const auto refused = Put(PackYaml(0));
  EXPECT_THAT(refused, FailsWith(kInvalid, "RULE_PACK_INVALID"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("ma.yaml:2:10: version: "));
  EXPECT_THAT(Put("pack_id: [\n"), FailsWith(kInvalid, "YAML_INVALID"));
  ASSERT_OK_AND_ASSIGN(const auto listed, List());
  EXPECT_EQ(listed.packs_size(), 0);
}

}  // namespace
}  // namespace switchboard
