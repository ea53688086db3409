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
  promise.promised = {absl::CivilDay(2025, 12, 31) + due, amount};
  promise.currency_code = "JPY";
  promise.zones = {absl::UTCTimeZone()};
  return promise;
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
  static const char* const kWords[] = {"?",      "open",     "kept",       "partly kept",
                                       "broken", "replaced", "taken back", "not binding"};
  return kWords[standing];
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

TEST(PromisesOfDebtTest, MoneyOfAnotherCurrencyCountsNothing) {
  EXPECT_EQ(Spelt(StatesOf({Promise("a", 1, 5, 50)}, {Paid(2, 50, "USD")}, Day(8))), "a broken");
}

// Day by day, as somebody with a calendar would tell it.
std::string ByHand(const History& history, int64_t grace_days, int64_t today) {
  std::vector<TakenPromise> promises = history.promises;
  absl::c_sort(promises, [](const auto& a, const auto& b) {
    return std::pair(a.take_time, a.promise_id) < std::pair(b.take_time, b.promise_id);
  });
  std::map<std::string, std::string> words;
  std::map<std::string, int64_t> paid;
  const TakenPromise* live = nullptr;
  for (int64_t day = 0; day <= today; ++day) {
    for (const TakenPromise& promise : promises) {
      if (promise.take_time != Day(day)) continue;
      if (live != nullptr) words[live->promise_id] = "replaced";
      live = &promise;
      words[promise.promise_id] = "open";
    }
    for (const DebtPayment& payment : history.payments) {
      if (payment.made.pay_time != Day(day) || live == nullptr) continue;
      paid[live->promise_id] += payment.made.amount;
    }
    if (live == nullptr) continue;
    const int64_t sum = paid[live->promise_id];
    const bool last_day = absl::CivilDay(2025, 12, 31) + day == live->promised.due_day + grace_days;
    if (sum >= live->promised.amount) {
      words[live->promise_id] = "kept";
    } else if (last_day && day < today) {
      words[live->promise_id] = sum > 0 ? "partly kept" : "broken";
    } else {
      continue;
    }
    live = nullptr;
  }
  std::vector<std::string> spelt;
  for (const TakenPromise& promise : promises)
    if (words.contains(promise.promise_id))
      spelt.push_back(promise.promise_id + " " + words[promise.promise_id]);
  return absl::StrJoin(spelt, ", ");
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
    for (int64_t i = below(5); i >= 0; --i) {
      const int64_t taken = 1 + below(20);
      history.promises.push_back(
          Promise(absl::StrCat("p", i), taken, taken + below(8), 1 + below(60)));
    }
    for (int64_t i = below(6); i > 0; --i)
      history.payments.push_back(Paid(1 + below(kLastDay), 1 + below(60)));
    const Patience patience{0, static_cast<int>(below(3))};
    for (TakenPromise& promise : history.promises) promise.patience = patience;
    const int64_t today = below(kLastDay + 1);
    const std::string expected = ByHand(history, patience.grace_days, today);
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
  for (const char* word : {"open", "kept", "partly kept", "broken", "replaced"})
    EXPECT_GT(met[word], 1'000) << word;
}

}  // namespace
}  // namespace switchboard::promises
