#pragma once

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"

namespace switchboard::attacks {

// What a process uses, as the kernel counts it.
struct ProcessUse {
  int64_t resident_kib = 0;
  double cpu_seconds = 0;  // since its start
  int descriptors = 0;
};

// Errors: INTERNAL: the process has ended; UNAVAILABLE: there is none.
absl::StatusOr<ProcessUse> UseOf(pid_t process);

}  // namespace switchboard::attacks
