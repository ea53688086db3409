#include "clients/cli/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/day_text.h"
#include "clients/cli/render.h"

namespace switchboard::cli {
namespace {

void AddExamples(CLI::App& app, const std::string& examples) {
  std::string footer = "Examples:\n";
  size_t begin = 0;
  while (begin < examples.size()) {
    const size_t end = std::min(examples.find('\n', begin), examples.size());
    footer += "  switchboard " + examples.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  app.footer(footer);
}

// gRPC takes an address without a port too, and then tries a port that nobody named.
std::string ProblemOfAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  const bool is_bare_v6 = host.find(':') != std::string::npos && host.front() != '[';
  int port = 0;
  const bool good = colon != std::string::npos && !host.empty() && !is_bare_v6 &&
                    absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= 1 &&
                    port <= 65535;
  if (good) return {};
  return absl::StrCat("'", address, "' is no HOST:PORT, as hub.issuer.example:8443 or [::1]:8443");
}

CLI::Validator AtLeast(int64_t least) {
  CLI::Validator validator(
      [least](const std::string& text) -> std::string {
        int64_t number = 0;
        if (absl::SimpleAtoi(text, &number) && number >= least) return {};
        return absl::StrCat("must be a whole number of at least ", least);
      },
      "");
  return validator;
}

}  // namespace

CommandTree CommandTree::Group(const std::string& name, const std::string& description,
                               const std::string& examples) {
  CLI::App* group = app_.add_subcommand(name, description);
  group->require_subcommand(1);
  AddExamples(*group, examples);
  return CommandTree(*group, session_, command_);
}

CLI::App& CommandTree::Offline(const std::string& name, const std::string& description,
                               const std::string& examples, Command command) {
  CLI::App* leaf = app_.add_subcommand(name, description);
  leaf->add_option("--json", session_.json_file,
                   "write the result to this file as JSON as well; -: to standard output, and the "
                   "text to standard error. Whole numbers up to 2^53 are numbers, larger ones "
                   "strings; bytes are hexadecimal where the text shows them so, else base64")
      ->type_name("FILE");
  AddExamples(*leaf, examples);
  leaf->callback(
      [this_command = &command_, command = std::move(command)] { *this_command = command; });
  return *leaf;
}

CLI::App& CommandTree::Online(const std::string& name, const std::string& description,
                              const std::string& examples, Command command) {
  CLI::App& leaf = Offline(name, description, examples, std::move(command));
  Connection& connection = session_.connection;
  leaf.add_option("--hub", connection.hubs,
                  "the hub's address; of several, with commas or given again, the first that "
                  "answers is used")
      ->envname("SWITCHBOARD_HUB")
      ->type_name("HOST:PORT[,HOST:PORT...]")
      ->delimiter(',')
      ->allow_extra_args(false)  // what follows the address is the command's
      ->required()
      ->check(CLI::Validator(ProblemOfAddress, ""))
      ->group("Connection");
  leaf.add_option("--tls", connection.tls, "folder with an operator's tls.crt, tls.key and ca.crt")
      ->envname("SWITCHBOARD_TLS")
      ->type_name("DIR")
      ->required()
      ->group("Connection");
  leaf.add_option_function<double>(
          "--timeout",
          [&connection](const double& seconds) { connection.timeout = absl::Seconds(seconds); },
          "how long a call may take (default 60)")
      ->check(CLI::Range(0.1, 3600.0))
      ->type_name("SECONDS")
      ->group("Connection");
  return leaf;
}

CLI::Option* AddText(CLI::App& command, const std::string& name, std::string& value,
                     const std::string& description) {
  return command.add_option(name, value, description)->required();
}

CLI::Option* AddEnum(CLI::App& command, const std::string& flag, std::string& value,
                     const google::protobuf::EnumDescriptor* type, const std::string& description) {
  return command.add_option(flag, value, description)
      ->transform(CLI::IsMember(EnumChoices(type), ComparableName))
      ->type_name("NAME");
}

CLI::Option* AddNumber(CLI::App& command, const std::string& flag, int64_t& value, int64_t least,
                       const std::string& description) {
  return command.add_option(flag, value, description)->check(AtLeast(least))->type_name("N");
}

CLI::Option* AddLimit(CLI::App& command, int64_t& limit, std::string_view what) {
  return AddNumber(command, "--limit", limit, 0,
                   absl::StrCat("most ", absl::string_view(what.data(), what.size()),
                                " to show; 0: all (default)"));
}

void AddDays(CLI::App& command, std::string& from, std::string& through) {
  for (const auto& [flag, day, what] :
       {std::tuple("--from", &from, "first day (default: today)"),
        std::tuple("--through", &through, "last day (default: today)")}) {
    command.add_option(flag, *day, what)
        ->check(CLI::Validator(ProblemOfDay, ""))
        ->type_name("YYYY-MM-DD");
  }
}

}  // namespace switchboard::cli
