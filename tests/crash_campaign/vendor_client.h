#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/client/sync_client.h"

namespace switchboard::crash {

// The file of a vendor with this folder.
std::string MirrorIn(const std::string& folder);

// A client as a vendor has it, but quick to come back. `options` says where its file lies; `clock`
// and `ids` must outlive it. Errors: those of QuickChannel and of SyncClient::Create.
absl::StatusOr<std::unique_ptr<adapters::SyncClient>> MakeVendorClient(
    adapters::SyncClientOptions options, const std::string& hub_address, const std::string& tls,
    Clock& clock, IdMint& ids);

}  // namespace switchboard::crash
