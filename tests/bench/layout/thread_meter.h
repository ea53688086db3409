#pragma once

#include <utility>

namespace switchboard::bench {

// What a thread used.
struct ThreadWork {
  double cpu_us = 0;        // user and kernel
  double instructions = 0;  // user; 0 where the kernel lets nobody count them
};

// Measures the thread that made it.
class ThreadMeter {
 public:
  ThreadMeter();
  ~ThreadMeter();
  ThreadMeter(const ThreadMeter&) = delete;
  ThreadMeter& operator=(const ThreadMeter&) = delete;

  bool counts_instructions() const { return counter_ >= 0; }

  // Runs `work`, and adds what it used to `sum`.
  template <typename Work>
  void Measure(ThreadWork& sum, Work&& work) const {
    const ThreadWork before = Now();
    std::forward<Work>(work)();
    const ThreadWork after = Now();
    sum.cpu_us += after.cpu_us - before.cpu_us;
    sum.instructions += after.instructions - before.instructions;
  }

 private:
  ThreadWork Now() const;

  int counter_;
};

}  // namespace switchboard::bench
