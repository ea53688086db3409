#pragma once

#include <sys/resource.h>

namespace switchboard::guard {

// Gives the calling thread a third of the share of the hub's other threads, when cores are short
// (sched(7); of one thread, on Linux): it serves those who are not in yet. Nothing is lost where it
// fails: strangers are only served sooner.
inline void StandBehind() {
  constexpr int kNice = 5;
  setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + kNice);
}

}  // namespace switchboard::guard
