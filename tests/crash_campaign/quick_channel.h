#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"

namespace grpc {
class Channel;
}

namespace switchboard::crash {

// A mutual TLS channel to a hub that is killed several times a second: it tries again within a
// twentieth of a second, where a client in the field waits longer. `tls` is the peer's folder.
// Errors: those of identity::MakeClientCredentials.
absl::StatusOr<std::shared_ptr<grpc::Channel>> QuickChannel(const std::string& address,
                                                            const std::string& tls, Clock& clock);

}  // namespace switchboard::crash
