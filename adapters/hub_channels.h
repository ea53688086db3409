#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/channel.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/identity/tls_material.h"

namespace switchboard::adapters {

using ChannelMaker = std::function<std::shared_ptr<grpc::Channel>(const std::string& address)>;
using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// Makes a channel to each hub: those of `make_channel` if it is set, else mutual TLS with the
// material in `tls_directory`, with keepalive and a quick reconnect. Thread-safe. No connection is
// made here.
class ChannelSource {
 public:
  // `clock` must outlive the source.
  ChannelSource(std::vector<std::string> addresses, std::string tls_directory,
                ChannelMaker make_channel, Clock& clock);

  // One channel for each address, in order.
  // Errors: INVALID_ARGUMENT, OPTION_INVALID without an address; those of the TLS material.
  absl::StatusOr<Channels> Make();

  // New ones, if the TLS material is another than that of the last channels made: a certificate
  // that was renewed. Nothing otherwise. Errors: those of the TLS material; go on with the channels
  // there are.
  absl::StatusOr<std::optional<Channels>> Renew();

 private:
  absl::StatusOr<Channels> MakeLocked();

  const std::vector<std::string> addresses_;
  const std::string tls_directory_;
  const ChannelMaker make_channel_;
  Clock& clock_;
  std::mutex mutex_;
  std::optional<identity::TlsMaterial> material_;  // guarded by mutex_; of the last channels made
};

// The hubs of one service, and which of them is in use. Thread-safe. Must outlive all calls.
template <typename Service>
class Hubs {
 public:
  struct Hub {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<typename Service::Stub> stub;
    size_t number;
  };

  explicit Hubs(const Channels& channels) { Replace(channels); }

  // The hub in use. A call keeps it until it is over.
  std::shared_ptr<Hub> current() const {
    std::lock_guard lock(mutex_);
    return hubs_[current_];
  }

  // Turns to the next hub, unless somebody has turned away from `failed` before.
  void TurnFrom(size_t failed) {
    std::lock_guard lock(mutex_);
    if (current_ == failed) current_ = (current_ + 1) % hubs_.size();
  }

  // Uses these channels from now on, as many as before. Calls under way go on over the old ones.
  void Replace(const Channels& channels) {
    std::lock_guard lock(mutex_);
    retired_.insert(retired_.end(), hubs_.begin(), hubs_.end());
    hubs_.clear();
    for (const auto& channel : channels) {
      auto hub = std::make_shared<Hub>();
      *hub = Hub{channel, Service::NewStub(channel), hubs_.size()};
      hubs_.push_back(std::move(hub));
    }
  }

  // Lets go of old channels that no call uses. Not from a reaction: gRPC does not bear a channel
  // that ends in one, which is why they are kept so far.
  void DropUnused() {
    std::vector<std::shared_ptr<Hub>> unused;
    std::lock_guard lock(mutex_);
    std::erase_if(retired_, [&unused](std::shared_ptr<Hub>& hub) {
      if (hub.use_count() > 1) return false;
      unused.push_back(std::move(hub));
      return true;
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Hub>> hubs_;     // guarded by mutex_
  std::vector<std::shared_ptr<Hub>> retired_;  // guarded by mutex_
  size_t current_ = 0;                         // guarded by mutex_
};

}  // namespace switchboard::adapters
