#include "hub/unmasking/unmasking_book.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/unmasking/erasure.h"
#include "tests/database_fixture.h"

namespace switchboard::unmasking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TestDatabase;
using Response = v1::RequestUnmaskingResponse;

class UnmaskingBookTest : public ::testing::Test {
 protected:
  // The clock of a test begins at midnight.
  UnmaskingRow Row(const std::string& id, State state, absl::Duration asked = {}) {
    UnmaskingRow row;
    row.unmasking_id = id;
    row.vendor_id = "sakura";
    row.assignment_id = "a-1";
    row.request_id = "r-" + id;
    row.person_id = "P-1";
    row.account_id = "A-1";
    row.classes = {v1::DATA_CLASS_BIRTH_DATE, v1::DATA_CLASS_FREE_TEXT};
    row.reason = v1::UNMASKING_REASON_COMPLAINT;
    row.contract_version = 3;
    row.state = state;
    row.ask_time_us = absl::ToUnixMicros(start_ + asked);
    row.agent_box = "box of " + id;
    return row;
  }
  void Insert(const std::vector<UnmaskingRow>& rows) {
    for (const UnmaskingRow& row : rows) {
      ASSERT_OK(database_.Run(
          [&](storage::Transaction& transaction) { return InsertUnmasking(transaction, row); }));
    }
  }
  template <typename T, typename Read>
  T Reading(const Read& read) {
    T result{};
    EXPECT_OK(database_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(result, read(reader));
      return absl::OkStatus();
    }));
    return result;
  }
  std::vector<std::string> Ids(const std::string& vendor_id = "", const std::string& after = "",
                               int limit = 10) {
    std::vector<std::string> ids;
    for (const auto& row : Reading<std::vector<UnmaskingRow>>([&](storage::Connection& reader) {
           return ListUnmaskings(reader, vendor_id, after, limit);
         })) {
      ids.push_back(row.unmasking_id);
    }
    return ids;
  }

  TestDatabase database_;
  const absl::Time start_ = database_.clock.Now();
};

TEST_F(UnmaskingBookTest, WhatIsWrittenIsRead) {
  Insert({Row("u-1", Response::STATE_WAITING)});
  const auto found = Reading<std::optional<UnmaskingRow>>(
      [](storage::Connection& reader) { return FindOfRequest(reader, "a-1", "r-u-1"); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->unmasking_id, "u-1");
  EXPECT_THAT(found->classes, ElementsAre(v1::DATA_CLASS_BIRTH_DATE, v1::DATA_CLASS_FREE_TEXT));
  EXPECT_EQ(found->reason, v1::UNMASKING_REASON_COMPLAINT);
  EXPECT_EQ(found->agent_box, "box of u-1");
  EXPECT_FALSE(FactsOf(*found).was_shown);
  UnmaskingRow shown = *found;
  shown.state = Response::STATE_SHOWN;
  shown.decided_by = "operator/ito";
  shown.decide_time_us = 5;
  shown.show_time_us = 6;
  shown.until_time_us = 7;
  shown.contract_version = 4;
  ASSERT_OK(database_.Run(
      [&](storage::Transaction& transaction) { return UpdateUnmasking(transaction, shown); }));
  const auto again = Reading<std::optional<UnmaskingRow>>(
      [](storage::Connection& reader) { return FindUnmasking(reader, "u-1"); });
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->contract_version, 4);
  EXPECT_EQ(again->decided_by, "operator/ito");
  EXPECT_EQ(again->decide_time_us, 5);
  EXPECT_EQ(again->show_time_us, 6);
  EXPECT_EQ(again->until_time_us, 7);
  EXPECT_TRUE(FactsOf(*again).agreed);
  EXPECT_TRUE(FactsOf(*again).was_shown);
}

TEST_F(UnmaskingBookTest, CountsByVendorAndHourAndByAccountAndDay) {
  UnmaskingRow of_fuji = Row("u-4", Response::STATE_SHOWN, absl::Hours(2));
  of_fuji.vendor_id = "fuji";
  UnmaskingRow of_another = Row("u-3", Response::STATE_REFUSED, absl::Hours(2));
  of_another.account_id = "A-2";
  Insert({Row("u-1", Response::STATE_ENDED), Row("u-2", Response::STATE_WAITING, absl::Hours(2)),
          of_another, of_fuji});
  const auto counts = Reading<UnmaskingCounts>([&](storage::Connection& reader) {
    return CountSince(reader, "sakura", "A-1", start_ + absl::Hours(2), start_);
  });
  EXPECT_EQ(counts.of_vendor, 2);
  EXPECT_EQ(counts.of_account, 2);
}

TEST_F(UnmaskingBookTest, ListsInPagesAndWhatWaitsByItself) {
  UnmaskingRow of_fuji = Row("u-3", Response::STATE_WAITING, absl::Hours(1));
  of_fuji.vendor_id = "fuji";
  Insert({Row("u-1", Response::STATE_SHOWN), Row("u-2", Response::STATE_WAITING), of_fuji});
  EXPECT_THAT(Ids(), ElementsAre("u-1", "u-2", "u-3"));
  EXPECT_THAT(Ids("", "u-1", 1), ElementsAre("u-2"));
  EXPECT_THAT(Ids("fuji"), ElementsAre("u-3"));
  EXPECT_THAT(Ids("fuji", "u-3"), IsEmpty());
  const auto waiting_at = [&](absl::Duration later, const std::string& vendor_id = "") {
    std::vector<std::string> ids;
    for (const auto& row : Reading<std::vector<UnmaskingRow>>([&](storage::Connection& reader) {
           return ListWaiting(reader, vendor_id, "", 10, start_ + later);
         })) {
      ids.push_back(row.unmasking_id);
    }
    return ids;
  };
  EXPECT_THAT(waiting_at(absl::Hours(2)), ElementsAre("u-2", "u-3"));
  EXPECT_THAT(waiting_at(absl::Hours(2), "sakura"), ElementsAre("u-2"));
  EXPECT_THAT(waiting_at(absl::Hours(24)), ElementsAre("u-3")) << "a day has passed";
  const auto waiting = Reading<std::vector<WaitingUnmaskings>>([&](storage::Connection& reader) {
    return UnmaskingsWaiting(reader, start_ + absl::Hours(2));
  });
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[0].vendor_id, "fuji");
  EXPECT_EQ(waiting[1].count, 1);
  EXPECT_EQ(waiting[1].first_time_us, absl::ToUnixMicros(start_));
}

TEST_F(UnmaskingBookTest, AVendorThatIsGoneSeesNothingMore) {
  UnmaskingRow over = Row("u-4", Response::STATE_SHOWN);
  over.show_time_us = absl::ToUnixMicros(start_ - absl::Hours(1));
  over.until_time_us = absl::ToUnixMicros(start_ - absl::Minutes(1));
  UnmaskingRow open = over;
  open.unmasking_id = open.request_id = "u-5";
  open.until_time_us = absl::ToUnixMicros(start_ + absl::Minutes(1));
  UnmaskingRow of_fuji = Row("u-6", Response::STATE_WAITING);
  of_fuji.vendor_id = "fuji";
  Insert({Row("u-1", Response::STATE_WAITING), Row("u-2", Response::STATE_REFUSED),
          Row("u-3", Response::STATE_SHOWN), over, open, of_fuji});
  int64_t ended = 0;
  ASSERT_OK(database_.Run([&](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(ended, EndUnmaskings(transaction, "sakura"));
    return absl::OkStatus();
  }));
  EXPECT_EQ(ended, 3);
  std::vector<State> states;
  for (const auto& row : Reading<std::vector<UnmaskingRow>>(
           [&](storage::Connection& reader) { return ListUnmaskings(reader, "", "", 10); })) {
    states.push_back(row.state);
  }
  EXPECT_THAT(states,
              ElementsAre(Response::STATE_ENDED, Response::STATE_REFUSED, Response::STATE_ENDED,
                          Response::STATE_SHOWN, Response::STATE_ENDED, Response::STATE_WAITING));
}

TEST_F(UnmaskingBookTest, ItGoesWithItsAssignment) {
  UnmaskingRow other = Row("u-3", Response::STATE_SHOWN);
  other.assignment_id = "a-2";
  Insert({Row("u-1", Response::STATE_SHOWN), Row("u-2", Response::STATE_WAITING), other});
  assignments::EndedAssignment ended;
  ended.assignment_id = "a-1";
  ended.account_id = "A-1";
  int64_t erased = 0;
  ASSERT_OK(database_.Run([&](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(erased, EraseUnmaskings(transaction, {ended}));
    return absl::OkStatus();
  }));
  EXPECT_EQ(erased, 2);
  EXPECT_THAT(Ids(), ElementsAre("u-3"));
}

}  // namespace
}  // namespace switchboard::unmasking
