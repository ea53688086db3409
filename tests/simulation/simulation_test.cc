#include "tests/simulation/simulation.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/invariants/audit_reading.h"
#include "tests/simulation/scenery.h"
#include "tests/testing.h"

namespace switchboard::simulation {
namespace {

constexpr uint64_t kSeeds = 250;
// Within so many seeds every planted mistake must have been found.
constexpr uint64_t kSeedsOfMistake = 120;

std::string Describe(const Options& options, const Result& result) {
  std::string text = absl::StrCat("seed ", options.seed,
                                  "; replay: tests/simulate --seeds 1 --from ", options.seed);
  for (const auto& [name, violations] : result.violated) {
    for (const std::string& violation : violations)
      absl::StrAppend(&text, "\n  ", name, ": ", violation);
  }
  return text;
}

// How often something happened that contact rules count or read.
struct Contacts {
  int64_t made = 0;  // by the issuer
  int64_t words = 0;
  int64_t calls_in = 0;
  int64_t packs_changed = 0;
  int64_t plans = 0;

  void Add(const invariants::Ledger& ledger) {
    using Occurrence = v1::AuditEvent::Occurrence;
    invariants::ForEachEvent(ledger, [&](const invariants::Logged& logged) {
      const v1::AuditEvent& event = logged.event;
      made += invariants::Is(event, Occurrence::WHAT_MADE_CONTACT) ? 1 : 0;
      words += invariants::Is(event, Occurrence::WHAT_SAID) ? 1 : 0;
      const bool changed = event.kind() == v1::AuditEvent::KIND_RULE_PACK && event.count() > 1;
      packs_changed += changed ? 1 : 0;
      plans += event.permit_given().attempts() > 1 ? 1 : 0;
    });
    for (const v1::CoreItem& item : ledger.items_read)
      calls_in += item.outcome().outcome().direction() == v1::DIRECTION_IN ? 1 : 0;
  }
};

// How often what privacy officers and vendors do about what was shown came to something.
struct Privacy {
  int64_t holds = 0;
  int64_t keys_destroyed = 0;
  int64_t orders_confirmed = 0;
  int64_t unmasked = 0;
  int64_t requests_agreed = 0;

  void Add(const invariants::Ledger& ledger) {
    holds += std::ssize(ledger.holds_answered);
    unmasked += std::ssize(ledger.unmasked);
    invariants::ForEachEvent(ledger, [&](const invariants::Logged& logged) {
      const v1::AuditEvent& event = logged.event;
      keys_destroyed += event.keys().step() == v1::KeyStep::STEP_DESTROYED ? 1 : 0;
      orders_confirmed += event.deletion().state() == v1::DeletionOrder::STATE_CONFIRMED ? 1 : 0;
      requests_agreed += event.person_request().state() == v1::PersonRequest::STATE_AGREED ? 1 : 0;
    });
  }
};

// How often texts came into force by two operators' words, did not, and were seen to.
struct Texts {
  int64_t released = 0;  // contracts in the place of others
  int64_t dropped = 0;
  int64_t waiting = 0;      // proposals that nobody decided
  int64_t generations = 0;  // that a contract began by showing less
  int64_t permits_voided = 0;

  void Add(const invariants::Ledger& ledger) {
    using Event = v1::AuditEvent;
    int64_t proposed = 0, decided = 0;
    invariants::ForEachEvent(ledger, [&](const invariants::Logged& logged) {
      const Event& event = logged.event;
      released += event.contract().step().replaces_version() > 0 ? 1 : 0;
      const bool is_drop = event.kind() == Event::KIND_TEXT_DROPPED;
      dropped += is_drop ? 1 : 0;
      proposed += event.kind() == Event::KIND_TEXT_PROPOSED ? 1 : 0;
      const v1::TextStep& step = event.has_contract() ? event.contract().step() : event.text();
      const bool is_release =
          event.kind() != Event::KIND_TEXT_PROPOSED && !is_drop && !step.proposal_id().empty();
      decided += is_drop || is_release ? 1 : 0;
      generations += event.generation() == Event::GENERATION_REASON_CONTRACT_CHANGED ? 1 : 0;
      permits_voided +=
          event.permit_voided().cause() == Event::PermitVoided::CAUSE_CONTRACT ? 1 : 0;
    });
    waiting += proposed - decided;
  }
};

TEST(SimulationTest, EveryInvariantHoldsUnderEverySeed) {
  RunFolder folder;
  Contacts contacts;
  Privacy privacy;
  Texts texts;
  int64_t permits = 0, outcomes = 0, rows = 0, deaths = 0;
  int64_t assignments_erased = 0, accounts_erased = 0, persons_erased = 0, events_erased = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Options options;
    options.seed = seed;
    ASSERT_OK_AND_ASSIGN(const Result result, simulation::Run(options, folder.Fresh()));
    ASSERT_TRUE(result.holds()) << Describe(options, result);
    permits += static_cast<int64_t>(result.ledger.permits.size());
    outcomes += static_cast<int64_t>(result.ledger.items_read.size());
    rows += static_cast<int64_t>(result.ledger.shown.size());
    deaths += result.hub_deaths;
    const auto erasures = invariants::FindErasures(result.ledger);
    assignments_erased += static_cast<int64_t>(erasures.assignments.size());
    accounts_erased += erasures.accounts;
    persons_erased += erasures.persons;
    events_erased += erasures.events;
    contacts.Add(result.ledger);
    privacy.Add(result.ledger);
    texts.Add(result.ledger);
  }
  // A schedule in which nothing happens would violate nothing.
  EXPECT_GT(permits, static_cast<int64_t>(kSeeds));
  EXPECT_GT(outcomes, static_cast<int64_t>(kSeeds));
  EXPECT_GT(rows, static_cast<int64_t>(kSeeds * 5));
  EXPECT_GT(deaths, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(assignments_erased, static_cast<int64_t>(kSeeds / 2));
  EXPECT_GT(accounts_erased, static_cast<int64_t>(kSeeds / 3));
  EXPECT_GT(persons_erased, static_cast<int64_t>(kSeeds / 6));
  EXPECT_GT(events_erased, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(contacts.made, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(contacts.words, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(contacts.calls_in, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(contacts.packs_changed, static_cast<int64_t>(kSeeds / 10));
  EXPECT_GT(contacts.plans, static_cast<int64_t>(kSeeds / 20));
  EXPECT_GT(texts.released, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(texts.dropped, static_cast<int64_t>(kSeeds / 50));
  EXPECT_GT(texts.waiting, static_cast<int64_t>(kSeeds / 50));
  EXPECT_GT(texts.generations, static_cast<int64_t>(kSeeds / 10));
  EXPECT_GT(texts.permits_voided, 0);
  EXPECT_GT(privacy.holds, static_cast<int64_t>(kSeeds / 10));
  EXPECT_GT(privacy.keys_destroyed, static_cast<int64_t>(kSeeds / 50));
  EXPECT_GT(privacy.orders_confirmed, static_cast<int64_t>(kSeeds / 2));
  EXPECT_GT(privacy.unmasked, static_cast<int64_t>(kSeeds / 25));
  EXPECT_GT(privacy.requests_agreed, static_cast<int64_t>(kSeeds / 50));
}

// How often each rule refused a contact.
std::map<std::string, int> RefusalsOf(const Result& result) {
  std::map<std::string, int> refusals;
  invariants::ForEachEvent(result.ledger, [&](const invariants::Logged& logged) {
    for (const std::string& rule : logged.event.permit_refused().rules()) ++refusals[rule];
  });
  return refusals;
}

// Everybody has one number, so that a cap of the number holds all of them back.
TEST(SimulationTest, I6CapsOfANumberHoldAcrossPersons) {
  RunFolder folder;
  std::map<std::string, int> refusals;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Options options = OptionsFor(Mistake::kExpiredCounts);
    options.mistake = Mistake::kNone;
    options.seed = seed;
    ASSERT_OK_AND_ASSIGN(const Result result, simulation::Run(options, folder.Fresh()));
    ASSERT_TRUE(result.holds()) << Describe(options, result);
    for (const auto& [rule, count] : RefusalsOf(result)) refusals[rule] += count;
  }
  for (const char* rule :
       {"sim.pause", "sim.contacts-a-day", "sim.talks-in-3-hours", "sim.number-a-day"})
    EXPECT_GT(refusals[rule], 0) << rule;
}

// Few people, who are called often, under the packs of where they live.
TEST(SimulationTest, I6CapsOfShippedPacksHold) {
  const std::map<Land, std::vector<const char*>> rules = {
      {Land::kJapan, {"jp.contacts-per-day"}},
      {Land::kMassachusetts, {"us.after-conversation", "us-ma.calls-2-in-7"}}};
  RunFolder folder;
  for (const auto& [land, ids] : rules) {
    std::map<std::string, int> refusals;
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      Options options;
      options.seed = seed;
      options.land = land;
      options.persons = 3;
      options.accounts = 5;
      options.steps = 1'500;
      ASSERT_OK_AND_ASSIGN(const Result result, simulation::Run(options, folder.Fresh()));
      ASSERT_TRUE(result.holds()) << Describe(options, result);
      for (const auto& [rule, count] : RefusalsOf(result)) refusals[rule] += count;
    }
    for (const char* rule : ids) EXPECT_GT(refusals[rule], 0) << rule;
  }
}

TEST(SimulationTest, I9SameSeedSameAuditRoutingAndMasks) {
  RunFolder folder;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Options options;
    options.seed = seed;
    ASSERT_OK_AND_ASSIGN(const Result first, simulation::Run(options, folder.Fresh()));
    ASSERT_OK_AND_ASSIGN(const Result second, simulation::Run(options, folder.Fresh()));
    ASSERT_FALSE(first.ledger.audit.empty());
    EXPECT_EQ(first.ledger.audit.back().hash(), second.ledger.audit.back().hash())
        << "seed " << seed;
    EXPECT_THAT(invariants::Reproducible(first.ledger, second.ledger), ::testing::IsEmpty())
        << "seed " << seed;
  }
}

TEST(SimulationTest, I9OtherSeedsDiffer) {
  RunFolder folder;
  Options options;
  ASSERT_OK_AND_ASSIGN(const Result first, simulation::Run(options, folder.Fresh()));
  ++options.seed;
  ASSERT_OK_AND_ASSIGN(const Result second, simulation::Run(options, folder.Fresh()));
  EXPECT_THAT(invariants::Reproducible(first.ledger, second.ledger),
              ::testing::Not(::testing::IsEmpty()));
}

class PlantedMistakeTest : public ::testing::TestWithParam<MistakeName> {};

TEST_P(PlantedMistakeTest, IsFound) {
  RunFolder folder;
  for (uint64_t seed = 1; seed <= kSeedsOfMistake; ++seed) {
    Options options = OptionsFor(GetParam().mistake);
    options.seed = seed;
    ASSERT_OK_AND_ASSIGN(const Result result, simulation::Run(options, folder.Fresh()));
    for (const auto& [name, violations] : result.violated) {
      if ((name + " ").starts_with(std::string(GetParam().found_by) + " ")) return;
    }
  }
  FAIL() << GetParam().found_by << " has not found it within " << kSeedsOfMistake << " seeds";
}

INSTANTIATE_TEST_SUITE_P(All, PlantedMistakeTest, ::testing::ValuesIn(kMistakes),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace switchboard::simulation
