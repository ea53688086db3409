// A disk that somebody else fills under the real daemon.
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "clients/core/core_client.h"
#include "tests/attacks/attacked_fixture.h"
#include "tests/attacks/small_disk.h"
#include "tests/simulation/scenery.h"

namespace switchboard::attacks {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr int64_t kMiB = 1 << 20;

class FullDisk : public AttackedFixture {
 protected:
  void SetUp() override {
    auto disk = SmallDisk::Mount(256 * kMiB);
    if (!disk.ok()) GTEST_SKIP() << disk.status().message();
    disk_ = *std::move(disk);
    Begin("limits:\n  disk_floor_mib: 64\n  disk_reserve_mib: 32\n", disk_->path() + "/hub");
  }
  void TearDown() override {
    AttackedFixture::TearDown();
    hub_.reset();
  }

  absl::Status Import(int64_t sequence) {
    clients::CoreClientOptions options;
    options.hub_addresses = {hub_->address()};
    options.tls_directory = hub_->TlsOf("core-main");
    options.attempts_max = 1;
    IdMint ids(clock_);
    ASSIGN_OR_RETURN(const auto core, clients::CoreClient::Create(std::move(options), clock_, ids));
    bool sent = false;
    return core
        ->ImportAccounts("day-feed", clock_.Now(),
                         [&](v1::AccountRecord& record) -> absl::StatusOr<bool> {
                           if (sent) return false;
                           record = simulation::MakeRecord(1'000, 1'000, simulation::AccountFacts(),
                                                           simulation::PersonFacts());
                           record.set_sequence(sequence);
                           return sent = true;
                         })
        .status();
  }

  std::unique_ptr<SmallDisk> disk_;
};

TEST_F(FullDisk, BulkWaitsWhileStopsAndPermitsGoOnFromTheReserve) {
  EXPECT_OK(Import(1));
  Suffer([&] {
    EXPECT_OK(disk_->FillUntilFree(48 * kMiB));
    EXPECT_TRUE(testing::Eventually([&] { return !Import(2).ok(); }));
    EXPECT_THAT(Import(2), FailsWith(absl::StatusCode::kResourceExhausted, "STORAGE_LOW"));
    Work(40);
    EXPECT_OK(disk_->FillUntilFree(0));
    EXPECT_TRUE(testing::Eventually(
        [&] { return hub_->Log().find("disk_reserve_given_up") != std::string::npos; }));
    Work(80);
    return kMiB;
  });
  EXPECT_THAT(hub_->Log(), HasSubstr("disk_low"));
  disk_->Clear();
  EXPECT_TRUE(testing::Eventually([&] { return Import(2).ok(); }));
}

TEST_F(FullDisk, AHubStartsOnIt) {
  bystanders_.reset();
  ASSERT_OK(disk_->FillUntilFree(0));
  ASSERT_OK(hub_->KillAndStart());
  EXPECT_THAT(Import(1), FailsWith(absl::StatusCode::kResourceExhausted, "STORAGE_LOW"));
}

}  // namespace
}  // namespace switchboard::attacks
