#pragma once

// For tests: a hub's own material in a folder, and whom it believes by that.

#include <memory>
#include <string>
#include <utility>

#include "hub/identity/peer_trust.h"
#include "hub/identity/test_issuer.h"
#include "hub/identity/tls_directory.h"

namespace switchboard::identity {

inline const std::string kVendor = std::string("spiffe://") + kDomain + "/vendor/sakura";

class TrustFixture : public ::testing::Test {
 protected:
  TrustFixture() {
    issuer_.Write(Hub(), issuer_.Server());
    TlsDirectoryOptions options;
    options.directory = Hub();
    options.poll_interval = absl::Hours(1);  // tests call Refresh
    tls_ = *TlsDirectory::Open(std::move(options), clock_);
    trust_ = std::make_unique<PeerTrust>(*tls_, clock_);
  }

  std::string Hub() const { return folder_ / "hub"; }

  ManualClock clock_;
  testing::TemporaryFolder folder_;
  Issuer issuer_{clock_};
  Issuer other_{clock_};
  std::unique_ptr<TlsDirectory> tls_;
  std::unique_ptr<PeerTrust> trust_;
};

}  // namespace switchboard::identity
