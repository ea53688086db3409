#include "tests/servers/postgres_programs.h"

#include <pwd.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

namespace fs = std::filesystem;

constexpr char kDebianFolder[] = "/usr/lib/postgresql";

bool HasPrograms(const fs::path& folder) {
  for (const char* name : {"initdb", "postgres", "pg_basebackup", "pg_rewind"}) {
    if (access((folder / name).c_str(), X_OK) != 0) return false;
  }
  return true;
}

// Empty when there is none.
std::string NewestOfDebian() {
  std::string newest;
  int newest_version = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(kDebianFolder, error)) {
    int version = 0;
    const fs::path programs = entry.path() / "bin";
    if (absl::SimpleAtoi(entry.path().filename().string(), &version) && version > newest_version &&
        HasPrograms(programs)) {
      newest_version = version;
      newest = programs.string();
    }
  }
  return newest;
}

std::string OnPath() {
  const char* const path = std::getenv("PATH");
  for (const auto& folder : absl::StrSplit(path == nullptr ? "" : path, ':', absl::SkipEmpty())) {
    std::error_code error;
    const fs::path program = fs::canonical(fs::path(std::string(folder)) / "initdb", error);
    if (!error && HasPrograms(program.parent_path())) return program.parent_path().string();
  }
  return "";
}

}  // namespace

absl::StatusOr<std::string> FindPostgresPrograms() {
  std::string programs = NewestOfDebian();
  if (programs.empty()) programs = OnPath();
  // The server refuses root; the package brings a user for it.
  if (programs.empty() || (geteuid() == 0 && getpwnam("postgres") == nullptr)) {
    return Error(absl::StatusCode::kNotFound, "PACKAGE_MISSING",
                 "there is no PostgreSQL server here; install Debian's package postgresql-15 "
                 "(tests/packages postgres)");
  }
  return programs;
}

void FreeSharedMemory(const std::string& data_folder) {
  std::ifstream file(data_folder + "/postmaster.pid");
  std::string line;
  for (int number = 0; number < 7; ++number) std::getline(file, line);
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  int segment = 0;
  shmid_ds state;
  if (words.size() != 2 || !absl::SimpleAtoi(words[1], &segment)) return;
  if (shmctl(segment, IPC_STAT, &state) == 0 && state.shm_nattch == 0)
    shmctl(segment, IPC_RMID, nullptr);
}

}  // namespace switchboard::servers
