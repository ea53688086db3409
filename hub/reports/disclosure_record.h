#pragma once

#include "hub/base/clock.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/storage/database.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::reports {

// What was shown of an account or a person, to whom, and by which mask: read from the pages of
// feeds and the answers that were written down before they left, field by field. Thread-safe apart
// from the connections passed in.
class DisclosureRecord {
 public:
  // All outlive it.
  DisclosureRecord(const book::Book& book, contracts::Contracts& contracts,
                   const storage::Sealer& sealer, Clock& clock)
      : book_(book), contracts_(contracts), sealer_(sealer), clock_(clock) {}

  // A page of at most 2 MiB, as PrivacyService.ReadDisclosures says. INVALID_ARGUMENT,
  // FIELD_INVALID; NOT_FOUND, ACCOUNT_UNKNOWN or PERSON_UNKNOWN.
  absl::StatusOr<v1::ReadDisclosuresResponse> Read(storage::Connection& reader,
                                                   const v1::ReadDisclosuresRequest& request) const;

 private:
  const book::Book& book_;
  contracts::Contracts& contracts_;
  const storage::Sealer& sealer_;
  Clock& clock_;
};

}  // namespace switchboard::reports
