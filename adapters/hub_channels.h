#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/channel.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"

namespace switchboard::adapters {

using ChannelMaker = std::function<std::shared_ptr<grpc::Channel>(const std::string& address)>;

// A channel to each hub: those of `make_channel` if it is set, else mutual TLS with the material in
// `tls_directory`, with keepalive and a quick reconnect. No connection is made yet.
// Errors: INVALID_ARGUMENT, OPTION_INVALID without an address; those of the TLS material.
absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> MakeChannels(
    const std::vector<std::string>& addresses, const std::string& tls_directory,
    const ChannelMaker& make_channel, Clock& clock);

// The hubs of one service, and which of them is in use. Thread-safe. Must outlive all calls: gRPC does not
// bear a channel that ends in a reaction.
template <typename Service>
class Hubs {
 public:
  explicit Hubs(std::vector<std::shared_ptr<grpc::Channel>> channels)
      : channels_(std::move(channels)) {
    for (const auto& channel : channels_) stubs_.push_back(Service::NewStub(channel));
  }

  // Number of the hub in use.
  size_t current() const {
    std::lock_guard lock(mutex_);
    return current_;
  }
  typename Service::Stub& stub(size_t hub) { return *stubs_[hub]; }

  // Turns to the next hub, unless somebody has turned away from `failed` before.
  void TurnFrom(size_t failed) {
    std::lock_guard lock(mutex_);
    if (current_ == failed) current_ = (current_ + 1) % stubs_.size();
  }

 private:
  const std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::unique_ptr<typename Service::Stub>> stubs_;
  mutable std::mutex mutex_;
  size_t current_ = 0;  // guarded by mutex_
};

}  // namespace switchboard::adapters
