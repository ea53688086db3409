#include "hub/base/secret.h"

#include <openssl/crypto.h>

#include <fstream>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace switchboard {
namespace {

// Of /proc/self/status; what the kernel holds locked for this process.
int64_t LockedKib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  int64_t kib = -1;
  while (status >> word)
    if (word == "VmLck:") status >> kib;
  return kib;
}

TEST(Secret, LiesInLockedMemory) {
  const Secret secret("a key of thirty-two bytes, or so.");
  EXPECT_TRUE(CRYPTO_secure_allocated(secret.view().data()));
  if (SecretsAreLocked()) {
    EXPECT_GE(LockedKib(), 1024);
  }
}

TEST(Secret, MovesAndTakesWithoutLeavingCopies) {
  std::string plain = "0123456789abcdef0123456789abcdef";
  const char* const place = plain.data();
  Secret taken = Secret::TakenFrom(plain);
  EXPECT_EQ(taken.view(), "0123456789abcdef0123456789abcdef");
  EXPECT_TRUE(plain.empty());
  EXPECT_EQ(std::string(place, 32), std::string(32, '\0'));
  Secret moved = std::move(taken);
  EXPECT_EQ(moved.size(), 32u);
  taken = Secret("again");
  EXPECT_EQ(taken.view(), "again");
  moved = std::move(taken);
  EXPECT_EQ(moved.view(), "again");
  Secret nothing;
  EXPECT_TRUE(nothing.empty());
  EXPECT_TRUE(Secret(std::string_view()).empty());
  moved = std::move(nothing);
  EXPECT_TRUE(moved.empty());
}

// Data keys come with each start of a hub.
TEST(Secret, BeyondTheLockedMemoryThereIsMore) {
  std::vector<Secret> many;
  for (int i = 0; i < 3000; ++i) many.emplace_back(std::string_view(std::string(512, 'k')));
  EXPECT_TRUE(CRYPTO_secure_allocated(many.front().view().data()));
  EXPECT_FALSE(CRYPTO_secure_allocated(many.back().view().data()));
  EXPECT_EQ(many.back().view(), std::string(512, 'k'));
  EXPECT_GE(UnlockedSecretBytes(), 512u);
  many.clear();
  EXPECT_EQ(UnlockedSecretBytes(), 0u);
}

}  // namespace
}  // namespace switchboard
