#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddPermits(CommandTree& root) {
  CommandTree permit =
      root.Group("permit", "Permits: who may contact whom, and why not.",
                 "permit explain --account C-2041\n"
                 "permit explain --account C-2041 --at 2026-11-30T09:00:00+09:00 --channel PHONE\n"
                 "permit report --from 2026-11-01 --through 2026-11-30");
  auto arguments = std::make_shared<ExplainArguments>();
  auto channel = std::make_shared<std::string>();
  CLI::App& explain = permit.Online(
      "explain",
      "Says which vendor may contact whom about an account, where, how and what for, and which "
      "rules, stops or terms stand in the way. Asks for no permit and changes nothing.",
      "permit explain --account C-2041\n"
      "permit explain --account C-2041 --vendor sakura --channel SMS\n"
      "permit explain --account C-2041 --at 2026-11-30T09:00:00+09:00 --json -",
      [arguments, channel](Session& session) {
        v1::Channel_Parse("CHANNEL_" + *channel, &arguments->channel);
        return PermitExplain(session, *arguments);
      });
  explain.add_option("--account", arguments->account_id, "the account, by the core's id")
      ->required()
      ->type_name("ID");
  explain
      .add_option("--at", arguments->at,
                  "at this moment instead of now, at most 31 days ahead (RFC 3339, with offset)")
      ->type_name("TIME");
  AddEnum(explain, "--channel", *channel, v1::Channel_descriptor(), "by this channel alone");
  explain.add_option("--vendor", arguments->vendor_id, "at this vendor alone")->type_name("VENDOR");

  auto report = std::make_shared<ReportArguments>();
  CLI::App& reported = permit.Online(
      "report",
      "Counts permits given, denied and warned by vendor and rule, contacts without a permit, and "
      "how long vendors took to confirm stops. Days are UTC; today unless named.",
      "permit report\npermit report --from 2026-11-01 --through 2026-11-30 --vendor sakura",
      [report](Session& session) { return PermitReport(session, *report); });
  AddDays(reported, report->from, report->through);
  reported.add_option("--vendor", report->vendor_id, "this vendor alone")->type_name("VENDOR");
}

}  // namespace switchboard::cli
