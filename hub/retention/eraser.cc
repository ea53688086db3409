#include "hub/retention/eraser.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/contacts/erasure.h"
#include "hub/deletions/erasure.h"
#include "hub/disclosures/erasure.h"
#include "hub/feed/confirmations.h"
#include "hub/ingest/erasure.h"
#include "hub/outcomes/erasure.h"
#include "hub/permits/erasure.h"
#include "hub/permits/permit_tally.h"
#include "hub/person_requests/person_requests.h"
#include "hub/promises/erasure.h"
#include "hub/retention/not_held.h"
#include "hub/retention/requested.h"
#include "hub/stops/erasure.h"
#include "hub/stops/stops.h"
#include "hub/unmasking/erasure.h"

namespace switchboard::retention {
namespace {

using Erased = v1::AuditEvent::Erased;

v1::AuditEvent EventOf(Erased::What what, int64_t rows) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_ERASED, "hub");
  event.mutable_erased()->set_what(what);
  event.set_count(rows);
  return event;
}

// Those of `all` of which `flags` says `wanted`.
template <typename T>
std::vector<T> Only(bool wanted, const std::vector<bool>& flags, const std::vector<T>& all) {
  std::vector<T> only;
  for (size_t i = 0; i < all.size(); ++i) {
    if (flags[i] == wanted) only.push_back(all[i]);
  }
  return only;
}

absl::Status HoldPersons(storage::Transaction& transaction, std::vector<std::string> person_ids,
                         bool placement) {
  std::sort(person_ids.begin(), person_ids.end());
  person_ids.erase(std::unique(person_ids.begin(), person_ids.end()), person_ids.end());
  std::vector<storage::Key> keys;
  if (placement) keys.push_back(book::PlacementKey());
  for (const std::string& person_id : person_ids) keys.push_back(book::PersonKey(person_id));
  return transaction.Hold(keys);
}

template <typename T>
std::vector<std::string> PersonsOf(const std::vector<T>& rows) {
  std::vector<std::string> person_ids;
  for (const T& row : rows) person_ids.push_back(row.person_id);
  return person_ids;
}

absl::StatusOr<std::vector<book::AccountAge>> WithoutAssignments(
    storage::Connection& connection, const std::vector<book::AccountAge>& accounts) {
  std::vector<assignments::Holder> holders;
  for (const auto& account : accounts) holders.push_back({account.person_id, account.account_id});
  ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(connection, holders));
  return Only(false, have, accounts);
}

absl::StatusOr<std::vector<std::string>> WithoutAssignments(
    storage::Connection& connection, const std::vector<std::string>& person_ids) {
  std::vector<assignments::Holder> holders;
  for (const std::string& person_id : person_ids) holders.push_back({person_id, ""});
  ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(connection, holders));
  return Only(false, have, person_ids);
}

// What went with an assignment.
struct Along {
  int64_t permits = 0;
  int64_t outcomes = 0;
  int64_t promises = 0;
  int64_t hand_overs = 0;

  // The assignment's own row included.
  int64_t Rows() const { return 1 + permits + outcomes + promises + hand_overs; }
};

void Record(storage::Transaction& transaction, const Due& due,
            const assignments::EndedAssignment& assignment, const Along& along) {
  v1::AuditEvent event = EventOf(Erased::WHAT_ASSIGNMENT, along.Rows());
  event.mutable_erased()->set_work_type(due.kind.work_type);
  event.mutable_erased()->set_country(due.kind.country);
  event.mutable_erased()->set_permits(along.permits);
  event.mutable_erased()->set_outcomes(along.outcomes);
  event.mutable_erased()->set_promises(along.promises);
  event.mutable_erased()->set_hand_overs(along.hand_overs);
  event.set_vendor_id(assignment.vendor_id);
  event.set_account_id(assignment.account_id);
  event.set_person_id(assignment.person_id);
  event.set_assignment_id(assignment.assignment_id);
  audit::Record(transaction, std::move(event));
}

}  // namespace

Requested Eraser::requested() const { return Requested(rule_packs_, sealer_); }

absl::StatusOr<int64_t> Eraser::Erase(storage::Transaction& transaction, const Due& due) const {
  transaction.Forget();
  ASSIGN_OR_RETURN(const Held held, Held::MayErase(transaction));
  switch (due.stage) {
    case Stage::kRequested:
      return requested().CarryOut(transaction, held, due);
    case Stage::kAssignments:
      return EraseAssignments(transaction, held, due);
    case Stage::kAccounts:
      return EraseAccounts(transaction, held, due);
    case Stage::kPersons:
      RETURN_IF_ERROR(HoldPersons(transaction, due.ids, /*placement=*/true));
      return ErasePersons(transaction, held, due.ids);
    default:
      return EraseRest(transaction, held, due);
  }
}

absl::StatusOr<std::vector<std::string>> Eraser::NotHeld(storage::Connection& connection,
                                                         const Held& held, Stage stage,
                                                         std::vector<std::string> ids) const {
  switch (stage) {
    case Stage::kQuarantine:
      return ItemsNotHeld(connection, sealer_, held, ids);
    case Stage::kStops:
      return StopsNotHeld(connection, held, ids);
    case Stage::kEvents:
      return EventsNotHeld(connection, held, ids);
    default:
      return ids;
  }
}

namespace {

// As MayGo has it, inside a unit.
absl::StatusOr<std::vector<assignments::EndedAssignment>> ThatMayGo(
    storage::Transaction& transaction, const legal_holds::Held& held,
    const std::vector<assignments::EndedAssignment>& ended) {
  std::vector<assignments::EndedAssignment> others;
  for (const auto& one : ended) {
    if (!held.Person(one.person_id) && !held.Account(one.account_id)) others.push_back(one);
  }
  ASSIGN_OR_RETURN(const auto closed, deletions::AllClosed(transaction.connection(), others));
  const auto deleted = Only(true, closed, others);
  ASSIGN_OR_RETURN(const auto waiting, outcomes::WaitForCore(transaction, deleted));
  const auto reported = Only(false, waiting, deleted);
  ASSIGN_OR_RETURN(const auto needed, promises::StillNeeded(transaction, reported));
  return Only(false, needed, reported);
}

}  // namespace

absl::StatusOr<int64_t> Eraser::EraseAssignments(storage::Transaction& transaction,
                                                 const Held& held, const Due& due) const {
  RETURN_IF_ERROR(HoldPersons(transaction, PersonsOf(due.assignments), /*placement=*/false));
  ASSIGN_OR_RETURN(const auto free, ThatMayGo(transaction, held, due.assignments));
  ASSIGN_OR_RETURN(const auto gone, assignments::EraseAssignments(transaction, free, due.until_us));
  const auto erased = Only(true, gone, free);
  ASSIGN_OR_RETURN(const auto permits, permits::ErasePermits(transaction, erased));
  ASSIGN_OR_RETURN(const auto outcomes, outcomes::EraseOutcomes(transaction, erased));
  ASSIGN_OR_RETURN(const auto promises, promises::ErasePromises(transaction, erased, due.until_us));
  ASSIGN_OR_RETURN(const auto hand_overs, assignments::EraseHandOvers(transaction, erased));
  RETURN_IF_ERROR(unmasking::EraseUnmaskings(transaction, erased).status());
  RETURN_IF_ERROR(deletions::EraseItems(transaction, erased).status());
  int64_t rows = 0;
  for (size_t i = 0; i < erased.size(); ++i) {
    const Along along{permits[i], outcomes[i], promises[i], hand_overs[i]};
    Record(transaction, due, erased[i], along);
    rows += along.Rows();
  }
  return rows;
}

absl::StatusOr<int64_t> Eraser::EraseAccounts(storage::Transaction& transaction, const Held& held,
                                              const Due& due) const {
  const std::vector<std::string> owners = PersonsOf(due.accounts);
  RETURN_IF_ERROR(HoldPersons(transaction, owners, /*placement=*/true));
  std::vector<book::AccountAge> others;
  for (const book::AccountAge& account : due.accounts) {
    if (!held.Account(account.account_id)) others.push_back(account);
  }
  ASSIGN_OR_RETURN(const auto idle, WithoutAssignments(transaction.connection(), others));
  ASSIGN_OR_RETURN(const auto gone, book::EraseAccounts(transaction, idle, due.until_us));
  int64_t rows = 0;
  std::vector<std::string> erased;
  for (const book::AccountAge& account : Only(true, gone, idle)) {
    erased.push_back(account.account_id);
    // What was true before that nobody may send any more: see AccountIntake, `remembered`.
    RETURN_IF_ERROR(
        stops::SettlePayments(transaction, "hub", account.account_id, due.until_us).status());
    v1::AuditEvent event = EventOf(Erased::WHAT_ACCOUNT, 1);
    event.set_account_id(account.account_id);
    event.set_person_id(account.person_id);
    audit::Record(transaction, std::move(event));
    ++rows;
  }
  RETURN_IF_ERROR(contacts::ForgetAccounts(transaction, erased));
  RETURN_IF_ERROR(promises::ErasePayments(transaction, erased));
  std::vector<storage::Key> debts;
  for (const std::string& account_id : erased) debts.push_back(book::DebtKey(account_id));
  RETURN_IF_ERROR(transaction.DropKeys(debts));
  ASSIGN_OR_RETURN(const int64_t persons, ErasePersons(transaction, held, owners));
  return rows + persons;
}

absl::StatusOr<int64_t> Eraser::ErasePersons(storage::Transaction& transaction, const Held& held,
                                             std::vector<std::string> person_ids) const {
  std::sort(person_ids.begin(), person_ids.end());
  person_ids.erase(std::unique(person_ids.begin(), person_ids.end()), person_ids.end());
  std::erase_if(person_ids, [&](const std::string& id) { return held.Person(id); });
  ASSIGN_OR_RETURN(const auto idle, WithoutAssignments(transaction.connection(), person_ids));
  ASSIGN_OR_RETURN(const auto waiting, person_requests::CorrectionsWait(transaction, idle));
  const std::vector<std::string> told = Only(false, waiting, idle);
  ASSIGN_OR_RETURN(const auto gone, book::ErasePersons(transaction, told));
  int64_t rows = 0;
  std::vector<storage::Key> keys;
  const std::vector<std::string> erased = Only(true, gone, told);
  for (const std::string& person_id : erased) {
    keys.push_back(book::PersonKey(person_id));
    v1::AuditEvent event = EventOf(Erased::WHAT_PERSON, 1);
    event.set_person_id(person_id);
    audit::Record(transaction, std::move(event));
    ++rows;
  }
  RETURN_IF_ERROR(person_requests::ForgetPersons(transaction, erased));
  RETURN_IF_ERROR(transaction.DropKeys(keys));
  return rows;
}

namespace {

// Contacts; what was known of people then serves for nothing but to judge these.
absl::StatusOr<int64_t> EraseByTime(storage::Transaction& transaction,
                                    const legal_holds::Held& held, const Due& due) {
  if (due.stage == Stage::kPast)
    return book::ErasePast(transaction, due.after_us, due.until_us, held.PersonRows());
  ASSIGN_OR_RETURN(const int64_t rows, contacts::EraseContacts(transaction, due.after_us,
                                                               due.until_us, held.PersonRows()));
  const auto first_kept = absl::ToCivilDay(absl::FromUnixMicros(due.until_us), absl::UTCTimeZone());
  RETURN_IF_ERROR(permits::EraseTally(transaction, first_kept));
  RETURN_IF_ERROR(feed::EraseConfirmations(transaction, first_kept));
  return rows;
}

}  // namespace

absl::StatusOr<int64_t> Eraser::EraseRest(storage::Transaction& transaction, const Held& held,
                                          const Due& due) const {
  ASSIGN_OR_RETURN(const auto ids, NotHeld(transaction.connection(), held, due.stage, due.ids));
  const auto record = [&](Erased::What what, int64_t rows, std::string subject_id = "") {
    if (rows == 0) return rows;
    v1::AuditEvent event = EventOf(what, rows);
    event.set_subject_id(std::move(subject_id));
    audit::Record(transaction, std::move(event));
    return rows;
  };
  switch (due.stage) {
    case Stage::kQuarantine: {
      ASSIGN_OR_RETURN(const int64_t rows, audit::EraseQuarantine(transaction, ids, due.until_us));
      return record(Erased::WHAT_QUARANTINE, rows);
    }
    case Stage::kStops: {
      ASSIGN_OR_RETURN(const int64_t rows, stops::EraseStops(transaction, ids, due.until_us));
      return record(Erased::WHAT_STOP, rows);
    }
    case Stage::kEvents: {
      ASSIGN_OR_RETURN(const int64_t rows, ingest::EraseEvents(transaction, ids, due.until_us));
      return record(Erased::WHAT_CORE_EVENT, rows);
    }
    case Stage::kDisclosures: {
      ASSIGN_OR_RETURN(const int64_t until_us,
                       PagesNotHeld(transaction.connection(), held, due.until_us));
      ASSIGN_OR_RETURN(const auto erased,
                       disclosures::EraseDisclosures(transaction, until_us, kErasePage));
      return record(Erased::WHAT_DISCLOSURE, erased.count, absl::StrCat(erased.last_sequence));
    }
    case Stage::kAnswers: {
      ASSIGN_OR_RETURN(
          const int64_t answers,
          disclosures::EraseAnswers(transaction, due.until_us, kErasePage, held.PersonRows()));
      ASSIGN_OR_RETURN(const int64_t orders,
                       deletions::EraseOrders(transaction, due.until_us, kErasePage));
      // They have no sequence, so that the event has no subject.
      return record(Erased::WHAT_DISCLOSURE, answers + orders);
    }
    default: {
      ASSIGN_OR_RETURN(const int64_t rows, EraseByTime(transaction, held, due));
      return record(Erased::WHAT_CONTACT, rows);
    }
  }
}

}  // namespace switchboard::retention
