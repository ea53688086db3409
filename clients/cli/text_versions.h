#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/hub_calls.h"

namespace switchboard::cli {

// The text of the highest version that was released, whether it is in force or not. Nothing: none
// was.
absl::StatusOr<std::optional<std::string>> NewestText(HubCalls& hub, v1::TextKind kind,
                                                      const std::string& text_id);

// Proposals of one kind, page by page to the end. `text_id`: empty means all.
absl::StatusOr<v1::ListProposalsResponse> AllProposals(HubCalls& hub, v1::TextKind kind,
                                                       const std::string& text_id,
                                                       bool decided_too);

// The proposal of this id, decided or not. Errors: NOT_FOUND, PROPOSAL_UNKNOWN; INVALID_ARGUMENT,
// OPTION_INVALID for one of another kind, with the command that takes it.
absl::StatusOr<v1::TextProposal> FindProposal(HubCalls& hub, v1::TextKind kind,
                                              const std::string& proposal_id);

}  // namespace switchboard::cli
