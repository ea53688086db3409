#include <CLI/CLI.hpp>
#include <memory>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddRecordings(CommandTree& root) {
  CommandTree recordings = root.Group(
      "recordings",
      "Recordings of calls, which stay at the vendors: those that are owed, and whether one that "
      "was fetched is the one that was told of.",
      "recordings missing --vendor sakura\n"
      "recordings check --vendor sakura --outcome o-7 --file call.wav");
  auto listed = std::make_shared<ListArguments>();
  CLI::App& missing = recordings.Online(
      "missing",
      "Lists calls whose recordings the contract asks for and the vendor did not tell of in time.",
      "recordings missing\nrecordings missing --vendor sakura --json missing.json",
      [listed](Session& session) { return RecordingsMissing(session, *listed); });
  missing.add_option("--vendor", listed->id, "this vendor's alone")->type_name("VENDOR");
  AddLimit(missing, listed->limit, "rows");

  auto arguments = std::make_shared<RecordingCheckArguments>();
  CLI::App& check = recordings.Online(
      "check",
      "Says whether a file is the recording that the vendor told of, by its SHA-256. The file "
      "stays "
      "here; that it was compared, and how that ended, is in the audit log. Ends with code 1 if it "
      "is another one.",
      "recordings check --vendor sakura --outcome o-7 --file call.wav\n"
      "recordings check --vendor sakura --outcome o-7 --file call.wav --json -",
      [arguments](Session& session) { return RecordingsCheck(session, *arguments); });
  check.add_option("--vendor", arguments->vendor_id, "whose call it was")
      ->required()
      ->type_name("VENDOR");
  check.add_option("--outcome", arguments->outcome_id, "the vendor's outcome that reported it")
      ->required()
      ->type_name("ID");
  check.add_option("--file", arguments->file, "the recording as it was fetched, of any size")
      ->required()
      ->type_name("FILE");
}

}  // namespace switchboard::cli
