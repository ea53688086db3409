// Texts come into force by the word of two operators, whatever their kind.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/releases/releases.h"
#include "hub/storage/submit.h"
#include "tests/engine.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using ::testing::AllOf;
using testing::ContractYaml;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::Operator;
using testing::PlanYaml;

constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

std::string ScriptYaml(int version, const std::string& more = "") {
  return absl::StrCat(
      "script_id: reminder\nversion: ", version, "\ntitle: A reminder\n", more,
      "steps:\n  - step_id: greeting\n    wordings: [{language: ja, text: はい}]\n");
}

// One operator's calls at one hub.
class Desk {
 public:
  Desk(HubWorld& world, const std::string& name) : world_(world), who_(Operator(name)) {}

  absl::StatusOr<v1::ProposeTextResponse> Propose(v1::TextKind kind, const std::string& yaml) {
    v1::ProposeTextRequest request;
    request.set_kind(kind);
    request.set_yaml(yaml);
    return world_.Await<v1::ProposeTextResponse>(
        [&](auto done) { api().ProposeText(who_, request, done); });
  }
  // The id of what was proposed; a failed test unless it is new.
  std::string NewProposal(v1::TextKind kind, const std::string& yaml) {
    const auto proposed = Propose(kind, yaml);
    EXPECT_OK(proposed);
    if (!proposed.ok()) return "";
    EXPECT_TRUE(proposed->is_new());
    return proposed->proposal().proposal_id();
  }
  absl::StatusOr<v1::ReleaseTextResponse> Release(const std::string& proposal_id,
                                                  const std::string& yaml) {
    v1::ReleaseTextRequest request;
    request.set_proposal_id(proposal_id);
    request.set_digest(Sha256Of(yaml));
    return world_.Await<v1::ReleaseTextResponse>(
        [&](auto done) { api().ReleaseText(who_, request, done); });
  }
  absl::StatusOr<bool> Drop(const std::string& proposal_id) {
    v1::DropProposalRequest request;
    request.set_proposal_id(proposal_id);
    const auto dropped = world_.Await<v1::DropProposalResponse>(
        [&](auto done) { api().DropProposal(who_, request, done); });
    if (!dropped.ok()) return dropped.status();
    return dropped->changed();
  }
  std::vector<v1::TextProposal> List(bool decided_too = false,
                                     v1::TextKind kind = v1::TEXT_KIND_UNSPECIFIED) {
    v1::ListProposalsRequest request;
    request.set_decided_too(decided_too);
    request.set_kind(kind);
    const auto listed = world_.Await<v1::ListProposalsResponse>(
        [&](auto done) { api().ListProposals(who_, request, done); });
    EXPECT_OK(listed);
    if (!listed.ok()) return {};
    return {listed->proposals().begin(), listed->proposals().end()};
  }
  // "1 in_force", "2": versions of a text.
  std::vector<std::string> History(v1::TextKind kind, const std::string& text_id) {
    v1::ListReleasesRequest request;
    request.set_kind(kind);
    request.set_text_id(text_id);
    const auto listed = world_.Await<v1::ListReleasesResponse>(
        [&](auto done) { api().ListReleases(who_, request, done); });
    EXPECT_OK(listed);
    std::vector<std::string> versions;
    if (!listed.ok()) return versions;
    for (const v1::TextRelease& one : listed->releases())
      versions.push_back(absl::StrCat(one.version(), one.in_force() ? " in force" : ""));
    return versions;
  }
  absl::StatusOr<v1::ShowTextResponse> Show(const v1::ShowTextRequest& request) {
    return world_.Await<v1::ShowTextResponse>(
        [&](auto done) { api().ShowText(who_, request, done); });
  }

 private:
  api::OperatorApi& api() { return world_.hub().operator_api(); }

  HubWorld& world_;
  const identity::Peer who_;
};

class HubReleasesTest : public ::testing::Test {
 protected:
  std::vector<v1::AuditEvent> EventsOf(v1::AuditEvent::Kind kind) {
    std::vector<v1::AuditEvent> found;
    for (const v1::AuditEvent& event : world_.AuditEvents())
      if (event.kind() == kind) found.push_back(event);
    return found;
  }
  v1::TextProposal::State StateOf(const std::string& proposal_id) {
    for (const v1::TextProposal& one : ito_.List(/*decided_too=*/true))
      if (one.proposal_id() == proposal_id) return one.state();
    return v1::TextProposal::STATE_UNSPECIFIED;
  }

  // The database is changed by a hand that is not the hub's.
  absl::Status Alter(const char* sql) {
    absl::Status altered = absl::InternalError("not run");
    world_.hub().writer().Submit(
        storage::Urgency::kUrgent,
        [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}).status(); },
        [&](const absl::Status& status) { altered = status; });
    world_.Settle();
    return altered;
  }

  HubWorld world_;
  Desk ito_{world_, "ito"};
  Desk sato_{world_, "sato"};
};

TEST_F(HubReleasesTest, OneProposesAndAnotherReleases) {
  const std::string yaml = ContractYaml();
  ASSERT_OK_AND_ASSIGN(const auto proposed, ito_.Propose(v1::TEXT_KIND_CONTRACT, yaml));
  EXPECT_TRUE(proposed.is_new());
  const v1::TextProposal& proposal = proposed.proposal();
  EXPECT_EQ(proposal.text_id(), "sakura");
  EXPECT_EQ(proposal.version(), 0);
  EXPECT_EQ(proposal.replaces_version(), 0);
  EXPECT_EQ(proposal.digest(), Sha256Of(yaml));
  EXPECT_EQ(proposal.proposed_by(), "operator/ito");
  EXPECT_EQ(proposal.state(), v1::TextProposal::STATE_OPEN);
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, "sakura"), IsEmpty()) << "nothing stands yet";
  EXPECT_THAT(ito_.Release(proposal.proposal_id(), yaml),
              FailsWith(kFailed, "TWO_OPERATORS_NEEDED"));
  EXPECT_THAT(sato_.Release(proposal.proposal_id(), yaml + "\n"),
              FailsWith(kFailed, "PROPOSAL_CHANGED"));
  EXPECT_THAT(sato_.Release("none", yaml), FailsWith(kNotFound, "PROPOSAL_UNKNOWN"));
  world_.Restart();
  ASSERT_OK_AND_ASSIGN(const auto released, sato_.Release(proposal.proposal_id(), yaml));
  EXPECT_TRUE(released.changed());
  EXPECT_EQ(released.release().version(), 1);
  EXPECT_TRUE(released.release().in_force());
  EXPECT_EQ(released.release().proposed_by(), "operator/ito");
  EXPECT_EQ(released.release().released_by(), "operator/sato");
  EXPECT_EQ(released.release().proposal_id(), proposal.proposal_id());
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, "sakura"), ElementsAre("1 in force"));
  // Once more is no difference, but only to who did it.
  ASSERT_OK_AND_ASSIGN(const auto again, sato_.Release(proposal.proposal_id(), yaml));
  EXPECT_FALSE(again.changed());
  EXPECT_EQ(again.release().SerializeAsString(), released.release().SerializeAsString());
  EXPECT_THAT(Desk(world_, "abe").Release(proposal.proposal_id(), yaml),
              FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  EXPECT_EQ(StateOf(proposal.proposal_id()), v1::TextProposal::STATE_RELEASED);
  EXPECT_THAT(ito_.List(), IsEmpty());
}

TEST_F(HubReleasesTest, TheLogSaysWhoProposedAndWhoReleased) {
  const std::string yaml = ScriptYaml(4);
  const std::string id = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  ASSERT_OK(sato_.Release(id, yaml));
  world_.clock.Advance(absl::Seconds(1));
  const std::string other = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, ScriptYaml(5));
  ASSERT_OK(sato_.Drop(other));
  const auto proposed = EventsOf(v1::AuditEvent::KIND_TEXT_PROPOSED);
  ASSERT_EQ(proposed.size(), 2u);
  EXPECT_EQ(proposed[0].actor(), "operator/ito");
  EXPECT_EQ(proposed[0].subject_id(), "reminder");
  EXPECT_EQ(proposed[0].count(), 4);
  EXPECT_EQ(proposed[0].digest(), Sha256Of(yaml));
  EXPECT_EQ(proposed[0].text().kind(), v1::TEXT_KIND_SCRIPT);
  EXPECT_EQ(proposed[0].text().proposal_id(), id);
  EXPECT_EQ(proposed[1].text().replaces_version(), 4);
  const auto released = EventsOf(v1::AuditEvent::KIND_SCRIPT);
  ASSERT_EQ(released.size(), 1u);
  EXPECT_EQ(released[0].actor(), "operator/sato");
  EXPECT_EQ(released[0].text().proposed_by(), "operator/ito");
  EXPECT_EQ(released[0].text().proposal_id(), id);
  EXPECT_FALSE(released[0].text().first());
  const auto dropped = EventsOf(v1::AuditEvent::KIND_TEXT_DROPPED);
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_EQ(dropped[0].actor(), "operator/sato");
  EXPECT_EQ(dropped[0].text().proposal_id(), other);
}

TEST_F(HubReleasesTest, WhatStandsOrWaitsIsNotProposedAgain) {
  const std::string yaml = ContractYaml();
  const std::string id = ito_.NewProposal(v1::TEXT_KIND_CONTRACT, yaml);
  ASSERT_OK_AND_ASSIGN(const auto waiting,
                       sato_.Propose(v1::TEXT_KIND_CONTRACT, "# the same\n" + yaml));
  EXPECT_FALSE(waiting.is_new());
  EXPECT_EQ(waiting.proposal().proposal_id(), id);
  EXPECT_EQ(waiting.proposal().proposed_by(), "operator/ito");
  ASSERT_OK(sato_.Release(id, yaml));
  ASSERT_OK_AND_ASSIGN(const auto stands,
                       ito_.Propose(v1::TEXT_KIND_CONTRACT, "# the same\n" + yaml));
  EXPECT_FALSE(stands.has_proposal());
  // One that was ended stands no longer.
  v1::EndContractRequest end;
  end.set_vendor_id("sakura");
  ASSERT_OK(world_.Await<v1::EndContractResponse>(
      [&](auto done) { world_.hub().operator_api().EndContract(Operator(), end, done); }));
  EXPECT_NE(ito_.NewProposal(v1::TEXT_KIND_CONTRACT, yaml), id);
}

TEST_F(HubReleasesTest, AProposalIsOfWhatStoodWhenItWasMade) {
  const std::string first = ContractYaml();
  const std::string second = first + "display_name: b\n", third = first + "display_name: c\n";
  ASSERT_OK(sato_.Release(ito_.NewProposal(v1::TEXT_KIND_CONTRACT, first), first));
  const std::string early = ito_.NewProposal(v1::TEXT_KIND_CONTRACT, second);
  const std::string late = ito_.NewProposal(v1::TEXT_KIND_CONTRACT, third);
  ASSERT_OK(sato_.Release(late, third));
  EXPECT_EQ(StateOf(early), v1::TextProposal::STATE_OUTDATED);
  const auto refused = sato_.Release(early, second);
  EXPECT_THAT(refused, FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("propose it anew"));
  // Another contract's release is none of it, and an end is.
  const std::string before_end = ito_.NewProposal(v1::TEXT_KIND_CONTRACT, second);
  world_.ApplyContract({.vendor_id = "fuji"});
  EXPECT_EQ(StateOf(before_end), v1::TextProposal::STATE_OPEN);
  v1::EndContractRequest end;
  end.set_vendor_id("sakura");
  ASSERT_OK(world_.Await<v1::EndContractResponse>(
      [&](auto done) { world_.hub().operator_api().EndContract(Operator(), end, done); }));
  EXPECT_EQ(StateOf(before_end), v1::TextProposal::STATE_OUTDATED);
  EXPECT_THAT(sato_.Release(before_end, second), FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  // Plans are versions of one text, whatever their ids.
  world_.ApplyContract({.vendor_id = "sakura"});
  const std::string plan = PlanYaml("[{vendor_id: sakura, percent: 100}]", "plan-1");
  const std::string waits = ito_.NewProposal(v1::TEXT_KIND_ROUTING_PLAN, plan);
  world_.ApplyPlan(PlanYaml("[{vendor_id: sakura, percent: 100}]", "plan-2"));
  EXPECT_EQ(StateOf(waits), v1::TextProposal::STATE_OUTDATED);
}

TEST_F(HubReleasesTest, AProposalWaitsForThirtyDays) {
  const std::string yaml = ScriptYaml(1);
  const std::string id = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  world_.clock.Advance(releases::kProposalLife - absl::Microseconds(1));
  EXPECT_EQ(StateOf(id), v1::TextProposal::STATE_OPEN);
  world_.clock.Advance(absl::Microseconds(1));
  EXPECT_EQ(StateOf(id), v1::TextProposal::STATE_EXPIRED);
  EXPECT_THAT(ito_.List(), IsEmpty());
  EXPECT_THAT(sato_.Release(id, yaml), FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  const std::string anew = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  EXPECT_OK(sato_.Release(anew, yaml));
}

TEST_F(HubReleasesTest, WhatWasDroppedIsNotReleasedAndWhatWasReleasedIsNotDropped) {
  const std::string yaml = ScriptYaml(1);
  const std::string id = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  EXPECT_EQ(*ito_.Drop(id), true) << "one's own too";
  EXPECT_EQ(*sato_.Drop(id), false);
  EXPECT_THAT(sato_.Release(id, yaml), FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  v1::ShowTextRequest show;
  show.set_proposal_id(id);
  EXPECT_THAT(ito_.Show(show), FailsWith(kNotFound, "PROPOSAL_UNKNOWN"));
  const std::string other = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  ASSERT_OK(sato_.Release(other, yaml));
  EXPECT_THAT(ito_.Drop(other), FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  EXPECT_THAT(ito_.Drop("none"), FailsWith(kNotFound, "PROPOSAL_UNKNOWN"));
}

// One operator's alone do not keep the others' out.
TEST_F(HubReleasesTest, AHundredWaitAndTwentyFiveOfOne) {
  std::string last;
  for (int i = 0; i < releases::kOpenProposalsMax; ++i) {
    Desk desk(world_, absl::StrCat("op-", i / releases::kOpenProposalsOfOneMax));
    last = desk.NewProposal(v1::TEXT_KIND_CONTRACT,
                            ContractYaml({.vendor_id = absl::StrCat("v-", i)}));
    if (i != releases::kOpenProposalsOfOneMax - 1) continue;
    const auto refused = desk.Propose(v1::TEXT_KIND_CONTRACT, ContractYaml());
    EXPECT_THAT(refused, FailsWith(kFailed, "TOO_MANY_PROPOSALS"));
    EXPECT_THAT(std::string(refused.status().message()),
                AllOf(HasSubstr("25 of your proposals wait"),
                      HasSubstr("switchboard contract drop PROPOSAL")));
  }
  EXPECT_THAT(ito_.Propose(v1::TEXT_KIND_CONTRACT, ContractYaml()),
              FailsWith(kFailed, "TOO_MANY_PROPOSALS"));
  EXPECT_EQ(ito_.List().size(), static_cast<size_t>(releases::kOpenProposalsMax));
  ASSERT_OK(sato_.Drop(last));
  EXPECT_OK(ito_.Propose(v1::TEXT_KIND_CONTRACT, ContractYaml()));
}

// What a text is held to may change between the two words.
TEST_F(HubReleasesTest, BothWordsAskWhatATextIsHeldTo) {
  const std::string plan = PlanYaml("[{vendor_id: sakura, percent: 100}]");
  EXPECT_THAT(ito_.Propose(v1::TEXT_KIND_ROUTING_PLAN, plan), FailsWith(kInvalid, "PLAN_INVALID"));
  world_.ApplyContract({.vendor_id = "sakura"});
  const std::string id = ito_.NewProposal(v1::TEXT_KIND_ROUTING_PLAN, plan);
  v1::EndContractRequest end;
  end.set_vendor_id("sakura");
  ASSERT_OK(world_.Await<v1::EndContractResponse>(
      [&](auto done) { world_.hub().operator_api().EndContract(Operator(), end, done); }));
  EXPECT_THAT(sato_.Release(id, plan), FailsWith(kInvalid, "PLAN_INVALID"));
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_SCRIPT, ScriptYaml(2)));
  EXPECT_THAT(ito_.Propose(v1::TEXT_KIND_SCRIPT, ScriptYaml(1)),
              FailsWith(kFailed, "SCRIPT_VERSION"));
  EXPECT_THAT(ito_.Propose(v1::TEXT_KIND_SCRIPT, ScriptYaml(2, "work_types: [CAMPAIGN]\n")),
              FailsWith(kFailed, "SCRIPT_VERSION"));
}

TEST_F(HubReleasesTest, TextsAreShownAsTheyWereWritten) {
  const std::string first = "# by hand\n" + ScriptYaml(1);
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_SCRIPT, first));
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_SCRIPT, ScriptYaml(2, "effective_from: 2190-01-01\n")));
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_SCRIPT, "reminder"), ElementsAre("1 in force", "2"));
  v1::ShowTextRequest show;
  show.set_kind(v1::TEXT_KIND_SCRIPT);
  show.set_text_id("reminder");
  ASSERT_OK_AND_ASSIGN(auto shown, ito_.Show(show));
  EXPECT_EQ(shown.yaml(), first) << "the one in force";
  EXPECT_EQ(shown.release().version(), 1);
  show.set_version(2);
  ASSERT_OK_AND_ASSIGN(shown, ito_.Show(show));
  EXPECT_EQ(shown.release().effective_from().year(), 2190);
  show.set_version(3);
  EXPECT_THAT(ito_.Show(show), FailsWith(kNotFound, "TEXT_UNKNOWN"));
  show.set_version(-1);
  EXPECT_THAT(ito_.Show(show), FailsWith(kInvalid, "FIELD_INVALID"));
  show.set_version(0);
  show.set_text_id("farewell");
  EXPECT_THAT(ito_.Show(show), FailsWith(kNotFound, "TEXT_UNKNOWN"));
  v1::ShowTextRequest proposal;
  proposal.set_proposal_id(ito_.NewProposal(v1::TEXT_KIND_SCRIPT, ScriptYaml(3)));
  ASSERT_OK_AND_ASSIGN(shown, ito_.Show(proposal));
  EXPECT_EQ(shown.yaml(), ScriptYaml(3));
  EXPECT_EQ(shown.proposal().version(), 3);
  EXPECT_EQ(shown.proposal().replaces_version(), 2);
  proposal.set_text_id("reminder");
  EXPECT_THAT(ito_.Show(proposal), FailsWith(kInvalid, "FIELD_INVALID"));
}

TEST_F(HubReleasesTest, VersionsThatWillNeverBeginAreTold) {
  world_.ApplyContract({});
  world_.ApplyContract({.more = "effective_from: 2026-04-01\n"});
  ASSERT_OK_AND_ASSIGN(
      const auto proposed,
      ito_.Propose(v1::TEXT_KIND_CONTRACT, ContractYaml({.more = "display_name: c\n"})));
  EXPECT_THAT(proposed.warnings(), ElementsAre(HasSubstr("version 2")));
  EXPECT_EQ(proposed.proposal().replaces_version(), 2);
}

// What somebody changed in the database keeps nobody else's text from being listed, and none out
// that cures it.
TEST_F(HubReleasesTest, WhatWasAlteredIsListedAndCured) {
  world_.ApplyContract({});
  world_.ApplyContract({.vendor_id = "fuji"});
  world_.ApplyPlan(PlanYaml("[{vendor_id: fuji, percent: 100}]"));
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_SCRIPT, ScriptYaml(1)));
  const std::string yaml = ScriptYaml(2);
  const std::string id = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  ASSERT_OK(sato_.Release(id, yaml));
  ASSERT_OK(Alter("UPDATE contract SET yaml = '' WHERE vendor_id = 'sakura'"));
  ASSERT_OK(Alter("UPDATE routing_plan SET yaml = ''"));
  ASSERT_OK(Alter("UPDATE versioned_text SET yaml = '' WHERE version = 2"));
  world_.Crash();
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, ""), ElementsAre("1 in force", "1"));
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_ROUTING_PLAN, ""), ElementsAre("1"));
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_SCRIPT, "reminder"), ElementsAre("1", "2"));
  v1::ShowTextRequest show;
  show.set_kind(v1::TEXT_KIND_SCRIPT);
  show.set_text_id("reminder");
  EXPECT_THAT(ito_.Show(show), FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED"));
  show.set_version(1);
  EXPECT_OK(ito_.Show(show));
  ASSERT_OK_AND_ASSIGN(const auto again, sato_.Release(id, yaml));
  EXPECT_FALSE(again.changed());
  ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_SCRIPT, ScriptYaml(3)));
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_SCRIPT, "reminder"), ElementsAre("1", "2", "3 in force"));
  world_.ApplyContract({});
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, "sakura"), ElementsAre("1", "2 in force"));
}

// Rows of proposals may be altered too; the hub lives on.
TEST_F(HubReleasesTest, AProposalThatWasAlteredIsAnError) {
  constexpr auto kLost = absl::StatusCode::kDataLoss;
  const std::string one = ScriptYaml(1), two = ScriptYaml(2);
  const std::string released = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, one);
  ASSERT_OK(sato_.Release(released, one));
  const std::string waits = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, two);
  ASSERT_OK(Alter("UPDATE text_proposal SET released_version = 7 WHERE state = 2"));
  EXPECT_THAT(sato_.Release(released, one), FailsWith(kLost, "TEXT_ALTERED"));
  ASSERT_OK(Alter("UPDATE text_proposal SET text_id = 'farewell' WHERE state = 1"));
  // Its basis is that of another text: none stands.
  EXPECT_THAT(sato_.Release(waits, two), FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  ASSERT_OK(Alter("UPDATE text_proposal SET kind = 77, state = 5 WHERE state = 1"));
  EXPECT_THAT(sato_.Release(waits, two), FailsWith(kLost, "PROPOSAL_ALTERED"));
  EXPECT_THAT(sato_.Drop(waits), FailsWith(kLost, "PROPOSAL_ALTERED"));
  EXPECT_THAT(ito_.List(), IsEmpty());
  EXPECT_EQ(ito_.List(/*decided_too=*/true).size(), 2u);
  EXPECT_NE(ito_.NewProposal(v1::TEXT_KIND_SCRIPT, two), waits);
}

// What its error names as the way out must be one.
TEST_F(HubReleasesTest, WhatWasAlteredIsProposedAnew) {
  const std::string yaml = ScriptYaml(1);
  const std::string altered = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  ASSERT_OK(Alter("UPDATE text_proposal SET yaml = '' WHERE state = 1"));
  EXPECT_THAT(sato_.Release(altered, yaml), FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED"));
  const std::string anew = ito_.NewProposal(v1::TEXT_KIND_SCRIPT, yaml);
  EXPECT_NE(anew, altered);
  ASSERT_OK_AND_ASSIGN(const auto again, ito_.Propose(v1::TEXT_KIND_SCRIPT, yaml));
  EXPECT_FALSE(again.is_new());
  EXPECT_EQ(again.proposal().proposal_id(), anew);
  EXPECT_OK(sato_.Release(anew, yaml));
}

// A crash between the two words loses neither, and one after the second nothing of it.
TEST_F(HubReleasesTest, ACrashKeepsWhatWasAnswered) {
  const std::string yaml = ContractYaml();
  const std::string id = ito_.NewProposal(v1::TEXT_KIND_CONTRACT, yaml);
  world_.Crash();
  v1::ReleaseTextRequest request;
  request.set_proposal_id(id);
  request.set_digest(Sha256Of(yaml));
  world_.hub().operator_api().ReleaseText(Operator("sato"), request, [](const auto&) {});
  world_.Crash();
  EXPECT_EQ(StateOf(id), v1::TextProposal::STATE_OPEN) << "it was never written";
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, "sakura"), IsEmpty());
  ASSERT_OK(sato_.Release(id, yaml));
  world_.Crash();
  EXPECT_EQ(StateOf(id), v1::TextProposal::STATE_RELEASED);
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, "sakura"), ElementsAre("1 in force"));
}

TEST_F(HubReleasesTest, FilesBeginADatabaseOnceAndAllOrNone) {
  const auto begin = [&](const std::vector<std::pair<v1::TextKind, std::string>>& files) {
    std::vector<releases::ReadText> texts;
    for (const auto& [kind, yaml] : files) {
      auto text = releases::Read(kind, yaml, "file.yaml");
      EXPECT_OK(text);
      if (text.ok()) texts.push_back(*std::move(text));
    }
    return world_.Await<bool>([&](auto done) {
      storage::SubmitFor<bool>(
          world_.hub().writer(), storage::Urgency::kUrgent, "hub",
          [&](storage::Transaction& transaction) {
            return world_.hub().releases().Begin(transaction, texts);
          },
          done);
    });
  };
  const std::string plan = PlanYaml("[{vendor_id: sakura, percent: 100}]");
  EXPECT_THAT(begin({{v1::TEXT_KIND_ROUTING_PLAN, plan},
                     {v1::TEXT_KIND_CONTRACT, ContractYaml({.vendor_id = "fuji"})}}),
              FailsWith(kInvalid, "PLAN_INVALID"));
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, ""), IsEmpty()) << "all or none";
  EXPECT_EQ(*begin({{v1::TEXT_KIND_ROUTING_PLAN, plan},
                    {v1::TEXT_KIND_SCRIPT, ScriptYaml(1)},
                    {v1::TEXT_KIND_CONTRACT, ContractYaml()}}),
            true);
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_ROUTING_PLAN, ""), ElementsAre("1 in force"));
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_SCRIPT, "reminder"), ElementsAre("1 in force"));
  EXPECT_EQ(*begin({{v1::TEXT_KIND_CONTRACT, ContractYaml({.vendor_id = "fuji"})}}), false);
  EXPECT_THAT(ito_.History(v1::TEXT_KIND_CONTRACT, ""), ElementsAre("1 in force"));
  const auto events = EventsOf(v1::AuditEvent::KIND_CONTRACT);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].actor(), "hub");
  EXPECT_TRUE(events[0].contract().step().first());
  EXPECT_EQ(events[0].contract().step().proposed_by(), "hub");
  EXPECT_THAT(EventsOf(v1::AuditEvent::KIND_TEXT_PROPOSED), IsEmpty());
}

// Who comes second finds the proposal decided, at whichever hub.
TEST_F(HubReleasesTest, TwoHubsReleaseOneAfterTheOther) {
  if (!testing::OnPostgres()) GTEST_SKIP() << "SQLite is of one hub";
  world_.SetUpVendors({"sakura"});
  HubWorld second(world_, "hub-2", /*seed=*/12);
  const std::string b = ContractYaml() + "display_name: b\n",
                    c = ContractYaml() + "display_name: c\n";
  const std::string one = ito_.NewProposal(v1::TEXT_KIND_CONTRACT, b);
  const std::string other = Desk(second, "ito").NewProposal(v1::TEXT_KIND_CONTRACT, c);
  EXPECT_OK(sato_.Release(one, b));
  Desk there(second, "sato");
  EXPECT_THAT(there.Release(other, c), FailsWith(kFailed, "PROPOSAL_NOT_OPEN"));
  ASSERT_OK_AND_ASSIGN(const auto repeated, there.Release(one, b));
  EXPECT_FALSE(repeated.changed());
  EXPECT_THAT(there.History(v1::TEXT_KIND_CONTRACT, "sakura"), ElementsAre("1", "2 in force"));
}

}  // namespace
}  // namespace switchboard
