#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/servers/child_process.h"

namespace switchboard::servers {

// The folder of one server and the user it runs as. Some servers refuse to be root, and none of
// these needs to be: when we are root, `user` gets the folder and runs everything; else we do.
// Nobody else can enter the folder. It disappears with the object.
class ServerFolder {
 public:
  // A new folder below `parent`, which `user` must be able to reach; empty: the system's temporary
  // folder. Errors: UNAVAILABLE, FOLDER_NOT_MADE; FAILED_PRECONDITION, FOLDER_NOT_PASSABLE when
  // `user` cannot reach it.
  static absl::StatusOr<ServerFolder> Make(const std::string& parent, const std::string& user);

  ServerFolder(ServerFolder&& other) noexcept
      : path_(std::exchange(other.path_, "")), user_(std::move(other.user_)) {}
  ServerFolder& operator=(ServerFolder&&) = delete;
  ~ServerFolder();

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& user() const { return user_; }  // empty: as we do

  // Writes a file that only the user can read. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
  absl::Status Write(const std::string& name, const std::string& content) const;

  // Starts a program in the folder with a plain environment, so that no setting of the developer's
  // shell reaches it; its output goes to `log`, a file of the folder. Errors: as ChildProcess.
  absl::StatusOr<ChildProcess> Start(const std::vector<std::string>& command,
                                     const std::string& log, int end_with_parent) const;

  // Runs a program to its end. Errors: those of Start; INTERNAL, PROGRAM_FAILED with the end of its
  // output, also when it takes longer than three minutes.
  absl::Status Run(const std::vector<std::string>& command) const;

  // The last lines of a file of the folder, at most 2,000 bytes.
  std::string EndOf(const std::string& log) const;

 private:
  ServerFolder(std::string path, std::string user)
      : path_(std::move(path)), user_(std::move(user)) {}
  absl::Status CheckPassable() const;

  std::string path_;
  std::string user_;
};

}  // namespace switchboard::servers
