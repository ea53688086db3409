#include "hub/releases/releases.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::releases {
namespace {

using contracts::ReleasedBy;
using State = v1::TextProposal::State;

constexpr char kHub[] = "hub";  // by whose word the files of a configuration come
constexpr char kProposed[] = "proposal";

// In which the files of a configuration are put in force: plans and code maps name vendors.
constexpr std::array kOrderOfBegin = {v1::TEXT_KIND_RULE_PACK, v1::TEXT_KIND_CONTRACT,
                                      v1::TEXT_KIND_CODE_MAP, v1::TEXT_KIND_SCRIPT,
                                      v1::TEXT_KIND_ROUTING_PLAN};

absl::Status HoldProposals(storage::Transaction& transaction) {
  const storage::Key key = book::ProposalsKey();
  return transaction.Hold({&key, 1});
}

absl::Status ProposalUnknown(std::string_view problem) {
  return Error(absl::StatusCode::kNotFound, "PROPOSAL_UNKNOWN",
               absl::StrCat("proposal_id: ", std::string(problem)), {{"field", "proposal_id"}});
}

absl::Status NotOpen(const v1::TextProposal& proposal) {
  const std::string decided_by = proposal.decided_by();
  std::string why;
  switch (proposal.state()) {
    case v1::TextProposal::STATE_RELEASED:
      why = absl::StrCat(decided_by, " released it as version ", proposal.released_version());
      break;
    case v1::TextProposal::STATE_DROPPED:
      why = absl::StrCat(decided_by, " dropped it; propose it anew");
      break;
    case v1::TextProposal::STATE_EXPIRED:
      why = "nobody released it within 30 days; propose it anew";
      break;
    default:
      why =
          "another version of its text was released since, or its contract was ended; look at what "
          "stands now and propose it anew";
  }
  return Error(absl::StatusCode::kFailedPrecondition, "PROPOSAL_NOT_OPEN",
               absl::StrCat("the proposal waits no longer: ", why),
               {{"state", v1::TextProposal::State_Name(proposal.state())}});
}

absl::Status ProposalAltered(std::string_view proposal_id) {
  return Error(absl::StatusCode::kDataLoss, "PROPOSAL_ALTERED",
               absl::StrCat("proposal ", std::string(proposal_id),
                            " is not in the database as it was made, and is not used; propose its "
                            "text anew"));
}

absl::Status TooMany(int waiting, std::string_view whose) {
  return Error(absl::StatusCode::kFailedPrecondition, "TOO_MANY_PROPOSALS",
               absl::StrCat(waiting, " ", std::string(whose),
                            " wait; let another operator release some, or drop some "
                            "(switchboard contract drop PROPOSAL, and so of the other kinds)"));
}

void Record(storage::Transaction& transaction, v1::AuditEvent::Kind kind, std::string_view actor,
            const v1::TextProposal& proposal) {
  v1::AuditEvent event = audit::Event(kind, actor);
  event.set_subject_id(proposal.text_id());
  event.set_count(proposal.version());
  event.set_digest(proposal.digest());
  v1::TextStep& step = *event.mutable_text();
  step.set_kind(proposal.kind());
  step.set_proposal_id(proposal.proposal_id());
  step.set_proposed_by(proposal.proposed_by());
  step.set_replaces_version(proposal.replaces_version());
  audit::Record(transaction, std::move(event));
}

}  // namespace

absl::Status Releases::Judge(storage::Connection& connection, StoredProposal& stored) const {
  v1::TextProposal& proposal = stored.proposal;
  if (proposal.state() != v1::TextProposal::STATE_OPEN) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string basis,
                   texts_.BasisOf(connection, proposal.kind(), proposal.text_id()));
  if (basis != stored.basis) proposal.set_state(v1::TextProposal::STATE_OUTDATED);
  return absl::OkStatus();
}

absl::StatusOr<StoredProposal> Releases::Find(storage::Connection& connection,
                                              std::string_view proposal_id, absl::Time now) const {
  ASSIGN_OR_RETURN(auto found, Proposals::Find(connection, proposal_id, now));
  if (!found.has_value()) return ProposalUnknown("there is no such proposal");
  if (found->proposal.state() == v1::TextProposal::STATE_UNSPECIFIED)
    return ProposalAltered(proposal_id);
  RETURN_IF_ERROR(Judge(connection, *found));
  return *std::move(found);
}

absl::StatusOr<std::vector<v1::TextProposal>> Releases::List(storage::Connection& connection,
                                                             const ProposalFilter& filter,
                                                             absl::Time now, int limit) const {
  ASSIGN_OR_RETURN(auto selected, Select(connection, filter, now, limit));
  std::vector<v1::TextProposal> found;
  for (StoredProposal& one : selected) found.push_back(std::move(one.proposal));
  return found;
}

absl::StatusOr<std::vector<StoredProposal>> Releases::Select(storage::Connection& connection,
                                                             const ProposalFilter& filter,
                                                             absl::Time now, int limit) const {
  std::vector<StoredProposal> found;
  ProposalFilter rest = filter;
  bool ended = false;
  while (!ended && found.size() < static_cast<size_t>(limit)) {
    ASSIGN_OR_RETURN(auto page, Proposals::List(connection, rest, now, limit));
    ended = page.size() < static_cast<size_t>(limit);
    for (StoredProposal& one : page) {
      if (found.size() == static_cast<size_t>(limit)) break;
      rest.after = one.proposal.proposal_id();
      RETURN_IF_ERROR(Judge(connection, one));
      if (filter.decided_too || one.proposal.state() == v1::TextProposal::STATE_OPEN)
        found.push_back(std::move(one));
    }
  }
  return found;
}

absl::StatusOr<std::map<v1::TextKind, int64_t>> Releases::CountOpen(storage::Connection& connection,
                                                                    absl::Time now) const {
  ASSIGN_OR_RETURN(const auto open, List(connection, {}, now, kOpenProposalsMax));
  std::map<v1::TextKind, int64_t> counts;
  for (const v1::TextProposal& one : open) ++counts[one.kind()];
  return counts;
}

absl::StatusOr<std::optional<v1::TextProposal>> Releases::FindSame(storage::Connection& connection,
                                                                   const ReadText& text,
                                                                   std::string_view meaning,
                                                                   absl::Time now) const {
  ProposalFilter filter;
  filter.kind = text.kind;
  filter.text_id = text.id;
  ASSIGN_OR_RETURN(const auto open, Select(connection, filter, now, kOpenProposalsMax));
  for (const StoredProposal& one : open) {
    if (one.meaning != meaning) continue;
    // One that was altered is never released, so that its text may be proposed anew beside it.
    ASSIGN_OR_RETURN(const auto whole,
                     Proposals::Find(connection, one.proposal.proposal_id(), now));
    if (!whole.has_value() || !contracts::IsUnaltered(whole->yaml, one.proposal.digest())) continue;
    const auto stored = Read(text.kind, whole->yaml, kProposed);
    if (stored.ok() && Sha256Of(MeaningOf(*stored)) == meaning) return one.proposal;
  }
  return std::nullopt;
}

absl::StatusOr<v1::ProposeTextResponse> Releases::Propose(storage::Transaction& transaction,
                                                          std::string_view actor,
                                                          const ReadText& text) const {
  const std::string meaning = Sha256Of(MeaningOf(text));
  RETURN_IF_ERROR(HoldProposals(transaction));
  storage::Connection& connection = transaction.connection();
  const absl::Time now = transaction.now();
  v1::ProposeTextResponse response;
  // Before anything is judged: what a contract's end changes meanwhile makes the proposal outdated.
  ASSIGN_OR_RETURN(const std::string basis, texts_.BasisOf(connection, text.kind, text.id));
  ASSIGN_OR_RETURN(const Judged judged, texts_.Judge(connection, text, now));
  if (judged.is_the_newest) return response;
  ASSIGN_OR_RETURN(const auto warnings, Warnings(connection, text, now));
  for (const std::string& one : warnings) response.add_warnings(one);
  ASSIGN_OR_RETURN(auto same, FindSame(connection, text, meaning, now));
  if (same.has_value()) {
    *response.mutable_proposal() = *std::move(same);
    return response;
  }
  ASSIGN_OR_RETURN(const auto open, List(connection, {}, now, kOpenProposalsMax));
  const auto own = std::count_if(open.begin(), open.end(), [&](const v1::TextProposal& one) {
    return one.proposed_by() == actor;
  });
  if (own >= kOpenProposalsOfOneMax) return TooMany(kOpenProposalsOfOneMax, "of your proposals");
  if (open.size() >= kOpenProposalsMax) return TooMany(kOpenProposalsMax, "proposals");
  ASSIGN_OR_RETURN(auto added, Proposals::Add(transaction, parts_.ids.Next(), text, meaning,
                                              judged.newest_version, basis, actor));
  Record(transaction, v1::AuditEvent::KIND_TEXT_PROPOSED, actor, added.proposal);
  *response.mutable_proposal() = std::move(added.proposal);
  response.set_is_new(true);
  return response;
}

absl::StatusOr<v1::ReleaseTextResponse> Releases::Release(storage::Transaction& transaction,
                                                          std::string_view actor,
                                                          std::string_view proposal_id,
                                                          std::string_view digest) const {
  RETURN_IF_ERROR(HoldProposals(transaction));
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto held, Proposals::Find(connection, proposal_id, transaction.now()));
  if (held.has_value())
    RETURN_IF_ERROR(texts_.Hold(transaction, held->proposal.kind(), held->proposal.text_id()));
  const absl::Time now = transaction.now();
  ASSIGN_OR_RETURN(const StoredProposal stored, Find(connection, proposal_id, now));
  const v1::TextProposal& proposal = stored.proposal;
  const bool is_done =
      proposal.state() == v1::TextProposal::STATE_RELEASED && proposal.decided_by() == actor;
  if (!is_done && proposal.state() != v1::TextProposal::STATE_OPEN) return NotOpen(proposal);
  if (proposal.digest() != digest) {
    return Error(absl::StatusCode::kFailedPrecondition, "PROPOSAL_CHANGED",
                 "digest: the proposal is of another text; look at it and release that",
                 {{"field", "digest"}});
  }
  v1::ReleaseTextResponse response;
  if (is_done) {
    ASSIGN_OR_RETURN(*response.mutable_release(), FindRelease(connection, proposal, now));
    return response;
  }
  if (proposal.proposed_by() == actor) {
    return Error(absl::StatusCode::kFailedPrecondition, "TWO_OPERATORS_NEEDED",
                 "you proposed it; another operator must release it");
  }
  return Release(transaction, actor, stored);
}

absl::StatusOr<v1::ReleaseTextResponse> Releases::Release(storage::Transaction& transaction,
                                                          std::string_view actor,
                                                          const StoredProposal& stored) const {
  storage::Connection& connection = transaction.connection();
  const absl::Time now = transaction.now();
  const v1::TextProposal& proposal = stored.proposal;
  // Exactly the text that was looked at, whatever became of the row since.
  RETURN_IF_ERROR(contracts::CheckUnaltered(stored.yaml, proposal.digest(),
                                            absl::StrCat("proposal ", proposal.proposal_id())));
  ASSIGN_OR_RETURN(const ReadText text, Read(proposal.kind(), stored.yaml, kProposed));
  // What was held and judged is what the row names.
  if (text.id != proposal.text_id() || text.version != proposal.version())
    return ProposalAltered(proposal.proposal_id());
  RETURN_IF_ERROR(texts_.Judge(connection, text, now).status());
  v1::ReleaseTextResponse response;
  ASSIGN_OR_RETURN(const auto warnings, Warnings(connection, text, now));
  for (const std::string& one : warnings) response.add_warnings(one);
  const ReleasedBy by = {proposal.proposed_by(), actor, proposal.proposal_id()};
  RETURN_IF_ERROR(Put(transaction, by, text, response));
  return response;
}

absl::Status Releases::Put(storage::Transaction& transaction, const ReleasedBy& by,
                           const ReadText& text, v1::ReleaseTextResponse& response) const {
  ASSIGN_OR_RETURN(*response.mutable_release(), texts_.Release(transaction, by, text));
  response.set_changed(true);
  if (text.kind == v1::TEXT_KIND_CONTRACT) {
    ASSIGN_OR_RETURN(const bool new_generation,
                     parts_.feed.FollowContract(transaction, text.id, by.released_by));
    response.set_new_generation(new_generation);
  }
  if (by.proposal_id.empty()) return absl::OkStatus();
  return Proposals::Close(transaction, by.proposal_id, v1::TextProposal::STATE_RELEASED,
                          by.released_by, response.release().version());
}

absl::StatusOr<v1::TextRelease> Releases::FindRelease(storage::Connection& connection,
                                                      const v1::TextProposal& proposal,
                                                      absl::Time now) const {
  ASSIGN_OR_RETURN(auto releases,
                   texts_.List(connection, proposal.kind(), proposal.text_id(), now));
  const auto found = std::find_if(
      releases.begin(), releases.end(),
      [&](const v1::TextRelease& one) { return one.version() == proposal.released_version(); });
  if (found == releases.end()) {
    return Error(absl::StatusCode::kDataLoss, "TEXT_ALTERED",
                 absl::StrCat("version ", proposal.released_version(),
                              ", which the proposal became, is not in the database any more; put "
                              "back a backup"));
  }
  return std::move(*found);
}

absl::StatusOr<bool> Releases::Drop(storage::Transaction& transaction, std::string_view actor,
                                    std::string_view proposal_id) const {
  RETURN_IF_ERROR(HoldProposals(transaction));
  ASSIGN_OR_RETURN(const StoredProposal stored,
                   Find(transaction.connection(), proposal_id, transaction.now()));
  const State state = stored.proposal.state();
  if (state == v1::TextProposal::STATE_DROPPED) return false;
  if (state == v1::TextProposal::STATE_RELEASED) return NotOpen(stored.proposal);
  RETURN_IF_ERROR(Proposals::Close(transaction, proposal_id, v1::TextProposal::STATE_DROPPED, actor,
                                   /*released_version=*/0));
  Record(transaction, v1::AuditEvent::KIND_TEXT_DROPPED, actor, stored.proposal);
  return true;
}

absl::StatusOr<bool> Releases::Begin(storage::Transaction& transaction,
                                     const std::vector<ReadText>& files) const {
  RETURN_IF_ERROR(HoldProposals(transaction));
  ASSIGN_OR_RETURN(const bool begun, HasBegun(transaction.connection()));
  if (begun) return false;
  for (const v1::TextKind kind : kOrderOfBegin) {
    for (const ReadText& file : files) {
      if (file.kind != kind) continue;
      RETURN_IF_ERROR(texts_.Judge(transaction.connection(), file, transaction.now()).status());
      v1::ReleaseTextResponse response;
      RETURN_IF_ERROR(Put(transaction, {kHub, kHub, ""}, file, response));
    }
  }
  return true;
}

absl::StatusOr<v1::ShowTextResponse> Releases::Show(storage::Connection& connection,
                                                    v1::TextKind kind, std::string_view text_id,
                                                    int64_t version, absl::Time now) const {
  std::vector<v1::TextRelease> releases;
  if (!text_id.empty() || kind == v1::TEXT_KIND_ROUTING_PLAN) {
    ASSIGN_OR_RETURN(releases, texts_.List(connection, kind, text_id, now));
  }
  auto found = std::find_if(releases.begin(), releases.end(), [&](const v1::TextRelease& one) {
    return version == 0 ? one.in_force() : one.version() == version;
  });
  if (version == 0 && found == releases.end() && !releases.empty()) found = releases.end() - 1;
  if (found == releases.end()) {
    const char* field = releases.empty() ? "text_id" : "version";
    return Error(absl::StatusCode::kNotFound, "TEXT_UNKNOWN",
                 absl::StrCat(field, ": no such ", releases.empty() ? "text" : "version",
                              " was released; see switchboard ", CommandsOf(kind), " history"),
                 {{"field", field}});
  }
  v1::ShowTextResponse response;
  ASSIGN_OR_RETURN(*response.mutable_yaml(), texts_.TextOf(connection, *found));
  *response.mutable_release() = std::move(*found);
  return response;
}

absl::StatusOr<v1::ShowTextResponse> Releases::ShowProposal(storage::Connection& connection,
                                                            std::string_view proposal_id,
                                                            absl::Time now) const {
  ASSIGN_OR_RETURN(StoredProposal stored, Find(connection, proposal_id, now));
  const State state = stored.proposal.state();
  if (state == v1::TextProposal::STATE_RELEASED)
    return ProposalUnknown("it was released; its version has the text");
  if (state == v1::TextProposal::STATE_DROPPED)
    return ProposalUnknown("it was dropped, and its text is kept no longer");
  RETURN_IF_ERROR(contracts::CheckUnaltered(stored.yaml, stored.proposal.digest(),
                                            absl::StrCat("proposal ", std::string(proposal_id))));
  v1::ShowTextResponse response;
  response.set_yaml(std::move(stored.yaml));
  *response.mutable_proposal() = std::move(stored.proposal);
  return response;
}

}  // namespace switchboard::releases
