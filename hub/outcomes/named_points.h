#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/outcomes/changed_fields.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"

namespace switchboard::outcomes {

// Contact points that outcomes of one batch name by themselves, where no permit says it: by the ids
// that rows show to the vendor, or by the core's. Used by one unit.
class NamedPoints {
 public:
  // Both outlive it.
  NamedPoints(const book::Book& book, storage::Sealer& sealer) : book_(book), sealer_(sealer) {}

  // Opens the persons of whom a contact point is named. `assignments`: the vendor's own, by id.
  // REQUIRES: their persons are held.
  absl::Status Look(storage::Connection& connection, contracts::Contracts& contracts,
                    std::string_view vendor_id, absl::Span<const ReceivedOutcome> received,
                    const std::map<std::string, assignments::Assignment, std::less<>>& assignments);

  // The outcome with the core's id of its contact point, as everybody but the vendor reads it;
  // nothing: it is read as it came. That is so too of a contact point that is gone, and that the
  // version before did not name. `former`: of the batch. What is returned does not outlive this.
  absl::StatusOr<std::optional<ReceivedOutcome>> WithCoresId(storage::Connection& connection,
                                                             FormerVersions& former,
                                                             std::string_view vendor_id,
                                                             const ReceivedOutcome& received);

  // The contact point of an outcome that names it by the core's id; null: it names none that the
  // hub knows.
  const v1::ContactPoint* Find(const v1::Outcome& outcome) const;

 private:
  const v1::Person* PersonOf(const v1::Outcome& outcome) const;
  absl::StatusOr<std::string> CoresId(storage::Connection& connection, FormerVersions& former,
                                      const v1::Outcome& outcome) const;

  const book::Book& book_;
  storage::Sealer& sealer_;
  contracts::Contracts::Compiled contract_;                     // any of the vendor's
  std::map<std::string, std::string, std::less<>> person_ids_;  // by assignment
  std::map<std::string, book::KnownPerson, std::less<>> persons_;
  std::deque<v1::Outcome> read_;
};

}  // namespace switchboard::outcomes
