#include "clients/cli/release_commands.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cli/release_text.h"
#include "clients/cli/render.h"
#include "clients/cli/text_kind.h"
#include "clients/cli/text_versions.h"
#include "clients/cli/warning_lines.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

// What became of a version. `today` is written as the days are, in UTC.
std::string Standing(const v1::ReleaseTextResponse& response, const std::string& today) {
  const v1::TextRelease& release = response.release();
  const std::string from = DayText(release.effective_from());
  const std::string to = DayText(release.effective_to());
  std::string text;
  if (release.in_force()) {
    text = response.changed() ? ", is in force" : ", was released already and is in force";
  } else if (from > today) {
    text = absl::StrCat(response.changed() ? ", begins" : ", was released already and begins",
                        " on ", from, "; what was in force stays until then");
  } else if (!to.empty() && to <= today) {
    text = ", is not in force, and no other version is";
  } else {
    text = ", is not in force";
  }
  if (!to.empty()) absl::StrAppend(&text, "; ", to, " is its first day out of force");
  if (response.new_generation()) text += "; the vendor's feed began a new generation";
  return text;
}

// What else there is to know, or to do, once a version is in force.
std::string Afterwards(const v1::TextRelease& release) {
  if (!release.in_force()) return {};
  if (release.kind() == v1::TEXT_KIND_ROUTING_PLAN)
    return "; what is imported from now on is placed by it";
  if (release.kind() != v1::TEXT_KIND_CODE_MAP) return {};
  return absl::StrCat(
      "; what waits for its codes, and corrections of it, are taken by switchboard quarantine "
      "retry --vendor ",
      release.text_id());
}

}  // namespace

absl::StatusOr<Result> ProposeText(Session& session, v1::TextKind kind, const std::string& file) {
  ASSIGN_OR_RETURN(OwnText text, ReadOwnText(kind, file));
  v1::ProposeTextRequest request;
  request.set_kind(kind);
  request.set_yaml(std::move(text.yaml));
  request.set_file_name(std::move(text.file_name));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ProposeTextResponse>(request));
  Result result;
  result.json = JsonOf(response);
  result.text = WarningLines(response);
  if (!response.has_proposal()) {
    result.summary =
        NameOf(kind, text.text_id) + ": the newest version says the same; nothing is proposed";
    return result;
  }
  const v1::TextProposal& proposal = response.proposal();
  absl::StrAppend(&result.text, ProposalLines(proposal),
                  "  next      another operator types: switchboard ", WordsOf(kind).group,
                  " release ", proposal.proposal_id(), " --digest ", ShortDigest(proposal.digest()),
                  "\n");
  result.summary = absl::StrCat(
      NameOf(proposal), response.is_new() ? " " : " was there already and ", StandingOf(proposal));
  return result;
}

absl::StatusOr<Result> ReleaseText(Session& session, v1::TextKind kind,
                                   const ReleaseArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const v1::TextProposal proposal,
                   FindProposal(*hub, kind, arguments.proposal_id));
  if (!absl::StartsWith(Hex(proposal.digest()), absl::AsciiStrToLower(arguments.digest))) {
    return Error(absl::StatusCode::kFailedPrecondition, "PROPOSAL_CHANGED",
                 absl::StrCat("the text of proposal ", proposal.proposal_id(), " has the digest ",
                              Hex(proposal.digest()), ", and another one was to be released"));
  }
  v1::ReleaseTextRequest request;
  request.set_proposal_id(proposal.proposal_id());
  request.set_digest(proposal.digest());
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ReleaseTextResponse>(request));
  const v1::TextRelease& release = response.release();
  Result result;
  result.text = ProposalLines(proposal) + WarningLines(response);
  result.summary = absl::StrCat(
      NameOf(kind, release.text_id()), ", version ", release.version(),
      Standing(response, absl::FormatTime("%Y-%m-%d", session.clock.Now(), absl::UTCTimeZone())),
      Afterwards(release));
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> DropProposal(Session& session, v1::TextKind kind,
                                    const std::string& proposal_id) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const v1::TextProposal proposal, FindProposal(*hub, kind, proposal_id));
  v1::DropProposalRequest request;
  request.set_proposal_id(proposal_id);
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::DropProposalResponse>(request));
  Result result;
  result.summary = NameOf(proposal) + (response.changed() ? " is dropped" : " was dropped already");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
