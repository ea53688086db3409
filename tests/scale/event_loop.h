#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <queue>
#include <set>
#include <utility>
#include <vector>

namespace switchboard::scale {

// Virtual time in microseconds, and what happens in it. What is due at the same time happens in the
// order in which it was asked for, so that a run depends on nothing but its input.
class EventLoop {
 public:
  EventLoop() = default;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  // Ends all processes that still wait.
  ~EventLoop();

  double now() const { return now_; }
  void Call(double after, std::function<void()> what);
  void Resume(std::coroutine_handle<> process) {
    Call(0, [process] { process.resume(); });
  }

  // Until nothing is left, the time has come, or the condition holds.
  void Run(
      double until, const std::function<bool()>& done = [] { return false; });

  struct Sleeping {
    EventLoop& loop;
    double micros;
    bool await_ready() const { return micros <= 0; }
    void await_suspend(std::coroutine_handle<> process) const {
      loop.Call(micros, [process] { process.resume(); });
    }
    void await_resume() const {}
  };
  // co_await loop.Sleep(…)
  Sleeping Sleep(double micros) { return {*this, micros}; }

  // Of Process.
  void Began(std::coroutine_handle<> process) { live_.insert(process.address()); }
  void Ended(std::coroutine_handle<> process) { live_.erase(process.address()); }

 private:
  struct Event {
    double time;
    uint64_t number;
    std::function<void()> what;
    bool operator>(const Event& other) const {
      return time != other.time ? time > other.time : number > other.number;
    }
  };

  double now_ = 0;
  uint64_t number_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::set<void*> live_;
};

// Something that goes on by itself: a member function of a class with a loop(). Runs at once until
// it first waits.
class Process {
 public:
  struct promise_type {
    template <typename Owner, typename... Rest>
    explicit promise_type(Owner& owner, Rest&&... /*parameters*/) : loop(owner.loop()) {
      loop.Began(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    ~promise_type() { loop.Ended(std::coroutine_handle<promise_type>::from_promise(*this)); }
    Process get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }

    EventLoop& loop;
  };
};

// A part of a process: begins when it is waited for, and belongs to who waits.
class [[nodiscard]] Step {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct Ending {
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(Handle handle) noexcept { return handle.promise().next; }
    void await_resume() noexcept {}
  };
  struct promise_type {
    Step get_return_object() { return Step(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    Ending final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }

    std::coroutine_handle<> next;
  };

  explicit Step(Handle handle) : handle_(handle) {}
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  Step(Step&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Step() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> next) {
    handle_.promise().next = next;
    return handle_;
  }
  void await_resume() const {}

 private:
  Handle handle_;
};

}  // namespace switchboard::scale
