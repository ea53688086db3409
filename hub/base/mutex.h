#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"
#include "hub/base/thread_annotations.h"

namespace switchboard {

// std::mutex with a name that clang's analysis of thread safety knows, so that a member read
// without its lock does not build (tests/tree/thread_safety). ThreadSanitizer sees the std::mutex
// inside. Every mutex of the project is one; tests/tidy refuses others.
class SWITCHBOARD_CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // Waits until no other thread holds it. REQUIRES: this thread does not.
  void Lock() SWITCHBOARD_ACQUIRE() { mutex_.lock(); }
  // REQUIRES: this thread holds it.
  void Unlock() SWITCHBOARD_RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a mutex while it lives, except between Unlock() and Lock().
class SWITCHBOARD_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SWITCHBOARD_ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() SWITCHBOARD_RELEASE() {
    if (held_) mutex_.Unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // For a call that must not be made under the lock. REQUIRES: held.
  void Unlock() SWITCHBOARD_RELEASE() {
    held_ = false;
    mutex_.Unlock();
  }
  // REQUIRES: not held.
  void Lock() SWITCHBOARD_ACQUIRE() {
    mutex_.Lock();
    held_ = true;
  }

 private:
  Mutex& mutex_;
  bool held_ = true;
};

// std::condition_variable over a Mutex. The mutex is held again whenever a wait returns.
// Thread-safe.
class CondVar {
 public:
  void NotifyOne() { changed_.notify_one(); }
  void NotifyAll() { changed_.notify_all(); }

  // Until notified, or for no reason: callers look again.
  void Wait(Mutex& mutex) SWITCHBOARD_REQUIRES(mutex) {
    Held held(mutex);
    changed_.wait(held.lock);
  }

  // As Wait, but for no longer than `timeout` of the machine's own time, which nobody sets back.
  void WaitFor(Mutex& mutex, absl::Duration timeout) SWITCHBOARD_REQUIRES(mutex) {
    Held held(mutex);
    changed_.wait_for(held.lock, Span(timeout));
  }

  // Until `predicate`, which is asked under the mutex, says true.
  template <typename Predicate>
  void Wait(Mutex& mutex, Predicate predicate) SWITCHBOARD_REQUIRES(mutex) {
    Held held(mutex);
    changed_.wait(held.lock, predicate);
  }

  // As above, but for no longer than `timeout`. Returns what `predicate` said last.
  template <typename Predicate>
  bool WaitFor(Mutex& mutex, absl::Duration timeout, Predicate predicate)
      SWITCHBOARD_REQUIRES(mutex) {
    Held held(mutex);
    return changed_.wait_for(held.lock, Span(timeout), predicate);
  }

 private:
  // The mutex as std::condition_variable wants it; stays with the caller.
  struct Held {
    explicit Held(Mutex& mutex) : lock(mutex.mutex_, std::adopt_lock) {}
    ~Held() { lock.release(); }
    std::unique_lock<std::mutex> lock;
  };

  // A deadline of more than a century would overflow the clock of std::condition_variable.
  static std::chrono::nanoseconds Span(absl::Duration timeout) {
    return absl::ToChronoNanoseconds(std::min(timeout, absl::Hours(24 * 365 * 100)));
  }

  std::condition_variable changed_;
};

}  // namespace switchboard
