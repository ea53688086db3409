#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/transport/backoff.h"
#include "clients/transport/hub_round.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::adapters {

struct SyncProtocolOptions {
  // As in SyncRequest.Open.
  int window = 500;
  std::string adapter;
  // How long a new stream may take to answer Open.
  absl::Duration open_timeout = absl::Seconds(15);
  transport::BackoffOptions backoff;
  // How many hubs there are to connect to.
  size_t hubs = 1;
};

// The vendor's side of VendorService.Sync as a state machine: events in, actions out. No gRPC,
// clock, thread or file; whoever drives it does what the actions say, in order, and reports back.
// Not thread-safe.
//
// The driver keeps two promises: it reads only when told to (Read), so that one message is under
// way at a time; and it passes on events of the newest stream only.
class SyncProtocol {
 public:
  enum class State {
    kWaiting,     // no stream; the next one is opened by a tick
    kConnecting,  // told to connect
    kOpening,     // Open was sent
    kAdopting,    // the cursor of an Opened is being stored
    kStreaming,   // waiting for a batch
    kStoring,     // a batch is being stored
    kEnding,      // work that was withdrawn ahead of the feed is being ended
    kClosing,     // told to disconnect
  };

  // Make a stream, then call OnConnected or OnDisconnected.
  struct Connect {};
  // Send the message.
  struct Send {
    v1::SyncRequest request;
  };
  // Read one message, then call OnResponse.
  struct Read {};
  // Mirror::Opened, then OnStored.
  struct Adopt {
    v1::Cursor cursor;
  };
  // Mirror::Apply, then OnStored.
  struct Store {
    v1::SyncResponse::Batch batch;
  };
  // Mirror::Withdraw, then OnEnded.
  struct End {
    v1::SyncResponse::WithdrawnNow withdrawn;
  };
  // End the stream, then call OnDisconnected.
  struct Disconnect {
    absl::Status why;
  };
  using Action = std::variant<Connect, Send, Read, Adopt, Store, End, Disconnect>;
  using Actions = std::vector<Action>;

  // `random` gives 64 random bits.
  SyncProtocol(SyncProtocolOptions options, std::function<uint64_t()> random);

  // Time passes. Called often; `now` may step back, which at worst delays a retry or a watch once
  // more.
  Actions OnTick(absl::Time now);
  // A stream is there. `stored` is the cursor in the mirror at this moment.
  Actions OnConnected(absl::Time now, const v1::Cursor& stored);
  // The hub sent something. Errors show as Disconnect with INTERNAL, PROTOCOL_VIOLATED or
  // FAILED_PRECONDITION, BROKEN_CHAIN.
  Actions OnResponse(absl::Time now, v1::SyncResponse response);
  // What became of an Adopt or a Store that asked for `cursor` (a batch's `through`).
  Actions OnStored(absl::Time now, const v1::Cursor& cursor, const absl::Status& status);
  // What became of an End for the withdrawal at this place of the feed.
  Actions OnEnded(absl::Time now, int64_t change_sequence, const absl::Status& status);
  // The stream is gone, whatever ended it; OK when the hub just ended it. The next one opens when
  // HubRound says: at once while there is a hub that was not tried since the last good batch.
  Actions OnDisconnected(absl::Time now, const absl::Status& status);

  // The vendor cannot use a row; goes with the next ack. At most 500 wait, more are dropped.
  void Reject(std::string_view assignment_id, v1::SyncRequest::Rejection::Reason reason);

  State state() const { return state_; }
  // The last batch stored on this stream was caught up.
  bool caught_up() const { return caught_up_; }
  // The cursor of this stream: what the vendor has stored of it.
  const v1::Cursor& cursor() const { return cursor_; }

 private:
  void ChangeState(State to, absl::Time now);
  Actions Close(absl::Time now, absl::Status why);
  Actions OnOpened(absl::Time now, const v1::SyncResponse::Opened& opened);
  Actions OnBatch(absl::Time now, v1::SyncResponse::Batch batch);
  v1::SyncRequest AckFor(const v1::Cursor& cursor);
  absl::Duration InState(absl::Time now);

  const SyncProtocolOptions options_;
  const std::function<uint64_t()> random_;
  transport::HubRound round_;

  State state_ = State::kWaiting;
  absl::Time since_ = absl::InfinitePast();  // when the state was entered, or a message last came
  absl::Duration delay_;                     // kWaiting: how long
  v1::Cursor cursor_;
  v1::Cursor storing_;  // kAdopting, kStoring: the cursor being stored
  bool storing_caught_up_ = false;
  int64_t ending_ = 0;  // kEnding: the withdrawal's place in the feed
  bool caught_up_ = false;
  absl::Duration heartbeat_interval_;
  std::vector<v1::SyncRequest::Rejection> rejections_;
};

}  // namespace switchboard::adapters
