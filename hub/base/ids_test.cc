#include "hub/base/ids.h"

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/testing.h"

namespace switchboard {
namespace {

constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford: no I, L, O, U

TEST(IdMintTest, Makes26CharactersOfCrockfordBase32) {
  ManualClock clock;
  for (IdMint* ids : {new IdMint(clock), new IdMint(clock, 1)}) {
    for (int i = 0; i < 1000; ++i) {
      const std::string id = ids->Next();
      EXPECT_EQ(id.size(), 26u);
      EXPECT_EQ(id.find_first_not_of(kAlphabet), std::string::npos) << id;
    }
    delete ids;
  }
}

// The layout of ULID: ten characters of milliseconds.
TEST(IdMintTest, BeginsWithTheTime) {
  ManualClock clock(absl::FromUnixMillis(1469918176385));
  EXPECT_EQ(IdMint(clock, 1).Next().substr(0, 10), "01ARYZ6S41");
  ManualClock beginning(absl::FromUnixMillis(0));
  EXPECT_EQ(IdMint(beginning, 1).Next().substr(0, 10), "0000000000");
}

TEST(IdMintTest, SortsByTime) {
  ManualClock clock;
  IdMint ids(clock, 5);
  std::string before = ids.Next();
  for (int i = 0; i < 1000; ++i) {
    clock.Advance(absl::Milliseconds(1));
    const std::string next = ids.Next();
    EXPECT_LT(before, next);
    before = next;
  }
}

TEST(IdMintTest, AClockThatStepsBackDoesNotTakeTheIdsWithIt) {
  ManualClock clock;
  IdMint ids(clock, 5);
  const std::string before = ids.Next();
  clock.Advance(-absl::Hours(1));
  std::set<std::string> made = {before};
  for (int i = 0; i < 1000; ++i) {
    const std::string id = ids.Next();
    EXPECT_EQ(id.substr(0, 10), before.substr(0, 10));
    EXPECT_TRUE(made.insert(id).second) << id;
  }
  clock.Advance(absl::Hours(1) + absl::Milliseconds(1));
  EXPECT_GT(ids.Next(), *made.rbegin());
}

TEST(IdMintTest, NeverRepeatsWithinAMillisecondAndOverThreads) {
  ManualClock clock;  // stands still
  IdMint ids(clock);
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& own : made) {
    threads.emplace_back([&ids, &own] {
      for (int i = 0; i < 2000; ++i) own.push_back(ids.Next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& own : made) all.insert(own.begin(), own.end());
  EXPECT_EQ(all.size(), 8000u);
}

TEST(IdMintTest, SeedDecides) {
  ManualClock clock;
  IdMint one(clock, 42), same(clock, 42), other(clock, 43);
  for (int i = 0; i < 100; ++i) {
    const std::string id = one.Next();
    EXPECT_EQ(id, same.Next());
    EXPECT_NE(id, other.Next());
  }
  EXPECT_EQ(one.Random(), same.Random());
  EXPECT_NE(one.Random(), other.Random());
}

TEST(IdMintTest, WithoutASeedNoTwoMintsAgree) {
  ManualClock clock;
  IdMint one(clock), other(clock);
  std::set<uint64_t> drawn;
  // More than the buffer of system bits holds at a time.
  for (int i = 0; i < 2000; ++i) {
    drawn.insert(one.Random());
    drawn.insert(other.Random());
  }
  EXPECT_EQ(drawn.size(), 4000u);
}

// A vendor must not learn another's volume: ids of one millisecond are in no order.
TEST(IdMintTest, HoldsNoCounter) {
  ManualClock clock;
  IdMint ids(clock, 9);
  int growing = 0;
  std::string before = ids.Next();
  for (int i = 0; i < 1000; ++i) {
    const std::string next = ids.Next();
    growing += before < next;
    before = next;
  }
  EXPECT_GT(growing, 400);
  EXPECT_LT(growing, 600);
}

TEST(IdMintTest, EndsWithTheShardOfWhomItIsAbout) {
  ManualClock clock;
  IdMint ids(clock, 3);
  const std::string shard = ShardFrom("\x01\xff and more");
  EXPECT_EQ(shard, "1Z");
  std::set<std::string> made;
  std::string before = ids.NextOf(shard);
  for (int i = 0; i < 1000; ++i) {
    clock.Advance(absl::Milliseconds(1));
    const std::string id = ids.NextOf(shard);
    EXPECT_EQ(id.size(), 26u);
    EXPECT_EQ(id.find_first_not_of(kAlphabet), std::string::npos) << id;
    EXPECT_EQ(ShardOf(id), shard);
    EXPECT_LT(before, id);
    EXPECT_TRUE(made.insert(id).second);
    before = id;
  }
}

TEST(RandomOrderTest, KnowsNothingOfTimeAndShard) {
  const RandomOrder before;
  EXPECT_TRUE(before("0000000002AAAAAAAAAAAAAAZZ", "0000000001BBBBBBBBBBBBBB00"));
  EXPECT_FALSE(before("0000000001BBBBBBBBBBBBBB00", "0000000002AAAAAAAAAAAAAAZZ"));
  // The same random characters, and what was never minted: by the whole id.
  EXPECT_TRUE(before("0000000001AAAAAAAAAAAAAA01", "0000000001AAAAAAAAAAAAAA02"));
  EXPECT_TRUE(before("0000000001AAAAAAAAAAAAAA02", "0000000002AAAAAAAAAAAAAA01"));
  EXPECT_TRUE(before("a", "b"));
  EXPECT_TRUE(before("", "a"));
  EXPECT_FALSE(before("a", "a"));
}

// Ids of two vendors for the same people, one after the other as an import mints them.
TEST(RandomOrderTest, OrdersOfTwoVendorsSayNothingOfEachOther) {
  constexpr int kPeople = 1000;
  ManualClock clock;
  IdMint ids(clock, 5);
  std::map<std::string, int, RandomOrder> sakura, jade;
  for (int person = 0; person < kPeople; ++person) {
    const std::string shard = ShardFrom(std::to_string(1000 + person));
    sakura[ids.NextOf(shard)] = person;
    jade[ids.NextOf(shard)] = person;
    clock.Advance(absl::Milliseconds(1));
  }
  int alike = 0;
  for (auto one = sakura.begin(), other = jade.begin(); one != sakura.end(); ++one, ++other) {
    const bool early = one->second < kPeople / 2, other_early = other->second < kPeople / 2;
    alike += early == other_early;
  }
  EXPECT_GT(alike, 400);
  EXPECT_LT(alike, 600);
}

TEST(ShardTest, DigestsSpreadOverAll) {
  std::set<std::string> shards;
  for (int high = 0; high < 256; ++high) {
    for (int low = 0; low < 256; ++low) {
      const std::string digest = {static_cast<char>(high), static_cast<char>(low)};
      shards.insert(ShardFrom(digest));
    }
  }
  EXPECT_EQ(shards.size(), 1024u);
}

// Whoever calls may name anything.
TEST(ShardTest, OfWhatIsNoIdIsWhateverStandsAtItsEnd) {
  EXPECT_EQ(ShardOf(""), "");
  EXPECT_EQ(ShardOf("a"), "a");
  EXPECT_EQ(ShardOf("ab"), "ab");
  EXPECT_EQ(ShardOf("01NOSUCHASSIGNMENT"), "NT");
}

TEST(ManualClockTest, MovesOnlyWhenMoved) {
  ManualClock clock;
  const absl::Time start = clock.Now();
  EXPECT_EQ(start, absl::FromUnixSeconds(1767225600));
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Seconds(90));
  EXPECT_EQ(clock.Now() - start, absl::Seconds(90));
  clock.Advance(-absl::Minutes(5));  // wall clocks step back
  EXPECT_EQ(start - clock.Now(), absl::Seconds(210));
}

}  // namespace
}  // namespace switchboard
