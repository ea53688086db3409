#pragma once

// For the tests of this folder: an authority, directories of material, and a real gRPC server on a
// free port of the loopback that says who called.

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/identity/authorization.h"
#include "hub/identity/caller.h"
#include "hub/identity/client_credentials.h"
#include "hub/identity/development_authority.h"
#include "hub/identity/grpc_status.h"
#include "hub/identity/listener.h"
#include "hub/identity/material_files.h"
#include "hub/identity/server_arguments.h"
#include "hub/identity/server_credentials.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/testing.h"

namespace switchboard::identity {

inline constexpr auto kSilence = static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1);
inline constexpr char kDomain[] = "issuer.example";

// Waits for something that other threads do. The limit only ends a test that has failed.
template <typename Predicate>
bool EventuallyTrue(Mutex& mutex, CondVar& changed, Predicate predicate) {
  MutexLock lock(mutex);
  return changed.WaitFor(mutex, absl::Seconds(30), predicate);
}

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

  std::string roots() const { return authority_.certificate_pem(); }
  absl::Time now() const { return now_; }

 private:
  const absl::Time now_;
  const DevelopmentAuthority authority_;
};

// Answers ReleasePermit with who called, as the text of an ABORTED status.
class WhoCalls final : public v1::VendorService::CallbackService {
 public:
  explicit WhoCalls(PeerTrust& trust) : trust_(trust) {}

  grpc::ServerUnaryReactor* ReleasePermit(grpc::CallbackServerContext* context,
                                          const v1::ReleasePermitRequest*,
                                          v1::ReleasePermitResponse*) override {
    const auto caller =
        AuthorizedCaller(*context, kDomain, trust_, "/switchboard.v1.VendorService/ReleasePermit");
    auto* reactor = context->DefaultReactor();
    reactor->Finish(ToGrpc(caller.ok() ? absl::AbortedError(caller->Actor()) : caller.status()));
    return reactor;
  }

 private:
  PeerTrust& trust_;
};

class LoopbackHub {
 public:
  // Serves with the material in `directory`.
  LoopbackHub(const std::string& directory, Clock& clock, AcceptOptions accept = {},
              const ConnectionAge& age = {}) {
    gpr_set_log_verbosity(kSilence);  // every refusal here is meant
    TlsDirectoryOptions options;
    options.directory = directory;
    options.poll_interval = absl::Hours(1);  // tests call Refresh
    options.on_change = [this](const absl::Status& status) { changes_.push_back(status); };
    tls_ = *TlsDirectory::Open(std::move(options), clock);
    trust_ = std::make_shared<PeerTrust>(*tls_, clock);
    service_ = std::make_unique<WhoCalls>(*trust_);
    accept.address = "127.0.0.1:0";
    accept.connections_per_second_per_address = 0;
    grpc::ServerBuilder builder;
    ServerArguments(builder, age);
    builder.RegisterService(service_.get());
    listener_ = *Listener::Add(builder,
                               MakeServerCredentials(*tls_, kDomain, trust_,
                                                     [this](const absl::Status& status) {
                                                       MutexLock lock(mutex_);
                                                       nameless_.push_back(status);
                                                       changed_.NotifyAll();
                                                     }),
                               std::move(accept), clock);
    server_ = builder.BuildAndStart();
  }

  ~LoopbackHub() {
    listener_->Stop();
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  void Start() { listener_->Start(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(listener_->port()); }
  TlsDirectory& tls() { return *tls_; }
  const AcceptLoop& loop() const { return listener_->loop(); }
  // What TlsDirectory told. Only Refresh tells, in the test's own thread.
  const std::vector<absl::Status>& changes() const { return changes_; }

  // Waits until a verified certificate came that has no SPIFFE id of the domain.
  bool SawNameless() {
    return EventuallyTrue(mutex_, changed_,
                          [this]() SWITCHBOARD_REQUIRES(mutex_) { return !nameless_.empty(); });
  }

  static std::shared_ptr<grpc::Channel> Connect(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials, const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return grpc::CreateCustomChannel(address, credentials, arguments);
  }

  static absl::Status CallOver(const std::shared_ptr<grpc::Channel>& channel) {
    auto stub = v1::VendorService::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::ReleasePermitResponse response;
    return FromGrpc(stub->ReleasePermit(&context, {}, &response));
  }

  // Makes a channel and one call with these credentials.
  absl::Status CallWith(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                        const std::string& address) const {
    return CallOver(Connect(credentials, address));
  }

  // The same with the material in `folder`, whether it is good or not.
  absl::Status Call(const std::string& folder) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = testing::ReadFile(folder + "/ca.crt");
    options.pem_cert_chain = testing::ReadFile(folder + "/tls.crt");
    options.pem_private_key = testing::ReadFile(folder + "/tls.key");
    return CallWith(grpc::SslCredentials(options), address());
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<absl::Status> nameless_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<absl::Status> changes_;
  std::unique_ptr<TlsDirectory> tls_;
  std::shared_ptr<PeerTrust> trust_;
  std::unique_ptr<WhoCalls> service_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace switchboard::identity
