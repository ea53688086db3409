#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hub/hub.h"
#include "hub/sync/sync_stream.h"
#include "tests/simulation/options.h"

namespace switchboard::simulation {

// One Sync stream between a vendor and the hub: bytes in order, each way.
class StreamLink final : public sync::Outlet {
 public:
  // `spoil` may change what the hub sends, for planted mistakes; it may be empty.
  StreamLink(Hub& hub, const identity::Peer& vendor, std::function<void(v1::SyncResponse&)> spoil);
  ~StreamLink() override { HangUp(); }

  // The hub's side is gone or told so. What is under way towards the vendor still arrives.
  void HangUp();

  void Send(masking::ToVendor<v1::SyncResponse> message) override;
  void Finish(const absl::Status& status) override { finished_ = status; }

  void FromVendor(const v1::SyncRequest& request) {
    to_hub_.push_back(request.SerializeAsString());
  }
  // Hands the oldest message to the hub. `doubled`: and keeps it, to come again.
  std::optional<v1::SyncRequest> DeliverToHub(bool doubled);
  // The second message overtakes the first, if both are acks.
  void SwapAcks();
  // The second message for the vendor overtakes the first.
  void SwapForVendor();
  // The oldest message for the vendor comes twice.
  void DoubleForVendor() { to_vendor_.push_front(to_vendor_.front()); }
  // What the oldest message for the vendor is; empty when there is none.
  v1::SyncResponse PeekForVendor() const;
  // The oldest message for the vendor.
  std::optional<v1::SyncResponse> TakeForVendor();

  bool anything_for_hub() const { return stream_ != nullptr && !to_hub_.empty(); }
  bool anything_for_vendor() const { return !to_vendor_.empty(); }
  // The hub ended the stream and all it said before has been taken.
  bool over() const { return to_vendor_.empty() && (finished_.has_value() || stream_ == nullptr); }
  absl::Status why() const { return finished_.value_or(absl::UnavailableError("cut")); }

  int64_t window() const { return window_; }
  int64_t in_flight_max() const { return in_flight_max_; }

 private:
  struct Sent {
    int64_t through;
    int64_t changes;
  };

  const std::function<void(v1::SyncResponse&)> spoil_;
  std::shared_ptr<sync::SyncStream> stream_;
  std::deque<std::string> to_hub_;
  std::deque<std::string> to_vendor_;
  std::optional<absl::Status> finished_;
  std::deque<Sent> sent_;
  int64_t window_ = 0;
  int64_t in_flight_ = 0;
  int64_t in_flight_max_ = 0;
};

}  // namespace switchboard::simulation
