#include "tests/tampering/tampering.h"

#include <string>

#include "tests/testing.h"

namespace switchboard::tampering {
namespace {

constexpr uint64_t kSeeds = 500;

// One world for all tests of this program.
class TamperingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = Tampering::Make();
    ASSERT_OK(made);
    tampering_ = made->release();
  }
  static void TearDownTestSuite() { delete tampering_; }
  void SetUp() override { ASSERT_NE(tampering_, nullptr); }

  static void ExpectFound(const absl::StatusOr<std::string>& said) {
    ASSERT_OK(said);
    EXPECT_EQ(*said, "");
  }

  static inline Tampering* tampering_ = nullptr;
};

TEST_F(TamperingTest, EachWayOfAlteringEachTableIsFound) {
  ASSERT_OK_AND_ASSIGN(const auto cases, tampering_->Cases());
  EXPECT_GT(cases.size(), 10 * storage::Tables().size());
  for (const Case& one : cases) ExpectFound(tampering_->Try(one));
}

TEST_F(TamperingTest, RandomChangesAreFound) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    ASSERT_OK_AND_ASSIGN(const Case one, tampering_->Random(seed));
    ExpectFound(tampering_->Try(one));
  }
}

TEST_F(TamperingTest, OlderFileIsFound) { ExpectFound(tampering_->TryOlderFile()); }

// The check is not fooled by what it reads in the midst of a transaction.
TEST_F(TamperingTest, NothingAlteredIsNothingFound) {
  const auto said = tampering_->Try({"nothing", [](auto&) { return absl::OkStatus(); }, {}});
  ASSERT_OK(said);
  EXPECT_EQ(*said, "nothing\nnothing was found");
}

}  // namespace
}  // namespace switchboard::tampering
