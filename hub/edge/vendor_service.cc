#include "hub/edge/vendor_service.h"

#include "hub/edge/sync_reactor.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"

namespace switchboard::edge {
namespace {

using Api = v1::VendorService;

template <typename Base>
using Raw = Api::WithRawCallbackMethod_Sync<Api::WithRawCallbackMethod_ReportOutcomes<
    Api::WithRawCallbackMethod_RequestPermit<Api::WithRawCallbackMethod_ReleasePermit<
        Api::WithRawCallbackMethod_ObjectToRecall<Base>>>>>;

class VendorService final : public Raw<Api::Service> {
 public:
  VendorService(const EdgeParts& parts, api::VendorApi& desk) : parts_(parts), desk_(desk) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Sync(
      grpc::CallbackServerContext* context) override {
    return new SyncReactor(parts_, desk_, context);
  }

  grpc::ServerUnaryReactor* ReportOutcomes(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override {
    return ServeUnary<v1::ReportOutcomesResponse>(
        parts_, context, "/switchboard.v1.VendorService/ReportOutcomes", request, response,
        [this](const identity::Peer& caller, std::string bytes,
               Done<v1::ReportOutcomesResponse> done) {
          desk_.ReportOutcomes(caller.name, std::move(bytes), std::move(done));
        });
  }

  grpc::ServerUnaryReactor* RequestPermit(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override {
    return Serve<v1::RequestPermitRequest, v1::RequestPermitResponse,
                 &api::VendorApi::RequestPermit>(
        context, "/switchboard.v1.VendorService/RequestPermit", request, response);
  }

  grpc::ServerUnaryReactor* ReleasePermit(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override {
    return Serve<v1::ReleasePermitRequest, v1::ReleasePermitResponse,
                 &api::VendorApi::ReleasePermit>(
        context, "/switchboard.v1.VendorService/ReleasePermit", request, response);
  }

  grpc::ServerUnaryReactor* ObjectToRecall(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override {
    return Serve<v1::ObjectToRecallRequest, v1::ObjectToRecallResponse,
                 &api::VendorApi::ObjectToRecall>(
        context, "/switchboard.v1.VendorService/ObjectToRecall", request, response);
  }

 private:
  template <typename Request, typename Response,
            void (api::VendorApi::*kMethod)(std::string, Request, Done<Response>)>
  grpc::ServerUnaryReactor* Serve(grpc::CallbackServerContext* context, const char* name,
                                  const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
    return ServeParsed<Request, Response>(
        parts_, context, name, request, response,
        [this](const identity::Peer& caller, Request parsed, Done<Response> done) {
          (desk_.*kMethod)(caller.name, std::move(parsed), std::move(done));
        });
  }

  const EdgeParts& parts_;
  api::VendorApi& desk_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeVendorService(const EdgeParts& parts, api::VendorApi& desk) {
  return std::make_unique<VendorService>(parts, desk);
}

}  // namespace switchboard::edge
