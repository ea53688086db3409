// Orders to delete, from the hub's answer to the vendor's signed word.

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "adapters/client/scripted_hub.h"
#include "adapters/client/sync_client.h"
#include "hub/base/digest.h"
#include "hub/base/mutex.h"
#include "hub/identity/statement_signature.h"
#include "hub/identity/test_issuer.h"
#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using identity::Issuer;
using testing::FailsWith;
using List = std::vector<std::string>;

constexpr absl::Duration kLong = absl::Seconds(60);  // never reached by a test that passes
const std::string kVendor = std::string("spiffe://") + identity::kDomain + "/vendor/sakura";

class SyncClientDeletionsTest : public ::testing::Test {
 protected:
  SyncClientDeletionsTest() {
    issuer_.Write(folder_ / "tls", issuer_.Client(kVendor));
    issuer_.Write(folder_ / "hub-tls", issuer_.Server());
    options_.hub_addresses = {"hub"};
    options_.tls_directory = folder_ / "tls";
    options_.mirror_path = folder_ / "vendor.db";
    options_.call_timeout = kLong;
    options_.tick_interval = absl::Milliseconds(1);
    options_.backoff = {absl::Milliseconds(1), absl::Milliseconds(2), 2.0};
    options_.make_channel = [this](const std::string&) { return hub_.Channel(); };
    options_.on_change = [this](const v1::SyncResponse::Change& change) {
      if (change.has_withdrawn()) Saw("-" + change.withdrawn().assignment_id());
    };
    options_.on_trouble = [this](const absl::Status& status) { Saw(ErrorReason(status)); };
  }
  // After the test's own locals: what the client calls back must not capture them.
  ~SyncClientDeletionsTest() override {
    if (client_ != nullptr) client_->Stop();
  }

  // A client whose copy has caught up, with rows a, b and c.
  std::shared_ptr<ScriptedHub::Session> Loaded() {
    auto client = SyncClient::Create(options_, clock_, ids_);
    EXPECT_OK(client);
    client_ = *std::move(client);
    client_->Start();
    auto session = hub_.NextSession(clock_);
    session->Read();
    session->WriteOpened(At("g1", 0));
    session->WriteBatch(
        BatchOf(At("g1", 0), At("g1", 3), {Assigned("a"), Assigned("b"), Assigned("c")}, true));
    EXPECT_EQ(session->ReadAck(), 3);
    return session;
  }

  static absl::Status ListOne(const v1::ListDeletionOrdersRequest& request,
                              v1::ListDeletionOrdersResponse& response) {
    if (!request.after().empty()) return absl::OkStatus();
    auto& order = *response.add_orders();
    order.add_assignment_ids("a");
    order.add_assignment_ids("b");
    order.mutable_deletion_order()->set_order_id("d1");
    order.mutable_deletion_order()->set_count(2);
    order.mutable_deletion_order()->set_digest(Sha256Of("a\nb\n"));
    return absl::OkStatus();
  }
  ScriptedHub::Lent Confirmations() {
    return hub_.OnConfirmation([this](const v1::ConfirmDeletionRequest& request, auto&) {
      MutexLock lock(mutex_);
      confirmations_.push_back(request);
      return absl::OkStatus();
    });
  }
  size_t Confirmed() {
    MutexLock lock(mutex_);
    return confirmations_.size();
  }
  void Saw(const std::string& event) {
    MutexLock lock(mutex_);
    events_.push_back(event);
  }
  bool HasSeen(const std::string& event) {
    MutexLock lock(mutex_);
    return std::find(events_.begin(), events_.end(), event) != events_.end();
  }
  List Rows() {
    List rows;
    EXPECT_OK(client_->ForEachWorkable([&](const v1::Assignment& row) {
      rows.push_back(row.assignment_id());
      return absl::OkStatus();
    }));
    return rows;
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  Issuer issuer_{clock_};
  IdMint ids_{clock_, 1};
  ScriptedHub hub_;
  SyncClientOptions options_;
  std::unique_ptr<SyncClient> client_;
  Mutex mutex_;
  std::vector<v1::ConfirmDeletionRequest> confirmations_ SWITCHBOARD_GUARDED_BY(mutex_);
  List events_ SWITCHBOARD_GUARDED_BY(mutex_);
};

TEST_F(SyncClientDeletionsTest, AnOrderIsCarriedOutAndConfirmedUnderTheVendorsSignature) {
  const auto orders = hub_.OnOrders(ListOne);
  const auto confirmations = Confirmations();
  const auto session = Loaded();
  ASSERT_TRUE(testing::Eventually([&] { return Confirmed() > 0; }));
  EXPECT_EQ(Rows(), List{"c"});
  EXPECT_TRUE(HasSeen("-a") && HasSeen("-b"));

  MutexLock lock(mutex_);
  const v1::ConfirmDeletionRequest& request = confirmations_.front();
  v1::DeletionStatement statement;
  ASSERT_TRUE(statement.ParseFromString(request.statement()));
  EXPECT_EQ(statement.order_id(), "d1");
  EXPECT_EQ(statement.vendor_id(), "sakura");
  EXPECT_EQ(statement.count(), 2);
  EXPECT_EQ(statement.digest(), Sha256Of("a\nb\n"));
  identity::TlsDirectoryOptions options;
  options.directory = folder_ / "hub-tls";
  options.poll_interval = absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const auto tls, identity::TlsDirectory::Open(options, clock_));
  const identity::PeerTrust trust(*tls, clock_);
  EXPECT_OK(identity::CheckStatement(
      {request.statement(),
       request.signature(),
       {request.certificates().begin(), request.certificates().end()}},
      identity::Peer{identity::Peer::Role::kVendor, "sakura"}, trust, identity::kDomain));
}

TEST_F(SyncClientDeletionsTest, WhatTheAdapterHasNotDeletedIsNotConfirmed) {
  std::atomic<int> asked = 0;
  std::atomic<bool> deleted = false;
  options_.on_deletion_order = [&](const v1::ListDeletionOrdersResponse::Order& order) {
    EXPECT_EQ(order.assignment_ids_size(), 2);
    ++asked;
    return deleted ? DeletionAnswer::kDeleted : DeletionAnswer::kLater;
  };
  const auto orders = hub_.OnOrders(ListOne);
  const auto confirmations = Confirmations();
  const auto session = Loaded();
  ASSERT_TRUE(testing::Eventually([&] { return asked == 1; }));
  EXPECT_EQ(Rows(), List{"c"});
  EXPECT_EQ(Confirmed(), 0u);
  deleted = true;
  EXPECT_TRUE(testing::Eventually([&] {
    clock_.Advance(absl::Seconds(1));
    return Confirmed() > 0;
  }));
  client_->Stop();
}

TEST_F(SyncClientDeletionsTest, WithoutAKeyNothingIsConfirmedAndItIsTold) {
  options_.tls_directory = folder_ / "nothing";
  const auto orders = hub_.OnOrders(ListOne);
  const auto confirmations = Confirmations();
  const auto session = Loaded();
  EXPECT_TRUE(testing::Eventually([&] { return HasSeen("TLS_MATERIAL_INVALID"); }));
  EXPECT_EQ(Rows(), List{"c"});
  EXPECT_EQ(Confirmed(), 0u);
}

TEST_F(SyncClientDeletionsTest, PassingOnIsToldBeforeItIsDone) {
  const auto pass_on = hub_.OnPassOn([](const v1::PassOnRequest& request, auto&) {
    EXPECT_EQ(request.assignment_ids_size(), 2);
    return request.sub_contractor_id() == "kita"
               ? absl::OkStatus()
               : Error(absl::StatusCode::kPermissionDenied, "SUB_CONTRACTOR_NOT_REGISTERED", "");
  });
  const auto session = Loaded();
  EXPECT_OK(client_->PassOn("kita", {"a", "b"}));
  EXPECT_THAT(client_->PassOn("minami", {"a", "b"}),
              FailsWith(absl::StatusCode::kPermissionDenied, "SUB_CONTRACTOR_NOT_REGISTERED"));
}

}  // namespace
}  // namespace switchboard::adapters
