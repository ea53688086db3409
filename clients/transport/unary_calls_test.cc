#include "clients/transport/unary_calls.h"

#include <chrono>
#include <future>

#include <grpcpp/grpcpp.h>

#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/testing.h"

namespace switchboard::transport {
namespace {

using Answer = absl::StatusOr<v1::RequestPermitResponse>;

// Gives every permit, within this process.
class GivingHub final : public v1::VendorService::Service {
 public:
  GivingHub() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~GivingHub() override { server_->Shutdown(std::chrono::system_clock::time_point::min()); }

  std::shared_ptr<grpc::Channel> Channel() { return server_->InProcessChannel({}); }

  grpc::Status RequestPermit(grpc::ServerContext*, const v1::RequestPermitRequest*,
                             v1::RequestPermitResponse* response) override {
    response->mutable_permit()->set_permit_id("p");
    return grpc::Status::OK;
  }

 private:
  std::unique_ptr<grpc::Server> server_;
};

class UnaryCallsTest : public ::testing::Test {
 protected:
  void Call(CallsUnderWay& calls, v1::VendorService::Stub& stub,
            absl::AnyInvocable<void(Answer)> done) {
    StartUnary<v1::RequestPermitResponse>(
        calls, *stub.async(), &v1::VendorService::Stub::async::RequestPermit,
        v1::RequestPermitRequest(), absl::Seconds(60), {}, std::move(done));
  }

  GivingHub hub_;
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
