#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "clients/cli/audit_detail.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/cli/scripted_calls.h"
#include "hub/audit/chain.h"
#include "hub/audit/heads.h"
#include "hub/audit/made_entry.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What follows an entry with these events.
v1::AuditEntry Follow(const v1::AuditEntry& before, int64_t commit_time_us,
                      const std::vector<std::string>& events) {
  v1::AuditEntry entry;
  entry.set_chain_id("hub-1");
  entry.set_sequence(before.sequence() + 1);
  entry.set_commit_order(before.commit_order() + 1);
  entry.set_commit_time_us(commit_time_us);
  entry.set_previous_hash(before.hash());
  for (const std::string& event : events) entry.add_events(event);
  audit::FitEntry(&entry);
  return entry;
}

// A chain of `count` entries with two events each.
std::vector<v1::AuditEntry> Chain(int count) {
  std::vector<v1::AuditEntry> chain;
  v1::AuditEntry before;
  before.set_hash(audit::Genesis());
  for (int i = 1; i <= count; ++i) {
    std::vector<std::string> events;
    for (const auto kind : {v1::AuditEvent::KIND_PLACED, v1::AuditEvent::KIND_OUTCOME}) {
      v1::AuditEvent event;
      event.set_kind(kind);
      event.set_account_id("C-" + std::to_string(i));
      events.push_back(event.SerializeAsString());
    }
    before = Follow(before, 1767225600'000'000 + i, events);
    chain.push_back(before);
  }
  return chain;
}

TEST(AuditCommands, VerifyRecomputesAndPrintsTheHead) {
  Script script;
  script.audit = Chain(5);
  const Ran ran = RunOnline({"audit", "verify"}, script);
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr(Hex(script.audit.back().hash())));
  EXPECT_THAT(ran.out, HasSubstr("1 chain, 5 entries, 10 events recomputed: unaltered\n"));
}

TEST(AuditCommands, VerifyFailsOnAnythingAltered) {
  struct Case {
    const char* what;
    void (*alter)(std::vector<v1::AuditEntry>&);
  };
  const Case kCases[] = {
      {"entry 3: its events were altered",
       [](auto& chain) { chain[2].set_events(0, "something else"); }},
      {"entry 4: expected entry 3", [](auto& chain) { chain.erase(chain.begin() + 2); }},
      {"entry 2: its hash does not fit", [](auto& chain) { chain[1].set_commit_time_us(1); }},
      {"entry 2: does not follow", [](auto& chain) { chain[1].set_previous_hash("x"); }},
  };
  for (const Case& one : kCases) {
    Script script;
    script.audit = Chain(5);
    one.alter(script.audit);
    const Ran ran = RunOnline({"audit", "verify"}, script);
    EXPECT_EQ(ran.code, 1) << one.what;
    EXPECT_THAT(ran.out, HasSubstr(one.what));
    EXPECT_THAT(ran.out, HasSubstr("1 BROKEN; rows were NOT compared "));
    EXPECT_EQ(RunOnline({"audit", "show"}, script).code, 1) << one.what;
  }
}

TEST(AuditCommands, AHubWithoutAnyEntryProvesNothing) {
  Script script;
  const Ran ran = RunOnline({"audit", "verify"}, script);
  EXPECT_THAT(ran.out, HasSubstr("1 chain, 0 entries"));
}

TEST(AuditCommands, ShowFiltersByKindAndAccount) {
  Script script;
  script.audit = Chain(5);
  const Ran ran = RunOnline({"audit", "show", "--kind", "outcome", "--account", "C-4"}, script);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("C-4"));
  EXPECT_THAT(ran.out, Not(HasSubstr("C-3")));
  EXPECT_THAT(ran.out, Not(HasSubstr("PLACED")));
  EXPECT_THAT(ran.out, HasSubstr("1 event of 5 entries, which verify\n"));
}

TEST(AuditCommands, ProveGivesThePathAndFailsOnAnAlteredEntry) {
  testing::TemporaryFolder folder;
  Script script;
  script.audit = Chain(3);
  const Ran ran = RunOnline(
      {"audit", "prove", "--sequence", "2", "--event", "1", "--json", folder / "proof.json"},
      script);
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  const auto json = nlohmann::json::parse(testing::ReadFile(folder / "proof.json"))["result"];
  EXPECT_EQ(json["path"].size(), 1u);
  EXPECT_EQ(json["hash"], Hex(script.audit[1].hash()));
  EXPECT_EQ(json["holds"], true);
  EXPECT_EQ(json["anchored"], false);
  EXPECT_THAT(ran.out, HasSubstr("hash fits; NOT anchored: it proves something only together"));
  script.audit[1].set_events(0, "something else");
  EXPECT_EQ(RunOnline({"audit", "prove", "--sequence", "2", "--event", "1"}, script).code, 1);
  const Ran unknown = RunOnline({"audit", "prove", "--sequence", "9", "--event", "0"}, script);
  EXPECT_THAT(unknown.err, HasSubstr("ENTRY_UNKNOWN"));
  const Ran beyond = RunOnline({"audit", "prove", "--sequence", "2", "--event", "2"}, script);
  EXPECT_THAT(beyond.err, HasSubstr("events 0 to 1"));
}

TEST(AuditCommands, ChainThatIsNotThereFailsAndThoseThereAreAreNamed) {
  Script script;
  script.chains = {"hub-1", "hub-2"};
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"audit", "show", "--chain", "nope"},
        {"audit", "prove", "--chain", "nope", "--sequence", "1", "--event", "0"}}) {
    const Ran ran = RunOnline(command, script);
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.err, HasSubstr("there is no chain nope; there are: hub-1, hub-2"));
    EXPECT_EQ(ran.out, "");
  }
}

// Of a chain, the head that "audit heads" shows.
v1::AuditHead HeadOf(const v1::AuditEntry& entry) {
  v1::AuditHead head;
  head.set_chain_id(entry.chain_id());
  head.set_sequence(entry.sequence());
  head.set_hash(entry.hash());
  head.set_commit_time_us(entry.commit_time_us());
  return head;
}

class AuditExpectTest : public ::testing::Test {
 protected:
  // Notes the head of the chain as it is now.
  void Note() {
    *script_.Answer<v1::ListAuditHeadsResponse>().add_heads() = HeadOf(script_.audit.back());
    const Ran ran = RunOnline({"audit", "heads", "--json", heads_}, script_);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(Hex(script_.audit.back().hash())));
  }
  Ran Verify() { return RunOnline({"audit", "verify", "--expect", heads_}, script_); }

  testing::TemporaryFolder folder_;
  const std::string heads_ = folder_ / "heads.json";
  Script script_;
};

TEST_F(AuditExpectTest, HeadThatIsStillThereHolds) {
  script_.audit = Chain(4);
  Note();
  script_.audit = Chain(5);
  const Ran ran = Verify();
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("unaltered; 1 noted head as noted\n"));
}

TEST_F(AuditExpectTest, TailThatWasTakenAwayFails) {
  script_.audit = Chain(5);
  Note();
  script_.audit.resize(3);
  EXPECT_EQ(RunOnline({"audit", "verify"}, script_).code, 0) << "it cannot know";
  const Ran ran = Verify();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("entry 5, noted before: the chain ends at 3"));
  EXPECT_THAT(ran.out, HasSubstr("1 of 1 noted head NOT as noted\n"));
}

TEST_F(AuditExpectTest, ChainThatWasWrittenAnewFails) {
  script_.audit = Chain(5);
  script_.audit.back().set_commit_time_us(1);
  script_.audit.back().set_hash(audit::EntryHash(script_.audit.back()));
  Note();
  script_.audit = Chain(5);
  const Ran ran = Verify();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("entry 5, noted before: it is another one now"));
}

TEST_F(AuditExpectTest, ChainThatIsGoneFails) {
  script_.audit = Chain(2);
  Note();
  script_.audit.clear();
  EXPECT_THAT(Verify().out, HasSubstr("there is no such chain any more"));
  script_.chains.clear();
  EXPECT_EQ(Verify().code, 1);
}

// The database came back from a backup that ended at entry 3.
TEST_F(AuditExpectTest, HeadThatARestoreLostHasItsOwnWords) {
  script_.audit = Chain(5);
  Note();
  script_.audit.resize(3);
  v1::AuditEvent restored;
  restored.set_kind(v1::AuditEvent::KIND_RESTORED);
  *restored.mutable_restored()->add_heads() = HeadOf(script_.audit.back());
  script_.audit.push_back(
      Follow(script_.audit.back(), 1767225700'000'000, {restored.SerializeAsString()}));
  const Ran ran = Verify();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("LOST  chain hub-1, entry 5, noted before: lost by the restore of "
                                 "2026-01-01 00:01:40 UTC (from a backup that ended at entry 3)"));
  EXPECT_THAT(ran.out, HasSubstr("unaltered; 1 of 1 noted head LOST by a restore"));
  EXPECT_THAT(ran.out, Not(HasSubstr("NOT AS NOTED")));
  // What was noted since is cut off: no restore explains that.
  for (int i = 0; i < 2; ++i)
    script_.audit.push_back(Follow(script_.audit.back(), 1767225800'000'000 + i, {"x"}));
  Note();
  script_.audit.resize(4);
  EXPECT_THAT(Verify().out, HasSubstr("1 of 1 noted head NOT as noted\n"));
}

// The log's line is the one head that is kept without anybody's doing.
TEST_F(AuditExpectTest, LinesOfTheHubsLogAreHeads) {
  script_.audit = Chain(4);
  testing::WriteFile(
      heads_, "{\"event\":\"audit_heads\",\"chain_id\":\"hub-1\",\"sequence\":4,\"hash\":\"" +
                  audit::LogTextOfHash(script_.audit.back().hash()) + "\"}\n");
  EXPECT_THAT(Verify().out, HasSubstr("unaltered; 1 noted head as noted\n"));
  script_.audit.resize(3);
  EXPECT_EQ(Verify().code, 1);
}

// Who can write the database forges an event, and the entry's root and hash to go with it.
TEST_F(AuditExpectTest, ProofOfAForgedEntryDoesNotLeadToTheNotedHead) {
  const std::vector<std::string> prove = {"audit",   "prove", "--sequence", "2",
                                          "--event", "0",     "--json",     folder_ / "proof.json"};
  std::vector<std::string> anchored = prove;
  anchored.insert(anchored.end(), {"--expect", heads_});
  const auto json = [&] {
    return nlohmann::json::parse(testing::ReadFile(folder_ / "proof.json"))["result"];
  };
  script_.audit = Chain(5);
  Note();
  const Ran good = RunOnline(anchored, script_);
  EXPECT_EQ(good.code, 0) << good.out << good.err;
  EXPECT_THAT(good.out, HasSubstr("hash fits, on which the head noted at entry 5 stands\n"));
  EXPECT_EQ(json()["anchored"], true);
  ASSERT_EQ(json()["links"].size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const auto link = json()["links"][i];
    EXPECT_EQ(link["sequence"], i + 3);
    EXPECT_EQ(link["hash"], Hex(script_.audit[i + 2].hash()));
    EXPECT_EQ(link["events_root"], Hex(script_.audit[i + 2].events_root()));
  }
  EXPECT_EQ(json()["head"]["hash"], json()["links"][2]["hash"]);

  auto& forged = script_.audit[1];
  forged.set_events(0, v1::AuditEvent().SerializeAsString());
  audit::FitEntry(&forged);
  EXPECT_EQ(RunOnline(prove, script_).code, 0) << "in itself it fits";
  EXPECT_EQ(json()["anchored"], false);
  const Ran bad = RunOnline(anchored, script_);
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.out, HasSubstr("does NOT lead to the noted head: chain hub-1, entry 3: does not "
                                 "follow the entry before"));
  EXPECT_EQ(json()["holds"], false);
  EXPECT_EQ(json()["anchored"], false);
  // All behind it written anew as well: then it is not the noted head that the chain leads to.
  for (size_t i = 2; i < 5; ++i) {
    const auto& entry = script_.audit[i];
    script_.audit[i] = Follow(script_.audit[i - 1], entry.commit_time_us(),
                              {entry.events().begin(), entry.events().end()});
  }
  EXPECT_THAT(
      RunOnline(anchored, script_).out,
      HasSubstr("does NOT lead to the noted head: chain hub-1, entry 5, noted before: it is "
                "another one now"));
}

TEST_F(AuditExpectTest, ProofNeedsAHeadAtTheEntryOrBehindIt) {
  const auto prove = [&](const char* sequence) {
    return RunOnline({"audit", "prove", "--sequence", sequence, "--event", "0", "--expect", heads_},
                     script_);
  };
  script_.audit = Chain(3);
  Note();
  script_.audit = Chain(5);
  EXPECT_EQ(prove("3").code, 0) << "the head's own entry";
  EXPECT_THAT(prove("4").err, HasSubstr("HEAD_UNKNOWN"));
  script_.audit.resize(2);
  const Ran cut = prove("2");
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.out, HasSubstr("the chain ends at 2"));
}

TEST_F(AuditExpectTest, FileThatHoldsNoHeadsIsAnError) {
  script_.audit = Chain(2);
  for (const char* content :
       {"", "{", "[]", "null", "{}", "{\"heads\":[]}", "{\"result\":{\"heads\":3}}",
        "{\"heads\":[{\"chain_id\":\"hub-1\",\"sequence\":1,\"hash\":\"00\"}]}",
        "{\"heads\":[{\"chain_id\":\"hub-1\",\"sequence\":-1}]}", "{\"heads\":[7]}"}) {
    testing::WriteFile(heads_, content);
    const Ran ran = Verify();
    EXPECT_EQ(ran.code, 1) << content;
    EXPECT_THAT(ran.err, HasSubstr("HEADS_INVALID")) << content;
  }
  EXPECT_THAT(RunOnline({"audit", "verify", "--expect", folder_ / "none"}, script_).err,
              HasSubstr("FILE_MISSING"));
}

TEST(AuditDetail, EveryKindOfDetailHasItsWords) {
  struct Case {
    std::function<void(v1::AuditEvent&)> set;
    const char* text;
  };
  using Event = v1::AuditEvent;
  const Case cases[] = {
      {[](Event&) {}, ""},
      {[](Event& e) { e.mutable_placed()->set_rule(v1::PlacementReason::RULE_STICKY_PERSON); },
       "STICKY_PERSON"},
      {[](Event& e) { e.mutable_placed()->set_rule(v1::PlacementReason::RULE_HANDED_OVER); },
       "HANDED_OVER"},
      {[](Event& e) { e.set_not_placed(v1::NOT_PLACED_REASON_CAPS_REACHED); }, "CAPS_REACHED"},
      {[](Event& e) { e.set_withdrawn(v1::WITHDRAW_REASON_EXPIRED); }, "EXPIRED"},
      {[](Event& e) { e.set_withdrawn(v1::WITHDRAW_REASON_HANDED_OVER); }, "HANDED_OVER"},
      {[](Event& e) { e.set_disclosed_contract_version(3); }, "contract v3"},
      {[](Event& e) { e.set_rejected(v1::SyncRequest::Rejection::REASON_NOT_SERVED); },
       "NOT_SERVED"},
      {[](Event& e) {
         e.mutable_occurrence()->set_what(Event::Occurrence::WHAT_CONTACT_POINT_STOP);
         e.mutable_occurrence()->set_reason(v1::STOP_REASON_CEASE);
         e.mutable_occurrence()->set_contact_point_id("mobile-1");
       },
       "CONTACT_POINT_STOP CEASE contact point mobile-1"},
      {[](Event& e) {
         e.mutable_occurrence()->set_what(Event::Occurrence::WHAT_LIFT);
         e.mutable_occurrence()->set_stop_id("outcome:sakura:o-1");
       },
       "LIFT of outcome:sakura:o-1"},
      {[](Event& e) {
         e.mutable_occurrence()->set_what(Event::Occurrence::WHAT_UNREAD_CONTACT);
         e.mutable_occurrence()->set_permit_id("permit-1");
       },
       "UNREAD_CONTACT under permit permit-1"},
      {[](Event& e) {
         e.mutable_occurrence()->set_what(Event::Occurrence::WHAT_PAYMENT);
         e.mutable_occurrence()->set_settled_until_us(1767225600'000'000);
       },
       "PAYMENT until data as of 2026-01-01 00:00:00 UTC"},
      {[](Event& e) {
         e.mutable_permit_given()->set_contact_point_id("mobile-1");
         e.mutable_permit_given()->set_contract_version(2);
       },
       "contact point mobile-1, number not shown, contract v2"},
      {[](Event& e) {
         e.mutable_permit_refused()->add_reasons(v1::Denial::REASON_STOPPED);
         e.mutable_permit_refused()->add_reasons(v1::Denial::REASON_PERMIT_OPEN);
       },
       "STOPPED, PERMIT_OPEN"},
      {[](Event& e) {
         e.mutable_permit_refused()->add_reasons(v1::Denial::REASON_RULE);
         e.mutable_permit_refused()->add_rules("jp.hours");
       },
       "RULE: jp.hours"},
      {[](Event& e) {
         e.mutable_promise()->set_former_standing(v1::PROMISE_STANDING_OPEN);
         e.mutable_promise()->set_standing(v1::PROMISE_STANDING_KEPT);
       },
       "OPEN to KEPT"},
      {[](Event& e) {
         e.mutable_promise()->set_former_standing(v1::PROMISE_STANDING_PENDING);
         e.mutable_promise()->set_standing(v1::PROMISE_STANDING_REFUSED);
       },
       "PENDING to REFUSED"},
      {[](Event& e) {
         e.mutable_plan()->set_verdict(v1::PlanDecision::VERDICT_REFUSED);
         e.mutable_plan()->set_reason(v1::PlanDecision::REASON_TOO_LONG);
         e.mutable_plan()->set_outcome_version(2);
       },
       "REFUSED TOO_LONG version 2"},
      {[](Event& e) { e.mutable_plan()->set_verdict(v1::PlanDecision::VERDICT_APPROVED); },
       "APPROVED"},
      {[](Event& e) {
         e.mutable_hand_over()->set_reason(v1::HAND_OVER_REASON_ESCALATED);
         e.mutable_hand_over()->set_to_vendor_id("head-office");
       },
       "ESCALATED to head-office"},
      {[](Event& e) { e.set_recording_matches(true); }, "as the vendor told"},
      {[](Event& e) { e.set_recording_matches(false); }, "NOT as the vendor told"},
      {[](Event& e) { e.mutable_permit_voided()->set_cause(Event::PermitVoided::CAUSE_STOP); },
       "STOP"},
      {[](Event& e) {
         e.mutable_refused()->set_kind("account");
         e.mutable_refused()->set_status("STATUS_INVALID");
         e.mutable_refused()->set_field("person.birth_date.month");
       },
       "account INVALID person.birth_date.month"},
      {[](Event& e) {
         e.mutable_recall()->set_step(Event::Recall::STEP_OBJECTED);
         e.mutable_recall()->set_objection(v1::ObjectToRecallRequest::REASON_PROMISE);
       },
       "OBJECTED PROMISE"},
      {[](Event& e) { e.set_generation(Event::GENERATION_REASON_RESTORED); }, "RESTORED"},
      {[](Event& e) { e.set_started("0.1.0 sqlite"); }, "0.1.0 sqlite"},
      {[](Event& e) {
         e.mutable_erased()->set_what(Event::Erased::WHAT_ASSIGNMENT);
         e.mutable_erased()->set_work_type(v1::WORK_TYPE_CAMPAIGN);
         e.mutable_erased()->set_country("JP");
         e.mutable_erased()->set_permits(1);
         e.mutable_erased()->set_outcomes(2);
       },
       "ASSIGNMENT CAMPAIGN JP with 1 permit with 2 outcomes"},
      {[](Event& e) {
         e.mutable_erased()->set_what(Event::Erased::WHAT_ASSIGNMENT);
         e.mutable_erased()->set_promises(2);
         e.mutable_erased()->set_hand_overs(1);
       },
       "ASSIGNMENT with 2 promises with 1 hand-over"},
      {[](Event& e) { e.mutable_contract()->set_ended(true); }, "ended"},
      {[](Event& e) {
         for (const char* chain : {"hub-1", "hub-1.2"}) {
           auto& head = *e.mutable_restored()->add_heads();
           head.set_chain_id(chain);
           head.set_sequence(7);
         }
       },
       "hub-1 behind entry 7, hub-1.2 behind entry 7"},
      {[](Event& e) { e.mutable_keys()->set_step(v1::KeyStep::STEP_DESTROYED); }, "DESTROYED"},
      {[](Event& e) {
         e.mutable_keys()->set_step(v1::KeyStep::STEP_WRAPPED);
         e.mutable_keys()->set_wrapped_by("pkcs11:hub-2026");
       },
       "WRAPPED by pkcs11:hub-2026"},
      {[](Event& e) {
         v1::UnmaskingStep& step = *e.mutable_unmasking();
         step.set_state(v1::RequestUnmaskingResponse::STATE_SHOWN);
         step.set_reason(v1::UNMASKING_REASON_LEGAL);
         step.add_classes(v1::DATA_CLASS_ADDRESS);
         step.add_classes(v1::DATA_CLASS_BIRTH_DATE);
         step.set_until_us(1767225600000000);
         step.set_contract_version(3);
       },
       "SHOWN ADDRESS, BIRTH_DATE for LEGAL until 2026-01-01 00:00:00 UTC contract v3"},
      {[](Event& e) {
         e.mutable_unmasking()->set_state(v1::RequestUnmaskingResponse::STATE_REFUSED);
       },
       "REFUSED"},
      {[](Event& e) {
         e.mutable_deletion()->set_state(v1::DeletionOrder::STATE_OPEN);
         e.mutable_deletion()->set_cause(v1::DeletionOrder::CAUSE_RECALL);
         e.mutable_deletion()->set_due_us(1767225600000000);
       },
       "OPEN RECALL due 2026-01-01 00:00:00 UTC"},
      {[](Event& e) {
         e.mutable_deletion()->set_state(v1::DeletionOrder::STATE_OPEN);
         e.mutable_deletion()->set_refused("DELETION_DIFFERS");
       },
       "OPEN refused: DELETION_DIFFERS"},
      {[](Event& e) { e.mutable_legal_hold(); }, "placed"},
      {[](Event& e) { e.mutable_legal_hold()->set_ended(true); }, "ended"},
      {[](Event& e) {
         e.mutable_person_request()->set_kind(v1::PersonRequest::KIND_ACCESS);
         e.mutable_person_request()->set_state(v1::PersonRequest::STATE_AGREED);
         e.mutable_person_request()->set_pages(2);
       },
       "ACCESS AGREED 2 pages read"},
      {[](Event& e) { e.set_passed_on_to("kita"); }, "to kita"},
      {[](Event& e) {
         v1::TextStep& step = *e.mutable_contract()->mutable_step();
         step.set_kind(v1::TEXT_KIND_CONTRACT);
         step.set_proposal_id("P7");
         step.set_proposed_by("operator/ito");
         step.set_replaces_version(2);
       },
       "CONTRACT proposal P7 by operator/ito after v2"},
      {[](Event& e) {
         e.mutable_text()->set_kind(v1::TEXT_KIND_SCRIPT);
         e.mutable_text()->set_proposal_id("P8");
       },
       "SCRIPT proposal P8"},
      {[](Event& e) {
         e.mutable_text()->set_kind(v1::TEXT_KIND_RULE_PACK);
         e.mutable_text()->set_first(true);
       },
       "with the files that began the database"},
  };
  std::set<int> seen;
  for (const Case& one : cases) {
    Event event;
    one.set(event);
    EXPECT_EQ(DetailText(event), one.text);
    seen.insert(event.detail_case());
  }
  const auto* details = Event::descriptor()->FindOneofByName("detail");
  EXPECT_EQ(static_cast<int>(seen.size()), details->field_count() + 1) << "a kind without a case";
}

}  // namespace
}  // namespace switchboard::cli
