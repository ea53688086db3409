#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/scripted_calls.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class QuarantineRetryTest : public ::testing::Test {
 protected:
  // One more answer of a retry: of each item, its status, "RECORDED" for taken.
  void Answer(const std::vector<std::pair<std::string, std::string>>& items,
              const std::string& field = "") {
    auto& response = script_.Answer<v1::ReplayQuarantineResponse>();
    for (const auto& [id, status] : items) {
      auto& receipt = *response.add_receipts();
      receipt.set_quarantine_id(id);
      receipt.set_taken(status == "RECORDED");
      receipt.set_status("STATUS_" + status);
      if (!receipt.taken()) receipt.set_field(field);
    }
  }
  static v1::ListQuarantineResponse::Item& AddItem(v1::ListQuarantineResponse& page,
                                                   const std::string& id, const std::string& actor,
                                                   const std::string& status) {
    auto& item = *page.add_items();
    item.set_quarantine_id(id);
    item.set_actor(actor);
    item.set_kind("outcome");
    item.set_status("STATUS_" + status);
    return item;
  }
  std::vector<std::string> LastRetried() {
    const auto request = script_.Asked<v1::ReplayQuarantineRequest>();
    return {request.quarantine_ids().begin(), request.quarantine_ids().end()};
  }

  Script script_;
};

TEST_F(QuarantineRetryTest, FailsWhenAnItemIsRefusedAgain) {
  Answer({{"Q1", "RECORDED"}, {"Q2", "INVALID"}}, "note");
  const Ran ran = RunOnline({"quarantine", "retry", "Q1", "Q2"}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(LastRetried(), ElementsAre("Q1", "Q2"));
  EXPECT_THAT(ran.out, HasSubstr("Q2"));
  EXPECT_THAT(ran.out, HasSubstr("INVALID"));
  EXPECT_THAT(ran.out,
              HasSubstr("1 of 2 items taken and out of quarantine; 1 still waiting there"));
}

// A correction that came behind a missing code was refused for another reason.
TEST_F(QuarantineRetryTest, AllThatAVendorSentIsTakenInItsOrderWhateverItWasRefusedFor) {
  auto& page = script_.Answer<v1::ListQuarantineResponse>();
  AddItem(page, "Q1", "vendor/sakura", "UNMAPPED");
  AddItem(page, "Q2", "vendor/jade", "UNMAPPED");
  AddItem(page, "Q3", "vendor/sakura", "VERSION_GAP");
  Answer({{"Q1", "RECORDED"}, {"Q3", "RECORDED"}});
  const Ran ran = RunOnline({"quarantine", "retry", "--vendor", "sakura"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "2 of 2 items taken and out of quarantine\n");
  EXPECT_THAT(LastRetried(), ElementsAre("Q1", "Q3"));
}

TEST_F(QuarantineRetryTest, WithoutIdsAllOfAVendorsUnmappedAreTakenTheOldestFirst) {
  auto& first = script_.Answer<v1::ListQuarantineResponse>();
  AddItem(first, "Q1", "vendor/sakura", "UNMAPPED");
  AddItem(first, "Q2", "vendor/jade", "UNMAPPED");
  AddItem(first, "Q3", "vendor/sakura", "INVALID");
  auto& second = script_.Answer<v1::ListQuarantineResponse>();
  AddItem(second, "Q4", "vendor/sakura", "UNMAPPED");
  AddItem(second, "Q5", "core/main", "INVALID");
  Answer({{"Q1", "RECORDED"}, {"Q4", "RECORDED"}});
  const Ran ran =
      RunOnline({"quarantine", "retry", "--vendor", "sakura", "--status", "unmapped"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "2 of 2 items taken and out of quarantine\n");
  EXPECT_THAT(LastRetried(), ElementsAre("Q1", "Q4"));
  EXPECT_EQ(script_.Asked<v1::ListQuarantineRequest>().after(), "Q5") << "page by page to the end";
}

TEST_F(QuarantineRetryTest, AHundredAtOnceAndTheRestBehind) {
  auto& page = script_.Answer<v1::ListQuarantineResponse>();
  std::vector<std::pair<std::string, std::string>> first, last;
  for (int i = 0; i < 101; ++i) {
    const std::string id = absl::StrCat("Q", i);
    AddItem(page, id, "vendor/sakura", "UNMAPPED");
    (i < 100 ? first : last).emplace_back(id, "RECORDED");
  }
  Answer(first);
  Answer(last);
  const Ran ran = RunOnline({"quarantine", "retry", "--status", "STATUS_UNMAPPED"}, script_);
  EXPECT_EQ(ran.out, "101 of 101 items taken and out of quarantine\n");
  EXPECT_THAT(LastRetried(), ElementsAre("Q100"));
  EXPECT_EQ(script_.Unasked<v1::ReplayQuarantineResponse>(), 0u);
}

TEST_F(QuarantineRetryTest, WhatStillWaitsIsToldByItsReason) {
  auto& page = script_.Answer<v1::ListQuarantineResponse>();
  for (const char* id : {"Q1", "Q2", "Q3"}) AddItem(page, id, "vendor/sakura", "UNMAPPED");
  AddItem(page, "Q4", "vendor/sakura", "UNMAPPED").set_content_not_kept(true);
  auto& rest = *page.add_rest();
  rest.set_actor("vendor/sakura");
  rest.set_status("STATUS_UNMAPPED");
  rest.set_count(7);
  Answer({{"Q1", "RECORDED"}, {"Q2", "UNMAPPED"}, {"Q3", "UNMAPPED"}}, "vendor_code");
  const Ran ran = RunOnline({"quarantine", "retry"}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(LastRetried(), ElementsAre("Q1", "Q2", "Q3")) << "of Q4 nothing is there";
  EXPECT_THAT(ran.out, HasSubstr("CONTENT_NOT_KEPT"));
  EXPECT_THAT(ran.out, HasSubstr("vendor_code"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Q2")));
  EXPECT_THAT(ran.out, HasSubstr("1 of 4 items taken and out of quarantine; 3 still waiting there; "
                                 "7 more items beyond a party's share, only counted"));
}

TEST_F(QuarantineRetryTest, NothingThereIsGood) {
  const Ran ran = RunOnline({"quarantine", "retry"}, script_);
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, "0 of 0 items taken and out of quarantine\n");
  EXPECT_THAT(LastRetried(), ElementsAre());
}

}  // namespace
}  // namespace switchboard::cli
