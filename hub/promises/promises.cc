#include "hub/promises/promises.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/canonical.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/core_feed/core_feed.h"
#include "hub/core_feed/sealed_tables.h"
#include "hub/promises/authority.h"
#include "hub/promises/policy.h"
#include "hub/promises/promise_change.h"
#include "hub/promises/sealed_tables.h"

namespace switchboard::promises {
namespace {

using google::protobuf::util::MessageDifferencer;

// Whoever changes what is promised or paid on a debt holds it: its owner may be another person by
// now than the one who was contacted.
absl::Status HoldDebts(storage::Transaction& transaction,
                       const std::vector<std::string>& account_ids) {
  std::vector<storage::Key> keys;
  for (const std::string& account_id : account_ids) keys.push_back(book::DebtKey(account_id));
  return transaction.Hold(keys);
}

// What binds from now on has its days before it.
std::optional<FieldProblem> TooLate(const v1::PromiseRecord& record, const Decision& decision,
                                    absl::Time now) {
  if (decision.said.verdict() == v1::PlanDecision::VERDICT_REFUSED) return std::nullopt;
  const bool changes = decision.said.verdict() == v1::PlanDecision::VERDICT_CHANGED;
  const Instalment first = InstalmentsOf(changes ? decision.agreed : record.promise()).front();
  const Patience patience{record.tolerance_minor_units(), record.grace_days()};
  if (EndOfTime(first, patience, ZonesOf(record)) > now) return std::nullopt;
  if (changes) return FieldProblem{"plan.instalments[0].due_date", "must not be over"};
  return FieldProblem{"verdict",
                      "comes too late for the first instalment; change the plan or refuse it"};
}

// Of one vendor on one debt. Each is judged whenever one of them changes.
constexpr int64_t kOfVendorMax = 100;

int64_t CountOf(const PromiseKey& key, const PromiseRows& rows) {
  return absl::c_count_if(rows, [&key](const auto& row) {
    return row.first.account_id == key.account_id && row.first.vendor_id == key.vendor_id;
  });
}

bool BoundEarlier(const PromiseRow& one, const PromiseRow& other) {
  return std::pair(*one.BindTime(), one.key.IdOnDebt()) <
         std::pair(*other.BindTime(), other.key.IdOnDebt());
}

bool WasProposed(const PromiseRow& row) {
  return row.standing == v1::PROMISE_STANDING_PENDING ||
         row.standing == v1::PROMISE_STANDING_REFUSED;
}

bool IsBroken(v1::PromiseStanding standing) {
  return standing == v1::PROMISE_STANDING_BROKEN || standing == v1::PROMISE_STANDING_PARTLY_KEPT;
}

// Whether the policy on broken plans is still to be followed for it, if only by leaving the work.
bool AwaitsPolicy(const PromiseRow& row) {
  return IsBroken(row.standing) && AgreedIn(row.record).has_plan() && !row.record.acted_on_break();
}

// Whether head office said the same before. A note is the same by how it was typed: how it was
// cleaned depends on what was known of the person.
bool SaysTheSame(const PromiseRow& row, const Decision& decision) {
  const v1::PromiseRecord& record = row.record;
  const v1::PlanDecision& before = record.decision();
  return before.verdict() == decision.said.verdict() && before.reason() == decision.said.reason() &&
         row.note_digest == decision.note_digest &&
         MessageDifferencer::Equals(record.agreed().amount(), decision.agreed.amount()) &&
         MessageDifferencer::Equals(record.agreed().plan(), decision.agreed.plan());
}

// When time alone may change how it stands: at its end, and when money arrives that is booked
// ahead. Of a plan that waits, when its last instalment's time is up: then nothing keeps it longer.
int64_t ReviewTimeOf(const PromiseState& state, const std::vector<DebtPayment>& payments,
                     absl::Time now) {
  if (state.standing == v1::PROMISE_STANDING_PENDING) {
    const absl::Time end = state.instalments.back().since;
    return end > now ? absl::ToUnixMicros(end) : 0;
  }
  if (!state.IsLive()) return 0;
  absl::Time review = state.since;
  for (const DebtPayment& payment : payments)
    if (payment.made.pay_time > now) review = std::min(review, payment.made.pay_time);
  return absl::ToUnixMicros(review);
}

}  // namespace

// What is known of some accounts.
struct Promises::Debts {
  std::vector<std::string> account_ids;
  PromiseRows promises{};
  std::set<std::string> changed{};  // accounts
};

absl::StatusOr<std::set<std::string>> Promises::Take(storage::Transaction& transaction,
                                                     std::string_view actor,
                                                     absl::Span<const Word> words) const {
  std::set<std::string> accounts;
  for (const Word& word : words) accounts.insert(word.key.account_id);
  Debts debts{{accounts.begin(), accounts.end()}};
  if (debts.account_ids.empty()) return debts.changed;
  RETURN_IF_ERROR(HoldDebts(transaction, debts.account_ids));
  ASSIGN_OR_RETURN(debts.promises,
                   ReadPromises(transaction.connection(), sealer_, debts.account_ids));
  std::vector<PromiseKey> unsaid;
  std::set<PromiseKey> said;
  for (const Word& word : words) {
    const auto before = debts.promises.find(word.key);
    const bool known = before != debts.promises.end();
    if (word.promise == nullptr) {
      if (known) unsaid.push_back(word.key);
      continue;
    }
    if (!known && CountOf(word.key, debts.promises) >= kOfVendorMax) continue;
    debts.promises.insert_or_assign(
        word.key, RowOf(word, known ? &before->second : nullptr, transaction.now()));
    said.insert(word.key);
  }
  RETURN_IF_ERROR(TakeBack(transaction, actor, debts, unsaid));
  RETURN_IF_ERROR(Judge(transaction, actor, debts, said));
  return std::move(debts.changed);
}

absl::Status Promises::Pay(storage::Transaction& transaction, std::string_view actor,
                           const Paid& paid) const {
  Debts debts{{paid.account_id}};
  RETURN_IF_ERROR(HoldDebts(transaction, debts.account_ids));
  RETURN_IF_ERROR(WritePayment(transaction, sealer_, paid));
  ASSIGN_OR_RETURN(debts.promises,
                   ReadPromises(transaction.connection(), sealer_, debts.account_ids));
  return Judge(transaction, actor, debts, {});
}

absl::StatusOr<Reviewed> Promises::Review(storage::Transaction& transaction,
                                          const std::vector<std::string>& account_ids) const {
  Debts debts{account_ids};
  if (account_ids.empty()) return Reviewed();
  RETURN_IF_ERROR(HoldDebts(transaction, account_ids));
  ASSIGN_OR_RETURN(debts.promises, ReadPromises(transaction.connection(), sealer_, account_ids));
  RETURN_IF_ERROR(Judge(transaction, "hub", debts, {}));
  Reviewed reviewed{std::move(debts.changed), {}};
  std::set<std::string> promised_anew;  // accounts
  for (const auto& [key, row] : debts.promises)
    if (row.standing == v1::PROMISE_STANDING_OPEN) promised_anew.insert(key.account_id);
  std::vector<PromiseRow> acted_on;
  for (auto& [key, row] : debts.promises) {
    if (!AwaitsPolicy(row)) continue;
    if (!promised_anew.contains(key.account_id)) {
      int64_t& break_us = reviewed.broken_plans[key.account_id];
      break_us = std::max(break_us, row.since_us);
    }
    row.record.set_acted_on_break(true);
    row.review_us = 0;
    acted_on.push_back(row);
  }
  RETURN_IF_ERROR(WritePromises(transaction, sealer_, acted_on));
  return reviewed;
}

absl::StatusOr<Decided> Promises::Decide(storage::Transaction& transaction, std::string_view actor,
                                         const Decision& decision) const {
  Debts debts{{decision.key.account_id}};
  RETURN_IF_ERROR(HoldDebts(transaction, debts.account_ids));
  ASSIGN_OR_RETURN(debts.promises,
                   ReadPromises(transaction.connection(), sealer_, debts.account_ids));
  const auto found = debts.promises.find(decision.key);
  if (found == debts.promises.end() || !found->second.record.promise().has_plan()) {
    return Error(absl::StatusCode::kNotFound, "PLAN_UNKNOWN",
                 "no such plan; see ListProposedPlans");
  }
  PromiseRow& row = found->second;
  const bool of_this = row.version == decision.version;
  if (of_this && SaysTheSame(row, decision)) return Decided{false, row.standing};
  if (row.standing != v1::PROMISE_STANDING_PENDING || !of_this) {
    return Error(absl::StatusCode::kFailedPrecondition, "PLAN_NOT_PENDING",
                 "the plan does not wait for a decision, or not in this version; look again");
  }
  const bool changes = decision.said.verdict() == v1::PlanDecision::VERDICT_CHANGED;
  const v1::Outcome::Promise& proposed = row.record.promise();
  if (changes && decision.agreed.amount().currency_code() != proposed.amount().currency_code()) {
    return FieldInvalid({"amount.currency_code", "must be that of the plan"});
  }
  if (const auto problem = TooLate(row.record, decision, transaction.now()))
    return FieldInvalid(*problem);
  *row.record.mutable_decision() = decision.said;
  *row.record.mutable_decision()->mutable_decide_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(transaction.now_us());
  row.record.mutable_decision()->set_actor(std::string(actor));
  if (changes) *row.record.mutable_agreed() = decision.agreed;
  row.note_digest = decision.note_digest;
  row.hidden = decision.hidden.values().empty() ? ""
                                                : sealer_.Seal(transaction, PlaceOfHidden(row.key),
                                                               decision.hidden.SerializeAsString());
  NoteDecision(transaction, actor, row);
  RETURN_IF_ERROR(Judge(transaction, actor, debts, {decision.key}));
  return Decided{true, row.standing};
}

void Promises::NoteDecision(storage::Transaction& transaction, std::string_view actor,
                            const PromiseRow& row) const {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PLAN_DECIDED, actor);
  event.set_vendor_id(row.key.vendor_id);
  event.set_account_id(row.key.account_id);
  event.set_assignment_id(row.assignment_id);
  event.set_subject_id(row.key.outcome_id);
  event.mutable_plan()->set_verdict(row.record.decision().verdict());
  event.mutable_plan()->set_reason(row.record.decision().reason());
  event.mutable_plan()->set_outcome_version(static_cast<int32_t>(row.version));
  v1::PromiseRecord decided = DecidedIn(row.record);
  event.set_digest(sealer_.Digest(CanonicalBytes(decided)));
  audit::Record(transaction, std::move(event));
}

absl::StatusOr<std::map<std::string, Shown, std::less<>>> Promises::ShownOn(
    storage::Connection& connection, const std::vector<std::string>& account_ids) const {
  std::map<std::string, Shown, std::less<>> shown;
  if (account_ids.empty()) return shown;
  ASSIGN_OR_RETURN(PromiseRows rows, ReadPromises(connection, sealer_, account_ids));
  for (auto& [key, row] : rows) {
    Shown& of_account = shown[key.account_id];
    if (row.BindTime().has_value()) {
      std::optional<PromiseRow>& best = of_account.promise;
      if (!best.has_value() || BoundEarlier(*best, row)) best = std::move(row);
    } else if (WasProposed(row)) {
      std::optional<PromiseRow>& best = of_account.proposed;
      if (!best.has_value() || best->take_time_us <= row.take_time_us) best = std::move(row);
    }
  }
  for (auto& [account_id, one] : shown) {
    if (one.promise.has_value() && one.proposed.has_value() &&
        *one.promise->BindTime() > one.proposed->take_time_us) {
      one.proposed.reset();
    }
  }
  return shown;
}

absl::StatusOr<std::vector<PromiseRow>> Promises::Pending(storage::Connection& connection,
                                                          const PromiseKey& after,
                                                          int limit) const {
  return PendingPlans(connection, sealer_, after, limit);
}

absl::StatusOr<std::optional<PromiseRow>> Promises::FindPending(storage::Connection& connection,
                                                                const PromiseKey& key) const {
  return FindPendingPlan(connection, sealer_, key);
}

absl::StatusOr<std::vector<PromiseRow>> Promises::List(storage::Connection& connection,
                                                       const std::string& account_id) const {
  ASSIGN_OR_RETURN(PromiseRows rows, ReadPromises(connection, sealer_, {account_id}));
  std::vector<PromiseRow> list;
  for (auto& [key, row] : rows) list.push_back(std::move(row));
  absl::c_stable_sort(list,
                      [](const auto& a, const auto& b) { return a.take_time_us < b.take_time_us; });
  return list;
}

PromiseRow Promises::RowOf(const Word& word, const PromiseRow* before, absl::Time now) const {
  PromiseRow row;
  if (before != nullptr) row = *before;
  row.key = word.key;
  row.version = word.version;
  row.assignment_id = word.assignment_id;
  row.record =
      RecordOf(*word.promise, policy_, word.zones, before == nullptr ? nullptr : &before->record);
  // What head office decided about counts from when it saw it to be made, whatever is said of that
  // since.
  const bool is_decided = row.record.has_decision();
  if (!is_decided) {
    row.note_digest.clear();
    row.hidden.clear();
  }
  // One of the future counts as of now, as a contact does, and no later for being said once more.
  if (before == nullptr || (word.take_time <= now && !is_decided))
    row.take_time_us = absl::ToUnixMicros(std::min(word.take_time, now));
  const absl::Time taken = absl::FromUnixMicros(row.take_time_us);
  const bool same_contact = before != nullptr && before->take_time_us == row.take_time_us;
  const bool too_late = taken > word.bind_until;
  const v1::Contract::PromiseTerms terms = word.terms.value_or(v1::Contract::PromiseTerms());
  row.record.set_count_max(terms.count_max());
  row.record.set_within_days(terms.within_days());
  // Once something newer is known of the debt, what was due then is known from here alone.
  if (word.owed != nullptr && !is_decided) {
    *row.record.mutable_due() = *word.owed;
  } else if (!same_contact) {
    row.record.clear_due();
  }
  const v1::Money* due = row.record.has_due() ? &row.record.due() : nullptr;
  row.record.clear_beyond();
  if (word.promise->has_plan()) {
    // Whoever says the same of the same contact is held to what was said of it first, whatever has
    // come to be known of the debt since; and what head office decided about, it has decided.
    const bool as_before = before != nullptr &&
                           MessageDifferencer::Equals(before->record.promise(), *word.promise) &&
                           same_contact;
    if (as_before) {
      *row.record.mutable_beyond() = before->record.beyond();
    } else {
      const auto beyond =
          BeyondAuthority(*word.promise, taken, word.plans.has_value() ? &*word.plans : nullptr,
                          DaysAheadMaxOf(terms), due, ZonesOf(row.record));
      row.record.mutable_beyond()->Assign(beyond.begin(), beyond.end());
      if (too_late) row.record.add_beyond(v1::PaymentPlan::BEYOND_WITHDRAWN);
    }
    row.record.set_within_terms(true);
    return row;
  }
  row.record.set_within_terms(!too_late && word.terms.has_value() &&
                              WithinTerms(*word.promise, taken, terms, due, ZonesOf(row.record)));
  return row;
}

absl::Status Promises::TakeBack(storage::Transaction& transaction, std::string_view actor,
                                Debts& debts, const std::vector<PromiseKey>& keys) const {
  for (const PromiseKey& key : keys) {
    auto found = debts.promises.extract(key);
    PromiseRow& row = found.mapped();
    const v1::PromiseStanding former = std::exchange(row.standing, v1::PROMISE_STANDING_TAKEN_BACK);
    row.since_us = transaction.now_us();
    debts.changed.insert(key.account_id);
    Tell(transaction, actor, row, former);
  }
  return RemovePromises(transaction, keys);
}

// Judges all of them, tells what stands otherwise, and writes that and `said`.
absl::Status Promises::Judge(storage::Transaction& transaction, std::string_view actor,
                             Debts& debts, const std::set<PromiseKey>& said) const {
  if (debts.promises.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto payments,
                   ReadPayments(transaction.connection(), sealer_, debts.account_ids));
  static const std::vector<DebtPayment> kNone;
  std::vector<PromiseRow> changed;
  for (auto begin = debts.promises.begin(); begin != debts.promises.end();) {
    const std::string& account_id = begin->first.account_id;
    std::vector<TakenPromise> taken;
    std::map<std::string, PromiseRow*> by_id;
    auto end = begin;
    for (; end != debts.promises.end() && end->first.account_id == account_id; ++end) {
      taken.push_back(end->second.Taken());
      by_id[end->first.IdOnDebt()] = &end->second;
    }
    const auto paid = payments.find(account_id);
    // Another hub's clock may be a little ahead.
    absl::Time now = transaction.now();
    for (const TakenPromise& one : taken) now = std::max({now, one.take_time, one.decide_time});
    const std::vector<DebtPayment>& known = paid == payments.end() ? kNone : paid->second;
    for (const PromiseState& state : StatesOf(std::move(taken), known, now)) {
      PromiseRow& row = *by_id.at(state.promise_id);
      const bool tells = said.contains(row.key) || SaysMore(row, state);
      const v1::PromiseStanding former = row.standing;
      if (tells) Follow(state, row);
      // What is to be done about a broken plan is done by whoever reviews.
      const int64_t review_us = AwaitsPolicy(row) ? row.since_us : ReviewTimeOf(state, known, now);
      const bool review_moves = std::exchange(row.review_us, review_us) != review_us;
      if (!tells) {
        if (review_moves) changed.push_back(row);
        continue;
      }
      Tell(transaction, actor, row, former);
      debts.changed.insert(account_id);
      changed.push_back(row);
    }
    begin = end;
  }
  return WritePromises(transaction, sealer_, changed);
}

void Promises::Tell(storage::Transaction& transaction, std::string_view actor,
                    const PromiseRow& row, v1::PromiseStanding former) const {
  std::string place = absl::StrCat("promise_change|", row.key.account_id, "|", row.key.vendor_id,
                                   "|", row.key.outcome_id);
  std::string box =
      sealer_.Seal(transaction, core_feed::PlaceOfItem(core_feed::ItemKind::kPromise, place),
                   SealedOf(row).SerializeAsString());
  core_feed::CoreFeedBook::Append(
      transaction, {core_feed::ItemKind::kPromise, std::move(place),
                    ChangeOf(row, former).SerializeAsString(), std::move(box), row.assignment_id});
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PROMISE, actor);
  event.set_vendor_id(row.key.vendor_id);
  event.set_account_id(row.key.account_id);
  event.set_assignment_id(row.assignment_id);
  event.set_subject_id(row.key.outcome_id);
  event.mutable_promise()->set_standing(row.standing);
  event.mutable_promise()->set_former_standing(former);
  if (row.standing == v1::PROMISE_STANDING_OPEN) event.mutable_promise()->set_end_us(row.since_us);
  audit::Record(transaction, std::move(event));
}

}  // namespace switchboard::promises
