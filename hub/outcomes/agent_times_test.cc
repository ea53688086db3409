#include "hub/outcomes/agent_times.h"

#include <gtest/gtest.h>

namespace switchboard::outcomes {
namespace {

constexpr int64_t kMinute = 60'000'000;

AgentTime Call(const char* id, int64_t from, int64_t to) {
  return {id, from * kMinute, to * kMinute, std::nullopt};
}

AgentTime VisitAt(const char* id, int64_t from, int64_t to, int32_t latitude_e5,
                  int32_t longitude_e5) {
  return {id, from * kMinute, to * kMinute, Spot{latitude_e5, longitude_e5}};
}

TEST(AgentTimesTest, NobodyIsInTwoCallsAtOnce) {
  const AgentTime one = Call("one", 10, 20);
  const struct {
    const char* what;
    AgentTime other;
    bool elsewhere;
  } rows[] = {
      {"before", Call("other", 0, 10), false},
      {"after", Call("other", 20, 30), false},
      {"its end", Call("other", 0, 11), true},
      {"its beginning", Call("other", 19, 30), true},
      {"within", Call("other", 12, 13), true},
      {"around", Call("other", 0, 30), true},
      {"the same", Call("other", 10, 20), true},
      {"another version of itself", Call("one", 10, 20), false},
  };
  for (const auto& row : rows) EXPECT_EQ(IsElsewhere(one, {row.other}), row.elsewhere) << row.what;
  EXPECT_FALSE(IsElsewhere(one, {}));
}

// From Tokyo station to the station of Nagoya it is some 260 km, to that of Shinjuku six.
constexpr int32_t kTokyo[] = {3568124, 13976712};
constexpr int32_t kShinjuku[] = {3569092, 13970036};
constexpr int32_t kNagoya[] = {3517091, 13688154};

TEST(AgentTimesTest, NobodyTravelsAtMoreThanThreeHundredKilometresAnHour) {
  const AgentTime tokyo = VisitAt("one", 0, 30, kTokyo[0], kTokyo[1]);
  const auto nagoya = [](int64_t from) {
    return VisitAt("other", from, from + 10, kNagoya[0], kNagoya[1]);
  };
  EXPECT_TRUE(IsTooFar(tokyo, {nagoya(32)}));   // two minutes later
  EXPECT_TRUE(IsTooFar(tokyo, {nagoya(75)}));   // three quarters of an hour
  EXPECT_FALSE(IsTooFar(tokyo, {nagoya(85)}));  // by the fastest train
  EXPECT_TRUE(IsTooFar(nagoya(32), {tokyo}));   // told in the other order
  EXPECT_TRUE(IsTooFar(tokyo, {nagoya(10)}));   // at the same time
  const auto shinjuku = [](int64_t from) {
    return VisitAt("other", from, from + 10, kShinjuku[0], kShinjuku[1]);
  };
  EXPECT_TRUE(IsTooFar(tokyo, {shinjuku(30)}));
  EXPECT_FALSE(IsTooFar(tokyo, {shinjuku(32)}));
  // Where one of them was is not known.
  EXPECT_FALSE(IsTooFar(tokyo, {Call("other", 31, 40)}));
  EXPECT_FALSE(IsTooFar(Call("other", 31, 40), {tokyo}));
}

// Whoever had more than half a day may have flown.
TEST(AgentTimesTest, AWayOfMoreThanTwelveHoursIsNotLookedAt) {
  const AgentTime tokyo = VisitAt("one", 0, 30, kTokyo[0], kTokyo[1]);
  const auto new_york = [](int64_t from) {
    return VisitAt("other", from, from + 10, 4075270, -7397720);
  };
  EXPECT_TRUE(IsTooFar(tokyo, {new_york(30 + 12 * 60)}));
  EXPECT_FALSE(IsTooFar(tokyo, {new_york(31 + 12 * 60)}));
}

// Devices err.
TEST(AgentTimesTest, NeighboursAreNeverTooFar) {
  const AgentTime one = VisitAt("one", 0, 30, 3568124, 13976712);
  EXPECT_FALSE(IsTooFar(one, {VisitAt("other", 30, 40, 3569000, 13976712)}));
}

}  // namespace
}  // namespace switchboard::outcomes
