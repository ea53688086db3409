#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/contracts/versioned_texts.h"
#include "hub/telemetry/log.h"

// What a start does with files of which each holds one version of a text: rule packs, code maps.

namespace switchboard {

// One of them. What it refers to outlives it.
struct VersionFile {
  std::string_view id;  // of the text
  int version = 0;
  const std::string& path;
  const std::string& yaml;
};

// How the log and the errors speak of a kind of texts.
struct VersionWords {
  telemetry::Name id_field;    // "pack_id"
  const char* version_reason;  // "RULE_PACK_VERSION"
  const char* show;            // the command that shows a text

  // Events of the log.
  telemetry::Name in_force;
  telemetry::Name file_older;
  telemetry::Name without_file;
  const char* without_file_why;
  telemetry::Name not_in_force;
  const char* not_in_force_why;
};

// What was found of a file, with the place in it when its version was applied with another meaning:
// INVALID_ARGUMENT, version_reason.
absl::StatusOr<contracts::TextVerdict> WithPlace(absl::StatusOr<contracts::TextVerdict> verdict,
                                                 const VersionFile& file,
                                                 const VersionWords& words);

// One start's work with the files of one kind.
class ConfiguredVersions {
 public:
  // Puts a file in force; whether that changed anything.
  using Put = absl::FunctionRef<absl::StatusOr<bool>(const VersionFile& file)>;

  // `files`: by id and version. `words` and `log` outlive this.
  ConfiguredVersions(const VersionWords& words, std::vector<VersionFile> files,
                     telemetry::Log& log);

  // Puts in force what is new, and tells of files that are older than what was applied.
  // `verdicts`: in the order of the files.
  absl::Status Apply(const std::vector<contracts::TextVerdict>& verdicts, Put put);

  // Tells which versions are in force (by id), which of them without a file, and which files have
  // none of their text in force.
  void Tell(const std::map<std::string, int>& in_force) const;

 private:
  void TellOlder(const VersionFile& file, const contracts::TextVerdict& verdict) const;

  const VersionWords& words_;
  const std::vector<VersionFile> files_;
  telemetry::Log& log_;
  std::map<std::string, int> highest_file_;        // versions by id
  std::set<std::pair<std::string, int>> changed_;  // ids and versions that this start applied
};

}  // namespace switchboard
