#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/vendor_service.pb.h"

// Permits: the only "yes" to a contact there is. This header owns the table permit. A permit is
// open until an outcome names it, it is released, it becomes void or its time is up.

namespace switchboard::permits {

enum class PermitState { kOpen = 1, kUsed = 2, kVoid = 3, kReleased = 4, kExpired = 5 };

// Which open permits to void; an empty field matches any. A person makes the search quick.
struct PermitFilter {
  std::string person_id;
  std::string account_id;
  std::string assignment_id;
  std::string contact_point_id;
  std::string vendor_id;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
};

// Makes open permits void and says how many. Those whose time is up stay as they are.
absl::StatusOr<int64_t> VoidPermits(storage::Transaction& transaction, std::string_view actor,
                                    const PermitFilter& filter);

// Writes down which open permits' time is up, so that a clock that steps back does not open them
// again. An outcome of a contact that began in time may still use them.
absl::Status ExpirePermits(storage::Transaction& transaction);
// Whether there are any.
absl::StatusOr<bool> AnyPermitsToExpire(storage::Connection& connection, absl::Time now);

// What an outcome finds when it names a permit.
struct NamedPermit {
  std::string permit_id;
  std::string assignment_id;
  std::string person_id;
  PermitState state = PermitState::kOpen;
  int64_t give_time_us = 0;
  int64_t expire_time_us = 0;
};

// The vendor's permit of this id, or nothing.
absl::StatusOr<std::optional<NamedPermit>> FindPermit(storage::Connection& connection,
                                                      std::string_view vendor_id,
                                                      std::string_view permit_id);

// The vendor's permits among these ids, by id, in one journey.
absl::StatusOr<std::map<std::string, NamedPermit, std::less<>>> FindPermits(
    storage::Connection& connection, std::string_view vendor_id,
    const std::vector<std::string>& permit_ids);

// Marks permits that are open, or were until their time was up, as used.
absl::Status UsePermits(storage::Transaction& transaction,
                        const std::vector<std::string>& permit_ids);

// Gives and takes back permits. Thread-safe apart from the transactions passed in.
class Permits {
 public:
  Permits(const book::Book& book, contracts::Contracts& contracts, IdMint& ids)
      : book_(book), contracts_(contracts), ids_(ids) {}

  // Decides, writes the answer down and returns it; see VendorService.RequestPermit.
  absl::StatusOr<v1::RequestPermitResponse> Request(storage::Transaction& transaction,
                                                    std::string_view vendor_id,
                                                    const v1::RequestPermitRequest& request) const;

  // See VendorService.ReleasePermit.
  absl::Status Release(storage::Transaction& transaction, std::string_view vendor_id,
                       std::string_view permit_id) const;

 private:
  struct Asked;
  absl::Status HoldSubjects(storage::Transaction& transaction, std::string_view vendor_id,
                            std::string_view assignment_id) const;
  absl::StatusOr<std::optional<v1::RequestPermitResponse>> Repeat(
      storage::Transaction& transaction, std::string_view vendor_id,
      const v1::RequestPermitRequest& request) const;
  absl::Status Gather(storage::Transaction& transaction, Asked& asked) const;
  absl::StatusOr<v1::RequestPermitResponse> Give(storage::Transaction& transaction,
                                                 const Asked& asked) const;
  absl::StatusOr<v1::Permit> Describe(storage::Transaction& transaction, std::string_view vendor_id,
                                      const std::string& permit_id, int64_t expire_time_us,
                                      std::string_view value) const;

  const book::Book& book_;
  contracts::Contracts& contracts_;
  IdMint& ids_;
};

}  // namespace switchboard::permits
