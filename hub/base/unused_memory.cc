#include "hub/base/unused_memory.h"

#include <malloc.h>

#include <thread>

namespace switchboard {
namespace {

constexpr unsigned kArenasPerCore = 2;

}  // namespace

void LimitArenas() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, static_cast<int>(kArenasPerCore * std::thread::hardware_concurrency()));
#endif
}

void ReturnUnusedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace switchboard
