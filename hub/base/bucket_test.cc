#include "hub/base/bucket.h"

#include <limits>

#include "gtest/gtest.h"

namespace switchboard {
namespace {

TEST(BucketTest, EveryEdge) {
  const struct {
    int32_t days;
    const char* bucket;
  } rows[] = {
      {-1, "M0"},
      {0, "M0"},
      {1, "M1"},
      {30, "M1"},
      {31, "M2"},
      {60, "M2"},
      {61, "M3"},
      {90, "M3"},
      {91, "M4"},
      {120, "M4"},
      {121, "M5"},
      {150, "M5"},
      {151, "M6"},
      {180, "M6"},
      {181, "M7+"},
      {10'000, "M7+"},
      {std::numeric_limits<int32_t>::min(), "M0"},
  };
  for (const auto& row : rows) EXPECT_EQ(Bucket(row.days), row.bucket) << row.days;
}

}  // namespace
}  // namespace switchboard
