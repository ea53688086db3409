#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/session.h"
#include "google/protobuf/descriptor.h"
#include "switchboard/v1/release.pb.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace switchboard::cli {

// What was asked for, ready to run.
using Command = std::function<absl::StatusOr<Result>(Session&)>;

// Adds commands below one word of the command line. Parsing then fills in `session` and sets
// `command`; both, and the app, outlive the tree.
class CommandTree {
 public:
  CommandTree(CLI::App& app, Session& session, Command& command)
      : app_(app), session_(session), command_(command) {}

  // A word that only groups commands. `examples`: one a line, without indentation or "switchboard".
  CommandTree Group(const std::string& name, const std::string& description,
                    const std::string& examples);

  // A command that needs no hub.
  CLI::App& Offline(const std::string& name, const std::string& description,
                    const std::string& examples, Command command);

  // A command that calls a hub.
  CLI::App& Online(const std::string& name, const std::string& description,
                   const std::string& examples, Command command);

 private:
  CLI::App& app_;
  Session& session_;
  Command& command_;
};

// What must stand behind the command.
CLI::Option* AddText(CLI::App& command, const std::string& name, std::string& value,
                     const std::string& description);

// An option that takes a name of an enum, in any case, without its prefix, and with - for _.
CLI::Option* AddEnum(CLI::App& command, const std::string& flag, std::string& value,
                     const google::protobuf::EnumDescriptor* type, const std::string& description);

// An option that takes a whole number of at least `least`.
CLI::Option* AddNumber(CLI::App& command, const std::string& flag, int64_t& value, int64_t least,
                       const std::string& description);

// "--limit" of a listing.
CLI::Option* AddLimit(CLI::App& command, int64_t& limit, std::string_view what);

// "--from" and "--through" of a report by days: the first and the last one, in UTC.
void AddDays(CLI::App& command, std::string& from, std::string& through);

// What checks files without a hub.
using Lint = std::function<absl::StatusOr<Result>(Session&, const std::vector<std::string>& files)>;

// "lint" of one kind of texts, which "check" names too.
void AddLint(CommandTree& group, v1::TextKind kind, const std::string& description, Lint lint);

// How texts of one kind come into force: propose, release, drop, proposals, history, show.
void AddReleases(CommandTree& group, v1::TextKind kind);

// The groups of commands, each in a file of its own named alike.
void AddCerts(CommandTree& root);           // certs
void AddDiagnose(CommandTree& root);        // diagnose, health
void AddVendors(CommandTree& root);         // vendor, work-type
void AddScorecard(CommandTree& vendor);     // vendor scorecard
void AddVendorRetire(CommandTree& vendor);  // vendor retire
void AddContracts(CommandTree& root);       // contract
void AddRouting(CommandTree& root);         // routing
void AddRules(CommandTree& root);           // rules
void AddCodes(CommandTree& root);           // codes
void AddScripts(CommandTree& root);         // script
void AddPermits(CommandTree& root);         // permit
void AddRecalls(CommandTree& root);         // recall
void AddListings(CommandTree& root);        // placements, disclosures, promises
void AddDeletions(CommandTree& root);       // deletion
void AddLegalHolds(CommandTree& root);      // legal-hold
void AddRetention(CommandTree& root);       // retention
void AddPersons(CommandTree& root);         // person
void AddUnmaskings(CommandTree& root);      // unmask
void AddPlans(CommandTree& root);           // plans
void AddRecordings(CommandTree& root);      // recordings
void AddQuarantine(CommandTree& root);      // quarantine
void AddCores(CommandTree& root);           // core
void AddConnections(CommandTree& root);     // connections
void AddKeys(CommandTree& root);            // keys
void AddAudit(CommandTree& root);           // audit
void AddBackup(CommandTree& root);          // backup, restore

}  // namespace switchboard::cli
