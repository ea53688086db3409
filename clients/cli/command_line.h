#pragma once

#include "clients/cli/session.h"

namespace switchboard::cli {

// Exit codes.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // a check that does not hold, or an error
inline constexpr int kExitUsage = 2;

// Parses, runs one command, prints what came of it: tables and one summary line to session.out,
// errors to session.err. Returns the exit code.
int Run(int argc, const char* const* argv, Session& session);

}  // namespace switchboard::cli
