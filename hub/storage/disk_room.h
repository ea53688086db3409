#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace switchboard::storage {

struct DiskRoomOptions {
  // SQLite file, or one that is to be made. Empty: an engine that minds its own disk; such a room
  // is never low.
  std::string database_path;
  // Below so many free bytes what makes the database grow at somebody's wish is refused.
  int64_t floor_bytes = int64_t{512} << 20;
  // Kept beside the database, "<database_path>.reserve", and given up when the disk is all but
  // full, so that stops and permits find room on a disk that somebody else has filled. 0: none.
  int64_t reserve_bytes = int64_t{64} << 20;
};

// The room that is left on the disk of a database. Thread-safe, but Look is called from one thread.
class DiskRoom {
 public:
  // Free bytes of the disk that a folder lies on; nothing when nobody can tell.
  using Probe = std::function<std::optional<int64_t>(const std::string& folder)>;

  explicit DiskRoom(DiskRoomOptions options, Probe probe = FreeBytes);

  // Looks at the disk; makes the reserve or gives it up. Call about once a second, and before the
  // database is opened.
  void Look();

  // Gives the reserve up now: somebody met the end of the disk before a look did. False: there was
  // none. May be called from any thread.
  bool GiveUpReserve();

  // True below the floor, until a tenth more than that is free.
  bool low() const { return low_; }
  // Of the last look; -1 while nobody can tell.
  int64_t free_bytes() const { return free_; }
  bool has_reserve() const { return has_reserve_; }

  static std::optional<int64_t> FreeBytes(const std::string& folder);

 private:
  void MakeReserve();

  const DiskRoomOptions options_;
  const Probe probe_;
  const std::string folder_;
  const std::string reserve_path_;
  std::atomic<bool> low_ = false;
  std::atomic<bool> has_reserve_ = false;
  std::atomic<int64_t> free_ = -1;
};

}  // namespace switchboard::storage
