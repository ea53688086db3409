#include "hub/base/unused_memory.h"

#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <vector>

#include "tests/testing.h"

namespace switchboard {
namespace {

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

TEST(UnusedMemoryTest, WhatWasFreedBelowSomethingHeldGoesBack) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has an allocator of its own";
#endif
  // Small enough for the heap itself, which does not shrink below the last of them.
  constexpr size_t kBlock = 10'000;
  std::vector<std::vector<char>> blocks;
  for (int i = 0; i < 5'000; ++i) blocks.emplace_back(kBlock, 'x');
  const std::vector<char> held(kBlock, 'x');
  blocks.clear();
  const int64_t before = ResidentBytes();
  ReturnUnusedMemory();
  EXPECT_LT(ResidentBytes(), before - (int64_t{40} << 20));
  EXPECT_EQ(held.back(), 'x');
}

}  // namespace
}  // namespace switchboard
