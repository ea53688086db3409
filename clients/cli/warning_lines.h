#pragma once

#include <string>

namespace switchboard::cli {

// What a hub's answer warns of, a line each.
template <typename Response>
std::string WarningLines(const Response& response) {
  std::string lines;
  for (const std::string& warning : response.warnings()) lines += "  WARNING  " + warning + "\n";
  return lines;
}

}  // namespace switchboard::cli
