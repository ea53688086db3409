#include "tests/crash_campaign/core_record.h"

#include <utility>
#include <vector>

#include "tests/testing.h"

namespace switchboard::crash {
namespace {

using Import = v1::ImportAccountsResponse;
using Post = v1::PostEventsResponse;

class CoreRecordTest : public ::testing::Test {
 protected:
  FilePart Append(int records) {
    std::vector<v1::AccountRecord> drawn(static_cast<size_t>(records));
    for (v1::AccountRecord& record : drawn) record.mutable_account()->set_account_id("A-1");
    return record_.Append("night-file", std::move(drawn));
  }

  // An answer that says the same of each record of `part`.
  void Answer(const FilePart& part, Import::Status status, bool again) {
    v1::ImportAccountsResponse response;
    response.set_through(static_cast<int64_t>(part.from + part.count));
    for (size_t i = 0; i < part.count && status != Import::STATUS_UNSPECIFIED; ++i) {
      auto* receipt = response.add_receipts();
      receipt->set_index(static_cast<int32_t>(i));
      receipt->set_status(status);
    }
    record_.ImportBegins(part);
    record_.Answered(part, response, again);
  }

  void AnswerEvent(size_t number, Post::Status status, bool again) {
    v1::PostEventsResponse response;
    response.add_receipts()->set_status(status);
    record_.PostBegins({number});
    record_.Posted({number}, response, again);
  }

  invariants::Ledger Filled() const {
    invariants::Ledger ledger;
    record_.FillIn(ledger);
    return ledger;
  }

  ManualClock clock_;
  CoreRecord record_{clock_};
};

TEST_F(CoreRecordTest, WhatWasAcknowledgedAndIsNewsAgainIsLost) {
  const FilePart part = Append(3);
  Answer(part, Import::STATUS_UNSPECIFIED, /*again=*/false);
  record_.BeginLastCount();
  Answer(part, Import::STATUS_UNSPECIFIED, /*again=*/true);
  EXPECT_EQ(record_.accounts().acknowledged, 3);
  EXPECT_EQ(record_.accounts().found, 0);
  EXPECT_EQ(record_.complaints().size(), 3u);
  EXPECT_EQ(Filled().through.at("night-file"), 3);
}

// Hubs that die faster than an import comes through answer it for the first time when the kills are
// over.
TEST_F(CoreRecordTest, WhatTheLastCountAnswersForTheFirstTimeIsNotOwed) {
  const FilePart known = Append(2);
  Answer(known, Import::STATUS_UNSPECIFIED, /*again=*/false);
  const FilePart unanswered = Append(3);
  record_.ImportBegins(unanswered);
  v1::CoreEvent event;
  event.set_event_id("event-1");
  event.mutable_payment()->set_account_id("A-1");
  const size_t number = record_.Append(event);
  record_.PostBegins({number});
  record_.BeginLastCount();
  Answer(known, Import::STATUS_REPEATED, /*again=*/true);
  Answer(unanswered, Import::STATUS_UNSPECIFIED, /*again=*/true);
  AnswerEvent(number, Post::STATUS_ACCEPTED, /*again=*/true);
  EXPECT_EQ(record_.accounts().acknowledged, 2);
  EXPECT_EQ(record_.accounts().found, 2);
  EXPECT_EQ(record_.posted_events().acknowledged, 0);
  EXPECT_THAT(record_.complaints(), ::testing::IsEmpty());
  const invariants::Ledger ledger = Filled();
  EXPECT_EQ(ledger.through.at("night-file"), 2);
  EXPECT_THAT(ledger.acknowledged_events, ::testing::IsEmpty());
  EXPECT_THAT(ledger.stops, ::testing::IsEmpty());
}

}  // namespace
}  // namespace switchboard::crash
