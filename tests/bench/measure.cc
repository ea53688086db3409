#include "tests/bench/measure.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/numbers.h"

namespace switchboard::bench {
namespace {

// Parents of all processes that run now.
std::map<pid_t, pid_t> Parents() {
  std::map<pid_t, pid_t> parents;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    std::ifstream file(entry.path() / "stat");
    std::string line;
    std::getline(file, line);
    // "pid (name) state parent …"; the name may hold anything.
    const size_t behind_name = line.rfind(')');
    if (behind_name == std::string::npos || behind_name + 4 >= line.size()) continue;
    parents[pid] = static_cast<pid_t>(std::strtol(line.c_str() + behind_name + 4, nullptr, 10));
  }
  return parents;
}

}  // namespace

int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double CpuSeconds(pid_t pid) {
  clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
  timespec time{};
  if (pid != 0 && clock_getcpuclockid(pid, &clock) != 0) return 0;
  if (clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::map<pid_t, double> CpuSecondsOfTrees(const std::vector<pid_t>& roots) {
  std::map<pid_t, double> seconds;
  if (roots.empty()) return seconds;
  const auto is_root = [&](pid_t pid) {
    return std::find(roots.begin(), roots.end(), pid) != roots.end();
  };
  const std::map<pid_t, pid_t> parents = Parents();
  for (const auto& [pid, parent] : parents) {
    pid_t ancestor = pid;
    while (ancestor > 1 && !is_root(ancestor)) {
      auto found = parents.find(ancestor);
      ancestor = found == parents.end() ? 0 : found->second;
    }
    if (is_root(ancestor)) seconds[pid] = CpuSeconds(pid);
  }
  return seconds;
}

Meter::Meter(std::vector<pid_t> servers)
    : servers_(std::move(servers)),
      server_before_(CpuSecondsOfTrees(servers_)),
      generator_before_(CpuSeconds(0)),
      begin_ns_(SteadyNanos()) {}

Cost Meter::Stop() const {
  Cost cost;
  cost.seconds = static_cast<double>(SteadyNanos() - begin_ns_) * 1e-9;
  cost.generator_cpu_seconds = CpuSeconds(0) - generator_before_;
  for (const auto& [pid, seconds] : CpuSecondsOfTrees(servers_)) {
    auto before = server_before_.find(pid);
    cost.server_cpu_seconds += seconds - (before == server_before_.end() ? 0 : before->second);
  }
  return cost;
}

void Latencies::Add(int64_t nanos) {
  MutexLock lock(mutex_);
  nanos_.push_back(nanos);
}

double Latencies::Micros(double part) const {
  MutexLock lock(mutex_);
  if (nanos_.empty()) return 0;
  std::vector<int64_t> sorted = nanos_;
  const size_t place =
      std::min(sorted.size() - 1, static_cast<size_t>(part * static_cast<double>(sorted.size())));
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(place), sorted.end());
  return static_cast<double>(sorted[place]) * 1e-3;
}

size_t Latencies::size() const {
  MutexLock lock(mutex_);
  return nanos_.size();
}

void Gate::Pass(int64_t times) {
  MutexLock lock(mutex_);
  left_ -= times;
  if (left_ <= 0) opened_.NotifyAll();
}

void Gate::Wait(std::string_view what, int seconds_max) {
  MutexLock lock(mutex_);
  if (!opened_.WaitFor(mutex_, absl::Seconds(seconds_max),
                       [this]() SWITCHBOARD_REQUIRES(mutex_) { return left_ <= 0; })) {
    GiveUp(std::string(what) + " takes too long");
  }
}

void GiveUp(std::string_view what) {
  std::cerr << "bench: " << what << std::endl;
  std::_Exit(1);
}

void Require(const absl::Status& status, std::string_view what) {
  if (!status.ok()) GiveUp(std::string(what) + ": " + std::string(status.message()));
}

void RunOutstanding(int64_t count, int outstanding,
                    const std::function<void(int64_t, std::function<void()>)>& start) {
  std::atomic<int64_t> next{0};
  Gate ended(count);
  std::function<void()> go_on = [&] {
    if (const int64_t i = next++; i < count) {
      start(i, [&] {
        go_on();
        ended.Pass();
      });
    }
  };
  for (int i = 0; i < outstanding; ++i) go_on();
  ended.Wait("a loop of calls");
}

void WaitUntil(int64_t nanos) {
  Mutex mutex;
  CondVar never;
  MutexLock lock(mutex);
  const std::chrono::steady_clock::time_point until{std::chrono::nanoseconds(nanos)};
  for (auto now = std::chrono::steady_clock::now(); now < until;
       now = std::chrono::steady_clock::now())
    never.WaitFor(mutex, absl::FromChrono(until - now));
}

}  // namespace switchboard::bench
