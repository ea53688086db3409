#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/ids.h"
#include "hub/contracts/released_version.h"
#include "hub/feed/vendor_feed.h"
#include "hub/releases/proposals.h"
#include "hub/releases/released_texts.h"
#include "hub/releases/text.h"
#include "hub/releases/warnings.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/operator_releases.pb.h"

namespace switchboard::releases {

// Proposals that may wait at once, of all operators and of one of them: nobody's fill the list.
inline constexpr int kOpenProposalsMax = 100;
inline constexpr int kOpenProposalsOfOneMax = 25;

// How texts come into force: one operator proposes, another releases, whatever the kind. A proposal
// is of what stood when it was made; once another version of its text was released, or its contract
// was ended, it is outdated and can be released no more, so that no old text comes back by itself.
// Whoever decides here holds the proposals alone (book/holds.h), and so does one after the other at
// however many hubs. Thread-safe apart from the connections and transactions passed in.
class Releases {
 public:
  struct Parts {
    Standing standing;
    const feed::VendorFeed& feed;
    IdMint& ids;
  };

  explicit Releases(const Parts& parts) : texts_(parts.standing), parts_(parts) {}

  // Proposes a text for an operator. One that means what the newest version or a waiting proposal
  // does is not proposed again.
  // Errors: what the text is held to: INVALID_ARGUMENT, PLAN_INVALID where contracts do not cover a
  // plan; FAILED_PRECONDITION, RULE_PACK_VERSION, CODE_MAP_VERSION or SCRIPT_VERSION;
  // FAILED_PRECONDITION, TOO_MANY_PROPOSALS.
  // Nothing that decides over contracts or placement is held meanwhile: what changes beside it
  // makes the proposal outdated.
  absl::StatusOr<v1::ProposeTextResponse> Propose(storage::Transaction& transaction,
                                                  std::string_view actor,
                                                  const ReadText& text) const;

  // Makes a version of another operator's proposal. `digest`: of the text that `actor` looked at.
  // Errors: NOT_FOUND, PROPOSAL_UNKNOWN; FAILED_PRECONDITION, PROPOSAL_NOT_OPEN, PROPOSAL_CHANGED
  // or TWO_OPERATORS_NEEDED, in this order; what the text is held to; DATA_LOSS, PROPOSAL_ALTERED
  // or TEXT_ALTERED where rows are not as the hub wrote them.
  absl::StatusOr<v1::ReleaseTextResponse> Release(storage::Transaction& transaction,
                                                  std::string_view actor,
                                                  std::string_view proposal_id,
                                                  std::string_view digest) const;

  // False when it was dropped before. NOT_FOUND, PROPOSAL_UNKNOWN; FAILED_PRECONDITION,
  // PROPOSAL_NOT_OPEN when it was released.
  absl::StatusOr<bool> Drop(storage::Transaction& transaction, std::string_view actor,
                            std::string_view proposal_id) const;

  // Puts the files of a configuration in force where no text of any kind stands, all or none, with
  // "hub" as both names. False: some text stands, and nothing changes. Errors: what the texts are
  // held to, with the place.
  absl::StatusOr<bool> Begin(storage::Transaction& transaction,
                             const std::vector<ReadText>& files) const;

  // Whether a text of any kind stands.
  absl::StatusOr<bool> HasBegun(storage::Connection& connection) const {
    return texts_.AnyStands(connection);
  }

  // By id, at most `limit`, in the states that they have at `now`.
  absl::StatusOr<std::vector<v1::TextProposal>> List(storage::Connection& connection,
                                                     const ProposalFilter& filter, absl::Time now,
                                                     int limit) const;
  // How many wait at `now`, by kind.
  absl::StatusOr<std::map<v1::TextKind, int64_t>> CountOpen(storage::Connection& connection,
                                                            absl::Time now) const;

  // Every version of every text of a kind, or of one text (of plans: of all that have this id), by
  // text and version.
  absl::StatusOr<std::vector<v1::TextRelease>> History(storage::Connection& connection,
                                                       v1::TextKind kind, std::string_view text_id,
                                                       absl::Time now) const {
    return texts_.List(connection, kind, text_id, now);
  }

  // A text as it was written. `version`: 0 means the one in force, or else the newest. NOT_FOUND,
  // TEXT_UNKNOWN.
  absl::StatusOr<v1::ShowTextResponse> Show(storage::Connection& connection, v1::TextKind kind,
                                            std::string_view text_id, int64_t version,
                                            absl::Time now) const;
  // That of a proposal. NOT_FOUND, PROPOSAL_UNKNOWN, also where it is decided.
  absl::StatusOr<v1::ShowTextResponse> ShowProposal(storage::Connection& connection,
                                                    std::string_view proposal_id,
                                                    absl::Time now) const;

  // What else to know before a text is released at `now`, a sentence each, at most 20.
  absl::StatusOr<std::vector<std::string>> Warnings(storage::Connection& connection,
                                                    const ReadText& text, absl::Time now) const {
    return WarningsOf(connection, parts_.standing, text, now);
  }

 private:
  // Notes that an open proposal is outdated, if it is.
  absl::Status Judge(storage::Connection& connection, StoredProposal& stored) const;
  // Judged. NOT_FOUND, PROPOSAL_UNKNOWN; DATA_LOSS, PROPOSAL_ALTERED.
  absl::StatusOr<StoredProposal> Find(storage::Connection& connection, std::string_view proposal_id,
                                      absl::Time now) const;
  // The open proposal whose text means the same, by the digest of that, and was not altered.
  absl::StatusOr<std::optional<v1::TextProposal>> FindSame(storage::Connection& connection,
                                                           const ReadText& text,
                                                           std::string_view meaning,
                                                           absl::Time now) const;
  // Those that wait, as List has them.
  absl::StatusOr<std::vector<StoredProposal>> Select(storage::Connection& connection,
                                                     const ProposalFilter& filter, absl::Time now,
                                                     int limit) const;
  absl::StatusOr<v1::ReleaseTextResponse> Release(storage::Transaction& transaction,
                                                  std::string_view actor,
                                                  const StoredProposal& stored) const;
  // `response`: what is to be said of it.
  absl::Status Put(storage::Transaction& transaction, const contracts::ReleasedBy& by,
                   const ReadText& text, v1::ReleaseTextResponse& response) const;
  // REQUIRES: the proposal was released. DATA_LOSS, TEXT_ALTERED where its version is gone.
  absl::StatusOr<v1::TextRelease> FindRelease(storage::Connection& connection,
                                              const v1::TextProposal& proposal,
                                              absl::Time now) const;

  const ReleasedTexts texts_;
  const Parts parts_;
};

}  // namespace switchboard::releases
