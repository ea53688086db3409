#pragma once

#include <optional>

#include "hub/base/field_problem.h"
#include "switchboard/v1/outcome.pb.h"

// Whether what an outcome says of how and of what fits together, as outcome.proto has it. Pure.

namespace switchboard::results {

// As far as the message alone shows it.
void CheckResult(const v1::Outcome::Result& result, FieldCheck& check);

// Whether an attempt by this channel can have come so far; a permit, or the outcome, says which
// channel that was.
std::optional<FieldProblem> ChannelProblem(const v1::Outcome::Result& result, v1::Channel channel,
                                           v1::Direction direction);

// True if somebody or something was contacted, which takes a permit.
bool IsContact(const v1::Outcome::Result& result);

}  // namespace switchboard::results
