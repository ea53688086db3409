#pragma once

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>

#include "hub/edge/server.h"
#include "hub/identity/test_issuer.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/release.pb.h"
#include "tests/edge/raw_call.h"
#include "tests/testing.h"

namespace switchboard::edge_test {

using switchboard::testing::Eventually;

inline constexpr auto kSilence = static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1);

inline constexpr char kCore[] = "core-main";
inline constexpr char kVendor[] = "vendor-sakura";    // with a contract, and all the work
inline constexpr char kNoContract[] = "vendor-jade";  // with a certificate only
inline constexpr char kOperator[] = "operator-ito";
inline constexpr char kSecondOperator[] = "operator-sato";

// The machine's time, and so much more.
class ShiftedClock final : public Clock {
 public:
  absl::Time Now() override { return machine_.Now() + absl::Microseconds(shift_us_.load()); }
  void Shift(absl::Duration by) { shift_us_ += absl::ToInt64Microseconds(by); }

 private:
  SystemClock machine_;
  std::atomic<int64_t> shift_us_{0};
};

// A whole hub as switchboardd runs it, on the loopback with mutual TLS and real storage of the
// engine of this run (tests/engine.h). The clock is the machine's, as OpenSSL reads it, until a
// test shifts it; nothing here depends on its value.
class EdgeHub {
 public:
  // `unread_end_max`: as of edge::ServerOptions.
  explicit EdgeHub(absl::Duration unread_end_max = absl::Minutes(10));
  ~EdgeHub();

  // Folder of a peer's material. Peers above are there; more can be written with issuer().
  std::string Folder(const std::string& peer) const { return folder_ / peer; }
  identity::Issuer& issuer() { return issuer_; }
  identity::TlsDirectory& tls() { return *tls_; }
  edge::Server& server() { return *server_; }
  Hub& hub() { return *hub_; }
  ShiftedClock& clock() { return clock_; }
  ThreadPool& executor() { return *executor_; }  // of two threads
  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }

  // A connection of its own with the material of that folder, good or not.
  std::shared_ptr<grpc::Channel> Connect(const std::string& peer) const;
  std::shared_ptr<grpc::Channel> Connect(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials) const;

  // Value of one line of the metrics' text, such as `switchboard_rpcs_total{code="OK",…}`; 0 when
  // it is not there.
  double Metric(const std::string& line) const;
  // Waits until the metric is at least so much; false after 30 s.
  bool MetricReaches(const std::string& line, double value) const;

  // What is in quarantine: "core/main account STATUS_INVALID person.birth_date", one each, in
  // order.
  std::vector<std::string> Quarantine() const;

  // Imports `count` good accounts from `first` on, source "nightly".
  void Import(int64_t first, int64_t count) const;

 private:
  // As the two operators.
  void PutInForce(v1::TextKind kind, const std::string& yaml) const;

  testing::TemporaryFolder folder_;
  ShiftedClock clock_;
  identity::Issuer issuer_{clock_};
  IdMint ids_{clock_};
  telemetry::Metrics metrics_;
  std::unique_ptr<telemetry::Log> log_;
  std::unique_ptr<identity::TlsDirectory> tls_;
  std::unique_ptr<ThreadPool> executor_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<edge::Server> server_;
};

// A good record: person P-<n>, account A-<n>.
v1::AccountRecord Record(int64_t sequence);

// An ImportAccountsRequest of serialized records, or of bytes that are none, true as of now.
std::string BatchOf(const std::string& source, const std::vector<std::string>& records);

// Field 1, once per item: what PostEventsRequest and ReportOutcomesRequest look like.
std::string ItemsOf(const std::vector<std::string>& items);

}  // namespace switchboard::edge_test
