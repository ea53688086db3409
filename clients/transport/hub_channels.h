#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/channel.h>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/identity/tls_material.h"

namespace grpc {
class ChannelArguments;
}

namespace switchboard::transport {

// How the clients of the hubs fail over, all in the same way:
// - A client starts at a hub drawn at random, so that many clients spread, and stays with it.
// - A call goes to the hub in use. If that is connected, at once; if not, it is given
//   connect_timeout to become so. The call fails with UNAVAILABLE when it does not.
// - After a failure that another hub may answer (AnotherHubMayDo) the client turns to the next one
//   and repeats the call there at once, for every call is repeat-safe.
// - When each hub has failed once, it waits with growing jitter (HubRound) and begins again.
// - A hub that died in the middle of a connection is found by keepalive.
// - A lone address may be a proxy's, which leads each connection to a hub of its own choice. There
//   the client turns from a hub that failed, and still has the connection, by connecting anew; and
//   so it does when a stream ended for its age (ChannelSource::Elsewhere).
// A hub that is back is connected again within seconds of its return, but only used when it is its
// turn.

struct ChannelOptions {
  // Time a hub has to be connected: name looked up, TCP, TLS, HTTP/2. At least 100 ms.
  absl::Duration connect_timeout = absl::Seconds(2);
  // A connection over which nothing came for keepalive_time is asked for a sign of life, whether
  // calls are under way or not, and given up after keepalive_timeout without one: a hub that
  // vanished without a word is noticed within 20 s. What was sent and is not even acknowledged by
  // TCP gives it up after keepalive_timeout. Hubs bear a ping each 10 s.
  absl::Duration keepalive_time = absl::Seconds(15);
  absl::Duration keepalive_timeout = absl::Seconds(5);
  // Of one message. A batch of 10,000 rows or 1,000 recorded outcomes fits.
  int receive_bytes_max = 16 * 1024 * 1024;
  // Whether the environment's https_proxy counts.
  bool use_proxy = true;
};

// What channels with these options are made with.
grpc::ChannelArguments ArgumentsOf(const ChannelOptions& options);

using ChannelMaker = std::function<std::shared_ptr<grpc::Channel>(const std::string& address)>;
using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// Makes a channel to each hub: those of `make_channel` if it is set, else mutual TLS with the
// material in `tls_directory`. Thread-safe. No connection is made here.
class ChannelSource {
 public:
  // `clock` must outlive the source.
  ChannelSource(std::vector<std::string> addresses, std::string tls_directory,
                ChannelMaker make_channel, Clock& clock, const ChannelOptions& options = {});

  // One channel for each address, in order.
  // Errors: INVALID_ARGUMENT, OPTION_INVALID without an address; those of the TLS material.
  absl::StatusOr<Channels> Make();

  // New ones, if the TLS material is another than that of the last channels made: a certificate
  // that was renewed. Nothing otherwise. Errors: those of the TLS material; go on with the channels
  // there are.
  absl::StatusOr<std::optional<Channels>> Renew();

  // A new channel to the only address, if that of `used` is still connected: another one may lead
  // to another hub. Nothing where there are several addresses, where gRPC connects anew anyway, or
  // while the TLS material cannot be read.
  std::optional<Channels> Elsewhere(grpc::Channel& used);

 private:
  absl::StatusOr<Channels> MakeLocked() SWITCHBOARD_REQUIRES(mutex_);

  const std::vector<std::string> addresses_;
  const std::string tls_directory_;
  const ChannelMaker make_channel_;
  Clock& clock_;
  const ChannelOptions options_;
  Mutex mutex_;
  // Of the last channels made.
  std::optional<identity::TlsMaterial> material_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// Connects the channel and waits for it: false when nobody is there, or when it takes longer.
bool Connect(grpc::Channel& channel, absl::Duration timeout);

// Waits for `timeout`; less, if `ended` says so, which is asked every 50 ms, or if a channel
// becomes connected: then its number. Meanwhile the channels try to connect, which those of
// blocking calls do only as long as somebody waits on them.
std::optional<size_t> AwaitConnection(const Channels& channels, absl::Duration timeout,
                                      absl::FunctionRef<bool()> ended);

// The hubs of one service, and which of them is in use. Thread-safe. Must outlive all calls.
template <typename Service>
class Hubs {
 public:
  struct Hub {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<typename Service::Stub> stub;
    size_t number;
  };

  // Starts with the hub that `draw`, any number, falls on.
  explicit Hubs(const Channels& channels, uint64_t draw = 0) : size_(channels.size()) {
    Replace(channels);
    TurnTo(draw);
  }

  size_t size() const { return size_; }

  // The hub in use. A call keeps it until it is over.
  std::shared_ptr<Hub> current() const {
    MutexLock lock(mutex_);
    return hubs_[current_];
  }

  Channels channels() const {
    MutexLock lock(mutex_);
    Channels channels;
    for (const auto& hub : hubs_) channels.push_back(hub->channel);
    return channels;
  }

  // Turns to the next hub, unless somebody has turned away from `failed` before.
  void TurnFrom(size_t failed) {
    MutexLock lock(mutex_);
    if (current_ == failed) current_ = (current_ + 1) % size_;
  }

  // Turns to the hub that `draw`, any number, falls on; a hub's own number falls on it.
  void TurnTo(uint64_t draw) {
    MutexLock lock(mutex_);
    current_ = static_cast<size_t>(draw % size_);
  }

  // Uses these channels from now on, as many as before. Calls under way go on over the old ones.
  void Replace(const Channels& channels) {
    MutexLock lock(mutex_);
    retired_.insert(retired_.end(), hubs_.begin(), hubs_.end());
    hubs_.clear();
    for (const auto& channel : channels) {
      auto hub = std::make_shared<Hub>();
      *hub = Hub{channel, Service::NewStub(channel), hubs_.size()};
      hubs_.push_back(std::move(hub));
    }
  }

  // Lets go of old channels that nothing uses. Not from a reaction: where the last reference of a
  // channel goes on a thread of gRPC's own, gRPC 1.51 has that thread wait for itself and frees its
  // queue under it (https://github.com/grpc/grpc/pull/32584), which is why they are kept so far.
  void DropUnused() {
    std::vector<std::shared_ptr<Hub>> unused;
    MutexLock lock(mutex_);
    std::erase_if(retired_, [&unused](std::shared_ptr<Hub>& hub) {
      if (hub.use_count() > 1) return false;
      hub->stub.reset();
      // The context of a call holds the channel for longer than the call holds its hub.
      if (hub->channel.use_count() > 1) return false;
      unused.push_back(std::move(hub));
      return true;
    });
  }

 private:
  const size_t size_;
  mutable Mutex mutex_;
  std::vector<std::shared_ptr<Hub>> hubs_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Hub>> retired_ SWITCHBOARD_GUARDED_BY(mutex_);
  size_t current_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;
};

}  // namespace switchboard::transport
