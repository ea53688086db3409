#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "hub/base/mutex.h"

namespace switchboard::bench {

// Nanoseconds of the monotonic clock.
int64_t SteadyNanos();

// CPU seconds of a process (0: this one) since it began, user and system.
double CpuSeconds(pid_t pid);

// CPU seconds of processes and all that descend from them, of those that run now: a PostgreSQL
// postmaster and its backends. By process, so that a difference can leave out who came between.
std::map<pid_t, double> CpuSecondsOfTrees(const std::vector<pid_t>& roots);

// What a piece of work took.
struct Cost {
  double seconds = 0;
  double generator_cpu_seconds = 0;  // of this process
  double server_cpu_seconds = 0;     // of the processes under test
};

// Measures from its construction on.
class Meter {
 public:
  // `servers`: the processes under test, with all that descend from them.
  explicit Meter(std::vector<pid_t> servers);
  Cost Stop() const;

 private:
  const std::vector<pid_t> servers_;
  const std::map<pid_t, double> server_before_;
  const double generator_before_;
  const int64_t begin_ns_;
};

// Times of single operations. Thread-safe.
class Latencies {
 public:
  void Add(int64_t nanos);
  // Microseconds below which this part of all lie; 0 when there are none.
  double Micros(double part) const;
  size_t size() const;

 private:
  mutable Mutex mutex_;
  std::vector<int64_t> nanos_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// Opens when it was passed `count` times.
class Gate {
 public:
  explicit Gate(int64_t count) : left_(count) {}
  void Pass(int64_t times = 1);
  // Ends the program when it does not open in time: then nothing here can be trusted.
  void Wait(std::string_view what, int seconds_max = 120);

 private:
  Mutex mutex_;
  CondVar opened_;
  int64_t left_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// Ends the program with what went wrong. A benchmark has nobody to give an error to, and half of
// its threads belong to gRPC.
[[noreturn]] void GiveUp(std::string_view what);
void Require(const absl::Status& status, std::string_view what);

// Runs start(i, done) for each i below `count`, `outstanding` at a time; `done` is called once each
// operation has ended, from any thread but the one inside start. Returns when all have ended.
void RunOutstanding(int64_t count, int outstanding,
                    const std::function<void(int64_t, std::function<void()>)>& start);

// Returns at this time of the monotonic clock, or at once when it is over.
void WaitUntil(int64_t nanos);

}  // namespace switchboard::bench
