#include "tests/invariants/good_ledger.h"

namespace switchboard::invariants {
namespace {

using Event = v1::AuditEvent;

constexpr char kIto[] = "operator/ito";
constexpr char kSato[] = "operator/sato";
constexpr int64_t kDay = 86'400;

std::string DigestOf(int version) { return std::string(32, static_cast<char>('0' + version)); }

Event Of(int64_t second, Event::Kind kind, const std::string& actor, int version) {
  Event event = EventAt(second, kind, "");
  event.set_actor(actor);
  event.set_digest(DigestOf(version));
  return event;
}

v1::TextStep StepOf(int version) {
  v1::TextStep step;
  step.set_kind(v1::TEXT_KIND_CONTRACT);
  step.set_proposal_id("p-" + std::to_string(version));
  step.set_proposed_by(kIto);
  step.set_replaces_version(version - 1);
  return step;
}

// Ito proposes what is to be this version of sakura's contract.
Event Proposed(int64_t second, int version) {
  Event event = Of(second, Event::KIND_TEXT_PROPOSED, kIto, version);
  event.set_subject_id("sakura");
  *event.mutable_text() = StepOf(version);
  return event;
}

// Sato releases it.
Event Release(int64_t second, int version) {
  Event event = Of(second, Event::KIND_CONTRACT, kSato, version);
  event.set_vendor_id("sakura");
  event.set_count(version);
  *event.mutable_contract()->mutable_step() = StepOf(version);
  return event;
}

// A file's, which began the database.
Event First(int64_t second, Event::Kind kind, const std::string& text_id, v1::TextKind of) {
  Event event = Of(second, kind, "hub", 1);
  event.set_subject_id(text_id);
  event.set_count(1);
  event.mutable_text()->set_kind(of);
  event.mutable_text()->set_proposed_by("hub");
  event.mutable_text()->set_first(true);
  return event;
}

Event FirstPack(int64_t second) {
  return First(second, Event::KIND_RULE_PACK, "jp", v1::TEXT_KIND_RULE_PACK);
}

// As one commit.
void AppendTogether(Ledger& l, const Event& first, const Event& second) {
  Append(l, first);
  l.audit.back().add_events(second.SerializeAsString());
}

v1::Contract& Send(Ledger& l, int version) {
  v1::Contract& contract = l.contracts[DigestOf(version)];
  contract.set_vendor_id("sakura");
  return contract;
}

void PutInForce(Ledger& l, int64_t second, int version) {
  Append(l, Proposed(second, version));
  Append(l, Release(second + 1, version));
}

Event Given(int64_t second, int64_t contract_version) {
  Event event = Permit(second, "pm-9");
  event.mutable_permit_given()->set_contract_version(contract_version);
  return event;
}

Event Shown(int64_t second, int64_t contract_version) {
  Event event = EventAt(second, Event::KIND_DISCLOSED, "9");
  event.set_vendor_id("sakura");
  event.set_disclosed_contract_version(contract_version);
  return event;
}

// Two versions, of which the second one begins on the second day of 1970.
Ledger TwoVersions() {
  Ledger l;
  Send(l, 1);
  v1::Date& day = *Send(l, 2).mutable_effective_from();
  day.set_year(1970);
  day.set_month(1);
  day.set_day(2);
  PutInForce(l, 10, 1);
  PutInForce(l, 20, 2);
  return l;
}

v1::TextRelease Listed(int version) {
  v1::TextRelease release;
  release.set_kind(v1::TEXT_KIND_CONTRACT);
  release.set_text_id("sakura");
  release.set_version(version);
  release.set_digest(DigestOf(version));
  release.set_proposed_by(kIto);
  release.set_released_by(kSato);
  release.set_proposal_id("p-" + std::to_string(version));
  return release;
}

struct WordCase {
  const char* name;
  size_t violations;
  std::function<void(Ledger&)> happens;
};

const WordCase kWords[] = {
    {"TwoOperators", 0,
     [](Ledger& l) {
       PutInForce(l, 10, 1);
       PutInForce(l, 20, 2);
     }},
    {"FilesBeginADatabaseTogether", 0,
     [](Ledger& l) {
       AppendTogether(l, FirstPack(10),
                      First(10, Event::KIND_ROUTING_PLAN, "plan", v1::TEXT_KIND_ROUTING_PLAN));
       PutInForce(l, 20, 1);
     }},
    {"OneOperatorAlone", 1,
     [](Ledger& l) {
       Append(l, Proposed(10, 1));
       Event release = Release(11, 1);
       release.set_actor(kIto);
       Append(l, release);
     }},
    {"TheReleaseNamesAnotherProposer", 1,
     [](Ledger& l) {
       Append(l, Proposed(10, 1));
       Event release = Release(11, 1);
       release.mutable_contract()->mutable_step()->set_proposed_by("operator/mori");
       Append(l, release);
     }},
    {"NobodyProposedIt", 1, [](Ledger& l) { Append(l, Release(11, 1)); }},
    {"AnotherTextThanWasProposed", 1,
     [](Ledger& l) {
       Append(l, Proposed(10, 1));
       Event release = Release(11, 1);
       release.set_digest(DigestOf(7));
       Append(l, release);
     }},
    {"ProposedForAnotherVendor", 1,
     [](Ledger& l) {
       Event proposed = Proposed(10, 1);
       proposed.set_subject_id("jade");
       Append(l, proposed);
       Append(l, Release(11, 1));
     }},
    {"ItHadBeenDropped", 1,
     [](Ledger& l) {
       Append(l, Proposed(10, 1));
       Event dropped = Proposed(11, 1);
       dropped.set_kind(Event::KIND_TEXT_DROPPED);
       Append(l, dropped);
       Append(l, Release(12, 1));
     }},
    // Beside the proposal, which was of what stood before.
    {"TheSameProposalTwice", 2,
     [](Ledger& l) {
       PutInForce(l, 10, 1);
       Event again = Release(12, 2);
       again.set_digest(DigestOf(1));
       again.mutable_contract()->mutable_step()->set_proposal_id("p-1");
       Append(l, again);
     }},
    // Of the second one what it replaces does not fit either.
    {"ProposedBeforeAnotherWasReleased", 2,
     [](Ledger& l) {
       Event late = Proposed(10, 1);
       late.mutable_text()->set_proposal_id("p-2");
       late.set_digest(DigestOf(2));
       Append(l, late);
       PutInForce(l, 20, 1);
       Event release = Release(30, 2);
       release.mutable_contract()->mutable_step()->set_replaces_version(0);
       Append(l, release);
     }},
    {"AnotherPlanTakesThePlaceOfAPlan", 0,
     [](Ledger& l) {
       Append(l, First(10, Event::KIND_ROUTING_PLAN, "plan", v1::TEXT_KIND_ROUTING_PLAN));
       Event proposed = Proposed(20, 2);
       proposed.set_subject_id("other");
       proposed.mutable_text()->set_kind(v1::TEXT_KIND_ROUTING_PLAN);
       Append(l, proposed);
       Event release = Of(21, Event::KIND_ROUTING_PLAN, kSato, 2);
       release.set_subject_id("other");
       release.set_count(2);
       *release.mutable_text() = proposed.text();
       Append(l, release);
     }},
    {"AFileBehindWhatOperatorsReleased", 1,
     [](Ledger& l) {
       PutInForce(l, 10, 1);
       Append(l, FirstPack(20));
     }},
    {"AFileBehindFiles", 1,
     [](Ledger& l) {
       Append(l, FirstPack(10));
       Append(l, First(20, Event::KIND_CODE_MAP, "jade", v1::TEXT_KIND_CODE_MAP));
     }},
    {"AFileBySomebodysWord", 1,
     [](Ledger& l) {
       Event pack = FirstPack(10);
       pack.set_actor(kSato);
       Append(l, pack);
     }},
    // Nothing of it can be: it has no proposal, nor a kind.
    {"NoWordAtAll", 2,
     [](Ledger& l) {
       Event release = Release(10, 1);
       release.mutable_contract()->clear_step();
       Append(l, release);
     }},
    {"TheDatabaseHasWhatWasReleased", 0,
     [](Ledger& l) {
       PutInForce(l, 10, 1);
       l.releases = {Listed(1)};
     }},
    {"TheDatabaseHasMore", 1,
     [](Ledger& l) {
       PutInForce(l, 10, 1);
       l.releases = {Listed(1), Listed(2)};
     }},
    {"TheDatabaseHasLess", 1,
     [](Ledger& l) {
       PutInForce(l, 10, 1);
       PutInForce(l, 20, 2);
       l.releases = {Listed(2)};
     }},
    {"TheDatabaseNamesAnother", 1,
     [](Ledger& l) {
       PutInForce(l, 10, 1);
       l.releases = {Listed(1)};
       l.releases[0].set_released_by("operator/mori");
     }},
};

class WordsTest : public ::testing::TestWithParam<WordCase> {};

TEST_P(WordsTest, AreJudged) {
  Ledger ledger;
  GetParam().happens(ledger);
  EXPECT_THAT(Released(ledger), ::testing::SizeIs(GetParam().violations));
}

INSTANTIATE_TEST_SUITE_P(All, WordsTest, ::testing::ValuesIn(kWords),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Released, JudgesWhichVersionDecides) {
  const struct {
    Event event;
    bool fits;
  } kCases[] = {
      {Given(30, 1), true},        {Given(30, 2), false},
      {Shown(kDay - 1, 1), true},  {Shown(kDay - 1, 2), false},
      {Shown(kDay, 2), true},      {Shown(kDay, 1), false},
      {Given(2 * kDay, 2), true},  {Given(2 * kDay, 1), false},
      {Given(2 * kDay, 0), false}, {EventAt(30, Event::KIND_PERMIT_RELEASED, "pm-9"), true},
  };
  for (const auto& tested : kCases) {
    Ledger ledger = TwoVersions();
    Append(ledger, tested.event);
    EXPECT_THAT(Released(ledger), ::testing::SizeIs(tested.fits ? 0u : 1u))
        << tested.event.ShortDebugString();
  }
}

// What was shown is told at a commit's end: of one with a release, either version may be meant.
TEST(Released, WhatIsShownWhileAContractIsReleasedIsByEither) {
  for (const auto& [version, violations] : {std::pair(1, 0u), {2, 0u}, {3, 1u}}) {
    Ledger ledger;
    Send(ledger, 1);
    Send(ledger, 2);
    PutInForce(ledger, 10, 1);
    Append(ledger, Proposed(20, 2));
    AppendTogether(ledger, Release(21, 2), Shown(21, version));
    EXPECT_THAT(Released(ledger), ::testing::SizeIs(violations)) << version;
    Append(ledger, Shown(22, 1));
    EXPECT_THAT(Released(ledger), ::testing::SizeIs(violations + 1)) << version;
  }
}

TEST(Released, JudgesDaysThatAreOverAndTextsThatNobodySent) {
  Ledger ledger = TwoVersions();
  v1::Date& day = *ledger.contracts[DigestOf(2)].mutable_effective_to();
  day.set_year(1970);
  day.set_month(1);
  day.set_day(3);
  Append(ledger, Given(2 * kDay - 1, 2));
  EXPECT_THAT(Released(ledger), ::testing::IsEmpty());
  Append(ledger, Shown(2 * kDay, 2));
  EXPECT_THAT(Released(ledger), ::testing::SizeIs(1));
  ledger = TwoVersions();
  ledger.contracts.erase(DigestOf(2));
  EXPECT_THAT(Released(ledger), ::testing::SizeIs(1));
}

TEST(Released, NobodyIsShownAnythingBeforeAContract) {
  Ledger ledger;
  Send(ledger, 1);
  Append(ledger, Shown(10, 0));
  EXPECT_THAT(Released(ledger), ::testing::SizeIs(1));
}

TEST(Released, IsOneOfAll) {
  Ledger ledger = Good();
  Append(ledger, Release(11, 1));
  for (const auto& [name, violations] : CheckAll(ledger)) {
    if (name == "I8 Released") {
      EXPECT_THAT(violations, ::testing::SizeIs(1));
    }
  }
}

}  // namespace
}  // namespace switchboard::invariants
