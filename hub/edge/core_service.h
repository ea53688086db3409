#pragma once

#include <memory>

#include "hub/edge/unary_call.h"
#include "hub/api/core_api.h"

namespace switchboard::edge {

// CoreService over gRPC: moves bytes between gRPC and the core's desk. `desk` and `parts` outlive
// it.
std::unique_ptr<grpc::Service> MakeCoreService(const EdgeParts& parts, api::CoreApi& desk);

}  // namespace switchboard::edge
