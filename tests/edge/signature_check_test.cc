#include "hub/edge/signature_check.h"

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "hub/identity/development_certificates.h"
#include "hub/identity/statement_signature.h"
#include "tests/testing.h"

namespace switchboard::edge {
namespace {

using identity::Peer;
using testing::FailsWith;

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class SignatureCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    identity::DevelopmentOptions options;
    options.directory = folder_ / "tls";
    options.trust_domain = "issuer.example";
    options.peers = {{{Peer::Role::kHub, "one"}, {}},
                     {{Peer::Role::kVendor, "sakura"}, {}},
                     {{Peer::Role::kVendor, "jade"}, {}},
                     {{Peer::Role::kCore, "sakura"}, {}}};
    ASSERT_OK(identity::MakeDevelopmentCertificates(options, clock_));
    identity::TlsDirectoryOptions tls;
    tls.directory = folder_ / "tls/hub-one";
    ASSERT_OK_AND_ASSIGN(tls_, identity::TlsDirectory::Open(tls, clock_));
    check_ = SignatureCheckOf(*tls_, clock_, "issuer.example");
  }

  v1::ConfirmDeletionRequest SignedBy(const std::string& peer) {
    const std::string path = folder_ / ("tls/" + peer);
    const auto chain = identity::ParseCertificates(TextOf(path + "/tls.crt"));
    const auto key = identity::ParseKey(TextOf(path + "/tls.key"));
    EXPECT_OK(chain);
    EXPECT_OK(key);
    const auto made = identity::SignStatement("what was done", key->get(), *chain);
    EXPECT_OK(made);
    v1::ConfirmDeletionRequest request;
    request.set_statement(made->statement);
    request.set_signature(made->signature);
    for (const std::string& one : made->certificates) request.add_certificates(one);
    return request;
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  std::unique_ptr<identity::TlsDirectory> tls_;
  api::SignatureCheck check_;
};

TEST_F(SignatureCheckTest, OnlyWhoCallsMayHaveSignedAndOnlyWhatCame) {
  const Peer sakura{Peer::Role::kVendor, "sakura"};
  const auto invalid = FailsWith(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID");
  EXPECT_OK(check_(sakura, SignedBy("vendor-sakura")));
  EXPECT_THAT(check_(sakura, SignedBy("vendor-jade")), invalid);
  EXPECT_THAT(check_(sakura, SignedBy("core-sakura")), invalid);
  v1::ConfirmDeletionRequest request = SignedBy("vendor-sakura");
  request.mutable_statement()->back() ^= 1;
  EXPECT_THAT(check_(sakura, request), invalid);
  request = SignedBy("vendor-sakura");
  request.clear_certificates();
  EXPECT_THAT(check_(sakura, request), invalid);
  clock_.Advance(absl::Hours(24 * 91));
  EXPECT_THAT(check_(sakura, SignedBy("vendor-sakura")), invalid) << "it has ended";
}

}  // namespace
}  // namespace switchboard::edge
