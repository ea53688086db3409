#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/promises/promises_of_debt.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/promise.pb.h"

// What was promised and what was paid, by account. Owns the tables promise and payment.

namespace switchboard::promises {

// A promise is made by a vendor's outcome about an account.
struct PromiseKey {
  std::string account_id;
  std::string vendor_id;
  std::string outcome_id;

  auto operator<=>(const PromiseKey&) const = default;
  // Unique on the account, and in the order of both ids: a blank comes before all that they hold.
  std::string IdOnDebt() const { return vendor_id + " " + outcome_id; }
};

struct PromiseRow {
  PromiseKey key;
  int64_t version = 0;  // of the outcome
  std::string assignment_id;
  int64_t take_time_us = 0;
  v1::PromiseRecord record;
  // As the core was told; unspecified: not yet.
  v1::PromiseStanding standing = v1::PROMISE_STANDING_UNSPECIFIED;
  int64_t since_us = 0;
  // When to judge it anew, at the latest; 0: not by time alone.
  int64_t review_us = 0;
  // When one that is erased since took its place; 0: none did.
  int64_t replaced_by_erased_us = 0;
  // Of the note on head office's decision: keyed, as it was typed; empty where there is none.
  std::string note_digest;
  // Sealed at PlaceOfHidden, of a note that is written with this row: what was taken out of it.
  // Never read back, and left as it lies where the note is the one that was there.
  std::string hidden;
  // It does not bind whatever else is known: what may have been counted beside it is erased.
  bool never_binds = false;

  // For StatesOf.
  TakenPromise Taken() const;
  // From when on it takes the place of others, whatever else is known; nothing: it does not.
  std::optional<int64_t> BindTime() const;
};

// All promises on each of these accounts, by key.
using PromiseRows = std::map<PromiseKey, PromiseRow>;
absl::StatusOr<PromiseRows> ReadPromises(storage::Connection& connection, storage::Sealer& sealer,
                                         const std::vector<std::string>& account_ids);
// How all promises on each of these accounts stand.
absl::StatusOr<std::map<PromiseKey, v1::PromiseStanding>> StandingsOn(
    storage::Connection& connection, const std::vector<std::string>& account_ids);
// Writes rows, over what stands under their keys. REQUIRES: each key once.
absl::Status WritePromises(storage::Transaction& transaction, storage::Sealer& sealer,
                           const std::vector<PromiseRow>& rows);
absl::Status RemovePromises(storage::Transaction& transaction, const std::vector<PromiseKey>& keys);

// Accounts with a promise that was to be judged anew at `now_us`, at most `limit`.
absl::StatusOr<std::vector<std::string>> AccountsToReview(storage::Connection& connection,
                                                          int64_t now_us, int limit);

// Plans that wait for head office, by key, behind `after`, at most `limit`.
absl::StatusOr<std::vector<PromiseRow>> PendingPlans(storage::Connection& connection,
                                                     storage::Sealer& sealer,
                                                     const PromiseKey& after, int limit);
// That one, if it waits.
absl::StatusOr<std::optional<PromiseRow>> FindPendingPlan(storage::Connection& connection,
                                                          storage::Sealer& sealer,
                                                          const PromiseKey& key);

// A live promise, as far as permits ask for it.
struct LivePromise {
  absl::Time end_time;      // its time is up from here on
  absl::Time remind_from;   // it may be reminded of from here …
  absl::Time remind_until;  // … to here, exclusive
};
absl::StatusOr<std::optional<LivePromise>> FindLive(storage::Connection& connection,
                                                    std::string_view account_id);

// A payment that the core told of.
struct Paid {
  std::string event_id;
  std::string account_id;
  int64_t pay_time_us = 0;
  v1::Money amount;
};
absl::Status WritePayment(storage::Transaction& transaction, storage::Sealer& sealer,
                          const Paid& paid);
// Of each of these accounts.
absl::StatusOr<std::map<std::string, std::vector<DebtPayment>, std::less<>>> ReadPayments(
    storage::Connection& connection, storage::Sealer& sealer,
    const std::vector<std::string>& account_ids);

}  // namespace switchboard::promises
