// The engine against a slow, obvious reference, over packs, histories and requests drawn from
// seeds. A failure names its seed.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "hub/rules/decision.h"
#include "hub/rules/longest_window.h"
#include "tests/rules/drawn_rules.h"

namespace switchboard::tests {
namespace {

using rules::Decision;

constexpr uint64_t kHistories = 100'000;
// Every five minutes up to the next allowed moment are asked of the reference; so fewer of them.
constexpr uint64_t kWaits = 2'000;
constexpr absl::Duration kWaitMax = absl::Hours(24 * 5);

std::string Names(const std::set<std::string>& names) { return absl::StrJoin(names, ", "); }

// The rules that refuse, and those that would if they were law.
std::set<std::string> ByEngine(const Decision& decision) {
  std::set<std::string> names;
  for (const auto& finding : decision.refusals) names.insert(finding.rule->rule_id());
  for (const auto& finding : decision.warnings) names.insert("?" + finding.rule->rule_id());
  return names;
}

TEST(RulesPropertyTest, EngineAndReferenceAgree) {
  int refused = 0;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    const Drawn drawn = Draw(seed);
    const Decision decision = Decide({drawn.pack}, drawn.facts, drawn.now);
    const auto engine = ByEngine(decision);
    const auto reference = ByReference(drawn, drawn.now);
    ASSERT_EQ(engine, reference) << "seed " << seed << ": engine " << Names(engine)
                                 << "; reference " << Names(reference) << "\n"
                                 << absl::FormatTime(drawn.now) << "\n"
                                 << drawn.pack->pack().DebugString();
    refused += decision.allowed() ? 0 : 1;
  }
  // Neither always yes nor always no.
  EXPECT_GT(refused, static_cast<int>(kHistories / 10));
  EXPECT_LT(refused, static_cast<int>(kHistories - kHistories / 10));
}

// Contacts from before the longest window of the request may be left out: nothing is decided
// otherwise, now or later.
TEST(RulesPropertyTest, NothingDependsOnContactsBeforeTheLongestWindow) {
  int shortened = 0;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    const Drawn drawn = Draw(seed);
    const absl::Time since = drawn.now - rules::LongestWindowFor(drawn.pack->pack(), drawn.facts);
    rules::Facts known = drawn.facts;
    const auto left_out =
        std::erase_if(known.history, [&](const auto& contact) { return contact.at < since; });
    if (left_out == 0) continue;
    ++shortened;
    const Decision of_all = Decide({drawn.pack}, drawn.facts, drawn.now);
    const Decision of_known = Decide({drawn.pack}, known, drawn.now);
    ASSERT_EQ(ByEngine(of_all), ByEngine(of_known)) << "seed " << seed << "\n"
                                                    << drawn.pack->pack().DebugString();
    ASSERT_EQ(of_all.next_time, of_known.next_time) << "seed " << seed << "\n"
                                                    << drawn.pack->pack().DebugString();
  }
  EXPECT_GT(shortened, static_cast<int>(kHistories / 20));
}

// The next allowed moment is the first: refused before it, allowed in it.
TEST(RulesPropertyTest, NextTimeIsTheFirstAllowedMoment) {
  int waits = 0;
  int nevers = 0;
  for (uint64_t seed = 1; seed <= kHistories && waits < static_cast<int>(kWaits); ++seed) {
    const Drawn drawn = Draw(seed);
    const Decision decision = Decide({drawn.pack}, drawn.facts, drawn.now);
    if (decision.allowed()) continue;
    const absl::Time next = decision.next_time.value_or(absl::InfiniteFuture());
    nevers += decision.next_time ? 0 : 1;
    if (decision.next_time) {
      ASSERT_GT(next, drawn.now) << "seed " << seed;
      ASSERT_FALSE(RefusedByReference(drawn, next))
          << "seed " << seed << ": " << absl::FormatTime(next);
      ASSERT_TRUE(RefusedByReference(drawn, next - absl::Seconds(1))) << "seed " << seed;
    }
    const absl::Time end = std::min(next, drawn.now + kWaitMax);
    for (absl::Time at = drawn.now; at < end; at += absl::Minutes(5)) {
      ASSERT_TRUE(RefusedByReference(drawn, at))
          << "seed " << seed << ": allowed at " << absl::FormatTime(at) << ", next is "
          << absl::FormatTime(next) << "\n"
          << drawn.pack->pack().DebugString();
    }
    ++waits;
  }
  EXPECT_EQ(waits, static_cast<int>(kWaits));
  EXPECT_GT(nevers, 0);
}

}  // namespace
}  // namespace switchboard::tests
