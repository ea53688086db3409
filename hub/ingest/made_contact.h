#pragma once

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "hub/book/book.h"
#include "hub/permits/permits.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"

// Contacts of the issuer's own team, as the core reports them.

namespace switchboard::ingest {

void CheckMadeContact(const v1::CoreEvent::MadeContact& made, absl::Time now, FieldCheck& check);

struct EnteredContact {
  bool account_known = true;  // nothing is written if not
  int64_t voided_permits = 0;
};

// Writes one into the ledger, once however often it is sent, and makes open permits void that could
// not be given after it. `contact`: the event under which the ledger has it, the first one that
// told of it. REQUIRES: CheckMadeContact found nothing.
absl::StatusOr<EnteredContact> EnterMadeContact(storage::Transaction& transaction,
                                                const book::Book& book,
                                                const permits::Permits& permits,
                                                std::string_view contact,
                                                const v1::CoreEvent::MadeContact& made);

// What was told of a contact before is not so: takes it out of the ledger.
absl::Status TakeBackContact(storage::Transaction& transaction, const book::Book& book,
                             std::string_view contact);

// Whether an event only takes another one back.
bool OnlyTakesBack(const v1::CoreEvent::MadeContact& made);

}  // namespace switchboard::ingest
