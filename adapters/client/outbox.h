#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/client/vendor_file.h"
#include "hub/base/ids.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::adapters {

// Outcomes a vendor has still to report. Each is durable, with its id, before it is first sent, and
// stays until the hub's receipt says what became of it; so an outcome is reported once whatever
// fails. Refused ones are kept apart for a human; those of them that the hub has not kept
// (Receipt.not_kept) are sent again as well, until it has recorded or kept them. Shares the file
// with the Mirror. Not thread-safe.
class Outbox {
 public:
  using Receipt = v1::ReportOutcomesResponse::Receipt;

  // Most bytes of one outcome; far above every limit of the proto.
  static constexpr int64_t kOutcomeBytesMax = 64 * 1024;
  // Most bytes of one batch: below the hub's limit of 1 MiB a message.
  static constexpr int64_t kBatchBytesMax = 900 * 1024;

  // `file` and `ids` must outlive the outbox. Errors: those of the connection.
  static absl::StatusOr<std::unique_ptr<Outbox>> Open(VendorFile& file, IdMint& ids);

  // Takes outcomes in one transaction; for each, in order, its id or why it was not taken. An empty
  // outcome_id is minted, a version of 0 becomes 1. Taking the same outcome twice is once; taking
  // one that was refused sends it again and forgets the refusal.
  // Errors of one: INVALID_ARGUMENT, OUTCOME_TOO_LARGE; INVALID_ARGUMENT, OUTCOME_MALFORMED for
  // text that is not UTF-8; ALREADY_EXISTS, OUTCOME_REUSED for an id and version that wait with
  // other content. Errors of all: those of the connection; nothing was taken.
  absl::StatusOr<std::vector<absl::StatusOr<std::string>>> PutAll(
      std::vector<v1::Outcome> outcomes);
  absl::StatusOr<std::string> Put(v1::Outcome outcome);

  // The oldest outcomes, at most `limit` and kBatchBytesMax. Empty: nothing waits.
  absl::StatusOr<v1::ReportOutcomesRequest> NextBatch(int limit);

  // Takes the receipts of one batch in one transaction: recorded and repeated outcomes are
  // forgotten, the others move to the refused ones. Receipts of outcomes that do not wait are
  // ignored. Returns the receipts that refused. Errors: INTERNAL, RECEIPT_INVALID for one without a
  // status; nothing was settled.
  absl::StatusOr<std::vector<Receipt>> Settle(const v1::ReportOutcomesResponse& response);

  // Refused outcomes that the hub has not kept, at most `limit` and kBatchBytesMax; first those
  // that were not sent for longest. Empty: there are none.
  absl::StatusOr<v1::ReportOutcomesRequest> NextNotKept(int limit);
  // Takes the receipts of such a batch in one transaction: recorded outcomes are forgotten, kept
  // ones stay refused and are sent no more, the others go behind all that wait to be sent again.
  // Receipts of outcomes that are none of these any more are ignored. Returns the receipts that
  // bring news: another status or field, or that it is kept now. Errors: as of Settle.
  absl::StatusOr<std::vector<Receipt>> SettleNotKept(const v1::ReportOutcomesResponse& response);

  // Visits the refused outcomes, oldest refusal first; not_kept says whether they are sent again.
  // The visitor must not change the outbox.
  absl::Status ForEachRefused(
      absl::FunctionRef<absl::Status(const v1::Outcome&, const Receipt&)> visit);
  // Forgets a refused outcome; it is not sent again. Errors: NOT_FOUND, OUTCOME_UNKNOWN.
  absl::Status DropRefused(std::string_view outcome_id, int version);

  // Whether the receipt says that the hub has the outcome.
  static bool Delivered(const Receipt& receipt);

  int64_t pending() const { return pending_; }
  int64_t refused() const { return refused_; }
  // How many of the refused ones the hub has not kept.
  int64_t not_kept() const { return not_kept_; }

 private:
  Outbox(VendorFile& file, IdMint& ids) : file_(file), ids_(ids) {}
  absl::Status Load();
  absl::Status Transact(absl::FunctionRef<absl::Status()> body);
  absl::StatusOr<bool> Waits(const v1::Outcome& outcome, std::string_view bytes);
  absl::StatusOr<std::string> PutOne(v1::Outcome& outcome, absl::Status& connection_status);
  absl::Status ForgetRefusal(const v1::Outcome& outcome);
  absl::Status SettleOne(const Receipt& receipt, std::vector<Receipt>& refused);
  absl::Status SettleNotKeptOne(const Receipt& receipt, std::vector<Receipt>& news);
  absl::StatusOr<v1::ReportOutcomesRequest> ReadBatch(const char* statement, int limit);
  absl::StatusOr<std::vector<Receipt>> SettleEach(
      const v1::ReportOutcomesResponse& response,
      absl::Status (Outbox::*settle)(const Receipt&, std::vector<Receipt>&));
  absl::Status SetApart(const Receipt& receipt, std::string_view bytes);

  VendorFile& file_;
  IdMint& ids_;
  int64_t pending_ = 0;
  int64_t refused_ = 0;
  int64_t not_kept_ = 0;
};

}  // namespace switchboard::adapters
