#include "hub/identity/diagnose.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "hub/guard/accept_loop.h"
#include "tests/connections/loopback_hub.h"

namespace switchboard::connections_test {
namespace {

using identity::DiagnoseTls;
using identity::Issuer;
using identity::LeafRequest;
using identity::TlsReport;
using ::switchboard::testing::TemporaryFolder;

class Diagnose : public ::testing::Test {
 protected:
  Diagnose() {
    issuer_.Write(folder_ / "hub", issuer_.Server());
    issuer_.Write(folder_ / "good", issuer_.Client(kVendor));
  }

  void StartHub(const std::string& directory) {
    hub_ = std::make_unique<LoopbackHub>(directory, clock_);
    hub_->Start();
  }

  // Somebody else, who listens on the loopback.
  std::unique_ptr<guard::AcceptLoop> Listening() {
    guard::AcceptOptions options;
    options.address = "127.0.0.1:0";
    return *guard::AcceptLoop::Bind(options, refusals_);
  }

  TlsReport Run(const std::string& directory, const std::string& address) {
    return DiagnoseTls({address, directory, absl::Seconds(10)}, clock_);
  }
  TlsReport Run(const std::string& directory) { return Run(directory, hub_->address()); }

  // The one step that is wrong, with its finding; everything else is good.
  static void ExpectOneWrong(const TlsReport& report, const std::string& step,
                             const std::string& words) {
    SCOPED_TRACE(report.Text());
    EXPECT_FALSE(report.good());
    int wrong = 0;
    for (const auto& one : report.steps) {
      if (one.good) continue;
      ++wrong;
      EXPECT_EQ(one.name, step);
      EXPECT_NE(one.finding.find(words), std::string::npos) << one.finding;
      EXPECT_FALSE(one.way_out.empty());
    }
    EXPECT_EQ(wrong, 1);
  }

  // The last step is the hub's refusal.
  static void ExpectHubRefuses(const TlsReport& report) {
    SCOPED_TRACE(report.Text());
    ASSERT_FALSE(report.steps.empty());
    EXPECT_EQ(report.steps.back().name, "hub accepts us");
    EXPECT_FALSE(report.steps.back().good);
    EXPECT_FALSE(report.steps.back().way_out.empty());
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  Issuer issuer_{clock_};
  Issuer rogue_{clock_};
  guard::RefusalTally refusals_{[](const guard::Refusals&) {}, clock_};
  std::unique_ptr<LoopbackHub> hub_;
};

TEST_F(Diagnose, AllIsWell) {
  StartHub(folder_ / "hub");
  const TlsReport report = Run(folder_ / "good");
  EXPECT_TRUE(report.good()) << report.Text();
  EXPECT_EQ(report.steps.size(), 8u) << report.Text();
  EXPECT_EQ(report.Text().find("WRONG"), std::string::npos);
}

TEST_F(Diagnose, OwnMaterial) {
  StartHub(folder_ / "hub");
  std::filesystem::remove(folder_ / "good/tls.key");
  ExpectOneWrong(Run(folder_ / "good"), "our certificate", "good/tls.key: cannot be read");
}

TEST_F(Diagnose, NobodyThere) {
  auto loop = Listening();
  const std::string address = "127.0.0.1:" + std::to_string(loop->port());
  loop.reset();
  ExpectOneWrong(Run(folder_ / "good", address), "connection", "nobody listens");
  ExpectOneWrong(Run(folder_ / "good", "localhost"), "connection", "not host:port");
  ExpectOneWrong(Run(folder_ / "good", "no-such-host.invalid:1"), "connection", "no address");
}

TEST_F(Diagnose, NotTls) {
  const auto loop = Listening();
  const std::string address = "127.0.0.1:" + std::to_string(loop->port());
  std::string greeting = "HTTP/1.1 400 Bad Request\r\n\r\n";
  std::vector<guard::Socket> kept;  // of the accepting thread
  loop->Start([&](guard::Socket socket, const std::string&) {
    (void)!write(socket.get(), greeting.data(), greeting.size());
    shutdown(socket.get(), SHUT_WR);
    kept.push_back(std::move(socket));  // closed later, so that nothing is cut off by a reset
  });
  ExpectOneWrong(Run(folder_ / "good", address), "TLS", "does not speak TLS");
  greeting.clear();
  ExpectOneWrong(Run(folder_ / "good", address), "TLS", "closed before TLS begins");
  loop->Stop();
}

TEST_F(Diagnose, HubIsSilent) {
  const auto loop = Listening();  // never accepts
  const TlsReport report = DiagnoseTls(
      {"127.0.0.1:" + std::to_string(loop->port()), folder_ / "good", absl::Milliseconds(50)},
      clock_);
  ExpectOneWrong(report, "TLS", "nobody answers TLS");
}

TEST_F(Diagnose, HubOfAnotherAuthority) {
  rogue_.Write(folder_ / "rogue", rogue_.Server(), rogue_.roots() + issuer_.roots());
  StartHub(folder_ / "rogue");
  ExpectOneWrong(Run(folder_ / "good"), "hub's certificate", "not signed by an authority");
}

TEST_F(Diagnose, HubOfAnotherName) {
  LeafRequest elsewhere = issuer_.Server();
  elsewhere.hosts = {"hub.example"};
  issuer_.Write(folder_ / "elsewhere", elsewhere);
  StartHub(folder_ / "elsewhere");
  ExpectOneWrong(Run(folder_ / "good"), "hub's name", "not for 127.0.0.1");
}

// Clocks that differ: ours is moved, the hub's is the machine's.
TEST_F(Diagnose, ClocksDiffer) {
  LeafRequest request = issuer_.Client(kVendor);
  request.not_before = issuer_.now() - absl::Minutes(50);
  request.not_after = issuer_.now() + absl::Hours(900);
  issuer_.Write(folder_ / "long", request);
  StartHub(folder_ / "hub");
  ManualClock early(issuer_.now() - absl::Minutes(30));
  ManualClock late(issuer_.now() + absl::Hours(20));
  ExpectOneWrong(DiagnoseTls({hub_->address(), folder_ / "long"}, early), "hub's certificate",
                 "valid only from");
  ExpectOneWrong(DiagnoseTls({hub_->address(), folder_ / "long"}, late), "hub's certificate",
                 "expired");
}

TEST_F(Diagnose, HubRefusesOurAuthority) {
  StartHub(folder_ / "hub");
  rogue_.Write(folder_ / "rogue", rogue_.Client(kVendor), rogue_.roots() + issuer_.roots());
  const TlsReport report = Run(folder_ / "rogue");
  ExpectHubRefuses(report);
  EXPECT_NE(report.Text().find("authority"), std::string::npos) << report.Text();
}

TEST_F(Diagnose, WeHaveNoName) {
  StartHub(folder_ / "hub");
  issuer_.Write(folder_ / "nameless", issuer_.Client(""));
  const TlsReport report = Run(folder_ / "nameless");
  ExpectHubRefuses(report);
  EXPECT_NE(report.Text().find("does not name us"), std::string::npos) << report.Text();
}

TEST_F(Diagnose, WeAreOfAnotherTrustDomain) {
  StartHub(folder_ / "hub");
  issuer_.Write(folder_ / "foreign", issuer_.Client("spiffe://other.example/vendor/sakura"));
  const TlsReport report = Run(folder_ / "foreign");
  ExpectHubRefuses(report);
  EXPECT_NE(report.Text().find("the hub's is issuer.example, ours is other.example"),
            std::string::npos)
      << report.Text();
}

}  // namespace
}  // namespace switchboard::connections_test
