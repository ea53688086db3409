#include "hub/identity/tls_material.h"

#include <sys/stat.h>
#include <unistd.h>

#include <iterator>

#include "hub/identity/development_authority.h"
#include "hub/identity/material_files.h"
#include "tests/testing.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using ::switchboard::testing::WriteFile;

constexpr auto kInvalid = absl::StatusCode::kFailedPrecondition;

class TlsMaterialTest : public ::testing::Test {
 protected:
  TlsMaterialTest() {
    request_.common_name = "hub";
    request_.server = true;
    request_.not_before = clock_.Now() - absl::Hours(1);
    request_.not_after = clock_.Now() + absl::Hours(24);
    Write(folder_.path().string(), authority_, request_);
  }

  static void Write(const std::string& folder, const DevelopmentAuthority& authority,
                    const LeafRequest& request) {
    const auto issued = authority.Issue(request);
    ASSERT_OK(issued);
    std::filesystem::create_directories(folder);
    ASSERT_OK(WriteMaterial(folder + "/tls.crt", issued->certificate_pem, 0644));
    ASSERT_OK(WriteMaterial(folder + "/tls.key", issued->key_pem, 0600));
    ASSERT_OK(WriteMaterial(folder + "/ca.crt", authority.certificate_pem(), 0644));
  }

  absl::StatusOr<TlsMaterial> Check(TlsUse use = TlsUse::kServer) {
    return CheckTlsMaterial(folder_.path().string(), use, clock_);
  }

  // Fails, naming `file`, and shows nothing of the key.
  void ExpectWrong(const std::string& file, const std::string& words) {
    const auto material = Check();
    EXPECT_THAT(material, FailsWith(kInvalid, "TLS_MATERIAL_INVALID"));
    EXPECT_EQ(ErrorMetadata(material.status(), "file"), folder_ / file);
    const std::string text(material.status().message());
    EXPECT_NE(text.find(words), std::string::npos) << text;
    EXPECT_EQ(text.find("PRIVATE"), std::string::npos) << text;
  }

  void Issue(const LeafRequest& request) { Write(folder_.path().string(), authority_, request); }

  DevelopmentAuthority NewAuthority() {
    return *DevelopmentAuthority::Create(clock_.Now() - absl::Hours(2),
                                         clock_.Now() + absl::Hours(1000));
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  DevelopmentAuthority authority_ = NewAuthority();
  LeafRequest request_;
};

TEST_F(TlsMaterialTest, GoodMaterial) {
  ASSERT_OK_AND_ASSIGN(const TlsMaterial material, Check());
  EXPECT_EQ(material.certificate_pem, ReadFile(folder_ / "tls.crt"));
  EXPECT_EQ(material.key(), ReadFile(folder_ / "tls.key"));
  EXPECT_EQ(material.roots_pem, ReadFile(folder_ / "ca.crt"));
  EXPECT_EQ(material.not_after, clock_.Now() + absl::Hours(24));
}

TEST_F(TlsMaterialTest, DatesAreTheClocks) {
  clock_.Advance(absl::Hours(25));
  ExpectWrong("tls.crt", "expired");
  clock_.Advance(-absl::Hours(25 + 2));
  ExpectWrong("tls.crt", "not valid before");
}

TEST_F(TlsMaterialTest, KeyOfAnotherCertificate) {
  WriteFile(folder_ / "tls.key", authority_.Issue(request_)->key_pem);
  ExpectWrong("tls.key", "does not belong to the certificate");
}

TEST_F(TlsMaterialTest, NobodyReadsTheKeyWhoNeedNot) {
  const std::string key = folder_ / "tls.key";
  for (const mode_t mode : {0604, 0660, 0602, 0610, 0644, 0666}) {
    ASSERT_EQ(chmod(key.c_str(), mode), 0);
    ExpectWrong("tls.key", "chmod 600");
  }
  for (const mode_t mode : {0400, 0600}) {
    ASSERT_EQ(chmod(key.c_str(), mode), 0);
    EXPECT_OK(Check());
  }
}

// What Kubernetes lays down with fsGroup: root's file, mode 0440, in the hub's group.
TEST_F(TlsMaterialTest, TheHubsGroupMayReadAKeyThatSomebodyElseOwns) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const std::string key = folder_ / "tls.key";
  for (const mode_t mode : {0640, 0440}) {
    ASSERT_EQ(chmod(key.c_str(), mode), 0);
    ASSERT_EQ(chown(key.c_str(), 4711, getegid()), 0);
    EXPECT_OK(Check());
    ASSERT_EQ(chown(key.c_str(), 4711, 4711), 0);
    ExpectWrong("tls.key", "none of the hub's");
  }
}

TEST_F(TlsMaterialTest, OtherAuthority) {
  WriteFile(folder_ / "ca.crt", NewAuthority().certificate_pem());
  ExpectWrong("tls.crt", "was not signed by a CA in");
  WriteFile(folder_ / "ca.crt", NewAuthority().certificate_pem() + authority_.certificate_pem());
  EXPECT_OK(Check()) << "one of several roots will do";
}

// root → mid → leaf.
TEST_F(TlsMaterialTest, AnIntermediateIsTrustAsGrpcSeesIt) {
  const auto middle =
      authority_.Subordinate(clock_.Now() - absl::Hours(2), clock_.Now() + absl::Hours(12));
  ASSERT_OK(middle);
  const auto leaf = middle->Issue(request_);
  ASSERT_OK(leaf);
  const std::string root = authority_.certificate_pem();
  const std::string mid = middle->certificate_pem();
  ASSERT_OK(WriteMaterial(folder_ / "tls.key", leaf->key_pem, 0600));
  const struct {
    std::string certificate, roots;
    bool good;
  } rows[] = {
      {leaf->certificate_pem, mid, true},
      {leaf->certificate_pem + mid, mid, true},
      {leaf->certificate_pem + mid, root, true},
      {leaf->certificate_pem + mid + root, root, true},
      {leaf->certificate_pem + root + mid, root, true},
      {leaf->certificate_pem, root, false},
      {leaf->certificate_pem, leaf->certificate_pem, false},
      {leaf->certificate_pem + mid, leaf->certificate_pem, false},
  };
  for (size_t i = 0; i < std::size(rows); ++i) {
    SCOPED_TRACE(i);
    WriteFile(folder_ / "tls.crt", rows[i].certificate);
    WriteFile(folder_ / "ca.crt", rows[i].roots);
    if (rows[i].good) {
      EXPECT_OK(Check());
    } else {
      ExpectWrong("tls.crt", "add the CA that signed it to ca.crt");
    }
  }
  WriteFile(folder_ / "ca.crt", root);
  WriteFile(folder_ / "tls.crt", mid + leaf->certificate_pem);
  ExpectWrong("tls.crt", "does not begin with the certificate that the key belongs to");
}

TEST_F(TlsMaterialTest, TheFirstEndCounts) {
  const auto middle =
      authority_.Subordinate(clock_.Now() - absl::Hours(2), clock_.Now() + absl::Hours(12));
  ASSERT_OK(middle);
  const auto leaf = middle->Issue(request_);
  ASSERT_OK(leaf);
  ASSERT_OK(WriteMaterial(folder_ / "tls.key", leaf->key_pem, 0600));
  WriteFile(folder_ / "tls.crt", leaf->certificate_pem + middle->certificate_pem());
  WriteFile(folder_ / "ca.crt", authority_.certificate_pem() + middle->certificate_pem());
  ASSERT_OK_AND_ASSIGN(const TlsMaterial material, Check());
  EXPECT_EQ(material.not_after, clock_.Now() + absl::Hours(12));
  EXPECT_EQ(material.roots_not_after, clock_.Now() + absl::Hours(12));
}

TEST_F(TlsMaterialTest, CarriageReturnsAndLinksAreFine) {
  for (const char* file : {"tls.crt", "tls.key", "ca.crt"}) {
    std::string text;
    for (const char c : ReadFile(folder_ / file)) text += c == '\n' ? "\r\n" : std::string(1, c);
    ASSERT_OK(WriteMaterial(folder_ / file, text, 0600));
  }
  EXPECT_OK(Check());
  // As Kubernetes lays a secret: files are links into ..data, which is a link to a folder.
  const auto lay = [&](const std::string& name) {
    Write(folder_ / name, authority_, request_);
    std::filesystem::remove(folder_ / "..new");
    std::filesystem::create_directory_symlink(name, folder_ / "..new");
    std::filesystem::rename(folder_ / "..new", folder_ / "..data");
  };
  lay("..2026_01");
  for (const std::string file : {"tls.crt", "tls.key", "ca.crt"}) {
    std::filesystem::remove(folder_ / file);
    std::filesystem::create_symlink("..data/" + file, folder_ / file);
  }
  ASSERT_OK_AND_ASSIGN(const TlsMaterial first, Check());
  lay("..2026_02");
  ASSERT_OK_AND_ASSIGN(const TlsMaterial second, Check());
  EXPECT_NE(first.key(), second.key());
}

TEST_F(TlsMaterialTest, EverythingThatIsWrongIsTold) {
  EXPECT_TRUE(FindTlsProblems(folder_.path().string(), TlsUse::kServer, clock_).empty());
  const auto files = [&] {
    std::vector<std::string> names;
    for (const auto& problem : FindTlsProblems(folder_.path().string(), TlsUse::kServer, clock_)) {
      EXPECT_THAT(problem, FailsWith(kInvalid, "TLS_MATERIAL_INVALID"));
      names.push_back(std::filesystem::path(ErrorMetadata(problem, "file")).filename().string());
    }
    return names;
  };
  WriteFile(folder_ / "ca.crt", NewAuthority().certificate_pem());
  ASSERT_OK(WriteMaterial(folder_ / "tls.key", authority_.Issue(request_)->key_pem, 0600));
  EXPECT_THAT(files(), ::testing::ElementsAre("tls.key", "tls.crt"));
  WriteFile(folder_ / "tls.crt", "");
  ASSERT_EQ(chmod((folder_ / "tls.key").c_str(), 0666), 0);
  std::filesystem::remove(folder_ / "ca.crt");
  EXPECT_THAT(files(), ::testing::ElementsAre("tls.crt", "tls.key", "ca.crt"));
  std::filesystem::remove_all(folder_.path());
  const auto missing = FindTlsProblems(folder_.path().string(), TlsUse::kServer, clock_);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_THAT(std::string(missing[0].message()), ::testing::HasSubstr("is no folder"));
  WriteFile(folder_.path().string(), "a file");
  EXPECT_THAT(std::string(Check().status().message()), ::testing::HasSubstr("is no folder"));
}

TEST_F(TlsMaterialTest, UsageMustFit) {
  EXPECT_THAT(Check(TlsUse::kClient), FailsWith(kInvalid, "TLS_MATERIAL_INVALID"));
  request_.server = false;
  request_.client = true;
  Issue(request_);
  ExpectWrong("tls.crt", "serverAuth");
  EXPECT_OK(Check(TlsUse::kClient));
  request_.server = true;
  Issue(request_);
  EXPECT_OK(Check(TlsUse::kServer));
  EXPECT_OK(Check(TlsUse::kClient));
}

TEST_F(TlsMaterialTest, HostileFiles) {
  const std::string good_key = ReadFile(folder_ / "tls.key");
  const std::string good_certificate = ReadFile(folder_ / "tls.crt");
  const std::string half = good_certificate.substr(0, good_certificate.size() / 2);
  const struct {
    const char* file;
    std::string content;
    const char* words;
  } cases[] = {
      {"tls.crt", "", "is empty"},
      {"tls.crt", "hello", "no certificate"},
      {"tls.crt", std::string(1000, '\0'), "no certificate"},
      {"tls.crt", good_key, "no certificate"},
      {"tls.crt", half, "cannot be parsed"},
      {"tls.crt", good_certificate + half, "cannot be parsed"},
      {"tls.crt", std::string((1 << 20) + 1, 'a'), "larger than 1 MiB"},
      {"tls.key", good_certificate, "no private key"},
      {"tls.key", good_key.substr(0, good_key.size() / 2), "no private key"},
      {"tls.key",
       "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAc\n"
       "-----END ENCRYPTED PRIVATE KEY-----\n",
       "take it off with openssl pkey"},
      {"tls.key",
       "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
       "-----END EC PRIVATE KEY-----\n",
       "take it off with openssl pkey"},
      {"tls.crt", "0\x82\x01\x02", "openssl x509 -inform der"},
      {"tls.key", "0\x82\x01\x02", "openssl pkey -inform der"},
      {"ca.crt", "\n", "no certificate"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(std::string(one.file) + " " + one.words);
    Issue(request_);
    ASSERT_OK(WriteMaterial(folder_ / one.file, one.content, 0600));
    ExpectWrong(one.file, one.words);
  }
}

TEST_F(TlsMaterialTest, MissingAndOddFiles) {
  for (const char* file : {"tls.crt", "tls.key", "ca.crt"}) {
    SCOPED_TRACE(file);
    Issue(request_);
    std::filesystem::remove(folder_ / file);
    ExpectWrong(file, "cannot be read");
    std::filesystem::create_directory(folder_ / file);
    ExpectWrong(file, "is not a regular file");
    std::filesystem::remove(folder_ / file);
    ASSERT_EQ(mkfifo((folder_ / file).c_str(), 0600), 0);
    ExpectWrong(file, "is not a regular file");
    std::filesystem::remove(folder_ / file);
  }
}

}  // namespace
}  // namespace switchboard::identity
