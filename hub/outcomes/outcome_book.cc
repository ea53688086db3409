#include "hub/outcomes/outcome_book.h"

#include <iterator>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::outcomes {
namespace {

using storage::Row;
using storage::Value;

constexpr char kInsert[] =
    "INSERT INTO outcome (vendor_id, outcome_id, version, sequence, assignment_id, account_id, "
    "day, "
    "digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr char kSelectVersions[] =
    "SELECT version, digest, assignment_id FROM outcome WHERE vendor_id = $1 AND outcome_id = $2 "
    "ORDER BY version";
constexpr char kCountOfDay[] =
    "SELECT assignment_id, COUNT(*) FROM outcome WHERE account_id = $1 AND day = $2 GROUP BY "
    "assignment_id";

storage::ClosingKey Key() { return book::ClosingKeyOf(book::ClosingPlace::kOutcome); }

}  // namespace

void OutcomeBook::Write(storage::Transaction& transaction, AcceptedOutcome accepted,
                        core_feed::CoreFeedBook::Number number) {
  transaction.Leave<OutcomeBook>(Key()).entries_.push_back(
      {std::move(accepted), std::move(number)});
}

void OutcomeBook::Absorb(storage::ClosingWork& later) {
  auto& more = static_cast<OutcomeBook&>(later).entries_;
  std::move(more.begin(), more.end(), std::back_inserter(entries_));
}

absl::Status OutcomeBook::Run(storage::Transaction& transaction) {
  std::vector<std::vector<Value>> rows;
  rows.reserve(entries_.size());
  for (const auto& [outcome, number] : entries_) {
    rows.push_back({outcome.vendor_id, outcome.outcome_id, outcome.version, *number,
                    outcome.assignment_id, outcome.account_id, outcome.day,
                    Value::Blob(outcome.digest)});
    v1::AuditEvent event =
        audit::Event(v1::AuditEvent::KIND_OUTCOME, "vendor/" + outcome.vendor_id);
    event.set_vendor_id(outcome.vendor_id);
    event.set_account_id(outcome.account_id);
    event.set_assignment_id(outcome.assignment_id);
    event.set_subject_id(outcome.outcome_id);
    event.set_digest(outcome.digest);
    event.set_count(*number);
    audit::Record(transaction, std::move(event));
  }
  return transaction.connection().ExecuteMany(kInsert, rows).status();
}

absl::StatusOr<std::map<std::string, Versions, std::less<>>> OutcomeBook::FindVersions(
    storage::Transaction& transaction, std::string_view vendor_id,
    const std::vector<std::string>& outcome_ids) {
  std::map<std::string, Versions, std::less<>> found;
  if (const auto* book = transaction.Left<OutcomeBook>(Key()); book != nullptr) {
    for (const auto& [outcome, number] : book->entries_) {
      if (outcome.vendor_id == vendor_id)
        found[outcome.outcome_id][outcome.version] = {outcome.digest, outcome.assignment_id};
    }
  }
  std::vector<std::vector<Value>> sets;
  for (const std::string& id : outcome_ids) sets.push_back({vendor_id, id});
  RETURN_IF_ERROR(
      transaction.connection().QueryMany(kSelectVersions, sets, [&](size_t set, const Row& row) {
        found[outcome_ids[set]][row.Integer(0)] = {std::string(row.Blob(1)),
                                                   std::string(row.Text(2))};
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::map<std::string, int64_t, std::less<>>> OutcomeBook::CountOfDay(
    storage::Transaction& transaction, const std::set<std::string>& account_ids, int64_t day) {
  std::map<std::string, int64_t, std::less<>> counts;
  if (const auto* book = transaction.Left<OutcomeBook>(Key()); book != nullptr) {
    for (const auto& [outcome, number] : book->entries_)
      counts[outcome.assignment_id] += outcome.day == day ? 1 : 0;
  }
  std::vector<std::vector<Value>> sets;
  for (const std::string& id : account_ids) sets.push_back({id, day});
  RETURN_IF_ERROR(
      transaction.connection().QueryMany(kCountOfDay, sets, [&](size_t, const Row& row) {
        counts[std::string(row.Text(0))] += row.Integer(1);
        return absl::OkStatus();
      }));
  return counts;
}

std::vector<std::string_view> OutcomeBook::AssignmentsLeft(
    const storage::Transaction& transaction) {
  std::vector<std::string_view> left;
  if (const auto* book = transaction.Left<OutcomeBook>(Key()); book != nullptr) {
    for (const auto& [outcome, number] : book->entries_) left.push_back(outcome.assignment_id);
  }
  return left;
}

}  // namespace switchboard::outcomes
