#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <string>
#include <vector>

#include "hub/edge/edge_parts.h"

namespace switchboard::edge {

// One service of the hub over gRPC, whichever it is: what it serves stands in its rows. Moves bytes
// only; what a method's rule limits is refused here.
class Service final : public grpc::Service {
 public:
  // The rows of one service. What they name, and `parts`, outlive it.
  Service(const EdgeParts& parts, std::vector<api::Method> methods);

  const google::protobuf::ServiceDescriptor& descriptor() const {
    return *methods_.front().descriptor->service();
  }

 private:
  const EdgeParts& parts_;
  const std::vector<api::Method> methods_;  // gRPC keeps pointers to the names
};

}  // namespace switchboard::edge
