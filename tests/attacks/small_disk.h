#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace switchboard::attacks {

// A disk of its own that can be filled: a tmpfs, mounted where only this process and those it
// starts see it, and gone with them. Make it in the thread that starts everything else.
class SmallDisk {
 public:
  // Errors: PERMISSION_DENIED, NO_MOUNT: this user may not mount.
  static absl::StatusOr<std::unique_ptr<SmallDisk>> Mount(int64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::string& path() const { return path_; }
  int64_t FreeBytes() const;
  // Somebody else's file takes all but so many bytes. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
  absl::Status FillUntilFree(int64_t bytes) const;
  // Removes that file.
  void Clear() const;

 private:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

}  // namespace switchboard::attacks
