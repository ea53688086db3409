#include "hub/identity/tls_directory.h"

#include <filesystem>
#include <string>
#include <vector>

#include "hub/base/mutex.h"
#include "hub/identity/test_issuer.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;
using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using ::switchboard::testing::WriteFile;

constexpr auto kInvalid = absl::StatusCode::kFailedPrecondition;

class TlsDirectoryTest : public ::testing::Test {
 protected:
  TlsDirectoryTest() { Renew(); }

  void Renew(absl::Duration longer = absl::ZeroDuration()) {
    LeafRequest request = issuer_.Server();
    request.not_after += longer;
    issuer_.Write(folder_.path().string(), request);
  }

  TlsDirectoryOptions Options() {
    TlsDirectoryOptions options;
    options.directory = folder_.path().string();
    options.poll_interval = absl::Hours(1);
    options.on_change = [this](const absl::Status& status) { changes_.push_back(status); };
    return options;
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  Issuer issuer_{clock_};
  std::vector<absl::Status> changes_;
};

TEST_F(TlsDirectoryTest, RefusesToOpenOnBadMaterial) {
  std::filesystem::remove(folder_ / "tls.key");
  EXPECT_THAT(TlsDirectory::Open(Options(), clock_), FailsWith(kInvalid, "TLS_MATERIAL_INVALID"));
}

// A process that is killed leaves no copy of the key anywhere.
TEST_F(TlsDirectoryTest, WritesNothing) {
  const std::filesystem::path temporary = folder_ / "tmp";
  std::filesystem::create_directory(temporary);
  ASSERT_EQ(setenv("TMPDIR", temporary.c_str(), 1), 0);
  ASSERT_OK_AND_ASSIGN(const auto directory, TlsDirectory::Open(Options(), clock_));
  Renew();
  ASSERT_OK(directory->Refresh());
  unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(temporary));
  const auto entries = std::distance(std::filesystem::directory_iterator(folder_.path()), {});
  EXPECT_EQ(entries, 4) << "tls.crt, tls.key, ca.crt and the empty folder";
}

TEST_F(TlsDirectoryTest, KeepsTheLastGoodAndSaysWhyOnce) {
  ASSERT_OK_AND_ASSIGN(const auto directory, TlsDirectory::Open(Options(), clock_));
  const std::string first(directory->live()->material.key());
  EXPECT_OK(directory->Refresh());
  EXPECT_TRUE(changes_.empty()) << "nothing changed, nothing told";

  WriteFile(folder_ / "tls.crt", "rubbish");
  EXPECT_FALSE(directory->Refresh().ok());
  EXPECT_FALSE(directory->Refresh().ok());
  ASSERT_EQ(changes_.size(), 1u);
  EXPECT_THAT(changes_[0], FailsWith(kInvalid, "TLS_MATERIAL_INVALID"));
  std::filesystem::remove(folder_ / "tls.crt");
  EXPECT_FALSE(directory->Refresh().ok());
  EXPECT_EQ(changes_.size(), 2u) << "another problem is told";
  EXPECT_EQ(directory->live()->material.key(), first);
  EXPECT_EQ(directory->live()->generation, 1);

  Renew(absl::Hours(1));
  EXPECT_OK(directory->Refresh());
  ASSERT_EQ(changes_.size(), 3u);
  EXPECT_OK(changes_[2]);
  EXPECT_EQ(directory->live()->material.key(), ReadFile(folder_ / "tls.key"));
  EXPECT_NE(directory->live()->material.key(), first);
  EXPECT_EQ(directory->live()->generation, 2);
  EXPECT_EQ(directory->live()->material.not_after, issuer_.Server().not_after + absl::Hours(1));
}

// A list that nobody could have meant is no reason to forget the last one.
TEST_F(TlsDirectoryTest, ABrokenRevocationListLeavesTheLastInForce) {
  const auto leaf = issuer_.authority().Issue(issuer_.Client("spiffe://issuer.example/vendor/x"));
  ASSERT_OK(leaf);
  ASSERT_OK_AND_ASSIGN(const std::string list,
                       issuer_.authority().Revoke({leaf->certificate_pem}, clock_.Now(),
                                                  clock_.Now() + absl::Hours(1)));
  WriteFile(folder_ / "crl.pem", list);
  ASSERT_OK_AND_ASSIGN(const auto directory, TlsDirectory::Open(Options(), clock_));
  const auto chain = *ParseCertificates(leaf->certificate_pem);
  EXPECT_TRUE(directory->live()->revocations.Revoke(chain));
  WriteFile(folder_ / "crl.pem", "rubbish");
  const absl::Status status = directory->Refresh();
  EXPECT_THAT(status, FailsWith(kInvalid, "TLS_MATERIAL_INVALID"));
  EXPECT_EQ(ErrorMetadata(status, "file"), folder_ / "crl.pem");
  EXPECT_TRUE(directory->live()->revocations.Revoke(chain));
}

TEST_F(TlsDirectoryTest, ExpiryOfTheLiveMaterialIsTold) {
  ASSERT_OK_AND_ASSIGN(const auto directory, TlsDirectory::Open(Options(), clock_));
  clock_.Advance(absl::Hours(25));
  EXPECT_FALSE(directory->Refresh().ok());
  ASSERT_EQ(changes_.size(), 1u);
  EXPECT_NE(changes_[0].message().find("expired"), absl::string_view::npos);
}

TEST_F(TlsDirectoryTest, LooksByItself) {
  TlsDirectoryOptions options = Options();
  Mutex mutex;
  CondVar changed;
  int told = 0;
  options.poll_interval = absl::Seconds(1);
  options.on_change = [&](const absl::Status&) {
    MutexLock lock(mutex);
    ++told;
    changed.NotifyAll();
  };
  ASSERT_OK_AND_ASSIGN(const auto directory, TlsDirectory::Open(options, clock_));
  WriteFile(folder_ / "tls.crt", "rubbish");
  MutexLock lock(mutex);
  EXPECT_TRUE(changed.WaitFor(mutex, absl::Minutes(2), [&] { return told == 1; }));
}

TEST_F(TlsDirectoryTest, PollIntervalIsChecked) {
  TlsDirectoryOptions options = Options();
  options.poll_interval = absl::Milliseconds(999);
  EXPECT_THAT(TlsDirectory::Open(options, clock_),
              FailsWith(absl::StatusCode::kInvalidArgument, "OPTION_INVALID"));
}

}  // namespace
}  // namespace switchboard::identity
