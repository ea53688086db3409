#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace switchboard::routing {

// Stratified permuted-block randomisation: within each stratum, accounts come in blocks; a block
// holds every vendor's slots in exact proportion to the shares, in an order drawn anew for each
// block. So shares are exact in every full block of every stratum, vendors that share a segment get
// like accounts at the same time (what a fair champion/challenger comparison needs), and none can
// foresee, or choose by timing, which account it will get. Sources: M. Zelen, "The randomization
// and stratification of patients to clinical trials", Journal of Chronic Diseases 27 (1974); S. J.
// Pocock, "Clinical Trials: A Practical Approach", Wiley (1983), chapter 5.
//
// Immutable, so thread-safe.
class BlockSplit {
 public:
  static constexpr int kBlockSizeMax = 100;

  // What the order of one block is drawn from. Vendors cannot foresee the order as long as they
  // cannot guess the seed.
  struct BlockKey {
    int64_t seed;
    std::string_view plan_id;
    std::string_view segment;
    std::string_view stratum;
    int64_t block;  // 0 is the first
  };

  // Share index by slot; only the first size() entries mean something.
  using Order = std::array<uint8_t, kBlockSizeMax>;

  // REQUIRES: each percentage is 1 to 100, and they sum to 100.
  explicit BlockSplit(const std::vector<int>& percentages);

  // Slots of a block: 100 divided by the greatest common divisor of the percentages.
  int size() const { return size_; }

  // The order of one block. The same key gives the same order on every machine, for ever:
  // - The key is written as "switchboard.routing.block.1", seed and block as 8 bytes each,
  // big-endian two's
  //   complement, then plan_id, segment and stratum, each after its length in 4 bytes, big-endian.
  // - The SHA-256 of that, read as four big-endian 64-bit words, is the state of xoshiro256**
  // (Blackman and
  //   Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021).
  // - Slots start in the order of the shares and are shuffled after Fisher and Yates: for i from
  // size() - 1
  //   down to 1, slot i changes places with slot x mod (i + 1), where x is the next output that is
  //   not less than 2^64 mod (i + 1), so that no remainder is favoured.
  Order OrderOf(const BlockKey& key) const;

 private:
  int size_;
  Order shares_in_order_;
};

}  // namespace switchboard::routing
