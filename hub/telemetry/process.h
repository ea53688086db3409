#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace switchboard::telemetry {

// Called once at the start of a program that will hold personal data or keys, before it starts
// threads: no core dumps and no debugger of the same user (RLIMIT_CORE, PR_SET_DUMPABLE), files
// readable by the owner only (umask 077), and as many file descriptors as the system allows.
// Writing to a pipe or socket that nobody reads any more is an error, and no longer the end
// (SIGPIPE).
//
// Returns how many file descriptors may be open. Errors: INTERNAL, HARDENING_FAILED.
absl::StatusOr<int64_t> HardenProcess();

}  // namespace switchboard::telemetry
