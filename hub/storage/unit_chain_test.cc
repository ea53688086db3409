#include "hub/storage/unit_chain.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/error.h"
#include "tests/database_fixture.h"

namespace switchboard::storage {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::TestDatabase;

absl::Status Behind() {
  return Error(absl::StatusCode::kAborted, "BEHIND", "a unit ahead of this one failed");
}

absl::Status Failure() {
  return Error(absl::StatusCode::kInvalidArgument, "WRONG", "this unit cannot be taken");
}

// Units of a chain with the numbers of their runs and their answers, in order.
struct ChainTest : ::testing::Test {
  void Open(WriterHooks hooks = {}, WriterOptions options = TestDatabase::Options()) {
    test.emplace(options, std::move(hooks));
    chain.emplace(*test->writer, Urgency::kBulk, "vendor/sakura", Behind());
  }
  void Submit(
      int number, std::function<absl::Status()> says = [] { return absl::OkStatus(); }) {
    chain->Submit(
        [this, number, says](Transaction&) {
          ran.push_back(number);
          return says();
        },
        [this](const absl::Status& status) {
          answers.push_back(status.ok() ? "OK" : ErrorReason(status));
        });
  }
  void RunAll() {
    while (test->writer->RunGroup()) {
    }
  }

  std::vector<int> ran;
  std::vector<std::string> answers;
  std::optional<TestDatabase> test;
  std::optional<UnitChain> chain;
};

TEST_F(ChainTest, BehindAFailureNoneIsTaken) {
  Open();
  Submit(0);
  Submit(1, Failure);
  Submit(2);
  Submit(3);
  EXPECT_FALSE(chain->broken());
  RunAll();
  EXPECT_THAT(ran, Each(AnyOf(0, 1)));  // once more where the group began again
  EXPECT_THAT(answers, ElementsAre("OK", "WRONG", "BEHIND", "BEHIND"));
  EXPECT_TRUE(chain->broken());
  Submit(4);
  RunAll();
  EXPECT_THAT(ran, Each(AnyOf(0, 1)));
}

TEST_F(ChainTest, ChainsDoNotBreakEachOther) {
  Open();
  Submit(0, Failure);
  UnitChain other(*test->writer, Urgency::kBulk, "vendor/sakura", Behind());
  int taken = 0;
  other.Submit(
      [&](Transaction&) {
        ++taken;
        return absl::OkStatus();
      },
      [](const absl::Status& status) { EXPECT_OK(status); });
  RunAll();
  EXPECT_EQ(taken, 1);
  EXPECT_FALSE(other.broken());
}

// The group runs again once there is room: what is behind the unit that found none must not have
// been lost by then.
TEST_F(ChainTest, AUnitThatIsRunAgainBreaksNothing) {
  WriterHooks hooks;
  int rooms = 1;
  hooks.make_room = [&] { return rooms-- > 0; };
  Open(std::move(hooks));
  bool full = true;
  Submit(0);
  Submit(1, [&]() -> absl::Status {
    if (!std::exchange(full, false)) return absl::OkStatus();
    return StorageFull();
  });
  Submit(2);
  RunAll();
  EXPECT_THAT(answers, ElementsAre("OK", "OK", "OK"));
  EXPECT_FALSE(chain->broken());
}

// One that found no room in the queue is answered at once, and was not the last.
TEST_F(ChainTest, BehindOneThatWasNotQueuedNoneIsTaken) {
  WriterOptions options = TestDatabase::Options();
  options.party_max = 2;
  Open({}, options);
  Submit(0);
  Submit(1, [&] {
    Submit(3);  // there is room again
    return absl::OkStatus();
  });
  Submit(2);
  EXPECT_THAT(answers, ElementsAre("OVERLOADED"));
  RunAll();
  EXPECT_THAT(ran, ElementsAre(0, 1));
  EXPECT_THAT(answers, ElementsAre("OVERLOADED", "OK", "OK", "BEHIND"));
}

}  // namespace
}  // namespace switchboard::storage
