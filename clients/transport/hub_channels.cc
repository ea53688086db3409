#include "clients/transport/hub_channels.h"

#include <grpc/grpc.h>
#include <grpc/support/time.h>
#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <chrono>

#include "hub/base/error.h"
#include "hub/identity/client_credentials.h"

namespace switchboard::transport {
namespace {

constexpr absl::Duration kAskEnded = absl::Milliseconds(50);

int Millis(absl::Duration duration) {
  return static_cast<int>(std::max<int64_t>(1, absl::ToInt64Milliseconds(duration)));
}

gpr_timespec FromNow(absl::Duration duration) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(absl::ToInt64Nanoseconds(duration), GPR_TIMESPAN));
}

bool IsReady(grpc::Channel& channel) {
  return channel.GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY;
}

// Waits for `duration` or until the state of a channel changes.
void AwaitChange(const Channels& channels, absl::Duration duration) {
  grpc::CompletionQueue queue;
  grpc::Alarm alarm;
  const gpr_timespec deadline = FromNow(duration);
  alarm.Set(&queue, deadline, nullptr);
  size_t awaited = 1;
  for (const auto& channel : channels) {
    const grpc_connectivity_state state = channel->GetState(/*try_to_connect=*/true);
    // What is connected is no news; a channel within the process has no states and bears no watch.
    if (state == GRPC_CHANNEL_READY || state == GRPC_CHANNEL_SHUTDOWN) continue;
    channel->NotifyOnStateChange(state, deadline, &queue, nullptr);
    ++awaited;
  }
  // All of them: a watch cannot be withdrawn, and the queue must be empty when it goes.
  void* tag = nullptr;
  bool ok = false;
  while (awaited-- > 0) queue.Next(&tag, &ok);
  queue.Shutdown();
}

}  // namespace

grpc::ChannelArguments ArgumentsOf(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Millis(options.keepalive_time));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Millis(options.keepalive_timeout));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Otherwise gRPC falls silent after two pings, and an idle connection may be dead for hours.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Our own backoff decides when to call again; the channel must not be slower than it. The
  // minimum is also how long one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Millis(options.connect_timeout));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetInt(GRPC_ARG_DNS_ARES_QUERY_TIMEOUT_MS, Millis(options.connect_timeout));
  // Two identities in one process must never share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, options.use_proxy ? 1 : 0);
  arguments.SetMaxReceiveMessageSize(options.receive_bytes_max);
  return arguments;
}

ChannelSource::ChannelSource(std::vector<std::string> addresses, std::string tls_directory,
                             ChannelMaker make_channel, Clock& clock, const ChannelOptions& options)
    : addresses_(std::move(addresses)),
      tls_directory_(std::move(tls_directory)),
      make_channel_(std::move(make_channel)),
      clock_(clock),
      options_(options) {}

absl::StatusOr<Channels> ChannelSource::Make() {
  MutexLock lock(mutex_);
  return MakeLocked();
}

absl::StatusOr<std::optional<Channels>> ChannelSource::Renew() {
  MutexLock lock(mutex_);
  if (make_channel_) return std::nullopt;
  ASSIGN_OR_RETURN(const identity::TlsMaterial material,
                   identity::CheckTlsMaterial(tls_directory_, identity::TlsUse::kClient, clock_));
  if (material_.has_value() && material == *material_) return std::nullopt;
  ASSIGN_OR_RETURN(Channels channels, MakeLocked());
  return std::optional<Channels>(std::move(channels));
}

std::optional<Channels> ChannelSource::Elsewhere(grpc::Channel& used) {
  if (addresses_.size() != 1 || used.GetState(/*try_to_connect=*/false) != GRPC_CHANNEL_READY)
    return std::nullopt;
  MutexLock lock(mutex_);
  auto channels = MakeLocked();
  if (!channels.ok()) return std::nullopt;
  return *std::move(channels);
}

absl::StatusOr<Channels> ChannelSource::MakeLocked() {
  if (addresses_.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID", "no hub address is given",
                 {{"field", "hub_addresses"}});
  }
  Channels channels;
  if (make_channel_) {
    for (const std::string& address : addresses_) channels.push_back(make_channel_(address));
    return channels;
  }
  // Read before the credentials are made: if the files change in between, the next Renew sees it.
  ASSIGN_OR_RETURN(material_,
                   identity::CheckTlsMaterial(tls_directory_, identity::TlsUse::kClient, clock_));
  ASSIGN_OR_RETURN(const auto credentials, identity::MakeClientCredentials(tls_directory_, clock_));
  for (const std::string& address : addresses_) {
    channels.push_back(grpc::CreateCustomChannel(address, credentials, ArgumentsOf(options_)));
  }
  return channels;
}

bool Connect(grpc::Channel& channel, absl::Duration timeout) {
  const gpr_timespec deadline = FromNow(timeout);
  while (true) {
    const grpc_connectivity_state state = channel.GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN) return false;
    if (!channel.WaitForStateChange(state, deadline)) return false;
  }
}

std::optional<size_t> AwaitConnection(const Channels& channels, absl::Duration timeout,
                                      absl::FunctionRef<bool()> ended) {
  std::vector<bool> ready;
  for (const auto& channel : channels) ready.push_back(IsReady(*channel));
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(timeout);
  while (!ended()) {
    for (size_t i = 0; i < channels.size(); ++i) {
      const bool was_ready = ready[i];
      ready[i] = IsReady(*channels[i]);
      if (ready[i] && !was_ready) return i;
    }
    const auto left = absl::FromChrono(end - std::chrono::steady_clock::now());
    if (left <= absl::ZeroDuration()) break;
    AwaitChange(channels, std::min(left, kAskEnded));
  }
  return std::nullopt;
}

}  // namespace switchboard::transport
