#include "hub/identity/statement_signature.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <filesystem>
#include <string>
#include <vector>

#include "hub/identity/trust_fixture.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;

const Peer kSakura{Peer::Role::kVendor, "sakura"};
const Peer kMomiji{Peer::Role::kVendor, "momiji"};
constexpr char kText[] = "order 7: 3 assignments";

// A key, and the certificates that its owner shows.
struct Owner {
  Key key;
  std::vector<Certificate> chain;
};

class StatementSignatureTest : public TrustFixture {
 protected:
  static Owner OwnerOf(const absl::StatusOr<IssuedCertificate>& issued) {
    return {*ParseKey(issued->key_pem), *ParseCertificates(issued->certificate_pem)};
  }
  Owner Client(const std::string& uri = kVendor) {
    return OwnerOf(issuer_.authority().Issue(issuer_.Client(uri)));
  }
  // The same client with a key of another kind, in a certificate that its authority signed anew.
  Owner ClientWith(Key key, const EVP_MD* digest = EVP_sha256()) {
    Owner owner = Client();
    const Key authority = *ParseKey(issuer_.authority().key_pem());
    EXPECT_EQ(X509_set_pubkey(owner.chain.front().get(), key.get()), 1);
    EXPECT_GT(X509_sign(owner.chain.front().get(), authority.get(), digest), 0);
    owner.key = std::move(key);
    return owner;
  }

  static SignedStatement By(const Owner& owner, std::string_view text = kText) {
    const auto made = SignStatement(text, owner.key.get(), owner.chain);
    EXPECT_OK(made);
    return made.ok() ? *made : SignedStatement();
  }
  absl::Status Check(const SignedStatement& statement, const Peer& by = kSakura) {
    return CheckStatement(statement, by, *trust_, kDomain);
  }
  static auto Refused() {
    return FailsWith(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID");
  }
};

TEST_F(StatementSignatureTest, EachKindOfKeyThatTlsKnowsSigns) {
  const auto check = [this](const Owner& owner) {
    const SignedStatement statement = By(owner);
    EXPECT_EQ(statement.statement, kText);
    EXPECT_OK(Check(statement));
    const auto signer = SignerOf(statement);
    ASSERT_OK(signer);
    EXPECT_EQ(signer->serial(), SerialOf(owner.chain.front().get()));
  };
  check(Client());
  check(ClientWith(Key(EVP_EC_gen("P-384"))));
  check(ClientWith(Key(EVP_RSA_gen(2048))));
  check(ClientWith(Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))));
}

TEST_F(StatementSignatureTest, WeakAndUnknownKeysAreRefused) {
  EXPECT_THAT(Check(By(ClientWith(Key(EVP_RSA_gen(1024))))), Refused());
  EXPECT_THAT(Check(By(ClientWith(Key(EVP_EC_gen("P-256")), EVP_sha1()))), Refused());
  const Owner unknown = ClientWith(Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")));
  EXPECT_THAT(SignStatement(kText, unknown.key.get(), unknown.chain),
              FailsWith(absl::StatusCode::kInvalidArgument, "KEY_KIND_UNKNOWN"));
  SignedStatement forged = By(Client());
  forged.certificates = {
      By({Client().key, ClientWith(Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"))).chain})
          .certificates};
  EXPECT_THAT(Check(forged), Refused());
}

TEST_F(StatementSignatureTest, NoBitMayBeAnother) {
  const SignedStatement good = By(Client());
  ASSERT_OK(Check(good));
  for (std::string SignedStatement::*part :
       {&SignedStatement::statement, &SignedStatement::signature}) {
    for (size_t i = 0; i < (good.*part).size(); ++i) {
      SignedStatement bad = good;
      (bad.*part)[i] ^= 1;
      EXPECT_THAT(Check(bad), Refused()) << i;
    }
    SignedStatement bad = good;
    (bad.*part) += '\0';
    EXPECT_THAT(Check(bad), Refused());
    (bad.*part).clear();
    EXPECT_THAT(Check(bad), Refused());
  }
}

TEST_F(StatementSignatureTest, ASignatureIsOfOneStatementByOneKey) {
  const Owner owner = Client();
  SignedStatement first = By(owner, "order 1");
  SignedStatement second = By(owner, "order 2");
  std::swap(first.signature, second.signature);
  EXPECT_THAT(Check(first), Refused());
  EXPECT_THAT(Check(second), Refused());
  // Another's key under this one's certificate, and this one's key under another's.
  const Owner other = Client();
  SignedStatement mixed = By(owner);
  mixed.certificates = By(other).certificates;
  EXPECT_THAT(Check(mixed), Refused());
  // What is signed says what it is for: the bare statement's signature is none.
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const std::string text = kText;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::string bare(200, '\0');
  size_t size = bare.size();
  ASSERT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, owner.key.get()), 1);
  ASSERT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(bare.data()), &size,
                           bytes, text.size()),
            1);
  bare.resize(size);
  SignedStatement without = By(owner);
  without.signature = bare;
  EXPECT_THAT(Check(without), Refused());
}

TEST_F(StatementSignatureTest, NobodySignsForSomebodyElse) {
  const std::string domain = std::string("spiffe://") + kDomain;
  EXPECT_THAT(Check(By(Client()), kMomiji), Refused());
  EXPECT_THAT(Check(By(Client(domain + "/vendor/momiji"))), Refused());
  EXPECT_OK(Check(By(Client(domain + "/vendor/momiji")), kMomiji));
  EXPECT_THAT(Check(By(Client(domain + "/core/sakura"))), Refused());
  EXPECT_THAT(Check(By(Client("spiffe://elsewhere.example/vendor/sakura"))), Refused());
  EXPECT_THAT(Check(By(Client(""))), Refused());
}

TEST_F(StatementSignatureTest, ItsCertificatesMustBeGoodForACallNow) {
  EXPECT_THAT(Check(By(OwnerOf(other_.authority().Issue(other_.Client(kVendor))))), Refused());
  LeafRequest server = issuer_.Client(kVendor);
  server.client = false;
  server.server = true;
  EXPECT_THAT(Check(By(OwnerOf(issuer_.authority().Issue(server)))), Refused());

  const Owner lost = Client();
  const SignedStatement statement = By(lost);
  EXPECT_OK(Check(statement));
  ASSERT_OK_AND_ASSIGN(const std::string list,
                       issuer_.authority().Revoke({ToPem(lost.chain.front().get())}, clock_.Now(),
                                                  clock_.Now() + absl::Hours(1)));
  ASSERT_OK(WriteMaterial(Hub() + "/crl.pem", list, 0644));
  ASSERT_OK(tls_->Refresh());
  EXPECT_THAT(Check(statement), Refused());
  std::filesystem::remove(Hub() + "/crl.pem");
  ASSERT_OK(tls_->Refresh());
  EXPECT_OK(Check(statement));

  clock_.Advance(absl::Hours(11));
  EXPECT_THAT(Check(statement), Refused());
  EXPECT_OK(SignerOf(statement));  // whose it was can be shown for ever
}

TEST_F(StatementSignatureTest, CertificatesBetweenComeWithIt) {
  ASSERT_OK_AND_ASSIGN(const auto middle,
                       issuer_.authority().Subordinate(clock_.Now() - absl::Hours(1),
                                                       clock_.Now() + absl::Hours(9)));
  Owner owner = OwnerOf(middle.Issue(issuer_.Client(kVendor)));
  EXPECT_THAT(Check(By(owner)), Refused());
  owner.chain.push_back(std::move(ParseCertificates(middle.certificate_pem())->front()));
  EXPECT_OK(Check(By(owner)));
}

TEST_F(StatementSignatureTest, CertificatesAreOneToFiveInDerForm) {
  Owner owner = Client();
  for (int i = 0; i < 5; ++i)
    owner.chain.push_back(std::move(ParseCertificates(issuer_.roots())->front()));
  SignedStatement statement = By(owner);
  EXPECT_EQ(statement.certificates.size(), SignedStatement::kCertificatesMax);
  EXPECT_OK(Check(statement));
  statement.certificates.push_back(statement.certificates.back());
  EXPECT_THAT(Check(statement), Refused());
  statement.certificates.clear();
  EXPECT_THAT(Check(statement), Refused());
  const SignedStatement good = By(owner);
  for (const std::string& no_certificate :
       {std::string(), good.certificates[0] + "x", good.certificates[0].substr(1),
        ToPem(owner.chain[0].get())}) {
    statement = good;
    statement.certificates[0] = no_certificate;
    EXPECT_THAT(Check(statement), Refused());
    statement = good;
    statement.certificates[1] = no_certificate;
    EXPECT_THAT(Check(statement), Refused());
  }
}

}  // namespace
}  // namespace switchboard::identity
