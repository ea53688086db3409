#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

// Reads and checks the hub's configuration file, fills defaults, and makes its paths absolute.
// Errors: INVALID_ARGUMENT, CONFIG_INVALID with file, line and field; YAML_INVALID likewise; NOT_FOUND, FILE_MISSING.
absl::StatusOr<v1::Config> ReadConfig(const std::string& path);

// The whole file, at most 1 MiB. NOT_FOUND, FILE_MISSING.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace switchboard
