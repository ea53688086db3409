#include "hub/startup_files.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hub/base/secret_file.h"
#include "hub/config.h"
#include "hub/storage/key_file.h"
#include "hub/storage/postgres.h"
#include "hub/storage/token_wrapping.h"

namespace switchboard {
namespace {

namespace fs = std::filesystem;

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// What keeps files from being made in the folder; empty if nothing.
std::string FolderProblem(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error))
    return absl::StrCat("the folder ", folder.string(), " is not there; make it first");
  if (!fs::is_directory(folder, error)) return absl::StrCat(folder.string(), " is no folder");
  if (access(folder.c_str(), W_OK | X_OK) == 0) return "";
  return absl::StrCat("nothing can be written in the folder ", folder.string(), ": ",
                      strerror(errno));
}

void RequireFolderOf(const std::string& path, std::string_view field, ConfigProblems& problems) {
  const std::string problem = FolderProblem(fs::path(path).parent_path());
  if (!problem.empty()) problems.AddAt(field, problem);
}

// A file to be written at `path`, now or already there.
void RequirePlaceOfFile(const std::string& path, std::string_view field, ConfigProblems& problems) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    problems.AddAt(field, absl::StrCat(path, " is a folder; name a file in it"));
  } else {
    RequireFolderOf(path, field, problems);
  }
}

void CheckKeyFile(const v1::Config::Storage& storage, ConfigProblems& problems) {
  constexpr char kField[] = "storage.key_file";
  const std::string& path = storage.key_file();
  if (path.empty()) return;
  if (Exists(path)) {
    const std::string problem = storage::KeyFileProblem(path);
    if (!problem.empty()) problems.AddAt(kField, absl::StrCat(path, ": ", problem));
    return;
  }
  // The hub would make a new one, which opens nothing.
  std::error_code error;
  const bool database = fs::is_regular_file(storage.sqlite_path(), error) &&
                        fs::file_size(storage.sqlite_path(), error) > 0;
  problems.Require(!database, kField,
                   absl::StrCat(path,
                                " is not there, but the database is: put back the key file "
                                "that belongs to it"));
  RequireFolderOf(path, kField, problems);
}

// What is wrong with something that the configuration names at `field`, with which its message may
// begin.
void AddProblem(const absl::Status& status, const std::string& field, ConfigProblems& problems) {
  if (status.ok()) return;
  absl::string_view problem = status.message();
  if (absl::ConsumePrefix(&problem, field)) absl::ConsumePrefix(&problem, ":");
  problem = absl::StripLeadingAsciiWhitespace(problem);
  problems.AddAt(field, {problem.data(), problem.size()});
}

void CheckFormerKeyFile(const v1::Config::Storage& storage, ConfigProblems& problems) {
  const std::string& path = storage.former_key_file();
  if (path.empty()) return;
  const std::string problem = storage::KeyFileProblem(path);
  if (!problem.empty()) {
    problems.AddAt("storage.former_key_file",
                   absl::StrCat(path, ": ", problem,
                                "; once all keys are wrapped by another (`switchboard keys list`) "
                                "it can be left out"));
  }
}

// Logs in, as a start does.
void CheckTokenOf(const v1::Config::Storage& storage, ConfigProblems& problems) {
  constexpr char kField[] = "storage.token";
  if (!storage.has_token() || problems.Knows(kField)) return;
  AddProblem(storage::CheckToken(*WrappingOf(storage).token), kField, problems);
}

// Made when it is missing, so the nearest folder above that is there counts.
void CheckBackupFolder(const std::string& folder, ConfigProblems& problems) {
  if (folder.empty()) return;
  fs::path there = folder;
  std::error_code error;
  while (!fs::exists(there, error) && there.has_relative_path()) there = there.parent_path();
  std::string problem = FolderProblem(there);
  if (problem.empty() && there == fs::path(folder)) problem = BookPlaceProblem(folder);
  if (!problem.empty()) problems.AddAt("storage.backup_folder", problem);
}

}  // namespace

void CheckStartupFiles(const v1::Config& config, ConfigProblems& problems) {
  const auto& storage = config.storage();
  if (!storage.sqlite_path().empty()) {
    RequirePlaceOfFile(storage.sqlite_path(), "storage.sqlite_path", problems);
    if (const std::string problem = BookPlaceProblem(storage.sqlite_path());
        !problem.empty() && !problems.Knows("storage.sqlite_path"))
      problems.AddAt("storage.sqlite_path", problem);
  }
  if (!storage.postgres_url().empty()) {
    AddProblem(storage::PostgresDatabase::CheckUrl(storage.postgres_url()), "storage.postgres_url",
               problems);
  }
  CheckKeyFile(storage, problems);
  CheckFormerKeyFile(storage, problems);
  CheckTokenOf(storage, problems);
  CheckBackupFolder(storage.backup_folder(), problems);
  if (!config.ports_file().empty()) RequirePlaceOfFile(config.ports_file(), "ports_file", problems);
}

void CheckCheckpointPlaces(const v1::Config& config, ConfigProblems& problems) {
  for (int i = 0; i < config.audit().places_size(); ++i) {
    const std::string& folder = config.audit().places(i).folder();
    const std::string problem = folder.empty() ? "" : FolderProblem(folder);
    if (!problem.empty()) problems.AddAt(absl::StrCat("audit.places[", i, "].folder"), problem);
  }
}

bool DatabaseMayExist(const v1::Config& config) {
  return !config.storage().postgres_url().empty() || Exists(config.storage().sqlite_path());
}

}  // namespace switchboard
