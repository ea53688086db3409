#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hub/base/field_problem.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// An outcome as it came off the wire, parsed, checked and sealed before it reaches the writer's
// thread.
struct ReceivedOutcome {
  v1::Outcome outcome;  // as far as it could be parsed
  std::string bytes;
  std::string digest;                   // keyed; tells a repeat from a reuse of the id
  std::string box;                      // empty when there is a problem
  std::optional<FieldProblem> problem;  // what the message alone shows to be wrong
};

// Every rule of outcome.proto that needs nothing but the message.
std::optional<FieldProblem> CheckOutcome(const v1::Outcome& outcome);

// True if the disposition says that somebody or something was contacted, which takes a permit.
bool IsContact(v1::Disposition disposition);

ReceivedOutcome Receive(storage::Sealer& sealer, std::string_view vendor_id, std::string bytes);

// Where the box of an outcome lies.
std::string BoxPlace(std::string_view vendor_id, std::string_view outcome_id, int64_t version);

}  // namespace switchboard::outcomes
