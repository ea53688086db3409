#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "hub/promises/promise_book.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/config.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/redaction.pb.h"

namespace switchboard::promises {

// What the newest version of an outcome says of a promise.
struct Word {
  PromiseKey key;
  int64_t version = 0;
  std::string assignment_id;
  absl::Time take_time;                           // when the contact began
  const v1::Outcome::Promise* promise = nullptr;  // null: nothing; outlives the call
  // Of the contract of the contact; nothing: none was in force, or it does not let the vendor take
  // any in such work.
  std::optional<v1::Contract::PromiseTerms> terms{};
  // Likewise; nothing: it lets nobody agree to a plan.
  std::optional<v1::Contract::PlanTerms> plans{};
  const v1::Money* owed = nullptr;      // what is due as of the contact, null if unknown; as above
  std::vector<absl::TimeZone> zones{};  // in which the person may be; at least one of a promise
  // What was taken later binds nobody by itself: the vendor had lost the work.
  absl::Time bind_until = absl::InfiniteFuture();
};

// What a vendor sees of an account.
struct Shown {
  // The one that bound last.
  std::optional<PromiseRow> promise;
  // The newest plan that waits for head office, or that it refused, unless another one has bound
  // since it was proposed.
  std::optional<PromiseRow> proposed;
};

// What head office says of a plan.
struct Decision {
  PromiseKey key;
  int64_t version = 0;          // of the outcome, that was looked at
  v1::PlanDecision said;        // verdict, reason, and the note, cleaned, with its marks
  v1::HiddenText hidden;        // what was taken out of the note
  std::string note_digest;      // keyed, of the note as it was typed; empty: there is none
  v1::Outcome::Promise agreed;  // with VERDICT_CHANGED: amount, due date and plan
};

// What came of it.
struct Decided {
  bool changed = false;  // false: it had said so before
  v1::PromiseStanding standing = v1::PROMISE_STANDING_UNSPECIFIED;
};

// What time alone has changed.
struct Reviewed {
  std::set<std::string> changed;  // accounts on which something is otherwise than before
  // Accounts whose plan is broken, and when it was, in microseconds since 1970 UTC: told of each
  // plan once, and of none where a promise is open.
  std::map<std::string, int64_t> broken_plans;
};

// What comes of promises: a function of what the newest versions of outcomes say and of what was
// paid, judged anew whenever either comes to be known, and when the time of one is up. What stands
// otherwise then goes to the core feed and to the audit log. Thread-safe apart from the
// transactions passed in.
class Promises {
 public:
  // `sealer` outlives it.
  Promises(storage::Sealer& sealer, v1::Config::PromisePolicy policy)
      : sealer_(sealer), policy_(std::move(policy)) {}

  // Outcomes say this from now on. Beyond a hundred of one vendor on one debt promises are not
  // kept, and do not bind. Those of the accounts on which something is otherwise than before.
  // REQUIRES: of each outcome one word, its newest.
  absl::StatusOr<std::set<std::string>> Take(storage::Transaction& transaction,
                                             std::string_view actor,
                                             absl::Span<const Word> words) const;
  // Money arrived, whether or not the account is known.
  absl::Status Pay(storage::Transaction& transaction, std::string_view actor,
                   const Paid& paid) const;
  // Judges the promises on these accounts anew because time has passed.
  absl::StatusOr<Reviewed> Review(storage::Transaction& transaction,
                                  const std::vector<std::string>& account_ids) const;
  // Head office decides on a plan that waits. NOT_FOUND, PLAN_UNKNOWN; FAILED_PRECONDITION,
  // PLAN_NOT_PENDING; INVALID_ARGUMENT, FIELD_INVALID: changed into another currency, or
  // its first day is over.
  absl::StatusOr<Decided> Decide(storage::Transaction& transaction, std::string_view actor,
                                 const Decision& decision) const;

  // What is shown of each of these accounts, as far as there is anything.
  absl::StatusOr<std::map<std::string, Shown, std::less<>>> ShownOn(
      storage::Connection& connection, const std::vector<std::string>& account_ids) const;
  // Plans that wait for head office, by key, behind `after`, at most `limit`.
  absl::StatusOr<std::vector<PromiseRow>> Pending(storage::Connection& connection,
                                                  const PromiseKey& after, int limit) const;
  // That one, if it waits.
  absl::StatusOr<std::optional<PromiseRow>> FindPending(storage::Connection& connection,
                                                        const PromiseKey& key) const;
  // All promises on an account, in the order in which they were made.
  absl::StatusOr<std::vector<PromiseRow>> List(storage::Connection& connection,
                                               const std::string& account_id) const;

 private:
  struct Debts;
  PromiseRow RowOf(const Word& word, const PromiseRow* before, absl::Time now) const;
  absl::Status TakeBack(storage::Transaction& transaction, std::string_view actor, Debts& debts,
                        const std::vector<PromiseKey>& keys) const;
  absl::Status Judge(storage::Transaction& transaction, std::string_view actor, Debts& debts,
                     const std::set<PromiseKey>& said) const;
  void Tell(storage::Transaction& transaction, std::string_view actor, const PromiseRow& row,
            v1::PromiseStanding former) const;
  void NoteDecision(storage::Transaction& transaction, std::string_view actor,
                    const PromiseRow& row) const;

  storage::Sealer& sealer_;
  const v1::Config::PromisePolicy policy_;
};

}  // namespace switchboard::promises
