#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "hub/book/book.h"
#include "hub/storage/box_place.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/privacy_keeping.pb.h"

// Orders by which what is kept of a person stays, whatever classes of retention say. Owns the table
// legal_hold. What they keep: held.h.

namespace switchboard::legal_holds {

// In force at the same time, at most.
inline constexpr int64_t kHoldsMax = 10'000;
// Of one page of a listing.
inline constexpr int kPage = 1'000;

// What is wrong with a hold to be placed at `now`; brings its reference to its normal form.
std::optional<FieldProblem> CheckHold(v1::LegalHold& hold, absl::Time now);

// Where the box of a hold lies.
storage::BoxPlace PlaceOf(std::string_view hold_id, std::string_view person_id,
                          std::string_view account_id);

// Thread-safe apart from the connections and transactions passed in.
class LegalHolds {
 public:
  // Whether anything else is kept of a person whom the book does not know, or not any more.
  using IsKept =
      std::function<absl::StatusOr<bool>(storage::Connection&, const std::string& person_id)>;

  // The first two outlive it. `is_kept`: null: nothing is.
  LegalHolds(const book::Book& book, storage::Sealer& sealer, IsKept is_kept = nullptr)
      : book_(book), sealer_(sealer), is_kept_(std::move(is_kept)) {}

  // Places a hold, with a trace in the audit log; false if it is in force already and says the
  // same. From the commit on nothing of the person's is erased. REQUIRES: CheckHold has nothing to
  // say. A person whom the book has forgotten can be held by their id as long as anything is kept
  // of them. Errors: PERSON_UNKNOWN, ACCOUNT_UNKNOWN, LEGAL_HOLD_EXISTS, LEGAL_HOLDS_FULL.
  absl::StatusOr<bool> Place(storage::Transaction& transaction, std::string_view actor,
                             const v1::LegalHold& hold) const;

  // Ends one, with a trace; nothing if it has ended. NOT_FOUND, LEGAL_HOLD_UNKNOWN.
  absl::Status End(storage::Transaction& transaction, std::string_view actor,
                   std::string_view hold_id) const;

  // By id, from behind `after`, at most kPage.
  absl::StatusOr<std::vector<v1::LegalHold>> List(storage::Connection& connection,
                                                  std::string_view after, bool ended_too) const;

 private:
  absl::StatusOr<std::string> HoldOwner(storage::Transaction& transaction,
                                        const v1::LegalHold& hold) const;

  const book::Book& book_;
  storage::Sealer& sealer_;
  const IsKept is_kept_;
};

// Whether one in force is to end by its day.
absl::StatusOr<bool> AnyToEnd(storage::Connection& connection, absl::Time now);
// Ends those, with a trace. A hold keeps everything until this is committed.
absl::Status EndByDay(storage::Transaction& transaction);

}  // namespace switchboard::legal_holds
