#pragma once

#include <cstdint>
#include <string>

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

// Whether what this process holds in memory that is not locked may be written to a swap: there is
// one (/proc/swaps), and no control group of version 2 that the process is in forbids it
// (memory.swap.max). `root`: where those files are looked for.
bool MayBeSwapped(const std::string& root = "/");

}  // namespace switchboard::telemetry
