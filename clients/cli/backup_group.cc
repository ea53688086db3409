#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddBackup(CommandTree& root) {
  auto name = std::make_shared<std::string>();
  root.Online(
          "backup",
          "Has the hub copy its SQLite database into its backup folder while it works, and "
          "checks the copy. Beside it lie the heads of its audit log, FILE.heads.json: keep them "
          "elsewhere, for 'restore --expect'.",
          "backup\nbackup --name before-upgrade.db --json backup.json",
          [name](Session& session) { return MakeBackup(session, *name); })
      .add_option("--name", *name, "name of the file (default: the hub's name and the time)")
      ->type_name("FILE");
  auto arguments = std::make_shared<RestoreArguments>();
  CLI::App& restore = root.Offline(
      "restore",
      "Makes a database from a backup fit to be served: new generations of all feeds, outcome "
      "numbers beyond what the core has read, every vendor stopped. On the hub's machine, while no "
      "hub runs. That the backup's audit log has its end shows only against heads noted no later "
      "than the backup was made: --expect.",
      "restore --config hub.yaml --from backups/hub-1-20261126T084512Z.db --core-read-through "
      "41877 --expect hub-1-20261126T084512Z.db.heads.json\n"
      "restore --config hub-a.yaml --core-read-through 41877",
      [arguments](Session& session) { return RestoreBackup(session, *arguments); });
  restore.add_option("--config", arguments->config, "the hub's configuration file")
      ->required()
      ->type_name("FILE");
  restore
      .add_option("--from", arguments->from,
                  "the backup; what is in place is kept beside it (default: the database in "
                  "place was restored already, as PostgreSQL's is by its own means)")
      ->type_name("FILE");
  restore
      .add_option("--core-read-through", arguments->core_read_through,
                  "the largest outcome number that the core has read; 0 if it has read none")
      ->required()
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 53))
      ->type_name("N");
  restore
      .add_option(
          "--expect", arguments->expected,
          "heads that the audit log must hold, as 'backup' wrote them beside the backup, or "
          "'audit heads --json' or the hub's log before")
      ->type_name("FILE");
}

}  // namespace switchboard::cli
