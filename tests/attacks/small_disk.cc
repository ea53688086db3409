#include "tests/attacks/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::attacks {
namespace {

constexpr int kTriesMax = 1'000;

std::string FileOf(const std::string& path) { return path + "/somebody-elses"; }

}  // namespace

absl::StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::Mount(int64_t bytes) {
  std::string path = std::filesystem::temp_directory_path() / "small-disk-XXXXXX";
  if (mkdtemp(path.data()) == nullptr)
    return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", "no temporary folder");
  std::unique_ptr<SmallDisk> disk(new SmallDisk(path));
  const std::string size = absl::StrCat("mode=0700,size=", bytes);
  // Private first: else the machine would see what is mounted.
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("none", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) != 0) {
    return Error(absl::StatusCode::kPermissionDenied, "NO_MOUNT",
                 "this user may not mount a disk of its own");
  }
  return disk;
}

SmallDisk::~SmallDisk() {
  umount2(path_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

int64_t SmallDisk::FreeBytes() const {
  struct statvfs facts = {};
  if (statvfs(path_.c_str(), &facts) != 0) return -1;
  return static_cast<int64_t>(facts.f_bavail) * static_cast<int64_t>(facts.f_frsize);
}

absl::Status SmallDisk::FillUntilFree(int64_t bytes) const {
  const int file = open(FileOf(path_).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  // Others write meanwhile.
  int failed = file < 0 ? -1 : ENOSPC;
  for (int tries = 0; failed == ENOSPC && tries < kTriesMax; ++tries) {
    const int64_t more = FreeBytes() - bytes;
    failed = more <= 0 ? 0 : posix_fallocate(file, lseek(file, 0, SEEK_END), more);
  }
  if (file >= 0) close(file);
  if (failed == 0) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", "the disk cannot be filled");
}

void SmallDisk::Clear() const {
  std::error_code ignored;
  std::filesystem::remove(FileOf(path_), ignored);
}

}  // namespace switchboard::attacks
