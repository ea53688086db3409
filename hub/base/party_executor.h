#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "hub/base/executor.h"
#include "hub/base/mutex.h"

namespace switchboard {

// Runs what takes long on another executor: of one party one task at a time, in the order in which
// they came, and parties in turns, so that whoever asks for much waits for himself. Thread-safe.
// Outlives the executor's last task.
class PartyExecutor {
 public:
  // At most `at_once` tasks run, and `waiting_max` of one party wait.
  PartyExecutor(Executor& executor, int at_once, size_t waiting_max)
      : executor_(executor), at_once_(at_once), waiting_max_(waiting_max) {}

  // Runs `task` later, once. False: too many of the party's wait.
  bool Post(const std::string& party, std::function<void()> task);

 private:
  using Tasks = std::deque<std::function<void()>>;

  void StartSome() SWITCHBOARD_REQUIRES(mutex_);
  void Finish(const std::string& party);

  Executor& executor_;
  const int at_once_;
  const size_t waiting_max_;
  Mutex mutex_;
  std::map<std::string, Tasks> waiting_ SWITCHBOARD_GUARDED_BY(mutex_);  // by party; none empty
  std::deque<std::string> next_ SWITCHBOARD_GUARDED_BY(mutex_);  // those that wait and do not run
  std::set<std::string> running_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard
