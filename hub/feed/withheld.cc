#include "hub/feed/withheld.h"

#include <string>

#include "hub/base/error.h"

namespace switchboard::feed {

absl::Status PutWithheld(storage::Transaction& transaction, const audit::Quarantine& quarantine,
                         const masking::Finding& finding, const v1::WithheldRow& row) {
  const std::string bytes = row.SerializeAsString();
  audit::Refused refused;
  refused.actor = audit::kHubActor;
  refused.kind = audit::kShownKind;
  refused.source = row.vendor_id();
  refused.status = masking::NameOf(finding.kind);
  refused.field = finding.field;
  refused.bytes = bytes;
  refused.vendor_id = row.vendor_id();
  refused.assignment_id = row.assigned().assignment_id();
  // Whether there was room for it or not: it does not leave.
  return quarantine.Put(transaction, refused).status();
}

}  // namespace switchboard::feed
