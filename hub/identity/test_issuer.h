#pragma once

// For tests: an authority, and folders of material that it issues.

#include <string>

#include "hub/base/clock.h"
#include "hub/identity/development_authority.h"
#include "hub/identity/material_files.h"
#include "tests/testing.h"

namespace switchboard::identity {

inline constexpr char kDomain[] = "issuer.example";

// Issues material and lays it into folders. The times are the machine's: OpenSSL inside gRPC reads
// them.
class Issuer {
 public:
  explicit Issuer(Clock& clock)
      : now_(clock.Now()),
        authority_(*DevelopmentAuthority::Create(now_ - absl::Hours(1), now_ + absl::Hours(1000))) {
  }

  LeafRequest Client(const std::string& uri) const {
    LeafRequest request;
    request.common_name = "test client";
    if (!uri.empty()) request.uris = {uri};
    request.client = true;
    request.not_before = now_ - absl::Minutes(10);
    request.not_after = now_ + absl::Hours(10);
    return request;
  }

  LeafRequest Server() const {
    LeafRequest request = Client(std::string("spiffe://") + kDomain + "/hub/one");
    request.hosts = {"localhost", "127.0.0.1"};
    request.client = false;
    request.server = true;
    return request;
  }

  // Writes the material for `request` into `folder`; `roots` is what the folder's owner trusts.
  void Write(const std::string& folder, const LeafRequest& request,
             const std::string& roots) const {
    const auto issued = authority_.Issue(request);
    ASSERT_OK(issued);
    std::filesystem::create_directories(folder);
    ASSERT_OK(WriteMaterial(folder + "/tls.crt", issued->certificate_pem, 0644));
    ASSERT_OK(WriteMaterial(folder + "/tls.key", issued->key_pem, 0600));
    ASSERT_OK(WriteMaterial(folder + "/ca.crt", roots, 0644));
  }
  void Write(const std::string& folder, const LeafRequest& request) const {
    Write(folder, request, roots());
  }

  const DevelopmentAuthority& authority() const { return authority_; }
  std::string roots() const { return authority_.certificate_pem(); }
  absl::Time now() const { return now_; }

 private:
  const absl::Time now_;
  const DevelopmentAuthority authority_;
};

}  // namespace switchboard::identity
