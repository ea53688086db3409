#include "hub/core_feed/core_feed.h"

#include <map>
#include <string>
#include <vector>

#include "hub/core_feed/erasure.h"
#include "hub/core_feed/sealed_tables.h"
#include "switchboard/v1/outcome.pb.h"
#include "tests/database_fixture.h"

namespace switchboard::core_feed {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::TestDatabase;

class CoreFeedTest : public ::testing::Test {
 protected:
  // Appends an outcome of this id.
  CoreFeedBook::Number Append(Transaction& transaction, const std::string& outcome_id,
                              size_t note_bytes = 0) {
    v1::RecordedOutcome facts;
    facts.set_vendor_id("sakura");
    v1::Outcome outcome;
    outcome.set_outcome_id(outcome_id);
    outcome.set_note(std::string(note_bytes, 'n'));
    const std::string place = "place/" + outcome_id;
    const std::string box = test_.sealer->Seal(transaction, PlaceOfItem(ItemKind::kOutcome, place),
                                               outcome.SerializeAsString());
    return CoreFeedBook::Append(transaction,
                                {ItemKind::kOutcome, place, facts.SerializeAsString(), box});
  }
  void AppendAll(const std::vector<std::string>& outcome_ids) {
    for (const std::string& id : outcome_ids) {
      ASSERT_OK(test_.Run([&](Transaction& transaction) {
        Append(transaction, id);
        return absl::OkStatus();
      }));
    }
  }
  absl::StatusOr<v1::ReadCoreFeedResponse> Read(int64_t after, int max_items = 100) {
    absl::StatusOr<v1::ReadCoreFeedResponse> response = absl::InternalError("not read");
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      response = feed_.Read(reader, after, max_items);
      return absl::OkStatus();
    }));
    return response;
  }
  // "1 o-1" of each item behind `after`.
  std::vector<std::string> Lines(int64_t after, int max_items = 100) {
    const auto response = Read(after, max_items);
    EXPECT_OK(response);
    std::vector<std::string> lines;
    if (!response.ok()) return lines;
    for (const auto& item : response->items()) {
      EXPECT_EQ(item.outcome().vendor_id(), "sakura");
      lines.push_back(std::to_string(item.sequence()) + " " +
                      item.outcome().outcome().outcome_id());
    }
    return lines;
  }
  void ConfirmAs(const std::string& core, const std::string& reader, int64_t after) {
    ASSERT_OK(test_.Run(
        [&](Transaction& transaction) { return Confirm(transaction, core, reader, after); }));
  }
  int64_t ConfirmedOfAll() {
    int64_t confirmed = -1;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(confirmed, ConfirmedByAll(reader));
      return absl::OkStatus();
    }));
    return confirmed;
  }
  // "core/main/reader 3" of each cursor.
  std::vector<std::string> Cursors() {
    std::vector<std::string> lines;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto cursors, ReaderCursors(reader));
      for (const ReaderCursor& one : cursors)
        lines.push_back(one.core + "/" + one.reader + " " + std::to_string(one.confirmed));
      return absl::OkStatus();
    }));
    return lines;
  }

  TestDatabase test_;
  CoreFeed feed_{*test_.sealer};
};

TEST_F(CoreFeedTest, SequenceIsDenseOverUnitsAndGroups) {
  std::map<std::string, CoreFeedBook::Number> numbers;  // of the last run of each unit
  auto submit = [&](std::vector<std::string> ids, absl::Status end) {
    test_.writer->Submit(
        storage::Urgency::kUrgent,
        [this, &numbers, ids = std::move(ids), end](Transaction& transaction) {
          for (const std::string& id : ids) numbers[id] = Append(transaction, id);
          return end;
        },
        [end](const absl::Status& status) { EXPECT_EQ(status.ok(), end.ok()); });
  };
  // One group of three units, of which one fails and takes no number.
  submit({"o-1", "o-2"}, absl::OkStatus());
  submit({"lost"}, absl::AbortedError("on purpose"));
  submit({"o-3"}, absl::OkStatus());
  while (test_.writer->RunGroup()) {
  }
  AppendAll({"o-4", "o-5"});
  EXPECT_THAT(Lines(0), ElementsAre("1 o-1", "2 o-2", "3 o-3", "4 o-4", "5 o-5"));
  ASSERT_EQ(numbers.size(), 4u);
  EXPECT_EQ(*numbers["o-1"], 1);
  EXPECT_EQ(*numbers["o-2"], 2);
  EXPECT_EQ(*numbers["o-3"], 3);
}

TEST_F(CoreFeedTest, PagesFollowTheCursor) {
  AppendAll({"o-1", "o-2", "o-3"});
  EXPECT_THAT(Lines(0, 2), ElementsAre("1 o-1", "2 o-2"));
  EXPECT_THAT(Lines(2, 2), ElementsAre("3 o-3"));
  EXPECT_THAT(Lines(3, 2), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto page, Read(1, 1));
  EXPECT_EQ(page.newest(), 3);
  EXPECT_EQ(page.erased_through(), 0);
  const auto invalid = FailsWith(absl::StatusCode::kInvalidArgument, "CURSOR_INVALID");
  EXPECT_THAT(Read(-1), invalid);
  EXPECT_THAT(Read(4), invalid);
}

TEST_F(CoreFeedTest, APageEndsAtItsBytesButHasOneItemAtLeast) {
  const std::vector<size_t> sizes = {13'000, kPageBytesMax + 1, 13'000};
  ASSERT_OK(test_.Run([&](Transaction& transaction) {
    for (const size_t size : sizes) Append(transaction, "large", size);
    for (int i = 0; i < 400; ++i) Append(transaction, "o", 13'000);
    return absl::OkStatus();
  }));
  std::vector<int> pages;
  int64_t after = 0;
  while (pages.size() < 10) {
    ASSERT_OK_AND_ASSIGN(const auto page, Read(after, 1'000));
    if (page.items().empty()) break;
    size_t bytes = 0;
    for (const v1::CoreItem& item : page.items()) {
      EXPECT_EQ(item.sequence(), ++after);
      bytes += item.ByteSizeLong();
    }
    EXPECT_TRUE(bytes <= kPageBytesMax || page.items_size() == 1) << bytes;
    pages.push_back(page.items_size());
  }
  EXPECT_EQ(after, 403);
  // 161 notes would fit, but not with what stands around them.
  EXPECT_THAT(pages, ElementsAre(1, 1, 160, 160, 81));
}

TEST_F(CoreFeedTest, BoxesAreFoundWhetherTheGroupHasWrittenThemOrNot) {
  AppendAll({"o-1", "o-2"});
  std::vector<std::string> found;
  ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    Append(transaction, "o-3");
    ASSIGN_OR_RETURN(const auto stored, ReadBoxes(transaction.connection(), {2, 7}));
    for (const StoredBox& box : stored) found.push_back(box.place);
    for (const StoredBox& box : CoreFeedBook::BoxesLeft(transaction, {"place/o-3", "place/none"})) {
      found.push_back(box.place);
      EXPECT_EQ(box.sequence, 0);
    }
    return absl::OkStatus();
  }));
  EXPECT_THAT(found, ElementsAre("place/o-2", "place/o-3"));
}

TEST_F(CoreFeedTest, CursorsNeverGoBack) {
  AppendAll({"o-1", "o-2", "o-3"});
  ConfirmAs("core/main", "", 2);
  ConfirmAs("core/main", "", 1);
  EXPECT_THAT(Cursors(), ElementsAre("core/main/ 2"));
  ConfirmAs("core/main", "", 3);
  EXPECT_THAT(Cursors(), ElementsAre("core/main/ 3"));
  EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    for (const int64_t after : {0, 1, 3}) {
      ASSIGN_OR_RETURN(const bool news, NeedsConfirming(reader, "core/main", "", after));
      EXPECT_FALSE(news) << after;
    }
    ASSIGN_OR_RETURN(const bool beyond, NeedsConfirming(reader, "core/main", "", 4));
    ASSIGN_OR_RETURN(const bool other, NeedsConfirming(reader, "core/main", "ledger", 1));
    EXPECT_TRUE(beyond);
    EXPECT_TRUE(other);
    return absl::OkStatus();
  }));
}

TEST_F(CoreFeedTest, TheSlowestReaderCountsUntilItIsRetired) {
  EXPECT_EQ(ConfirmedOfAll(), 0);
  ConfirmAs("core/main", "", 3);
  EXPECT_EQ(ConfirmedOfAll(), 3);
  ConfirmAs("core/main", "ledger", 1);
  ConfirmAs("core/second", "", 2);
  EXPECT_EQ(ConfirmedOfAll(), 1);
  bool retired = false, again = true;
  ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    const ReaderCursor slowest{"core/main", "ledger", 1, 0};
    ASSIGN_OR_RETURN(retired, Retire(transaction, "operator/ito", slowest));
    ASSIGN_OR_RETURN(again, Retire(transaction, "operator/ito", slowest));
    return absl::OkStatus();
  }));
  EXPECT_TRUE(retired);
  EXPECT_FALSE(again);
  EXPECT_EQ(ConfirmedOfAll(), 2);
  EXPECT_THAT(Cursors(), ElementsAre("core/main/ 3", "core/second/ 2"));
}

TEST_F(CoreFeedTest, WhatWasErasedIsToldAndItsNumbersAreNotGivenAgain) {
  AppendAll({"o-1", "o-2", "o-3"});
  ASSERT_OK(test_.Run([](Transaction& transaction) { return EraseItems(transaction, {3, 1}); }));
  EXPECT_THAT(Lines(0), ElementsAre("2 o-2"));
  // What is erased later may lie before.
  ASSERT_OK(test_.Run([](Transaction& transaction) { return EraseItems(transaction, {2}); }));
  ASSERT_OK_AND_ASSIGN(const auto page, Read(0));
  EXPECT_EQ(page.items_size(), 0);
  EXPECT_EQ(page.erased_through(), 3);
  EXPECT_EQ(page.newest(), 3);
  AppendAll({"o-4"});
  EXPECT_THAT(Lines(0), ElementsAre("4 o-4"));
}

TEST_F(CoreFeedTest, SkippedNumbersAreLeftOut) {
  AppendAll({"o-1"});
  int64_t back = 0, ahead = 0;
  ASSERT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(back, SkipThrough(transaction, 0));
    ASSIGN_OR_RETURN(ahead, SkipThrough(transaction, 7));
    return absl::OkStatus();
  }));
  EXPECT_EQ(back, 1);
  EXPECT_EQ(ahead, 7);
  AppendAll({"o-8"});
  EXPECT_THAT(Lines(0), ElementsAre("1 o-1", "8 o-8"));
}

TEST_F(CoreFeedTest, ItemIsBoundToItsPlace) {
  AppendAll({"o-1", "o-2"});
  ASSERT_OK(test_.Run([](Transaction& transaction) {
    return transaction
        .Execute(
            "UPDATE core_item SET box = (SELECT o.box FROM core_item o WHERE o.sequence = 2) "
            "WHERE sequence = 1",
            {})
        .status();
  }));
  EXPECT_FALSE(Read(0).ok());
}

}  // namespace
}  // namespace switchboard::core_feed
