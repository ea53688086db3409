#include "hub/base/digest.h"

#include "absl/strings/escaping.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

std::string Hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }

// NIST, Secure Hash Standard example values for SHA-256.
TEST(Sha256Test, MatchesThePublishedVectors) {
  const struct {
    std::string message;
    const char* digest;
  } rows[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& row : rows) EXPECT_EQ(Hex(Sha256Of(row.message)), row.digest);
}

TEST(Sha256Test, PiecesMakeTheSameDigestAsTheWhole) {
  EXPECT_EQ(Sha256().Add("a").Add("").Add("bc").Finish(), Sha256Of("abc"));
  EXPECT_NE(Sha256().Add("ab").Finish(), Sha256Of("abc"));
}

TEST(Sha256Test, NumbersAreEightBytesBigEndian) {
  EXPECT_EQ(Sha256().AddNumber(0x0102030405060708).Finish(), Sha256Of("\1\2\3\4\5\6\7\10"));
  EXPECT_EQ(Sha256().AddNumber(-1).Finish(), Sha256Of(std::string(8, '\xff')));
  EXPECT_EQ(Sha256().AddNumber(0).Finish(), Sha256Of(std::string(8, '\0')));
}

// The state is the thread's own: an unfinished digest must not leak into the next one.
TEST(Sha256Test, AbandonedDigestLeavesNothingBehind) {
  Sha256().Add("left over");
  EXPECT_EQ(Sha256Of("abc"), Sha256().Add("abc").Finish());
  EXPECT_EQ(Hex(Sha256Of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace switchboard
