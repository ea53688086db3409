#include "adapters/client/sync_protocol.h"

#include <algorithm>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

constexpr int kMissedHeartbeatsMax = 3;  // vendor_service.proto, Opened.heartbeat_interval
constexpr size_t kRejectionsMax = 500;   // vendor_service.proto, Ack.rejections

// A hub that states no interval, or an absurd one, is still watched.
constexpr absl::Duration kHeartbeatDefault = absl::Seconds(30);
constexpr absl::Duration kHeartbeatMin = absl::Milliseconds(100);
constexpr absl::Duration kHeartbeatMax = absl::Minutes(10);

bool Same(const v1::Cursor& a, const v1::Cursor& b) {
  return a.generation() == b.generation() && a.sequence() == b.sequence();
}

absl::Duration HeartbeatOf(const v1::SyncResponse::Opened& opened) {
  if (!opened.has_heartbeat_interval()) return kHeartbeatDefault;
  const absl::Duration interval = absl::Seconds(opened.heartbeat_interval().seconds()) +
                                  absl::Nanoseconds(opened.heartbeat_interval().nanos());
  return std::clamp(interval, kHeartbeatMin, kHeartbeatMax);
}

absl::Status Violated(std::string_view what) {
  return Error(absl::StatusCode::kInternal, "PROTOCOL_VIOLATED", what);
}

absl::Status Silent(std::string_view what) {
  return Error(absl::StatusCode::kUnavailable, "HUB_SILENT", what);
}

}  // namespace

SyncProtocol::SyncProtocol(SyncProtocolOptions options, std::function<uint64_t()> random)
    : options_(std::move(options)),
      random_(std::move(random)),
      round_(options_.backoff, options_.hubs) {}

void SyncProtocol::ChangeState(State to, absl::Time now) {
  state_ = to;
  since_ = now;
  if (to == State::kWaiting || to == State::kClosing) caught_up_ = false;
}

absl::Duration SyncProtocol::InState(absl::Time now) {
  if (now < since_) since_ = now;  // the clock stepped back
  return now - since_;
}

SyncProtocol::Actions SyncProtocol::Close(absl::Time now, absl::Status why) {
  ChangeState(State::kClosing, now);
  return {Disconnect{std::move(why)}};
}

SyncProtocol::Actions SyncProtocol::OnTick(absl::Time now) {
  switch (state_) {
    case State::kWaiting:
      if (InState(now) < delay_) return {};
      ChangeState(State::kConnecting, now);
      return {Connect{}};
    case State::kConnecting:
    case State::kOpening:
      if (InState(now) < options_.open_timeout) return {};
      return Close(now, Silent("the hub did not answer Open in time"));
    case State::kStreaming:
      if (InState(now) < kMissedHeartbeatsMax * heartbeat_interval_) return {};
      return Close(now, Silent("three heartbeats in a row did not come"));
    case State::kAdopting:
    case State::kStoring:
    case State::kEnding:
    case State::kClosing:
      return {};  // our own turn: nothing is expected of the hub
  }
  return {};
}

SyncProtocol::Actions SyncProtocol::OnConnected(absl::Time now, const v1::Cursor& stored) {
  if (state_ != State::kConnecting) return {};
  ChangeState(State::kOpening, now);
  cursor_ = stored;
  v1::SyncRequest request;
  if (!stored.generation().empty()) *request.mutable_open()->mutable_cursor() = stored;
  request.mutable_open()->set_window(options_.window);
  request.mutable_open()->set_adapter(options_.adapter);
  return {Send{std::move(request)}, Read{}};
}

SyncProtocol::Actions SyncProtocol::OnResponse(absl::Time now, v1::SyncResponse response) {
  if (state_ == State::kOpening && response.has_opened()) return OnOpened(now, response.opened());
  if (state_ == State::kStreaming && response.has_batch()) {
    return OnBatch(now, std::move(*response.mutable_batch()));
  }
  if (state_ == State::kStreaming && response.has_withdrawn_now()) {
    ChangeState(State::kEnding, now);
    ending_ = response.withdrawn_now().change_sequence();
    return {End{std::move(*response.mutable_withdrawn_now())}};
  }
  if (state_ == State::kOpening) return Close(now, Violated("the first message was not Opened"));
  if (state_ == State::kStreaming)
    return Close(now, Violated("a message was neither a batch nor a withdrawal"));
  return {};  // of a stream that is over
}

SyncProtocol::Actions SyncProtocol::OnOpened(absl::Time now,
                                             const v1::SyncResponse::Opened& opened) {
  const v1::Cursor& cursor = opened.cursor();
  if (cursor.generation().empty()) return Close(now, Violated("Opened names no generation"));
  // A feed that begins again begins at 0; one that goes on goes on where we are. Anything else
  // would leave out rows for ever.
  const bool goes_on = cursor.generation() == cursor_.generation();
  if (cursor.sequence() != (goes_on ? cursor_.sequence() : 0)) {
    return Close(now, Error(absl::StatusCode::kFailedPrecondition, "BROKEN_CHAIN",
                            "Opened does not go on where the vendor is"));
  }
  heartbeat_interval_ = HeartbeatOf(opened);
  if (goes_on) {
    ChangeState(State::kStreaming, now);
    return {Read{}};
  }
  ChangeState(State::kAdopting, now);
  storing_ = cursor;
  storing_caught_up_ = false;
  return {Adopt{cursor}};
}

SyncProtocol::Actions SyncProtocol::OnBatch(absl::Time now, v1::SyncResponse::Batch batch) {
  if (!Same(batch.after(), cursor_) || batch.through().generation() != cursor_.generation() ||
      batch.through().sequence() < cursor_.sequence()) {
    return Close(now, Error(absl::StatusCode::kFailedPrecondition, "BROKEN_CHAIN",
                            "a batch does not follow the one before it"));
  }
  ChangeState(State::kStoring, now);
  storing_ = batch.through();
  storing_caught_up_ = batch.caught_up();
  return {Store{std::move(batch)}};
}

SyncProtocol::Actions SyncProtocol::OnStored(absl::Time now, const v1::Cursor& cursor,
                                             const absl::Status& status) {
  const bool adopting = state_ == State::kAdopting;
  // Of a stream that is over: what was stored stays stored, but this stream must not hear of it.
  if ((!adopting && state_ != State::kStoring) || !Same(cursor, storing_)) return {};
  if (!status.ok()) return Close(now, Annotate(status, "cannot store"));
  ChangeState(State::kStreaming, now);
  cursor_ = cursor;
  if (adopting) return {Read{}};
  caught_up_ = storing_caught_up_;
  round_.Reset();
  return {Send{AckFor(cursor)}, Read{}};
}

SyncProtocol::Actions SyncProtocol::OnEnded(absl::Time now, int64_t change_sequence,
                                            const absl::Status& status) {
  // Of a stream that is over.
  if (state_ != State::kEnding || change_sequence != ending_) return {};
  if (!status.ok()) return Close(now, Annotate(status, "cannot store"));
  ChangeState(State::kStreaming, now);
  return {Read{}};
}

SyncProtocol::Actions SyncProtocol::OnDisconnected(absl::Time now, const absl::Status& status) {
  if (state_ == State::kWaiting) return {};
  ChangeState(State::kWaiting, now);
  delay_ = round_.After(status, random_());
  return {};
}

void SyncProtocol::Reject(std::string_view assignment_id,
                          v1::SyncRequest::Rejection::Reason reason) {
  if (rejections_.size() >= kRejectionsMax) return;
  v1::SyncRequest::Rejection rejection;
  rejection.set_assignment_id(std::string(assignment_id));
  rejection.set_reason(reason);
  rejections_.push_back(std::move(rejection));
}

v1::SyncRequest SyncProtocol::AckFor(const v1::Cursor& cursor) {
  v1::SyncRequest request;
  *request.mutable_ack()->mutable_cursor() = cursor;
  for (auto& rejection : rejections_) {
    *request.mutable_ack()->add_rejections() = std::move(rejection);
  }
  rejections_.clear();
  return request;
}

}  // namespace switchboard::adapters
