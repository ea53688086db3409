#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/scale/world.h"

namespace switchboard::scale {

// The core, which imports as the benchmark does: four batches of 1,000 under way.
class ImportingCore {
 public:
  ImportingCore(World& world, int64_t accounts);
  EventLoop& loop() { return world_.loop(); }
  int64_t answered() const { return answered_; }

 private:
  Process Run();
  void Deal(int64_t records);

  World& world_;
  int64_t left_;
  int64_t answered_ = 0;
  int64_t dealt_ = 0;
};

// The core, which reads its feed and confirms it, 1,000 items a call.
class ReadingCore {
 public:
  explicit ReadingCore(World& world);
  EventLoop& loop() { return world_.loop(); }
  int64_t read() const { return read_; }

 private:
  Process Run();

  World& world_;
  int64_t read_ = 0;
  Signal advanced_;
};

// A vendor with its stream, as hub/sync/vendor_session.cc serves it, who may report on all that it
// gets in calls of 500, two under way.
class VendorModel {
 public:
  VendorModel(World& world, int number, bool reports);
  EventLoop& loop() { return world_.loop(); }
  // Rows of the feed that only say that work ended: nothing of theirs is disclosed.
  void OnlyWithdrawals() { discloses_ = false; }
  // Called with the feed's place that a batch brought the vendor to.
  std::function<void(int64_t)> on_batch;

 private:
  void Advance();
  Process ServePage(int64_t rows_max);
  Process Ack(int64_t rows);
  Process Report(int64_t outcomes);
  void Work(int64_t rows);
  HubModel& hub() { return world_.HubOf(number_); }

  World& world_;
  const int number_;
  const bool reports_;
  bool discloses_ = true;
  bool reading_ = false;
  bool more_ = true;
  int64_t sent_ = 0;
  int64_t in_flight_ = 0;
  int64_t to_report_ = 0;
  int calls_ = 0;
};

// One permit, of any vendor; `done` gets its time.
class PermitAsker {
 public:
  PermitAsker(World& world, std::function<void(double)> done)
      : world_(world), done_(std::move(done)) {}
  EventLoop& loop() { return world_.loop(); }
  Process Ask(int vendor, int database);

 private:
  World& world_;
  const std::function<void(double)> done_;
  int64_t persons_ = 0;  // each asked about once
};

// A payment on an account of a vendor that is caught up; the vendor's model says when it knows.
class PaymentPoster {
 public:
  explicit PaymentPoster(World& world) : world_(world) {}
  EventLoop& loop() { return world_.loop(); }
  Process Post(int vendor);

 private:
  World& world_;
};

}  // namespace switchboard::scale
