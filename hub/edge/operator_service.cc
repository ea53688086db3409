#include "hub/edge/operator_service.h"

#include "switchboard/v1/operator_service.grpc.pb.h"

namespace switchboard::edge {
namespace {

using Api = v1::OperatorService;
using api::OperatorApi;

template <typename Base>
using Raw = Api::WithRawCallbackMethod_ListVendors<Api::WithRawCallbackMethod_ApplyContract<
    Api::WithRawCallbackMethod_ApplyRoutingPlan<Api::WithRawCallbackMethod_PreviewRouting<
        Api::WithRawCallbackMethod_RecallAssignments<Api::WithRawCallbackMethod_DecideRecall<
            Api::WithRawCallbackMethod_SetStop<Api::WithRawCallbackMethod_ListPlacements<
                Api::WithRawCallbackMethod_ListDisclosures<
                    Api::WithRawCallbackMethod_ListQuarantine<
                        Api::WithRawCallbackMethod_ReadAudit<Api::WithRawCallbackMethod_StartBackup<
                            Api::WithRawCallbackMethod_GetBackup<Base>>>>>>>>>>>>>;

// What changes something names who did it; what only reads does not.
#define SERVE_WRITE(Method)                                                                     \
  grpc::ServerUnaryReactor* Method(grpc::CallbackServerContext* context,                        \
                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response) \
      override {                                                                                \
    return ServeParsed<v1::Method##Request, v1::Method##Response>(                              \
        parts_, context, "/switchboard.v1.OperatorService/" #Method, request, response,         \
        [this](const identity::Peer& caller, v1::Method##Request parsed,                        \
               Done<v1::Method##Response> done) {                                               \
          desk_.Method(caller.Actor(), std::move(parsed), std::move(done));                     \
        });                                                                                     \
  }
#define SERVE_READ(Method)                                                                      \
  grpc::ServerUnaryReactor* Method(grpc::CallbackServerContext* context,                        \
                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response) \
      override {                                                                                \
    return ServeParsed<v1::Method##Request, v1::Method##Response>(                              \
        parts_, context, "/switchboard.v1.OperatorService/" #Method, request, response,         \
        [this](const identity::Peer&, v1::Method##Request parsed,                               \
               Done<v1::Method##Response> done) {                                               \
          desk_.Method(std::move(parsed), std::move(done));                                     \
        });                                                                                     \
  }

class OperatorService final : public Raw<Api::Service> {
 public:
  OperatorService(const EdgeParts& parts, OperatorApi& desk) : parts_(parts), desk_(desk) {}

  grpc::ServerUnaryReactor* ListVendors(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return ServeParsed<v1::ListVendorsRequest, v1::ListVendorsResponse>(
        parts_, context, "/switchboard.v1.OperatorService/ListVendors", request, response,
        [this](const identity::Peer&, const v1::ListVendorsRequest&,
               Done<v1::ListVendorsResponse> done) { desk_.ListVendors(std::move(done)); });
  }

  SERVE_WRITE(ApplyContract)
  SERVE_WRITE(ApplyRoutingPlan)
  SERVE_WRITE(RecallAssignments)
  SERVE_WRITE(DecideRecall)
  SERVE_WRITE(SetStop)
  SERVE_WRITE(StartBackup)
  SERVE_READ(PreviewRouting)
  SERVE_READ(ListPlacements)
  SERVE_READ(ListDisclosures)
  SERVE_READ(ListQuarantine)
  SERVE_READ(ReadAudit)
  SERVE_READ(GetBackup)

 private:
  const EdgeParts& parts_;
  OperatorApi& desk_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOperatorService(const EdgeParts& parts, OperatorApi& desk) {
  return std::make_unique<OperatorService>(parts, desk);
}

}  // namespace switchboard::edge
