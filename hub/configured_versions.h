#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/storage/transaction.h"
#include "hub/telemetry/log.h"

// What a start says of files of which each holds one version of a text: rule packs, code maps,
// scripts.

namespace switchboard {

// One of them. What it refers to outlives it.
struct VersionFile {
  std::string_view id;  // of the text
  int64_t version = 0;
  const std::string& path;
  const std::string& yaml;
};

// How the log speaks of a kind of texts.
struct VersionWords {
  telemetry::Name id_field;    // "pack_id"
  const char* version_reason;  // "RULE_PACK_VERSION"
  const char* commands;        // the group of commands: "rules"

  // Events of the log.
  telemetry::Name in_force;
  telemetry::Name file_not_released;
  telemetry::Name file_older;
  telemetry::Name without_file;
  const char* without_file_why;
  telemetry::Name text_altered;
  telemetry::Name not_in_force;
  const char* not_in_force_why;
};

// What a file is to what was released.
struct VersionVerdict {
  enum class Kind {
    kReleased,     // this version was released with this meaning
    kNotReleased,  // it never was, and may be
    kTaken,        // it never was, and its number is taken or too low
  };
  Kind kind = Kind::kNotReleased;
  int64_t highest_version = 0;  // of its text; 0: none yet
};

// In the order of the files. Changes nothing.
absl::StatusOr<std::vector<VersionVerdict>> JudgeVersions(storage::Connection& reader,
                                                          const VersionWords& words,
                                                          const contracts::VersionedTexts& texts,
                                                          const std::vector<VersionFile>& files);

// The versions whose texts cannot be used, by id and version.
absl::StatusOr<std::vector<contracts::ReleasedText>> UnusableVersions(
    storage::Connection& reader, const contracts::VersionedTexts& texts);
// Tells of them: none keeps a hub from starting.
void TellUnusable(const VersionWords& words, const std::vector<contracts::ReleasedText>& unusable,
                  telemetry::Log& log);

// Tells of files that say what was never released, or are older than what was; which versions are
// in force (`in_force`, by id), which of them without a file, and which files have none of their
// text in force. `files`: by id and version; `begun`: this start put them in force.
void TellVersions(const VersionWords& words, const std::vector<VersionFile>& files,
                  const std::vector<VersionVerdict>& verdicts,
                  const std::map<std::string, int>& in_force, bool begun, telemetry::Log& log);

}  // namespace switchboard
