#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "google/protobuf/arena.h"
#include "hub/audit/quarantine.h"
#include "hub/base/clock.h"
#include "hub/base/field_problem.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/ingest/placer.h"
#include "hub/ingest/stop_ends.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::ingest {

// By how much an as-of time may lie ahead of the hub's clock.
inline constexpr absl::Duration kAsOfSkewMax = absl::Minutes(1);

// An account record as it came off the wire, parsed, admitted and sealed before it reaches the
// writer's thread. Does not outlive the arena of its batch.
struct ReceivedRecord {
  book::SealedRecord sealed;  // boxes are empty when there is a problem
  std::string bytes;
  std::optional<FieldProblem> problem;

  const v1::AccountRecord& record() const { return *sealed.record; }
};

// Accepts or refuses what the core hands over, and places it. Thread-safe apart from transactions
// passed in.
//
// The order of truths (I12): a record is true as of a time, the request's or its own, by the core's
// clock. An account's older truth is answered STATUS_OUTDATED; within one source, records as of the
// same time follow their sequence; between sources, the one that is told first later counts, and
// telling it again changes nothing. Of a person, the newest truth that any record brought is kept.
class AccountIntake {
 public:
  // `remembered`: how long the hub keeps an account that is not sent; of one that it does not know,
  // what was true before that may have been undone by something it has erased since.
  AccountIntake(const book::Book& book, const Placer::Parts& placer_parts, StopEnds stop_ends,
                storage::Sealer& sealer, IdMint& ids, const audit::Quarantine& quarantine,
                Clock& clock, absl::Duration remembered)
      : book_(book),
        placer_parts_(placer_parts),
        stop_ends_(std::move(stop_ends)),
        sealer_(sealer),
        ids_(ids),
        quarantine_(quarantine),
        clock_(clock),
        remembered_(remembered) {}

  // `as_of`: of the request; valid. `arena`: of the batch; keeps what is parsed.
  ReceivedRecord Receive(std::string bytes, absl::Time as_of, google::protobuf::Arena& arena) const;

  // What one unit takes of a batch: all of it, or the next stretch.
  struct Piece {
    absl::Span<const ReceivedRecord> records;
    int first_index = 0;          // place of the first record in the batch
    int64_t sequence_before = 0;  // highest of the batch ahead of it that was not refused
    // The unit goes on to other work, which is to find what this one placed.
    bool more_follows = false;
  };
  struct Taken {
    v1::ImportAccountsResponse response;  // about the piece alone
    int64_t sequence = 0;                 // as the next piece's sequence_before
  };

  // Takes a piece in the unit's transaction; see CoreService.ImportAccounts. Only storage errors
  // fail it.
  absl::StatusOr<Taken> Take(storage::Transaction& transaction, std::string_view actor,
                             std::string_view source, const Piece& piece) const;

 private:
  struct Batch;
  absl::Status HoldBatch(storage::Transaction& transaction,
                         absl::Span<const ReceivedRecord> received) const;
  absl::Status KeepPastIn(const Batch& batch) const;
  absl::Status SayAgainIn(const Batch& batch) const;
  absl::Status CloseCorrectionsIn(const Batch& batch) const;
  absl::Status LookUp(Batch& batch, absl::Span<const ReceivedRecord> received) const;
  absl::Status LookForStoppedPoints(Batch& batch, absl::Span<const ReceivedRecord> received) const;
  absl::Status LookForStoppedNumbers(Batch& batch, absl::Span<const ReceivedRecord> received) const;
  absl::Status TakeOne(Batch& batch, int index, const ReceivedRecord& received) const;
  absl::StatusOr<std::optional<book::ReplacedRecord>> ToldBefore(
      const Batch& batch, const ReceivedRecord& received, const book::KnownAccount* known) const;
  v1::ImportAccountsResponse::Status StatusOf(
      const Batch& batch, const ReceivedRecord& received, const book::KnownAccount* known,
      const std::optional<book::ReplacedRecord>& told) const;
  absl::Status Refuse(Batch& batch, int index, const ReceivedRecord& received,
                      v1::ImportAccountsResponse::Status status) const;
  absl::Status Accept(Batch& batch, int index, const ReceivedRecord& received,
                      std::optional<book::KnownAccount> known) const;
  void EnterAccount(Batch& batch, const book::SealedRecord& sealed,
                    const std::optional<book::KnownAccount>& known) const;
  absl::StatusOr<bool> EnterPerson(Batch& batch, const book::SealedRecord& sealed,
                                   bool moved) const;
  absl::Status FollowOwner(Batch& batch, const v1::Account& account) const;
  absl::Status EndAwaited(Batch& batch, const v1::Person& person,
                          const stops::StopSubject& subject) const;
  absl::Status StopNumbers(Batch& batch, const v1::Person& person) const;
  absl::Status MeetFormerOwner(Batch& batch, const book::SealedRecord& sealed,
                               const std::string& person_id) const;
  absl::Status LeaveFormerOwner(Batch& batch, const std::string& account_id,
                                const std::string& person_id) const;
  absl::Status SettlePayments(Batch& batch, const book::SealedRecord& sealed) const;

  const book::Book& book_;
  const Placer::Parts placer_parts_;
  const StopEnds stop_ends_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const audit::Quarantine& quarantine_;
  Clock& clock_;
  const absl::Duration remembered_;
};

}  // namespace switchboard::ingest
