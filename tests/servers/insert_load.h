#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/mutex.h"

namespace switchboard::servers {

// Sessions that insert one row per transaction as fast as the server acknowledges them, and that
// connect again, for ever, when the server goes away. Shows whether what a server acknowledged is
// still there after it was killed. Owns its threads; thread-safe.
class InsertLoad {
 public:
  // Makes the table that the load inserts into. Errors: as PostgresSession.
  static absl::Status MakeTable(const std::string& uri);

  // Begins at once. Of several loads on one table each has a `first` of its own, further from the
  // next than it has sessions.
  InsertLoad(std::string uri, int sessions, int first = 0);
  ~InsertLoad();
  InsertLoad(const InsertLoad&) = delete;
  InsertLoad& operator=(const InsertLoad&) = delete;

  // Waits until so many further rows have been acknowledged; false after 30 s.
  bool Acknowledges(size_t more);

  // Ends the sessions.
  void Stop();

  // How many rows were acknowledged, and how many of them the server does not have. Errors: as
  // PostgresSession.
  size_t acknowledged();
  absl::StatusOr<size_t> Lost(const std::string& uri);

 private:
  void Insert(int64_t session_number);
  bool Stopping();

  const std::string uri_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<int64_t> acknowledged_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace switchboard::servers
