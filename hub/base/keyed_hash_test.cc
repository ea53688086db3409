#include "hub/base/keyed_hash.h"

#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace switchboard {
namespace {

std::string Hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }

// RFC 4231, test cases 1 and 2.
TEST(KeyedHashTest, IsHmacSha256) {
  EXPECT_EQ(Hex(KeyedHash(Secret(std::string(20, '\x0b'))).TextOf("Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(KeyedHash(Secret("Jefe")).TextOf("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(KeyedHashTest, PartsLieOneBehindTheOther) {
  const KeyedHash hash(Secret("key"));
  EXPECT_EQ(hash.Of({"ab", "c"}), hash.Of({"a", "", "bc"}));
  EXPECT_NE(hash.Of({"abc"}), hash.Of({"abd"}));
}

TEST(KeyedHashTest, KnowsItsKey) {
  const KeyedHash hash(Secret("key"));
  EXPECT_TRUE(hash.SameKeyAs(KeyedHash(Secret("key"))));
  EXPECT_FALSE(hash.SameKeyAs(KeyedHash(Secret("kez"))));
  EXPECT_FALSE(hash.SameKeyAs(KeyedHash(Secret("keys"))));
  EXPECT_NE(hash.TextOf("x"), KeyedHash(Secret("kez")).TextOf("x"));
}

TEST(KeyedHashTest, ServesManyThreads) {
  const KeyedHash hash(Secret("key"));
  const std::string expected = hash.TextOf("same");
  std::vector<int> wrong(8, 0);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&hash, &expected, &count] {
      for (int i = 0; i < 2'000; ++i) count += hash.TextOf("same") == expected ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace switchboard
