#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/client/vendor_file.h"
#include "hub/base/clock.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::adapters {

// A vendor's durable copy of its feed: rows marked with the generation they came in, and the
// cursor. Two rules make it converge after any failure: a row may be worked only if it came in the
// current generation, and the cursor is stored with, never before, the rows it covers. A third one
// keeps work that ended ahead of the feed from coming back: what a batch still says of it is left
// out until the cursor has reached its withdrawal. Not thread-safe.
class Mirror {
 public:
  // `file` must outlive the mirror, and so must `clock`, by which the file says when a row was
  // deleted; null: nothing is said, as where nobody confirms deletions. Errors: those of the
  // connection.
  static absl::StatusOr<std::unique_ptr<Mirror>> Open(VendorFile& file, Clock* clock = nullptr);

  // The stored cursor. Generation empty: the vendor has nothing yet.
  const v1::Cursor& cursor() const { return cursor_; }

  // Takes the cursor of an Opened: a generation that is not the stored one replaces it, and no row
  // is workable until it comes again. Of the stored generation: changes nothing. Durable when OK.
  absl::Status Opened(const v1::Cursor& cursor);

  // Stores one batch, rows first and the cursor last, in one transaction. At caught_up, rows of
  // other generations are deleted. Durable when OK, without any trace otherwise. Errors:
  // FAILED_PRECONDITION, BROKEN_CHAIN when `after` is not the cursor or `through` does not follow
  // it; INVALID_ARGUMENT, ROW_WITHOUT_ID; those of the connection.
  absl::Status Apply(const v1::SyncResponse::Batch& batch);

  // Deletes the row of work that ended before its withdrawal came in its place of the feed. Durable
  // when OK. Errors: those of the connection.
  absl::Status Withdraw(const v1::SyncResponse::WithdrawnNow& withdrawn);

  // Deletes the rows of work that has ended, as an order to delete says, and those that the feed
  // may still bring of this generation. Returns which were here. Durable when OK. Errors: those of
  // the connection.
  absl::StatusOr<std::vector<std::string>> Delete(
      const google::protobuf::RepeatedPtrField<std::string>& assignment_ids);

  // The row, if it may be worked at `now`. Errors: NOT_FOUND, NOT_WORKABLE for a row that is
  // withdrawn, expired, of an older generation or was never here.
  absl::StatusOr<v1::Assignment> Workable(std::string_view assignment_id, absl::Time now);

  // Up to `limit` rows that may be worked at `now` and whose ids follow `after_id`, in order of id.
  absl::StatusOr<std::vector<v1::Assignment>> NextWorkable(std::string_view after_id, int limit,
                                                           absl::Time now);

  // Rows of the current generation, expired ones included.
  int64_t current_rows() const { return current_rows_; }
  // All rows kept, those of older generations included.
  int64_t stored_rows() const { return stored_rows_; }

 private:
  Mirror(VendorFile& file, Clock* clock) : file_(file), clock_(clock) {}
  absl::Status Load();
  absl::Status Transact(absl::FunctionRef<absl::Status()> body);
  absl::Status CheckChain(const v1::SyncResponse::Batch& batch) const;
  absl::Status ApplyChange(const v1::SyncResponse::Change& change);
  absl::Status Upsert(const v1::Assignment& assignment);
  // Whether it was here.
  absl::StatusOr<bool> Remove(std::string_view assignment_id);
  absl::Status StoreCursor(const v1::Cursor& cursor);

  VendorFile& file_;
  Clock* const clock_;
  v1::Cursor cursor_;  // what the file says, except inside Apply
  // Places in the feed of withdrawals that overtook it, by assignment. In memory only: a new stream
  // reads of each assignment what is true of it then.
  std::map<std::string, int64_t, std::less<>> ended_;
  int64_t current_rows_ = 0;
  int64_t stored_rows_ = 0;
  bool sweep_due_ = true;  // rows of other generations may exist
};

}  // namespace switchboard::adapters
