#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "adapters/client/mirror.h"
#include "adapters/client/vendor_file.h"
#include "adapters/codes/call_code.h"
#include "clients/demo/evidence/deletion_words.h"
#include "clients/demo/evidence/evidence.h"
#include "clients/demo/evidence/figures.h"
#include "clients/demo/evidence/routing_again.h"
#include "clients/demo/evidence/tightening.h"
#include "clients/demo/evidence/verdict.h"
#include "clients/demo/parties/issuer_core.h"
#include "clients/demo/parties/ledger.h"
#include "clients/demo/parties/tap_file.h"
#include "hub/audit/chain.h"
#include "hub/audit/made_entry.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

// For the tests of this folder: a small run, as hub, core and vendors tell of it. A test spoils
// something of it and asks for the verdict.

namespace switchboard::demo {

// A hub that says what it is told to say. Each event is an entry, sealed as a hub does it.
struct ToldHub final : public HubBooks {
  using Audit = v1::AuditEvent;
  using Placement = v1::ListPlacementsResponse::Placement;

  std::map<std::string, v1::ListVendorsResponse::Vendor> vendors;
  v1::ReportPermitsResponse permits;
  std::vector<Placement> placements;
  std::vector<v1::ListDisclosuresResponse::Disclosure> disclosures;
  std::vector<v1::ListQuarantineResponse::Item> quarantine;
  std::vector<v1::ListQuarantineResponse::Rest> quarantine_rest;
  std::vector<v1::MissingRecording> missing_recordings;
  std::vector<v1::FindDeletionOrdersResponse::Line> deletion_orders;
  std::vector<Audit> events;
  std::function<void(std::vector<v1::AuditEntry>&)> alter;  // once they are sealed

  Audit& Log(Audit::Kind kind, const std::string& subject_id) {
    Audit& event = events.emplace_back();
    event.set_kind(kind);
    event.mutable_time()->set_seconds(1'000);
    event.set_actor("hub");
    event.set_subject_id(subject_id);
    return event;
  }

  absl::StatusOr<v1::ListVendorsResponse> Vendors() override {
    v1::ListVendorsResponse response;
    for (const auto& [id, vendor] : vendors) *response.add_vendors() = vendor;
    return response;
  }
  absl::StatusOr<v1::ReportPermitsResponse> Permits() override { return permits; }
  absl::Status ForEachPlacement(const std::function<void(const Placement&)>& visit) override {
    return Each(placements, visit);
  }
  absl::Status ForEachDisclosure(
      const std::function<void(const v1::ListDisclosuresResponse::Disclosure&)>& visit) override {
    return Each(disclosures, visit);
  }
  absl::Status ForEachQuarantined(
      const std::function<void(const v1::ListQuarantineResponse::Item&)>& visit,
      const std::function<void(const v1::ListQuarantineResponse::Rest&)>& visit_rest) override {
    RETURN_IF_ERROR(Each(quarantine_rest, visit_rest));
    return Each(quarantine, visit);
  }
  absl::Status ForEachMissingRecording(
      const std::function<void(const v1::MissingRecording&)>& visit) override {
    return Each(missing_recordings, visit);
  }
  absl::Status ForEachDeletionOrder(
      const std::function<void(const v1::FindDeletionOrdersResponse::Line&)>& visit) override {
    return Each(deletion_orders, visit);
  }
  absl::Status ForEachAuditEntry(const std::function<void(const v1::AuditEntry&)>& visit) override {
    return Each(SealedEntries(), visit);
  }
  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override {
    return SealedLog().Tree(after);
  }
  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
    return SealedLog().Entries(request);
  }
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override {
    return SealedLog().Checkpoints(after_size);
  }
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override {
    return SealedLog().Rows(request);
  }

  // All of it under one checkpoint.
  audit::MadeLog SealedLog() const {
    audit::MadeLog log;
    log.page_max = 1'000;
    for (const v1::AuditEntry& entry : SealedEntries())
      log.chains[entry.chain_id()].push_back(entry);
    log.Sign();
    return log;
  }

 private:
  std::vector<v1::AuditEntry> SealedEntries() const {
    std::vector<v1::AuditEntry> entries;
    for (const Audit& event : events) {
      v1::AuditEntry entry;
      entry.set_chain_id("hub-1");
      entry.set_sequence(static_cast<int64_t>(entries.size()) + 1);
      entry.set_commit_order(entry.sequence());
      entry.set_previous_hash(entries.empty() ? audit::Genesis() : entries.back().hash());
      entry.add_events(event.SerializeAsString());
      audit::FitEntry(&entry);
      entries.push_back(std::move(entry));
    }
    if (alter) alter(entries);
    return entries;
  }

  template <typename Items, typename Visit>
  static absl::Status Each(const Items& items, const Visit& visit) {
    for (const auto& item : items) visit(item);
    return absl::OkStatus();
  }
};

// What one vendor wrote down, received and stored.
struct ToldVendor {
  std::string desk;                                         // lines of its ledger
  std::vector<std::pair<std::string, std::string>> frames;  // method and message
  std::vector<v1::SyncResponse::Batch> stored;
};

// A run in which nothing is wrong. All accounts are placed and shown; one of sakura's is called
// under a permit, and paid for afterwards.
class SmallRun {
 public:
  using Audit = v1::AuditEvent;
  using Placement = v1::ListPlacementsResponse::Placement;
  using AccountIds = absl::flat_hash_set<std::string>;

  static constexpr int kAccounts = 40;
  // The permit was asked for; the payment was sent by the core, acknowledged by the hub, and
  // stored as a withdrawal by the vendor.
  static constexpr int64_t kAskedNs = 1'000'000;
  static constexpr int64_t kSentNs = 5'000'000;
  static constexpr int64_t kAckedNs = 6'000'000;
  static constexpr int64_t kStoredNs = 8'000'000;
  // By the core's own clock: the book was read, then what the late file holds, then the payment was
  // sent.
  static constexpr int64_t kBookUs = 500'000'000;
  static constexpr int64_t kLateUs = 600'000'000;
  static constexpr int64_t kPaidUs = 700'000'000;

  // `stopped`: accounts that the hub does not place, because a stop came before them.
  explicit SmallRun(const AccountIds& stopped = {})
      : folder_(WorkFolder::Make("", "clients/demo", clock_)) {
    SWITCHBOARD_ASSERT(folder_.ok());
    PlaceAll(stopped);
    for (const DemoVendor& vendor : DemoVendors()) ShowAll(vendor.id);
    WorkOne();
    PayOne();
  }

  static const Population& Book() {
    static const Population* book =
        new Population(*Population::Load({"clients/demo/data", "", 1, kAccounts}));
    return *book;
  }

  Placement& FirstAt(const std::string& vendor_id) {
    const auto found =
        std::find_if(hub.placements.begin(), hub.placements.end(),
                     [&](const auto& placed) { return placed.vendor_id() == vendor_id; });
    SWITCHBOARD_ASSERT(found != hub.placements.end());
    return *found;
  }
  std::string LineOfPermit(int64_t asked_ns) {
    return LedgerLine({"permit", absl::StrCat(asked_ns), absl::StrCat(asked_ns + 1),
                       FirstAt("sakura").assignment_id(), "mobile-1", "permit-1"});
  }
  void PostFromCore(const std::string& event_id, const std::string& kind, const Placement& about) {
    v1::CoreEvent event;
    event.set_event_id(event_id);
    if (kind == "payment") event.mutable_payment()->set_account_id(about.account_id());
    core_events += LedgerLine({event_id, kind, about.account_id(), about.person_id(), "",
                               absl::StrCat(kSentNs), absl::StrCat(kAckedNs), "STATUS_ACCEPTED",
                               "1", "0", absl::StrCat(kPaidUs), MessageCell(event)});
  }
  void KeepAtCore(const v1::CoreItem& item) {
    const v1::RecordedOutcome& outcome = item.outcome();
    core_outcomes += LedgerLine({absl::StrCat(item.sequence()), outcome.vendor_id(),
                                 outcome.outcome().outcome_id(), "1", outcome.account_id(),
                                 "DISPOSITION_NONE", "", MessageCell(item)});
  }
  std::string LineOfReceipt(const std::string& source, const std::string& account_id,
                            const std::string& status) {
    return LedgerLine({"receipt", source, absl::StrCat(Book().IndexOf(account_id) + 1), status,
                       status == "STATUS_NOT_PLACED" ? "NOT_PLACED_REASON_STOPPED"
                                                     : "NOT_PLACED_REASON_UNSPECIFIED"});
  }
  void Feed(const std::string& vendor_id, const v1::SyncResponse::Batch& batch) {
    v1::SyncResponse response;
    *response.mutable_batch() = batch;
    vendors[vendor_id].frames.emplace_back("Sync", response.SerializeAsString());
  }

  absl::StatusOr<Evidence> Gathered() {
    WriteAll();
    ASSIGN_OR_RETURN(Evidence evidence, Gather(*folder_, Book(), hub, tightening));
    evidence.ledger.through_afterwards[kBookSource] = through_afterwards;
    evidence.ledger.through_afterwards[kLateSource] = kAccounts;
    evidence.outages = outages;
    return evidence;
  }

  // The names of the invariants violated.
  std::vector<std::string> Verdict() {
    result.accounts = kAccounts;
    const auto evidence = Gathered();
    if (!evidence.ok()) return {evidence.status().ToString()};
    CountFigures(*evidence, &result);
    CountTightening(*evidence, Book(), &result);
    CountDeletions(*evidence, &result);
    Judge(*evidence, Book(), &result);
    std::vector<std::string> violated;
    for (const auto& [name, violations] : result.invariants) {
      if (violations != 0) violated.push_back(name);
    }
    return violated;
  }

  ToldHub hub;
  std::map<std::string, ToldVendor> vendors;
  std::string core_events, core_outcomes;
  v1::CoreItem recorded;  // the one outcome
  // What was kept of the log's checkpoint; empty: as it is.
  std::string kept_checkpoint;
  int64_t through_afterwards = kAccounts;
  std::vector<Outage> outages;
  std::optional<Tightening> tightening;
  RunResult result;

 private:
  void PlaceAll(const AccountIds& stopped) {
    Evidence terms;
    SWITCHBOARD_ASSERT(ReadTerms(*folder_, &terms).ok());
    hub.placements = RouteBook(terms, Book(), stopped);
    core_events += LedgerLine({"read", kBookSource, absl::StrCat(kBookUs)});
    core_events += LedgerLine({"read", kLateSource, absl::StrCat(kLateUs)});
    for (Placement& placement : hub.placements) {
      placement.set_assignment_id("as-" + placement.account_id().substr(6));
      placement.mutable_place_time()->set_seconds(100);
      Audit& event = hub.Log(Audit::KIND_PLACED, "");
      event.set_assignment_id(placement.assignment_id());
      event.set_account_id(placement.account_id());
    }
    for (const std::string& account_id : stopped) {
      Audit& event = hub.Log(Audit::KIND_NOT_PLACED, "");
      event.set_account_id(account_id);
      event.set_not_placed(v1::NOT_PLACED_REASON_STOPPED);
      core_events += LineOfReceipt(kBookSource, account_id, "STATUS_NOT_PLACED");
      // What had stopped it.
      Audit& stop = hub.Log(Audit::KIND_EVENT, "ev-0");
      stop.mutable_occurrence()->set_what(Audit::Occurrence::WHAT_STOP);
      stop.set_account_id(account_id);
    }
    core_events += LedgerLine({"imported", kBookSource, "10", "20", absl::StrCat(kAccounts)});
    result.hub_kills = result.vendor_kills = 1;
  }

  void ShowAll(const std::string& vendor_id) {
    v1::SyncResponse opened;
    opened.mutable_opened()->set_window(kAccounts);
    vendors[vendor_id].frames.emplace_back("Sync", opened.SerializeAsString());
    v1::SyncResponse::Batch batch;
    batch.mutable_after()->set_generation("g1");
    batch.mutable_through()->set_generation("g1");
    batch.set_caught_up(true);
    auto& disclosure = hub.disclosures.emplace_back();
    disclosure.set_vendor_id(vendor_id);
    for (const Placement& placement : hub.placements) {
      if (placement.vendor_id() != vendor_id) continue;
      v1::Assignment& row = *batch.add_changes()->mutable_assigned();
      row.set_assignment_id(placement.assignment_id());
      row.set_work_type(placement.work_type());
      if (vendor_id != "bright")
        row.mutable_person()->set_person_token(vendor_id + placement.assignment_id());
      disclosure.add_assignment_ids(placement.assignment_id());
    }
    batch.mutable_through()->set_sequence(batch.changes_size());
    Feed(vendor_id, batch);
    vendors[vendor_id].stored = {batch};
    hub.Log(Audit::KIND_DISCLOSED, absl::StrCat(hub.disclosures.size()));
    auto& listed = hub.vendors[vendor_id];
    listed.set_vendor_id(vendor_id);
    listed.set_newest_sequence(batch.changes_size());
    listed.set_acknowledged_sequence(batch.changes_size());
  }

  Audit& LogAboutWorked(Audit::Kind kind, const std::string& subject_id) {
    const Placement& worked = FirstAt("sakura");
    Audit& event = hub.Log(kind, subject_id);
    event.set_vendor_id("sakura");
    event.set_account_id(worked.account_id());
    event.set_assignment_id(worked.assignment_id());
    return event;
  }

  void WorkOne() {
    const Placement& worked = FirstAt("sakura");
    v1::Outcome& outcome = *recorded.mutable_outcome()->mutable_outcome();
    outcome.set_outcome_id("out-1");
    outcome.set_version(1);
    outcome.set_assignment_id(worked.assignment_id());
    outcome.set_permit_id("permit-1");
    *outcome.mutable_result() = ResultOf(adapters::CallCode::kNoAnswer);
    recorded.set_sequence(1);
    recorded.mutable_outcome()->set_vendor_id("sakura");
    recorded.mutable_outcome()->set_account_id(worked.account_id());
    Audit& permit = LogAboutWorked(Audit::KIND_PERMIT_GIVEN, "permit-1");
    permit.set_person_id(worked.person_id());
    permit.mutable_permit_given()->set_contact_point_id("mobile-1");
    // All of this run is of the same second.
    permit.mutable_permit_given()->set_expire_us(int64_t{1'120} * 1'000'000);
    LogAboutWorked(Audit::KIND_OUTCOME, "out-1").set_count(1);
    vendors["sakura"].desk =
        LineOfPermit(kAskedNs) + LedgerLine({"report", "out-1", MessageCell(outcome)}) +
        LedgerLine({"outcome", "out-1", "1", outcome.assignment_id(), "", "permit-1"});
    v1::ReportOutcomesResponse receipts;
    receipts.add_receipts()->set_outcome_id("out-1");
    receipts.mutable_receipts(0)->set_status(v1::ReportOutcomesResponse::STATUS_RECORDED);
    vendors["sakura"].frames.emplace_back("ReportOutcomes", receipts.SerializeAsString());
    KeepAtCore(recorded);
  }

  void PayOne() {
    Placement& worked = FirstAt("sakura");
    PostFromCore("ev-1", "payment", worked);
    Audit& payment = hub.Log(Audit::KIND_EVENT, "ev-1");
    payment.set_account_id(worked.account_id());
    payment.mutable_occurrence()->set_what(Audit::Occurrence::WHAT_PAYMENT);
    payment.mutable_occurrence()->set_settled_until_us(kPaidUs + 1);
    core_events +=
        LineOfReceipt(kLateSource, worked.account_id(), "STATUS_NOT_PLACED") +
        LedgerLine({"imported", kLateSource, "9000000", "9500000", absl::StrCat(kAccounts)});
    LogAboutWorked(Audit::KIND_WITHDRAWN, "");
    worked.mutable_withdraw_time()->set_seconds(200);
    v1::SyncResponse::Batch batch = vendors["sakura"].stored.back();
    *batch.mutable_after() = batch.through();
    batch.mutable_through()->set_sequence(batch.through().sequence() + 1);
    batch.clear_changes();
    batch.add_changes()->mutable_withdrawn()->set_assignment_id(worked.assignment_id());
    Feed("sakura", batch);
    vendors["sakura"].stored.push_back(batch);
    vendors["sakura"].desk += LedgerLine(
        {"withdrawn", absl::StrCat(kStoredNs), worked.assignment_id(), "WITHDRAW_REASON_PAID"});
    hub.vendors["sakura"].set_newest_sequence(batch.through().sequence());
    hub.vendors["sakura"].set_acknowledged_sequence(batch.through().sequence());
  }

  void WriteAll() {
    testing::WriteFile(folder_->Of("core") + "/events", core_events);
    testing::WriteFile(folder_->Of("core") + "/outcomes", core_outcomes);
    testing::WriteFile(folder_->OfCheckpoints() + "/1.checkpoint",
                       kept_checkpoint.empty() ? hub.SealedLog().notes.back() : kept_checkpoint);
    for (const auto& [vendor_id, vendor] : vendors) {
      const std::string folder = folder_->Of(vendor_id);
      testing::WriteFile(folder + "/ledger", vendor.desk);
      const auto tap = TapFile::Open(folder + "/received");
      for (const auto& [method, message] : vendor.frames) (*tap)->Write(method, message);
      const auto file = adapters::VendorFile::Open(folder + "/mirror.db");
      const auto mirror = adapters::Mirror::Open(**file);
      EXPECT_OK((*mirror)->Opened(vendor.stored[0].after()));
      for (const auto& batch : vendor.stored) EXPECT_OK((*mirror)->Apply(batch));
    }
  }

  SystemClock clock_;
  absl::StatusOr<WorkFolder> folder_;
};

}  // namespace switchboard::demo
