#pragma once

#include "absl/status/status.h"

namespace grpc {
class Status;
}

namespace switchboard::identity {

// The one place where the hub's errors become gRPC's and come back. Both directions keep the code,
// the message and the payloads (ErrorInfo, RetryInfo): on the wire they travel as google.rpc.Status
// in the trailer grpc-status-details-bin, which clients in other languages read too.

// Messages of more than 1 KiB are cut at a character, and details of more than 4 KiB in all are
// left out, ErrorInfo last: a client refuses trailers of more than 8 KiB as a whole, and would lose
// even the code.
grpc::Status ToGrpc(const absl::Status& status);

// A status without details, or with details that do not parse, keeps code and message.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace switchboard::identity
