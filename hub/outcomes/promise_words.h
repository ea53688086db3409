#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/permits/judge.h"
#include "hub/promises/promises.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// What the outcomes of one batch say of promises, in their newest versions. Used by one unit.
class PromiseWords {
 public:
  // All outlive it.
  PromiseWords(storage::Transaction& transaction, const book::Book& book,
               const permits::Judge& judge, const promises::Promises& promises)
      : transaction_(transaction), book_(book), judge_(judge), promises_(promises) {}

  // An outcome was accepted; it outlives this, and so does `account`: what is known of its account
  // as of the contact, or null. `contract`: of the contact, or null. `bind_until`: when a contact
  // may have begun at the latest for its promise to bind.
  void Add(const v1::Outcome& outcome, const assignments::Assignment& assignment,
           const contracts::CompiledContract* contract, const v1::Account* account,
           absl::Time bind_until);

  // An outcome that was accepted before was reported again: whether its promise binds is asked for
  // once more.
  void AddRepeated(const v1::Outcome& outcome, const assignments::Assignment& assignment);

  // What follows from all of them: how promises stand, which the vendors that have the accounts see
  // anew, and which permits become void. To be called once, last of all. Ids of outcomes whose
  // promise does not bind.
  absl::StatusOr<std::set<std::string, std::less<>>> Settle(std::string_view actor);

 private:
  struct Said {
    promises::Word word;
    std::string person_id;
  };
  absl::Status FindZones();
  absl::Status SettleSaid(std::string_view actor);

  storage::Transaction& transaction_;
  const book::Book& book_;
  const permits::Judge& judge_;
  const promises::Promises& promises_;
  std::map<std::string, Said> said_;          // by outcome
  std::set<promises::PromiseKey> asked_for_;  // of which it is to be said whether they bind
};

}  // namespace switchboard::outcomes
