#pragma once

#include "hub/audit/quarantine.h"
#include "hub/masking/wire_guard.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/operator_records.pb.h"

namespace switchboard::feed {

// Writes down what the guard on the wire did not let leave for a vendor: into quarantine, as
// "shown", with its event. The same content is kept once, however often it is read.
absl::Status PutWithheld(storage::Transaction& transaction, const audit::Quarantine& quarantine,
                         const masking::Finding& finding, const v1::WithheldRow& row);

}  // namespace switchboard::feed
