#include "tests/servers/server_folder.h"

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::servers {
namespace {

namespace fs = std::filesystem;

constexpr int kRunMillisecondsMax = 180'000;

absl::Status FolderNotMade(const std::string& folder, std::string_view why) {
  return Error(absl::StatusCode::kUnavailable, "FOLDER_NOT_MADE",
               absl::StrCat(folder, ": ", absl::string_view(why.data(), why.size())));
}

// Hands a path over to the user; nothing to do for ourselves.
bool Give(const std::string& path, const std::string& user) {
  if (user.empty()) return true;
  const passwd* owner = getpwnam(user.c_str());
  return owner != nullptr && chown(path.c_str(), owner->pw_uid, owner->pw_gid) == 0;
}

}  // namespace

absl::StatusOr<ServerFolder> ServerFolder::Make(const std::string& parent,
                                                const std::string& user) {
  std::error_code error;
  const fs::path above = parent.empty() ? fs::temp_directory_path(error) : fs::path(parent);
  std::string path = (above / "switchboard-server-XXXXXX").string();
  if (error || mkdtemp(path.data()) == nullptr) return FolderNotMade(path, "cannot be made");
  ServerFolder folder(path, geteuid() == 0 ? user : "");
  if (!Give(path, folder.user_)) return FolderNotMade(path, "cannot be given to " + user);
  if (!folder.user_.empty()) RETURN_IF_ERROR(folder.CheckPassable());
  return folder;
}

// Whom a folder belongs to may still not get there.
absl::Status ServerFolder::CheckPassable() const {
  ASSIGN_OR_RETURN(
      ChildProcess probe,
      ChildProcess::Start({"/bin/true"},
                          ProcessOptions{.log = "/dev/null", .user = user_, .folder = path_}));
  if (probe.EndsWithin(kRunMillisecondsMax) && probe.exit_code() == 0) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "FOLDER_NOT_PASSABLE",
               absl::StrCat(fs::path(path_).parent_path().string(), ": user ", user_,
                            ", as whom the server runs, cannot get there: let others pass through "
                            "every folder of this path (chmod o+x), or use another, such as one "
                            "below /tmp"));
}

ServerFolder::~ServerFolder() {
  std::error_code ignored;  // a leftover folder fails no test
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

absl::Status ServerFolder::Write(const std::string& name, const std::string& content) const {
  const std::string path = *this / name;
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto size = static_cast<ssize_t>(content.size());
  const bool written = descriptor >= 0 && write(descriptor, content.data(), content.size()) == size;
  if (descriptor >= 0) close(descriptor);
  if (written && Give(path, user_)) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", path + ": cannot be written");
}

absl::StatusOr<ChildProcess> ServerFolder::Start(const std::vector<std::string>& command,
                                                 const std::string& log,
                                                 int end_with_parent) const {
  return ChildProcess::Start(
      command,
      ProcessOptions{.log = *this / log,
                     .user = user_,
                     .folder = path_,
                     .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + path_},
                     .end_with_parent = end_with_parent});
}

absl::Status ServerFolder::Run(const std::vector<std::string>& command) const {
  static constexpr char kLog[] = "programs.log";
  ASSIGN_OR_RETURN(ChildProcess program, Start(command, kLog, SIGKILL));
  const bool ended = program.EndsWithin(kRunMillisecondsMax);
  if (ended && program.exit_code() == 0) return absl::OkStatus();
  return Error(
      absl::StatusCode::kInternal, "PROGRAM_FAILED",
      absl::StrCat(command[0], ": ", ended ? program.exit_text() : "no end", ": ", EndOf(kLog)));
}

std::string ServerFolder::EndOf(const std::string& log) const { return EndOfFile(*this / log); }

}  // namespace switchboard::servers
