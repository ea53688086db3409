#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddRetention(CommandTree& root) {
  CommandTree retention = root.Group(
      "retention", "What is kept and for how long, what is due, and what waits for whom.",
      "retention show\nretention show --max-wait 7\nretention resume");
  auto shown = std::make_shared<RetentionShowArguments>();
  CLI::App& show = retention.Online(
      "show",
      "Shows what the next sweep erases, what waits although its time is up, for whom, and what "
      "ends that. Exits with 1 when something has waited too long for somebody; legal holds, rules "
      "that count and rows that go first are as they should be.",
      "retention show\nretention show --max-wait 7 --json retention.json",
      [shown](Session& session) { return RetentionShow(session, *shown); });
  AddNumber(show, "--max-wait", shown->max_wait_days, 0,
            "days that something may wait beyond its time (default 30)");
  retention.Online(
      "resume",
      "Lets a restored database erase again. Place legal holds and requests of persons "
      "that are younger than the backup first: what they keep is erased otherwise.",
      "retention resume", RetentionResume);
}

void AddVendorRetire(CommandTree& vendor) {
  auto retired = std::make_shared<VendorRetireArguments>();
  CLI::App& retire = vendor.Online(
      "retire",
      "A vendor whose contract has ended will not come back: what it never acknowledged is waited "
      "for no longer, its orders to delete are waived, and requests of its to see more end. What "
      "it "
      "was shown counts as not deleted for ever.",
      "vendor retire sakura --reason 'insolvent since May'",
      [retired](Session& session) { return VendorRetire(session, *retired); });
  AddText(retire, "VENDOR", retired->vendor_id, "the vendor's id");
  retire.add_option("--reason", retired->reason, "why: one line that names nobody")
      ->required()
      ->type_name("TEXT");
}

}  // namespace switchboard::cli
