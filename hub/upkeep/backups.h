#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"
#include "hub/storage/database.h"
#include "hub/storage/writer.h"
#include "switchboard/v1/operator_service.pb.h"

namespace switchboard::upkeep {

// Backups of a database that its hub copies itself, one at a time, on a thread of its own: a book
// takes minutes, and no reader may be away for so long. A copy has the name that was asked for only
// once it is whole, checked and in the audit log; until then "<name>.part". Beside it lie the heads
// of its audit chains, "<name>.heads.json": who keeps them elsewhere finds out whether the end of
// the copy's audit log was cut off. Thread-safe.
class Backups {
 public:
  // All outlive it. `folder` may be empty: every backup is refused. `hub_id` begins names.
  Backups(storage::Database& database, storage::Writer& writer, Clock& clock, std::string folder,
          std::string hub_id);
  ~Backups() { Stop(); }

  // Ends the one under way, of which nothing stays, and refuses others. The writer may end
  // afterwards.
  void Stop();

  // See OperatorService.StartBackup.
  absl::StatusOr<v1::Backup> Start(const std::string& actor, const std::string& name);
  // See OperatorService.GetBackup.
  absl::StatusOr<v1::Backup> Newest() const;

 private:
  std::string NameFor(absl::Time now) const;
  void Run(const std::string& actor, const std::string& name);
  absl::Status Make(const std::string& actor, const std::string& name);
  absl::Status WriteHeadsOf(const std::string& copy, const std::string& to);
  absl::Status WriteDown(const std::string& actor, const std::string& name);
  void Advance(v1::Backup::State state, int64_t bytes_done, int64_t bytes_total);

  storage::Database& database_;
  storage::Writer& writer_;
  Clock& clock_;
  const std::string folder_;
  const std::string hub_id_;
  std::atomic<bool> ending_{false};  // set while holding mutex_
  mutable Mutex mutex_;
  std::optional<v1::Backup> newest_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::thread thread_ SWITCHBOARD_GUARDED_BY(mutex_);  // of the newest backup
};

}  // namespace switchboard::upkeep
