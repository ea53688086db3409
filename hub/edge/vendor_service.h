#pragma once

#include <memory>

#include "hub/edge/unary_call.h"
#include "hub/api/vendor_api.h"

namespace switchboard::edge {

// VendorService over gRPC: moves bytes between gRPC and the vendors' desk. `desk` and `parts`
// outlive it.
std::unique_ptr<grpc::Service> MakeVendorService(const EdgeParts& parts, api::VendorApi& desk);

}  // namespace switchboard::edge
