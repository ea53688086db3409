#pragma once

#include <string>

namespace switchboard::cli {

// What a change of a contract leaves of the routing plan uncovered, as the hub's answer says it: a
// line each.
template <typename Response>
std::string WarningLines(const Response& response) {
  std::string lines;
  for (const std::string& warning : response.warnings()) lines += "  WARNING  " + warning + "\n";
  return lines;
}

}  // namespace switchboard::cli
