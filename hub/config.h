#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "hub/config_problems.h"
#include "hub/storage/wrappings.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

// Reads and checks the hub's configuration file, fills defaults, and makes its paths absolute. What
// the text says alone: whether the files it names are there is the start's to ask (startup.h).
// Errors: INVALID_ARGUMENT, CONFIG_INVALID or YAML_INVALID, with file, line and field, the first in
// the order of the text; as of ReadTextFile.
absl::StatusOr<v1::Config> ReadConfig(const std::string& path);

// The same of a text that was read from `path`; what is wrong goes to `problems`, made for this
// text and path, and is left out of what is returned.
v1::Config ParseConfig(const std::string& text, const std::string& path, ConfigProblems& problems);

// What it says of the keys that wrap.
storage::WrappingOptions WrappingOf(const v1::Config::Storage& storage);

// The whole file, at most 1 MiB. NOT_FOUND, FILE_MISSING; INVALID_ARGUMENT, FILE_TOO_LARGE.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace switchboard
