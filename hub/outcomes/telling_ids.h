#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "hub/assignments/assignments.h"
#include "hub/base/field_problem.h"
#include "hub/book/book.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/storage/transaction.h"

namespace switchboard::outcomes {

// Outcome ids of one batch that say whom they are about (GivesAwayPerson in id_text.h). Indexes and
// the log keep ids, and they outlive the person's erasure. Used by one unit.
class TellingIds {
 public:
  // `book` outlives it.
  explicit TellingIds(const book::Book& book) : book_(book) {}

  // Opens those persons whom ids of the batch could give away; of what programs make that is
  // nobody. Ids of corrections were looked at when they first came, and cannot be changed any more.
  // `assignments`: the vendor's own, by id. REQUIRES: their persons are held.
  absl::Status Look(storage::Connection& connection, absl::Span<const ReceivedOutcome> received,
                    const std::map<std::string, assignments::Assignment, std::less<>>& assignments);

  // What the outcome's message alone shows to be wrong, or that its id gives its person away.
  std::optional<FieldProblem> ProblemOf(const ReceivedOutcome& received) const;

 private:
  using Key = std::pair<std::string, std::string>;  // outcome and assignment
  static Key KeyOf(const ReceivedOutcome& received);

  const book::Book& book_;
  std::set<Key> telling_;
};

}  // namespace switchboard::outcomes
