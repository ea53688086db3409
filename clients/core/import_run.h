#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/core/core_wire.h"

namespace switchboard::clients {

// One import, over as many streams as it takes. Used once, by one thread.
class ImportRun {
 public:
  // core_service.proto: records in a batch, and batches under way.
  static constexpr int kRecordsMax = 1000;
  static constexpr size_t kUnderWayMax = 4;
  // Below the hub's limit of 4 MiB a message.
  static constexpr size_t kBatchBytesMax = 3 * 1024 * 1024;

  // `read` and `on_answer` must outlive the run. REQUIRES: `as_of` fits a Timestamp.
  ImportRun(CoreClient::Wire& wire, std::string_view source, absl::Time as_of,
            CoreClient::RecordReader read, CoreClient::AnswerVisitor on_answer);

  // Everything `read` gives. Errors: as CoreClient::ImportAccounts.
  absl::StatusOr<ImportSummary> Run();

  // One empty batch instead: the source's present `through`.
  absl::StatusOr<int64_t> AskThrough();

 private:
  class Stream;

  v1::ImportAccountsRequest EmptyBatch() const;
  absl::Status UntilDone();
  absl::Status OverOneStream(Stream& stream, CoreClient::Wire::Attempts& attempts);
  void KeepFull(Stream& stream, size_t& sent);
  void FillNextBatch();
  absl::StatusOr<bool> ReadRecord();
  void OnAnswer(const v1::ImportAccountsResponse& answer);

  CoreClient::Wire& wire_;
  const std::string source_;
  const absl::Time as_of_;
  CoreClient::RecordReader read_;
  CoreClient::AnswerVisitor on_answer_;

  ImportSummary summary_;
  std::deque<v1::ImportAccountsRequest> unanswered_;  // at most kUnderWayMax, in order
  v1::AccountRecord carried_;                         // read, and too large for the batch before
  bool is_carrying_ = false;
  bool exhausted_ = false;  // `read` has no more, or failed
  absl::Status read_error_;
};

}  // namespace switchboard::clients
