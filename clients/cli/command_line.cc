#include "clients/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/command_tree.h"
#include "clients/cli/problem_text.h"
#include "clients/cli/render.h"
#include "clients/cli/text_files.h"
#include "clients/printable_text.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  export SWITCHBOARD_HUB=127.0.0.1:8443 SWITCHBOARD_TLS=certs/operator-ito\n"
    "  switchboard health\n"
    "  switchboard vendor list\n"
    "  switchboard vendor list --hub hub-1.issuer.example:8443,hub-2.issuer.example:8443\n"
    "  switchboard contract propose contracts/sakura.yaml\n"
    "  switchboard routing what-if --plan plan.yaml\n"
    "  switchboard audit verify --json audit.json\n"
    "\nEvery command that calls a hub takes --hub and --tls, or the two variables above. Times are "
    "UTC.\n"
    "What peers and cores chose is shown with characters that a terminal would obey as \\u{XXXX}.\n"
    "With --json -, standard output holds the JSON and nothing else.\n"
    "Where several hubs serve one database, name them all: a command goes to the first it can "
    "reach,\nand on to the next when that one fails.\nExit codes: 0 done and good, 1 a check does "
    "not hold or an error, 2 wrong usage.";

// The whole result for programs, in one line.
std::string JsonOfResult(const Result& result) {
  return PrintableJson(FitNumbers(
             absl::StrCat("{\"holds\":", result.holds ? "true" : "false",
                          ",\"summary\":", JsonText(result.summary),
                          ",\"result\":", result.json.empty() ? "null" : result.json, "}"))) +
         "\n";
}

int Report(const absl::StatusOr<Result>& result, Session& session) {
  if (!result.ok()) {
    session.err << ProblemText(result.status(), session.connection);
    return kExitFailed;
  }
  const bool json_only = session.json_file == "-";
  std::ostream& people = json_only ? session.err : session.out;
  people << PrintableLines(result->text) << Printable(result->summary) << std::endl;
  absl::Status written;
  if (json_only) {
    session.out << JsonOfResult(*result) << std::flush;
  } else if (!session.json_file.empty()) {
    written = WriteTextFile(session.json_file, JsonOfResult(*result));
  }
  // Whoever keeps what was printed must not take half of it for the whole: the disk may be full.
  if (written.ok() && !session.out) {
    written = Error(absl::StatusCode::kUnavailable, "OUTPUT_NOT_WRITTEN",
                    "standard output cannot be written, or not all of it");
  }
  if (!written.ok()) {
    session.err << ProblemText(written, session.connection);
    return kExitFailed;
  }
  return result->holds ? kExitOk : kExitFailed;
}

int ReportUsage(std::string_view problem, Session& session) {
  session.err << "switchboard: " << Printable(problem) << " (see --help)" << std::endl;
  return kExitUsage;
}

}  // namespace

int Run(int argc, const char* const* argv, Session& session) {
  CLI::App app("switchboard: the operators' command line of a Switchboard hub.", "switchboard");
  app.require_subcommand(1);
  app.footer(kFooter);
  app.set_version_flag("--version", "switchboard " SWITCHBOARD_VERSION, "print the version");
  Command command;
  CommandTree root(app, session, command);
  for (const auto add :
       {AddCerts,      AddDiagnose,   AddVendors,     AddContracts, AddRouting,  AddRules,
        AddCodes,      AddScripts,    AddPermits,     AddRecalls,   AddListings, AddUnmaskings,
        AddDeletions,  AddLegalHolds, AddRetention,   AddPersons,   AddPlans,    AddRecordings,
        AddQuarantine, AddCores,      AddConnections, AddKeys,      AddAudit,    AddBackup}) {
    add(root);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // CLI11 says that a command is missing, where one is only misspelt.
    const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
    const bool misspelt = !unknown.empty() && unknown.front().front() != '-';
    return ReportUsage(misspelt ? "no such command: " + unknown.front() : error.what(), session);
  } catch (const CLI::ParseError& error) {
    const bool asked_for = error.get_exit_code() == 0;  // --help, --version
    if (!asked_for) return ReportUsage(error.what(), session);
    app.exit(error, session.out, session.err);
    return kExitOk;
  }
  return Report(command(session), session);
}

}  // namespace switchboard::cli
