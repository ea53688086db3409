#include "hub/edge/core_service.h"

#include "hub/edge/import_reactor.h"
#include "switchboard/v1/core_service.grpc.pb.h"

namespace switchboard::edge {
namespace {

template <typename Base>
using Raw = v1::CoreService::WithRawCallbackMethod_ImportAccounts<
    v1::CoreService::WithRawCallbackMethod_PostEvents<
        v1::CoreService::WithRawCallbackMethod_ReadOutcomes<Base>>>;

class CoreService final : public Raw<v1::CoreService::Service> {
 public:
  CoreService(const EdgeParts& parts, api::CoreApi& desk) : parts_(parts), desk_(desk) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ImportAccounts(
      grpc::CallbackServerContext* context) override {
    return new ImportReactor(parts_, desk_, context);
  }

  grpc::ServerUnaryReactor* PostEvents(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override {
    return ServeUnary<v1::PostEventsResponse>(
        parts_, context, "/switchboard.v1.CoreService/PostEvents", request, response,
        [this](const identity::Peer& caller, std::string bytes, Done<v1::PostEventsResponse> done) {
          desk_.PostEvents(caller.Actor(), std::move(bytes), std::move(done));
        });
  }

  grpc::ServerUnaryReactor* ReadOutcomes(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return ServeParsed<v1::ReadOutcomesRequest, v1::ReadOutcomesResponse>(
        parts_, context, "/switchboard.v1.CoreService/ReadOutcomes", request, response,
        [this](const identity::Peer& caller, v1::ReadOutcomesRequest parsed,
               Done<v1::ReadOutcomesResponse> done) {
          desk_.ReadOutcomes(caller.Actor(), std::move(parsed), std::move(done));
        });
  }

 private:
  const EdgeParts& parts_;
  api::CoreApi& desk_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCoreService(const EdgeParts& parts, api::CoreApi& desk) {
  return std::make_unique<CoreService>(parts, desk);
}

}  // namespace switchboard::edge
