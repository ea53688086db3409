#include "clients/cli/text_versions.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "clients/cli/text_kind.h"
#include "hub/base/error.h"

namespace switchboard::cli {

absl::StatusOr<std::optional<std::string>> NewestText(HubCalls& hub, v1::TextKind kind,
                                                      const std::string& text_id) {
  v1::ListReleasesRequest listed;
  listed.set_kind(kind);
  listed.set_text_id(text_id);
  ASSIGN_OR_RETURN(const auto history, hub.Ask<v1::ListReleasesResponse>(listed));
  int64_t newest = 0;
  for (const auto& release : history.releases()) newest = std::max(newest, release.version());
  if (newest == 0) return std::nullopt;
  v1::ShowTextRequest shown;
  shown.set_kind(kind);
  shown.set_text_id(text_id);
  shown.set_version(newest);
  ASSIGN_OR_RETURN(const auto text, hub.Ask<v1::ShowTextResponse>(shown));
  return text.yaml();
}

absl::StatusOr<v1::ListProposalsResponse> AllProposals(HubCalls& hub, v1::TextKind kind,
                                                       const std::string& text_id,
                                                       bool decided_too) {
  v1::ListProposalsRequest request;
  request.set_kind(kind);
  request.set_text_id(text_id);
  request.set_decided_too(decided_too);
  v1::ListProposalsResponse all;
  while (true) {
    ASSIGN_OR_RETURN(const auto page, hub.Ask<v1::ListProposalsResponse>(request));
    if (page.proposals().empty()) return all;
    all.MergeFrom(page);
    request.set_after(all.proposals().rbegin()->proposal_id());
  }
}

absl::StatusOr<v1::TextProposal> FindProposal(HubCalls& hub, v1::TextKind kind,
                                              const std::string& proposal_id) {
  ASSIGN_OR_RETURN(const auto all, AllProposals(hub, v1::TEXT_KIND_UNSPECIFIED, "", true));
  const auto& proposals = all.proposals();
  const auto found = std::find_if(proposals.begin(), proposals.end(), [&](const auto& proposal) {
    return proposal.proposal_id() == proposal_id;
  });
  if (found == proposals.end()) {
    return Error(absl::StatusCode::kNotFound, "PROPOSAL_UNKNOWN", "no proposal " + proposal_id);
  }
  if (found->kind() != kind) {
    const TextWords& words = WordsOf(found->kind());
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 absl::StrCat("proposal ", proposal_id, " is of a ", words.noun, ": switchboard ",
                              words.group, " takes it"));
  }
  return *found;
}

}  // namespace switchboard::cli
