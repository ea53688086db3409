#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddQuarantine(CommandTree& root) {
  CommandTree quarantine = root.Group(
      "quarantine", "What was refused and kept.",
      "quarantine list\nquarantine vouch 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\n"
      "quarantine show 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\nquarantine replay 01JBZ0V3K8Q6N5T2W4X7Y9ZABC");
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

  auto replayed = std::make_shared<std::vector<std::string>>();
  quarantine
      .Online("replay",
              "Has the hub take items again by today's rules, as if their sender had sent them "
              "anew. Fails when one is refused again.",
              "quarantine replay 01JBZ0V3K8Q6N5T2W4X7Y9ZABC 01JBZ0V3K8Q6N5T2W4X7Y9ZABD",
              [replayed](Session& session) { return QuarantineReplay(session, *replayed); })
      .add_option("ITEM", *replayed, "ids of items")
      ->required();
}

}  // namespace switchboard::cli
