#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/session.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/payment_plan.pb.h"
#include "switchboard/v1/person_request.pb.h"
#include "switchboard/v1/values.pb.h"

// What the command line can do, one function a command, without any parsing of arguments. Errors
// are the hub's or those of the files given; a check that does not hold is a Result, not an error.

namespace switchboard::cli {

// ---- certs

struct CertsArguments {
  std::string directory;
  std::string trust_domain;
  std::vector<std::string> hubs;  // "one" or "one=hub.example,10.0.0.7"
  std::vector<std::string> cores;
  std::vector<std::string> vendors;
  std::vector<std::string> operators;
  int days = 90;
  bool force = false;
};
// A new authority, and a folder for each peer.
absl::StatusOr<Result> CertsInit(Session& session, const CertsArguments& arguments);
// More peers of the authority there is; with force, renewed ones.
absl::StatusOr<Result> CertsAdd(Session& session, const CertsArguments& arguments);
// What lies in a folder, or in the folders below it. Does not hold when a certificate is not valid
// now.
absl::StatusOr<Result> CertsShow(Session& session, const std::string& directory);

// ---- diagnose, health

absl::StatusOr<Result> DiagnoseConnection(Session& session);
// Holds when the hub and all its services serve.
absl::StatusOr<Result> Health(Session& session);

// ---- vendor, work-type

absl::StatusOr<Result> VendorList(Session& session);

struct VendorStopArguments {
  std::string vendor_id;
  bool keep_work = false;  // the vendor keeps what it holds
  std::string until;       // RFC 3339; empty: until it is let go on
};
absl::StatusOr<Result> VendorStop(Session& session, const VendorStopArguments& arguments);
absl::StatusOr<Result> VendorResume(Session& session, const std::string& vendor_id);

// `until`: as of a vendor.
absl::StatusOr<Result> WorkTypeStop(Session& session, v1::WorkType work_type,
                                    const std::string& until);
absl::StatusOr<Result> WorkTypeResume(Session& session, v1::WorkType work_type);

// ---- contract

// Contracts, each by itself. Of these and of the texts below: release_commands.h has what puts them
// in force.
absl::StatusOr<Result> ContractLint(Session& session, const std::vector<std::string>& files);

struct ContractPlanArguments {
  std::string file;             // either this …
  std::string proposal_id;      // … or this
  int64_t assignments_max = 0;  // to look at; 0: the hub's default
  int64_t samples_max = 5;      // of live work
};
// Who would see what of how many, before anything changes.
absl::StatusOr<Result> ContractPlan(Session& session, const ContractPlanArguments& arguments);

struct ContractPreviewArguments {
  std::string file;
  std::string against;  // a file; empty: against what the core knows
};
// What a vendor would see of invented people.
absl::StatusOr<Result> ContractPreview(Session& session, const ContractPreviewArguments& arguments);

struct ContractEndArguments {
  std::string vendor_id;
  std::string from;  // "2027-04-01"; empty: today
};
absl::StatusOr<Result> ContractEnd(Session& session, const ContractEndArguments& arguments);

// ---- routing

// Plans, each by itself.
absl::StatusOr<Result> RoutingLint(Session& session, const std::vector<std::string>& files);
// An empty `file` asks about the plan in force.
absl::StatusOr<Result> RoutingWhatIf(Session& session, const std::string& file);

// ---- rules

// Rule packs, each by itself, and whether texts of one pack are in force on the same day.
absl::StatusOr<Result> RulesLint(Session& session, const std::vector<std::string>& files);

struct RulesTestArguments {
  std::string pack;                // a file
  std::vector<std::string> cases;  // files
};
// Holds when the pack says to every case what was expected.
absl::StatusOr<Result> RulesTest(Session& session, const RulesTestArguments& arguments);

// Every version of every pack.
absl::StatusOr<Result> RulesList(Session& session);
// Holds when the file says what the highest version of its pack says that was released.
absl::StatusOr<Result> RulesDiff(Session& session, const std::string& file);

struct RulesPreviewArguments {
  std::string pack;   // a file; empty: what was released
  int64_t hours = 0;  // 0: the hub's default, as below
  int64_t assignments_max = 0;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
};
absl::StatusOr<Result> RulesPreview(Session& session, const RulesPreviewArguments& arguments);

struct RulesReplayArguments {
  std::string pack;      // a file
  std::string from, to;  // RFC 3339
  int64_t samples_max = 0;
  int64_t contacts_max = 0;
};
absl::StatusOr<Result> RulesReplay(Session& session, const RulesReplayArguments& arguments);

// ---- codes

// Code maps, each by itself.
absl::StatusOr<Result> CodesLint(Session& session, const std::vector<std::string>& files);
// Every version of every vendor's map.
absl::StatusOr<Result> CodesList(Session& session);
// Holds when the file says what the highest version of its vendor's map says that was released.
absl::StatusOr<Result> CodesDiff(Session& session, const std::string& file);
// Codes of a vendor for which its map has no meaning, and what waits for each.
absl::StatusOr<Result> CodesUnmapped(Session& session, const std::string& vendor_id);

// ---- script

// Scripts, each by itself.
absl::StatusOr<Result> ScriptLint(Session& session, const std::vector<std::string>& files);

// ---- permit

struct ExplainArguments {
  std::string account_id;
  std::string vendor_id;  // empty: every one that has the account
  std::string at;         // RFC 3339; empty: now
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
};
absl::StatusOr<Result> PermitExplain(Session& session, const ExplainArguments& arguments);

struct ReportArguments {
  std::string from, through;  // days in UTC, as 2026-11-30; empty: today
  std::string vendor_id;      // empty: all
};
absl::StatusOr<Result> PermitReport(Session& session, const ReportArguments& arguments);

// How vendors keep to what was agreed.
absl::StatusOr<Result> VendorScorecard(Session& session, const ReportArguments& arguments);

// ---- recall

struct RecallArguments {
  std::vector<std::string> assignment_ids;
  std::string vendor_id;
  v1::RecallReason reason = v1::RECALL_REASON_UNSPECIFIED;
  bool place_again = false;
};
// Does not hold when an id names no live assignment.
absl::StatusOr<Result> RecallAnnounce(Session& session, const RecallArguments& arguments);
// Cancels the pending recall, or makes it final.
absl::StatusOr<Result> RecallDecide(Session& session, const std::string& assignment_id,
                                    bool cancel);

// ---- backup, restore

// Starts a backup and waits for its end; an empty name leaves it to the hub. Does not hold when it
// fails.
absl::StatusOr<Result> MakeBackup(Session& session, const std::string& name);

struct RestoreArguments {
  std::string config;  // of the hub
  std::string from;    // empty: the database in place was restored already
  int64_t core_read_through = 0;
  std::string expected;  // file of noted heads, see audit/heads.h; empty: none
};
// See hub/restore.h. Without a hub: it must not run.
absl::StatusOr<Result> RestoreBackup(Session& session, const RestoreArguments& arguments);

// ---- core

absl::StatusOr<Result> CoreList(Session& session);

struct CoreRetireArguments {
  std::string core;    // "core/main" or "main"
  std::string reader;  // empty: the one without a name
  bool all = false;    // every reader instead
};
absl::StatusOr<Result> CoreRetire(Session& session, const CoreRetireArguments& arguments);

// ---- connections

absl::StatusOr<Result> ConnectionsList(Session& session);

// Exactly one is set.
struct ConnectionsCloseArguments {
  int64_t id = 0;  // of one hub's connections
  std::string peer;
  std::string serial;
};
absl::StatusOr<Result> ConnectionsClose(Session& session,
                                        const ConnectionsCloseArguments& arguments);

// ---- keys

absl::StatusOr<Result> KeysList(Session& session);

struct KeysRotateArguments {
  bool wrapping = false;                  // what keys are wrapped by; else the data keys …
  std::vector<std::string> without_hubs;  // … without these, which are gone
  bool wait = false;                      // … until the old ones are destroyed
};
// Does not hold when boxes are left that no key opens, and keys with them.
absl::StatusOr<Result> KeysRotate(Session& session, const KeysRotateArguments& arguments);

// ---- placements, disclosures

struct ListArguments {
  std::string id;     // of an account, an assignment or a vendor; empty: all
  int64_t limit = 0;  // rows shown; 0: all
};
absl::StatusOr<Result> Placements(Session& session, const ListArguments& arguments);

struct DisclosureArguments {
  ListArguments listed;    // the id is an assignment's
  std::string account_id;  // field by field, of this account …
  std::string person_id;   // … or all of this person's …
  std::string vendor_id;   // … and only what this vendor was shown; empty: whoever
};
// Pages of vendors' feeds, or the record of an account or a person. Errors: INVALID_ARGUMENT,
// OPTION_INVALID.
absl::StatusOr<Result> Disclosures(Session& session, const DisclosureArguments& arguments);
// The record alone. REQUIRES: an account or a person is named.
absl::StatusOr<Result> DisclosureRecord(Session& session, const DisclosureArguments& arguments);
// Of the account that is named.
absl::StatusOr<Result> Promises(Session& session, const ListArguments& arguments);

// ---- deletion

struct DeletionListArguments {
  ListArguments listed;  // the id is a vendor's
  bool open = false;     // those alone that are not closed …
  bool overdue = false;  // … and whose time is up
};
// Orders to delete what vendors were shown.
absl::StatusOr<Result> DeletionList(Session& session, const DeletionListArguments& arguments);
// One of them with its assignments and its vendor's word, which is verified here. Does not hold
// where it does not stand.
absl::StatusOr<Result> DeletionShow(Session& session, const std::string& order_id);

struct DeletionWaiveArguments {
  std::string order_id;
  std::string reason;
};
absl::StatusOr<Result> DeletionWaive(Session& session, const DeletionWaiveArguments& arguments);

// ---- legal-hold

struct LegalHoldArguments {
  std::string hold_id;
  std::string person_id;   // either this …
  std::string account_id;  // … or this
  std::string origin;      // a LegalHold.Origin: "COURT"
  std::string reference;
  std::string until;  // as 2027-06-30; empty: until it is ended
  bool vendors_keep = false;
};
absl::StatusOr<Result> LegalHoldPlace(Session& session, const LegalHoldArguments& arguments);
absl::StatusOr<Result> LegalHoldEnd(Session& session, const std::string& hold_id);

struct LegalHoldListArguments {
  ListArguments listed;  // of all
  bool ended_too = false;
};
absl::StatusOr<Result> LegalHoldList(Session& session, const LegalHoldListArguments& arguments);

// ---- unmask

struct UnmaskListArguments {
  ListArguments listed;
  bool waiting_only = false;
  std::string vendor_id;  // empty: of all
};
absl::StatusOr<Result> UnmaskList(Session& session, const UnmaskListArguments& arguments);
absl::StatusOr<Result> UnmaskDecide(Session& session, const std::string& unmasking_id, bool agreed);

// ---- plans

// Those that wait for head office.
absl::StatusOr<Result> PlansList(Session& session, const ListArguments& arguments);

// The plan of an outcome.
struct PlanKey {
  std::string account_id;
  std::string vendor_id;
  std::string outcome_id;
};
// One of those, part by part. Errors: NOT_FOUND, PLAN_UNKNOWN.
absl::StatusOr<Result> PlansShow(Session& session, const PlanKey& key);

// What is to be paid in the place of what was proposed; amounts in minor units of the currency.
struct PlanTermsArguments {
  int64_t amount = 0;  // in all
  std::string currency;
  std::vector<std::string> parts;    // each as 2026-12-31=4000; empty: by the fields below
  std::string first;                 // the first day, as 2026-12-31
  std::string every;                 // a PaymentPlan.Interval: "MONTH"
  int64_t count = 0;                 // of parts, without what is paid down
  int64_t down = 0;                  // paid on the first day, before the parts; 0: nothing
  std::vector<std::string> waivers;  // each as late-fees=500
};

struct PlanDecisionArguments {
  PlanKey key;
  int64_t version = 0;  // of the outcome
  v1::PlanDecision::Verdict verdict = v1::PlanDecision::VERDICT_UNSPECIFIED;
  v1::PlanDecision::Reason reason = v1::PlanDecision::REASON_UNSPECIFIED;
  std::string note;
  PlanTermsArguments terms;  // with CHANGED alone
};
// Errors: INVALID_ARGUMENT, OPTION_INVALID for terms that contradict themselves.
absl::StatusOr<Result> PlansDecide(Session& session, const PlanDecisionArguments& arguments);

// ---- recordings

// Calls whose recordings are owed; the id is a vendor's, empty: all.
absl::StatusOr<Result> RecordingsMissing(Session& session, const ListArguments& arguments);

struct RecordingCheckArguments {
  std::string vendor_id;
  std::string outcome_id;
  std::string file;  // as it was fetched, of any size
};
// Holds when the file is what the vendor told of. Errors: NOT_FOUND, FILE_MISSING.
absl::StatusOr<Result> RecordingsCheck(Session& session, const RecordingCheckArguments& arguments);

// ---- retention, person

struct RetentionShowArguments {
  int64_t max_wait_days = 30;
};
// Does not hold when something has waited longer than that beyond its time.
absl::StatusOr<Result> RetentionShow(Session& session, const RetentionShowArguments& arguments);
absl::StatusOr<Result> RetentionResume(Session& session);

struct VendorRetireArguments {
  std::string vendor_id;
  std::string reason;
};
absl::StatusOr<Result> VendorRetire(Session& session, const VendorRetireArguments& arguments);

// Exactly one is set; "-": the first line of standard input.
struct PersonFindArguments {
  std::string phone;
  std::string email;
  std::string card;
};
absl::StatusOr<Result> PersonFind(Session& session, const PersonFindArguments& arguments);

struct PersonRequestArguments {
  std::string request_id;
  std::string person_id;
  v1::PersonRequest::Kind kind = v1::PersonRequest::KIND_UNSPECIFIED;
  std::string reference;
  std::vector<std::string> fields;  // of CORRECTION
};
absl::StatusOr<Result> PersonOpen(Session& session, const PersonRequestArguments& arguments);
absl::StatusOr<Result> PersonDecide(Session& session, const std::string& request_id, bool agreed);

struct PersonListArguments {
  ListArguments listed;
  bool closed_too = false;
};
absl::StatusOr<Result> PersonList(Session& session, const PersonListArguments& arguments);

struct PersonReadArguments {
  std::string request_id;
  std::string out;  // a file that is not there yet
};
// Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
absl::StatusOr<Result> PersonRead(Session& session, const PersonReadArguments& arguments);

// ---- quarantine

absl::StatusOr<Result> QuarantineList(Session& session, const ListArguments& arguments);

// The operator's word for one item.
absl::StatusOr<Result> QuarantineVouch(Session& session, const std::string& id);
// The masked content of one item.
absl::StatusOr<Result> QuarantineShow(Session& session, const std::string& id);

struct RetryArguments {
  std::vector<std::string> ids;  // empty: all there are, the oldest first, as far as …
  std::string vendor_id;         // … this vendor sent them; empty: anybody
  std::string status;            // … and they were refused with it, as "DAY_FULL"; empty: any
};
// Has the hub take items again. Does not hold when one still waits after that.
absl::StatusOr<Result> QuarantineRetry(Session& session, const RetryArguments& arguments);

// ---- audit

absl::StatusOr<Result> AuditHeads(Session& session);

struct AuditVerifyArguments {
  std::string expected;                  // file of noted heads, see audit/heads.h; empty: none
  std::vector<std::string> checkpoints;  // files and folders of them, as they were signed
  std::string key_file;                  // whose they are; empty: the key that the log tells
  bool log_only = false;                 // the log, and not the rows that it vouches for
  int64_t memory_mib = 256;              // for what the log says of rows
};
// Recomputes every chain and the tree over them, and holds the rows of all tables against what the
// log says of them. Does not hold when a chain is broken, when there is none, when a head or a
// checkpoint that was noted is missing, further than the log, or another one, or when a row is not
// as the log says; what a restore explains is told apart. Errors: INVALID_ARGUMENT, HEADS_INVALID,
// KEY_INVALID or CHECKPOINTS_MISSING for files that hold none.
absl::StatusOr<Result> AuditVerify(Session& session, const AuditVerifyArguments& arguments);

struct AuditShowArguments {
  std::string kind;        // "PERMIT_GIVEN"; empty: all
  std::string account_id;  // empty: all
  std::string chain_id;    // empty: all
  int64_t limit = 0;       // events shown; 0: all
};
// Events of entries that verify; a broken chain is an error. Errors: NOT_FOUND, CHAIN_UNKNOWN.
absl::StatusOr<Result> AuditShow(Session& session, const AuditShowArguments& arguments);

struct AuditProveArguments {
  std::string chain_id;  // empty: the first one
  int64_t sequence = 0;
  int64_t event = 0;     // within the entry, from 0
  std::string expected;  // file of noted heads, see audit/heads.h; empty: none
};
// The path from one event to its entry's hash, and with `expected` on to the next noted head of the
// chain; without, the proof says that it is not anchored. Errors: NOT_FOUND, CHAIN_UNKNOWN,
// ENTRY_UNKNOWN, EVENT_UNKNOWN, or HEAD_UNKNOWN when no head is noted at the entry or behind it;
// INVALID_ARGUMENT, HEADS_INVALID.
absl::StatusOr<Result> AuditProve(Session& session, const AuditProveArguments& arguments);

// The key that the log's checkpoints are signed by.
absl::StatusOr<Result> AuditKey(Session& session);

struct AuditCheckpointArguments {
  int64_t size = 0;  // 0: the newest
  std::string out;   // a file for the note; empty: none
};
// A checkpoint as it was signed. Errors: NOT_FOUND, CHECKPOINT_UNKNOWN; UNAUTHENTICATED,
// NOTE_FORGED or NOTE_UNKNOWN where it is not by the key that the hub names.
absl::StatusOr<Result> AuditCheckpoint(Session& session, const AuditCheckpointArguments& arguments);
// All of them, and how far the places are that keep them. Errors: likewise.
absl::StatusOr<Result> AuditCheckpoints(Session& session);

struct AuditProveEventArguments {
  std::string event;       // "hub-1/512/3"
  std::string checkpoint;  // a file with the one to lead to; empty: the newest
  std::string out;         // a file for the proof; empty: it is printed
};
// A proof (audit/event_proof.h) of the event to who has the checkpoint and the log's key, checked
// here. Does not hold where it does not lead there. Errors: those of ProveAudit; INVALID_ARGUMENT,
// OPTION_INVALID; those of the file.
absl::StatusOr<Result> AuditProveEvent(Session& session, const AuditProveEventArguments& arguments);

struct AuditConsistencyArguments {
  std::string old_file;  // a checkpoint that was kept
  std::string new_file;  // a later one; empty: the newest
  std::string out;       // a file for the proof
};
// A proof that the later checkpoint continues the earlier one (audit/checkpoint.h), checked here.
// Does not hold where it does not. Errors: those of ProveAudit and of the files.
absl::StatusOr<Result> AuditConsistency(Session& session,
                                        const AuditConsistencyArguments& arguments);

}  // namespace switchboard::cli
