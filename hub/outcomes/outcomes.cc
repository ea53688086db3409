#include "hub/outcomes/outcomes.h"

#include <map>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/outcomes/consequences.h"
#include "hub/outcomes/erasure.h"
#include "hub/core_feed/core_feed.h"
#include "hub/permits/permits.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using Response = v1::ReportOutcomesResponse;

constexpr char kSelectVersions[] =
    "SELECT version, digest FROM outcome WHERE vendor_id = $1 AND outcome_id = $2 ORDER BY version";
constexpr char kSelectAssignment[] =
    "SELECT assignment_id FROM outcome WHERE vendor_id = $1 AND outcome_id = $2 AND version = $3";
constexpr char kSelectAfter[] =
    "SELECT sequence, vendor_id, account_id, work_type, marks, record_time, outcome_id, version, "
    "box FROM outcome "
    "WHERE sequence > $1 ORDER BY sequence LIMIT $2";
constexpr char kSelectConfirmed[] = "SELECT confirmed FROM core_cursor WHERE actor = $1";
constexpr char kConfirm[] =
    "INSERT INTO core_cursor (actor, confirmed) VALUES ($1, $2) "
    "ON CONFLICT (actor) DO UPDATE SET confirmed = excluded.confirmed WHERE core_cursor.confirmed "
    "< excluded.confirmed";

using Versions = std::map<int64_t, std::string>;  // version → digest

int64_t MarkBit(v1::RecordedOutcome::Mark mark) { return int64_t{1} << mark; }

bool PermitFits(const permits::NamedPermit& permit, const v1::Outcome& outcome) {
  if (permit.assignment_id != outcome.assignment_id()) return false;
  // A correction speaks of the contact that used the permit, and an outcome may come late.
  const bool free = permit.state == permits::PermitState::kOpen ||
                    permit.state == permits::PermitState::kExpired ||
                    (permit.state == permits::PermitState::kUsed && outcome.version() > 1);
  const int64_t start_us = TimeUtil::TimestampToMicroseconds(outcome.start_time());
  return free && start_us < permit.expire_time_us;
}

}  // namespace

// One batch on its way into the database.
struct Outcomes::Batch {
  storage::Transaction& transaction;
  std::string_view vendor_id;
  const std::vector<ReceivedOutcome>& received;
  assignments::Changes changes;
  Response response;
  std::vector<AcceptedOutcome> accepted;

  // What was found about the batch at once, and keeps up with what it does.
  std::map<std::string, Versions, std::less<>> versions;             // by outcome
  std::map<std::string, assignments::Assignment, std::less<>> assignments;  // the vendor's own, by id
  std::map<std::string, permits::NamedPermit, std::less<>> permits;    // the vendor's own, by id
  std::vector<std::string> used_permits;                             // not yet in the table
};

absl::StatusOr<v1::ReportOutcomesResponse> Outcomes::Report(
    storage::Transaction& transaction, std::string_view vendor_id,
    const std::vector<ReceivedOutcome>& received) const {
  const std::string actor = "vendor/" + std::string(vendor_id);
  Batch batch{transaction, vendor_id, received, assignments::Changes(transaction, sealer_, ids_, actor),
              {},          {},        {},       {},
              {},          {}};
  RETURN_IF_ERROR(Gather(batch));
  for (const ReceivedOutcome& one : received) RETURN_IF_ERROR(Take(batch, one));
  RETURN_IF_ERROR(UsePermits(batch));
  batch.changes.Flush();
  if (!batch.accepted.empty()) {
    assignments::VendorCounter::Count(transaction, vendor_id, &assignments::VendorCounter::outcomes,
                               static_cast<int64_t>(batch.accepted.size()));
    OutcomeBook::Write(transaction, std::move(batch.accepted));
  }
  return std::move(batch.response);
}

// Holds the persons the batch speaks of, then reads what the batch will be judged by.
absl::Status Outcomes::Gather(Batch& batch) const {
  RETURN_IF_ERROR(ReadAssignments(batch));
  std::vector<storage::Key> persons;
  for (const auto& [id, assignment] : batch.assignments)
    persons.push_back(book::PersonKey(assignment.person_id));
  RETURN_IF_ERROR(batch.transaction.Hold(persons));
  RETURN_IF_ERROR(ReadAssignments(batch));
  std::vector<std::string> permit_ids;
  std::vector<std::vector<Value>> ids;
  for (const ReceivedOutcome& one : batch.received) {
    ids.push_back({batch.vendor_id, one.outcome.outcome_id()});
    if (!one.outcome.permit_id().empty()) permit_ids.push_back(one.outcome.permit_id());
  }
  for (const AcceptedOutcome& left : OutcomeBook::Left(batch.transaction)) {
    if (left.vendor_id == batch.vendor_id)
      batch.versions[left.outcome_id][left.version] = left.digest;
  }
  storage::Connection& connection = batch.transaction.connection();
  RETURN_IF_ERROR(connection.QueryMany(kSelectVersions, ids, [&](size_t set, const Row& row) {
    batch.versions[std::string(ids[set][1].bytes())][row.Integer(0)] = row.Blob(1);
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(batch.permits, permits::FindPermits(connection, batch.vendor_id, permit_ids));
  return absl::OkStatus();
}

absl::Status Outcomes::ReadAssignments(Batch& batch) const {
  std::vector<std::string> ids;
  for (const ReceivedOutcome& one : batch.received) ids.push_back(one.outcome.assignment_id());
  ASSIGN_OR_RETURN(batch.assignments,
                   assignments::FindAssignments(batch.transaction.connection(), std::move(ids)));
  std::erase_if(batch.assignments,
                [&](const auto& found) { return found.second.vendor_id != batch.vendor_id; });
  return absl::OkStatus();
}

absl::Status Outcomes::Take(Batch& batch, const ReceivedOutcome& received) const {
  const v1::Outcome& outcome = received.outcome;
  auto& receipt = *batch.response.add_receipts();
  receipt.set_outcome_id(outcome.outcome_id());
  receipt.set_version(outcome.version());
  if (KnownBefore(batch, received, receipt)) {
    if (receipt.status() == Response::STATUS_REPEATED) return absl::OkStatus();
    return Refuse(batch, received, receipt);
  }
  if (received.problem.has_value()) {
    receipt.set_status(Response::STATUS_INVALID);
    receipt.set_field(received.problem->field);
    receipt.set_problem(received.problem->problem);
    return Refuse(batch, received, receipt);
  }
  const auto assignment = batch.assignments.find(outcome.assignment_id());
  if (assignment == batch.assignments.end()) {
    receipt.set_status(Response::STATUS_UNKNOWN_ASSIGNMENT);
    receipt.set_field("assignment_id");
    receipt.set_problem("no such assignment of yours, now or ever");
    return Refuse(batch, received, receipt);
  }
  const Versions& versions = batch.versions[outcome.outcome_id()];
  const int64_t expected = versions.empty() ? 1 : versions.rbegin()->first + 1;
  if (outcome.version() != expected) {
    receipt.set_status(Response::STATUS_VERSION_GAP);
    receipt.set_field("version");
    receipt.set_problem("must follow the version recorded before");
    return Refuse(batch, received, receipt);
  }
  ASSIGN_OR_RETURN(const bool taken,
                   StopIdTaken(batch.transaction.connection(), assignment->second, outcome));
  if (taken) {
    receipt.set_status(Response::STATUS_ID_REUSED);
    receipt.set_field("outcome_id");
    receipt.set_problem("was used before for an outcome that is erased since; make a new one");
    return Refuse(batch, received, receipt);
  }
  receipt.set_status(Response::STATUS_RECORDED);
  return Accept(batch, received, assignment->second);
}

bool Outcomes::KnownBefore(const Batch& batch, const ReceivedOutcome& received,
                           v1::ReportOutcomesResponse::Receipt& receipt) const {
  const auto versions = batch.versions.find(received.outcome.outcome_id());
  if (versions == batch.versions.end()) return false;
  const auto version = versions->second.find(received.outcome.version());
  if (version == versions->second.end()) return false;
  const bool same = version->second == received.digest;
  receipt.set_status(same ? Response::STATUS_REPEATED : Response::STATUS_ID_REUSED);
  if (!same) {
    receipt.set_field("outcome_id");
    receipt.set_problem("was used before with other content; a correction takes the next version");
  }
  return true;
}

absl::Status Outcomes::Refuse(Batch& batch, const ReceivedOutcome& received,
                              v1::ReportOutcomesResponse::Receipt& receipt) const {
  return audit::Quarantine(
      batch.transaction, sealer_, ids_,
      {"vendor/" + std::string(batch.vendor_id), "outcome", Response::Status_Name(receipt.status()),
       receipt.field(), received.bytes});
}

absl::Status Outcomes::Accept(Batch& batch, const ReceivedOutcome& received,
                              const assignments::Assignment& assignment) const {
  const v1::Outcome& outcome = received.outcome;
  batch.versions[outcome.outcome_id()][outcome.version()] = received.digest;
  batch.accepted.push_back({std::string(batch.vendor_id), outcome.outcome_id(), outcome.version(),
                            assignment.assignment_id, assignment.account_id, assignment.work_type,
                            MarksOf(batch, outcome, assignment), received.digest, received.box});
  if (!HasConsequences(outcome)) return absl::OkStatus();
  // They void open permits, end assignments, and must see what this batch did before.
  RETURN_IF_ERROR(UsePermits(batch));
  ASSIGN_OR_RETURN(const auto corrected, Corrected(batch, outcome));
  RETURN_IF_ERROR(ApplyConsequences(batch.transaction, batch.changes, book::Book(sealer_),
                                    assignments::Assignment(assignment), outcome,
                                    corrected.has_value() ? &*corrected : nullptr));
  RETURN_IF_ERROR(ReadAssignments(batch));
  for (auto& [id, permit] : batch.permits) {
    ASSIGN_OR_RETURN(const auto now,
                     permits::FindPermit(batch.transaction.connection(), batch.vendor_id, id));
    if (now.has_value()) permit = *now;
  }
  return absl::OkStatus();
}

// The assignment that the version before was about, which may be another one.
absl::StatusOr<std::optional<assignments::Assignment>> Outcomes::Corrected(
    Batch& batch, const v1::Outcome& outcome) const {
  const int64_t before = outcome.version() - 1;
  if (before == 0) return std::nullopt;
  std::string assignment_id;
  const auto look_among = [&](const std::vector<AcceptedOutcome>& accepted) {
    for (const AcceptedOutcome& one : accepted) {
      if (one.vendor_id == batch.vendor_id && one.outcome_id == outcome.outcome_id() &&
          one.version == before)
        assignment_id = one.assignment_id;
    }
  };
  look_among(batch.accepted);
  look_among(OutcomeBook::Left(batch.transaction));
  storage::Connection& connection = batch.transaction.connection();
  RETURN_IF_ERROR(connection.Query(
      kSelectAssignment, {batch.vendor_id, outcome.outcome_id(), before}, [&](const Row& row) {
        assignment_id = row.Text(0);
        return absl::OkStatus();
      }));
  return assignments::FindAssignment(connection, assignment_id);
}

// Also uses the permit that the outcome names.
int64_t Outcomes::MarksOf(Batch& batch, const v1::Outcome& outcome,
                          const assignments::Assignment& assignment) const {
  int64_t marks = 0;
  if (!assignment.live) marks |= MarkBit(v1::RecordedOutcome::MARK_AFTER_WITHDRAWAL);
  if (outcome.version() > 1) marks |= MarkBit(v1::RecordedOutcome::MARK_CORRECTION);
  if (!IsContact(outcome.disposition())) return marks;
  if (outcome.permit_id().empty()) return marks | MarkBit(v1::RecordedOutcome::MARK_WITHOUT_PERMIT);
  const auto permit = batch.permits.find(outcome.permit_id());
  if (permit == batch.permits.end() || !PermitFits(permit->second, outcome))
    return marks | MarkBit(v1::RecordedOutcome::MARK_PERMIT_NOT_VALID);
  permit->second.state = permits::PermitState::kUsed;
  batch.used_permits.push_back(permit->first);
  return marks;
}

absl::Status Outcomes::UsePermits(Batch& batch) const {
  if (batch.used_permits.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(permits::UsePermits(batch.transaction, batch.used_permits));
  batch.used_permits.clear();
  return absl::OkStatus();
}

absl::StatusOr<v1::ReadOutcomesResponse> Outcomes::Read(storage::Connection& connection,
                                                        int64_t after, int max_outcomes) const {
  v1::ReadOutcomesResponse response;
  ASSIGN_OR_RETURN(const int64_t newest, NewestOutcome(connection));
  response.set_newest(newest);
  if (after < 0 || after > newest) {
    return Error(absl::StatusCode::kInvalidArgument, "CURSOR_INVALID",
                 "after: must be 0 to the newest sequence, " + std::to_string(newest));
  }
  RETURN_IF_ERROR(
      connection.Query(kSelectAfter, {after, max_outcomes}, [&](const Row& row) -> absl::Status {
        auto& recorded = *response.add_outcomes();
        recorded.set_sequence(row.Integer(0));
        recorded.set_vendor_id(std::string(row.Text(1)));
        recorded.set_account_id(std::string(row.Text(2)));
        recorded.set_work_type(static_cast<v1::WorkType>(row.Integer(3)));
        for (int mark = 1; mark < v1::RecordedOutcome::Mark_ARRAYSIZE; ++mark) {
          if ((row.Integer(4) >> mark) & 1)
            recorded.add_marks(static_cast<v1::RecordedOutcome::Mark>(mark));
        }
        *recorded.mutable_record_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(5));
        ASSIGN_OR_RETURN(const std::string bytes,
                         sealer_.Open(BoxPlace(row.Text(1), row.Text(6), row.Integer(7)),
                                      row.Blob(8), connection));
        if (!recorded.mutable_outcome()->ParseFromString(bytes)) {
          return absl::DataLossError("a stored outcome cannot be parsed");
        }
        return absl::OkStatus();
      }));
  // Last, so that it speaks of all that the page leaves out.
  ASSIGN_OR_RETURN(const int64_t erased_through, ErasedThrough(connection));
  response.set_erased_through(erased_through);
  return response;
}

absl::StatusOr<bool> Outcomes::NeedsConfirming(storage::Connection& connection,
                                               std::string_view core, int64_t after) const {
  int64_t confirmed = 0;
  RETURN_IF_ERROR(connection.Query(kSelectConfirmed, {core}, [&](const Row& row) {
    confirmed = row.Integer(0);
    return absl::OkStatus();
  }));
  return after > confirmed;
}

absl::Status Outcomes::Confirm(storage::Transaction& transaction, std::string_view core,
                               int64_t after) const {
  ASSIGN_OR_RETURN(const int64_t changed, transaction.Execute(kConfirm, {core, after}));
  if (changed == 0) return absl::OkStatus();
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_OUTCOMES_CONFIRMED, core);
  event.set_count(after);
  audit::Record(transaction, std::move(event));
  return absl::OkStatus();
}

}  // namespace switchboard::outcomes
