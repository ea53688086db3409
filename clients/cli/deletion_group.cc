#include <CLI/CLI.hpp>
#include <memory>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddDeletions(CommandTree& root) {
  CommandTree deletion = root.Group(
      "deletion",
      "Orders to delete what vendors were shown of work that has ended, and what they answered.",
      "deletion list --overdue\ndeletion show ORDER\n"
      "deletion waive ORDER --reason \"the company was dissolved\"");
  auto listed = std::make_shared<DeletionListArguments>();
  CLI::App& list = deletion.Online(
      "list", "Lists orders, the oldest first, with their due times and what became of them.",
      "deletion list --overdue\ndeletion list --vendor sakura --open --json orders.json",
      [listed](Session& session) { return DeletionList(session, *listed); });
  list.add_option("--vendor", listed->listed.id, "this vendor's alone")->type_name("VENDOR");
  list.add_flag("--open", listed->open, "those that are neither confirmed nor waived");
  list.add_flag("--overdue", listed->overdue, "open ones whose time is up");
  AddLimit(list, listed->listed.limit, "orders");

  auto shown = std::make_shared<std::string>();
  CLI::App& show = deletion.Online(
      "show",
      "Shows an order with its assignments and its vendor's signed word. The signature is verified "
      "here, by the certificate that came with it; ends with code 1 if it does not fit, or if the "
      "word is about something else.",
      "deletion show 01KBXQ0M4V8Q2Y5T7W9Z1A3C5E\n"
      "deletion show 01KBXQ0M4V8Q2Y5T7W9Z1A3C5E --json order.json",
      [shown](Session& session) { return DeletionShow(session, *shown); });
  AddText(show, "ORDER", *shown, "the order's id");

  auto waived = std::make_shared<DeletionWaiveArguments>();
  CLI::App& waive = deletion.Online(
      "waive",
      "Waits no longer for a vendor's word. The order counts as not confirmed for ever, and what "
      "retention keeps until then may go.",
      "deletion waive 01KBXQ0M4V8Q2Y5T7W9Z1A3C5E --reason \"the company was dissolved\"",
      [waived](Session& session) { return DeletionWaive(session, *waived); });
  AddText(waive, "ORDER", waived->order_id, "the order's id");
  waive.add_option("--reason", waived->reason, "why: one line that names nobody")
      ->required()
      ->type_name("TEXT");
}

}  // namespace switchboard::cli
