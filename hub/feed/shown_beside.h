#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "hub/assignments/hand_overs.h"
#include "hub/book/book.h"
#include "hub/masking/masker.h"
#include "hub/promises/promises.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

namespace switchboard::feed {

// What rows show beside a person and an account: what was promised, and who handed the work over.
// Thread-safe apart from the connections passed in.
class ShownBeside {
 public:
  ShownBeside(const book::Book& book, const promises::Promises& promises, storage::Sealer& sealer)
      : book_(book), promises_(promises), sealer_(sealer) {}

  // `at`: which of the ids. Null: there is none of it. What they are given does not outlive the
  // call.
  using OnPromises = absl::FunctionRef<void(size_t at, const masking::ShownPromise* promise,
                                            const masking::ShownPromise* proposed)>;
  // Of those of these accounts on which anything is promised or proposed.
  absl::Status ForEachPromised(storage::Connection& connection,
                               const std::vector<std::string>& account_ids, OnPromises visit) const;

  using OnHandOver = absl::FunctionRef<void(size_t at, const masking::ShownHandOver& hand_over)>;
  // Of those of these assignments that another party handed over. What the core told of the person
  // since does not leave with a note either.
  absl::Status ForEachHandOver(storage::Connection& connection,
                               const std::vector<std::string>& assignment_ids,
                               OnHandOver visit) const;

 private:
  absl::Status HideWhatIsKnownSince(
      storage::Connection& connection,
      std::map<std::string, assignments::HandOver, std::less<>>& hand_overs) const;

  const book::Book& book_;
  const promises::Promises& promises_;
  storage::Sealer& sealer_;
};

}  // namespace switchboard::feed
