#include "tests/scale/machine.h"

#include <algorithm>
#include <cmath>

namespace switchboard::scale {
namespace {

// Less than a processor's clock tells apart, more than doubles do in hours of microseconds.
constexpr double kNothing = 1e-5;

}  // namespace

Processor::Processor(EventLoop& loop, double cores, double slice_us, double crowding)
    : loop_(loop),
      speed_(cores / std::ceil(cores)),
      slice_us_(slice_us),
      crowding_(crowding),
      idle_(static_cast<int>(std::ceil(cores))) {}

void Processor::Add(double micros, std::coroutine_handle<> process) {
  ready_.push_back({micros / speed_, process});
  if (idle_ > 0) Serve();
}

void Processor::Serve() {
  --idle_;
  Job job = ready_.front();
  ready_.pop_front();
  const double stretch = idle_ == 0 ? crowding_ : 1;
  const double slice = std::min(job.left * stretch, slice_us_);
  busy_ += slice * speed_;
  job.left = std::max(0.0, job.left - slice / stretch);
  loop_.Call(slice, [this, job] {
    ++idle_;
    if (job.left > kNothing) {
      ready_.push_back(job);
    } else {
      loop_.Resume(job.process);
    }
    if (!ready_.empty()) Serve();
  });
}

bool Threads::Taking::await_suspend(std::coroutine_handle<> process) const {
  if (threads.free_ > 0) {
    --threads.free_;
    return false;
  }
  threads.waiting_.push_back(process);
  return true;
}

void Threads::Give() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  processor_.loop().Resume(waiting_.front());
  waiting_.pop_front();
}

Step Threads::Serve(double micros, double waking_us) {
  co_await Take();
  const bool core_sleeps = processor_.HasIdleCore();
  co_await processor_.Use(micros + (core_sleeps ? waking_us : 0));
  Give();
}

bool RowLocks::Taking::await_suspend(std::coroutine_handle<> process) const {
  Row& wanted = locks.rows_[row];
  if (!wanted.held) {
    wanted.held = true;
    return false;
  }
  wanted.waiting.push_back(process);
  return true;
}

void RowLocks::Give(const std::string& row) {
  Row& given = rows_[row];
  if (given.waiting.empty()) {
    given.held = false;
    return;
  }
  loop_.Resume(given.waiting.front());
  given.waiting.pop_front();
}

void Log::Flushing::await_suspend(std::coroutine_handle<> process) const {
  log.waiting_.push_back(process);
  log.bytes_ += bytes;
  if (!log.syncing_) log.Sync();
}

void Log::Sync() {
  syncing_ = true;
  loop_.Call(sync_us_ + byte_us_ * std::exchange(bytes_, 0),
             [this, served = std::exchange(waiting_, {})] {
               for (const auto process : served) loop_.Resume(process);
               syncing_ = false;
               if (!waiting_.empty()) Sync();
             });
}

void Signal::Set() {
  set_ = true;
  if (const auto process = std::exchange(waiting_, nullptr)) loop_.Resume(process);
}

}  // namespace switchboard::scale
