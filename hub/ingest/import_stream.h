#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "hub/base/done.h"
#include "hub/base/executor.h"
#include "hub/base/mutex.h"
#include "hub/ingest/account_intake.h"
#include "hub/storage/unit_chain.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::ingest {

inline constexpr int kImportRecordsMax = 1000;

// One ImportAccounts stream of a core: parses and seals batches on the executor, several at a time,
// and writes them in the order they came, in pieces, between which others have their turn. Once a
// piece fails, no later one is written: the source would move past records that nobody kept, and
// they could not be sent again. Thread-safe.
class ImportStream final : public std::enable_shared_from_this<ImportStream> {
 public:
  struct Parts {
    storage::Writer& writer;
    Executor& executor;
    Clock& clock;
    const AccountIntake& intake;
    const storage::DiskRoom& disk;
  };

  // `actor`: "core/<id>" of an authorized peer. What `parts` names outlives the stream.
  ImportStream(const Parts& parts, std::string actor);

  // The next batch of the stream, an ImportAccountsRequest as received; `done` is told once it is
  // durable. Errors: as of CoreService.ImportAccounts; RESOURCE_EXHAUSTED, STORAGE_LOW; ABORTED,
  // STREAM_ENDED after an earlier batch failed.
  void Take(std::string serialized, Done<v1::ImportAccountsResponse> done);

 private:
  struct Batch {
    std::string source;
    std::shared_ptr<google::protobuf::Arena> arena;  // of the records
    std::vector<ReceivedRecord> records;
    size_t piece_max = 0;  // what the writer takes at once
    // Of each piece, what its last run says. A piece reads that of the one before it; used by the
    // writer's thread.
    std::vector<AccountIntake::Taken> taken;

    AccountIntake::Piece PieceOf(size_t number) const;
    v1::ImportAccountsResponse Answer() &&;
  };
  struct Turn {
    Done<v1::ImportAccountsResponse> done;
    std::optional<absl::StatusOr<Batch>> batch;  // set once parsed, under mutex_
  };

  absl::StatusOr<Batch> Parse(const std::string& serialized) const;
  void Drain();
  void Write(Turn& turn);
  void WritePieces(const std::shared_ptr<Batch>& batch, Done<v1::ImportAccountsResponse> done);
  absl::Status TakePiece(storage::Transaction& transaction, Batch& batch, size_t number) const;

  const Parts parts_;
  const std::string actor_;
  // Used by whoever drains.
  std::string source_;        // of the first batch
  bool ended_ = false;        // a batch was refused: none behind it is handed over
  storage::UnitChain chain_;  // of the pieces

  Mutex mutex_;
  // Not handed to the writer yet.
  std::deque<std::shared_ptr<Turn>> turns_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool draining_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
};

}  // namespace switchboard::ingest
