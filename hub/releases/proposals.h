#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/releases/text.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/release.pb.h"

namespace switchboard::releases {

// How long a proposal waits.
inline constexpr absl::Duration kProposalLife = absl::Hours(30 * 24);

// A proposal as its row has it.
struct StoredProposal {
  // Its state is STATE_OPEN, RELEASED, DROPPED or, past its time, EXPIRED; whether it is outdated
  // only its text's versions say. UNSPECIFIED: the row is none that the hub wrote.
  v1::TextProposal proposal;
  std::string basis;    // what it was proposed to replace
  std::string meaning;  // SHA-256 of what its text means
  std::string yaml;     // empty once it is decided
};

// What to list.
struct ProposalFilter {
  v1::TextKind kind = v1::TEXT_KIND_UNSPECIFIED;  // unspecified: all
  std::string text_id;                            // empty: all
  bool decided_too = false;                       // also those that are decided or past their time
  std::string after;                              // an id; empty: from the first
};

// Rows of proposals, without a judgement of them. Owns the table text_proposal.
class Proposals {
 public:
  // Adds one that waits from the transaction's time on. `meaning`: SHA-256 of that of the text.
  static absl::StatusOr<StoredProposal> Add(storage::Transaction& transaction,
                                            std::string_view proposal_id, const ReadText& text,
                                            std::string_view meaning, int64_t replaces_version,
                                            std::string_view basis, std::string_view proposed_by);

  // Nothing if there is none of this id. `now`: for its state.
  static absl::StatusOr<std::optional<StoredProposal>> Find(storage::Connection& connection,
                                                            std::string_view proposal_id,
                                                            absl::Time now);

  // By id, at most `limit`, without their texts.
  static absl::StatusOr<std::vector<StoredProposal>> List(storage::Connection& connection,
                                                          const ProposalFilter& filter,
                                                          absl::Time now, int limit);

  // Decides one that waits, and lets go of its text. `released_version`: 0 when it was dropped.
  static absl::Status Close(storage::Transaction& transaction, std::string_view proposal_id,
                            v1::TextProposal::State state, std::string_view decided_by,
                            int64_t released_version);
};

}  // namespace switchboard::releases
