#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

// Reads and checks the hub's configuration file, fills defaults, and makes its paths absolute.
// Errors: INVALID_ARGUMENT, CONFIG_INVALID or YAML_INVALID, with file, line and field; as of
// ReadTextFile.
absl::StatusOr<v1::Config> ReadConfig(const std::string& path);

// The whole file, at most 1 MiB. NOT_FOUND, FILE_MISSING; INVALID_ARGUMENT, FILE_TOO_LARGE.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace switchboard
