#include "adapters/hub_channels.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "hub/base/error.h"
#include "hub/identity/client_credentials.h"

namespace switchboard::adapters {
namespace {

// A batch of 10,000 rows or 1,000 recorded outcomes fits.
constexpr int kReceiveBytesMax = 16 * 1024 * 1024;

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  // The hub tolerates a ping each 10 s; a hub that vanished without a word is noticed within 35 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Our own backoff decides when to call again; the channel must not be slower than it.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  // Two identities in one process must never share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  return arguments;
}

}  // namespace

ChannelSource::ChannelSource(std::vector<std::string> addresses, std::string tls_directory,
                             ChannelMaker make_channel, Clock& clock)
    : addresses_(std::move(addresses)),
      tls_directory_(std::move(tls_directory)),
      make_channel_(std::move(make_channel)),
      clock_(clock) {}

absl::StatusOr<Channels> ChannelSource::Make() {
  std::lock_guard lock(mutex_);
  return MakeLocked();
}

absl::StatusOr<std::optional<Channels>> ChannelSource::Renew() {
  std::lock_guard lock(mutex_);
  if (make_channel_) return std::nullopt;
  ASSIGN_OR_RETURN(const identity::TlsMaterial material,
                   identity::CheckTlsMaterial(tls_directory_, identity::TlsUse::kClient, clock_));
  if (material_.has_value() && material == *material_) return std::nullopt;
  ASSIGN_OR_RETURN(Channels channels, MakeLocked());
  return std::optional<Channels>(std::move(channels));
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
    channels.push_back(grpc::CreateCustomChannel(address, credentials, Arguments()));
  }
  return channels;
}

}  // namespace switchboard::adapters
