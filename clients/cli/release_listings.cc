// What was released and what waits: lists and texts.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/release_commands.h"
#include "clients/cli/release_text.h"
#include "clients/cli/render.h"
#include "clients/cli/text_kind.h"
#include "clients/cli/text_versions.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::ordered_json;

// "1 proposal waits", "2 proposals wait"
std::string Waiting(int64_t count) {
  return Counted(count, "proposal") +
         (count == 1 ? " waits for another operator" : " wait for another operator");
}

// Of each text the newest version, and those in force.
v1::ListReleasesResponse Current(const v1::ListReleasesResponse& history) {
  std::map<std::string, int64_t> newest;
  for (const auto& release : history.releases()) {
    int64_t& version = newest[release.text_id()];
    version = std::max(version, release.version());
  }
  v1::ListReleasesResponse current;
  for (const auto& release : history.releases()) {
    if (release.in_force() || release.version() == newest[release.text_id()])
      *current.add_releases() = release;
  }
  return current;
}

// "proposed by operator/ito, released by operator/sato"
std::string ByWhom(const v1::TextRelease& release) {
  if (release.proposal_id().empty()) return "came with the files that began the database";
  return absl::StrCat("proposed by ", release.proposed_by(), ", released by ",
                      release.released_by());
}

}  // namespace

absl::StatusOr<Result> ListProposals(Session& session, v1::TextKind kind,
                                     const ProposalsArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto listed,
                   AllProposals(*hub, kind, arguments.text_id, arguments.decided_too));
  int64_t open = 0;
  for (const auto& proposal : listed.proposals())
    open += proposal.state() == v1::TextProposal::STATE_OPEN ? 1 : 0;
  Result result;
  if (!listed.proposals().empty())
    result.text = ProposalTable(kind, listed.proposals(), arguments.decided_too);
  result.summary = Waiting(open);
  if (arguments.decided_too)
    absl::StrAppend(&result.summary, ", of ", WithCommas(listed.proposals_size()), " in all");
  result.json = JsonOf(listed);
  return result;
}

absl::StatusOr<Result> ShowHistory(Session& session, v1::TextKind kind,
                                   const std::string& text_id) {
  v1::ListReleasesRequest request;
  request.set_kind(kind);
  request.set_text_id(text_id);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(auto history, hub->Ask<v1::ListReleasesResponse>(request));
  ASSIGN_OR_RETURN(const auto waiting, AllProposals(*hub, kind, text_id, false));
  // All plans are versions of one text, whatever their ids.
  const bool of_one_text = !text_id.empty();
  if (!of_one_text && kind != v1::TEXT_KIND_ROUTING_PLAN) history = Current(history);
  int64_t in_force = 0;
  for (const auto& release : history.releases()) in_force += release.in_force() ? 1 : 0;
  Result result;
  if (!history.releases().empty())
    result.text = ReleaseTable(kind, history.releases(), of_one_text) + "\n";
  if (!waiting.proposals().empty())
    absl::StrAppend(&result.text, ProposalTable(kind, waiting.proposals(), false), "\n");
  result.summary =
      absl::StrCat(of_one_text ? NameOf(kind, text_id) + ": " : std::string(),
                   Counted(history.releases_size(), "version"),
                   of_one_text ? std::string() : absl::StrCat(" of ", WordsOf(kind).noun, "s"),
                   ", ", in_force, " in force; ", Waiting(waiting.proposals_size()));
  Json json = Json::parse(JsonOf(history));
  json["proposals"] = Json::parse(JsonOf(waiting))["proposals"];
  result.json = json.dump();
  return result;
}

absl::StatusOr<Result> ShowText(Session& session, v1::TextKind kind,
                                const ShowTextArguments& arguments) {
  v1::ShowTextRequest request;
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  if (arguments.proposal_id.empty()) {
    request.set_kind(kind);
    request.set_text_id(arguments.text_id);
    request.set_version(arguments.version);
  } else {
    request.set_proposal_id(arguments.proposal_id);
  }
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ShowTextResponse>(request));
  Result result;
  result.text = response.yaml() + (absl::EndsWith(response.yaml(), "\n") ? "\n" : "\n\n");
  if (response.has_proposal()) {
    result.text += ProposalLines(response.proposal());
    result.summary =
        absl::StrCat(NameOf(response.proposal()), " ", StandingOf(response.proposal()));
  } else {
    const v1::TextRelease& release = response.release();
    result.summary = absl::StrCat(NameOf(kind, release.text_id()), ", version ", release.version(),
                                  release.in_force() ? ", in force" : ", not in force", "; ",
                                  ByWhom(release), ", ", UtcText(release.release_time()), " UTC");
  }
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
