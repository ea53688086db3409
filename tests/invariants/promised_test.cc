#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/invariants/invariants.h"

namespace switchboard::invariants {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Standing = v1::PromiseStanding;

constexpr int64_t kDay = 86'400;
// A midnight in UTC.
constexpr int64_t kBegin = 20'000 * kDay;

// What the core read of one account: an outcome with a promise a line, and what it was told.
struct Story {
  Ledger ledger;
  int64_t sequence = 0;

  Story() { ledger.end_us = (kBegin + 3 * kDay) * 1'000'000; }

  // Taken at `second`, of 500, due on the first day.
  void Promise(const std::string& outcome_id, int64_t second, int32_t version = 1,
               int64_t amount = 500) {
    v1::CoreItem& item = ledger.items_read.emplace_back();
    item.set_sequence(++sequence);
    v1::RecordedOutcome& recorded = *item.mutable_outcome();
    recorded.set_vendor_id("sakura");
    recorded.set_account_id("A-1");
    v1::Outcome& outcome = *recorded.mutable_outcome();
    outcome.set_outcome_id(outcome_id);
    outcome.set_version(version);
    outcome.mutable_start_time()->set_seconds(kBegin + second);
    if (amount == 0) return;
    outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
    outcome.mutable_promise()->mutable_amount()->set_minor_units(amount);
    outcome.mutable_promise()->mutable_due_date()->set_year(2024);
    outcome.mutable_promise()->mutable_due_date()->set_month(10);
    outcome.mutable_promise()->mutable_due_date()->set_day(4);
  }
  // In a commit of its own unless told otherwise.
  void Tell(const std::string& outcome_id, Standing before, Standing now,
            bool same_commit = false) {
    v1::CoreItem& item = ledger.items_read.emplace_back();
    item.set_sequence(++sequence);
    item.mutable_record_time()->set_seconds(same_commit ? sequence - 1 : sequence);
    v1::PromiseChange& change = *item.mutable_promise();
    change.set_vendor_id("sakura");
    change.set_account_id("A-1");
    change.set_outcome_id(outcome_id);
    change.set_former_standing(before);
    change.set_standing(now);
    change.mutable_since_time()->set_seconds(kBegin + kDay);
  }
  void Pay(int64_t second, int64_t amount) {
    v1::CoreEvent::Payment& payment = *ledger.payments.emplace_back().mutable_payment();
    payment.set_account_id("A-1");
    payment.mutable_amount()->set_currency_code("JPY");
    payment.mutable_amount()->set_minor_units(amount);
    payment.mutable_pay_time()->set_seconds(kBegin + second);
  }
};

constexpr Standing kNew = v1::PROMISE_STANDING_UNSPECIFIED;
constexpr Standing kOpen = v1::PROMISE_STANDING_OPEN;
constexpr Standing kKept = v1::PROMISE_STANDING_KEPT;
constexpr Standing kPartly = v1::PROMISE_STANDING_PARTLY_KEPT;
constexpr Standing kBroken = v1::PROMISE_STANDING_BROKEN;
constexpr Standing kReplaced = v1::PROMISE_STANDING_REPLACED;
constexpr Standing kTakenBack = v1::PROMISE_STANDING_TAKEN_BACK;

struct Case {
  const char* name;
  std::function<void(Story&)> tell;
  const char* complaint;  // "": none
};

TEST(PromisedTest, ComplainsWhenItDoesNotHold) {
  const Case cases[] = {
      {"kept",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Pay(70, 500);
         s.Tell("o-1", kOpen, kKept);
       },
       ""},
      {"kept by what was paid before it was made",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Pay(50, 500);
         s.Tell("o-1", kOpen, kKept);
       },
       "KEPT, and not PROMISE_STANDING_BROKEN"},
      {"kept by what came too late",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Pay(2 * kDay, 500);
         s.Tell("o-1", kOpen, kKept);
       },
       "KEPT, and not PROMISE_STANDING_BROKEN"},
      {"still open when its time is up",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
       },
       "OPEN, and not PROMISE_STANDING_BROKEN"},
      {"partly kept",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Pay(70, 499);
         s.Tell("o-1", kOpen, kPartly);
       },
       ""},
      {"two that live",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Promise("o-2", 70);
         s.Tell("o-2", kNew, kOpen);
       },
       "two live promises"},
      {"one in the place of the other, told the other way round",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Promise("o-2", 70);
         s.Tell("o-2", kNew, kOpen);
         s.Tell("o-1", kOpen, kReplaced, /*same_commit=*/true);
         s.Tell("o-2", kOpen, kBroken);
       },
       ""},
      {"never told", [](Story& s) { s.Promise("o-1", 60); }, "told nothing"},
      {"taken back, and it stays",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Promise("o-1", 60, 2, 0);
       },
       "although no outcome makes it"},
      {"taken back",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Promise("o-1", 60, 2, 0);
         s.Tell("o-1", kOpen, kTakenBack);
       },
       ""},
      {"changed from what it was not",
       [](Story& s) {
         s.Promise("o-1", 60);
         s.Tell("o-1", kNew, kOpen);
         s.Tell("o-1", kKept, kBroken);
       },
       "from what it was not"},
  };
  for (const Case& one : cases) {
    Story story;
    one.tell(story);
    const Violations violations = Promised(story.ledger);
    if (one.complaint[0] == '\0') {
      EXPECT_THAT(violations, IsEmpty()) << one.name;
    } else {
      EXPECT_THAT(violations, ::testing::Contains(HasSubstr(one.complaint))) << one.name;
    }
  }
}

}  // namespace
}  // namespace switchboard::invariants
