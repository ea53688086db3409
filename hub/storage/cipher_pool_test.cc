#include "hub/storage/cipher_pool.h"

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace switchboard::storage {
namespace {

const std::string kNonce(kCipherNonceBytes, 'n');

Secret KeyOf(char letter) { return Secret(std::string(kCipherKeyBytes, letter)); }

TEST(CipherPoolTest, OpensWhatItSealedBehindWhatIsThere) {
  CipherPool pool(KeyOf('k'));
  std::string out = "before";
  pool.Seal(kNonce, "place", "text", &out);
  EXPECT_EQ(out.size(), 6 + kCipherNonceBytes + 4 + kCipherTagBytes);
  EXPECT_EQ(out.substr(0, 6 + kCipherNonceBytes), "before" + kNonce);
  std::string opened;
  EXPECT_TRUE(pool.Open("place", out.substr(6), &opened));
  EXPECT_EQ(opened, "text");
}

TEST(CipherPoolTest, NothingElseOpens) {
  CipherPool pool(KeyOf('k'));
  std::string sealed;
  pool.Seal(kNonce, "place", "text", &sealed);
  std::string opened;
  EXPECT_FALSE(pool.Open("elsewhere", sealed, &opened));
  EXPECT_FALSE(CipherPool(KeyOf('l')).Open("place", sealed, &opened));
  EXPECT_FALSE(pool.Open("place", "", &opened));
  for (size_t i = 0; i < sealed.size(); ++i) {
    EXPECT_FALSE(pool.Open("place", sealed.substr(0, i), &opened)) << i;
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(pool.Open("place", altered, &opened)) << i;
  }
}

TEST(CipherPoolTest, KeepsNoMoreContextsThanThreadsUsedAtOnce) {
  CipherPool pool(KeyOf('k'));
  EXPECT_EQ(pool.idle(), 0u);
  std::string sealed;
  for (int i = 0; i < 100; ++i) {
    sealed.clear();
    pool.Seal(kNonce, "place", "text", &sealed);
    std::string opened;
    ASSERT_TRUE(pool.Open("place", sealed, &opened));
  }
  EXPECT_EQ(pool.idle(), 2u) << "one for each way";
  std::vector<int> wrong(8, 0);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&pool, &sealed, &count] {
      for (int i = 0; i < 2'000; ++i) {
        std::string opened;
        count += pool.Open("place", sealed, &opened) && opened == "text" ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
  EXPECT_LE(pool.idle(), 9u);
}

}  // namespace
}  // namespace switchboard::storage
