// How texts come into force: propose, release, drop, proposals, history, show, of all five kinds.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "clients/cli/render.h"
#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kBegin = 1767225600;  // 2026-01-01, when the clock of RunOnline begins
constexpr int64_t kDay = 86400;

constexpr char kContract[] =
    "vendor_id: sakura\nlanguages: [ja]\nwork_types:\n  - work_type: CAMPAIGN\n    acts: [OFFER]\n"
    "    disclose:\n      - {data_class: LANGUAGE, show: CLEAR}\n";
constexpr char kPlan[] =
    "plan_id: p1\nsegments:\n  - name: all\n    work_type: CAMPAIGN\n    shares:\n"
    "      - {vendor_id: sakura, percent: 100}\n";
constexpr char kPack[] =
    "pack_id: xx\nversion: 3\ntitle: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n"
    "  - rule_id: xx.hours\n    strength: LAW\n    source: a law\n    verification: UNVERIFIED\n"
    "    hours: {open: [{from: \"08:00\", to: \"21:00\"}]}\n";
constexpr char kMap[] =
    "vendor_id: sakura\nversion: 3\ntitle: A dialler\ndeclared_codes: [NA]\nmeanings:\n"
    "  - codes: [NA]\n"
    "    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}\n";
constexpr char kScript[] =
    "script_id: reminder\nversion: 2\ntitle: A reminder\nsteps:\n  - step_id: greet\n"
    "    required: true\n    wordings:\n      - {language: ja, text: もしもし}\n";

// Its group of commands, a text of it, and what that is called.
struct Kind {
  v1::TextKind kind;
  const char* group;
  const char* yaml;
  const char* text_id;
  const char* name;
};
constexpr Kind kKinds[] = {
    {v1::TEXT_KIND_CONTRACT, "contract", kContract, "sakura", "contract sakura"},
    {v1::TEXT_KIND_ROUTING_PLAN, "routing", kPlan, "p1", "plan p1"},
    {v1::TEXT_KIND_RULE_PACK, "rules", kPack, "xx", "rule pack xx"},
    {v1::TEXT_KIND_CODE_MAP, "codes", kMap, "sakura", "code map sakura"},
    {v1::TEXT_KIND_SCRIPT, "script", kScript, "reminder", "script reminder"},
};
const Kind& kAnyKind = kKinds[0];

constexpr char kHex[] = "6767676767676767676767676767676767676767676767676767676767676767";

void SetDay(v1::Date* day, int year, int month) {
  day->set_year(year);
  day->set_month(month);
  day->set_day(1);
}

v1::TextProposal Proposal(const Kind& kind, const std::string& id) {
  v1::TextProposal proposal;
  proposal.set_proposal_id(id);
  proposal.set_kind(kind.kind);
  proposal.set_text_id(kind.text_id);
  proposal.set_replaces_version(2);
  proposal.set_digest(std::string(32, 'g'));
  proposal.set_proposed_by("operator/ito");
  *proposal.mutable_propose_time() = TimeUtil::SecondsToTimestamp(kBegin);
  *proposal.mutable_expire_time() = TimeUtil::SecondsToTimestamp(kBegin + 30 * kDay);
  proposal.set_state(v1::TextProposal::STATE_OPEN);
  return proposal;
}

v1::TextRelease Release(const Kind& kind, int64_t version) {
  v1::TextRelease release;
  release.set_kind(kind.kind);
  release.set_text_id(kind.text_id);
  release.set_version(version);
  release.set_digest(std::string(32, 'g'));
  release.set_proposed_by("operator/ito");
  release.set_released_by("operator/sato");
  release.set_proposal_id("P1");
  *release.mutable_release_time() = TimeUtil::SecondsToTimestamp(kBegin);
  return release;
}

class ReleaseCommandsTest : public ::testing::Test {
 protected:
  std::string File(const std::string& content) {
    testing::WriteFile(folder_ / "text.yaml", content);
    return folder_ / "text.yaml";
  }
  // The hub knows these proposals.
  void Known(const std::vector<v1::TextProposal>& proposals) {
    auto& page = script_.Answer<v1::ListProposalsResponse>();
    for (const auto& proposal : proposals) *page.add_proposals() = proposal;
    script_.Answer<v1::ListProposalsResponse>();
  }
  // Another operator's contract is released, and this comes of it.
  Ran Released(const v1::ReleaseTextResponse& response, const Kind& kind = kAnyKind) {
    Known({Proposal(kind, "P1")});
    script_.Answer<v1::ReleaseTextResponse>() = response;
    return RunOnline({kind.group, "release", "P1"}, script_);
  }

  testing::TemporaryFolder folder_;
  Script script_;
};

TEST_F(ReleaseCommandsTest, ProposeSendsTheTextAsItIsAndSaysWhoIsNext) {
  for (const Kind& kind : kKinds) {
    const std::string file = File(kind.yaml);
    auto& response = script_.Answer<v1::ProposeTextResponse>();
    *response.mutable_proposal() = Proposal(kind, "P1");
    response.set_is_new(true);
    const Ran ran = RunOnline({kind.group, "propose", file}, script_);
    EXPECT_EQ(ran.code, 0) << ran.err;
    const auto asked = script_.Asked<v1::ProposeTextRequest>();
    EXPECT_EQ(asked.kind(), kind.kind);
    EXPECT_EQ(asked.yaml(), kind.yaml);
    EXPECT_EQ(asked.file_name(), file);
    EXPECT_EQ(ran.out, std::string("  text      ") + kind.name +
                           ", after version 2\n"
                           "  in force  from its release, until replaced\n"
                           "  proposed  by operator/ito, 2026-01-01 00:00:00 UTC; void from "
                           "2026-01-31 00:00:00 UTC\n"
                           "  digest    " +
                           kHex + "\n  next      another operator types: switchboard " +
                           kind.group +
                           " release P1 --digest 676767676767\n"
                           "proposal P1 of " +
                           kind.name + " by operator/ito waits for another operator\n");
  }
}

TEST_F(ReleaseCommandsTest, ProposeSaysWhatIsThereAlready) {
  const std::string file = File(kContract);
  auto& response = script_.Answer<v1::ProposeTextResponse>();
  *response.mutable_proposal() = Proposal(kAnyKind, "P1");
  EXPECT_THAT(RunOnline({"contract", "propose", file}, script_).out,
              HasSubstr("by operator/ito was there already and waits for another operator\n"));
  script_.Answer<v1::ProposeTextResponse>();
  EXPECT_EQ(RunOnline({"contract", "propose", file}, script_).out,
            "contract sakura: the newest version says the same; nothing is proposed\n");
}

TEST_F(ReleaseCommandsTest, ProposeTellsDaysAndWarnings) {
  auto& response = script_.Answer<v1::ProposeTextResponse>();
  *response.mutable_proposal() = Proposal(kKinds[2], "P1");
  response.set_is_new(true);
  response.add_warnings("version 2 will never begin");
  auto& proposal = *response.mutable_proposal();
  proposal.set_version(1);
  proposal.set_replaces_version(0);
  SetDay(proposal.mutable_effective_from(), 2027, 1);
  SetDay(proposal.mutable_effective_to(), 2027, 4);
  const Ran ran = RunOnline({"rules", "propose", File(kPack)}, script_);
  EXPECT_THAT(ran.out,
              HasSubstr("  WARNING  version 2 will never begin\n"
                        "  text      rule pack xx, version 1, the first one\n"
                        "  in force  from 2027-01-01; 2027-04-01 is its first day out of force\n"));
}

TEST_F(ReleaseCommandsTest, ABadTextIsNotSent) {
  for (const Kind& kind : kKinds) {
    const Ran ran = RunOnline({kind.group, "propose", File("title: [\n")}, script_);
    EXPECT_EQ(ran.code, 1) << kind.group;
    EXPECT_THAT(ran.err, HasSubstr("text.yaml:1:1: not YAML")) << kind.group;
    EXPECT_EQ(script_.Asked<v1::ProposeTextRequest>().yaml(), "") << kind.group;
  }
}

// What the kind's own check finds is found before anything is sent, and by lint too.
TEST_F(ReleaseCommandsTest, WhatATextLacksIsToldWithTheLintThatSaysSo) {
  const std::string wrong[] = {
      std::string(kContract) + "permits: {lifetime: 1s}\n",
      std::string(kPlan) + "      - {vendor_id: jade, percent: 50}\n",
      absl::StrReplaceAll(kPack, {{"version: 3", "version: 0"}}),
      absl::StrReplaceAll(kMap, {{"version: 3", "version: 0"}}),
      absl::StrReplaceAll(kScript, {{"version: 2", "version: 0"}}),
  };
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    const std::string group = kKinds[i].group;
    const Ran ran = RunOnline({group, "propose", File(wrong[i])}, script_);
    EXPECT_EQ(ran.code, 1) << group;
    EXPECT_THAT(ran.err, HasSubstr("switchboard " + group + " lint FILE ")) << group;
    EXPECT_EQ(script_.Asked<v1::ProposeTextRequest>().yaml(), "") << group;
  }
}

TEST_F(ReleaseCommandsTest, ReleasesTheDigestThatTheProposalHas) {
  for (const Kind& kind : kKinds) {
    v1::ReleaseTextResponse response;
    *response.mutable_release() = Release(kind, 3);
    response.mutable_release()->set_in_force(true);
    response.set_changed(true);
    const Ran ran = Released(response, kind);
    EXPECT_EQ(ran.code, 0) << ran.err;
    const auto asked = script_.Asked<v1::ReleaseTextRequest>();
    EXPECT_EQ(asked.proposal_id(), "P1");
    EXPECT_EQ(Hex(asked.digest()), kHex);
    EXPECT_THAT(ran.out, AllOf(HasSubstr("  proposed  by operator/ito, 2026-01-01 00:00:00 UTC; "),
                               HasSubstr(std::string("  digest    ") + kHex + "\n")));
    EXPECT_THAT(ran.out, HasSubstr(std::string(kind.name) + ", version 3, is in force"));
  }
  EXPECT_TRUE(script_.Asked<v1::ListProposalsRequest>().decided_too());
}

TEST_F(ReleaseCommandsTest, ReleasesNoOtherTextThanTheOneNamed) {
  Known({Proposal(kAnyKind, "P1")});
  const Ran ran = RunOnline({"contract", "release", "P1", "--digest", "676767676768"}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("FAILED_PRECONDITION, PROPOSAL_CHANGED"), HasSubstr(kHex),
                             HasSubstr("switchboard contract show --proposal PROPOSAL")));
  EXPECT_EQ(script_.Asked<v1::ReleaseTextRequest>().proposal_id(), "");
  Known({Proposal(kAnyKind, "P1")});
  EXPECT_EQ(RunOnline({"contract", "release", "P1", "--digest", kHex}, script_).code, 0);
  for (const char* digits : {"67676767676", "67676767676x"}) {
    EXPECT_EQ(RunOnline({"contract", "release", "P1", "--digest", digits}, script_).code, 2)
        << digits;
  }
}

// A release that one kind's word sets off is of that kind, and of one that is there.
TEST_F(ReleaseCommandsTest, ProposalsOfAnotherKindAreNotDecided) {
  for (const char* word : {"release", "drop"}) {
    Known({Proposal(kKinds[3], "P1")});
    const Ran other = RunOnline({"contract", word, "P1"}, script_);
    EXPECT_EQ(other.code, 1);
    EXPECT_THAT(other.err, HasSubstr("proposal P1 is of a code map: switchboard codes takes it"));
    Known({Proposal(kKinds[3], "P1")});
    const Ran none = RunOnline({"contract", word, "P2"}, script_);
    EXPECT_THAT(none.err, AllOf(HasSubstr("no proposal P2"), HasSubstr("PROPOSAL_UNKNOWN"),
                                HasSubstr("switchboard contract proposals --all")));
  }
  EXPECT_EQ(script_.Asked<v1::ReleaseTextRequest>().proposal_id(), "");
  EXPECT_EQ(script_.Asked<v1::DropProposalRequest>().proposal_id(), "");
}

TEST_F(ReleaseCommandsTest, ProposalsAreReadPageByPage) {
  for (const char* id : {"P1", "P2"})
    *script_.Answer<v1::ListProposalsResponse>().add_proposals() = Proposal(kAnyKind, id);
  script_.Answer<v1::ListProposalsResponse>();
  const Ran ran = RunOnline({"contract", "proposals"}, script_);
  EXPECT_THAT(ran.out, HasSubstr("2 proposals wait for another operator\n"));
  EXPECT_EQ(script_.Asked<v1::ListProposalsRequest>().after(), "P2");
  EXPECT_EQ(script_.Unasked<v1::ListProposalsResponse>(), 0u);
}

TEST_F(ReleaseCommandsTest, ReleaseSaysWhatBecameOfTheText) {
  const struct {
    bool changed, in_force;
    int from, to;  // years; 0: absent
    const char* summary;
  } rows[] = {
      {true, true, 0, 0, ", is in force\n"},
      {false, true, 0, 0, ", was released already and is in force\n"},
      {true, true, 2025, 2027, ", is in force; 2027-04-01 is its first day out of force\n"},
      {true, false, 2027, 0, ", begins on 2027-04-01; what was in force stays until then\n"},
      {false, false, 2027, 2028,
       ", was released already and begins on 2027-04-01; what was in force stays until then; "
       "2028-04-01 is its first day out of force\n"},
      {true, false, 2024, 2025,
       ", is not in force, and no other version is; 2025-04-01 is its first day out of force\n"},
      {true, false, 0, 0, ", is not in force\n"},
  };
  for (const auto& row : rows) {
    v1::ReleaseTextResponse response;
    response.set_changed(row.changed);
    auto& release = *response.mutable_release();
    release = Release(kAnyKind, 3);
    release.set_in_force(row.in_force);
    if (row.from != 0) SetDay(release.mutable_effective_from(), row.from, 4);
    if (row.to != 0) SetDay(release.mutable_effective_to(), row.to, 4);
    EXPECT_THAT(Released(response).out,
                HasSubstr(std::string("\ncontract sakura, version 3") + row.summary));
  }
}

TEST_F(ReleaseCommandsTest, ReleaseSaysWhatComesNext) {
  v1::ReleaseTextResponse response;
  response.set_changed(true);
  const auto of_kind = [&](const Kind& kind) {
    *response.mutable_release() = Release(kind, 3);
    response.mutable_release()->set_in_force(true);
    return Released(response, kind).out;
  };
  EXPECT_THAT(of_kind(kKinds[1]), HasSubstr("plan p1, version 3, is in force; what is imported "
                                            "from now on is placed by it\n"));
  EXPECT_THAT(of_kind(kKinds[3]),
              HasSubstr("code map sakura, version 3, is in force; what waits for its codes, and "
                        "corrections of it, are taken by switchboard quarantine retry --vendor "
                        "sakura\n"));
  response.set_new_generation(true);
  response.add_warnings("routing plan p1:5:7: one");
  EXPECT_THAT(of_kind(kAnyKind),
              HasSubstr("  WARNING  routing plan p1:5:7: one\ncontract sakura, version 3, is in "
                        "force; the vendor's feed began a new generation\n"));
}

TEST_F(ReleaseCommandsTest, TheSameOperatorsWordIsNotEnough) {
  script_.failure = Error(absl::StatusCode::kFailedPrecondition, "TWO_OPERATORS_NEEDED",
                          "operator/ito proposed it");
  const Ran ran = RunOnline({"contract", "release", "P1"}, script_);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("operator/ito proposed it"),
                             HasSubstr("way out: another operator releases the proposal")));
}

TEST_F(ReleaseCommandsTest, DropSaysWhatIsDropped) {
  for (const bool changed : {true, false}) {
    Known({Proposal(kAnyKind, "P1")});
    script_.Answer<v1::DropProposalResponse>().set_changed(changed);
    const Ran ran = RunOnline({"contract", "drop", "P1"}, script_);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, std::string("proposal P1 of contract sakura by operator/ito ") +
                           (changed ? "is dropped\n" : "was dropped already\n"));
    EXPECT_EQ(script_.Asked<v1::DropProposalRequest>().proposal_id(), "P1");
  }
}

TEST_F(ReleaseCommandsTest, ProposalsShowsWhoWantsWhat) {
  auto dropped = Proposal(kKinds[2], "P1");
  dropped.set_version(3);
  dropped.set_state(v1::TextProposal::STATE_DROPPED);
  dropped.set_decided_by("operator/sato");
  auto open = Proposal(kKinds[2], "P2");
  open.set_version(1);
  open.set_replaces_version(0);
  SetDay(open.mutable_effective_from(), 2027, 4);
  Known({open});
  const Ran waiting = RunOnline({"rules", "proposals"}, script_);
  EXPECT_EQ(
      waiting.out,
      "  proposal  pack  version  from        to    proposed by   proposed (UTC)       digest\n"
      "  ────────  ────  ───────  ──────────  ────  ────────────  ───────────────────  "
      "────────────\n"
      "  P2        xx    1 first  2027-04-01  open  operator/ito  2026-01-01 00:00:00  "
      "676767676767\n"
      "1 proposal waits for another operator\n");
  EXPECT_EQ(script_.Asked<v1::ListProposalsRequest>().kind(), v1::TEXT_KIND_RULE_PACK);
  EXPECT_FALSE(script_.Asked<v1::ListProposalsRequest>().decided_too());
  Known({dropped, open});
  const Ran all = RunOnline({"rules", "proposals", "xx", "--all"}, script_);
  EXPECT_THAT(all.out, AllOf(HasSubstr("  P1        xx    3 after 2  its release  open  "),
                             HasSubstr("DROPPED  operator/sato  676767676767\n"),
                             HasSubstr("1 proposal waits for another operator, of 2 in all\n")));
  EXPECT_EQ(script_.Asked<v1::ListProposalsRequest>().text_id(), "xx");
  EXPECT_TRUE(script_.Asked<v1::ListProposalsRequest>().decided_too());
}

TEST_F(ReleaseCommandsTest, HistoryShowsWhoProposedAndWhoReleased) {
  auto& history = script_.Answer<v1::ListReleasesResponse>();
  auto& first = *history.add_releases();
  first = Release(kAnyKind, 1);
  first.set_proposed_by("hub");
  first.set_released_by("hub");
  first.clear_proposal_id();
  auto& second = *history.add_releases();
  second = Release(kAnyKind, 2);
  second.set_in_force(true);
  SetDay(second.mutable_effective_from(), 2025, 4);
  SetDay(second.mutable_effective_to(), 2027, 4);
  second.set_ended_by("operator/abe");
  Known({Proposal(kAnyKind, "P9")});
  const Ran ran = RunOnline({"contract", "history", "sakura", "--json", folder_ / "json"}, script_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(script_.Asked<v1::ListReleasesRequest>().text_id(), "sakura");
  EXPECT_EQ(
      ran.out,
      "  version  in force  from        to                                 proposed by "
      "  released by    released (UTC)       digest\n"
      "  ───────  ────────  ──────────  ─────────────────────────────────  ────────────"
      "  ─────────────  ───────────────────  ────────────\n"
      "        1  no        at once     open                               hub         "
      "  hub            2026-01-01 00:00:00  676767676767\n"
      "        2  yes       2025-04-01  2027-04-01, ended by operator/abe  operator/ito"
      "  operator/sato  2026-01-01 00:00:00  676767676767\n"
      "\n"
      "  proposal  vendor  version  from         to    proposed by   proposed (UTC)       digest\n"
      "  ────────  ──────  ───────  ───────────  ────  ────────────  ───────────────────  "
      "────────────\n"
      "  P9        sakura  after 2  its release  open  operator/ito  2026-01-01 00:00:00  "
      "676767676767\n"
      "\n"
      "contract sakura: 2 versions, 1 in force; 1 proposal waits for another operator\n");
  const auto json = nlohmann::json::parse(testing::ReadFile(folder_ / "json"))["result"];
  EXPECT_EQ(json["releases"][0]["digest"], kHex);
  EXPECT_EQ(json["releases"][1]["ended_by"], "operator/abe");
  EXPECT_EQ(json["proposals"][0]["proposal_id"], "P9");
}

// What was in force long ago is left to whoever asks about one text.
TEST_F(ReleaseCommandsTest, HistoryOfAllShowsTheNewestAndWhatIsInForce) {
  for (const char* group : {"contract", "routing"}) {
    auto& history = script_.Answer<v1::ListReleasesResponse>();
    for (const int version : {1, 2, 3}) {
      auto& release = *history.add_releases();
      release = Release(kAnyKind, version);
      release.set_in_force(version == 2);
    }
    auto& other = *history.add_releases();
    other = Release(kAnyKind, 7);
    other.set_text_id("kita");
    Known({});
    const Ran ran = RunOnline({group, "history"}, script_);
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("  sakura        2  yes  "), HasSubstr("  sakura        3  no  "),
                      HasSubstr("  kita          7  no  ")));
    // All plans are versions of one text.
    if (std::string(group) == "routing") {
      EXPECT_THAT(ran.out, HasSubstr("  sakura        1  "));
      EXPECT_THAT(ran.out, HasSubstr("4 versions of plans, 1 in force; 0 proposals wait for"));
    } else {
      EXPECT_THAT(ran.out, Not(HasSubstr("  sakura        1  ")));
      EXPECT_THAT(ran.out, HasSubstr("3 versions of contracts, 1 in force; 0 proposals wait for"));
    }
  }
}

TEST_F(ReleaseCommandsTest, ShowPrintsTheTextAndWhoPutItThere) {
  for (const Kind& kind : kKinds) {
    auto& response = script_.Answer<v1::ShowTextResponse>();
    response.set_yaml("title: x");
    *response.mutable_release() = Release(kind, 3);
    response.mutable_release()->set_in_force(true);
    const Ran ran = RunOnline({kind.group, "show", kind.text_id, "--version", "3"}, script_);
    EXPECT_EQ(ran.out, std::string("title: x\n\n") + kind.name +
                           ", version 3, in force; proposed by operator/ito, released by "
                           "operator/sato, 2026-01-01 00:00:00 UTC\n");
    const auto asked = script_.Asked<v1::ShowTextRequest>();
    EXPECT_EQ(asked.kind(), kind.kind);
    EXPECT_EQ(asked.text_id(), kind.text_id);
    EXPECT_EQ(asked.version(), 3);
  }
  auto& first = script_.Answer<v1::ShowTextResponse>();
  first.set_yaml("title: x\n");
  *first.mutable_release() = Release(kAnyKind, 1);
  first.mutable_release()->clear_proposal_id();
  EXPECT_EQ(RunOnline({"contract", "show", "sakura"}, script_).out,
            "title: x\n\ncontract sakura, version 1, not in force; came with the files that began "
            "the database, 2026-01-01 00:00:00 UTC\n");
  EXPECT_EQ(script_.Asked<v1::ShowTextRequest>().version(), 0);
}

TEST_F(ReleaseCommandsTest, ShowPrintsWhatAProposalSays) {
  auto& response = script_.Answer<v1::ShowTextResponse>();
  response.set_yaml("title: x\n");
  *response.mutable_proposal() = Proposal(kAnyKind, "P1");
  const Ran ran = RunOnline({"contract", "show", "--proposal", "P1"}, script_);
  EXPECT_THAT(ran.out, HasSubstr("title: x\n\n  text      contract sakura, after version 2\n"));
  EXPECT_THAT(ran.out, HasSubstr("proposal P1 of contract sakura by operator/ito waits for"));
  const auto asked = script_.Asked<v1::ShowTextRequest>();
  EXPECT_EQ(asked.proposal_id(), "P1");
  EXPECT_EQ(asked.kind(), v1::TEXT_KIND_UNSPECIFIED) << "beside a proposal nothing else is set";
}

TEST_F(ReleaseCommandsTest, OnlyOfThePlanInForceNoIdIsNeeded) {
  EXPECT_EQ(RunOnline({"routing", "show"}, script_).code, 0);
  EXPECT_EQ(script_.Asked<v1::ShowTextRequest>().kind(), v1::TEXT_KIND_ROUTING_PLAN);
  for (const char* group : {"contract", "rules", "codes", "script"})
    EXPECT_EQ(RunOnline({group, "show"}, script_).code, 2) << group;
  const std::vector<std::string> both = {"routing", "show", "p1", "--proposal", "P1"};
  EXPECT_EQ(RunOnline(both, script_).code, 2);
  EXPECT_EQ(RunOnline({"contract", "show", "--proposal", "P1", "--version", "2"}, script_).code, 2);
}

// A proposal that is decided is found, and the hub says why it is not released again.
TEST_F(ReleaseCommandsTest, EachStateIsSaidInWords) {
  const struct {
    v1::TextProposal::State state;
    const char* text;
  } rows[] = {
      {v1::TextProposal::STATE_RELEASED, "is version 3, released by operator/sato\n"},
      {v1::TextProposal::STATE_DROPPED, "was dropped by operator/sato\n"},
      {v1::TextProposal::STATE_EXPIRED, "has expired: nobody decided in time\n"},
      {v1::TextProposal::STATE_OUTDATED,
       "is outdated: what it was to replace is the newest no longer; propose it anew\n"},
  };
  for (const auto& row : rows) {
    auto& proposal = *script_.Answer<v1::ShowTextResponse>().mutable_proposal();
    proposal = Proposal(kAnyKind, "P1");
    proposal.set_state(row.state);
    proposal.set_decided_by("operator/sato");
    proposal.set_released_version(3);
    EXPECT_THAT(RunOnline({"contract", "show", "--proposal", "P1"}, script_).out,
                HasSubstr(std::string("by operator/ito ") + row.text));
  }
}

}  // namespace
}  // namespace switchboard::cli
