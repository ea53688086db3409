#include "adapters/client/worker.h"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::adapters {

Worker::Worker(std::function<void()> tick, absl::Duration interval)
    : tick_(std::move(tick)), interval_(interval), thread_([this] { Loop(); }) {}

Worker::~Worker() { Stop(); }

bool Worker::Post(Task task) {
  {
    MutexLock lock(mutex_);
    if (stopping_) return false;
    tasks_.push_back(std::move(task));
  }
  wake_.NotifyOne();
  return true;
}

bool Worker::Run(Task task) {
  if (IsCurrent()) {
    task();
    return true;
  }
  std::promise<void> promise;
  std::future<void> done = promise.get_future();
  const bool posted = Post([&task, &promise] {
    task();
    promise.set_value();
  });
  if (posted) done.wait();
  return posted;
}

void Worker::Stop() {
  SWITCHBOARD_ASSERT(!IsCurrent());
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyOne();
  if (thread_.joinable()) thread_.join();
}

void Worker::Loop() {
  own_id_ = std::this_thread::get_id();
  const auto interval = absl::ToChronoNanoseconds(interval_);
  auto next_tick = std::chrono::steady_clock::now();
  MutexLock lock(mutex_);
  while (!stopping_ || !tasks_.empty()) {
    if (std::chrono::steady_clock::now() >= next_tick) {
      lock.Unlock();
      tick_();
      lock.Lock();
      next_tick = std::chrono::steady_clock::now() + interval;
    }
    if (tasks_.empty()) {
      if (!stopping_)
        wake_.WaitFor(mutex_, absl::FromChrono(next_tick - std::chrono::steady_clock::now()));
      continue;
    }
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.Unlock();
    task();
    task = nullptr;  // what it holds goes before the lock is taken again
    lock.Lock();
  }
}

}  // namespace switchboard::adapters
