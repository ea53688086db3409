#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "hub/base/done.h"
#include "hub/base/error.h"
#include "hub/hub.h"
#include "hub/releases/text.h"
#include "hub/storage/submit.h"

namespace switchboard::testing {

// Who proposes and who releases what a test puts in force.
inline constexpr char kProposer[] = "operator/ito";
inline constexpr char kReleaser[] = "operator/sato";

// Puts a text in force by the word of two operators, in one unit. The answer is unchanged, and
// without a release, where the newest version says the same. Where the releaser had proposed the
// same text already, the proposer gives the second word. `hub` outlives it.
inline void PutInForce(Hub& hub, v1::TextKind kind, std::string_view yaml,
                       std::string_view file_name, Done<v1::ReleaseTextResponse> done) {
  auto text = releases::Read(kind, yaml, file_name);
  if (!text.ok()) return done(text.status());
  storage::SubmitFor<v1::ReleaseTextResponse>(
      hub.writer(), storage::Urgency::kUrgent, kReleaser,
      [&hub, text = *std::move(text)](
          storage::Transaction& transaction) -> absl::StatusOr<v1::ReleaseTextResponse> {
        ASSIGN_OR_RETURN(const auto proposed, hub.releases().Propose(transaction, kProposer, text));
        if (!proposed.has_proposal()) return v1::ReleaseTextResponse();
        const v1::TextProposal& proposal = proposed.proposal();
        return hub.releases().Release(transaction,
                                      proposal.proposed_by() == kReleaser ? kProposer : kReleaser,
                                      proposal.proposal_id(), proposal.digest());
      },
      std::move(done));
}

}  // namespace switchboard::testing
