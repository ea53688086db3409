// The commands by which texts come into force, of whatever kind.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/command_tree.h"
#include "clients/cli/release_commands.h"
#include "clients/cli/text_kind.h"

namespace switchboard::cli {
namespace {

constexpr char kExampleProposal[] = "01JBZ0V3K8Q6N5T2W4X7Y9ZABC";
constexpr size_t kDigitsMin = 12, kDigitsMax = 64;

std::string ProblemOfDigest(const std::string& text) {
  const bool good = text.size() >= kDigitsMin && text.size() <= kDigitsMax &&
                    std::all_of(text.begin(), text.end(), [](char c) {
                      return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                    });
  return good ? ""
              : absl::StrCat("must be ", kDigitsMin, " to ", kDigitsMax, " hexadecimal digits");
}

// What is done about one proposal.
void AddDecisions(CommandTree& group, v1::TextKind kind) {
  const TextWords& words = WordsOf(kind);
  auto file = std::make_shared<std::string>();
  AddText(group.Online(
              "propose",
              absl::StrCat("Proposes a ", words.noun,
                           ". It comes into force when another operator releases it. One that says "
                           "the same as the newest version, or as what waits, changes nothing."),
              absl::StrCat(words.group, " propose ", words.example_file),
              [file, kind](Session& session) { return ProposeText(session, kind, *file); }),
          "FILE", *file, "a YAML file");

  auto released = std::make_shared<ReleaseArguments>();
  CLI::App& release = group.Online(
      "release",
      absl::StrCat("Puts another operator's proposal in force, at once or from its first day on. "
                   "Look at it before: ",
                   words.group, " show --proposal PROPOSAL prints its text."),
      absl::StrCat(words.group, " release ", kExampleProposal, "\n", words.group, " release ",
                   kExampleProposal, " --digest 9f86d081884c"),
      [released, kind](Session& session) { return ReleaseText(session, kind, *released); });
  AddText(release, "PROPOSAL", released->proposal_id, "the proposal's id");
  release
      .add_option("--digest", released->digest,
                  "release no other text than the one of this SHA-256, of which the first 12 "
                  "digits are enough")
      ->check(CLI::Validator(ProblemOfDigest, ""))
      ->type_name("HEX");

  auto dropped = std::make_shared<std::string>();
  AddText(group.Online(
              "drop", "Drops a proposal, whoever's it is: it can be released no more.",
              absl::StrCat(words.group, " drop ", kExampleProposal),
              [dropped, kind](Session& session) { return DropProposal(session, kind, *dropped); }),
          "PROPOSAL", *dropped, "the proposal's id");
}

void AddShow(CommandTree& group, v1::TextKind kind) {
  const TextWords& words = WordsOf(kind);
  // There is one plan in force, whatever its id.
  const bool may_be_left_out = kind == v1::TEXT_KIND_ROUTING_PLAN;
  auto shown = std::make_shared<ShowTextArguments>();
  CLI::App& show = group.Online(
      "show",
      absl::StrCat("Shows a ", words.noun,
                   " as it was written, and who put it there: the one in force or else the newest, "
                   "another version, or what a proposal says."),
      absl::StrCat(words.group, " show ", may_be_left_out ? "" : words.example_id, "\n",
                   words.group, " show ", words.example_id, " --version 2 --json ", words.group,
                   ".json\n", words.group, " show --proposal ", kExampleProposal),
      [shown, kind](Session& session) { return ShowText(session, kind, *shown); });
  CLI::Option_group* what = show.add_option_group("What");
  what->require_option(may_be_left_out ? 0 : 1, 1);
  what->add_option(words.id, shown->text_id,
                   may_be_left_out ? "the plan's id (default: the plan in force)" : "whose");
  CLI::Option* proposal =
      what->add_option("--proposal", shown->proposal_id, "what this proposal says")
          ->type_name("PROPOSAL");
  AddNumber(show, "--version", shown->version, 1,
            "this version (default: the one in force, or else the newest)")
      ->excludes(proposal);
}

void AddLists(CommandTree& group, v1::TextKind kind) {
  const TextWords& words = WordsOf(kind);
  auto listed = std::make_shared<ProposalsArguments>();
  CLI::App& proposals = group.Online(
      "proposals", "Lists proposals that wait for another operator.",
      absl::StrCat(words.group, " proposals\n", words.group, " proposals ", words.example_id,
                   " --all"),
      [listed, kind](Session& session) { return ListProposals(session, kind, *listed); });
  proposals.add_option(words.id, listed->text_id, "of this one (default: of all)");
  proposals.add_flag("--all", listed->decided_too,
                     "those too that were released or dropped, have expired or are outdated");

  auto text_id = std::make_shared<std::string>();
  group
      .Online("history",
              "Shows who proposed and who released which version, when, and on which days it is in "
              "force, and what waits. Without an id: the newest version of each, and those in "
              "force.",
              absl::StrCat(words.group, " history\n", words.group, " history ", words.example_id),
              [text_id, kind](Session& session) { return ShowHistory(session, kind, *text_id); })
      .add_option(words.id, *text_id, "of this one (default: of all)");
}

}  // namespace

void AddLint(CommandTree& group, v1::TextKind kind, const std::string& description, Lint lint) {
  const TextWords& words = WordsOf(kind);
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App& leaf = group.Offline(
      "lint", description,
      absl::StrCat(words.group, " lint ", words.example_file, "\n", words.group, " lint ",
                   words.example_file, " --json -"),
      [files, lint = std::move(lint)](Session& session) { return lint(session, *files); });
  leaf.alias("check");
  leaf.add_option("FILE", *files, "YAML files")->required();
}

void AddReleases(CommandTree& group, v1::TextKind kind) {
  AddDecisions(group, kind);
  AddLists(group, kind);
  AddShow(group, kind);
}

}  // namespace switchboard::cli
