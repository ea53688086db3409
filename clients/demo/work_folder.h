#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"

namespace switchboard::demo {

struct DemoVendor {
  std::string id;
  int agents = 0;  // calls at a time
};

// In the order of the report, from the one that sees most to the one that sees least.
const std::vector<DemoVendor>& DemoVendors();

// Makes the folder of a run and returns its path: `keep` if it is named, which must be empty or not
// exist, else a new one "switchboard-<name>-…" in the system's temporary folder. Errors:
// ALREADY_EXISTS, FOLDER_NOT_EMPTY; UNAVAILABLE, FILE_NOT_WRITTEN.
absl::StatusOr<std::string> MakeRunFolder(const std::string& keep, const std::string& name);

// Folder of one run: certificates of an authority of its own, the hub's configuration with copies
// of the contracts and of the plan, a folder for each process. Removed with the object unless it is
// to be kept.
class WorkFolder {
 public:
  // `keep`: made there and left; must be empty or not exist. Empty: a new one in the system's
  // temporary folder. `demo_folder` is clients/demo. Errors: ALREADY_EXISTS, FOLDER_NOT_EMPTY;
  // UNAVAILABLE, FILE_NOT_WRITTEN; those of the authority.
  static absl::StatusOr<WorkFolder> Make(const std::string& keep, const std::string& demo_folder,
                                         Clock& clock);

  WorkFolder(WorkFolder&& other) noexcept;
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();

  const std::string& path() const { return path_; }
  std::string Of(const std::string& process) const { return path_ + "/" + process; }
  std::string TlsOf(const std::string& peer) const { return path_ + "/tls/" + peer; }
  std::string hub_config() const { return path_ + "/hub/hub.yaml"; }
  std::string ports_file() const { return path_ + "/hub/ports"; }

  // Writes the hub's configuration; port 0 lets the system choose.
  absl::Status WriteHubConfig(int port) const;

  // Leaves everything in place, for somebody to look at.
  void Keep() { remove_ = false; }

 private:
  WorkFolder(std::string path, bool remove) : path_(std::move(path)), remove_(remove) {}

  std::string path_;
  bool remove_ = false;
};

}  // namespace switchboard::demo
