#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "tests/hub/answers.h"

// A hub at noon in Tokyo, two vendors with people who promise to pay, and what the core is told.

namespace switchboard::testing {

inline absl::TimeZone Tokyo() { return absl::FixedTimeZone(9 * 60 * 60); }

// Of somebody whose clock the core knows.
inline v1::AccountRecord InTokyo(v1::AccountRecord record) {
  record.mutable_person()->add_time_zones("Asia/Tokyo");
  return record;
}

// A promise that was made then, of so much, due so many days later in Tokyo.
inline v1::Outcome Promised(const std::string& outcome_id, const std::string& assignment_id,
                            int64_t amount, int days, absl::Time taken) {
  v1::Outcome outcome =
      At(MakeOutcome(outcome_id, assignment_id, adapters::CallCode::kPromiseToPay), taken);
  outcome.mutable_promise()->mutable_amount()->set_currency_code("JPY");
  outcome.mutable_promise()->mutable_amount()->set_minor_units(amount);
  const absl::CivilDay due = absl::ToCivilDay(taken, Tokyo()) + days;
  v1::Date& date = *outcome.mutable_promise()->mutable_due_date();
  date.set_year(static_cast<int32_t>(due.year()));
  date.set_month(due.month());
  date.set_day(due.day());
  return outcome;
}

// "o-1 v1: OPEN>KEPT 5000 paid 5000"
inline std::string Spelt(const v1::PromiseChange& change) {
  const auto word = [](v1::PromiseStanding standing) {
    return v1::PromiseStanding_Name(standing).substr(sizeof("PROMISE_STANDING_") - 1);
  };
  std::string text = absl::StrCat(change.outcome_id(), " v", change.outcome_version(), ": ",
                                  change.former_standing() == v1::PROMISE_STANDING_UNSPECIFIED
                                      ? ""
                                      : absl::StrCat(word(change.former_standing()), ">"),
                                  word(change.standing()));
  if (change.has_amount())
    absl::StrAppend(&text, " ", change.amount().minor_units(), " paid ",
                    change.paid().minor_units());
  return text;
}

class PromiseTest : public ::testing::Test {
 protected:
  explicit PromiseTest(HubOptions options = HubWorld::Options()) : world_(std::move(options)) {
    begin_ = absl::FromCivil(absl::CivilSecond(2026, 11, 30, 12), Tokyo());
    world_.clock.Advance(begin_ - world_.clock.Now());
    world_.SetUpVendors({"sakura", "fuji"});
    world_.ApplyPlan(PlanYaml("[{vendor_id: sakura, percent: 100}]", "to-sakura"));
    EXPECT_OK(
        world_.Import({InTokyo(MakeRecord(1)), InTokyo(MakeRecord(2, {.account_id = "A-2"}))}));
    world_.ApplyPlan(PlanYaml("[{vendor_id: fuji, percent: 100}]", "to-fuji"));
    EXPECT_OK(world_.Import({InTokyo(MakeRecord(3, {.account_id = "A-3", .person_id = "P-3"}))}));
    id_ = world_.Live("A-1").assignment_id();
    other_id_ = world_.Live("A-3").assignment_id();
  }

  absl::Time Now() { return world_.clock.Now(); }
  void PassHours(double hours) {
    world_.Advance(absl::Hours(1) * hours);
    for (int second = 0; second < 3; ++second) {
      world_.Advance(absl::Seconds(1));
      world_.hub().Tick();
      world_.Settle();
    }
  }
  std::string Report(const v1::Outcome& outcome, const std::string& vendor_id = "sakura") {
    return Statuses(world_.Report(vendor_id, {outcome})).front();
  }
  void Pay(const std::string& event_id, int64_t amount, absl::Time booked = absl::InfiniteFuture(),
           const std::string& account_id = "A-1") {
    v1::CoreEvent event = Payment(event_id, account_id);
    event.mutable_payment()->mutable_amount()->set_minor_units(amount);
    *event.mutable_payment()->mutable_pay_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
            absl::ToUnixMicros(std::min(booked, Now())));
    EXPECT_OK(world_.Post({event}));
  }
  // What the core was told of promises since the last call.
  std::vector<v1::PromiseChange> Changes() {
    std::vector<v1::PromiseChange> changes;
    while (true) {
      const auto read = world_.ReadCoreFeed(after_);
      EXPECT_OK(read);
      if (!read.ok() || read->items().empty()) return changes;
      for (const v1::CoreItem& item : read->items()) {
        after_ = item.sequence();
        if (item.has_promise()) changes.push_back(item.promise());
      }
    }
  }
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const v1::PromiseChange& change : Changes()) told.push_back(Spelt(change));
    return told;
  }
  std::string Ask(const std::string& request_id, const std::string& account_id = "A-1") {
    const auto live = world_.Live(account_id);
    const auto answer = world_.Ask(live.vendor_id(), request_id, live.assignment_id());
    if (answer.ok() && answer->has_permit()) {
      permit_id_ = answer->permit().permit_id();
      permit_vendor_ = live.vendor_id();
    }
    return AnswerOf(answer);
  }
  // Two attempts at A-1 today, as sakura's file has them.
  absl::StatusOr<v1::PlanContactsResponse> PlanTwoCalls(const std::string& request_id = "r-1") {
    v1::PlanContactsRequest request;
    request.mutable_contact()->set_request_id(request_id);
    request.mutable_contact()->set_assignment_id(id_);
    request.mutable_contact()->set_contact_point_id("mobile");
    request.mutable_contact()->set_channel(v1::CHANNEL_PHONE);
    request.mutable_contact()->set_act(v1::ACT_REMIND);
    request.set_attempts(2);
    return world_.Await<v1::PlanContactsResponse>([&](auto done) {
      world_.hub().vendor_api().PlanContacts(VendorPeer("sakura"), request, done);
    });
  }
  // Gives back what was given last.
  void Release() {
    v1::ReleasePermitRequest request;
    request.set_permit_id(permit_id_);
    EXPECT_OK(world_.Await<v1::ReleasePermitResponse>([&](auto done) {
      world_.hub().vendor_api().ReleasePermit(VendorPeer(permit_vendor_), request, done);
    }));
  }

  HubWorld world_;
  absl::Time begin_;
  std::string id_;        // of A-1, at sakura
  std::string other_id_;  // of A-3, at fuji
  std::string permit_id_, permit_vendor_;
  int64_t after_ = 0;
};

}  // namespace switchboard::testing
