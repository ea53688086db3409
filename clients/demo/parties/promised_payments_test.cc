#include "clients/demo/parties/promised_payments.h"

#include <algorithm>
#include <memory>

#include "hub/base/proto_time.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

const absl::CivilDay kToday(2026, 11, 4);
constexpr int64_t kMuch = 100'000'000'000;  // more than any row says was paid

class PromisedPaymentsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto population = Population::Load({"clients/demo/data", "", 1, 300});
    ASSERT_OK(population);
    population_ = new Population(*std::move(population));
  }

  void SetUp() override {
    ASSERT_NE(population_, nullptr);
    for (int64_t i = 0; i < population_->size(); ++i) {
      const bool pays = population_->NewestPayment(i).minor_units() > 0;
      (pays ? paying_ : not_paying_).push_back(Population::AccountId(i));
    }
    ASSERT_GE(paying_.size(), 3u);
    ASSERT_GE(not_paying_.size(), 1u);
    payments_ = std::make_unique<PromisedPayments>(*population_, std::vector<PlannedEvent>());
  }

  static v1::PromiseChange Change(const std::string& account_id, absl::CivilDay due,
                                  v1::PromiseStanding standing = v1::PROMISE_STANDING_OPEN,
                                  const std::string& outcome_id = "o-1") {
    v1::PromiseChange change;
    change.set_account_id(account_id);
    change.set_vendor_id("sakura");
    change.set_outcome_id(outcome_id);
    change.set_standing(standing);
    *change.mutable_due_date() = DateOf(due);
    change.mutable_amount()->set_minor_units(kMuch);
    return change;
  }

  static inline const Population* population_ = nullptr;  // the same for all, never changed
  std::vector<std::string> paying_, not_paying_;
  std::unique_ptr<PromisedPayments> payments_;
};

TEST_F(PromisedPaymentsTest, AreWhatTheRowSaysOnTheDayAndOnce) {
  payments_->Note(Change(paying_[0], kToday + 1));
  EXPECT_FALSE(payments_->Next(kToday).has_value());
  EXPECT_EQ(payments_->CountDue(kToday), 0);
  const auto due = payments_->Next(kToday + 1);
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(payments_->CountDue(kToday + 1), 1);
  const int64_t index = population_->IndexOf(paying_[0]);
  EXPECT_EQ(due->event.payment().account_id(), paying_[0]);
  EXPECT_EQ(due->event.payment().amount().minor_units(),
            population_->NewestPayment(index).minor_units());
  EXPECT_EQ(due->person_id, population_->Record(index).person().person_id());
  EXPECT_EQ(KindOf(*due), "promised-payment");
  EXPECT_EQ(payments_->Next(kToday + 1)->event.event_id(), due->event.event_id());
  payments_->Paid(paying_[0]);
  payments_->Note(Change(paying_[0], kToday));
  EXPECT_FALSE(payments_->Next(kToday + 1).has_value());
}

TEST_F(PromisedPaymentsTest, OfAPlanAreDueWithItsFirstPart) {
  v1::PromiseChange plan = Change(paying_[0], kToday + 28);
  for (const int days : {0, 28}) {
    v1::InstalmentStanding& part = *plan.add_instalments();
    *part.mutable_due_date() = DateOf(kToday + days);
    part.mutable_amount()->set_minor_units(100 + days);
  }
  plan.set_standing(v1::PROMISE_STANDING_PENDING);
  payments_->Note(plan);
  EXPECT_FALSE(payments_->Next(kToday).has_value());
  plan.set_standing(v1::PROMISE_STANDING_OPEN);
  payments_->Note(plan);
  // The row says more; the other part is not due yet.
  ASSERT_TRUE(payments_->Next(kToday).has_value());
  EXPECT_EQ(payments_->Next(kToday)->event.payment().amount().minor_units(), 100);
}

TEST_F(PromisedPaymentsTest, ComeFromNobodyWhoseRowSaysNothingAndOfNoPromiseThatEnded) {
  payments_->Note(Change(not_paying_[0], kToday));
  EXPECT_FALSE(payments_->Next(kToday).has_value());
  payments_->Note(Change(paying_[0], kToday));
  // The older one is replaced, and told of behind the newer one.
  payments_->Note(Change(paying_[0], kToday, v1::PROMISE_STANDING_REPLACED, "o-0"));
  EXPECT_EQ(payments_->CountDue(kToday), 1);
  payments_->Note(Change(paying_[0], kToday, v1::PROMISE_STANDING_BROKEN));
  EXPECT_EQ(payments_->CountDue(kToday), 0);
}

TEST_F(PromisedPaymentsTest, AreLeftToThePlanOfEventsWhereThatPays) {
  const std::vector<PlannedEvent> plan = PlanEvents(*population_, 1);
  PromisedPayments payments(*population_, plan);
  for (int64_t i = 0; i < population_->size(); ++i)
    payments.Note(Change(Population::AccountId(i), kToday));
  const auto planned = std::count_if(plan.begin(), plan.end(), [&](const PlannedEvent& event) {
    return event.event.has_payment() &&
           std::find(paying_.begin(), paying_.end(), event.account_id) != paying_.end();
  });
  ASSERT_GT(planned, 0);
  EXPECT_EQ(payments.CountDue(kToday), static_cast<int64_t>(paying_.size()) - planned);
}

}  // namespace
}  // namespace switchboard::demo
