#include "hub/masking/wire_page.h"

#include <algorithm>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "hub/masking/permit_answer.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using v1::Contract;
using Batch = v1::SyncResponse::Batch;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());

Contract Showing(v1::DataClass data_class) {
  Contract contract;
  auto& terms = *contract.add_work_types();
  terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  terms.add_disclose()->set_data_class(data_class);
  terms.mutable_disclose(0)->set_show(Contract::SHOW_CLEAR);
  return contract;
}

v1::Cursor At(int64_t sequence) {
  v1::Cursor cursor;
  cursor.set_generation("g");
  cursor.set_sequence(sequence);
  return cursor;
}

class WirePageTest : public ::testing::Test {
 protected:
  WirePageTest() {
    person_.set_person_id("P-1");
    person_.set_family_name("山田");
    person_.set_given_name("太郎");
    account_.set_account_id("A-1");
    account_.set_product("gold-card");
  }

  // A row of which the contract shows the name; one that masks by another shows the product.
  size_t Add(int64_t sequence, const std::string& id, bool planted = false) {
    return page_.AddRow(
        sequence, {.assignment_id = id, .work_type = v1::WORK_TYPE_CAMPAIGN},
        planted ? loose_ : masker_, guard_,
        {person_, account_, person_.SerializeAsString(), account_.SerializeAsString()}, kNow);
  }

  WirePage::Made Make(size_t bytes_max = 1'000'000, int rows_max = 100, int64_t newest = 9) {
    return std::move(page_).Make({bytes_max, rows_max, newest});
  }

  v1::Person person_;
  v1::Account account_;
  const Masker masker_{Showing(v1::DATA_CLASS_NAME), v1::WORK_TYPE_CAMPAIGN, "key"};
  const Masker loose_{Showing(v1::DATA_CLASS_PRODUCT), v1::WORK_TYPE_CAMPAIGN, "key"};
  const WireGuard guard_{Showing(v1::DATA_CLASS_NAME), v1::WORK_TYPE_CAMPAIGN};
  WirePage page_{At(3)};
};

std::vector<std::string> IdsOf(const Batch& batch) {
  std::vector<std::string> ids;
  for (const auto& change : batch.changes())
    ids.push_back(change.has_assigned() ? change.assigned().assignment_id()
                                        : change.withdrawn().assignment_id());
  return ids;
}

// The ids of the rows, each of which says its own.
std::vector<std::string> RowsOf(const ShownPage& page) {
  std::vector<std::string> ids;
  page.ForEachRow([&](const std::string& assignment_id, std::string_view row) {
    v1::Assignment assignment;
    EXPECT_TRUE(assignment.ParseFromArray(row.data(), static_cast<int>(row.size())));
    EXPECT_EQ(assignment.assignment_id(), assignment_id);
    ids.push_back(assignment_id);
  });
  return ids;
}

TEST_F(WirePageTest, WhatIsSentIsWhatWasMade) {
  RowFrame frame{.assignment_id = "as-2", .work_type = v1::WORK_TYPE_CAMPAIGN};
  frame.acts = {v1::ACT_REMIND, v1::ACT_NEGOTIATE};
  frame.expire_time = kNow + absl::Minutes(61);
  frame.recall = {v1::RECALL_REASON_MOVED, kNow + absl::Minutes(119), true};
  page_.AddRow(4, frame, masker_, guard_, {person_, account_, "", ""}, kNow);
  page_.AddWithdrawal(5, "as-3", v1::WITHDRAW_REASON_PAID);
  page_.AddFrame(6, {.assignment_id = "as-4"});
  const auto made = Make();
  const v1::SyncResponse response = StreamMessage::Of(made.page).Read();
  const Batch& batch = response.batch();
  EXPECT_EQ(batch.SerializeAsString(), made.page.Read().SerializeAsString());
  EXPECT_EQ(batch.after().sequence(), 3);
  EXPECT_EQ(batch.after().generation(), "g");
  EXPECT_EQ(batch.through().sequence(), 9);
  EXPECT_TRUE(batch.caught_up());
  ASSERT_THAT(IdsOf(batch), UnorderedElementsAre("as-2", "as-3", "as-4"));
  EXPECT_THAT(RowsOf(made.page), UnorderedElementsAre("as-2", "as-4"));
  EXPECT_THAT(made.withheld, IsEmpty());
  const auto row = std::find_if(batch.changes().begin(), batch.changes().end(),
                                [](const auto& one) { return one.assigned().acts_size() > 0; });
  ASSERT_NE(row, batch.changes().end());
  const v1::Assignment& assigned = row->assigned();
  EXPECT_EQ(assigned.person().name(), "山田太郎");
  EXPECT_THAT(assigned.acts(), ElementsAre(v1::ACT_REMIND, v1::ACT_NEGOTIATE));
  // By the hour.
  EXPECT_EQ(assigned.expire_time().seconds(), absl::ToUnixSeconds(kNow) + 3600);
  EXPECT_EQ(assigned.pending_recall().final_time().seconds(), absl::ToUnixSeconds(kNow) + 3600);
  EXPECT_TRUE(assigned.pending_recall().objected());
}

TEST_F(WirePageTest, WhatTheGuardFindsIsLeftOutAndTheCursorGoesOn) {
  Add(4, "as-1");
  Add(5, "as-2", /*planted=*/true);
  Add(7, "as-3", /*planted=*/true);
  const auto made = Make(1'000'000, 3);
  EXPECT_THAT(IdsOf(made.page.Read()), ElementsAre("as-1"));
  EXPECT_FALSE(made.page.caught_up());
  EXPECT_EQ(made.page.through().sequence(), 7);
  EXPECT_THAT(RowsOf(made.page), ElementsAre("as-1"));
  EXPECT_TRUE(made.page.skips());
  ASSERT_EQ(made.withheld.size(), 2u);
  EXPECT_EQ(made.withheld[0].assignment_id, "as-2");
  EXPECT_EQ(made.withheld[0].finding.field, "account.product");
  EXPECT_EQ(made.withheld[0].assigned.account().product(), "gold-card");
}

// What ended meanwhile: its withdrawal lies behind the page, which the vendor's cursor passes.
TEST_F(WirePageTest, RowsAreLeftOutOfAPageThatIsMade) {
  Add(4, "as-1");
  Add(5, "as-2");
  page_.AddWithdrawal(6, "as-3", v1::WITHDRAW_REASON_PAID);
  auto made = Make();
  made.page.LeaveOut({});
  EXPECT_FALSE(made.page.skips());
  made.page.LeaveOut({"as-1", "as-3", "as-9"});
  EXPECT_TRUE(made.page.skips());
  EXPECT_THAT(IdsOf(made.page.Read()), UnorderedElementsAre("as-2", "as-3"));
  EXPECT_THAT(RowsOf(made.page), ElementsAre("as-2"));
  EXPECT_EQ(made.page.changes(), 2);
  EXPECT_EQ(made.page.through().sequence(), 9);
}

TEST_F(WirePageTest, PromisesAndHandOversAreLookedAtToo) {
  const size_t place = Add(4, "as-1");
  page_.ShowHandOver(place, {v1::HAND_OVER_REASON_ESCALATED, kNow, "not shown without FREE_TEXT"});
  v1::PromiseRecord record;
  v1::Outcome::Promise agreed;
  const ShownPromise promise{v1::PROMISE_STANDING_OPEN, agreed, record};
  page_.ShowPromises(place, &promise, nullptr);
  auto made = Make();
  ASSERT_EQ(made.page.changes(), 1);
  const v1::Assignment assigned = made.page.Read().changes(0).assigned();
  EXPECT_EQ(assigned.handed_over().reason(), v1::HAND_OVER_REASON_ESCALATED);
  EXPECT_EQ(assigned.handed_over().note(), "");
  EXPECT_FALSE(assigned.has_promise());
}

TEST_F(WirePageTest, APageEndsWithinItsBytesButHasOneChange) {
  for (int64_t i = 1; i <= 5; ++i) Add(3 + i, absl::StrCat("as-", i));
  WirePage again = page_;
  const auto one = Make(/*bytes_max=*/1);
  EXPECT_EQ(one.page.changes(), 1);
  EXPECT_EQ(one.page.through().sequence(), 4);
  EXPECT_FALSE(one.page.caught_up());
  EXPECT_THAT(RowsOf(one.page), ElementsAre("as-1"));
  const size_t row = one.page.Read().changes(0).ByteSizeLong();
  const auto three = std::move(again).Make({3 * (row + 8), 100, 9});
  EXPECT_EQ(three.page.changes(), 3);
  EXPECT_EQ(three.page.through().sequence(), 6);
}

// The same people at two vendors are in two orders.
TEST_F(WirePageTest, ThePlacesOfAPageAreThoseOfTheIdsAlone) {
  ManualClock clock;
  IdMint ids(clock, 7);
  std::vector<std::string> minted;
  for (int64_t i = 1; i <= 50; ++i) Add(3 + i, minted.emplace_back(ids.Next()));
  const auto made = Make(1'000'000, 100, 53);
  const auto shown = IdsOf(made.page.Read());
  EXPECT_TRUE(std::is_sorted(shown.begin(), shown.end(), RandomOrder()));
  EXPECT_NE(shown, minted);
  EXPECT_EQ(made.page.through().sequence(), 53);
}

TEST(ShownPage, AHeartbeatIsAnEmptyBatch) {
  const Batch batch = StreamMessage::Of(ShownPage::Heartbeat(At(5), true)).Read().batch();
  EXPECT_EQ(batch.after().sequence(), 5);
  EXPECT_EQ(batch.through().SerializeAsString(), batch.after().SerializeAsString());
  EXPECT_EQ(batch.changes_size(), 0);
  EXPECT_TRUE(batch.caught_up());
}

TEST(PermitAnswer, WhatPassesIsPassedOnUnchanged) {
  v1::RequestPermitResponse response;
  response.mutable_permit()->set_permit_id("pm-1");
  response.mutable_permit()->set_dial("+819050012345");
  Contract contract;
  contract.mutable_permits()->set_dial(Contract::PermitTerms::DIAL_NUMBER);
  const WireGuard guard(contract, v1::WORK_TYPE_CAMPAIGN);
  const auto looked_at = PermitAnswer::Of(response, {&guard, "", "+819050012345"});
  using Message = ToVendor<v1::RequestPermitResponse>;
  ASSERT_TRUE(std::holds_alternative<Message>(looked_at));
  v1::RequestPermitRequest asked;
  asked.set_assignment_id("as-1");
  asked.set_request_id("r-1");
  const v1::RequestPermitsResponse told =
      PermitAnswer::OnStream(asked, std::get<Message>(looked_at));
  EXPECT_EQ(told.answer().assignment_id(), "as-1");
  EXPECT_EQ(told.answer().request_id(), "r-1");
  EXPECT_EQ(told.answer().permit().SerializeAsString(), response.permit().SerializeAsString());
  // Of nobody nothing is shown.
  EXPECT_TRUE(std::holds_alternative<Finding>(PermitAnswer::Of(response, {})));
}

}  // namespace
}  // namespace switchboard::masking
