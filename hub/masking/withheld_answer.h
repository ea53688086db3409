#pragma once

#include "absl/status/status.h"
#include "hub/base/error.h"
#include "hub/masking/wire_guard.h"
#include "switchboard/v1/operator_records.pb.h"

namespace switchboard::masking {

// An answer that the guard on the wire did not let pass, and what it would have shown.
struct WithheldAnswer {
  Finding finding;
  v1::WithheldRow row;
};

// INTERNAL, WITHHELD: what its vendor is told in place of it.
inline absl::Status Withheld() {
  return Error(
      absl::StatusCode::kInternal, "WITHHELD",
      "the hub found in its own answer what your contract does not grant, and withheld it; "
      "your issuer's operators are told");
}

}  // namespace switchboard::masking
