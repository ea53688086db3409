#include "tests/bench/layout/layout_records.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_format.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

// As large as the sealed records of records.cc.
constexpr size_t kPersonBytes = 360;
constexpr size_t kAccountBytes = 300;
constexpr size_t kWhyBytes = 110;
constexpr size_t kDigestBytes = 32;

constexpr size_t kNoiseBytes = size_t{1} << 20;

// The finalizer of SplitMix64.
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Each number of 33 bits gets another one of 33 bits.
int64_t Shuffled(int64_t number) {
  constexpr uint64_t kMask = (uint64_t{1} << 33) - 1;
  uint64_t x = static_cast<uint64_t>(number) & kMask;
  x = ((x ^ (x >> 17)) * 0x1d8e4e27c47d124fULL) & kMask;
  x = ((x ^ (x >> 15)) * 0x0eb44accab455d17ULL) & kMask;
  return static_cast<int64_t>(x ^ (x >> 17));
}

struct Minted {
  uint64_t millis;
  uint64_t high;
  uint64_t low;
};

// Ten a millisecond, in no order within one. No two groups share one, so that ranges of ids tell
// them apart.
Minted Mint(char kind, int64_t number) {
  const auto seed = static_cast<uint64_t>(number) * 256 + static_cast<uint64_t>(kind);
  return {1'793'610'000'000ULL + static_cast<uint64_t>(number) / 10, Mix(seed), Mix(~seed)};
}

std::string MakeNoise() {
  std::string noise(kNoiseBytes, '\0');
  std::mt19937_64 engine(2026);  // NOLINT: the same for every run
  std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(engine()); });
  return noise;
}

}  // namespace

std::string CoreIdOf(IdOrder order, char kind, int64_t number) {
  // A person's place says nothing about the account's.
  if (order == IdOrder::kRandom)
    number = Shuffled(kind == 'P' ? number + (int64_t{1} << 32) : number);
  return absl::StrFormat("%c-%010d", kind, number);
}

std::string IdBytes(char kind, int64_t number) {
  const Minted minted = Mint(kind, number);
  std::string id(16, '\0');
  for (size_t i = 0; i < 6; ++i) id[i] = static_cast<char>(minted.millis >> (40 - 8 * i));
  for (size_t i = 0; i < 8; ++i) id[6 + i] = static_cast<char>(minted.high >> (8 * i));
  for (size_t i = 0; i < 2; ++i) id[14 + i] = static_cast<char>(minted.low >> (8 * i));
  return id;
}

std::string IdText(char kind, int64_t number) {
  static constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const Minted minted = Mint(kind, number);
  std::string id(26, '0');
  for (size_t i = 0; i < 10; ++i) id[i] = kAlphabet[(minted.millis >> (45 - 5 * i)) & 31];
  for (size_t i = 0; i < 8; ++i) {
    id[10 + i] = kAlphabet[(minted.high >> (5 * i)) & 31];
    id[18 + i] = kAlphabet[(minted.low >> (5 * i)) & 31];
  }
  return id;
}

std::string_view Noise(uint64_t seed, size_t bytes) {
  static const std::string& noise = *new std::string(MakeNoise());
  return std::string_view(noise).substr(Mix(seed) % (kNoiseBytes - 4'096), bytes);
}

BookAccount MakeBookAccount(IdOrder order, int64_t number, int version) {
  const auto seed = static_cast<uint64_t>(number) * 8 + static_cast<uint64_t>(version) * 4;
  BookAccount account;
  account.number = number;
  account.vendor = static_cast<int>(number % kVendors);
  account.as_of_us = 1'793'610'000'000'000 + version;
  account.account_id = CoreIdOf(order, 'A', number);
  account.person_id = CoreIdOf(order, 'P', number);
  account.person_box = Noise(seed, kPersonBytes);
  account.account_box = Noise(seed + 1, kAccountBytes);
  account.digest = Noise(seed + 2, kDigestBytes);
  account.why_box = Noise(seed + 3, kWhyBytes);
  account.new_id_text = IdText('S', number);
  account.new_id_bytes = IdBytes('S', number);
  return account;
}

}  // namespace switchboard::bench
