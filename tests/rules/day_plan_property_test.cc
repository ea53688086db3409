// Plans of a day against the slow reference, over packs, histories and requests drawn from seeds. A
// failure names its seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "absl/time/time.h"
#include "hub/rules/day_plan.h"
#include "tests/rules/drawn_rules.h"

namespace switchboard::tests {
namespace {

using rules::DayPlan;
using rules::Span;

constexpr uint64_t kPlans = 20'000;
constexpr int kAttemptsMax = 4;
constexpr absl::Duration kStep = absl::Minutes(10);
// A plan has no more; what lies behind them is not in it.
constexpr size_t kHoursMax = 24;

class Planned {
 public:
  explicit Planned(uint64_t seed) : drawn_(Draw(seed)), random_(seed) {
    within_ = {drawn_.now, drawn_.now + absl::Minutes(Below(24 * 60) + 1)};
    attempts_max_ = 1 + Below(kAttemptsMax);
    plan_ = rules::PlanDay({drawn_.pack}, drawn_.facts, within_, attempts_max_);
  }

  const DayPlan& plan() const { return plan_; }
  const Span& within() const { return within_; }
  int attempts_max() const { return attempts_max_; }
  const Drawn& drawn() const { return drawn_; }

  bool IsIn(absl::Time time) const {
    return std::any_of(plan_.hours.begin(), plan_.hours.end(),
                       [time](const Span& span) { return time >= span.from && time < span.to; });
  }

  // Moments of the plan, growing.
  std::vector<absl::Time> Spread(int count) {
    std::vector<absl::Time> times;
    for (int i = 0; i < count; ++i) {
      const Span& span =
          plan_.hours[static_cast<size_t>(Below(static_cast<int>(plan_.hours.size())))];
      const int64_t micros = absl::ToInt64Microseconds(span.to - span.from);
      times.push_back(span.from + absl::Microseconds(std::uniform_int_distribution<int64_t>(
                                      0, micros - 1)(random_)));
    }
    std::sort(times.begin(), times.end());
    return times;
  }

  // An attempt that was made at `time`, and what came of it.
  rules::Contact Made(absl::Time time) {
    rules::Contact contact = rules::AttemptAt(drawn_.facts.request, time);
    contact.result = static_cast<v1::ContactResult>(Below(v1::ContactResult_MAX + 1));
    return contact;
  }

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

 private:
  Drawn drawn_;
  std::mt19937_64 random_;
  Span within_;
  int attempts_max_ = 0;
  DayPlan plan_;
};

TEST(DayPlanPropertyTest, NoAttemptOfAPlanIsRefusedHoweverItIsSpread) {
  int several = 0;
  for (uint64_t seed = 1; seed <= kPlans; ++seed) {
    Planned planned(seed);
    if (planned.plan().attempts == 0) continue;
    several += planned.plan().attempts > 1 ? 1 : 0;
    Drawn then = planned.drawn();
    for (const absl::Time time : planned.Spread(1 + planned.Below(planned.plan().attempts))) {
      ASSERT_FALSE(RefusedByReference(then, time))
          << "seed " << seed << ": attempt "
          << then.facts.history.size() - planned.drawn().facts.history.size() + 1 << " of "
          << planned.plan().attempts << " at " << absl::FormatTime(time) << "\n"
          << then.pack->pack().DebugString();
      then.facts.history.push_back(planned.Made(time));
    }
  }
  EXPECT_GT(several, static_cast<int>(kPlans / 100));
}

TEST(DayPlanPropertyTest, APlanHasAllTheHoursOfItsAttemptsAndNoMoreAttemptsHaveAny) {
  int fewer = 0;
  for (uint64_t seed = 1; seed <= kPlans / 10; ++seed) {
    const Planned planned(seed);
    if (planned.plan().hours.size() >= kHoursMax) continue;
    // Among as many as the plan has, and among one more.
    for (const int attempts : {planned.plan().attempts, planned.plan().attempts + 1}) {
      if (attempts == 0 || attempts > planned.attempts_max()) continue;
      fewer += attempts > planned.plan().attempts ? 1 : 0;
      Drawn among = planned.drawn();
      rules::Contact other = Planned(seed).Made(planned.within().to - absl::Microseconds(1));
      other.result = v1::CONTACT_RESULT_UNSPECIFIED;
      among.facts.history.insert(among.facts.history.end(), static_cast<size_t>(attempts - 1),
                                 other);
      for (absl::Time at = planned.within().from; at < planned.within().to; at += kStep) {
        const bool allowed =
            !RefusedByReference(planned.drawn(), at) && !RefusedByReference(among, at);
        const bool expected = attempts == planned.plan().attempts && planned.IsIn(at);
        ASSERT_EQ(allowed, expected)
            << "seed " << seed << ": " << attempts << " attempts, of which the plan has "
            << planned.plan().attempts << ", at " << absl::FormatTime(at) << "\n"
            << planned.drawn().pack->pack().DebugString();
      }
    }
  }
  EXPECT_GT(fewer, 0);
}

}  // namespace
}  // namespace switchboard::tests
