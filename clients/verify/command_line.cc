#include "clients/verify/command_line.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "clients/printable_text.h"
#include "clients/verify/verdict.h"
#include "hub/base/error.h"

namespace switchboard::verify {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kAbout[] =
    "switchboard-verify: checks what an audit log proves, with nothing but its key. It calls no "
    "hub and reads no database.";
constexpr char kFooter[] =
    "Examples:\n"
    "  switchboard-verify checkpoint monday.checkpoint --key log.key\n"
    "  switchboard-verify consistency monday.checkpoint friday.proof --key log.key\n"
    "  switchboard-verify proof stop.tlog-proof --key log.key --json stop.json\n"
    "\nA key is a line \"<name>+<key id>+<base64>\", or a file of such lines: note the log's once, "
    "where who\nruns the hub cannot change it. What is checked follows RFC 6962 and c2sp.org "
    "(signed-note,\ntlog-checkpoint, tlog-proof, tlog-witness, tlog-cosignature).\nExit codes: 0 "
    "it holds, 1 it does not or cannot be read, 2 wrong usage.";
constexpr std::streamsize kFileBytesMax = 1024 * 1024;

// What a command was given.
struct Arguments {
  std::string file, second_file;
  std::vector<std::string> keys, witnesses;
  std::string json_file;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content(kFileBytesMax + 1, '\0');
  file.read(content.data(), kFileBytesMax + 1);
  if (file.bad() || (!file.eof() && file.fail())) {
    return Error(absl::StatusCode::kNotFound, "FILE_MISSING", path + ": cannot be read");
  }
  if (file.gcount() > kFileBytesMax) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE", path + ": at most 1 MiB");
  }
  content.resize(static_cast<size_t>(file.gcount()));
  return content;
}

// Keys themselves, and those that files hold.
absl::StatusOr<std::vector<audit::VerifierKey>> KeysOf(const std::vector<std::string>& given) {
  std::vector<audit::VerifierKey> keys;
  for (const std::string& one : given) {
    if (auto key = audit::ParseVerifierKey(one); key.ok()) {
      keys.push_back(*std::move(key));
      continue;
    }
    ASSIGN_OR_RETURN(const std::string file, ReadFile(one));
    const auto read = audit::ParseVerifierKeys(file);
    if (!read.ok()) return Annotate(read.status(), one);
    keys.insert(keys.end(), read->begin(), read->end());
  }
  return keys;
}

using Check = std::function<absl::StatusOr<Verdict>(const Arguments&, const Trust&)>;

absl::StatusOr<Verdict> Checkpoint(const Arguments& arguments, const Trust& trust) {
  ASSIGN_OR_RETURN(const std::string note, ReadFile(arguments.file));
  return VerifyCheckpoint(note, trust);
}

absl::StatusOr<Verdict> Consistency(const Arguments& arguments, const Trust& trust) {
  ASSIGN_OR_RETURN(const std::string old_note, ReadFile(arguments.file));
  ASSIGN_OR_RETURN(const std::string proof, ReadFile(arguments.second_file));
  return VerifyConsistencyProof(old_note, proof, trust);
}

absl::StatusOr<Verdict> Proof(const Arguments& arguments, const Trust& trust) {
  ASSIGN_OR_RETURN(const std::string proof, ReadFile(arguments.file));
  return VerifyEventProof(proof, trust);
}

absl::StatusOr<Verdict> RunCheck(const Check& check, const Arguments& arguments) {
  Trust trust;
  ASSIGN_OR_RETURN(trust.log, KeysOf(arguments.keys));
  ASSIGN_OR_RETURN(trust.witnesses, KeysOf(arguments.witnesses));
  return check(arguments, trust);
}

// Prints for people, or with "-" as JSON; false where that cannot be written.
bool Print(const absl::StatusOr<Verdict>& verdict, const std::string& json_file, std::ostream& out,
           std::ostream& err) {
  Json json = {{"holds", verdict.ok()}};
  std::ostream& people = json_file == "-" ? err : out;
  if (verdict.ok()) {
    people << PrintableLines(verdict->text) << Printable(verdict->summary) << std::endl;
    json["summary"] = verdict->summary;
    json.update(Json::parse(verdict->json));
  } else {
    const std::string problem(verdict.status().message());
    const bool was_read = verdict.status().code() == absl::StatusCode::kDataLoss ||
                          verdict.status().code() == absl::StatusCode::kUnauthenticated;
    err << "switchboard-verify: " << (was_read ? "does NOT hold: " : "") << Printable(problem)
        << " [" << ErrorReason(verdict.status()) << "]" << std::endl;
    json["reason"] = ErrorReason(verdict.status());
    json["problem"] = problem;
  }
  if (json_file.empty()) return out.good();
  const std::string text =
      PrintableJson(json.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
  if (json_file == "-") {
    out << text << std::flush;
  } else {
    std::ofstream file(json_file, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) return false;
  }
  return out.good();
}

// Adds a command that runs `check`.
CLI::App& Add(CLI::App& app, const std::string& name, const std::string& about,
              const std::string& example, Arguments& arguments, Check& chosen, Check check) {
  CLI::App& command = *app.add_subcommand(name, about);
  command.footer("Example:\n  switchboard-verify " + example);
  command.add_option("--key", arguments.keys, "the log's key, or a file that holds it")
      ->required()
      ->allow_extra_args(false)
      ->type_name("KEY|FILE");
  command
      .add_option("--witness", arguments.witnesses,
                  "the key of a witness that must have signed the checkpoint as well")
      ->allow_extra_args(false)
      ->type_name("KEY|FILE");
  command.add_option("--json", arguments.json_file, "also write it as JSON; - for standard output")
      ->type_name("FILE");
  command.callback([&chosen, check = std::move(check)] { chosen = check; });
  return command;
}

}  // namespace

int Run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app(kAbout, "switchboard-verify");
  app.require_subcommand(1);
  app.footer(kFooter);
  app.set_version_flag("--version", "switchboard-verify " SWITCHBOARD_VERSION, "print the version");
  Arguments arguments;
  Check check;
  Add(app, "checkpoint", "Checks that a checkpoint is signed by the log.",
      "checkpoint monday.checkpoint --key log.key", arguments, check, Checkpoint)
      .add_option("file", arguments.file, "the checkpoint")
      ->required();
  CLI::App& consistency = Add(
      app, "consistency",
      "Checks that the log of a later checkpoint begins with all that an earlier one signed.",
      "consistency monday.checkpoint friday.proof --key log.key", arguments, check, Consistency);
  consistency.add_option("old", arguments.file, "the earlier checkpoint")->required();
  consistency
      .add_option("proof", arguments.second_file,
                  "the later one with its proof, as the body of a request to a witness")
      ->required();
  Add(app, "proof", "Checks that an event is in the log, and prints it.",
      "proof stop.tlog-proof --key log.key", arguments, check, Proof)
      .add_option("file", arguments.file, "the proof, as 'switchboard audit prove' writes it")
      ->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app.exit(error, out, err);
      return kExitOk;
    }
    err << "switchboard-verify: " << Printable(error.what()) << " (see --help)" << std::endl;
    return kExitUsage;
  }
  const absl::StatusOr<Verdict> verdict = RunCheck(check, arguments);
  if (!Print(verdict, arguments.json_file, out, err)) {
    err << "switchboard-verify: the output cannot be written, or not all of it" << std::endl;
    return kExitFailed;
  }
  return verdict.ok() ? kExitOk : kExitFailed;
}

}  // namespace switchboard::verify
