#include "hub/connection_limits.h"

#include "hub/config.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

v1::Config Defaults(const std::string& more = "") {
  ConfigProblems problems(more, "hub.yaml");
  return ParseConfig(more.empty() ? "{}" : more, "hub.yaml", problems);
}

TEST(ConnectionLimits, LeaveAHundredDescriptorsAndTakeThreeEach) {
  const struct {
    int configured;
    int64_t descriptors_max;
    int used;
  } cases[] = {{2000, 1 << 20, 2000}, {2000, 6600, 2000}, {2000, 6599, 1999},
               {2000, 1024, 284},     {2000, 100, 1},     {1'000'000, 0x7fffffff, 1'000'000}};
  for (const auto& [configured, descriptors_max, used] : cases) {
    v1::Config config = Defaults();
    config.mutable_limits()->set_connections_max(configured);
    EXPECT_EQ(SharesOf(config, descriptors_max).connections_max, used) << descriptors_max;
  }
}

TEST(ConnectionLimits, TheReserveIsAQuarterAtMost) {
  v1::Config config = Defaults();
  EXPECT_EQ(SharesOf(config, 1 << 20).reserved_for_issuer, 100);
  EXPECT_EQ(SharesOf(config, 1024).reserved_for_issuer, 71);
  config.mutable_limits()->set_connections_reserved(1000);
  EXPECT_EQ(SharesOf(config, 1 << 20).reserved_for_issuer, 500);
}

TEST(ConnectionLimits, HalfOpenOnesAreAQuarter) {
  const v1::Config config = Defaults();
  EXPECT_EQ(DoorOf(config, SharesOf(config, 1 << 20)).half_open_max, 500);
  EXPECT_EQ(DoorOf(config, SharesOf(config, 1)).half_open_max, 1);
}

TEST(ConnectionLimits, OffencesArePerMinute) {
  const auto offences = [](const std::string& yaml) {
    return SharesOf(Defaults(yaml), 1 << 20).offences_of_vendor;
  };
  EXPECT_DOUBLE_EQ(offences("").per_second, 0.2);
  EXPECT_EQ(offences("").burst, 12);
  EXPECT_DOUBLE_EQ(offences("limits: {offences_per_minute: 30}").per_second, 0.5);
}

TEST(ConnectionLimits, AnAddressMayBurst) {
  v1::Config config = Defaults("limits: {new_connections_per_second: 10}");
  config.add_proxies("10.1.0.0/16");
  const guard::DoorOptions door = DoorOf(config, SharesOf(config, 1 << 20));
  EXPECT_EQ(door.per_address.per_second, 10);
  EXPECT_EQ(door.per_address.burst, 40);
  ASSERT_EQ(door.proxies.size(), 1u);
  EXPECT_TRUE(door.proxies[0].Holds("10.1.2.3"));
}

}  // namespace
}  // namespace switchboard
