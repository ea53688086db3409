// Vendors' code maps as operators release and see them.
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HubWorld;
using testing::Operator;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string MapYaml(int version, const std::string& more = "") {
  return absl::StrCat("vendor_id: sakura\nversion: ", version, "\ntitle: A dialler\n", more,
                      "declared_codes: [NA, N]\nmeanings:\n  - codes: [NA, N]\n"
                      "    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}\n");
}

class HubCodeMapsTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::ReleaseTextResponse> Put(const std::string& yaml) {
    return world_.PutInForce(v1::TEXT_KIND_CODE_MAP, yaml, "map.yaml");
  }
  absl::StatusOr<v1::ListCodeMapsResponse> List() {
    return world_.Await<v1::ListCodeMapsResponse>(
        [&](auto done) { world_.hub().operator_api().ListCodeMaps(Operator(), {}, done); });
  }

  HubWorld world_;
};

TEST_F(HubCodeMapsTest, ListSaysWhatEachVersionIsAndWhichIsInForce) {
  ASSERT_OK_AND_ASSIGN(const auto released, Put(MapYaml(3)));
  EXPECT_EQ(released.release().text_id(), "sakura");
  EXPECT_EQ(released.release().version(), 3);
  EXPECT_TRUE(released.changed());
  ASSERT_OK_AND_ASSIGN(const auto again, Put("# anew\n" + MapYaml(3)));
  EXPECT_FALSE(again.changed());
  ASSERT_OK(Put(MapYaml(4, "effective_from: 2190-01-01\n")));
  world_.Restart();
  ASSERT_OK_AND_ASSIGN(const auto listed, List());
  ASSERT_EQ(listed.maps_size(), 2);
  const auto& first = listed.maps(0);
  EXPECT_EQ(first.vendor_id(), "sakura");
  EXPECT_EQ(first.version(), 3);
  EXPECT_EQ(first.title(), "A dialler");
  EXPECT_EQ(first.codes(), 2);
  EXPECT_TRUE(first.in_force());
  EXPECT_FALSE(first.has_effective_from());
  EXPECT_EQ(first.proposed_by(), "operator/ito");
  EXPECT_EQ(first.released_by(), "operator/sato");
  EXPECT_GT(first.release_time().seconds(), 0);
  EXPECT_EQ(listed.maps(1).version(), 4);
  EXPECT_FALSE(listed.maps(1).in_force());
  EXPECT_EQ(listed.maps(1).effective_from().year(), 2190);
}

TEST_F(HubCodeMapsTest, BadMapsNameThePlace) {
  const auto refused = Put(MapYaml(0));
  EXPECT_THAT(refused, FailsWith(kInvalid, "CODE_MAP_INVALID"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("map.yaml:2:10: version: "));
  EXPECT_THAT(Put("vendor_id: [\n"), FailsWith(kInvalid, "YAML_INVALID"));
  ASSERT_OK(Put(MapYaml(2)));
  EXPECT_THAT(Put(MapYaml(1)),
              FailsWith(absl::StatusCode::kFailedPrecondition, "CODE_MAP_VERSION"));
  ASSERT_OK_AND_ASSIGN(const auto listed, List());
  EXPECT_EQ(listed.maps_size(), 1);
}

}  // namespace
}  // namespace switchboard
