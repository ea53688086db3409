#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "clients/cli/hub_calls.h"
#include "clients/cli/progress.h"

namespace switchboard::cli {

// What a command found, ready to be printed.
struct Result {
  bool holds = true;    // false: what was checked does not hold; exit code 1
  std::string text;     // for people: tables and lines, each ended; printed as PrintableLines
  std::string summary;  // the last line, without its end; printed as Printable
  std::string json;     // a JSON value for --json
};

// What a command runs with. Streams, clock and connect are the caller's, so that tests own them.
struct Session {
  Clock& clock;
  std::ostream& out;
  std::ostream& err;
  Connection connection;
  std::string json_file;  // empty: none; "-": standard output, and the text goes to `err`
  Progress progress;
  std::function<absl::StatusOr<std::unique_ptr<HubCalls>>(Session&)> connect;
  std::function<void(absl::Duration)> wait;  // between two looks at something under way

  Session(Clock& clock_used, std::ostream& out_used, std::ostream& err_used);

  // The same, with one of the hubs alone.
  Session OfHub(const std::string& address) const;
};

}  // namespace switchboard::cli
