#include <CLI/CLI.hpp>
#include <memory>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddScorecard(CommandTree& vendor) {
  auto arguments = std::make_shared<ReportArguments>();
  CLI::App& scorecard = vendor.Online(
      "scorecard",
      "How vendors keep to what was agreed: orders to delete that were due in these days and how "
      "they were confirmed, withdrawals acknowledged within ten seconds, unmaskings, contacts "
      "without a permit, and sub-contractors that are not registered. Days are UTC; today unless "
      "named.",
      "vendor scorecard\n"
      "vendor scorecard --from 2026-11-01 --through 2026-11-30 --vendor sakura",
      [arguments](Session& session) { return VendorScorecard(session, *arguments); });
  AddDays(scorecard, arguments->from, arguments->through);
  scorecard.add_option("--vendor", arguments->vendor_id, "this vendor alone")->type_name("VENDOR");
}

}  // namespace switchboard::cli
