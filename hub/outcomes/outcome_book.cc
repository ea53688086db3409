#include "hub/outcomes/outcome_book.h"

#include <iterator>

#include "hub/audit/audit_log.h"
#include "hub/base/actor.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::outcomes {
namespace {

using storage::Row;
using storage::Rows;
using storage::Value;
using enum Value::Kind;

constexpr char kInsert[] =
    "INSERT INTO outcome (vendor_id, outcome_id, version, sequence, assignment_id, account_id, "
    "day, digest, stops) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM rows($1)";
constexpr char kSelectVersions[] =
    "SELECT outcome_id, version, digest, assignment_id, stops, sequence FROM rows($1) CROSS JOIN "
    "outcome WHERE vendor_id = $2 AND outcome_id = c1";
constexpr char kSelectOfDay[] =
    "SELECT assignment_id FROM rows($1) CROSS JOIN outcome WHERE account_id = c1 AND day = $2";

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
  Rows rows({kText, kText, kInteger, kInteger, kText, kText, kInteger, kBlob, kText},
            entries_.size());
  std::vector<std::string> stops;  // until the statement is done
  stops.reserve(entries_.size());
  for (const auto& [outcome, number] : entries_) {
    rows.Add({outcome.vendor_id, outcome.outcome_id, outcome.version, *number,
              outcome.assignment_id, outcome.account_id, outcome.day, Value::Blob(outcome.digest),
              stops.emplace_back(TextOf(outcome.stops))});
    v1::AuditEvent event =
        audit::Event(v1::AuditEvent::KIND_OUTCOME, ActorOfVendor(outcome.vendor_id));
    event.set_vendor_id(outcome.vendor_id);
    event.set_account_id(outcome.account_id);
    event.set_assignment_id(outcome.assignment_id);
    event.set_subject_id(outcome.outcome_id);
    event.set_digest(outcome.digest);
    event.set_count(*number);
    audit::Record(transaction, std::move(event));
  }
  return transaction.Execute(kInsert, {rows}).status();
}

// What earlier units of the group left, and what this one did so far.
template <typename Visit>
void OutcomeBook::ForEachLeft(const storage::Transaction& transaction, Visit visit) {
  const OutcomeBook* const books[] = {transaction.Left<OutcomeBook>(Key()),
                                      transaction.LeftByUnit<OutcomeBook>(Key())};
  for (const OutcomeBook* book : books) {
    if (book == nullptr) continue;
    for (const Entry& entry : book->entries_) visit(entry.outcome);
  }
}

absl::StatusOr<std::map<std::string, Versions, std::less<>>> OutcomeBook::FindVersions(
    storage::Transaction& transaction, std::string_view vendor_id,
    const std::vector<std::string>& outcome_ids) {
  std::map<std::string, Versions, std::less<>> found;
  ForEachLeft(transaction, [&](const AcceptedOutcome& outcome) {
    if (outcome.vendor_id == vendor_id)
      found[outcome.outcome_id][outcome.version] = {outcome.digest, outcome.assignment_id,
                                                    outcome.stops};
  });
  const Rows ids = storage::RowsOf(outcome_ids);
  RETURN_IF_ERROR(transaction.Query(kSelectVersions, {ids, vendor_id}, [&](const Row& row) {
    found[std::string(row.Text(0))][row.Integer(1)] = {std::string(row.Blob(2)),
                                                       std::string(row.Text(3)),
                                                       StandingIn(row.Text(4)), row.Integer(5)};
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::map<std::string, int64_t, std::less<>>> OutcomeBook::CountOfDay(
    storage::Transaction& transaction, const std::set<std::string>& account_ids, int64_t day) {
  std::map<std::string, int64_t, std::less<>> counts;
  ForEachLeft(transaction, [&](const AcceptedOutcome& outcome) {
    counts[outcome.assignment_id] += outcome.day == day ? 1 : 0;
  });
  Rows ids({kText}, account_ids.size());
  for (const std::string& id : account_ids) ids.Add({id});
  RETURN_IF_ERROR(transaction.Query(kSelectOfDay, {ids, day}, [&](const Row& row) {
    ++counts[std::string(row.Text(0))];
    return absl::OkStatus();
  }));
  return counts;
}

std::vector<std::string_view> OutcomeBook::AssignmentsLeft(
    const storage::Transaction& transaction) {
  std::vector<std::string_view> left;
  ForEachLeft(transaction,
              [&](const AcceptedOutcome& outcome) { left.push_back(outcome.assignment_id); });
  return left;
}

}  // namespace switchboard::outcomes
