#pragma once

#include <coroutine>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tests/scale/event_loop.h"

namespace switchboard::scale {

// A machine's cores. Who is ready waits in one queue, and gets a core for a slice of time at most
// before it is the next one's turn: a short job waits for the slices of long ones. Work takes
// `crowding` times as long where all cores are busy: those who share them have each other's caches.
class Processor {
 public:
  // A part of a core makes all of them that much slower.
  Processor(EventLoop& loop, double cores, double slice_us, double crowding = 1);

  struct Using {
    Processor& processor;
    double micros;
    bool await_ready() const { return micros <= 0; }
    void await_suspend(std::coroutine_handle<> process) const { processor.Add(micros, process); }
    void await_resume() const {}
  };
  // co_await processor.Use(…): until it has had so many microseconds of a core.
  Using Use(double micros) { return {*this, micros}; }

  EventLoop& loop() { return loop_; }
  bool HasIdleCore() const { return idle_ > 0; }
  // Core microseconds used so far.
  double busy() const { return busy_; }

 private:
  struct Job {
    double left;
    std::coroutine_handle<> process;
  };
  void Add(double micros, std::coroutine_handle<> process);
  void Serve();

  EventLoop& loop_;
  const double speed_;
  const double slice_us_;
  const double crowding_;
  int idle_;
  double busy_ = 0;
  std::deque<Job> ready_;
};

// So many threads on a machine; who finds none free waits in order.
class Threads {
 public:
  Threads(Processor& processor, int count) : processor_(processor), free_(count) {}

  // Work that takes so much CPU, and `waking_us` more where an idle core has to be woken for it.
  Step Serve(double micros, double waking_us = 0);

  struct Taking {
    Threads& threads;
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> process) const;
    void await_resume() const {}
  };
  // co_await threads.Take(): a thread, until Give().
  Taking Take() { return {*this}; }
  void Give();

 private:
  Processor& processor_;
  int free_;
  std::deque<std::coroutine_handle<>> waiting_;
};

// Rows that are locked until a commit; who wants a locked one waits in order.
class RowLocks {
 public:
  explicit RowLocks(EventLoop& loop) : loop_(loop) {}

  struct Taking {
    RowLocks& locks;
    const std::string& row;
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> process) const;
    void await_resume() const {}
  };
  Taking Take(const std::string& row) { return {*this, row}; }
  void Give(const std::string& row);

 private:
  struct Row {
    bool held = false;
    std::deque<std::coroutine_handle<>> waiting{};
  };

  EventLoop& loop_;
  std::map<std::string, Row> rows_;
};

// A log on disk. What comes while it is being synced is made durable together by the next sync.
class Log {
 public:
  Log(EventLoop& loop, double sync_us, double byte_us)
      : loop_(loop), sync_us_(sync_us), byte_us_(byte_us) {}

  struct Flushing {
    Log& log;
    double bytes;
    bool await_ready() const { return log.sync_us_ <= 0; }
    void await_suspend(std::coroutine_handle<> process) const;
    void await_resume() const {}
  };
  Flushing Flush(double bytes) { return {*this, bytes}; }

 private:
  void Sync();

  EventLoop& loop_;
  const double sync_us_;
  const double byte_us_;
  double bytes_ = 0;  // of those who wait
  bool syncing_ = false;
  std::vector<std::coroutine_handle<>> waiting_;
};

// Something that one process waits for and others announce; it is not lost when nobody waits.
class Signal {
 public:
  explicit Signal(EventLoop& loop) : loop_(loop) {}
  void Set();
  bool await_ready() { return std::exchange(set_, false); }
  void await_suspend(std::coroutine_handle<> process) { waiting_ = process; }
  void await_resume() { set_ = false; }

 private:
  EventLoop& loop_;
  bool set_ = false;
  std::coroutine_handle<> waiting_;
};

}  // namespace switchboard::scale
