#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"

namespace switchboard::demo {

// What a process of the demo tells the director while it runs: numbers by name, in a small file of
// its own that is replaced whole. "pid" tells a fresh file from that of a process that was killed.
using ChildStatus = std::map<std::string, int64_t>;

// Adds the pid and writes the file.
absl::Status WriteChildStatus(const std::string& path, ChildStatus status);

// Empty when there is no file yet.
ChildStatus ReadChildStatus(const std::string& path);

// A number that the process has told; 0 before it has.
int64_t Told(const ChildStatus& status, const char* name);

// Blocks SIGINT and SIGTERM in this thread and those it starts, so that WaitForStop sees them. Call
// first.
void BlockStopSignals();

// Waits for SIGINT or SIGTERM; true when one came within `milliseconds`.
bool WaitForStop(int milliseconds);

// The same for who gives up then. Errors: ABORTED, INTERRUPTED.
absl::Status Pause(int milliseconds);

}  // namespace switchboard::demo
