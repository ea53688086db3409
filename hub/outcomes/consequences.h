#pragma once

#include <set>
#include <string>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/outcomes/spoken_stops.h"
#include "hub/permits/permit_book.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// Whether it says that contact must end or rest, whatever the contract.
bool EndsContact(const v1::Outcome::Result& result);

// True if one of these stops would be placed under an id that was used before, by an outcome that
// is erased since: the vendor has given its own id twice.
absl::StatusOr<bool> StopIdTaken(storage::Connection& connection, std::string_view vendor_id,
                                 const v1::Outcome& outcome, const std::vector<SpokenStop>& anew);

// What an outcome sets off; ids of stops.
struct Consequences {
  std::vector<std::string> placed;      // by this version
  std::vector<std::string> lifted;      // those that were in force until now
  std::vector<std::string> lift_asked;  // those that are, until the core lifts them
  std::vector<StandingStop> standing;   // as this version leaves them
  bool number_unknown = false;          // a number was to be stopped, and nothing says which
};

// An outcome whose consequences are asked for.
struct Speaking {
  const assignments::Assignment& assignment;
  const v1::Outcome& outcome;
  const permits::PermitRow* permit;  // the vendor's own that the outcome names, or null
  const v1::ContactPoint* point;     // that it names without one, or null
  StopChanges changes;               // of what stood by the version before …
  std::set<std::string> confirmed;   // … of which a core knows these
};

// What an outcome sets off at once, without waiting for the core. Stops of a dispute, a complaint,
// of fraud or a return lie on the account, a channel that is no longer wanted on that channel,
// others on the person or the number; they withdraw the work, or let it rest, and void open
// permits. The outcome may be late: a stop on the account ends its work whoever owns it by now, one
// on the person follows the accounts that are another's by now. Who asks not to be contacted is not
// reached by another person's entry for the same number either. A wrong or dead number is stopped
// as far as the outcome names the permit that it was dialled by, or without one the contact point.
//
// What the version before had stopped and this one no longer speaks for is lifted, or, where a core
// knows of it and may have acted on it, the core is asked to; what it still speaks for stays as it
// is, lifted by the core or not.
// REQUIRES: the assignment's person is held, no stop id is taken.
absl::StatusOr<Consequences> ApplyConsequences(storage::Transaction& transaction,
                                               assignments::Changes& changes,
                                               const book::Book& book, const Speaking& speaking);

}  // namespace switchboard::outcomes
