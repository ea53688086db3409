#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {
namespace {

void AddWord(CommandTree& unmask, const std::string& word, bool agreed,
             const std::string& description) {
  auto unmasking_id = std::make_shared<std::string>();
  CLI::App& command = unmask.Online(word, description, "unmask " + word + " 01JQ3F0Q5Z8X",
                                    [unmasking_id, agreed](Session& session) {
                                      return UnmaskDecide(session, *unmasking_id, agreed);
                                    });
  AddText(command, "UNMASKING", *unmasking_id, "its id, as 'unmask list' shows it");
}

}  // namespace

void AddUnmaskings(CommandTree& root) {
  CommandTree unmask = root.Group(
      "unmask",
      "What vendors ask to see of a person for a time, where their contracts let them, and an "
      "operator's word where these want one.",
      "unmask list --waiting\nunmask agree 01JQ3F0Q5Z8X");
  auto listed = std::make_shared<UnmaskListArguments>();
  CLI::App& list = unmask.Online(
      "list", "Lists what was asked for and how it stands, oldest first; not what was seen.",
      "unmask list --waiting\nunmask list --vendor sakura --json unmaskings.json",
      [listed](Session& session) { return UnmaskList(session, *listed); });
  list.add_flag("--waiting", listed->waiting_only, "those alone that wait for a word");
  list.add_option("--vendor", listed->vendor_id, "of this vendor alone")->type_name("VENDOR");
  AddLimit(list, listed->listed.limit, "unmaskings");
  AddWord(unmask, "agree", true,
          "Lets it be seen, from when the vendor asks again on, for as long as its contract says.");
  AddWord(unmask, "refuse", false, "Says no.");
}

}  // namespace switchboard::cli
