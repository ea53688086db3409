#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "hub/base/mutex.h"

namespace switchboard::adapters {

// One thread that runs tasks in order, and a tick at least every `interval`. Everything that
// touches the vendor's file runs here. Thread-safe.
class Worker {
 public:
  using Task = absl::AnyInvocable<void()>;

  // Starts the thread.
  Worker(std::function<void()> tick, absl::Duration interval);
  // Stops.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Queues a task; false, without keeping it, once stopped.
  bool Post(Task task);

  // Runs `task` on the thread and returns when it is done; at once if this is the thread. False,
  // without running it, once stopped.
  bool Run(Task task);

  // True on the worker's own thread.
  bool IsCurrent() const { return std::this_thread::get_id() == own_id_.load(); }

  // Runs what is queued, then ends the thread. Not from the thread itself. Idempotent.
  void Stop();

 private:
  void Loop();

  const std::function<void()> tick_;
  const absl::Duration interval_;
  Mutex mutex_;
  CondVar wake_;
  std::deque<Task> tasks_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::atomic<std::thread::id> own_id_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace switchboard::adapters
