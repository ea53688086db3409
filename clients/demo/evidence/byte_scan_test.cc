#include "clients/demo/evidence/byte_scan.h"

#include <algorithm>

#include "clients/demo/people/draws.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using Hits = std::vector<std::pair<size_t, size_t>>;

Hits Find(const ByteScan& scan, std::string_view bytes) {
  Hits hits;
  scan.Find(bytes, [&](size_t value, size_t offset) { hits.emplace_back(value, offset); });
  std::sort(hits.begin(), hits.end());
  return hits;
}

TEST(ByteScan, FindsValuesWhereverTheyLie) {
  const ByteScan scan({"4000000000012345", "SYN-A-000001", "SYN-A-000002", "07057123456"});
  EXPECT_EQ(Find(scan, "4000000000012345"), (Hits{{0, 0}}));
  EXPECT_EQ(Find(scan, std::string("\x0a\x10") + "4000000000012345" + '\0' + "SYN-A-000002"),
            (Hits{{0, 2}, {2, 19}}));
  EXPECT_EQ(Find(scan, "xSYN-A-000001SYN-A-000001"), (Hits{{1, 1}, {1, 13}}));
  EXPECT_EQ(Find(scan, "+8107057123456"), (Hits{{3, 3}}));
}

TEST(ByteScan, FindsNothingInPartsOrNearMisses) {
  const ByteScan scan({"SYN-A-000001"});
  for (const char* bytes :
       {"", "SYN-A-0", "SYN-A-00000", "YN-A-000001", "syn-a-000001", "SYN-A-000010"}) {
    EXPECT_TRUE(Find(scan, bytes).empty()) << bytes;
  }
}

TEST(ByteScan, FindsTheSameAsALookAtEveryPlace) {
  // Values and bytes over two letters, so that windows are shared and overlap all the time.
  Draws draws(11, 0, 0);
  std::vector<std::string> values;
  for (int i = 0; i < 60; ++i) {
    std::string value;
    for (int64_t n = draws.Between(8, 11); n > 0; --n)
      value.push_back(draws.Below(2) == 0 ? 'a' : 'b');
    values.push_back(value);
  }
  std::string bytes;
  for (int i = 0; i < 4'000; ++i) bytes.push_back(draws.Below(2) == 0 ? 'a' : 'b');
  Hits expected;
  for (size_t v = 0; v < values.size(); ++v) {
    for (size_t at = bytes.find(values[v]); at != std::string::npos;
         at = bytes.find(values[v], at + 1)) {
      expected.emplace_back(v, at);
    }
  }
  std::sort(expected.begin(), expected.end());
  ASSERT_GT(expected.size(), 100u);
  EXPECT_EQ(Find(ByteScan(values), bytes), expected);
}

}  // namespace
}  // namespace switchboard::demo
