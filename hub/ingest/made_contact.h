#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "hub/book/book.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"

// Contacts of the issuer's own team, as the core reports them.

namespace switchboard::ingest {

void CheckMadeContact(const v1::CoreEvent::MadeContact& made, absl::Time now, FieldCheck& check);

// Writes one into the ledger, once however often it is sent. False if the book does not know the
// account: then nothing is written. REQUIRES: CheckMadeContact found nothing.
absl::StatusOr<bool> EnterMadeContact(storage::Transaction& transaction, const book::Book& book,
                                      std::string_view event_id,
                                      const v1::CoreEvent::MadeContact& made);

}  // namespace switchboard::ingest
