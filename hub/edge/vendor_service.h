#pragma once

#include <memory>

#include "hub/edge/unary_call.h"
#include "hub/sync/vendor_desk.h"

namespace switchboard::edge {

// VendorService over gRPC: moves bytes between gRPC and the vendors' desk. `desk` and `parts`
// outlive it.
std::unique_ptr<grpc::Service> MakeVendorService(const EdgeParts& parts, sync::VendorDesk& desk);

}  // namespace switchboard::edge
