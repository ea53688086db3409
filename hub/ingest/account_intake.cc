#include "hub/ingest/account_intake.h"

#include <algorithm>
#include <set>

#include "hub/audit/audit_log.h"
#include "hub/audit/quarantine.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/ingest/record_check.h"
#include "hub/stops/stops.h"
#include "hub/permits/withdrawal.h"

namespace switchboard::ingest {
namespace {

using Response = v1::ImportAccountsResponse;

}  // namespace

// One batch on its way into the book.
struct AccountIntake::Batch {
  storage::Transaction& transaction;
  std::string actor;
  std::string source;
  int64_t through_before = 0;
  int64_t newest = 0;  // highest sequence answered so far
  assignments::Changes& changes;
  Placer& placer;
  Response response{};
  std::set<std::string> accepted{};  // accounts, so far
  std::vector<const book::SealedRecord*> to_put{};
  // The book as it will be once these are in it.
  std::map<std::string, book::KnownAccount, std::less<>> accounts{};
  std::map<std::string, v1::Person, std::less<>> persons{};

  Response::Receipt& AddReceipt(int index, const ReceivedRecord& received,
                                Response::Status status) {
    auto& receipt = *response.add_receipts();
    receipt.set_index(index);
    receipt.set_sequence(received.record().sequence());
    receipt.set_status(status);
    return receipt;
  }
};

ReceivedRecord AccountIntake::Receive(std::string bytes) const {
  ReceivedRecord received;
  v1::AccountRecord record;
  if (record.ParseFromString(bytes)) {
    received.problem = CheckRecord(record);
  } else {
    received.problem =
        FieldProblem{"", "is not a serialized AccountRecord, or a text field is not UTF-8"};
  }
  if (received.problem.has_value()) {
    received.sealed.record = std::move(record);
    received.sealed.digest = sealer_.Digest(bytes);
  } else {
    received.sealed = book_.Seal(std::move(record), bytes);
  }
  received.bytes = std::move(bytes);
  return received;
}

absl::StatusOr<v1::ImportAccountsResponse> AccountIntake::Take(
    storage::Transaction& transaction, std::string_view actor, std::string_view source,
    const std::vector<ReceivedRecord>& received) const {
  RETURN_IF_ERROR(HoldBatch(transaction, received));
  ASSIGN_OR_RETURN(const int64_t through, book_.Through(transaction.connection(), actor, source));
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  Placer placer(transaction, changes, contracts_, plans_, std::string(actor));
  Batch batch{transaction, std::string(actor), std::string(source), through, through, changes,
              placer};
  RETURN_IF_ERROR(LookUp(batch, received));
  std::string digests;
  for (size_t i = 0; i < received.size(); ++i) {
    RETURN_IF_ERROR(TakeOne(batch, static_cast<int>(i), received[i]));
    digests += received[i].sealed.digest;
  }
  RETURN_IF_ERROR(book_.Put(transaction, actor, source, batch.to_put));
  batch.response.set_through(batch.newest);
  if (batch.newest > through)
    RETURN_IF_ERROR(book_.SetThrough(transaction, actor, source, batch.newest));
  if (batch.response.accepted() > 0) {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_IMPORTED, actor);
    event.set_subject_id(std::string(source));
    event.set_count(batch.response.accepted());
    event.set_digest(Sha256Of(digests));
    audit::Record(transaction, std::move(event));
  }
  RETURN_IF_ERROR(placer.Flush());
  changes.Flush();
  return std::move(batch.response);
}

// The right to place, and everybody in the batch; see holds.h.
absl::Status AccountIntake::HoldBatch(storage::Transaction& transaction,
                                      const std::vector<ReceivedRecord>& received) const {
  std::vector<storage::Key> keys = {book::PlacementKey()};
  for (const ReceivedRecord& one : received) {
    if (!one.problem.has_value())
      keys.push_back(book::PersonKey(one.record().person().person_id()));
  }
  return transaction.Hold(keys);
}

// What the book knows of everybody in the batch, in a few journeys for all of them.
absl::Status AccountIntake::LookUp(Batch& batch,
                                   const std::vector<ReceivedRecord>& received) const {
  std::set<std::string> persons, accounts;
  for (const ReceivedRecord& one : received) {
    if (one.problem.has_value()) continue;
    persons.insert(one.record().account().person_id());
    accounts.insert(one.record().account().account_id());
  }
  const std::vector<std::string> person_ids(persons.begin(), persons.end());
  const std::vector<std::string> account_ids(accounts.begin(), accounts.end());
  storage::Connection& connection = batch.transaction.connection();
  ASSIGN_OR_RETURN(batch.accounts, book_.FindAccounts(connection, account_ids));
  ASSIGN_OR_RETURN(batch.persons, book_.ReadPersons(connection, person_ids));
  return batch.placer.Expect(person_ids, account_ids);
}

absl::Status AccountIntake::TakeOne(Batch& batch, int index, const ReceivedRecord& received) const {
  const int64_t sequence = received.record().sequence();
  std::optional<book::KnownAccount> known;
  if (!received.problem.has_value()) {
    const auto found = batch.accounts.find(received.record().account().account_id());
    if (found != batch.accounts.end()) known = found->second;
  }
  ASSIGN_OR_RETURN(const Response::Status status, StatusOfKnown(batch, received, known));
  if (status == Response::STATUS_UNSPECIFIED) return Accept(batch, index, received, known);
  auto& receipt = batch.AddReceipt(index, received, status);
  if (status == Response::STATUS_REPEATED) return absl::OkStatus();
  if (status == Response::STATUS_INVALID) {
    receipt.set_field(received.problem->field);
    receipt.set_problem(received.problem->problem);
    // Sent again after a cut, it is in quarantine already.
    if (sequence > 0 && sequence <= batch.through_before) return absl::OkStatus();
    batch.newest = std::max(batch.newest, sequence);
  } else {
    receipt.set_field("sequence");
    receipt.set_problem(status == Response::STATUS_SEQUENCE_REUSED
                            ? "was used before for other content"
                            : "must grow within a batch");
  }
  return audit::Quarantine(
      batch.transaction, sealer_, ids_,
      {batch.actor, "account", Response::Status_Name(status), receipt.field(), received.bytes});
}

// STATUS_UNSPECIFIED for a record that is news.
absl::StatusOr<v1::ImportAccountsResponse::Status> AccountIntake::StatusOfKnown(
    Batch& batch, const ReceivedRecord& received,
    const std::optional<book::KnownAccount>& known) const {
  const int64_t sequence = received.record().sequence();
  const bool same_source =
      known.has_value() && known->actor == batch.actor && known->source == batch.source;
  if (same_source && known->sequence == sequence) {
    return known->digest == received.sealed.digest ? Response::STATUS_REPEATED
                                                   : Response::STATUS_SEQUENCE_REUSED;
  }
  const bool passed = sequence <= batch.through_before;
  // An older state of an account that has moved on since, in this source or by another one.
  if (same_source ? known->sequence > sequence : known.has_value() && passed)
    return Response::STATUS_REPEATED;
  if (passed && !received.problem.has_value()) return Response::STATUS_SEQUENCE_REUSED;
  if (!passed && sequence <= batch.newest) return Response::STATUS_OUT_OF_ORDER;
  // Sent again after a cut, what was refused then is refused as it was.
  if (received.problem.has_value()) return Response::STATUS_INVALID;
  return Response::STATUS_UNSPECIFIED;
}

absl::Status AccountIntake::Accept(Batch& batch, int index, const ReceivedRecord& received,
                                   const std::optional<book::KnownAccount>& known) const {
  const v1::Account& account = received.record().account();
  storage::Transaction& transaction = batch.transaction;
  batch.newest = received.record().sequence();
  batch.response.set_accepted(batch.response.accepted() + 1);
  // What this batch did with the account before must be in the table, where it can be changed
  // again.
  if (!batch.accepted.insert(account.account_id()).second) RETURN_IF_ERROR(batch.changes.Settle());
  const bool owner_changed = Enter(batch, received);
  if (known.has_value()) {
    RETURN_IF_ERROR(LiftPaymentStop(batch, account.account_id()));
    if (known->person_id != account.person_id()) {
      const storage::Key former_owner = book::PersonKey(known->person_id);
      RETURN_IF_ERROR(transaction.Hold({&former_owner, 1}));
      permits::Withdrawn withdrawn;
      RETURN_IF_ERROR(permits::WithdrawAll(transaction, batch.changes, batch.actor, known->person_id,
                                         account.account_id(),
                                         v1::SyncResponse::Withdrawal::REASON_MOVED, &withdrawn));
      batch.placer.Forget(known->person_id);
    }
  }
  ASSIGN_OR_RETURN(const std::string reason,
                   batch.placer.Place(received.record().person(), account));
  if (owner_changed) RETURN_IF_ERROR(batch.placer.TouchOthers(account));
  if (!reason.empty()) {
    batch.AddReceipt(index, received, Response::STATUS_NOT_PLACED).set_problem(reason);
  }
  return absl::OkStatus();
}

// Into the book; true if its owner was known and is different now.
bool AccountIntake::Enter(Batch& batch, const ReceivedRecord& received) const {
  const v1::AccountRecord& record = received.record();
  batch.to_put.push_back(&received.sealed);
  batch.accounts.insert_or_assign(
      record.account().account_id(),
      book::KnownAccount{record.account().person_id(), batch.actor, batch.source, record.sequence(),
                         received.sealed.digest});
  auto [person, added] = batch.persons.try_emplace(record.person().person_id(), record.person());
  if (added) return false;
  const bool changed = person->second.SerializeAsString() != record.person().SerializeAsString();
  if (changed) person->second = record.person();
  return changed;
}

// What was due before the payment is settled; this is what is due now.
absl::Status AccountIntake::LiftPaymentStop(Batch& batch, const std::string& account_id) const {
  const auto account = stops::StopSubject::Account(account_id);
  ASSIGN_OR_RETURN(const bool stopped, batch.placer.Stopped(account));
  if (!stopped) return absl::OkStatus();
  batch.placer.StopLifted(account);
  return stops::LiftStops(batch.transaction, account, v1::STOP_REASON_PAYMENT);
}

}  // namespace switchboard::ingest
