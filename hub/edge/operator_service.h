#pragma once

#include <memory>

#include "hub/edge/unary_call.h"
#include "hub/api/operator_api.h"

namespace switchboard::edge {

// OperatorService over gRPC: moves bytes between gRPC and the operators' desk. `desk` and `parts`
// outlive it.
std::unique_ptr<grpc::Service> MakeOperatorService(const EdgeParts& parts,
                                                   api::OperatorApi& desk);

}  // namespace switchboard::edge
