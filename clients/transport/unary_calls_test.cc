#include "clients/transport/unary_calls.h"

#include <future>

#include "adapters/client/scripted_hub.h"
#include "tests/testing.h"

namespace switchboard::transport {
namespace {

using Answer = absl::StatusOr<v1::RequestPermitResponse>;

class UnaryCallsTest : public ::testing::Test {
 protected:
  UnaryCallsTest() {
    hub_.on_permit = [](const auto&, auto& response) {
      response.mutable_permit()->set_permit_id("p");
      return absl::OkStatus();
    };
  }

  void Call(CallsUnderWay& calls, v1::VendorService::Stub& stub,
            absl::AnyInvocable<void(Answer)> done) {
    StartUnary<v1::RequestPermitResponse>(
        calls, *stub.async(), &v1::VendorService::Stub::async::RequestPermit,
        v1::RequestPermitRequest(), absl::Seconds(60), {}, std::move(done));
  }

  ScriptedHub hub_;
};

// A callback that drops the last reference of the last channel makes gRPC wait for the thread that
// the callback runs on, and then abort.
TEST_F(UnaryCallsTest, ChannelMayGoOnceTheLastCallHasEnded) {
  for (int round = 0; round < 400; ++round) {
    CallsUnderWay calls;
    auto channel = hub_.Channel();
    auto stub = v1::VendorService::NewStub(channel);
    std::promise<void> answered;
    Call(calls, *stub, [&](Answer) { answered.set_value(); });
    answered.get_future().wait();
    calls.CancelAll();
    calls.WaitForAll();
    stub.reset();
    EXPECT_EQ(channel.use_count(), 1) << "a call still holds it";
    channel.reset();
  }
}

TEST_F(UnaryCallsTest, NothingBeginsOnceAllAreCancelled) {
  CallsUnderWay calls;
  const auto stub = v1::VendorService::NewStub(hub_.Channel());
  calls.CancelAll();
  Answer answer = v1::RequestPermitResponse();
  Call(calls, *stub, [&](Answer given) { answer = std::move(given); });
  EXPECT_EQ(ErrorReason(answer.status()), "CLIENT_STOPPED");
  calls.WaitForAll();
}

}  // namespace
}  // namespace switchboard::transport
