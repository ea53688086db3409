#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/masking/wire_page.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::sync {

struct SessionLimits {
  int window_default = 500;
  int window_max = 10'000;
  // Changes in one batch. About 100 records a message is where packing pays off; more only delays
  // the first.
  int page_max = 250;
  // Withdrawals that overtook the feed and that the vendor's cursor has not passed; further ones
  // come with the feed.
  int overtaking_max = 1'000;
  absl::Duration heartbeat_interval = absl::Seconds(10);
  absl::Duration lifetime = absl::Minutes(45);
};

// The hub's side of one Sync stream as a state machine: events in, actions out. No gRPC, no clock,
// no threads, no database; whoever drives it runs the actions in order and reports their results.
//
// Rules: one page under way at a time; never more than `window` changes beyond the last ack; each
// batch's `after` is the `through` of the one before; an ack is stored by a later action, and acks
// that arrive meanwhile are merged, since they are cumulative; rejections, each of which is looked
// up, are no more than what the stream brought and a thousand. Withdrawals come in their place of
// the feed, and overtake what stands before them there unless the page under way shows them anyway.
class VendorSession {
 public:
  // Open the feed at this cursor; answer with OnOpened.
  struct OpenFeed {
    v1::Cursor cursor;
  };
  // Read, disclose and mask the page after `after`; answer with OnPage.
  struct ReadPage {
    v1::Cursor after;
    int limit;
  };
  // Read the withdrawals behind `after`; answer with OnWithdrawals.
  struct ReadWithdrawals {
    v1::Cursor after;
    int limit;
  };
  // Store an ack; answer with OnAckStored.
  struct StoreAck {
    v1::SyncRequest::Ack ack;
  };
  struct Send {
    masking::ToVendor<v1::SyncResponse> message;
    std::optional<int> changes = {};  // of a page
  };
  // End the stream. Nothing follows.
  struct Finish {
    absl::Status status;
  };
  using Action = std::variant<OpenFeed, ReadPage, ReadWithdrawals, StoreAck, Send, Finish>;
  using Actions = std::vector<Action>;

  explicit VendorSession(const SessionLimits& limits) : limits_(limits) {}

  Actions OnRequest(const v1::SyncRequest& request, absl::Time now);
  // The vendor sends no more. What it asked for is still done: Opened and the first page are sent,
  // its acks are stored, and then the stream ends.
  Actions OnHalfClose();
  Actions OnOpened(const absl::StatusOr<v1::Cursor>& opened, absl::Time now);
  Actions OnPage(absl::StatusOr<masking::ShownPage> page, absl::Time now);
  Actions OnWithdrawals(absl::StatusOr<std::vector<v1::SyncResponse::WithdrawnNow>> withdrawals);
  Actions OnAckStored(const absl::Status& status);
  // Something in the vendor's feed changed.
  Actions OnFeedAdvanced();
  // Work was withdrawn; call it behind OnFeedAdvanced.
  Actions OnWithdrawalsCame();
  // Call about ten times per heartbeat interval.
  Actions OnTick(absl::Time now);
  // A newer stream of the vendor opened. A session that waits for acks reads no page, and would not
  // find out by itself.
  Actions OnSuperseded();
  // The feed may be shown to this session no more, as `status` says. One that waits, for acks or
  // for anything to come, would not find out by itself.
  Actions OnBarred(const absl::Status& status);
  // The hub is going away.
  Actions OnShutdown();

  bool finished() const { return state_ == State::kFinished; }
  // What the peer's Open calls its client.
  const std::string& adapter() const { return adapter_; }

 private:
  // Of assignments that earlier streams brought.
  static constexpr int64_t kEarlierRejectionsMax = 1'000;

  enum class State { kAwaitingOpen, kOpening, kStreaming, kFinished };
  struct Sent {
    int64_t through;
    int changes;
  };

  Actions OnOpen(const v1::SyncRequest::Open& open);
  // The end of a half-closed stream, once nothing that was asked for is left to do.
  void AddEnd(Actions& actions);
  Actions OnAck(const v1::SyncRequest::Ack& ack);
  Actions End(absl::Status status);
  void AddRead(Actions& actions);
  void AddReadWithdrawals(Actions& actions);
  void SendPage(const masking::ShownPage& page, absl::Time now, Actions& actions);

  const SessionLimits limits_;
  State state_ = State::kAwaitingOpen;
  std::string adapter_;
  bool half_closed_ = false;
  bool page_sent_ = false;  // the first one
  int window_ = 0;
  absl::Time open_time_;
  absl::Time last_sent_time_;
  v1::Cursor sent_;               // `through` of the last batch sent
  int64_t acknowledged_ = 0;      // by the vendor on this stream …
  bool said_so_ = false;          // … which has said so itself, and not only opened with it
  std::deque<Sent> outstanding_;  // sent and not acknowledged
  int in_flight_ = 0;             // changes in outstanding_
  int64_t rejections_left_ = kEarlierRejectionsMax;
  bool reading_ = false;
  bool reads_from_end_ = false;    // the page under way, of a feed that was at its end
  bool more_ = true;               // the feed may hold something beyond sent_
  bool told_caught_up_ = false;    // the last batch sent said so
  bool withdrawals_came_ = false;  // that were not looked for
  bool reading_withdrawals_ = false;
  int64_t overtaken_to_ = 0;        // place in the feed of the last withdrawal that overtook it
  std::deque<int64_t> overtaking_;  // places of those beyond the last ack
  bool storing_ack_ = false;
  bool ack_waits_ = false;
  v1::SyncRequest::Ack waiting_ack_;
};

}  // namespace switchboard::sync
