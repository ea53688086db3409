#include "hub/promises/promises.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/core_feed/core_feed.h"
#include "hub/promises/policy.h"

namespace switchboard::promises {
namespace {

using google::protobuf::util::TimeUtil;

// Whoever changes what is promised or paid on a debt holds it: its owner may be another person by
// now than the one who was contacted.
absl::Status HoldDebts(storage::Transaction& transaction,
                       const std::vector<std::string>& account_ids) {
  std::vector<storage::Key> keys;
  for (const std::string& account_id : account_ids) keys.push_back(book::DebtKey(account_id));
  return transaction.Hold(keys);
}

// A change as the core reads it, without what is sealed.
v1::PromiseChange ChangeOf(const PromiseRow& row, v1::PromiseStanding former) {
  v1::PromiseChange change;
  change.set_vendor_id(row.key.vendor_id);
  change.set_outcome_id(row.key.outcome_id);
  change.set_outcome_version(static_cast<int32_t>(row.version));
  change.set_account_id(row.key.account_id);
  *change.mutable_take_time() = TimeUtil::MicrosecondsToTimestamp(row.take_time_us);
  change.set_standing(row.standing);
  change.set_former_standing(former);
  *change.mutable_since_time() = TimeUtil::MicrosecondsToTimestamp(row.since_us);
  return change;
}

// What of it is sealed.
v1::PromiseChange SealedOf(const PromiseRow& row) {
  v1::PromiseChange sealed;
  if (row.standing == v1::PROMISE_STANDING_TAKEN_BACK) return sealed;
  const v1::Money& amount = row.record.promise().amount();
  *sealed.mutable_amount() = amount;
  *sealed.mutable_due_date() = row.record.promise().due_date();
  sealed.mutable_paid()->set_currency_code(amount.currency_code());
  sealed.mutable_paid()->set_minor_units(row.record.paid_minor_units());
  return sealed;
}

// Whether `state` is worth telling once more, of a row as the core was told of it.
bool SaysMore(const PromiseRow& row, const PromiseState& state) {
  if (row.standing != state.standing || row.since_us != absl::ToUnixMicros(state.since))
    return true;
  // Of an open one the core knows itself what was paid so far.
  return !state.IsLive() && row.record.paid_minor_units() != state.paid;
}

// Of one vendor on one debt. Each is judged whenever one of them changes.
constexpr int64_t kOfVendorMax = 100;

int64_t CountOf(const PromiseKey& key, const PromiseRows& rows) {
  return absl::c_count_if(rows, [&key](const auto& row) {
    return row.first.account_id == key.account_id && row.first.vendor_id == key.vendor_id;
  });
}

bool IsOlder(const PromiseRow& one, const PromiseRow& other) {
  return std::pair(one.take_time_us, one.key.IdOnDebt()) <
         std::pair(other.take_time_us, other.key.IdOnDebt());
}

// When time alone may change how it stands: at its end, and when money arrives that is booked
// ahead.
int64_t ReviewTimeOf(const PromiseState& state, const std::vector<DebtPayment>& payments,
                     absl::Time now) {
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

absl::StatusOr<std::set<std::string>> Promises::Review(
    storage::Transaction& transaction, const std::vector<std::string>& account_ids) const {
  Debts debts{account_ids};
  if (account_ids.empty()) return debts.changed;
  RETURN_IF_ERROR(HoldDebts(transaction, account_ids));
  ASSIGN_OR_RETURN(debts.promises, ReadPromises(transaction.connection(), sealer_, account_ids));
  RETURN_IF_ERROR(Judge(transaction, "hub", debts, {}));
  return std::move(debts.changed);
}

absl::StatusOr<std::map<std::string, PromiseRow, std::less<>>> Promises::NewestOn(
    storage::Connection& connection, const std::vector<std::string>& account_ids) const {
  std::map<std::string, PromiseRow, std::less<>> newest;
  if (account_ids.empty()) return newest;
  ASSIGN_OR_RETURN(PromiseRows rows, ReadPromises(connection, sealer_, account_ids));
  for (auto& [key, row] : rows) {
    if (row.standing == v1::PROMISE_STANDING_NOT_BINDING) continue;
    const auto [best, first] = newest.try_emplace(key.account_id, row);
    if (!first && IsOlder(best->second, row)) best->second = std::move(row);
  }
  return newest;
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
  // One of the future counts as of now, as a contact does, and no later for being said once more.
  const absl::Time taken = std::min(word.take_time, now);
  if (before == nullptr || word.take_time <= now) row.take_time_us = absl::ToUnixMicros(taken);
  row.record =
      RecordOf(*word.promise, policy_, word.zones, before == nullptr ? nullptr : &before->record);
  const v1::Contract::PromiseTerms terms = word.terms.value_or(v1::Contract::PromiseTerms());
  bool within = word.terms.has_value() &&
                WithinTerms(*word.promise, taken, terms, word.owed, ZonesOf(row.record));
  // What was due is not known any more: it is held to what was said of it when it was.
  if (before != nullptr && word.owed == nullptr && terms.least_percent() > 0) {
    const int64_t amount = word.promise->amount().minor_units();
    const int64_t amount_before = before->record.promise().amount().minor_units();
    within = within &&
             (before->record.within_terms() ? amount >= amount_before : amount > amount_before);
  }
  row.record.set_within_terms(within);
  row.record.set_count_max(terms.count_max());
  row.record.set_within_days(terms.within_days());
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
    for (const TakenPromise& one : taken) now = std::max(now, one.take_time);
    const std::vector<DebtPayment>& known = paid == payments.end() ? kNone : paid->second;
    for (const PromiseState& state : StatesOf(std::move(taken), known, now)) {
      PromiseRow& row = *by_id.at(state.promise_id);
      const int64_t review_us = ReviewTimeOf(state, known, now);
      const bool review_moves = std::exchange(row.review_us, review_us) != review_us;
      if (!said.contains(row.key) && !SaysMore(row, state)) {
        if (review_moves) changed.push_back(row);
        continue;
      }
      const v1::PromiseStanding former = std::exchange(row.standing, state.standing);
      row.since_us = absl::ToUnixMicros(state.since);
      row.record.set_paid_minor_units(state.paid);
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
  std::string box = sealer_.Seal(place, SealedOf(row).SerializeAsString());
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
