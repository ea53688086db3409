#include "hub/core_feed/core_feed.h"

#include <iterator>
#include <memory>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/storage/counter.h"

namespace switchboard::core_feed {
namespace {

using storage::Value;

// Taken after the vendors' rows, whose names begin with "vendor/".
constexpr char kName[] = "world/outcome";
constexpr char kInsert[] =
    "INSERT INTO outcome (sequence, vendor_id, outcome_id, version, assignment_id, account_id, "
    "work_type, marks, digest, record_time, box) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
constexpr char kSequence[] = "outcome";

}  // namespace

void OutcomeBook::Write(storage::Transaction& transaction, std::vector<AcceptedOutcome> accepted) {
  auto book = std::make_unique<OutcomeBook>();
  book->accepted_ = std::move(accepted);
  transaction.Leave(kName, std::move(book));
  transaction.Announce("outcomes");
}

const std::vector<AcceptedOutcome>& OutcomeBook::Left(const storage::Transaction& transaction) {
  static const std::vector<AcceptedOutcome> kNone;
  const auto* book = transaction.Left<OutcomeBook>(kName);
  return book == nullptr ? kNone : book->accepted_;
}

void OutcomeBook::Absorb(storage::ClosingWork& later) {
  auto& more = static_cast<OutcomeBook&>(later).accepted_;
  std::move(more.begin(), more.end(), std::back_inserter(accepted_));
}

absl::Status OutcomeBook::Run(storage::Transaction& transaction) {
  ASSIGN_OR_RETURN(int64_t sequence, storage::TakeNumbers(transaction, kSequence,
                                                          static_cast<int64_t>(accepted_.size())));
  std::vector<std::vector<Value>> rows;
  rows.reserve(accepted_.size());
  for (const AcceptedOutcome& outcome : accepted_) {
    ++sequence;
    rows.push_back({sequence, outcome.vendor_id, outcome.outcome_id, outcome.version,
                    outcome.assignment_id, outcome.account_id,
                    static_cast<int64_t>(outcome.work_type), outcome.marks,
                    Value::Blob(outcome.digest), transaction.now_us(), Value::Blob(outcome.box)});
    v1::AuditEvent event =
        audit::Event(v1::AuditEvent::KIND_OUTCOME, "vendor/" + outcome.vendor_id);
    event.set_vendor_id(outcome.vendor_id);
    event.set_account_id(outcome.account_id);
    event.set_assignment_id(outcome.assignment_id);
    event.set_subject_id(outcome.outcome_id);
    event.set_digest(outcome.digest);
    event.set_count(sequence);
    audit::Record(transaction, std::move(event));
  }
  return transaction.connection().ExecuteMany(kInsert, rows).status();
}

absl::StatusOr<int64_t> SkipOutcomesThrough(storage::Transaction& transaction, int64_t sequence) {
  ASSIGN_OR_RETURN(const int64_t newest, NewestOutcome(transaction.connection()));
  if (sequence <= newest) return newest;
  RETURN_IF_ERROR(storage::TakeNumbers(transaction, kSequence, sequence - newest).status());
  return sequence;
}

absl::StatusOr<int64_t> NewestOutcome(storage::Connection& connection) {
  return storage::NewestNumber(connection, kSequence);
}

}  // namespace switchboard::core_feed
