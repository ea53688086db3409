#include "clients/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/command_tree.h"
#include "clients/cli/problem_text.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"

namespace switchboard::cli {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  export SWITCHBOARD_HUB=127.0.0.1:8443 SWITCHBOARD_TLS=certs/operator-ito\n"
    "  switchboard health\n"
    "  switchboard vendor list\n"
    "  switchboard vendor list --hub hub-1.issuer.example:8443,hub-2.issuer.example:8443\n"
    "  switchboard routing what-if --plan plan.yaml\n"
    "  switchboard audit verify --json audit.json\n"
    "\nEvery command that calls a hub takes --hub and --tls, or the two variables above. Times are "
    "UTC.\n"
    "Where several hubs serve one database, name them all: a command goes to the first it can "
    "reach,\nand on to the next when that one fails.\nExit codes: 0 done and good, 1 a check does "
    "not hold or an error, 2 wrong usage.";

int Report(const absl::StatusOr<Result>& result, Session& session) {
  if (!result.ok()) {
    session.err << ProblemText(result.status(), session.connection);
    return kExitFailed;
  }
  session.out << result->text << result->summary << std::endl;
  if (!session.json_file.empty()) {
    const absl::Status written = WriteTextFile(
        session.json_file, absl::StrCat("{\"holds\":", result->holds ? "true" : "false",
                                        ",\"summary\":", JsonText(result->summary),
                                        ",\"result\":", result->json, "}\n"));
    if (!written.ok()) {
      session.err << ProblemText(written, session.connection);
      return kExitFailed;
    }
  }
  return result->holds ? kExitOk : kExitFailed;
}

}  // namespace

int Run(int argc, const char* const* argv, Session& session) {
  CLI::App app("switchboard: the operators' command line of a Switchboard hub.", "switchboard");
  app.require_subcommand(1);
  app.footer(kFooter);
  Command command;
  AddCommands(app, session, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // CLI11 says that a command is missing, where one is only misspelt.
    const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
    if (!unknown.empty() && unknown.front().front() != '-') {
      session.err << "switchboard: no such command: " << unknown.front()
                  << "\nRun with --help for more information.\n";
      return kExitUsage;
    }
    app.exit(error, session.out, session.err);
    return kExitUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, session.out, session.err) == 0 ? kExitOk : kExitUsage;
  }
  return Report(command(session), session);
}

}  // namespace switchboard::cli
