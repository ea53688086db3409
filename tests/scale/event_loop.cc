#include "tests/scale/event_loop.h"

#include <algorithm>

namespace switchboard::scale {

EventLoop::~EventLoop() {
  while (!live_.empty()) std::coroutine_handle<>::from_address(*live_.begin()).destroy();
}

void EventLoop::Call(double after, std::function<void()> what) {
  events_.push({now_ + std::max(after, 0.0), number_++, std::move(what)});
}

void EventLoop::Run(double until, const std::function<bool()>& done) {
  while (!events_.empty() && events_.top().time <= until && !done()) {
    const Event event = events_.top();
    events_.pop();
    now_ = event.time;
    event.what();
  }
}

}  // namespace switchboard::scale
