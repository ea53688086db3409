#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {
namespace {

// Those that ask a hub.
void AddHubRules(CommandTree& rules) {
  auto applied = std::make_shared<std::string>();
  AddText(
      rules.Online("apply",
                   "Puts a rule pack in force, from its effective_from on. A version that stands "
                   "is never changed: another text takes a higher one.",
                   "rules apply packs/jp.yaml",
                   [applied](Session& session) { return RulesApply(session, *applied); }),
      "FILE", *applied, "a YAML file");
  rules.Online("list", "Lists every version of every rule pack, and which are in force.",
               "rules list\nrules list --json -", RulesList);
  auto shown = std::make_shared<RulesShowArguments>();
  CLI::App& show =
      rules.Online("show", "Shows a rule pack as it was written, and who put it there.",
                   "rules show jp\nrules show jp --version 2 --json pack.json",
                   [shown](Session& session) { return RulesShow(session, *shown); });
  AddText(show, "PACK", shown->pack_id, "the pack's id");
  AddNumber(show, "--version", shown->version, 1, "this version (default: the highest)");
  auto compared = std::make_shared<std::string>();
  AddText(
      rules.Online("diff",
                   "Says which rules of a file differ from the highest version of its pack that "
                   "was applied. Changes nothing; ends with code 1 if one differs.",
                   "rules diff packs/jp.yaml\nrules diff packs/jp.yaml --json -",
                   [compared](Session& session) { return RulesDiff(session, *compared); }),
      "FILE", *compared, "a YAML file");
}

}  // namespace

void AddRules(CommandTree& root) {
  CommandTree rules =
      root.Group("rules", "Rule packs: when, how often and whom the law lets anybody contact.",
                 "rules lint packs/*.yaml\nrules test --pack packs/jp.yaml --cases cases/jp.yaml\n"
                 "rules diff packs/jp.yaml\nrules apply packs/jp.yaml\nrules list\nrules show jp");
  auto files = std::make_shared<std::vector<std::string>>();
  rules
      .Offline(
          "lint",
          "Checks rule packs without a hub; names file, line and field. Texts of one pack must "
          "not be in force on the same day.",
          "rules lint packs/*.yaml\nrules lint jp.yaml --json -",
          [files](Session& session) { return RulesLint(session, *files); })
      .add_option("FILE", *files, "YAML files")
      ->required();

  auto tested = std::make_shared<RulesTestArguments>();
  CLI::App& test = rules.Offline(
      "test",
      "Asks a rule pack about cases: facts, and what the pack must say to them. Tells each case "
      "that comes out otherwise, and ends with code 1 if one does.",
      "rules test --pack packs/jp.yaml --cases cases/jp.yaml\n"
      "rules test --pack packs/us.yaml --cases cases/us.yaml cases/more.yaml --json result.json",
      [tested](Session& session) { return RulesTest(session, *tested); });
  test.add_option("--pack", tested->pack, "the pack, a YAML file")->type_name("FILE")->required();
  test.add_option("--cases", tested->cases, "the cases, YAML files")->type_name("FILE")->required();
  AddHubRules(rules);
}

}  // namespace switchboard::cli
