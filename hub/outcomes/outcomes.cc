#include "hub/outcomes/outcomes.h"

#include <map>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/feed/assignments.h"
#include "hub/outcomes/consequences.h"
#include "hub/rules/permits.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using Response = v1::ReportOutcomesResponse;

constexpr char kSelectVersions[] =
    "SELECT version, digest FROM outcome WHERE vendor_id = $1 AND outcome_id = $2 ORDER BY version";
constexpr char kInsert[] =
    "INSERT INTO outcome (sequence, vendor_id, outcome_id, version, assignment_id, account_id, "
    "work_type, marks, "
    "digest, record_time, box) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
constexpr char kTakeSequences[] =
    "INSERT INTO counter (name, value) VALUES ('outcome', $1) "
    "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value";
constexpr char kSelectNewest[] = "SELECT value FROM counter WHERE name = 'outcome'";
constexpr char kCount[] = "UPDATE vendor SET outcomes = outcomes + $1 WHERE vendor_id = $2";
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

absl::StatusOr<int64_t> Newest(storage::Connection& connection) {
  int64_t newest = 0;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {}, [&](const Row& row) {
    newest = row.Integer(0);
    return absl::OkStatus();
  }));
  return newest;
}

bool PermitFits(const rules::NamedPermit& permit, const v1::Outcome& outcome) {
  if (permit.assignment_id != outcome.assignment_id()) return false;
  // A correction speaks of the contact that used the permit, and an outcome may come late.
  const bool free = permit.state == rules::PermitState::kOpen ||
                    permit.state == rules::PermitState::kExpired ||
                    (permit.state == rules::PermitState::kUsed && outcome.version() > 1);
  const int64_t start_us = TimeUtil::TimestampToMicroseconds(outcome.start_time());
  return free && start_us < permit.expire_time_us;
}

}  // namespace

// One batch on its way into the database.
struct Outcomes::Batch {
  struct Accepted {
    const ReceivedOutcome* received;
    feed::Assignment assignment;
    int64_t marks;
  };

  storage::Transaction& transaction;
  std::string_view vendor_id;
  feed::Changes changes;
  Response response;
  std::vector<Accepted> accepted;
  std::map<std::string, Versions> versions;  // of ids in this batch
};

absl::StatusOr<v1::ReportOutcomesResponse> Outcomes::Report(
    storage::Transaction& transaction, std::string_view vendor_id,
    const std::vector<ReceivedOutcome>& received) const {
  const std::string actor = "vendor/" + std::string(vendor_id);
  Batch batch{transaction, vendor_id, feed::Changes(transaction, sealer_, ids_, actor), {}, {}, {}};
  for (const ReceivedOutcome& one : received) RETURN_IF_ERROR(Take(batch, one));
  RETURN_IF_ERROR(batch.changes.Flush());
  RETURN_IF_ERROR(WriteAccepted(batch));
  return std::move(batch.response);
}

absl::Status Outcomes::Take(Batch& batch, const ReceivedOutcome& received) const {
  auto& receipt = *batch.response.add_receipts();
  receipt.set_outcome_id(received.outcome.outcome_id());
  receipt.set_version(received.outcome.version());
  ASSIGN_OR_RETURN(const bool known, KnownBefore(batch, received, receipt));
  if (known && receipt.status() == Response::STATUS_REPEATED) return absl::OkStatus();
  if (known) return Refuse(batch, received, receipt);
  if (received.problem.has_value()) {
    receipt.set_status(Response::STATUS_INVALID);
    receipt.set_field(received.problem->field);
    receipt.set_problem(received.problem->problem);
    return Refuse(batch, received, receipt);
  }
  ASSIGN_OR_RETURN(auto assignment, feed::FindAssignment(batch.transaction.connection(),
                                                         received.outcome.assignment_id()));
  if (!assignment.has_value() || assignment->vendor_id != batch.vendor_id) {
    receipt.set_status(Response::STATUS_UNKNOWN_ASSIGNMENT);
    receipt.set_field("assignment_id");
    receipt.set_problem("no such assignment of yours, now or ever");
    return Refuse(batch, received, receipt);
  }
  const Versions& versions = batch.versions[received.outcome.outcome_id()];
  const int64_t expected = versions.empty() ? 1 : versions.rbegin()->first + 1;
  if (received.outcome.version() != expected) {
    receipt.set_status(Response::STATUS_VERSION_GAP);
    receipt.set_field("version");
    receipt.set_problem("must follow the version recorded before");
    return Refuse(batch, received, receipt);
  }
  receipt.set_status(Response::STATUS_RECORDED);
  batch.accepted.push_back({&received, *std::move(assignment), 0});
  return Accept(batch, received);
}

absl::StatusOr<bool> Outcomes::KnownBefore(Batch& batch, const ReceivedOutcome& received,
                                           v1::ReportOutcomesResponse::Receipt& receipt) const {
  const std::string& id = received.outcome.outcome_id();
  auto [found, first] = batch.versions.try_emplace(id);
  if (first) {
    RETURN_IF_ERROR(
        batch.transaction.Query(kSelectVersions, {batch.vendor_id, id}, [&](const Row& row) {
          found->second[row.Integer(0)] = row.Blob(1);
          return absl::OkStatus();
        }));
  }
  auto version = found->second.find(received.outcome.version());
  if (version == found->second.end()) return false;
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

absl::Status Outcomes::Accept(Batch& batch, const ReceivedOutcome& received) const {
  const v1::Outcome& outcome = received.outcome;
  Batch::Accepted& accepted = batch.accepted.back();
  batch.versions[outcome.outcome_id()][outcome.version()] = received.digest;
  if (!accepted.assignment.live)
    accepted.marks |= MarkBit(v1::RecordedOutcome::MARK_AFTER_WITHDRAWAL);
  if (outcome.version() > 1) accepted.marks |= MarkBit(v1::RecordedOutcome::MARK_CORRECTION);
  if (IsContact(outcome.disposition())) {
    if (outcome.permit_id().empty()) {
      accepted.marks |= MarkBit(v1::RecordedOutcome::MARK_WITHOUT_PERMIT);
    } else {
      ASSIGN_OR_RETURN(const auto permit, rules::FindPermit(batch.transaction.connection(),
                                                            batch.vendor_id, outcome.permit_id()));
      if (permit.has_value() && PermitFits(*permit, outcome)) {
        RETURN_IF_ERROR(rules::UsePermit(batch.transaction, outcome.permit_id()));
      } else {
        accepted.marks |= MarkBit(v1::RecordedOutcome::MARK_PERMIT_NOT_VALID);
      }
    }
  }
  return ApplyConsequences(batch.transaction, batch.changes, book::Book(sealer_),
                           accepted.assignment, outcome);
}

absl::Status Outcomes::WriteAccepted(Batch& batch) const {
  if (batch.accepted.empty()) return absl::OkStatus();
  storage::Transaction& transaction = batch.transaction;
  const auto count = static_cast<int64_t>(batch.accepted.size());
  RETURN_IF_ERROR(transaction.Execute(kCount, {count, batch.vendor_id}).status());
  int64_t sequence = 0;
  RETURN_IF_ERROR(transaction.Query(kTakeSequences, {count}, [&](const Row& row) {
    sequence = row.Integer(0) - count;
    return absl::OkStatus();
  }));
  for (const Batch::Accepted& accepted : batch.accepted) {
    const v1::Outcome& outcome = accepted.received->outcome;
    ++sequence;
    RETURN_IF_ERROR(
        transaction
            .Execute(kInsert,
                     {sequence, batch.vendor_id, outcome.outcome_id(), int64_t{outcome.version()},
                      outcome.assignment_id(), accepted.assignment.account_id,
                      static_cast<int64_t>(accepted.assignment.work_type), accepted.marks,
                      Value::Blob(accepted.received->digest), transaction.now_us(),
                      Value::Blob(accepted.received->box)})
            .status());
    v1::AuditEvent event =
        audit::Event(v1::AuditEvent::KIND_OUTCOME, "vendor/" + std::string(batch.vendor_id));
    event.set_vendor_id(std::string(batch.vendor_id));
    event.set_account_id(accepted.assignment.account_id);
    event.set_assignment_id(outcome.assignment_id());
    event.set_subject_id(outcome.outcome_id());
    event.set_digest(accepted.received->digest);
    event.set_count(sequence);
    audit::Record(transaction, std::move(event));
  }
  transaction.Announce("outcomes");
  return absl::OkStatus();
}

absl::StatusOr<v1::ReadOutcomesResponse> Outcomes::Read(storage::Connection& connection,
                                                        int64_t after, int max_outcomes) const {
  v1::ReadOutcomesResponse response;
  ASSIGN_OR_RETURN(const int64_t newest, Newest(connection));
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
