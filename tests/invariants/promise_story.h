#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/invariants/invariants.h"

// For the tests of what I3 says of promises and plans: what a core read of one account, a line
// each.

namespace switchboard::invariants {

using Standing = v1::PromiseStanding;
using Decision = v1::PlanDecision;

inline constexpr int64_t kDay = 86'400;
// A midnight in UTC, of the 4th of October 2024.
inline constexpr int64_t kBegin = 20'000 * kDay;
inline constexpr int kFirstDay = 4;
// Since when what is kept is told to be so.
inline constexpr int64_t kPaid = kBegin + 70;

inline constexpr Standing kNew = v1::PROMISE_STANDING_UNSPECIFIED;
inline constexpr Standing kOpen = v1::PROMISE_STANDING_OPEN;
inline constexpr Standing kKept = v1::PROMISE_STANDING_KEPT;
inline constexpr Standing kPartly = v1::PROMISE_STANDING_PARTLY_KEPT;
inline constexpr Standing kBroken = v1::PROMISE_STANDING_BROKEN;
inline constexpr Standing kReplaced = v1::PROMISE_STANDING_REPLACED;
inline constexpr Standing kTakenBack = v1::PROMISE_STANDING_TAKEN_BACK;
inline constexpr Standing kUnbound = v1::PROMISE_STANDING_NOT_BINDING;
inline constexpr Standing kPending = v1::PROMISE_STANDING_PENDING;
inline constexpr Standing kRefused = v1::PROMISE_STANDING_REFUSED;

inline void SetYen(int64_t amount, v1::Money& money) {
  money.set_currency_code("JPY");
  money.set_minor_units(amount);
}

// The first day, or one behind it.
inline void SetDay(int behind, v1::Date& date) {
  date.set_year(2024);
  date.set_month(10);
  date.set_day(kFirstDay + behind);
}

// How a part of a plan stands.
struct PartTold {
  Standing standing = kOpen;
  int64_t paid = 0;
};

// What the core read of one account: an outcome with a promise a line, and what it was told.
struct Story {
  Ledger ledger;
  int64_t sequence = 0;
  std::map<std::string, v1::Outcome> said;  // the newest version

  Story() { ledger.end_us = (kBegin + 3 * kDay) * 1'000'000; }

  v1::Outcome& Say(const std::string& outcome_id, int64_t second, int32_t version) {
    v1::CoreItem& item = ledger.items_read.emplace_back();
    item.set_sequence(++sequence);
    v1::RecordedOutcome& recorded = *item.mutable_outcome();
    recorded.set_vendor_id("sakura");
    recorded.set_account_id("A-1");
    v1::Outcome& outcome = *recorded.mutable_outcome();
    outcome.set_outcome_id(outcome_id);
    outcome.set_version(version);
    outcome.mutable_start_time()->set_seconds(kBegin + second);
    return outcome;
  }
  // Taken at `second`, of 500, due on the first day.
  void Promise(const std::string& outcome_id, int64_t second, int32_t version = 1,
               int64_t amount = 500) {
    v1::Outcome& outcome = Say(outcome_id, second, version);
    if (amount != 0) {
      SetYen(amount, *outcome.mutable_promise()->mutable_amount());
      SetDay(0, *outcome.mutable_promise()->mutable_due_date());
    }
    said[outcome_id] = outcome;
  }
  // In parts, from the first day on a day each.
  void Plan(const std::string& outcome_id, int64_t second, int32_t version = 1,
            const std::vector<int64_t>& amounts = {200, 300}) {
    v1::Outcome& outcome = Say(outcome_id, second, version);
    v1::Outcome::Promise& promise = *outcome.mutable_promise();
    int64_t sum = 0;
    for (size_t i = 0; i < amounts.size(); ++i) {
      auto& part = *promise.mutable_plan()->add_instalments();
      SetYen(amounts[i], *part.mutable_amount());
      SetDay(static_cast<int>(i), *part.mutable_due_date());
      *promise.mutable_due_date() = part.due_date();
      sum += amounts[i];
    }
    SetYen(sum, *promise.mutable_amount());
    said[outcome_id] = outcome;
  }

  // The plan that was said last gives up so much of the interest.
  void GiveUp(const std::string& outcome_id, int64_t amount) {
    v1::PaymentPlan::Waiver waiver;
    waiver.set_kind(v1::PaymentPlan::Waiver::KIND_INTEREST);
    SetYen(amount, *waiver.mutable_amount());
    v1::Outcome& newest = *ledger.items_read.back().mutable_outcome()->mutable_outcome();
    *newest.mutable_promise()->mutable_plan()->add_waivers() = waiver;
    said[outcome_id] = newest;
  }

  // In a commit of its own unless told otherwise.
  v1::PromiseChange& Tell(const std::string& outcome_id, Standing before, Standing now,
                          int64_t paid = 0, bool same_commit = false) {
    v1::CoreItem& item = ledger.items_read.emplace_back();
    item.set_sequence(++sequence);
    item.mutable_record_time()->set_seconds(same_commit ? sequence - 1 : sequence);
    v1::PromiseChange& change = *item.mutable_promise();
    const v1::Outcome& outcome = said[outcome_id];
    change.set_vendor_id("sakura");
    change.set_account_id("A-1");
    change.set_outcome_id(outcome_id);
    change.set_outcome_version(outcome.version());
    *change.mutable_take_time() = outcome.start_time();
    change.set_former_standing(before);
    change.set_standing(now);
    change.mutable_since_time()->set_seconds(now == kKept ? kPaid : kBegin + kDay);
    if (now == kTakenBack) return change;
    *change.mutable_amount() = outcome.promise().amount();
    *change.mutable_due_date() = outcome.promise().due_date();
    SetYen(paid, *change.mutable_paid());
    return change;
  }
  // The same of a plan, with how its parts stand; as far as that is not said they are open.
  v1::PromiseChange& TellPlan(const std::string& outcome_id, Standing before, Standing now,
                              int64_t paid = 0, const std::vector<PartTold>& parts = {}) {
    v1::PromiseChange& change = Tell(outcome_id, before, now, paid);
    if (now == kPending || now == kOpen || now == kKept)
      *change.mutable_waivers() = said[outcome_id].promise().plan().waivers();
    for (const auto& said_part : said[outcome_id].promise().plan().instalments()) {
      const auto place = static_cast<size_t>(change.instalments_size());
      const PartTold part = place < parts.size() ? parts[place] : PartTold();
      v1::InstalmentStanding& told = *change.add_instalments();
      *told.mutable_due_date() = said_part.due_date();
      *told.mutable_amount() = said_part.amount();
      SetYen(part.paid, *told.mutable_paid());
      told.set_standing(part.standing);
      const int64_t end = kBegin + (static_cast<int64_t>(place) + 1) * kDay;
      told.mutable_since_time()->set_seconds(part.standing == kKept ? kPaid : end);
    }
    for (const v1::InstalmentStanding& one : change.instalments()) {
      if (one.standing() == kKept) continue;
      *change.mutable_since_time() = one.since_time();
      break;
    }
    return change;
  }
  // A plan that waits or waited.
  v1::PromiseChange& TellBeyond(const std::string& outcome_id, Standing before, Standing now,
                                int64_t paid = 0, const std::vector<PartTold>& parts = {}) {
    v1::PromiseChange& change = TellPlan(outcome_id, before, now, paid, parts);
    change.add_beyond(v1::PaymentPlan::BEYOND_SETTLEMENT);
    return change;
  }

  void Pay(int64_t second, int64_t amount) {
    v1::CoreEvent::Payment& payment = *ledger.payments.emplace_back().mutable_payment();
    payment.set_account_id("A-1");
    SetYen(amount, *payment.mutable_amount());
    payment.mutable_pay_time()->set_seconds(kBegin + second);
  }
  void Log(const std::string& outcome_id, Decision::Verdict verdict) {
    v1::AuditEvent event;
    event.set_kind(v1::AuditEvent::KIND_PLAN_DECIDED);
    event.set_vendor_id("sakura");
    event.set_subject_id(outcome_id);
    event.mutable_plan()->set_verdict(verdict);
    ledger.audit.emplace_back().add_events(event.SerializeAsString());
  }
};

// Head office has said so at `second`.
inline v1::PromiseChange& Decided(v1::PromiseChange& change, int64_t second,
                                  Decision::Verdict verdict = Decision::VERDICT_APPROVED) {
  change.mutable_decision()->set_verdict(verdict);
  change.mutable_decision()->mutable_decide_time()->set_seconds(kBegin + second);
  return change;
}

// It counts from `second`.
inline v1::PromiseChange& MadeAt(v1::PromiseChange& change, int64_t second) {
  change.mutable_take_time()->set_seconds(kBegin + second);
  return change;
}

// Of what head office made of it: two parts of so much each.
inline void InTwoOf(v1::PromiseChange& change, int64_t amount) {
  for (v1::InstalmentStanding& part : *change.mutable_instalments())
    SetYen(amount, *part.mutable_amount());
  SetYen(2 * amount, *change.mutable_amount());
}

struct PromiseCase {
  const char* name;
  std::function<void(Story&)> tell;
  const char* complaint;  // "": none
};

template <size_t count>
void ExpectComplaints(const PromiseCase (&cases)[count]) {
  for (const PromiseCase& one : cases) {
    Story story;
    one.tell(story);
    const Violations violations = Promised(story.ledger);
    if (one.complaint[0] == '\0') {
      EXPECT_THAT(violations, ::testing::IsEmpty()) << one.name;
    } else {
      EXPECT_THAT(violations, ::testing::Contains(::testing::HasSubstr(one.complaint))) << one.name;
    }
  }
}

}  // namespace switchboard::invariants
