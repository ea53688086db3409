#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"

namespace switchboard::cli {
namespace {

void AddPlan(CommandTree& contract) {
  auto planned = std::make_shared<ContractPlanArguments>();
  CLI::App& plan = contract.Online(
      "plan",
      "Says before anything changes which fields of how many live assignments the vendor would see "
      "more or less of, which terms are others, and what becomes of its feed. Live work is shown "
      "side by side by its shape, letters as \"a\", digits as \"9\": whose it is nobody sees. "
      "Changes nothing.",
      "contract plan contracts/sakura.yaml\n"
      "contract plan --proposal 01JBZ0V3K8Q6N5T2W4X7Y9ZABC --samples 20 --json plan.json",
      [planned](Session& session) { return ContractPlan(session, *planned); });
  CLI::Option_group* what = plan.add_option_group("What");
  what->require_option(1);
  what->add_option("FILE", planned->file, "a YAML file");
  what->add_option("--proposal", planned->proposal_id, "what this proposal says")
      ->type_name("PROPOSAL");
  AddNumber(plan, "--limit", planned->assignments_max, 100,
            "most live assignments to look at, a multiple of 100 (default: 100,000)");
  AddNumber(plan, "--samples", planned->samples_max, 0,
            "of live work, show so many, at most 20 (default: 5)");
}

void AddPreview(CommandTree& contract) {
  auto previewed = std::make_shared<ContractPreviewArguments>();
  CLI::App& preview = contract.Offline(
      "preview",
      "Shows without a hub what a vendor would see of invented people of many languages, beside "
      "the most that any contract may show, or beside what another contract shows.",
      "contract preview contracts/sakura.yaml\n"
      "contract preview contracts/sakura.yaml --against contracts/sakura-2026.yaml",
      [previewed](Session& session) { return ContractPreview(session, *previewed); });
  AddText(preview, "FILE", previewed->file, "a YAML file");
  preview
      .add_option("--against", previewed->against,
                  "show only what looks otherwise under this contract")
      ->type_name("FILE");
}

}  // namespace

void AddContracts(CommandTree& root) {
  CommandTree contract =
      root.Group("contract", "Contracts: what a vendor may see and do.",
                 "contract lint contracts/*.yaml\ncontract preview contracts/sakura.yaml\n"
                 "contract plan contracts/sakura.yaml\ncontract propose contracts/sakura.yaml\n"
                 "contract release 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\ncontract history sakura\n"
                 "contract end sakura --from 2027-04-01");
  AddLint(contract, v1::TEXT_KIND_CONTRACT,
          "Checks contract files without a hub; names file, line and field. Warns of what shows "
          "more than it seems to.",
          ContractLint);
  AddPreview(contract);
  AddPlan(contract);
  AddReleases(contract, v1::TEXT_KIND_CONTRACT);

  auto ended = std::make_shared<ContractEndArguments>();
  CLI::App& end = contract.Online(
      "end",
      "Ends a vendor's contract: it sees nothing and gets no permit from that day on, and what it "
      "holds is placed elsewhere. One operator is enough, as for a stop; to begin it again takes a "
      "proposal and another operator's release.",
      "contract end sakura\ncontract end sakura --from 2027-04-01",
      [ended](Session& session) { return ContractEnd(session, *ended); });
  AddText(end, "VENDOR", ended->vendor_id, "the vendor's id");
  end.add_option("--from", ended->from, "first day it is no longer in force, UTC (default: today)")
      ->check(CLI::Validator(ProblemOfDay, ""))
      ->type_name("YYYY-MM-DD");
}

}  // namespace switchboard::cli
