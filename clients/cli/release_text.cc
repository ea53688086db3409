#include "clients/cli/release_text.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/render.h"
#include "clients/cli/text_kind.h"
#include "clients/text_table.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

constexpr size_t kShortDigestDigits = 12;

std::string FromText(const v1::Date& from, bool decided) {
  if (from.year() != 0) return DayText(from);
  return decided ? "at once" : "its release";
}

std::string ToText(const v1::Date& to) { return to.year() == 0 ? "open" : DayText(to); }

// Its own version where it has one, and which it follows: "4 after 3", "after 2", "first".
std::string VersionText(const v1::TextProposal& proposal) {
  const std::string own = proposal.version() > 0 ? absl::StrCat(proposal.version(), " ") : "";
  if (proposal.replaces_version() == 0) return own + "first";
  return absl::StrCat(own, "after ", proposal.replaces_version());
}

// "vendor"
std::string IdTitle(v1::TextKind kind) { return absl::AsciiStrToLower(WordsOf(kind).id); }

}  // namespace

std::string ShortDigest(std::string_view digest) {
  return Hex(digest).substr(0, kShortDigestDigits);
}

std::string DaysText(const v1::Date& from, const v1::Date& to) {
  return absl::StrCat("from ", FromText(from, false),
                      to.year() == 0
                          ? ", until replaced"
                          : absl::StrCat("; ", DayText(to), " is its first day out of force"));
}

std::string NameOf(const v1::TextProposal& proposal) {
  return absl::StrCat("proposal ", proposal.proposal_id(), " of ",
                      NameOf(proposal.kind(), proposal.text_id()), " by ", proposal.proposed_by());
}

std::string StandingOf(const v1::TextProposal& proposal) {
  switch (proposal.state()) {
    case v1::TextProposal::STATE_OPEN:
      return "waits for another operator";
    case v1::TextProposal::STATE_RELEASED:
      return absl::StrCat("is version ", proposal.released_version(), ", released by ",
                          proposal.decided_by());
    case v1::TextProposal::STATE_DROPPED:
      return "was dropped by " + proposal.decided_by();
    case v1::TextProposal::STATE_EXPIRED:
      return "has expired: nobody decided in time";
    case v1::TextProposal::STATE_OUTDATED:
      return "is outdated: what it was to replace is the newest no longer; propose it anew";
    default:
      return absl::StrCat("is ", ShortName(proposal.state()));
  }
}

std::string ProposalLines(const v1::TextProposal& proposal) {
  const std::string own =
      proposal.version() > 0 ? absl::StrCat(", version ", proposal.version()) : "";
  const std::string replaces = proposal.replaces_version() > 0
                                   ? absl::StrCat(", after version ", proposal.replaces_version())
                                   : ", the first one";
  return absl::StrCat(
      "  text      ", NameOf(proposal.kind(), proposal.text_id()), own, replaces, "\n  in force  ",
      DaysText(proposal.effective_from(), proposal.effective_to()), "\n  proposed  by ",
      proposal.proposed_by(), ", ", UtcText(proposal.propose_time()), " UTC; void from ",
      UtcText(proposal.expire_time()), " UTC\n  digest    ", Hex(proposal.digest()), "\n");
}

std::string ProposalTable(v1::TextKind kind,
                          const google::protobuf::RepeatedPtrField<v1::TextProposal>& proposals,
                          bool decided_too) {
  std::vector<TextTable::Column> columns = {
      {"proposal", Align::kLeft},      {IdTitle(kind), Align::kLeft}, {"version", Align::kLeft},
      {"from", Align::kLeft},          {"to", Align::kLeft},          {"proposed by", Align::kLeft},
      {"proposed (UTC)", Align::kLeft}};
  if (decided_too) {
    columns.push_back({"state", Align::kLeft});
    columns.push_back({"by", Align::kLeft});
  }
  columns.push_back({"digest", Align::kLeft});
  TextTable table(std::move(columns));
  for (const auto& proposal : proposals) {
    std::vector<std::string> cells = {
        proposal.proposal_id(),          proposal.text_id(),
        VersionText(proposal),           FromText(proposal.effective_from(), false),
        ToText(proposal.effective_to()), proposal.proposed_by(),
        UtcText(proposal.propose_time())};
    if (decided_too) {
      cells.push_back(ShortName(proposal.state()));
      cells.push_back(proposal.decided_by());
    }
    cells.push_back(ShortDigest(proposal.digest()));
    table.Add(std::move(cells));
  }
  return table.Render();
}

std::string ReleaseTable(v1::TextKind kind,
                         const google::protobuf::RepeatedPtrField<v1::TextRelease>& releases,
                         bool of_one_text) {
  std::vector<TextTable::Column> columns;
  if (!of_one_text) columns.push_back({IdTitle(kind), Align::kLeft});
  columns.insert(columns.end(), {{"version"},
                                 {"in force", Align::kLeft},
                                 {"from", Align::kLeft},
                                 {"to", Align::kLeft},
                                 {"proposed by", Align::kLeft},
                                 {"released by", Align::kLeft},
                                 {"released (UTC)", Align::kLeft},
                                 {"digest", Align::kLeft}});
  TextTable table(std::move(columns));
  for (const auto& release : releases) {
    std::string to = ToText(release.effective_to());
    if (!release.ended_by().empty()) absl::StrAppend(&to, ", ended by ", release.ended_by());
    std::vector<std::string> cells;
    if (!of_one_text) cells.push_back(release.text_id());
    cells.insert(cells.end(), {absl::StrCat(release.version()), release.in_force() ? "yes" : "no",
                               FromText(release.effective_from(), true), std::move(to),
                               release.proposed_by(), release.released_by(),
                               UtcText(release.release_time()), ShortDigest(release.digest())});
    table.Add(std::move(cells));
  }
  return table.Render();
}

}  // namespace switchboard::cli
