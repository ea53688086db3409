#include "hub/upkeep/promise_ends.h"

#include "hub/base/error.h"
#include "hub/promises/shown_anew.h"

namespace switchboard::upkeep {
namespace {

constexpr int kPage = 100;

}  // namespace

absl::StatusOr<bool> PromiseEnds::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const auto due, promises::AccountsToReview(reader, absl::ToUnixMicros(now), 1));
  return !due.empty();
}

absl::Status PromiseEnds::Run(storage::Transaction& transaction) {
  ASSIGN_OR_RETURN(const auto due, promises::AccountsToReview(transaction.connection(),
                                                              transaction.now_us(), kPage));
  ASSIGN_OR_RETURN(const auto changed, promises_.Review(transaction, due));
  return promises::ShowAnew(transaction, book_, changed);
}

}  // namespace switchboard::upkeep
