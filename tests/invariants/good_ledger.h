#pragma once

#include <functional>
#include <string>

#include "adapters/codes/call_code.h"
#include "hub/audit/chain.h"
#include "hub/audit/made_entry.h"
#include "tests/invariants/invariants.h"
#include "tests/testing.h"

// For the tests of this folder: a small run in which everything holds. A test spoils something of
// it and asks who complains.

namespace switchboard::invariants {

using Receipts = v1::ReportOutcomesResponse;

inline constexpr int64_t kMinuteUs = 60 * 1'000'000;

inline v1::AuditEvent EventAt(int64_t second, v1::AuditEvent::Kind kind,
                              const std::string& subject_id) {
  v1::AuditEvent event;
  event.set_kind(kind);
  event.mutable_time()->set_seconds(second);
  event.set_actor("core/main");
  event.set_subject_id(subject_id);
  return event;
}

// One entry per event, sealed as the hub does it.
inline void AppendBytes(Ledger& ledger, const std::string& event) {
  v1::AuditEntry entry;
  entry.set_chain_id("hub-1");
  entry.set_sequence(static_cast<int64_t>(ledger.audit.size()) + 1);
  entry.set_commit_order(entry.sequence());
  entry.set_previous_hash(ledger.audit.empty() ? audit::Genesis() : ledger.audit.back().hash());
  entry.add_events(event);
  audit::FitEntry(&entry);
  ledger.audit.push_back(std::move(entry));
}

inline void Append(Ledger& ledger, const v1::AuditEvent& event) {
  AppendBytes(ledger, event.SerializeAsString());
}

inline v1::AuditEvent Permit(int64_t second, const std::string& permit_id) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_PERMIT_GIVEN, permit_id);
  event.set_vendor_id("sakura");
  event.set_account_id("A-1");
  event.set_person_id("P-1");
  event.set_assignment_id("as-1");
  event.mutable_permit_given()->set_contact_point_id("mobile-1");
  event.mutable_permit_given()->set_expire_us(second * 1'000'000 + 2 * kMinuteUs);
  return event;
}

inline v1::AuditEvent Occurred(int64_t second, const std::string& id,
                               v1::AuditEvent::Occurrence::What what) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_EVENT, id);
  event.mutable_occurrence()->set_what(what);
  return event;
}

// A contact under a permit counts though its code has no meaning.
inline v1::AuditEvent Unread(int64_t second, const std::string& id, const std::string& permit_id) {
  v1::AuditEvent event = Occurred(second, id, v1::AuditEvent::Occurrence::WHAT_UNREAD_CONTACT);
  event.set_vendor_id("sakura");
  event.set_account_id("A-1");
  event.set_assignment_id("as-1");
  event.set_count(1);
  event.mutable_occurrence()->set_permit_id(permit_id);
  return event;
}

inline v1::AuditEvent Outcome(int64_t second, int64_t sequence, const std::string& id) {
  v1::AuditEvent event = EventAt(second, v1::AuditEvent::KIND_OUTCOME, id);
  event.set_vendor_id("sakura");
  event.set_assignment_id("as-1");
  event.set_count(sequence);
  return event;
}

inline v1::ListPlacementsResponse::Placement Placed(const std::string& id,
                                                    const std::string& vendor_id, int64_t from,
                                                    int64_t to) {
  v1::ListPlacementsResponse::Placement placement;
  placement.set_assignment_id(id);
  placement.set_vendor_id(vendor_id);
  placement.set_account_id("A-1");
  placement.set_person_id("P-1");
  placement.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  placement.mutable_place_time()->set_seconds(from);
  if (to != 0) placement.mutable_withdraw_time()->set_seconds(to);
  return placement;
}

inline v1::CoreItem Recorded(int64_t sequence, const std::string& id,
                             const std::string& permit_id) {
  v1::CoreItem item;
  item.set_sequence(sequence);
  v1::RecordedOutcome& recorded = *item.mutable_outcome();
  recorded.set_vendor_id("sakura");
  recorded.set_account_id("A-1");
  recorded.mutable_outcome()->set_outcome_id(id);
  recorded.mutable_outcome()->set_version(1);
  recorded.mutable_outcome()->set_assignment_id("as-1");
  recorded.mutable_outcome()->set_permit_id(permit_id);
  *recorded.mutable_outcome()->mutable_result() = ResultOf(adapters::CallCode::kRightParty);
  return item;
}

// The vendor wrote it down, and was told that it is recorded.
inline void Report(Ledger& ledger, const v1::CoreItem& item,
                   Receipts::Status receipt = Receipts::STATUS_RECORDED) {
  ledger.outcomes_reported.push_back({"sakura", item.outcome().outcome(), receipt});
}

// The same under a code of its own that had no meaning; what was refused is kept.
inline void ReportUnmapped(Ledger& ledger, const std::string& id, const std::string& permit_id,
                           int64_t start_second) {
  v1::CoreItem item = Recorded(0, id, permit_id);
  v1::Outcome& outcome = *item.mutable_outcome()->mutable_outcome();
  outcome.clear_result();
  outcome.set_vendor_code("NEW");
  outcome.mutable_start_time()->set_seconds(start_second);
  Report(ledger, item, Receipts::STATUS_UNMAPPED);
  auto& kept = ledger.quarantine.emplace_back();
  kept.set_quarantine_id("q-" + id);
  kept.set_kind("outcome");
  Append(ledger, EventAt(start_second, v1::AuditEvent::KIND_QUARANTINED, "q-" + id));
}

// The core sent the account as of this second, and was answered at once.
inline SentRecord& Send(Ledger& ledger, int64_t as_of_second, int64_t moment,
                        int64_t amount = 50'000) {
  SentRecord& record = ledger.records.emplace_back();
  record.account_id = "A-1";
  record.person_id = "P-1";
  record.as_of_us = as_of_second * 1'000'000;
  record.sent_at = record.call_at = moment;
  record.answered_at = moment + 1;
  record.content.mutable_person()->set_language("ja");
  v1::Account& account = *record.content.mutable_account();
  account.set_days_past_due(20);
  account.mutable_amount_due()->set_currency_code("JPY");
  account.mutable_amount_due()->set_minor_units(amount);
  return record;
}

// One account at one vendor, one permit, one outcome: all is well.
inline Ledger Good() {
  Ledger ledger;
  ledger.vendor_groups = {{"sakura", "sakura"}, {"jade", "jade"}};
  ledger.withheld = {{"sakura", {"4242424242424242"}}};
  ledger.bytes_shown = {{"sakura", {"a row"}}};
  ledger.placed_accounts = {"A-1"};
  ledger.through = {{"night", 7}};
  ledger.through_afterwards = {{"night", 7}};
  ledger.placements = {Placed("as-1", "sakura", 10, 0)};
  v1::Assignment row;
  row.set_assignment_id("as-1");
  row.mutable_person()->set_person_token("token-1");
  ledger.shown = {{"sakura", row}};
  v1::ListDisclosuresResponse::Disclosure disclosure;
  disclosure.set_vendor_id("sakura");
  disclosure.add_assignment_ids("as-1");
  ledger.disclosures = {disclosure};
  ledger.permits = {{"sakura", "pm-1", "as-1", "mobile-1", 100, 110, ""}};
  ledger.items_read = {Recorded(1, "oc-1", "pm-1")};
  Report(ledger, ledger.items_read[0]);
  ledger.feeds = {{"sakura", {{"as-1", "row"}}, {{"as-1", "row"}}, 1, 3, 3, 3, 0}};
  ledger.streams = {{"sakura", 10, 10}};
  v1::AuditEvent placed = EventAt(10, v1::AuditEvent::KIND_PLACED, "");
  placed.set_assignment_id("as-1");
  placed.set_account_id("A-1");
  placed.set_vendor_id("sakura");
  Append(ledger, placed);
  v1::AuditEvent disclosed = EventAt(11, v1::AuditEvent::KIND_DISCLOSED, "1");
  disclosed.set_vendor_id("sakura");
  Append(ledger, disclosed);
  Append(ledger, Permit(20, "pm-1"));
  Append(ledger, Outcome(30, 1, "oc-1"));
  return ledger;
}

struct Case {
  const char* name;
  const char* invariant;  // the one that must complain; empty: none may
  std::function<void(Ledger&)> spoil;
};

inline v1::AuditEvent& On(v1::AuditEvent& event, const char* account, const char* person) {
  event.set_account_id(account);
  event.set_person_id(person);
  return event;
}

inline void AddStop(Ledger& ledger, int64_t second, v1::AuditEvent::Occurrence::What what,
                    const char* account, const char* person) {
  v1::AuditEvent stop = Occurred(second, "ev-1", what);
  Append(ledger, On(stop, account, person));
}

// What a stop does to the one assignment.
inline void Withdraw(Ledger& ledger, int64_t second) {
  v1::AuditEvent withdrawn = EventAt(second, v1::AuditEvent::KIND_WITHDRAWN, "");
  withdrawn.set_assignment_id("as-1");
  Append(ledger, withdrawn);
  ledger.placements[0].mutable_withdraw_time()->set_seconds(second);
}

// The validator of the case complains; where none is named, nobody does.
inline void ExpectComplaint(const Case& tested) {
  Ledger ledger = Good();
  tested.spoil(ledger);
  const std::string expected = tested.invariant;
  for (const auto& [name, violations] : CheckAll(ledger)) {
    if (name == expected) {
      EXPECT_THAT(violations, ::testing::Not(::testing::IsEmpty())) << name;
    }
    if (expected.empty()) {
      EXPECT_THAT(violations, ::testing::IsEmpty()) << name;
    }
  }
}

inline std::string NameOf(const ::testing::TestParamInfo<Case>& tested) {
  return tested.param.name;
}

}  // namespace switchboard::invariants
