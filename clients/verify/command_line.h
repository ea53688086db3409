#pragma once

#include <ostream>

namespace switchboard::verify {

// Exit codes.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // something does not hold, or cannot be read
inline constexpr int kExitUsage = 2;

// Parses, runs one command, prints what came of it: lines and a last one that sums up to `out`,
// what does not hold to `err`. Returns the exit code.
int Run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace switchboard::verify
