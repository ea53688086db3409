#include "hub/storage/disk_room.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace switchboard::storage {
namespace {

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

DiskRoom::DiskRoom(DiskRoomOptions options, Probe probe)
    : options_(std::move(options)),
      probe_(std::move(probe)),
      folder_(FolderOf(options_.database_path)),
      reserve_path_(options_.database_path + ".reserve") {
  std::error_code error;
  has_reserve_ = !options_.database_path.empty() && std::filesystem::exists(reserve_path_, error);
}

void DiskRoom::Look() {
  if (options_.database_path.empty()) return;
  const std::optional<int64_t> free = probe_(folder_);
  free_ = free.value_or(-1);
  if (!free.has_value()) return;
  const int64_t floor = options_.floor_bytes;
  low_ = *free < (low_ ? floor + floor / 10 : floor);
  // Before SQLite meets the end of the disk: a commit that fails costs its callers a try.
  if (*free < options_.reserve_bytes / 4) GiveUpReserve();
  if (!has_reserve_ && !low_ && options_.reserve_bytes > 0 &&
      *free >= floor + options_.reserve_bytes)
    MakeReserve();
}

bool DiskRoom::GiveUpReserve() {
  return has_reserve_.exchange(false) && unlink(reserve_path_.c_str()) == 0;
}

// One that was cut off by a crash is as good as far as it goes, and made whole here.
void DiskRoom::MakeReserve() {
  const int file = open(reserve_path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  // Not a sparse file: its blocks are what is reserved.
  has_reserve_ = posix_fallocate(file, 0, options_.reserve_bytes) == 0;
  close(file);
  if (!has_reserve_) unlink(reserve_path_.c_str());
}

std::optional<int64_t> DiskRoom::FreeBytes(const std::string& folder) {
  struct statvfs facts {};
  if (statvfs(folder.c_str(), &facts) != 0) return std::nullopt;
  return static_cast<int64_t>(facts.f_bavail) * static_cast<int64_t>(facts.f_frsize);
}

}  // namespace switchboard::storage
