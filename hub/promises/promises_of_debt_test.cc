#include "hub/promises/promises_of_debt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace switchboard::promises {
namespace {

// Noon of a day of January 2026; instants within a day do not matter here.
absl::Time Day(int64_t day) {
  return absl::FromCivil(absl::CivilHour(2025, 12, 31, 12), absl::UTCTimeZone()) +
         absl::Hours(24 * day);
}

TakenPromise Promise(const std::string& id, int64_t taken, int64_t due, int64_t amount) {
  TakenPromise promise;
  promise.promise_id = id;
  promise.take_time = Day(taken);
  promise.promised = {{absl::CivilDay(2025, 12, 31) + due, amount}};
  promise.currency_code = "JPY";
  promise.zones = {absl::UTCTimeZone()};
  return promise;
}

// Equal parts, every second day from the first on.
TakenPromise Plan(const std::string& id, int64_t taken, int64_t first, int64_t parts,
                  int64_t amount) {
  TakenPromise plan = Promise(id, taken, first, amount);
  for (int64_t i = 1; i < parts; ++i)
    plan.promised.push_back({plan.promised.back().due_day + 2, amount});
  return plan;
}

TakenPromise Awaiting(TakenPromise plan) {
  plan.consent = Consent::kAwaited;
  return plan;
}

TakenPromise Decided(TakenPromise plan, Consent consent, int64_t day) {
  plan.consent = consent;
  plan.decide_time = Day(day);
  return plan;
}

TakenPromise BeyondTerms(TakenPromise promise) {
  promise.within_terms = false;
  return promise;
}

// At most `count_max` within as many days.
TakenPromise Counted(TakenPromise promise, int count_max, int within_days) {
  promise.count_max = count_max;
  promise.within_days = within_days;
  return promise;
}

TakenPromise ReplacedByErased(TakenPromise promise, int64_t day) {
  promise.replaced_by_erased = Day(day);
  return promise;
}

DebtPayment Paid(int64_t day, int64_t amount, const std::string& currency_code = "JPY") {
  return {{Day(day), amount}, currency_code};
}

const char* Word(v1::PromiseStanding standing) {
  static const char* const kWords[] = {"?",       "open",     "kept",       "partly kept",
                                       "broken",  "replaced", "taken back", "not binding",
                                       "pending", "refused"};
  return kWords[standing];
}

const char* WordOf(Standing standing) {
  switch (standing) {
    case Standing::kOpen:
      return "open";
    case Standing::kKept:
      return "kept";
    case Standing::kPartlyKept:
      return "partly kept";
    case Standing::kBroken:
      return "broken";
  }
  return "?";
}

std::string Spelt(const std::vector<PromiseState>& states) {
  return absl::StrJoin(states, ", ", [](std::string* out, const PromiseState& one) {
    absl::StrAppend(out, one.promise_id, " ", Word(one.standing));
  });
}

struct History {
  std::vector<TakenPromise> promises;
  std::vector<DebtPayment> payments;
};

TEST(PromisesOfDebtTest, ANewerPromiseTakesThePlaceOfOneThatIsOpen) {
  const struct {
    const char* what;
    History history;
    const char* expected;
  } rows[] = {
      {"none", {}, ""},
      {"one", {{Promise("a", 1, 10, 50)}, {}}, "a open"},
      {"another before its day",
       {{Promise("a", 1, 10, 50), Promise("b", 5, 15, 40)}, {}},
       "a replaced, b open"},
      {"it came to be known first",
       {{Promise("b", 5, 15, 40), Promise("a", 1, 10, 50)}, {}},
       "a replaced, b open"},
      {"another after it was kept",
       {{Promise("a", 1, 10, 50), Promise("b", 5, 15, 40)}, {Paid(4, 50)}},
       "a kept, b open"},
      {"another after its time",
       {{Promise("a", 1, 3, 50), Promise("b", 5, 15, 40)}, {}},
       "a broken, b open"},
      {"what was paid on the first does not keep the second",
       {{Promise("a", 1, 10, 50), Promise("b", 5, 6, 40)}, {Paid(4, 40)}},
       "a replaced, b broken"},
      {"what was paid on the second does not keep the first",
       {{Promise("a", 1, 10, 50), Promise("b", 5, 15, 40)}, {Paid(6, 50)}},
       "a replaced, b kept"},
      {"three, and the last is live",
       {{Promise("a", 1, 10, 1), Promise("b", 2, 11, 1), Promise("c", 3, 12, 1)}, {}},
       "a replaced, b replaced, c open"},
      {"one that will have been taken later is none yet",
       {{Promise("a", 1, 10, 50), Promise("b", 9, 15, 40)}, {}},
       "a open"},
      {"of the same instant the greater id is the newer",
       {{Promise("b", 1, 10, 1), Promise("a", 1, 11, 1)}, {}},
       "a replaced, b open"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Spelt(StatesOf(row.history.promises, row.history.payments, Day(8))), row.expected)
        << row.what;
  }
}

// What a contract does not allow is recorded and binds nobody.
TEST(PromisesOfDebtTest, OneBeyondItsTermsTakesNobodysPlace) {
  const struct {
    const char* what;
    History history;
    const char* expected;
  } rows[] = {
      {"by itself",
       {{Promise("a", 1, 10, 50), BeyondTerms(Promise("b", 5, 15, 40))}, {}},
       "a open, b not binding"},
      {"the third of two in seven days",
       {{Promise("a", 1, 10, 1), Promise("b", 2, 11, 1), Counted(Promise("c", 3, 12, 1), 2, 7)},
        {}},
       "a replaced, b open, c not binding"},
      {"the second of two in seven days",
       {{Promise("a", 1, 10, 1), Counted(Promise("b", 2, 11, 1), 2, 7)}, {}},
       "a replaced, b open"},
      {"one that does not bind is not counted",
       {{Promise("a", 1, 10, 1), BeyondTerms(Promise("b", 2, 11, 1)),
         Counted(Promise("c", 3, 12, 1), 2, 7)},
        {}},
       "a replaced, b not binding, c open"},
      {"24 hours later it is outside of a day",
       {{Promise("a", 1, 10, 1), Counted(Promise("b", 2, 11, 1), 1, 1)}, {}},
       "a replaced, b open"},
      {"and within two",
       {{Promise("a", 1, 10, 1), Counted(Promise("b", 2, 11, 1), 1, 2)}, {}},
       "a open, b not binding"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Spelt(StatesOf(row.history.promises, row.history.payments, Day(8))), row.expected)
        << row.what;
  }
}

TEST(PromisesOfDebtTest, AnErasedOneStillHasTakenThePlace) {
  EXPECT_EQ(Spelt(StatesOf({ReplacedByErased(Promise("a", 1, 10, 50), 3)}, {Paid(4, 50)}, Day(8))),
            "a replaced");
  EXPECT_EQ(Spelt(StatesOf({ReplacedByErased(Promise("a", 1, 10, 50), 3)}, {Paid(2, 50)}, Day(8))),
            "a kept");
}

// Three parts of ten, due on the days 4, 6 and 8.
TEST(PromisesOfDebtTest, APlanStandsByItsParts) {
  const struct {
    const char* what;
    std::vector<DebtPayment> payments;
    int64_t today;
    const char* expected;  // standing, paid, day since, and each part
  } rows[] = {
      {"before the first day", {}, 4, "open 0 of 4: open, open, open"},
      {"the first is missed", {}, 8, "broken 0 of 4: broken, open, open"},
      {"the first came", {Paid(3, 10)}, 4, "open 10 of 6: kept, open, open"},
      {"on its day", {Paid(4, 10)}, 6, "open 10 of 6: kept, open, open"},
      {"a day late", {Paid(5, 10)}, 6, "broken 0 of 4: broken, open, open"},
      {"two in one", {Paid(3, 20)}, 6, "open 20 of 8: kept, kept, open"},
      {"by halves", {Paid(2, 5), Paid(4, 5)}, 5, "open 10 of 6: kept, open, open"},
      {"all at once", {Paid(3, 30)}, 9, "kept 30 of 3: kept, kept, kept"},
      {"all in time", {Paid(4, 10), Paid(6, 10), Paid(8, 10)}, 9, "kept 30 of 8: kept, kept, kept"},
      {"too much counts for no more", {Paid(3, 99)}, 9, "kept 30 of 3: kept, kept, kept"},
      {"the second is missed", {Paid(4, 10)}, 9, "partly kept 10 of 6: kept, broken, open"},
      {"a part of the second",
       {Paid(4, 10), Paid(5, 3)},
       9,
       "partly kept 13 of 6: kept, partly kept, open"},
      {"what comes once it has ended counts nothing",
       {Paid(4, 10), Paid(7, 20)},
       9,
       "partly kept 10 of 6: kept, broken, open"},
      {"before it was taken", {Paid(0, 30)}, 3, "open 0 of 4: open, open, open"},
  };
  for (const auto& row : rows) {
    const PromiseState state =
        StatesOf({Plan("a", 1, 4, 3, 10)}, row.payments, Day(row.today)).front();
    const int64_t since =
        absl::ToCivilDay(state.since - absl::Nanoseconds(1), absl::UTCTimeZone()) -
        absl::CivilDay(2025, 12, 31);
    EXPECT_EQ(absl::StrCat(Word(state.standing), " ", state.paid, " of ", since, ": ",
                           absl::StrJoin(state.instalments, ", ",
                                         [](std::string* out, const InstalmentStanding& one) {
                                           absl::StrAppend(out, WordOf(one.standing));
                                         })),
              row.expected)
        << row.what;
  }
}

// A unit that was let pass is not paid for that.
TEST(PromisesOfDebtTest, WhatIsPaidIsWhatCame) {
  TakenPromise plan = Plan("a", 1, 4, 3, 10);
  plan.patience.tolerance = 1;
  const auto states = StatesOf({plan}, {Paid(4, 9), Paid(6, 10), Paid(8, 10)}, Day(9));
  EXPECT_EQ(Spelt(states), "a kept");
  EXPECT_EQ(states.front().paid, 29);
}

TEST(PromisesOfDebtTest, WhatHeadOfficeHasToAgreeToBindsWhenItDoes) {
  const struct {
    const char* what;
    History history;
    const char* expected;
  } rows[] = {
      {"it waits, and leaves the live one alone",
       {{Promise("a", 1, 10, 50), Awaiting(Plan("b", 3, 12, 3, 10))}, {}},
       "a open, b pending"},
      {"a newer promise takes the place of what waits",
       {{Awaiting(Plan("a", 1, 12, 3, 10)), Promise("b", 3, 10, 50)}, {}},
       "a replaced, b open"},
      {"one that does not bind does not",
       {{Awaiting(Plan("a", 1, 12, 3, 10)), BeyondTerms(Promise("b", 3, 10, 50))}, {}},
       "a pending, b not binding"},
      {"one of the same instant does not",
       {{Awaiting(Plan("a", 1, 12, 3, 10)), Promise("b", 1, 10, 50)}, {}},
       "a pending, b open"},
      {"approved it takes the place of the live one",
       {{Promise("a", 1, 10, 50), Decided(Plan("b", 3, 12, 3, 10), Consent::kGiven, 5)}, {}},
       "a replaced, b open"},
      {"and of one that was taken while it waited",
       {{Decided(Plan("a", 1, 12, 3, 10), Consent::kGiven, 5), Promise("b", 3, 10, 50)}, {}},
       "a open, b replaced"},
      {"but not of a later one",
       {{Decided(Plan("a", 1, 12, 3, 10), Consent::kGiven, 5), Promise("b", 6, 10, 50)}, {}},
       "a replaced, b open"},
      {"what was paid while it waited counts for both",
       {{Promise("a", 1, 10, 50), Decided(Plan("b", 3, 12, 3, 10), Consent::kGiven, 5)},
        {Paid(4, 50)}},
       "a kept, b kept"},
      {"refused it binds never",
       {{Promise("a", 1, 10, 50), Decided(Plan("b", 3, 12, 3, 10), Consent::kRefused, 5)}, {}},
       "a open, b refused"},
      {"it takes the place of another that waits",
       {{Awaiting(Plan("a", 1, 12, 3, 10)), Decided(Plan("b", 3, 12, 3, 10), Consent::kGiven, 5)},
        {}},
       "a replaced, b open"},
      {"no contract counts what head office agreed to",
       {{Promise("a", 1, 10, 50),
         Counted(Decided(Plan("b", 3, 12, 3, 10), Consent::kGiven, 5), 1, 30)},
        {}},
       "a replaced, b open"},
      {"which counts for the next one",
       {{Decided(Plan("a", 1, 12, 3, 10), Consent::kGiven, 2),
         Counted(Promise("b", 3, 12, 10), 1, 30)},
        {}},
       "a open, b not binding"},
      {"what an erased one replaced stays so",
       {{ReplacedByErased(Awaiting(Plan("a", 1, 12, 3, 10)), 3)}, {}},
       "a replaced"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Spelt(StatesOf(row.history.promises, row.history.payments, Day(8))), row.expected)
        << row.what;
  }
}

TEST(PromisesOfDebtTest, MoneyOfAnotherCurrencyCountsNothing) {
  EXPECT_EQ(Spelt(StatesOf({Promise("a", 1, 5, 50)}, {Paid(2, 50, "USD")}, Day(8))), "a broken");
}

// Day by day, as somebody with a calendar would tell it.
class Calendar {
 public:
  Calendar(const History& history, int64_t grace_days)
      : history_(history), grace_days_(grace_days) {
    absl::c_sort(history_.promises, [](const auto& a, const auto& b) {
      return std::pair(a.take_time, a.promise_id) < std::pair(b.take_time, b.promise_id);
    });
  }

  std::string On(int64_t today) {
    for (int64_t day = 0; day <= today; ++day) {
      std::map<std::string, const TakenPromise*> begin;
      for (const TakenPromise& one : history_.promises) {
        if (one.consent == Consent::kAwaited && one.take_time == Day(day))
          words_[one.promise_id] = "pending";
        if (one.consent == Consent::kRefused && one.take_time == Day(day))
          words_[one.promise_id] = "refused";
        const bool given = one.consent == Consent::kGiven;
        if ((given ? one.decide_time : one.take_time) == Day(day) &&
            (given || one.consent == Consent::kVendors)) {
          begin[one.promise_id] = &one;
        }
      }
      for (const auto& [id, one] : begin) {
        Begin(*one, day);
        Fill();
      }
      for (const DebtPayment& payment : history_.payments)
        if (payment.made.pay_time == Day(day)) paid_ += payment.made.amount;
      Fill();
      if (day < today) EndDay(day);
    }
    std::vector<std::string> spelt;
    for (const TakenPromise& promise : history_.promises)
      if (words_.contains(promise.promise_id))
        spelt.push_back(promise.promise_id + " " + words_[promise.promise_id]);
    return absl::StrJoin(spelt, ", ");
  }

 private:
  void Begin(const TakenPromise& promise, int64_t day) {
    if (live_ != nullptr) words_[live_->promise_id] = "replaced";
    live_ = &promise;
    words_[promise.promise_id] = "open";
    parts_kept_ = 0;
    paid_ = 0;
    for (const DebtPayment& payment : history_.payments)
      if (payment.made.pay_time >= promise.take_time && payment.made.pay_time < Day(day))
        paid_ += payment.made.amount;
    for (const TakenPromise& other : history_.promises)
      if (other.consent == Consent::kAwaited && other.take_time < Day(day))
        words_[other.promise_id] = "replaced";
  }

  void Fill() {
    while (live_ != nullptr) {
      int64_t enough = 0;
      for (size_t i = 0; i <= parts_kept_; ++i) enough += live_->promised[i].amount;
      if (paid_ < enough) return;
      if (++parts_kept_ < live_->promised.size()) continue;
      words_[live_->promise_id] = "kept";
      live_ = nullptr;
    }
  }

  void EndDay(int64_t day) {
    if (live_ == nullptr) return;
    const absl::CivilDay due = live_->promised[parts_kept_].due_day;
    if (absl::CivilDay(2025, 12, 31) + day != due + grace_days_) return;
    words_[live_->promise_id] = paid_ > 0 ? "partly kept" : "broken";
    live_ = nullptr;
  }

  History history_;
  const int64_t grace_days_;
  std::map<std::string, std::string> words_;
  const TakenPromise* live_ = nullptr;
  size_t parts_kept_ = 0;
  int64_t paid_ = 0;
};

// One of a random history that ends on `today`.
TakenPromise Draw(const std::string& id, int64_t grace_days, int64_t today,
                  std::mt19937_64& random) {
  const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
  const int64_t taken = 1 + below(20);
  TakenPromise promise = Plan(id, taken, taken + below(8), 1 + below(3), 1 + below(30));
  promise.patience = {0, static_cast<int>(grace_days)};
  if (below(3) != 0) return promise;
  // Head office agrees to nothing whose first day is over.
  const int64_t decided = taken + below(6);
  const bool in_time =
      absl::CivilDay(2025, 12, 31) + decided <= promise.promised.front().due_day + grace_days;
  if (decided > today || below(3) == 0) return Awaiting(promise);
  const bool given = in_time && below(3) != 0;
  return Decided(promise, given ? Consent::kGiven : Consent::kRefused, decided);
}

// Random histories, in random orders of arrival, end in the same state, which is that of the slow
// and obvious way.
TEST(PromisesOfDebtTest, WhateverTheOrderOfArrivalTheStateIsThatOfTheCalendar) {
  constexpr int64_t kLastDay = 25;
  std::map<std::string, int> met;
  for (uint64_t seed = 1; seed <= 20'000; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random() % bound); };
    History history;
    const int64_t grace_days = below(3);
    const int64_t today = below(kLastDay + 1);
    for (int64_t i = below(5); i >= 0; --i)
      history.promises.push_back(Draw(absl::StrCat("p", i), grace_days, today, random));
    for (int64_t i = below(6); i > 0; --i)
      history.payments.push_back(Paid(1 + below(kLastDay), 1 + below(60)));
    const std::string expected = Calendar(history, grace_days).On(today);
    for (int order = 0; order < 3; ++order) {
      std::shuffle(history.promises.begin(), history.promises.end(), random);
      std::shuffle(history.payments.begin(), history.payments.end(), random);
      const auto states = StatesOf(history.promises, history.payments, Day(today));
      ASSERT_EQ(Spelt(states), expected) << "seed " << seed;
      ASSERT_LE(absl::c_count_if(states, [](const auto& one) { return one.IsLive(); }), 1);
      if (order == 0)
        for (const auto& one : states) ++met[Spelt({one}).substr(one.promise_id.size() + 1)];
    }
  }
  // Each of them is common.
  for (const char* word :
       {"open", "kept", "partly kept", "broken", "replaced", "pending", "refused"})
    EXPECT_GT(met[word], 1'000) << word;
}

}  // namespace
}  // namespace switchboard::promises
