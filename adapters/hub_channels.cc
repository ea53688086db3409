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

absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> MakeChannels(
    const std::vector<std::string>& addresses, const std::string& tls_directory,
    const ChannelMaker& make_channel, Clock& clock) {
  if (addresses.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID", "no hub address is given",
                 {{"field", "hub_addresses"}});
  }
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  if (make_channel) {
    for (const std::string& address : addresses) channels.push_back(make_channel(address));
    return channels;
  }
  ASSIGN_OR_RETURN(const auto credentials, identity::MakeClientCredentials(tls_directory, clock));
  for (const std::string& address : addresses) {
    channels.push_back(grpc::CreateCustomChannel(address, credentials, Arguments()));
  }
  return channels;
}

}  // namespace switchboard::adapters
