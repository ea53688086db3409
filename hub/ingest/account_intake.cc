#include "hub/ingest/account_intake.h"

#include <algorithm>
#include <map>
#include <set>

#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/erasure.h"
#include "hub/book/holds.h"
#include "hub/contacts/contact_book.h"
#include "hub/ingest/record_check.h"
#include "hub/ingest/said_words.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/withdrawal.h"
#include "hub/person_requests/person_requests.h"
#include "hub/stops/stops.h"

namespace switchboard::ingest {
namespace {

using google::protobuf::util::TimeUtil;
using Response = v1::ImportAccountsResponse;

}  // namespace

// One batch on its way into the book.
struct AccountIntake::Batch {
  struct Person {
    const v1::Person* person;  // of a record, or of persons_known
    int64_t as_of_us;
  };

  storage::Transaction& transaction;
  const std::string actor;
  const std::string source;
  assignments::Changes& changes;
  Placer& placer;
  int64_t last_in_batch = 0;  // highest sequence in this batch that was not refused
  Response response{};
  std::set<std::string> touched{};  // accounts that it may have placed so far
  std::vector<const book::SealedRecord*> to_put{};
  std::vector<int64_t> was_current_us{};                               // of each of them
  std::vector<std::pair<std::string, book::KnownAccount>> replaced{};  // other sources', by account
  std::vector<std::string> outlived{};  // accounts whose replaced records count no longer
  std::map<std::string, book::KnownPerson, std::less<>> persons_known{};  // before the batch
  // The book as it will be once these are in it.
  std::map<std::string, book::KnownAccount, std::less<>> accounts{};
  std::map<std::string, Person, std::less<>> persons{};
  // Whose contact points are stopped, of those that come new or changed.
  std::set<std::string, std::less<>> with_stopped_points{};
  // Who comes new with a number that is good for them and stopped.
  std::set<std::string, std::less<>> with_stopped_numbers{};

  Response::Receipt& AddReceipt(int index, const ReceivedRecord& received,
                                Response::Status status) {
    auto& receipt = *response.add_receipts();
    receipt.set_index(index);
    receipt.set_sequence(received.record().sequence());
    receipt.set_status(status);
    return receipt;
  }
};

ReceivedRecord AccountIntake::Receive(std::string bytes, absl::Time as_of,
                                      google::protobuf::Arena& arena) const {
  const absl::Time now = clock_.Now();
  ReceivedRecord received;
  auto& record = *google::protobuf::Arena::CreateMessage<v1::AccountRecord>(&arena);
  if (record.ParseFromString(bytes)) {
    received.problem = AdmitRecord(record, now);
  } else {
    record.Clear();
    received.problem =
        FieldProblem{"", "is not a serialized AccountRecord, or a text field is not UTF-8"};
  }
  if (!received.problem.has_value() && record.has_as_of_time()) {
    FieldCheck check;
    check.TimeUntil(record.as_of_time(), now, kAsOfSkewMax, "as_of_time");
    received.problem = check.problem();
    as_of = absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(record.as_of_time()));
  }
  // As the core's clock says, even when it is ahead of this one: cut off at this hub's time, what
  // was read first could look younger than what was read after it, and behind a payment older.
  const int64_t as_of_us = absl::ToUnixMicros(as_of);
  if (received.problem.has_value()) {
    received.sealed.record = &record;
    received.sealed.as_of_us = as_of_us;
    received.sealed.digest = sealer_.Digest(bytes);
  } else {
    received.sealed = book_.Seal(record, as_of_us);
  }
  received.bytes = std::move(bytes);
  return received;
}

absl::StatusOr<AccountIntake::Taken> AccountIntake::Take(storage::Transaction& transaction,
                                                         std::string_view actor,
                                                         std::string_view source,
                                                         const Piece& piece) const {
  const absl::Span<const ReceivedRecord> received = piece.records;
  RETURN_IF_ERROR(HoldBatch(transaction, received));
  ASSIGN_OR_RETURN(const int64_t through, book_.Through(transaction.connection(), actor, source));
  assignments::Changes changes(transaction, sealer_, ids_, std::string(actor));
  Placer placer(transaction, changes, placer_parts_, std::string(actor));
  Batch batch{transaction, std::string(actor), std::string(source), changes, placer};
  batch.last_in_batch = piece.sequence_before;
  RETURN_IF_ERROR(LookUp(batch, received));
  std::string digests;
  for (size_t i = 0; i < received.size(); ++i) {
    RETURN_IF_ERROR(TakeOne(batch, piece.first_index + static_cast<int>(i), received[i]));
    digests += received[i].sealed.digest;
  }
  RETURN_IF_ERROR(book_.KeepReplaced(transaction, batch.replaced));
  RETURN_IF_ERROR(book::EraseReplaced(transaction, batch.outlived));
  RETURN_IF_ERROR(KeepPastIn(batch));
  RETURN_IF_ERROR(book_.Put(transaction, actor, source, batch.to_put, batch.was_current_us));
  RETURN_IF_ERROR(SayAgainIn(batch));
  RETURN_IF_ERROR(CloseCorrectionsIn(batch));
  if (piece.more_follows) RETURN_IF_ERROR(changes.Settle());
  batch.response.set_through(std::max(through, batch.last_in_batch));
  if (batch.last_in_batch > through)
    RETURN_IF_ERROR(book_.SetThrough(transaction, actor, source, batch.last_in_batch));
  if (batch.response.accepted() > 0) {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_IMPORTED, actor);
    event.set_subject_id(std::string(source));
    event.set_count(batch.response.accepted());
    event.set_digest(Sha256Of(digests));
    audit::Record(transaction, std::move(event));
  }
  return Taken{std::move(batch.response), batch.last_in_batch};
}

namespace {

// Whether something was said since the record, and what was known before it, were true.
bool IsSaidSince(const book::KnownPerson& known, const book::SealedRecord& put) {
  return known.said_us >= std::max(put.as_of_us, known.as_of_us);
}

}  // namespace

// A permit does not outlive what it rests on. Of whoever something was said about, it is known only
// afterwards what changes.
absl::Status AccountIntake::KeepPastIn(const Batch& batch) const {
  std::vector<book::PersonChange> changes;
  std::set<std::string> read_otherwise;
  for (const book::SealedRecord* put : batch.to_put) {
    const v1::Person& person = put->record->person();
    const auto known = batch.persons_known.find(person.person_id());
    if (known == batch.persons_known.end() || put->as_of_us < known->second.as_of_us) continue;
    if (IsSaidSince(known->second, *put)) continue;
    changes.push_back({&known->second.person, &person});
    // Of several records of a person one stands in the end.
    const bool stands = batch.persons.at(person.person_id()).person == &person;
    if (stands && book::RulesReadOtherwise(known->second.person, person))
      read_otherwise.insert(person.person_id());
  }
  for (const std::string& person_id : read_otherwise)
    RETURN_IF_ERROR(VoidPermitsOfPerson(batch.transaction, batch.actor, person_id).status());
  return book_.KeepPast(batch.transaction, changes);
}

// What was said since a record was true is no older than what it says.
absl::Status AccountIntake::SayAgainIn(const Batch& batch) const {
  std::map<std::string, const v1::Person*> persons;
  for (const book::SealedRecord* put : batch.to_put) {
    const auto known = batch.persons_known.find(put->record->account().person_id());
    if (known != batch.persons_known.end() && IsSaidSince(known->second, *put))
      persons.emplace(known->first, &known->second.person);
  }
  for (const auto& [person_id, before] : persons)
    RETURN_IF_ERROR(SayAgain(batch.transaction, book_, batch.actor, *before));
  return absl::OkStatus();
}

// Whoever asked for a correction has it once the core has sent a later truth.
absl::Status AccountIntake::CloseCorrectionsIn(const Batch& batch) const {
  std::vector<person_requests::PersonAsOf> known;
  for (const book::SealedRecord* put : batch.to_put)
    known.push_back({put->record->person().person_id(), put->as_of_us});
  return person_requests::CloseCorrections(batch.transaction, known);
}

// The right to place, and everybody in the batch; see holds.h.
absl::Status AccountIntake::HoldBatch(storage::Transaction& transaction,
                                      absl::Span<const ReceivedRecord> received) const {
  std::vector<storage::Key> keys = {book::PlacementKey()};
  for (const ReceivedRecord& one : received) {
    if (!one.problem.has_value())
      keys.push_back(book::PersonKey(one.record().person().person_id()));
  }
  return transaction.Hold(keys);
}

// What the book knows of everybody in the batch, in a few journeys for all of them.
absl::Status AccountIntake::LookUp(Batch& batch, absl::Span<const ReceivedRecord> received) const {
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
  ASSIGN_OR_RETURN(batch.persons_known, book_.ReadPersons(connection, person_ids));
  for (const auto& [id, known] : batch.persons_known)
    batch.persons.emplace(id, Batch::Person{&known.person, known.as_of_us});
  RETURN_IF_ERROR(LookForStoppedPoints(batch, received));
  RETURN_IF_ERROR(LookForStoppedNumbers(batch, received));
  return batch.placer.Expect(person_ids, account_ids);
}

absl::Status AccountIntake::LookForStoppedPoints(Batch& batch,
                                                 absl::Span<const ReceivedRecord> received) const {
  std::vector<stops::StopSubject> points;
  std::vector<std::string_view> persons;  // whose they are
  for (const ReceivedRecord& one : received) {
    if (one.problem.has_value()) continue;
    const v1::Person& person = one.record().person();
    const auto known = batch.persons.find(person.person_id());
    const bool same = known != batch.persons.end() &&
                      known->second.person->SerializeAsString() == person.SerializeAsString();
    if (same) continue;
    for (const auto& point : person.contact_points()) {
      points.push_back(
          stops::StopSubject::ContactPoint(person.person_id(), point.contact_point_id()));
      persons.push_back(person.person_id());
    }
  }
  ASSIGN_OR_RETURN(const auto stopped, stops::StoppedAmong(batch.transaction.connection(), points,
                                                           batch.transaction.now()));
  // In the order of the points.
  size_t next = 0;
  for (size_t i = 0; i < points.size() && next < stopped.size(); ++i) {
    if (points[i] != stopped[next]) continue;
    batch.with_stopped_points.emplace(persons[i]);
    ++next;
  }
  return absl::OkStatus();
}

absl::Status AccountIntake::LookForStoppedNumbers(Batch& batch,
                                                  absl::Span<const ReceivedRecord> received) const {
  std::map<stops::StopSubject, std::set<std::string>> persons;  // by number that is good for them
  for (const ReceivedRecord& one : received) {
    if (one.problem.has_value()) continue;
    const v1::Person& person = one.record().person();
    if (batch.persons.contains(person.person_id())) continue;
    for (const std::string& digest : one.sealed.good_numbers)
      persons[stops::StopSubject::Number(digest)].insert(person.person_id());
  }
  if (persons.empty()) return absl::OkStatus();
  std::vector<stops::StopSubject> numbers;
  for (const auto& [number, person_ids] : persons) numbers.push_back(number);
  ASSIGN_OR_RETURN(const auto stopped, stops::StoppedAmong(batch.transaction.connection(), numbers,
                                                           batch.transaction.now()));
  for (const auto& number : stopped)
    batch.with_stopped_numbers.merge(
        std::set<std::string, std::less<>>(persons.at(number).begin(), persons.at(number).end()));
  return absl::OkStatus();
}

absl::Status AccountIntake::TakeOne(Batch& batch, int index, const ReceivedRecord& received) const {
  const book::KnownAccount* known = nullptr;
  if (!received.problem.has_value()) {
    const auto found = batch.accounts.find(received.record().account().account_id());
    if (found != batch.accounts.end()) known = &found->second;
  }
  ASSIGN_OR_RETURN(const auto told, ToldBefore(batch, received, known));
  const Response::Status status = StatusOf(batch, received, known, told);
  switch (status) {
    case Response::STATUS_SEQUENCE_REUSED:
    case Response::STATUS_OUT_OF_ORDER:
    case Response::STATUS_INVALID:
      return Refuse(batch, index, received, status);
    default:
      break;
  }
  batch.last_in_batch = std::max(batch.last_in_batch, received.record().sequence());
  if (status == Response::STATUS_UNSPECIFIED) {
    return Accept(batch, index, received, known == nullptr ? std::nullopt : std::optional(*known));
  }
  batch.AddReceipt(index, received, status);
  return absl::OkStatus();
}

// What this source told of the account last. Of another source's account it matters only where the
// times decide nothing.
absl::StatusOr<std::optional<book::ReplacedRecord>> AccountIntake::ToldBefore(
    const Batch& batch, const ReceivedRecord& received, const book::KnownAccount* known) const {
  if (known == nullptr) return std::nullopt;
  if (known->actor == batch.actor && known->source == batch.source)
    return book::ReplacedRecord{known->sequence, known->digest, known->as_of_us};
  if (!known->has_replaced || known->as_of_us != received.sealed.as_of_us) return std::nullopt;
  ASSIGN_OR_RETURN(auto told, book_.FindReplaced(batch.transaction.connection(),
                                                 received.record().account().account_id(),
                                                 batch.actor, batch.source));
  if (!told.has_value() || told->as_of_us != received.sealed.as_of_us) return std::nullopt;
  return *std::move(told);
}

// STATUS_UNSPECIFIED for a record that is news. A sequence says where a record stands in its
// source, and nothing about others: what was refused or never came has used up none.
v1::ImportAccountsResponse::Status AccountIntake::StatusOf(
    const Batch& batch, const ReceivedRecord& received, const book::KnownAccount* known,
    const std::optional<book::ReplacedRecord>& told) const {
  const int64_t sequence = received.record().sequence();
  const int64_t as_of_us = received.sealed.as_of_us;
  if (told.has_value() && told->sequence == sequence) {
    return told->digest == received.sealed.digest ? Response::STATUS_REPEATED
                                                  : Response::STATUS_SEQUENCE_REUSED;
  }
  // Without a sequence there is no order to be out of.
  if (received.problem.has_value() && sequence <= 0) return Response::STATUS_INVALID;
  // A file sent again: the account's later state in it is known already.
  if (told.has_value() && sequence < told->sequence && as_of_us <= told->as_of_us)
    return Response::STATUS_REPEATED;
  if (sequence <= batch.last_in_batch) return Response::STATUS_OUT_OF_ORDER;
  if (received.problem.has_value()) return Response::STATUS_INVALID;
  if (known != nullptr)
    return as_of_us < known->as_of_us ? Response::STATUS_OUTDATED : Response::STATUS_UNSPECIFIED;
  const bool forgotten = batch.transaction.now() - absl::FromUnixMicros(as_of_us) > remembered_;
  return forgotten ? Response::STATUS_OUTDATED : Response::STATUS_UNSPECIFIED;
}

absl::Status AccountIntake::Refuse(Batch& batch, int index, const ReceivedRecord& received,
                                   Response::Status status) const {
  auto& receipt = batch.AddReceipt(index, received, status);
  if (status == Response::STATUS_INVALID) {
    receipt.set_field(received.problem->field);
    receipt.set_problem(received.problem->problem);
  } else {
    receipt.set_field("sequence");
    receipt.set_problem(status == Response::STATUS_SEQUENCE_REUSED
                            ? "was used before for other content of this account"
                            : "must grow within a batch");
  }
  audit::Refused refused;
  refused.actor = batch.actor;
  refused.kind = "account";
  refused.source = batch.source;
  refused.as_of_us = received.sealed.as_of_us;
  refused.status = Response::Status_Name(status);
  refused.field = receipt.field();
  refused.bytes = received.bytes;
  ASSIGN_OR_RETURN(const bool kept, quarantine_.Put(batch.transaction, refused));
  receipt.set_not_kept(!kept);
  return absl::OkStatus();
}

absl::Status AccountIntake::Accept(Batch& batch, int index, const ReceivedRecord& received,
                                   std::optional<book::KnownAccount> known) const {
  const book::SealedRecord& sealed = received.sealed;
  const v1::Account& account = sealed.record->account();
  batch.response.set_accepted(batch.response.accepted() + 1);
  // What this batch did with the account before must be in the table, where it can be changed
  // again.
  if (!batch.touched.insert(account.account_id()).second) RETURN_IF_ERROR(batch.changes.Settle());
  EnterAccount(batch, sealed, known);
  const bool moved = known.has_value() && known->person_id != account.person_id();
  if (moved) RETURN_IF_ERROR(MeetFormerOwner(batch, sealed, known->person_id));
  ASSIGN_OR_RETURN(const bool owner_changed, EnterPerson(batch, sealed, moved));
  if (!known.has_value()) {
    RETURN_IF_ERROR(EndAwaited(batch, *batch.persons.at(account.person_id()).person,
                               stops::StopSubject::Account(account.account_id())));
  }
  // Payments may have come before the account did.
  RETURN_IF_ERROR(SettlePayments(batch, sealed));
  if (moved) RETURN_IF_ERROR(LeaveFormerOwner(batch, account.account_id(), known->person_id));
  ASSIGN_OR_RETURN(const v1::NotPlacedReason reason,
                   batch.placer.Place(*batch.persons.at(account.person_id()).person, account,
                                      batch.accounts.at(account.account_id())));
  if (owner_changed) RETURN_IF_ERROR(FollowOwner(batch, account));
  if (reason != v1::NOT_PLACED_REASON_UNSPECIFIED) {
    auto& receipt = batch.AddReceipt(index, received, Response::STATUS_NOT_PLACED);
    receipt.set_not_placed_reason(reason);
  }
  return absl::OkStatus();
}

// The account as the book will know it. What other sources told of it before is kept only while it
// is true as of the same time: nothing else is asked for, see ToldBefore.
void AccountIntake::EnterAccount(Batch& batch, const book::SealedRecord& sealed,
                                 const std::optional<book::KnownAccount>& known) const {
  const v1::Account& account = sealed.record->account();
  int64_t was_current_us = known.has_value() ? known->was_current_us : 0;
  if (account.days_past_due() == 0) was_current_us = std::max(was_current_us, sealed.as_of_us);
  const bool same_time = known.has_value() && known->as_of_us == sealed.as_of_us;
  const bool replaces = same_time && (known->actor != batch.actor || known->source != batch.source);
  const bool had_replaced = known.has_value() && known->has_replaced;
  if (replaces) batch.replaced.emplace_back(account.account_id(), *known);
  if (had_replaced && !same_time) batch.outlived.push_back(account.account_id());
  batch.to_put.push_back(&sealed);
  batch.was_current_us.push_back(was_current_us);
  batch.accounts.insert_or_assign(
      account.account_id(),
      book::KnownAccount{account.person_id(), batch.actor, batch.source, sealed.record->sequence(),
                         sealed.digest, sealed.as_of_us, was_current_us,
                         replaces || (had_replaced && same_time)});
}

// The owner's other accounts are judged by what the owner is now, as if they had been sent again:
// another segment may be theirs, and a vendor may not speak the language any more.
absl::Status AccountIntake::FollowOwner(Batch& batch, const v1::Account& account) const {
  const v1::Person& person = *batch.persons.at(account.person_id()).person;
  ASSIGN_OR_RETURN(const std::vector<std::string> others, batch.placer.OthersInWork(account));
  if (others.empty()) return absl::OkStatus();
  // What this batch did with them must be in the table, where it can be changed again.
  RETURN_IF_ERROR(batch.changes.Settle());
  storage::Connection& connection = batch.transaction.connection();
  for (const std::string& account_id : others) {
    batch.touched.insert(account_id);
    const auto of_account = [&account_id](const book::SealedRecord* put) {
      return put->record->account().account_id() == account_id;
    };
    const auto put = std::find_if(batch.to_put.rbegin(), batch.to_put.rend(), of_account);
    v1::Account other;
    std::optional<book::KnownAccount> known;
    if (put != batch.to_put.rend()) {
      other = (*put)->record->account();
      known = batch.accounts.at(account_id);
    } else {
      ASSIGN_OR_RETURN(other, book_.ReadAccount(connection, account_id));
      ASSIGN_OR_RETURN(known, book_.FindAccount(connection, account_id));
      SWITCHBOARD_ASSERT(known.has_value());
    }
    RETURN_IF_ERROR(batch.placer.Place(person, other, *known).status());
  }
  return absl::OkStatus();
}

// The person as the book will know it: the newest truth. True if it was known and is different now.
// `moved`: with an account that was another's.
absl::StatusOr<bool> AccountIntake::EnterPerson(Batch& batch, const book::SealedRecord& sealed,
                                                bool moved) const {
  const v1::Person& person = sealed.record->person();
  auto [known, added] =
      batch.persons.try_emplace(person.person_id(), Batch::Person{&person, sealed.as_of_us});
  if (added) {
    RETURN_IF_ERROR(EndAwaited(batch, person, stops::StopSubject::Person(person.person_id())));
    if (batch.with_stopped_numbers.contains(person.person_id())) {
      RETURN_IF_ERROR(permits::FollowContactPoints(batch.transaction, book_, batch.actor,
                                                   v1::Person(), person, sealed.as_of_us,
                                                   /*arrives=*/true));
    }
    RETURN_IF_ERROR(StopNumbers(batch, person));
    return false;
  }
  if (sealed.as_of_us < known->second.as_of_us) return false;
  known->second.as_of_us = sealed.as_of_us;
  if (known->second.person->SerializeAsString() == person.SerializeAsString()) return false;
  RETURN_IF_ERROR(permits::FollowContactPoints(batch.transaction, book_, batch.actor,
                                               *known->second.person, person, sealed.as_of_us,
                                               /*arrives=*/moved));
  RETURN_IF_ERROR(StopNumbers(batch, person));
  known->second.person = &person;
  return true;
}

// What was stopped before it was known ends as if it had been known.
absl::Status AccountIntake::EndAwaited(Batch& batch, const v1::Person& person,
                                       const stops::StopSubject& subject) const {
  ASSIGN_OR_RETURN(const bool stopped, batch.placer.Stopped(subject));
  if (!stopped) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool any_ends,
                   stop_ends_.SetAwaited(batch.transaction, batch.actor, person, subject));
  if (any_ends) batch.placer.StopsChanged(subject);
  return absl::OkStatus();
}

absl::Status AccountIntake::StopNumbers(Batch& batch, const v1::Person& person) const {
  ASSIGN_OR_RETURN(const bool stopped,
                   batch.placer.Stopped(stops::StopSubject::Person(person.person_id())));
  if (!stopped && !batch.with_stopped_points.contains(person.person_id())) return absl::OkStatus();
  return permits::StopNumbersOf(batch.transaction, book_, batch.actor, person);
}

// Before the new owner's contact points are followed: what was said of a number is not undone by a
// customer number that changes either.
absl::Status AccountIntake::MeetFormerOwner(Batch& batch, const book::SealedRecord& sealed,
                                            const std::string& person_id) const {
  const storage::Key former_owner = book::PersonKey(person_id);
  RETURN_IF_ERROR(batch.transaction.Hold({&former_owner, 1}));
  const auto known = batch.persons.find(person_id);
  v1::Person former;
  if (known != batch.persons.end()) {
    former = *known->second.person;
  } else {
    ASSIGN_OR_RETURN(former, book_.ReadPerson(batch.transaction.connection(), person_id));
  }
  RETURN_IF_ERROR(contacts::NoteFormerOwner(batch.transaction,
                                            sealed.record->account().account_id(), person_id));
  return permits::CarryNumberStops(batch.transaction, book_, batch.actor, former,
                                   sealed.record->person());
}

absl::Status AccountIntake::LeaveFormerOwner(Batch& batch, const std::string& account_id,
                                             const std::string& person_id) const {
  permits::Withdrawn withdrawn;
  RETURN_IF_ERROR(permits::WithdrawAll(batch.transaction, batch.changes, batch.actor, person_id,
                                       account_id, v1::WITHDRAW_REASON_MOVED, &withdrawn));
  // What this batch placed of that person must be in the table, where it is looked for again.
  RETURN_IF_ERROR(batch.changes.Settle());
  batch.placer.Forget(person_id);
  // A lawyer's word is not undone by a customer number that changes.
  RETURN_IF_ERROR(stops::ExtendToAccount(batch.transaction, batch.actor, person_id, account_id));
  batch.placer.StopsChanged(stops::StopSubject::Account(account_id));
  return absl::OkStatus();
}

// What was due before a payment is settled by what is true after it, and by nothing else.
absl::Status AccountIntake::SettlePayments(Batch& batch, const book::SealedRecord& sealed) const {
  const std::string& account_id = sealed.record->account().account_id();
  const auto account = stops::StopSubject::Account(account_id);
  ASSIGN_OR_RETURN(const bool stopped, batch.placer.Stopped(account));
  if (!stopped) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t settled, stops::SettlePayments(batch.transaction, batch.actor,
                                                                account_id, sealed.as_of_us));
  if (settled > 0) batch.placer.StopsChanged(account);
  return absl::OkStatus();
}

}  // namespace switchboard::ingest
