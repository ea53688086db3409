// The vendor's real mirror and protocol against a model of the hub's feed: the directed cases of
// the protocol's model, and a random search over all faults at once.

#include "adapters/client/feed_model.h"

#include <array>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

class FeedModelTest : public ::testing::Test {
 protected:
  FeedModelTest() : vendor_(folder_ / "vendor.db") {}

  void Fill(int rows) {
    for (int i = 0; i < rows; ++i) hub_.Put("r" + std::to_string(i), i);
  }

  testing::TemporaryFolder folder_;
  FeedModel hub_;
  ModelVendor vendor_;
};

TEST_F(FeedModelTest, TakesAndFollowsAFeed) {
  Fill(10);
  vendor_.CatchUp(hub_, 3);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
  hub_.Withdraw("r3");
  hub_.Put("r4", 99);
  hub_.Put("new", 1);
  vendor_.CatchUp(hub_, 3);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
  EXPECT_EQ(vendor_.Workable().at("r4"), 99);
}

TEST_F(FeedModelTest, InterruptedFullLoadResumesAndDoesNotRestart) {
  Fill(50);
  int64_t changes = 0;
  for (int streams = 0; streams < 25 && vendor_.Workable() != hub_.Live(); ++streams) {
    const int64_t session = vendor_.Connect(hub_);
    const auto page = hub_.Page(vendor_.mirror().cursor().sequence(), 5);
    changes += page.changes_size();
    std::optional<v1::Cursor> ack;
    ASSERT_TRUE(vendor_.Take(page, &ack));
    // Every other ack is lost with its stream; the vendor's own cursor carries it over.
    if (streams % 2 == 0) {
      ASSERT_TRUE(hub_.Ack(session, *ack));
    }
  }
  EXPECT_EQ(changes, 50) << "each row came once, over ten streams";
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
  EXPECT_EQ(hub_.generation(), "g1");
}

TEST_F(FeedModelTest, KilledInTheMiddleOfABatchAndResumed) {
  Fill(6);
  vendor_.Connect(hub_);
  vendor_.connection().DieAtWrite(2);
  EXPECT_FALSE(vendor_.Take(hub_.Page(0, 4)));
  vendor_.Restart();
  EXPECT_EQ(vendor_.mirror().stored_rows(), 0);
  vendor_.CatchUp(hub_, 4);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
}

TEST_F(FeedModelTest, NewGenerationStopsAllRowsUntilTheyComeAgain) {
  Fill(4);
  vendor_.CatchUp(hub_, 10);
  hub_.NewGeneration();
  hub_.Withdraw("r0");
  hub_.Purge(/*all=*/true);  // the vendor will never be told of r0
  const int64_t session = vendor_.Connect(hub_);
  EXPECT_TRUE(vendor_.Workable().empty());
  std::optional<v1::Cursor> ack;
  ASSERT_TRUE(vendor_.Take(hub_.Page(0, 2), &ack));
  ASSERT_TRUE(hub_.Ack(session, *ack));
  EXPECT_EQ(vendor_.Workable().size(), 2u);
  vendor_.CatchUp(hub_, 2);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
  EXPECT_EQ(vendor_.mirror().stored_rows(), 3) << "r0 was swept";
}

TEST_F(FeedModelTest, PurgedWithdrawalUnderALiveStream) {
  Fill(3);
  vendor_.CatchUp(hub_, 10);
  const int64_t session = vendor_.Connect(hub_);
  hub_.Withdraw("r1");
  hub_.Purge(/*all=*/true);
  EXPECT_FALSE(vendor_.Take(hub_.Page(3, 10))) << "a page of another generation ends the stream";
  EXPECT_FALSE(hub_.Ack(session, At("g1", 3)));
  vendor_.CatchUp(hub_, 10);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
}

TEST_F(FeedModelTest, WithdrawalThatOvertakesIsNotUndoneByAnOlderRow) {
  Fill(4);
  const int64_t session = vendor_.Connect(hub_);
  const auto older = hub_.Page(0, 3);  // read before the withdrawal, told after it
  hub_.Withdraw("r1");
  vendor_.Take(hub_.Withdrawals(0).front());
  std::optional<v1::Cursor> ack;
  ASSERT_TRUE(vendor_.Take(older, &ack));
  ASSERT_TRUE(hub_.Ack(session, *ack));
  EXPECT_EQ(vendor_.Workable(), (std::map<std::string, int>{{"r0", 0}, {"r2", 2}}));
  ASSERT_TRUE(vendor_.Take(hub_.Page(3, 3), &ack));
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
  EXPECT_EQ(vendor_.mirror().stored_rows(), 3);
}

TEST_F(FeedModelTest, WithdrawalThatOvertookIsThereAfterARestartAndANewStream) {
  Fill(4);
  vendor_.CatchUp(hub_, 10);
  vendor_.Connect(hub_);
  hub_.Put("r3", 9);
  hub_.Withdraw("r1");
  vendor_.Take(hub_.Withdrawals(4).front());
  EXPECT_EQ(vendor_.Workable().count("r1"), 0u);
  vendor_.Restart();
  EXPECT_EQ(vendor_.Workable().count("r1"), 0u);
  vendor_.CatchUp(hub_, 1);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
}

TEST_F(FeedModelTest, SkippedRowIsARefusedBatchAndNotAHole) {
  Fill(5);
  vendor_.Connect(hub_);
  EXPECT_FALSE(vendor_.Take(hub_.Page(1, 2)));
  EXPECT_EQ(vendor_.mirror().cursor().sequence(), 0);
  vendor_.CatchUp(hub_, 2);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
}

TEST_F(FeedModelTest, VendorRestoredFromABackupStartsOver) {
  Fill(3);
  vendor_.CatchUp(hub_, 10);
  vendor_.Backup();
  hub_.Withdraw("r1");
  vendor_.CatchUp(hub_, 10);  // acknowledged, so the hub may forget the withdrawal
  hub_.Purge(/*all=*/false);
  vendor_.RestoreBackup();  // and here r1 is back
  EXPECT_EQ(vendor_.Workable().count("r1"), 1u);
  vendor_.Connect(hub_);
  EXPECT_TRUE(vendor_.Workable().empty()) << "an old cursor is answered with a new generation";
  vendor_.CatchUp(hub_, 10);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
  EXPECT_EQ(vendor_.mirror().stored_rows(), 2);
}

TEST_F(FeedModelTest, VendorThatLostEverythingLoadsAgain) {
  Fill(5);
  vendor_.CatchUp(hub_, 10);
  vendor_.LoseEverything();
  EXPECT_EQ(vendor_.mirror().stored_rows(), 0);
  vendor_.CatchUp(hub_, 2);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
}

// A store that ends after its stream: the new stream must not carry an ack of it.
TEST_F(FeedModelTest, ZombieStoreSendsNoAck) {
  Fill(4);
  vendor_.Connect(hub_);
  v1::SyncResponse page;
  *page.mutable_batch() = hub_.Page(0, 2);
  const auto now = absl::FromUnixSeconds(1767225600);
  auto store = vendor_.protocol().OnResponse(now, page);  // not carried out yet
  ASSERT_EQ(store.size(), 1u);
  vendor_.Connect(hub_);
  EXPECT_TRUE(vendor_.protocol().OnStored(now, page.batch().through(), absl::OkStatus()).empty());
  vendor_.CatchUp(hub_, 2);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
}

TEST_F(FeedModelTest, AckOfASupersededStreamIsRefused) {
  Fill(4);
  const int64_t old_session = vendor_.Connect(hub_);
  vendor_.Connect(hub_);
  EXPECT_FALSE(hub_.Ack(old_session, At(hub_.generation(), 4)));
  vendor_.CatchUp(hub_, 2);
  EXPECT_EQ(vendor_.Workable(), hub_.Live());
}

// All faults at once under a seed.
class RandomFaults {
 public:
  RandomFaults(uint32_t seed, std::string path)
      : random_(seed), vendor_(std::move(path)), window_(1 + Below(6)) {}

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) Step();
    vendor_.Restart();
    vendor_.CatchUp(hub_, window_);
    EXPECT_EQ(vendor_.Workable(), hub_.Live());
    EXPECT_EQ(vendor_.mirror().stored_rows(), static_cast<int64_t>(hub_.Live().size()));
    EXPECT_EQ(vendor_.mirror().current_rows(), static_cast<int64_t>(hub_.Live().size()));
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  // One of twelve. An id that ended never lives again.
  std::string AnyRow() {
    const size_t place = static_cast<size_t>(Below(12));
    return absl::StrCat("r", place, ".", lives_[place]);
  }
  void Withdraw() {
    const std::string id = AnyRow();
    hub_.Withdraw(id);
    ++lives_[static_cast<size_t>(std::stoi(id.substr(1)))];
  }

  void Step() {
    const int x = Below(100);
    if (x < 30) return hub_.Put(AnyRow(), ++versions_);
    if (x < 40) return Withdraw();
    if (x < 44) return hub_.Purge(Below(2) == 0);
    if (x < 46) return hub_.NewGeneration();
    if (x < 50) return Forget();
    if (x < 52) return RestartVendor();
    if (x < 53) return SwapBackup();
    if (x < 54) return LoseEverything();
    if (session_ == 0 || session_ != hub_.session()) {
      session_ = vendor_.Connect(hub_);
      return;
    }
    TakeAPage();
  }

  // The page is read first; what ended meanwhile overtakes it, in part and some of it twice.
  void TakeAPage() {
    const int64_t at = vendor_.mirror().cursor().sequence();
    const auto page = hub_.Page(at, window_);
    if (Below(3) == 0) Withdraw();
    std::vector<std::string> ended;
    for (const auto& withdrawn : hub_.Withdrawals(at)) {
      const int times = Below(3);
      for (int i = 0; i < times; ++i) vendor_.Take(withdrawn);
      if (times > 0) ended.push_back(withdrawn.assignment_id());
    }
    TakeAPage(page);
    if (session_ == 0) return;
    for (const std::string& id : ended) EXPECT_EQ(vendor_.Workable().count(id), 0u) << id;
  }

  void TakeAPage(const v1::SyncResponse::Batch& page) {
    const bool kill = Below(100) < 15;
    if (kill) vendor_.connection().DieAtWrite(Below(page.changes_size() + 3));
    std::optional<v1::Cursor> ack;
    const bool taken = vendor_.Take(page, &ack);
    if (kill) {
      RestartVendor();
    } else if (!taken || Below(10) == 0 || !hub_.Ack(session_, *ack)) {
      Forget();  // one in ten acks is lost with its stream
    }
  }

  void Forget() { session_ = 0; }
  void RestartVendor() {
    Forget();
    vendor_.Restart();
  }
  void LoseEverything() {
    Forget();
    vendor_.LoseEverything();
  }
  void SwapBackup() {
    Forget();
    if (has_backup_) {
      vendor_.RestoreBackup();
    } else {
      vendor_.Backup();
    }
    has_backup_ = !has_backup_;
  }

  std::mt19937 random_;
  FeedModel hub_;
  ModelVendor vendor_;
  const size_t window_;
  int versions_ = 0;
  std::array<int, 12> lives_{};
  int64_t session_ = 0;  // 0: no stream
  bool has_backup_ = false;
};

TEST(RandomFaultsTest, ConvergesUnderAllFaults) {
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    testing::TemporaryFolder folder;
    RandomFaults(seed, folder / "vendor.db").Run(150);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace switchboard::adapters
