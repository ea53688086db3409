#include "hub/base/unused_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <barrier>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>
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

#ifdef __GLIBC__
size_t Arenas() {
  char* text = nullptr;
  size_t size = 0;
  FILE* file = open_memstream(&text, &size);
  malloc_info(0, file);
  fclose(file);
  size_t arenas = 0;
  for (const char* found = strstr(text, "<heap nr="); found != nullptr;
       found = strstr(found + 1, "<heap nr="))
    ++arenas;
  free(text);
  return arenas;
}

// Ends the process with the number of arenas that a crowd of threads made of it.
[[noreturn]] void CountArenasOfACrowd() {
  LimitArenas();
  const size_t crowd = 16 * std::thread::hardware_concurrency();
  std::barrier all_hold(static_cast<std::ptrdiff_t>(crowd));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < crowd; ++i) {
    threads.emplace_back([&] {
      const std::vector<char> held(1'000, 'x');
      all_hold.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  _exit(static_cast<int>(Arenas()));
}

TEST(UnusedMemoryTest, ACrowdOfThreadsMakesTwoArenasForEachCore) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has an allocator of its own";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // in a process of its own
  const int most = static_cast<int>(2 * std::thread::hardware_concurrency());
  EXPECT_EXIT(CountArenasOfACrowd(), ::testing::ExitedWithCode(most), "");
}
#endif

}  // namespace
}  // namespace switchboard
