#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "hub/base/mutex.h"

namespace switchboard {

// Where work runs that must not run on the caller's thread.
class Executor {
 public:
  virtual ~Executor() = default;
  // Runs `task` later, once. Thread-safe.
  virtual void Post(std::function<void()> task) = 0;
};

// A fixed number of threads over one queue. Stop() finishes what is queued. The queue is bounded by
// its callers: every task belongs to a stream or a call, and those are bounded.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool() override;
  void Post(std::function<void()> task) override;
  void Stop();

 private:
  void Loop();

  Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> tasks_ SWITCHBOARD_GUARDED_BY(mutex_);
  bool stopping_ SWITCHBOARD_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// Keeps tasks until somebody runs them: the simulation and tests decide when. Thread-safe, though
// tasks are meant to run on one thread.
class ManualExecutor final : public Executor {
 public:
  void Post(std::function<void()> task) override;
  // Runs the oldest task; false when there is none.
  bool RunOne();
  void RunAll() {
    while (RunOne()) {
    }
  }
  size_t size() const;
  void Clear();

 private:
  mutable Mutex mutex_;
  std::deque<std::function<void()>> tasks_ SWITCHBOARD_GUARDED_BY(mutex_);
};

}  // namespace switchboard
