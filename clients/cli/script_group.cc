#include <CLI/CLI.hpp>

#include "clients/cli/command_tree.h"
#include "clients/cli/commands.h"

namespace switchboard::cli {

void AddScripts(CommandTree& root) {
  CommandTree script =
      root.Group("script", "Scripts: what agents say, step by step, which outcomes name by its id.",
                 "script lint scripts/*.yaml\nscript propose scripts/reminder.yaml\n"
                 "script release 01JBZ0V3K8Q6N5T2W4X7Y9ZABC\nscript show reminder");
  AddLint(script, v1::TEXT_KIND_SCRIPT,
          "Checks scripts without a hub; names file, line and field. A script is written for "
          "everybody: what reaches somebody has no place in it.",
          ScriptLint);
  AddReleases(script, v1::TEXT_KIND_SCRIPT);
}

}  // namespace switchboard::cli
