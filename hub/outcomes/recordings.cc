#include "hub/outcomes/recordings.h"

#include "google/protobuf/util/time_util.h"
#include "hub/assignments/recalls.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using enum Value::Kind;

constexpr char kWrite[] =
    "INSERT INTO recording (vendor_id, outcome_id, assignment_id, call_time, due_time, sha256) "
    "SELECT c1, c2, c3, c4, c5, c6 FROM rows($1) WHERE true ON CONFLICT (vendor_id, outcome_id) DO "
    "UPDATE SET call_time = excluded.call_time, due_time = excluded.due_time, sha256 = "
    "excluded.sha256";
constexpr char kRemove[] =
    "DELETE FROM recording WHERE (vendor_id, outcome_id) IN (SELECT c1, c2 FROM rows($1))";
constexpr char kSelectMissing[] =
    "SELECT vendor_id, outcome_id, assignment_id, call_time, due_time FROM recording WHERE "
    "vendor_id = $1 AND outcome_id > $2 AND due_time < $3 ORDER BY outcome_id LIMIT $4";
constexpr char kSelectMissingOfAll[] =
    "SELECT vendor_id, outcome_id, assignment_id, call_time, due_time FROM recording WHERE "
    "(vendor_id, outcome_id) > ($1, $2) AND due_time < $3 ORDER BY vendor_id, outcome_id LIMIT $4";
constexpr char kSelectTold[] =
    "SELECT assignment_id, sha256 FROM recording WHERE vendor_id = $1 AND outcome_id = $2";

// A call that was answered, by whomever it was made.
bool IsOwed(const v1::Outcome& outcome, v1::Channel channel, const v1::Contract* contract) {
  return contract != nullptr && contract->has_recordings() && channel == v1::CHANNEL_PHONE &&
         outcome.result().connection() == v1::CONNECTION_ANSWERED;
}

v1::MissingRecording MissingIn(const Row& row) {
  v1::MissingRecording missing;
  missing.set_vendor_id(std::string(row.Text(0)));
  missing.set_outcome_id(std::string(row.Text(1)));
  missing.set_assignment_id(std::string(row.Text(2)));
  *missing.mutable_call_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(3));
  *missing.mutable_due_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(4));
  return missing;
}

// What a vendor told of a recording.
struct Told {
  std::string assignment_id;
  std::string sha256;
};

absl::StatusOr<std::optional<Told>> FindTold(storage::Connection& connection,
                                             std::string_view vendor_id,
                                             std::string_view outcome_id) {
  std::optional<Told> told;
  RETURN_IF_ERROR(connection.Query(kSelectTold, {vendor_id, outcome_id}, [&](const Row& row) {
    // Of one that is owed nothing was told yet.
    if (!row.Blob(1).empty()) told = Told{std::string(row.Text(0)), std::string(row.Blob(1))};
    return absl::OkStatus();
  }));
  return told;
}

}  // namespace

void Recordings::Take(const v1::Outcome& outcome, v1::Channel channel,
                      const v1::Contract* contract) {
  taken_.erase(outcome.outcome_id());
  taken_back_.erase(outcome.outcome_id());
  const bool told = outcome.has_recording();
  if (!told && !IsOwed(outcome, channel, contract)) {
    if (outcome.version() > 1) taken_back_.insert(outcome.outcome_id());
    return;
  }
  Taken taken{outcome.assignment_id(), TimeUtil::TimestampToMicroseconds(outcome.start_time())};
  if (told) {
    taken.sha256 = outcome.recording().sha256();
  } else {
    taken.due_us = TimeUtil::TimestampToMicroseconds(outcome.end_time()) +
                   TimeUtil::DurationToMicroseconds(contract->recordings().within());
  }
  taken_[outcome.outcome_id()] = std::move(taken);
}

absl::Status Recordings::Write() {
  if (!taken_back_.empty()) {
    storage::Rows rows({kText, kText}, taken_back_.size());
    for (const std::string& outcome_id : taken_back_) rows.Add({vendor_id_, outcome_id});
    RETURN_IF_ERROR(transaction_.Execute(kRemove, {rows}).status());
  }
  if (taken_.empty()) return absl::OkStatus();
  storage::Rows rows({kText, kText, kText, kInteger, kInteger, kBlob}, taken_.size());
  for (const auto& [outcome_id, taken] : taken_) {
    rows.Add({vendor_id_, outcome_id, taken.assignment_id, taken.call_us,
              taken.due_us.has_value() ? Value(*taken.due_us) : Value(nullptr),
              Value::Blob(taken.sha256)});
  }
  return transaction_.Execute(kWrite, {rows}).status();
}

absl::StatusOr<std::vector<v1::MissingRecording>> MissingRecordings(storage::Connection& reader,
                                                                    absl::Time now,
                                                                    std::string_view vendor_id,
                                                                    std::string_view after,
                                                                    int limit) {
  std::vector<v1::MissingRecording> missing;
  RETURN_IF_ERROR(reader.Query(kSelectMissing, {vendor_id, after, absl::ToUnixMicros(now), limit},
                               [&](const Row& row) {
                                 missing.push_back(MissingIn(row));
                                 return absl::OkStatus();
                               }));
  return missing;
}

absl::StatusOr<std::vector<v1::MissingRecording>> MissingRecordingsOfAll(
    storage::Connection& reader, absl::Time now, std::string_view after_vendor_id,
    std::string_view after_outcome_id, int limit) {
  std::vector<v1::MissingRecording> missing;
  RETURN_IF_ERROR(reader.Query(kSelectMissingOfAll,
                               {after_vendor_id, after_outcome_id, absl::ToUnixMicros(now), limit},
                               [&](const Row& row) {
                                 missing.push_back(MissingIn(row));
                                 return absl::OkStatus();
                               }));
  return missing;
}

absl::StatusOr<bool> CheckRecording(storage::Transaction& transaction, std::string_view actor,
                                    std::string_view vendor_id, std::string_view outcome_id,
                                    std::string_view sha256) {
  ASSIGN_OR_RETURN(auto told, FindTold(transaction.connection(), vendor_id, outcome_id));
  // With the person no correction comes between, and the log has them in one order.
  if (told.has_value()) {
    RETURN_IF_ERROR(assignments::HoldAssignment(transaction, told->assignment_id).status());
    ASSIGN_OR_RETURN(told, FindTold(transaction.connection(), vendor_id, outcome_id));
  }
  if (!told.has_value()) {
    return Error(absl::StatusCode::kNotFound, "RECORDING_UNKNOWN",
                 "outcome_id: the vendor told of no recording for this outcome");
  }
  const bool matches = told->sha256 == sha256;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_RECORDING_CHECKED, actor);
  event.set_vendor_id(std::string(vendor_id));
  event.set_subject_id(std::string(outcome_id));
  event.set_assignment_id(told->assignment_id);
  event.set_digest(std::string(sha256));
  event.set_recording_matches(matches);
  audit::Record(transaction, std::move(event));
  return matches;
}

absl::Status EraseRecordings(storage::Transaction& transaction, const storage::Rows& outcomes) {
  return transaction.Execute(kRemove, {outcomes}).status();
}

}  // namespace switchboard::outcomes
