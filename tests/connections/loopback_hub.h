#pragma once

// For the tests of this folder: a real gRPC server behind the guard, on a free port of the
// loopback, that says who called.

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/edge/server_arguments.h"
#include "hub/guard/guard.h"
#include "hub/identity/test_issuer.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/testing.h"

namespace grpc::experimental {
class ExternalConnectionAcceptor;
}

namespace switchboard::connections_test {

inline constexpr auto kSilence = static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1);
inline const std::string kVendor = std::string("spiffe://") + identity::kDomain + "/vendor/sakura";

// Limits that a test sets; those of addresses are off unless it does.
struct LoopbackOptions {
  LoopbackOptions() { guard.door.per_address.per_second = 0; }

  guard::GuardOptions guard;
  guard::ConnectionShares shares;
  edge::ConnectionAge age;
};

class LoopbackHub {
 public:
  // Serves with the material in `directory`, once Start is called.
  LoopbackHub(const std::string& directory, Clock& clock, LoopbackOptions options = {});
  ~LoopbackHub();

  void Start();
  std::string address() const { return "127.0.0.1:" + std::to_string(guard_->port()); }
  identity::TlsDirectory& tls() { return *tls_; }
  const guard::Guard& guard() const { return *guard_; }
  const guard::ConnectionBook& book() const { return book_; }

  // What TlsDirectory told. Only Refresh tells, in the test's own thread.
  const std::vector<absl::Status>& changes() const { return changes_; }
  // Refusals of a kind since the start.
  int64_t refused(guard::RefusalReason reason) const { return refusals_.counted(reason); }

  // Each waits up to 30 s: for a verified certificate that has no SPIFFE id of the domain, a report
  // of refusals of a kind, the end of a connection for a reason.
  bool SawNameless();
  bool SawRefused(guard::RefusalReason reason);
  bool SawEnded(guard::Offence offence);

  // Reports of refusals, in order.
  std::vector<guard::Refusals> reports();

  static std::shared_ptr<grpc::Channel> Connect(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials, const std::string& address);
  static absl::Status CallOver(const std::shared_ptr<grpc::Channel>& channel);

  // Makes a channel and one call with these credentials.
  absl::Status CallWith(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                        const std::string& address) const {
    return CallOver(Connect(credentials, address));
  }
  // The same with the material in `folder`, whether it is good or not.
  absl::Status Call(const std::string& folder) const;

 private:
  class WhoCalls;

  Mutex mutex_;
  CondVar changed_;
  std::vector<absl::Status> nameless_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<guard::Refusals> reports_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<guard::Offence> ended_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<absl::Status> changes_;

  SteadyClock steady_clock_;
  guard::ConnectionBook book_;
  guard::RefusalTally refusals_;
  std::unique_ptr<identity::TlsDirectory> tls_;
  std::unique_ptr<identity::PeerTrust> trust_;
  std::unique_ptr<WhoCalls> service_;
  std::unique_ptr<guard::Guard> guard_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace switchboard::connections_test
