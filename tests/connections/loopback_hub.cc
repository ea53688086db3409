#include "tests/connections/loopback_hub.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "hub/edge/caller.h"
#include "hub/identity/grpc_status.h"

namespace switchboard::connections_test {
namespace {

// Waits for something that other threads do. The limit only ends a test that has failed.
template <typename Predicate>
bool EventuallyTrue(Mutex& mutex, CondVar& changed, Predicate predicate) {
  MutexLock lock(mutex);
  return changed.WaitFor(mutex, absl::Seconds(30), predicate);
}

}  // namespace

// Answers ReleasePermit with who called, as the text of an ABORTED status.
class LoopbackHub::WhoCalls final : public v1::VendorService::CallbackService {
 public:
  WhoCalls(const guard::ConnectionBook& book, identity::PeerTrust& trust)
      : book_(book), trust_(trust) {}

  grpc::ServerUnaryReactor* ReleasePermit(grpc::CallbackServerContext* context,
                                          const v1::ReleasePermitRequest*,
                                          v1::ReleasePermitResponse*) override {
    const auto caller = edge::AuthorizedCaller(*context, book_, trust_,
                                               "/switchboard.v1.VendorService/ReleasePermit");
    auto* reactor = context->DefaultReactor();
    reactor->Finish(
        identity::ToGrpc(caller.ok() ? absl::AbortedError(caller->Actor()) : caller.status()));
    return reactor;
  }

 private:
  const guard::ConnectionBook& book_;
  identity::PeerTrust& trust_;
};

LoopbackHub::LoopbackHub(const std::string& directory, Clock& clock, LoopbackOptions options)
    : book_(options.shares, "loopback-" + std::to_string(reinterpret_cast<uintptr_t>(this))),
      refusals_(
          [this](const guard::Refusals& refusals) {
            MutexLock lock(mutex_);
            reports_.push_back(refusals);
            changed_.NotifyAll();
          },
          clock) {
  gpr_set_log_verbosity(kSilence);  // every refusal here is meant
  identity::TlsDirectoryOptions tls;
  tls.directory = directory;
  tls.poll_interval = absl::Hours(1);  // tests call Refresh
  tls.on_change = [this](const absl::Status& status) { changes_.push_back(status); };
  tls_ = *identity::TlsDirectory::Open(std::move(tls), clock);
  trust_ = std::make_unique<identity::PeerTrust>(*tls_, clock);
  service_ = std::make_unique<WhoCalls>(book_, *trust_);
  guard::GuardCalls calls;
  calls.on_nameless = [this](const absl::Status& status) {
    MutexLock lock(mutex_);
    nameless_.push_back(status);
    changed_.NotifyAll();
  };
  calls.on_offence = [this](const guard::OpenConnection&, guard::Offence offence) {
    MutexLock lock(mutex_);
    ended_.push_back(offence);
    changed_.NotifyAll();
  };
  options.guard.accept.address = "127.0.0.1:0";
  options.guard.trust_domain = identity::kDomain;
  guard_ = *guard::Guard::Bind(std::move(options.guard), *tls_, *trust_, book_, refusals_, clock,
                               steady_clock_, std::move(calls));
  grpc::ServerBuilder builder;
  edge::ServerArguments(builder, options.age);
  builder.RegisterService(service_.get());
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  server_ = builder.BuildAndStart();
}

LoopbackHub::~LoopbackHub() {
  guard_->StopAccepting();
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  guard_.reset();  // before what its calls tell
}

void LoopbackHub::Start() {
  guard_->Start([this](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    acceptor_->HandleNewConnection(&connection);
  });
}

bool LoopbackHub::SawNameless() {
  return EventuallyTrue(mutex_, changed_,
                        [this]() SWITCHBOARD_REQUIRES(mutex_) { return !nameless_.empty(); });
}

bool LoopbackHub::SawRefused(guard::RefusalReason reason) {
  return EventuallyTrue(mutex_, changed_, [&]() SWITCHBOARD_REQUIRES(mutex_) {
    return std::any_of(reports_.begin(), reports_.end(),
                       [&](const guard::Refusals& one) { return one.reason == reason; });
  });
}

bool LoopbackHub::SawEnded(guard::Offence offence) {
  return EventuallyTrue(mutex_, changed_, [&]() SWITCHBOARD_REQUIRES(mutex_) {
    return std::find(ended_.begin(), ended_.end(), offence) != ended_.end();
  });
}

std::vector<guard::Refusals> LoopbackHub::reports() {
  MutexLock lock(mutex_);
  return reports_;
}

std::shared_ptr<grpc::Channel> LoopbackHub::Connect(
    const std::shared_ptr<grpc::ChannelCredentials>& credentials, const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

absl::Status LoopbackHub::CallOver(const std::shared_ptr<grpc::Channel>& channel) {
  auto stub = v1::VendorService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  v1::ReleasePermitResponse response;
  return identity::FromGrpc(stub->ReleasePermit(&context, {}, &response));
}

absl::Status LoopbackHub::Call(const std::string& folder) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = testing::ReadFile(folder + "/ca.crt");
  options.pem_cert_chain = testing::ReadFile(folder + "/tls.crt");
  options.pem_private_key = testing::ReadFile(folder + "/tls.key");
  return CallWith(grpc::SslCredentials(options), address());
}

}  // namespace switchboard::connections_test
