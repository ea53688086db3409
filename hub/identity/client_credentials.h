#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"

namespace grpc {
class ChannelCredentials;
}

namespace switchboard::identity {

// TLS for a caller of the hub: shows tls.crt of `directory`, and accepts only a server whose
// certificate leads to ca.crt and covers the host name or address that the channel was made for.
// Reads the directory now: to use renewed certificates, make a new channel.
// Errors: as CheckTlsMaterial with kClient.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeClientCredentials(
    const std::string& directory, Clock& clock);

}  // namespace switchboard::identity
