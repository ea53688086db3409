#include "tests/bench/layout/thread_meter.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace switchboard::bench {

ThreadMeter::ThreadMeter() {
  perf_event_attr counted{};
  counted.type = PERF_TYPE_HARDWARE;
  counted.size = sizeof(counted);
  counted.config = PERF_COUNT_HW_INSTRUCTIONS;
  counted.exclude_kernel = 1;
  counted.exclude_hv = 1;
  counter_ = static_cast<int>(syscall(SYS_perf_event_open, &counted, /*thread=*/0, /*cpu=*/-1,
                                      /*group=*/-1, PERF_FLAG_FD_CLOEXEC));
}

ThreadMeter::~ThreadMeter() {
  if (counter_ >= 0) close(counter_);
}

ThreadWork ThreadMeter::Now() const {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  ThreadWork work;
  work.cpu_us = static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
  int64_t instructions = 0;
  if (counter_ >= 0 && read(counter_, &instructions, sizeof(instructions)) == sizeof(instructions))
    work.instructions = static_cast<double>(instructions);
  return work;
}

}  // namespace switchboard::bench
