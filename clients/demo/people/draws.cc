#include "clients/demo/people/draws.h"

#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

Draws::Draws(uint64_t seed, uint64_t stream, uint64_t index)
    : state_(Mix(Mix(Mix(seed + 0x9e3779b97f4a7c15ULL) + stream) + index)) {}

uint64_t Draws::Next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  return Mix(state_);
}

int64_t Draws::Below(int64_t bound) {
  SWITCHBOARD_ASSERT(bound > 0);
  // The bias of the remainder is below 2^-20 for every bound used here.
  return static_cast<int64_t>(Next() >> 1) % bound;
}

uint64_t StableHash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace switchboard::demo
