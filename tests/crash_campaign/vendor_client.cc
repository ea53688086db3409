#include "tests/crash_campaign/vendor_client.h"

#include <utility>

#include "hub/base/error.h"
#include "tests/crash_campaign/quick_channel.h"

namespace switchboard::crash {

std::string MirrorIn(const std::string& folder) { return folder + "/mirror.db"; }

absl::StatusOr<std::unique_ptr<adapters::SyncClient>> MakeVendorClient(
    adapters::SyncClientOptions options, const std::string& hub_address, const std::string& tls,
    Clock& clock, IdMint& ids) {
  ASSIGN_OR_RETURN(const auto channel, QuickChannel(hub_address, tls, clock));
  options.hub_addresses = {hub_address};
  options.tls_directory = tls;  // whose key confirms deletions
  options.make_channel = [channel](const std::string&) { return channel; };
  options.adapter = "crash_vendor/1";
  options.window = 200;
  options.backoff = {absl::Milliseconds(10), absl::Milliseconds(50), 2.0};
  options.tick_interval = absl::Milliseconds(10);
  return adapters::SyncClient::Create(std::move(options), clock, ids);
}

}  // namespace switchboard::crash
