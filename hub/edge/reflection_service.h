#pragma once

#include <vector>

#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "hub/edge/edge_parts.h"

namespace switchboard::edge {

// gRPC's reflection (v1alpha), for tools such as grpcurl, in place of the library's own: that one
// lists every service to everybody who has a certificate. Here each caller learns of its own role's
// only (shown_services.h), one question after the other. Who calls is asked with each question.
// Errors of the call: UNAUTHENTICATED, as of CallerOf. Of a question, in its answer: NOT_FOUND,
// INVALID_ARGUMENT.
class ReflectionService final
    : public grpc::reflection::v1alpha::ServerReflection::CallbackService {
 public:
  // `parts` outlives it.
  ReflectionService(const EdgeParts& parts,
                    std::vector<const google::protobuf::ServiceDescriptor*> services)
      : parts_(parts), services_(std::move(services)) {}

  grpc::ServerBidiReactor<grpc::reflection::v1alpha::ServerReflectionRequest,
                          grpc::reflection::v1alpha::ServerReflectionResponse>*
  ServerReflectionInfo(grpc::CallbackServerContext* context) override;

 private:
  const EdgeParts& parts_;
  const std::vector<const google::protobuf::ServiceDescriptor*> services_;
};

}  // namespace switchboard::edge
