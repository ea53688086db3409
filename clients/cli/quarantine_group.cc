#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddQuarantine(CommandTree& root) {
  CommandTree quarantine =
      root.Group("quarantine", "What was refused and kept.",
                 "quarantine list\nquarantine vouch 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\n"
                 "quarantine show 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\nquarantine retry --vendor sakura");
  auto listed = std::make_shared<ListArguments>();
  CLI::App& list =
      quarantine.Online("list", "Lists it without the content, oldest first.",
                        "quarantine list\nquarantine list --limit 20",
                        [listed](Session& session) { return QuarantineList(session, *listed); });
  AddLimit(list, listed->limit, "rows");

  auto vouched = std::make_shared<std::string>();
  AddText(
      quarantine.Online(
          "vouch",
          "Gives your word that an item's content may be read, for 24 hours. It takes the words "
          "of two operators.",
          "quarantine vouch 01JBZ0V3K8Q6N5T2W4X7Y9ZABC",
          [vouched](Session& session) { return QuarantineVouch(session, *vouched); }),
      "ITEM", *vouched, "the item's id");

  auto shown = std::make_shared<std::string>();
  AddText(quarantine.Online(
              "show",
              "Shows an item's content, personal text masked to its shape, once two operators have "
              "vouched. That you read it is in the audit log.",
              "quarantine show 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\n"
              "quarantine show 01JBZ0V3K8Q6N5T2W4X7Y9ZABC --json item.json",
              [shown](Session& session) { return QuarantineShow(session, *shown); }),
          "ITEM", *shown, "the item's id");

  auto retried = std::make_shared<RetryArguments>();
  CLI::App& retry = quarantine.Online(
      "retry",
      "Has the hub take items again by today's rules, as if their sender had sent them anew: those "
      "named, or all there are, the oldest first. Fails when one is refused again. Without "
      "--status corrections are taken too that came while what they correct was waiting and were "
      "refused for that (VERSION_GAP).",
      "quarantine retry 01JBZ0V3K8Q6N5T2W4X7Y9ZABC 01JBZ0V3K8Q6N5T2W4X7Y9ZABD\n"
      "quarantine retry --vendor sakura\n"
      "quarantine retry --vendor sakura --status DAY_FULL",
      [retried](Session& session) { return QuarantineRetry(session, *retried); });
  CLI::Option* ids = retry.add_option("ITEM", retried->ids, "ids of items (default: all)");
  retry.add_option("--vendor", retried->vendor_id, "those that this vendor sent")
      ->type_name("VENDOR")
      ->excludes(ids);
  retry.add_option("--status", retried->status, "those that were refused with it, as DAY_FULL")
      ->type_name("STATUS")
      ->excludes(ids);
}

}  // namespace switchboard::cli
