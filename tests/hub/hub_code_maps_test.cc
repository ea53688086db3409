// Vendors' code maps as operators apply and see them.
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
  absl::StatusOr<v1::ApplyCodeMapResponse> Apply(const std::string& yaml,
                                                 const std::string& file_name = "map.yaml") {
    v1::ApplyCodeMapRequest request;
    request.set_yaml(yaml);
    request.set_file_name(file_name);
    return world_.Await<v1::ApplyCodeMapResponse>(
        [&](auto done) { world_.hub().operator_api().ApplyCodeMap(Operator(), request, done); });
  }
  absl::StatusOr<v1::ListCodeMapsResponse> List() {
    return world_.Await<v1::ListCodeMapsResponse>(
        [&](auto done) { world_.hub().operator_api().ListCodeMaps(Operator(), {}, done); });
  }
  absl::StatusOr<v1::ShowCodeMapResponse> Show(const std::string& vendor_id, int version) {
    v1::ShowCodeMapRequest request;
    request.set_vendor_id(vendor_id);
    request.set_version(version);
    return world_.Await<v1::ShowCodeMapResponse>(
        [&](auto done) { world_.hub().operator_api().ShowCodeMap(Operator(), request, done); });
  }

  HubWorld world_;
};

TEST_F(HubCodeMapsTest, ListSaysWhatEachVersionIsAndWhichIsInForce) {
  ASSERT_OK_AND_ASSIGN(const auto applied, Apply(MapYaml(3)));
  EXPECT_EQ(applied.vendor_id(), "sakura");
  EXPECT_EQ(applied.version(), 3);
  EXPECT_TRUE(applied.changed());
  ASSERT_OK_AND_ASSIGN(const auto again, Apply("# anew\n" + MapYaml(3)));
  EXPECT_FALSE(again.changed());
  ASSERT_OK(Apply(MapYaml(4, "effective_from: 2190-01-01\n")));
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
  EXPECT_EQ(first.actor(), "operator/ito");
  EXPECT_GT(first.apply_time().seconds(), 0);
  EXPECT_EQ(listed.maps(1).version(), 4);
  EXPECT_FALSE(listed.maps(1).in_force());
  EXPECT_EQ(listed.maps(1).effective_from().year(), 2190);
}

TEST_F(HubCodeMapsTest, ShowGivesTheTextAsItWasWritten) {
  const std::string first = "# by hand\n" + MapYaml(1);
  ASSERT_OK(Apply(first));
  ASSERT_OK(Apply(MapYaml(2)));
  ASSERT_OK_AND_ASSIGN(const auto shown, Show("sakura", 1));
  EXPECT_EQ(shown.yaml(), first);
  EXPECT_EQ(shown.actor(), "operator/ito");
  ASSERT_OK_AND_ASSIGN(const auto highest, Show("sakura", 0));
  EXPECT_EQ(highest.version(), 2);
  const auto unknown = FailsWith(absl::StatusCode::kNotFound, "CODE_MAP_UNKNOWN");
  EXPECT_THAT(Show("sakura", 3), unknown);
  EXPECT_THAT(Show("jade", 0), unknown);
  EXPECT_THAT(Show("sakura", -1), FailsWith(kInvalid, "FIELD_INVALID"));
}

TEST_F(HubCodeMapsTest, BadMapsNameThePlace) {
  const auto refused = Apply(MapYaml(0));
  EXPECT_THAT(refused, FailsWith(kInvalid, "CODE_MAP_INVALID"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("map.yaml:2:10: version: "));
  EXPECT_THAT(Apply("vendor_id: [\n"), FailsWith(kInvalid, "YAML_INVALID"));
  const auto misnamed = Apply(MapYaml(1), std::string(201, 'f'));
  EXPECT_THAT(misnamed, FailsWith(kInvalid, "FIELD_INVALID"));
  EXPECT_EQ(ErrorMetadata(misnamed.status(), "field"), "file_name");
  ASSERT_OK(Apply(MapYaml(2)));
  EXPECT_THAT(Apply(MapYaml(1)),
              FailsWith(absl::StatusCode::kFailedPrecondition, "CODE_MAP_VERSION"));
  ASSERT_OK_AND_ASSIGN(const auto listed, List());
  EXPECT_EQ(listed.maps_size(), 1);
}

}  // namespace
}  // namespace switchboard
