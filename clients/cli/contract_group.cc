#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"

namespace switchboard::cli {

void AddContracts(CommandTree& root) {
  CommandTree contract =
      root.Group("contract", "Contracts: what a vendor may see and do.",
                 "contract check contracts/*.yaml\ncontract apply contracts/sakura.yaml\n"
                 "contract show sakura\ncontract end sakura --from 2027-04-01");
  auto files = std::make_shared<std::vector<std::string>>();
  contract
      .Offline("check",
               "Checks contract files without a hub; names file, line and field. Warns of what "
               "shows more than it seems to.",
               "contract check contracts/*.yaml",
               [files](Session& session) { return ContractCheck(session, *files); })
      .add_option("FILE", *files, "YAML files")
      ->required();

  auto file = std::make_shared<std::string>();
  AddText(contract.Online("apply",
                          "Puts a contract in force, at once or from its effective_from on. One "
                          "that says the same as the newest changes nothing.",
                          "contract apply contracts/sakura.yaml",
                          [file](Session& session) { return ContractApply(session, *file); }),
          "FILE", *file, "a YAML file");

  auto shown = std::make_shared<ContractShowArguments>();
  CLI::App& show = contract.Online(
      "show", "Shows a vendor's contract as it was written, and what versions there are.",
      "contract show sakura\ncontract show sakura --version 2 --json contract.json",
      [shown](Session& session) { return ContractShow(session, *shown); });
  AddText(show, "VENDOR", shown->vendor_id, "the vendor's id");
  AddNumber(show, "--version", shown->version, 1,
            "this version (default: the one in force, or else the newest)");

  auto ended = std::make_shared<ContractEndArguments>();
  CLI::App& end = contract.Online(
      "end",
      "Ends a vendor's contract: it sees nothing and gets no permit from that day on, and what it "
      "holds is placed elsewhere. Applying a contract begins it again.",
      "contract end sakura\ncontract end sakura --from 2027-04-01",
      [ended](Session& session) { return ContractEnd(session, *ended); });
  AddText(end, "VENDOR", ended->vendor_id, "the vendor's id");
  end.add_option("--from", ended->from, "first day it is no longer in force, UTC (default: today)")
      ->check(CLI::Validator(ProblemOfDay, ""))
      ->type_name("YYYY-MM-DD");
}

}  // namespace switchboard::cli
