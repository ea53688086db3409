#include "hub/ingest/import_stream.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/mutex.h"
#include "hub/storage/submit.h"
#include "switchboard/v1/wire.pb.h"

namespace switchboard::ingest {
namespace {

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status EndedBefore() {
  return Error(absl::StatusCode::kAborted, "STREAM_ENDED",
               "an earlier batch of this stream failed; send again from the last answer");
}

}  // namespace

ImportStream::ImportStream(const Parts& parts, std::string actor)
    : parts_(parts),
      actor_(std::move(actor)),
      chain_(parts.writer, storage::Urgency::kBulk, actor_, EndedBefore()) {}

void ImportStream::Take(std::string serialized, Done<v1::ImportAccountsResponse> done) {
  auto turn = std::make_shared<Turn>();
  turn->done = std::move(done);
  {
    MutexLock lock(mutex_);
    turns_.push_back(turn);
  }
  parts_.executor.Post([self = shared_from_this(), turn, serialized = std::move(serialized)] {
    absl::StatusOr<Batch> batch = self->Parse(serialized);
    {
      MutexLock lock(self->mutex_);
      turn->batch = std::move(batch);
    }
    self->Drain();
  });
}

absl::StatusOr<ImportStream::Batch> ImportStream::Parse(const std::string& serialized) const {
  v1::ImportAccountsBytes request;
  if (!request.ParseFromString(serialized)) {
    return Invalid("MESSAGE_MALFORMED", "the bytes are no ImportAccountsRequest");
  }
  FieldCheck check;
  check.Id(request.source(), "source");
  if (!check.ok()) return Invalid("SOURCE_INVALID", "source: " + check.problem()->problem);
  if (request.records_size() > kImportRecordsMax) {
    return Invalid("BATCH_TOO_LARGE", "records: at most 1,000 a batch");
  }
  if (request.records_size() > 0) {
    check.Require(request.has_as_of_time(), "as_of_time",
                  "must say as of when the records are true");
    check.TimeUntil(request.as_of_time(), parts_.clock.Now(), kAsOfSkewMax, "as_of_time");
    if (!check.ok()) return Invalid("AS_OF_INVALID", "as_of_time: " + check.problem()->problem);
  }
  const absl::Time as_of = absl::FromUnixMicros(
      google::protobuf::util::TimeUtil::TimestampToMicroseconds(request.as_of_time()));
  Batch batch{.source = request.source(),
              .arena = std::make_shared<google::protobuf::Arena>(),
              .records = {},
              .piece_max = parts_.writer.piece_max(),
              .taken = {}};
  batch.records.reserve(static_cast<size_t>(request.records_size()));
  for (std::string& bytes : *request.mutable_records()) {
    batch.records.push_back(parts_.intake.Receive(std::move(bytes), as_of, *batch.arena));
  }
  return batch;
}

// One thread at a time hands over, so that the writer sees the stream's order.
void ImportStream::Drain() {
  while (true) {
    std::shared_ptr<Turn> turn;
    {
      MutexLock lock(mutex_);
      if (draining_ || turns_.empty() || !turns_.front()->batch.has_value()) return;
      draining_ = true;
      turn = std::move(turns_.front());
      turns_.pop_front();
    }
    Write(*turn);
    MutexLock lock(mutex_);
    draining_ = false;
  }
}

void ImportStream::Write(Turn& turn) {
  const auto fail = [&](const absl::Status& status) {
    ended_ = true;
    turn.done(status);
  };
  if (ended_ || chain_.broken()) return fail(EndedBefore());
  if (!turn.batch->ok()) return fail(turn.batch->status());
  if (parts_.disk.low()) return fail(storage::StorageLow());
  auto batch = std::make_shared<Batch>(**std::move(turn.batch));
  if (source_.empty()) source_ = batch->source;
  if (batch->source != source_) {
    return fail(Invalid("SOURCE_INVALID", "source: must not change within a stream"));
  }
  WritePieces(batch, std::move(turn.done));
}

void ImportStream::WritePieces(const std::shared_ptr<Batch>& batch,
                               Done<v1::ImportAccountsResponse> done) {
  const size_t pieces =
      std::max<size_t>(1, (batch->records.size() + batch->piece_max - 1) / batch->piece_max);
  batch->taken.resize(pieces);
  const storage::UnitDone taken = storage::Joined(
      pieces,
      [self = shared_from_this(), batch, done = std::move(done)](const absl::Status& status) {
        if (status.ok()) {
          done(std::move(*batch).Answer());
        } else {
          done(status);
        }
        // A thousand records are dropped elsewhere: the writer's thread is what all wait for.
        self->parts_.executor.Post(
            [records = std::move(batch->records), arena = std::move(batch->arena)] {});
      });
  for (size_t number = 0; number < pieces; ++number) {
    chain_.Submit(
        [self = shared_from_this(), batch, number](storage::Transaction& transaction) {
          return self->TakePiece(transaction, *batch, number);
        },
        taken);
  }
}

absl::Status ImportStream::TakePiece(storage::Transaction& transaction, Batch& batch,
                                     size_t number) const {
  ASSIGN_OR_RETURN(batch.taken[number],
                   parts_.intake.Take(transaction, actor_, batch.source, batch.PieceOf(number)));
  return absl::OkStatus();
}

AccountIntake::Piece ImportStream::Batch::PieceOf(size_t number) const {
  const size_t first = number * piece_max;
  return {.records = absl::MakeConstSpan(records).subspan(first, piece_max),
          .first_index = static_cast<int>(first),
          .sequence_before = number == 0 ? 0 : taken[number - 1].sequence};
}

v1::ImportAccountsResponse ImportStream::Batch::Answer() && {
  v1::ImportAccountsResponse answer = std::move(taken.front().response);
  for (size_t number = 1; number < taken.size(); ++number) {
    v1::ImportAccountsResponse& piece = taken[number].response;
    answer.set_through(piece.through());
    answer.set_accepted(answer.accepted() + piece.accepted());
    for (auto& receipt : *piece.mutable_receipts()) *answer.add_receipts() = std::move(receipt);
  }
  return answer;
}

}  // namespace switchboard::ingest
