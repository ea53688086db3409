#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "clients/cli/session.h"

namespace CLI {
class App;
}

namespace switchboard::cli {

// What was asked for, ready to run.
using Command = std::function<absl::StatusOr<Result>(Session&)>;

// Adds every command to `app`. Parsing then fills in `session` and sets `command`; both outlive
// `app`.
void AddCommands(CLI::App& app, Session& session, Command& command);

}  // namespace switchboard::cli
