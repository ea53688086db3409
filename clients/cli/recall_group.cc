#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddRecalls(CommandTree& root) {
  CommandTree recall = root.Group("recall", "Recalls: taking assignments back.",
                                  "recall announce --vendor sakura --reason NO_EFFORT\n"
                                  "recall cancel 01JBZ0V3K8Q6N5T2W4X7Y9ZABC");
  auto arguments = std::make_shared<RecallArguments>();
  auto reason = std::make_shared<std::string>();
  CLI::App& announce = recall.Online(
      "announce", "Announces a recall; it becomes final after the contract's period.",
      "recall announce --assignment 01JBZ0V3K8Q6N5T2W4X7Y9ZABC --reason PLACED_IN_ERROR\n"
      "recall announce --vendor sakura --reason NO_EFFORT --place-again",
      [arguments, reason](Session& session) {
        v1::RecallReason_Parse("RECALL_REASON_" + *reason, &arguments->reason);
        return RecallAnnounce(session, *arguments);
      });
  CLI::Option_group* what = announce.add_option_group("What");
  what->require_option(1);
  what->add_option("--assignment", arguments->assignment_ids, "these assignments")->type_name("ID");
  what->add_option("--vendor", arguments->vendor_id, "every live assignment of this vendor")
      ->type_name("VENDOR");
  AddEnum(announce, "--reason", *reason, v1::RecallReason_descriptor(), "why")->required();
  announce.add_flag("--place-again", arguments->place_again,
                    "place the accounts with another vendor group once it is final");
  for (const bool cancel : {true, false}) {
    auto id = std::make_shared<std::string>();
    const std::string word = cancel ? "cancel" : "final";
    recall
        .Online(word,
                cancel ? "The vendor keeps the assignment." : "The assignment is withdrawn now.",
                "recall " + word + " 01JBZ0V3K8Q6N5T2W4X7Y9ZABC",
                [id, cancel](Session& session) { return RecallDecide(session, *id, cancel); })
        .add_option("ASSIGNMENT", *id, "the assignment's id")
        ->required();
  }
}

}  // namespace switchboard::cli
