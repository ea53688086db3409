#include "tests/servers/patroni_cluster.h"

#include "absl/cleanup/cleanup.h"
#include "tests/servers/insert_load.h"
#include "tests/servers/postgres_session.h"
#include "tests/testing.h"

namespace switchboard::servers {
namespace {

using ::switchboard::testing::Eventually;

class Patroni : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status available = PatroniCluster::Available(); !available.ok())
      GTEST_SKIP() << available.message();
    ASSERT_OK_AND_ASSIGN(cluster_, PatroniCluster::Create());
    ASSERT_OK_AND_ASSIGN(uri_, cluster_->CreateDatabase("book"));
    ASSERT_OK(InsertLoad::MakeTable(uri_));
  }

  std::unique_ptr<PatroniCluster> cluster_;
  std::string uri_;
};

TEST_F(Patroni, NeverTwoThatAcknowledgeWhenAFrozenPrimaryComesBack) {
  PatroniNode* const old = cluster_->Primary();
  ASSERT_NE(old, nullptr);
  EXPECT_EQ(old->name(), "a");
  // Connected to the old one for good: nobody leads it away.
  InsertLoad stays(old->Uri("book"), 2);
  ASSERT_TRUE(stays.Acknowledges(50));
  // Else, should anything below fail, the load would wait for it for ever.
  const absl::Cleanup thaws = [old] { old->Thaw(); };
  old->Freeze();
  ASSERT_OK_AND_ASSIGN(const PatroniNode* next, cluster_->AwaitPrimary(old));
  EXPECT_EQ(next->name(), "b");
  InsertLoad load(uri_, 2, /*first=*/10);
  ASSERT_TRUE(load.Acknowledges(50));
  const size_t before = stays.acknowledged();
  old->Thaw();
  ASSERT_OK(cluster_->AwaitBoth());
  // What the sessions had sent when it froze may have been on the standby already.
  EXPECT_LE(stays.acknowledged(), before + 2);
  EXPECT_TRUE(load.Acknowledges(50));
  stays.Stop();
  load.Stop();
  EXPECT_EQ(stays.Lost(uri_).value(), 0u);
  EXPECT_EQ(load.Lost(uri_).value(), 0u);
}

}  // namespace
}  // namespace switchboard::servers
