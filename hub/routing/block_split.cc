#include "hub/routing/block_split.h"

#include <openssl/sha.h>

#include <bit>
#include <numeric>
#include <string>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::routing {
namespace {

void AppendBigEndian(uint64_t value, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

void AppendText(std::string_view text, std::string* out) {
  AppendBigEndian(text.size(), 4, out);
  out->append(text);
}

// Written out here because the standard library's distributions and shuffle differ between
// libraries.
class Xoshiro256StarStar {
 public:
  explicit Xoshiro256StarStar(const unsigned char (&digest)[SHA256_DIGEST_LENGTH]) {
    for (int i = 0; i < SHA256_DIGEST_LENGTH; ++i) {
      state_[i / 8] = (state_[i / 8] << 8) | digest[i];
    }
  }

  // Uniform in 0 to bound - 1.
  uint64_t Below(uint64_t bound) {
    const uint64_t favoured = (0 - bound) % bound;  // 2^64 mod bound
    uint64_t drawn = Next();
    while (drawn < favoured) drawn = Next();
    return drawn % bound;
  }

 private:
  uint64_t Next() {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  std::array<uint64_t, 4> state_{};
};

Xoshiro256StarStar GeneratorOf(const BlockSplit::BlockKey& key) {
  std::string text = "switchboard.routing.block.1";
  AppendBigEndian(static_cast<uint64_t>(key.seed), 8, &text);
  AppendBigEndian(static_cast<uint64_t>(key.block), 8, &text);
  AppendText(key.plan_id, &text);
  AppendText(key.segment, &text);
  AppendText(key.stratum, &text);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return Xoshiro256StarStar(digest);
}

}  // namespace

BlockSplit::BlockSplit(const std::vector<int>& percentages) : size_(0), shares_in_order_{} {
  int sum = 0;
  int divisor = 0;
  for (int percent : percentages) {
    SWITCHBOARD_ASSERT(percent >= 1 && percent <= 100);
    sum += percent;
    divisor = std::gcd(divisor, percent);
  }
  SWITCHBOARD_ASSERT(sum == 100);
  for (size_t share = 0; share < percentages.size(); ++share) {
    for (int i = 0; i < percentages[share] / divisor; ++i) {
      shares_in_order_[size_++] = static_cast<uint8_t>(share);
    }
  }
}

BlockSplit::Order BlockSplit::OrderOf(const BlockKey& key) const {
  Order order = shares_in_order_;
  Xoshiro256StarStar generator = GeneratorOf(key);
  for (int i = size_ - 1; i > 0; --i) {
    std::swap(order[i], order[generator.Below(static_cast<uint64_t>(i) + 1)]);
  }
  return order;
}

}  // namespace switchboard::routing
