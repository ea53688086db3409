#pragma once

// For the tests of this folder: a guard on the loopback, and in gRPC's place what a test does with
// the plain bytes.

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>

#include "hub/base/mutex.h"
#include "hub/guard/guard.h"
#include "hub/identity/test_issuer.h"
#include "tests/http2_bytes.h"
#include "tests/raw_peer.h"
#include "tests/silent_connections.h"

namespace switchboard::guard {

class PlainServer {
 public:
  explicit PlainServer(GuardOptions options = {}, const ConnectionShares& shares = {})
      : book_(shares, "plain-" + std::to_string(reinterpret_cast<uintptr_t>(this))) {
    issuer_.Write(folder_ / "hub", issuer_.Server());
    Write("vendor/sakura");
    identity::TlsDirectoryOptions tls;
    tls.directory = folder_ / "hub";
    tls.poll_interval = absl::Hours(1);
    tls_ = *identity::TlsDirectory::Open(tls, clock_);
    trust_ = std::make_unique<identity::PeerTrust>(*tls_, clock_);
    options.accept.address = "127.0.0.1:0";
    options.trust_domain = identity::kDomain;
    options.door.per_address.per_second = 0;
    GuardCalls calls;
    calls.on_offence = [this](const OpenConnection&, Offence offence) {
      MutexLock lock(mutex_);
      offences_.push_back(offence);
      changed_.NotifyAll();
    };
    guard_ = *Guard::Bind(std::move(options), *tls_, *trust_, book_, refusals_, clock_,
                          steady_clock_, std::move(calls));
    guard_->Start([this](int descriptor) {
      MutexLock lock(mutex_);
      handed_over_.push_back(std::make_unique<Socket>(descriptor));
      changed_.NotifyAll();
    });
  }
  ~PlainServer() { guard_.reset(); }  // before what its calls tell

  // Material of another peer, "core/main", in the folder of that name.
  void Write(const std::string& peer) {
    issuer_.Write(folder_ / peer,
                  issuer_.Client(std::string("spiffe://") + identity::kDomain + "/" + peer));
  }
  std::string Folder(const std::string& peer) const { return folder_ / peer; }
  std::string address() const { return "127.0.0.1:" + std::to_string(guard_->port()); }

  // gRPC's end of the oldest connection that was handed over and not taken yet.
  std::unique_ptr<Socket> Take() {
    MutexLock lock(mutex_);
    EXPECT_TRUE(changed_.WaitFor(mutex_, absl::Seconds(30), [this]() SWITCHBOARD_REQUIRES(mutex_) {
      return !handed_over_.empty();
    }));
    if (handed_over_.empty()) return std::make_unique<Socket>();
    auto socket = std::move(handed_over_.front());
    handed_over_.pop_front();
    const int flags = fcntl(socket->get(), F_GETFL);
    fcntl(socket->get(), F_SETFL, flags & ~O_NONBLOCK);
    const timeval patience = {30, 0};
    setsockopt(socket->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return socket;
  }

  std::shared_ptr<testing::RawPeer> Connect(const std::string& peer = "vendor/sakura") {
    auto made = testing::RawPeer::Connect(address(), Folder(peer));
    EXPECT_OK(made);
    return made.ok() ? *std::move(made) : nullptr;
  }

  bool SawOffence(Offence offence) {
    MutexLock lock(mutex_);
    return changed_.WaitFor(mutex_, absl::Seconds(30), [&]() SWITCHBOARD_REQUIRES(mutex_) {
      return std::find(offences_.begin(), offences_.end(), offence) != offences_.end();
    });
  }
  int64_t refused(RefusalReason reason) const { return refusals_.counted(reason); }
  int64_t handshakes_refused() const {
    return refused(RefusalReason::kHandshakeFailed) + refused(RefusalReason::kHandshakeTime);
  }

  ManualClock& steady_clock() { return steady_clock_; }
  ManualClock& clock() { return clock_; }
  const identity::Issuer& issuer() const { return issuer_; }
  identity::TlsDirectory& tls() { return *tls_; }
  const ConnectionBook& book() const { return book_; }
  Guard& guard() { return *guard_; }

 private:
  testing::TemporaryFolder folder_;
  ManualClock clock_;
  ManualClock steady_clock_;
  identity::Issuer issuer_{clock_};
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::unique_ptr<Socket>> handed_over_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::vector<Offence> offences_ SWITCHBOARD_GUARDED_BY(mutex_);
  ConnectionBook book_;
  RefusalTally refusals_{[](const Refusals&) {}, clock_};
  std::unique_ptr<identity::TlsDirectory> tls_;
  std::unique_ptr<identity::PeerTrust> trust_;
  std::unique_ptr<Guard> guard_;
};

}  // namespace switchboard::guard
