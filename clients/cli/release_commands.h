#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/session.h"
#include "switchboard/v1/release.pb.h"

// How texts come into force: one operator proposes, another one releases. The same commands for
// contracts, routing plans, rule packs, code maps and scripts. Errors are the hub's or those of the
// files given; INVALID_ARGUMENT, OPTION_INVALID where a proposal to decide is of another kind.

namespace switchboard::cli {

absl::StatusOr<Result> ProposeText(Session& session, v1::TextKind kind, const std::string& file);

struct ReleaseArguments {
  std::string proposal_id;
  std::string digest;  // the first hexadecimal digits of the text's, at least 12; empty: any
};
// Releases exactly the text that the hub has under the proposal, or, with a digest, nothing else
// than that. Errors: also FAILED_PRECONDITION, PROPOSAL_CHANGED.
absl::StatusOr<Result> ReleaseText(Session& session, v1::TextKind kind,
                                   const ReleaseArguments& arguments);

absl::StatusOr<Result> DropProposal(Session& session, v1::TextKind kind,
                                    const std::string& proposal_id);

struct ProposalsArguments {
  std::string text_id;       // empty: of all texts of the kind
  bool decided_too = false;  // not those alone that wait
};
absl::StatusOr<Result> ListProposals(Session& session, v1::TextKind kind,
                                     const ProposalsArguments& arguments);

// Every version of a text and what waits; without an id, of each text the newest version and those
// in force.
absl::StatusOr<Result> ShowHistory(Session& session, v1::TextKind kind, const std::string& text_id);

struct ShowTextArguments {
  std::string text_id;      // may be empty for a plan
  int64_t version = 0;      // 0: the one in force, or else the newest
  std::string proposal_id;  // instead of both
};
absl::StatusOr<Result> ShowText(Session& session, v1::TextKind kind,
                                const ShowTextArguments& arguments);

}  // namespace switchboard::cli
