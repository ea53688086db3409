#pragma once

#include <memory>

#include "hub/edge/unary_call.h"
#include "hub/ingest/core_desk.h"

namespace switchboard::edge {

// CoreService over gRPC: moves bytes between gRPC and the core's desk. `desk` and `parts` outlive
// it.
std::unique_ptr<grpc::Service> MakeCoreService(const EdgeParts& parts, ingest::CoreDesk& desk);

}  // namespace switchboard::edge
