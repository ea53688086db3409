#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/disclosures/answers.h"
#include "hub/masking/to_vendor.h"
#include "hub/masking/withheld_answer.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "hub/unmasking/unmasking_book.h"
#include "switchboard/v1/privacy_records.pb.h"
#include "switchboard/v1/unmasking.pb.h"

// Unmasking: what a vendor sees of a person for a time, with a reason, beyond what its rows show.

namespace switchboard::unmasking {

// Judges requests to see more. Each is judged anew whenever it is asked: by the contract of that
// moment, by whether the work is live, and by stops. Thread-safe apart from the transactions passed
// in.
class Unmaskings {
 public:
  Unmaskings(const book::Book& book, contracts::Contracts& contracts, storage::Sealer& sealer,
             IdMint& ids)
      : book_(book), contracts_(contracts), sealer_(sealer), ids_(ids), answers_(sealer, ids) {}

  // See VendorService.RequestUnmasking. What is shown is written down in the same unit: the answer
  // leaves once that is committed. INTERNAL, WITHHELD when the answer holds what the contract does
  // not let be unmasked: it is in `withheld` then, and the unit must fail. REQUIRES: the request
  // passed CheckUnmaskingRequest.
  absl::StatusOr<masking::ToVendor<v1::RequestUnmaskingResponse>> Request(
      storage::Transaction& transaction, std::string_view vendor_id,
      const v1::RequestUnmaskingRequest& request, masking::WithheldAnswer& withheld) const;

  // See PrivacyService.DecideUnmasking.
  absl::Status Decide(storage::Transaction& transaction, std::string_view actor,
                      std::string_view unmasking_id, bool agreed) const;

  // See PrivacyService.FindUnmaskings; at most `limit`.
  absl::StatusOr<v1::FindUnmaskingsResponse> Find(storage::Connection& connection, absl::Time now,
                                                  const v1::FindUnmaskingsRequest& request,
                                                  int limit) const;

 private:
  struct Asked;

  absl::Status ReadWork(Asked& asked) const;
  absl::Status ReadBefore(Asked& asked) const;
  absl::Status ReadFacts(Asked& asked) const;
  // Writes down how the request stands, and tells the audit log if that changed or `digest` says
  // that it was shown.
  absl::Status Keep(Asked& asked, State state, const std::string& digest) const;
  absl::StatusOr<masking::ToVendor<v1::RequestUnmaskingResponse>> Show(
      Asked& asked, masking::WithheldAnswer& withheld) const;

  const book::Book& book_;
  contracts::Contracts& contracts_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const disclosures::Answers answers_;
};

}  // namespace switchboard::unmasking
