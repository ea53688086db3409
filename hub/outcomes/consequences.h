#pragma once

#include <string>

#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/outcomes/outcome_book.h"
#include "hub/permits/permit_book.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// Why contact must end by what an outcome says, or UNSPECIFIED. `only_informs`: by its contract the
// vendor may do no more than inform about the debt; who would not pay is then the issuer's to speak
// with.
v1::StopReason StopReasonOf(v1::Disposition disposition, bool only_informs);

// Whether it says that contact must end, whatever the contract.
bool EndsContact(v1::Disposition disposition);

// True if the outcome places a stop under an id that was used before, by an outcome that is erased
// since: the vendor has given its own id twice.
absl::StatusOr<bool> StopIdTaken(storage::Connection& connection,
                                 const assignments::Assignment& assignment,
                                 const v1::Outcome& outcome);

// What an outcome set off.
struct Consequences {
  std::string placed_stop_id;      // empty: none
  std::string lift_asked_stop_id;  // empty: none
  bool number_unknown = false;     // a number was to be stopped, and nothing says which
};

// What an outcome sets off at once, without waiting for the core. What ends contact places a stop,
// of a dispute or a return on the account, else on the person or the number; it withdraw the work
// and void open permits. The outcome may be late: a stop on the account ends its work whoever owns
// it by now, one on the person follows the accounts that are another's by now. Who asks not to be
// contacted is not reached by another person's entry for the same number either. A wrong or dead
// number is stopped as far as the outcome names the permit that it was dialled by, or without one
// the contact point. The stop's id is "outcome:<vendor_id>:<outcome_id>", with "/<version>" behind
// it for a correction.
//
// What a version before has stopped stays stopped: a correction that no longer says so asks the
// core to lift it. `reason`: StopReasonOf it. `permit`: the vendor's own that the outcome names, or
// null. REQUIRES: the assignment's person is held, the stop id is not taken.
absl::StatusOr<Consequences> ApplyConsequences(storage::Transaction& transaction,
                                               assignments::Changes& changes,
                                               const book::Book& book,
                                               const assignments::Assignment& assignment,
                                               const v1::Outcome& outcome, v1::StopReason reason,
                                               const permits::PermitRow* permit);

}  // namespace switchboard::outcomes
