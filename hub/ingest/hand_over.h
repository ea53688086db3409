#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/assignments/assignments.h"
#include "hub/base/field_problem.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/ingest/placer.h"
#include "hub/redaction/clean_text.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/hand_over.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

// Work that goes from one party to another without routing: an assignment ends, and one of the same
// account and kind of work begins with the receiver, in one unit; or nothing changes (I3).

namespace switchboard::ingest {

// Brings the note to its normal form and says what is wrong with the request by itself.
std::optional<FieldProblem> AdmitHandOver(v1::HandOverRequest& request);

// The note of a request, as it may be kept and shown.
struct HandOverNote {
  redaction::CleanText clean;
  std::string digest;  // keyed, of it as it was typed: tells a repeat, whatever is known since
};

// Thread-safe apart from the transactions passed in.
class HandOvers {
 public:
  HandOvers(const book::Book& book, const Placer::Parts& placer_parts, storage::Sealer& sealer,
            IdMint& ids, const redaction::Cleaner& cleaner)
      : book_(book), placer_parts_(placer_parts), sealer_(sealer), ids_(ids), cleaner_(cleaner) {}

  // By what is known of whom the work is about, if it is the vendor's own. Takes long: for an
  // executor. REQUIRES: the request was admitted.
  absl::StatusOr<HandOverNote> CleanNote(storage::Connection& connection,
                                         std::string_view vendor_id,
                                         const v1::HandOverRequest& request) const;

  // A vendor's own work, to whom its contract names. A recall that is pending keeps it where it is,
  // but for head office, where the recall ends with it. A request that was carried out changes
  // nothing when it comes again. Errors as VendorService.HandOver. `note`: of the request; an empty
  // one has none.
  // REQUIRES: the request was admitted.
  absl::Status HandOver(storage::Transaction& transaction, std::string_view vendor_id,
                        const v1::HandOverRequest& request, const HandOverNote& note) const;

  // By the hub's own word, because the plan on an account is broken: what was in work there to
  // collect it before `break_us`, in microseconds since 1970 UTC, whatever contracts say of handing
  // over. A recall that is pending keeps it where it is, as above. False where nothing changed:
  // nobody has such work, the receiver has it already, or may not have it. Holds the account's
  // owner and `placement`.
  absl::StatusOr<bool> HandOverBrokenPlan(storage::Transaction& transaction,
                                          const std::string& account_id, int64_t break_us,
                                          const std::string& to_vendor_id) const;

 private:
  struct Wish;
  absl::StatusOr<bool> IsHeadOffice(storage::Transaction& transaction,
                                    const std::string& vendor_id) const;
  absl::StatusOr<std::optional<assignments::Assignment>> Look(storage::Transaction& transaction,
                                                              std::string_view vendor_id,
                                                              const v1::HandOverRequest& request,
                                                              const HandOverNote& note) const;
  absl::StatusOr<bool> Repeats(storage::Connection& connection, const v1::HandOverRequest& request,
                               const HandOverNote& note) const;
  absl::StatusOr<bool> Move(storage::Transaction& transaction,
                            const assignments::Assignment& former, const Wish& wish) const;
  void Tell(storage::Transaction& transaction, const assignments::Assignment& former,
            const assignments::Assignment& placed, const Wish& wish) const;

  const book::Book& book_;
  const Placer::Parts placer_parts_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const redaction::Cleaner& cleaner_;
};

}  // namespace switchboard::ingest
