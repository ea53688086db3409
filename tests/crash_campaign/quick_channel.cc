#include "tests/crash_campaign/quick_channel.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "hub/base/error.h"
#include "hub/identity/client_credentials.h"

namespace switchboard::crash {
namespace {

constexpr int kReceiveBytesMax = 16 * 1024 * 1024;

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> QuickChannel(const std::string& address,
                                                            const std::string& tls, Clock& clock) {
  ASSIGN_OR_RETURN(const auto credentials, identity::MakeClientCredentials(tls, clock));
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);  // given to one attempt to connect
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

}  // namespace switchboard::crash
