#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddRules(CommandTree& root) {
  CommandTree rules =
      root.Group("rules", "Rule packs: when, how often and whom the law lets anybody contact.",
                 "rules lint packs/*.yaml\nrules test --pack packs/jp.yaml --cases cases/jp.yaml");
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
}

}  // namespace switchboard::cli
