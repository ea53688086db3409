// What single parties could do to the others by what they may do: on a real daemon, with
// bystanders.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "switchboard/v1/core_service.grpc.pb.h"
#include "switchboard/v1/operator_service.grpc.pb.h"
#include "tests/attacks/attack.h"
#include "tests/attacks/attacked_fixture.h"
#include "tests/crash_campaign/quick_channel.h"
#include "tests/http2_bytes.h"
#include "tests/silent_connections.h"
#include "tests/simulation/scenery.h"

namespace switchboard::attacks {
namespace {

using guard::FrameType;
using ::testing::HasSubstr;
using testing::Hello;
using testing::IsOk;

class PartyAttacks : public AttackedFixture {
 protected:
  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& peer) {
    auto channel = crash::QuickChannel(hub_->address(), hub_->TlsOf(peer), clock_);
    EXPECT_OK(channel);
    return *channel;
  }
  Attacker Vendor() { return {hub_->address(), hub_->TlsOf("vendor-beni"), clock_}; }
  int64_t Run(const std::vector<Attack>& attacks, std::string_view name) {
    for (const Attack& attack : attacks)
      if (attack.name == name) return attack.run(Vendor());
    ADD_FAILURE() << name;
    return 0;
  }
  int64_t FileGrowth(const std::function<int64_t()>& attack) {
    const auto before = hub_->Use();
    Suffer(attack);
    const auto after = hub_->Use();
    EXPECT_OK(before);
    EXPECT_OK(after);
    return after->file_bytes - before->file_bytes;
  }
};

TEST_F(PartyAttacks, RefusedOutcomesDoNotFillTheDisk) {
  EXPECT_LE(FileGrowth([&] { return Run(CallAttacks(), "OutcomesThatAreRefused"); }),
            int64_t{40} << 20);
}

TEST_F(PartyAttacks, WhatIsDeniedOrSaidAgainDoesNotFillTheAuditLog) {
  for (const char* name : {"RejectionsAgainAndAgain", "FeedsOpenedAnew", "PermitsGivenBack"}) {
    EXPECT_LE(FileGrowth([&] { return Run(CallAttacks(), name); }), int64_t{12} << 20) << name;
  }
}

TEST_F(PartyAttacks, PermitsGivenBackEndInABudget) {
  Run(CallAttacks(), "PermitsGivenBack");
  EXPECT_TRUE(testing::Eventually(
      [&] { return hub_->Log().find("permit_budget_spent") != std::string::npos; }));
}

TEST_F(PartyAttacks, TheIssuerHasRoomBesideOneWhoTakesAll) {
  Suffer([&] {
    const testing::SilentConnections strangers(hub_->address(), 700);
    std::vector<std::unique_ptr<testing::RawPeer>> many;
    for (int i = 0; i < 100; ++i) {
      testing::RawPeer::Options options;
      options.folder = hub_->TlsOf("vendor-beni");
      options.from_address = absl::StrCat("127.0.1.", i + 1);
      auto peer = testing::RawPeer::Connect(hub_->address(), options);
      if (!peer.ok()) continue;
      (*peer)->Send(Hello());
      many.push_back(*std::move(peer));
    }
    for (int i = 0; i < 5; ++i) {
      const auto peer = Connect("operator-checker", absl::StrCat("127.0.2.", i + 1));
      if (peer == nullptr) continue;
      peer->Send(
          Hello() + testing::SettingsAck() +
          testing::Call(1, "/switchboard.v1.OperatorService/ListVendors", testing::Message("")));
      EXPECT_TRUE(peer->ReadUntil(FrameType::kHeaders).has_value());
    }
    return int64_t{1} << 20;
  });
  EXPECT_THAT(hub_->Log(), HasSubstr("too_many_of_peer"));
}

TEST_F(PartyAttacks, JunkLeavesFewLines) {
  const size_t before = hub_->Log().size();
  Suffer([&] { return Run(ConnectionAttacks(), "StrangersWhoTalkJunk"); });
  EXPECT_LE(hub_->Log().size() - before, 40'000u);
}

// An operator who asks again and again what a plan would do, and for reports.
TEST_F(PartyAttacks, WhatIfInALoopKeepsNobodyWaiting) {
  const auto stub = v1::OperatorService::NewStub(ChannelOf("operator-checker"));
  Suffer([&] {
    v1::PreviewRoutingRequest request;
    request.set_yaml(simulation::PlanYaml(/*version=*/2));
    int64_t sent = 0;
    for (int i = 0; i < 30; ++i) {
      grpc::ClientContext context;
      v1::PreviewRoutingResponse response;
      const grpc::Status status = stub->PreviewRouting(&context, request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      sent += static_cast<int64_t>(request.ByteSizeLong());
    }
    return sent + (int64_t{1} << 20);
  });
}

// A core that posts a day's payments with several calls under way: permits have their turn.
TEST_F(PartyAttacks, StopsByTheThousandLeavePermitsTheirTurn) {
  const auto stub = v1::CoreService::NewStub(ChannelOf("core-main"));
  Suffer([&] {
    std::atomic<int64_t> sent = 0;
    std::vector<std::thread> posters;
    for (int poster = 0; poster < 4; ++poster) {
      posters.emplace_back([&, poster] {
        for (int call = 0; call < 5; ++call) {
          v1::PostEventsRequest request;
          for (int i = 0; i < 500; ++i) {
            v1::CoreEvent& event = *request.add_events();
            event.set_event_id(absl::StrCat("many-", poster, "-", call, "-", i));
            event.mutable_payment()->set_account_id(absl::StrCat("nobody-", poster, call, i));
            event.mutable_payment()->mutable_amount()->set_currency_code("JPY");
            event.mutable_payment()->mutable_amount()->set_minor_units(1'000);
            event.mutable_payment()->mutable_pay_time()->set_seconds(1767225600);
          }
          grpc::ClientContext context;
          v1::PostEventsResponse response;
          const grpc::Status status = stub->PostEvents(&context, request, &response);
          EXPECT_TRUE(status.ok()) << status.error_message();
          sent += static_cast<int64_t>(request.ByteSizeLong());
        }
      });
    }
    for (std::thread& poster : posters) poster.join();
    return sent.load();
  });
}

// Whoever has a connection open has it only as long as the certificate holds, however busy it is.
TEST_F(PartyAttacks, AConnectionEndsWithItsCertificate) {
  ASSERT_OK_AND_ASSIGN(const std::string folder, hub_->AddVendor("dahlia", absl::Seconds(3)));
  const auto peer = testing::RawPeer::Connect(hub_->address(), folder);
  ASSERT_OK(peer);
  ASSERT_TRUE((*peer)->Send(Hello() + testing::SettingsAck()));
  EXPECT_THAT((*peer)->Goodbye(), HasSubstr("certificate"));
  // In TLS 1.3 who comes has shaken hands before it hears that it may not.
  const auto again = testing::RawPeer::Connect(hub_->address(), folder);
  EXPECT_TRUE(!again.ok() || !(*again)->Read().has_value());
}

TEST_F(PartyAttacks, AConnectionEndsWithARevocation) {
  const auto revoked = Connect("vendor-beni");
  const auto other = Connect("vendor-chidori");
  revoked->Send(Hello() + testing::SettingsAck());
  other->Send(Hello() + testing::SettingsAck());
  ASSERT_OK(hub_->Revoke("vendor-beni"));
  EXPECT_THAT(revoked->Goodbye(), HasSubstr("certificate"));
  other->Send(testing::Ping());
  EXPECT_TRUE(other->ReadUntil(FrameType::kPing).has_value());
}

}  // namespace
}  // namespace switchboard::attacks
