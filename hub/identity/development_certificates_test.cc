#include "hub/identity/development_certificates.h"

#include <sys/stat.h>

#include <functional>
#include <iterator>

#include "hub/identity/certificate.h"
#include "hub/identity/tls_material.h"
#include "tests/testing.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using Role = Peer::Role;

class DevelopmentCertificates : public ::testing::Test {
 protected:
  DevelopmentOptions Options() {
    DevelopmentOptions options;
    options.directory = folder_ / "certs";
    options.trust_domain = "issuer.example";
    options.peers = {{{Role::kHub, "one"}, {"hub.example", "192.0.2.7", "::1"}},
                     {{Role::kHub, "local"}, {}},
                     {{Role::kCore, "main"}, {}},
                     {{Role::kVendor, "sakura"}, {}},
                     {{Role::kOperator, "ines"}, {}}};
    return options;
  }

  Certificate Leaf(const std::string& name) {
    auto chain = ParseCertificates(ReadFile(folder_ / ("certs/" + name + "/tls.crt")));
    EXPECT_OK(chain);
    return std::move(chain->front());
  }

  mode_t ModeOf(const std::string& name) {
    struct stat facts {};
    EXPECT_EQ(stat((folder_ / name).c_str(), &facts), 0) << name;
    return facts.st_mode & 0777;
  }

  TemporaryFolder folder_;
  ManualClock clock_;
};

TEST_F(DevelopmentCertificates, EverybodyGetsWhatFits) {
  ASSERT_OK_AND_ASSIGN(const auto folders, MakeDevelopmentCertificates(Options(), clock_));
  const struct {
    const char* folder;
    TlsUse use;
    const char* uri;
  } cases[] = {
      {"hub-one", TlsUse::kServer, "spiffe://issuer.example/hub/one"},
      {"hub-local", TlsUse::kServer, "spiffe://issuer.example/hub/local"},
      {"core-main", TlsUse::kClient, "spiffe://issuer.example/core/main"},
      {"vendor-sakura", TlsUse::kClient, "spiffe://issuer.example/vendor/sakura"},
      {"operator-ines", TlsUse::kClient, "spiffe://issuer.example/operator/ines"},
  };
  ASSERT_EQ(folders.size(), std::size(cases));
  for (size_t i = 0; i < folders.size(); ++i) {
    const auto& one = cases[i];
    SCOPED_TRACE(one.folder);
    EXPECT_EQ(folders[i], folder_ / ("certs/" + std::string(one.folder)));
    const TlsUse other = one.use == TlsUse::kServer ? TlsUse::kClient : TlsUse::kServer;
    EXPECT_OK(CheckTlsMaterial(folders[i], one.use, clock_));
    EXPECT_FALSE(CheckTlsMaterial(folders[i], other, clock_).ok()) << "no more than it needs";
    EXPECT_EQ(UriNames(Leaf(one.folder).get()), std::vector<std::string>{one.uri});
    EXPECT_EQ(ModeOf("certs/" + std::string(one.folder) + "/tls.key"), 0600u);
    EXPECT_EQ(ModeOf("certs/" + std::string(one.folder)), 0700u);
  }
  EXPECT_EQ(ModeOf("certs/ca.key"), 0600u);
  EXPECT_EQ(ModeOf("certs/ca.crt"), 0644u);
}

TEST_F(DevelopmentCertificates, HostsAreTheHubsOnly) {
  ASSERT_OK(MakeDevelopmentCertificates(Options(), clock_));
  const Certificate one = Leaf("hub-one");
  const Certificate local = Leaf("hub-local");
  for (const char* host : {"hub.example", "192.0.2.7", "::1"})
    EXPECT_TRUE(CoversHost(one.get(), host));
  for (const char* host : {"localhost", "127.0.0.1", "::1"})
    EXPECT_TRUE(CoversHost(local.get(), host));
  for (const char* host : {"localhost", "evil.example", "x.hub.example", "192.0.2.8", ""}) {
    EXPECT_FALSE(CoversHost(one.get(), host)) << host;
  }
  EXPECT_FALSE(CoversHost(Leaf("vendor-sakura").get(), "localhost"));
}

TEST_F(DevelopmentCertificates, NothingIsOverwrittenWithoutForce) {
  ASSERT_OK(MakeDevelopmentCertificates(Options(), clock_));
  const std::string before = ReadFile(folder_ / "certs/ca.crt");
  EXPECT_THAT(MakeDevelopmentCertificates(Options(), clock_),
              FailsWith(absl::StatusCode::kAlreadyExists, "CERTIFICATES_EXIST"));
  EXPECT_EQ(ReadFile(folder_ / "certs/ca.crt"), before);
  DevelopmentOptions force = Options();
  force.force = true;
  ASSERT_OK(MakeDevelopmentCertificates(force, clock_));
  EXPECT_NE(ReadFile(folder_ / "certs/ca.crt"), before);
  EXPECT_OK(CheckTlsMaterial(folder_ / "certs/vendor-sakura", TlsUse::kClient, clock_));
}

TEST_F(DevelopmentCertificates, PeersCanBeAddedAndRenewed) {
  ASSERT_OK(MakeDevelopmentCertificates(Options(), clock_));
  DevelopmentOptions more = Options();
  more.peers = {{{Role::kVendor, "hinode"}, {}}};
  ASSERT_OK(AddDevelopmentCertificates(more, clock_));
  EXPECT_EQ(ReadFile(folder_ / "certs/vendor-hinode/ca.crt"), ReadFile(folder_ / "certs/ca.crt"));
  EXPECT_OK(CheckTlsMaterial(folder_ / "certs/vendor-hinode", TlsUse::kClient, clock_));
  EXPECT_THAT(AddDevelopmentCertificates(more, clock_),
              FailsWith(absl::StatusCode::kAlreadyExists, "CERTIFICATES_EXIST"));
  clock_.Advance(more.leaf_validity + absl::Seconds(1));
  EXPECT_FALSE(CheckTlsMaterial(folder_ / "certs/vendor-hinode", TlsUse::kClient, clock_).ok());
  more.force = true;
  ASSERT_OK(AddDevelopmentCertificates(more, clock_));
  EXPECT_OK(CheckTlsMaterial(folder_ / "certs/vendor-hinode", TlsUse::kClient, clock_));
}

TEST_F(DevelopmentCertificates, WrongOptionsLeaveNothingBehind) {
  const struct {
    const char* what;
    std::function<void(DevelopmentOptions&)> change;
  } cases[] = {
      {"directory", [](auto& o) { o.directory.clear(); }},
      {"no domain", [](auto& o) { o.trust_domain.clear(); }},
      {"domain", [](auto& o) { o.trust_domain = "Issuer.example"; }},
      {"path in domain", [](auto& o) { o.trust_domain = "issuer.example/x"; }},
      {"name", [](auto& o) { o.peers[2].peer.name = "../../etc"; }},
      {"long name", [](auto& o) { o.peers[2].peer.name = std::string(33, 'a'); }},
      {"twice", [](auto& o) { o.peers.push_back(o.peers[0]); }},
      {"vendor with host", [](auto& o) { o.peers[3].hosts = {"localhost"}; }},
      {"names smuggled in",
       [](auto& o) { o.peers[0].hosts = {"a.example,URI:spiffe://x/core/y"}; }},
      {"empty host", [](auto& o) { o.peers[0].hosts = {""}; }},
      {"host with NUL", [](auto& o) { o.peers[0].hosts = {std::string("a\0b", 3)}; }},
      {"validity", [](auto& o) { o.leaf_validity = absl::ZeroDuration(); }},
      {"authority ends first", [](auto& o) { o.authority_validity = o.leaf_validity / 2; }},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    DevelopmentOptions options = Options();
    one.change(options);
    EXPECT_THAT(MakeDevelopmentCertificates(options, clock_),
                FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  }
}

}  // namespace
}  // namespace switchboard::identity
