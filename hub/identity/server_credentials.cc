#include "hub/identity/server_credentials.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>

#include "hub/base/error.h"
#include "hub/identity/material_files.h"
#include "hub/identity/peer.h"

namespace switchboard::identity {
namespace {

constexpr unsigned kWatchSeconds = 1;  // the least gRPC's watcher can do

// Asked after the chain was verified and before any call is accepted. Only looks: a connection that
// is closed here gets no reason, a call does. May be asked by a thread of gRPC's when the server is
// gone, so it shares what it tells.
class SpiffeVerifier final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  SpiffeVerifier(std::string trust_domain, std::shared_ptr<PeerTrust> trust,
                 std::function<void(const absl::Status&)> on_nameless)
      : trust_domain_(std::move(trust_domain)),
        trust_(std::move(trust)),
        on_nameless_(std::move(on_nameless)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)>, grpc::Status* /*status*/) override {
    trust_->Remember(ViewOf(request->peer_cert()), ViewOf(request->peer_cert_full_chain()));
    const absl::Status checked = Check(*request);
    if (!checked.ok() && on_nameless_) on_nameless_(checked);
    return true;  // answered at once, with the OK that *status is
  }

  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {}

 private:
  static std::string_view ViewOf(grpc::string_ref text) { return {text.data(), text.size()}; }

  absl::Status Check(const grpc::experimental::TlsCustomVerificationCheckRequest& request) const {
    const auto uris = request.uri_names();
    if (uris.size() != 1) {
      return Error(absl::StatusCode::kUnauthenticated, "NO_IDENTITY",
                   "the client certificate does not carry exactly one URI");
    }
    return ParsePeer(ViewOf(uris[0]), trust_domain_).status();
  }

  const std::string trust_domain_;
  const std::shared_ptr<PeerTrust> trust_;
  const std::function<void(const absl::Status&)> on_nameless_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    const TlsDirectory& directory, std::string trust_domain, std::shared_ptr<PeerTrust> trust,
    std::function<void(const absl::Status&)> on_nameless) {
  namespace experimental = grpc::experimental;
  const std::string live = directory.live_directory() + "/";
  experimental::TlsServerCredentialsOptions options(
      std::make_shared<experimental::FileWatcherCertificateProvider>(
          live + kKeyFile, live + kCertificateFile, live + kRootsFile, kWatchSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      experimental::ExternalCertificateVerifier::Create<SpiffeVerifier>(
          std::move(trust_domain), std::move(trust), std::move(on_nameless)));
  return experimental::TlsServerCredentials(options);
}

}  // namespace switchboard::identity
