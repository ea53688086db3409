#include "hub/audit/log_tree.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/audit/tiles.h"
#include "tests/audit_rows.h"
#include "tests/database_fixture.h"

namespace switchboard::audit {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::TestDatabase;

class LogTreeTest : public ::testing::Test {
 protected:
  void AddEntries(const std::string& chain_id, int64_t first, int64_t last) {
    ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
      return testing::AddEntries(transaction, *test_.sealer, chain_id, first, last);
    }));
  }
  absl::StatusOr<int64_t> AddLeaves(int64_t max = 1'000) {
    int64_t added = 0;
    RETURN_IF_ERROR(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(added, audit::AddLeaves(transaction, EntrySeal(*test_.sealer), max));
      return absl::OkStatus();
    }));
    return added;
  }
  // What a reader finds.
  template <typename Value, typename Read>
  Value Found(const Read& read) {
    Value found{};
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(found, read(reader));
      return absl::OkStatus();
    }));
    return found;
  }
  int64_t Size() {
    return Found<int64_t>([](storage::Connection& reader) { return TreeSize(reader); });
  }
  std::optional<int64_t> Position(const std::string& chain_id, int64_t sequence) {
    return Found<std::optional<int64_t>>(
        [&](storage::Connection& reader) { return PositionOf(reader, chain_id, sequence); });
  }
  std::optional<int64_t> Oldest() {
    return Found<std::optional<int64_t>>(
        [](storage::Connection& reader) { return OldestWithoutLeaf(reader); });
  }
  // "3: hub-2 1+2": from position 3 on, two entries of hub-2 from its first.
  std::vector<std::string> Ranges(int64_t after, int64_t size, int max = 100) {
    using Ranges = std::vector<v1::ReadAuditTreeResponse::Range>;
    std::vector<std::string> texts;
    const auto ranges = Found<Ranges>(
        [&](storage::Connection& reader) { return LeavesFrom(reader, after, size, max); });
    for (const auto& one : ranges) {
      texts.push_back(absl::StrCat(one.first_position(), ": ", one.chain_id(), " ",
                                   one.first_sequence(), "+", one.count()));
    }
    return texts;
  }
  Hash Root() {
    return Found<Hash>([&](storage::Connection& reader) { return Tiles(reader).RootAt(Size()); });
  }
  // Of entries of chains in this order, each from `first` to `last`.
  struct Entries {
    std::string chain_id;
    int64_t first, last;
  };
  static Hash RootOf(const std::vector<Entries>& all) {
    CompactRange tree;
    for (const Entries& one : all) {
      for (int64_t sequence = one.first; sequence <= one.last; ++sequence)
        tree.Add(*HashOf(testing::MadeUpHash(one.chain_id, sequence)));
    }
    return tree.Root();
  }

  TestDatabase test_;
};

TEST_F(LogTreeTest, EntriesOfAllChainsAreTheLeavesOfOneTree) {
  AddEntries("hub-1", 1, 3);
  AddEntries("hub-2", 1, 2);
  EXPECT_EQ(Size(), 0);
  EXPECT_EQ(*AddLeaves(), 5);
  AddEntries("hub-2", 3, 3);
  AddEntries("hub-1.2", 1, 1);
  AddEntries("hub-1", 4, 5);
  EXPECT_EQ(*AddLeaves(), 4);
  EXPECT_EQ(*AddLeaves(), 0);
  EXPECT_EQ(Size(), 9);
  EXPECT_THAT(Ranges(0, 9), ElementsAre("0: hub-1 1+3", "3: hub-2 1+2", "5: hub-1 4+2",
                                        "7: hub-1.2 1+1", "8: hub-2 3+1"));
  EXPECT_TRUE(
      Root() ==
      RootOf(
          {{"hub-1", 1, 3}, {"hub-2", 1, 2}, {"hub-1", 4, 5}, {"hub-1.2", 1, 1}, {"hub-2", 3, 3}}));
}

TEST_F(LogTreeTest, KnowsWhereAnEntryIs) {
  AddEntries("hub-1", 1, 3);
  AddEntries("hub-2", 1, 2);
  ASSERT_OK(AddLeaves());
  AddEntries("hub-1", 4, 5);
  EXPECT_EQ(Position("hub-1", 1), 0);
  EXPECT_EQ(Position("hub-2", 2), 4);
  EXPECT_EQ(Position("hub-1", 4), std::nullopt) << "no leaf yet";
  EXPECT_EQ(Position("hub-1", 0), std::nullopt);
  EXPECT_EQ(Position("hub-3", 1), std::nullopt);
  ASSERT_OK(AddLeaves());
  EXPECT_EQ(Position("hub-1", 3), 2);
  EXPECT_EQ(Position("hub-1", 5), 6);
}

TEST_F(LogTreeTest, PagesEndWithTheirSizeAndGoOn) {
  AddEntries("hub-1", 1, 3);
  AddEntries("hub-2", 1, 4);
  EXPECT_EQ(*AddLeaves(2), 2);
  EXPECT_EQ(*AddLeaves(2), 2);
  EXPECT_EQ(*AddLeaves(2), 2);
  EXPECT_EQ(*AddLeaves(2), 1);
  // What goes on where the last range ends is one with it.
  EXPECT_THAT(Ranges(0, 7), ElementsAre("0: hub-1 1+3", "3: hub-2 1+4"));
  EXPECT_TRUE(Root() == RootOf({{"hub-1", 1, 3}, {"hub-2", 1, 4}}));
}

TEST_F(LogTreeTest, RangesAreCutToWhatIsAskedFor) {
  AddEntries("hub-1", 1, 3);
  AddEntries("hub-2", 1, 4);
  ASSERT_OK(AddLeaves());
  EXPECT_THAT(Ranges(1, 7), ElementsAre("1: hub-1 2+2", "3: hub-2 1+4"));
  EXPECT_THAT(Ranges(3, 5), ElementsAre("3: hub-2 1+2"));
  EXPECT_THAT(Ranges(0, 7, 1), ElementsAre("0: hub-1 1+3"));
  EXPECT_THAT(Ranges(7, 7), IsEmpty());
}

TEST_F(LogTreeTest, TellsHowLongAnEntryHasWaited) {
  EXPECT_EQ(Oldest(), std::nullopt);
  AddEntries("hub-2", 1, 1);
  const int64_t first_us = test_.now_us();
  test_.clock.Advance(absl::Seconds(3));
  AddEntries("hub-1", 1, 1);
  EXPECT_EQ(Oldest(), first_us);
  ASSERT_OK(AddLeaves());
  EXPECT_EQ(Oldest(), std::nullopt);
  AddEntries("hub-1", 2, 2);
  EXPECT_EQ(Oldest(), first_us + 3'000'000);
}

// A checkpoint over the gap would say that nothing is missing.
TEST_F(LogTreeTest, AnEntryThatIsGoneEndsTheTree) {
  AddEntries("hub-1", 1, 2);
  ASSERT_OK(AddLeaves());
  AddEntries("hub-1", 4, 4);
  EXPECT_THAT(AddLeaves(), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN"));
  EXPECT_EQ(Size(), 2);
  AddEntries("hub-1", 3, 3);
  EXPECT_EQ(*AddLeaves(), 2);
}

// Its hash anybody can compute, and a checkpoint would make it one of the log's.
TEST_F(LogTreeTest, AnEntryThatNoHubSealedEndsTheTree) {
  AddEntries("hub-1", 1, 2);
  ASSERT_OK(AddLeaves());
  AddEntries("hub-1", 3, 4);
  AddEntries("hub-9", 1, 1);
  for (const char* chain_id : {"hub-1", "hub-9"}) {
    ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
      return transaction
          .Execute("UPDATE audit_entry SET seal = $1 WHERE chain_id = $2 AND sequence <> 3",
                   {storage::Value::Blob(std::string(16, 's')), chain_id})
          .status();
    }));
    EXPECT_THAT(AddLeaves(), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_FORGED")) << chain_id;
    EXPECT_EQ(Size(), 2) << chain_id;
    ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
      return transaction
          .Execute("DELETE FROM audit_entry WHERE chain_id = 'hub-1' AND sequence = 4", {})
          .status();
    }));
  }
  ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
    return transaction.Execute("DELETE FROM audit_entry WHERE chain_id = 'hub-9'", {}).status();
  }));
  EXPECT_EQ(*AddLeaves(), 1);
}

}  // namespace
}  // namespace switchboard::audit
