#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/scale/hub_model.h"

namespace switchboard::scale {

// Machines, databases and hubs, and what their rows come to: who commits says so, and whoever
// waits for it is told.
class World {
 public:
  World(EventLoop& loop, const Costs& costs, const Layout& layout, int vendors);

  EventLoop& loop() { return loop_; }
  const Layout& layout() const { return layout_; }
  const EngineCosts& costs() const { return costs_; }
  int vendors() const { return vendors_; }

  HubModel& HubOf(int party) { return *hubs_[static_cast<size_t>(party) % hubs_.size()]; }
  // Of all callers.
  Step Generate(double micros, double waking_us = 0);

  // Units as the hub would make them.
  Unit ImportUnit(double records, int database, std::function<void()> done);
  Unit VendorUnit(Urgency urgency, const StepCosts& costs, int vendor, double records,
                  std::function<void()> done);

  std::string VendorRow(int vendor, int hub, int database) const;
  std::string CoreFeedRow(int database) const;
  std::string DisclosureRow(int vendor) const;

  // What is committed, by whom it is for; `listeners` run at each change, later at other hubs.
  struct Feed {
    int64_t newest = 0;
    std::function<void()> advanced;
  };
  Feed& FeedOf(int vendor) { return feeds_[static_cast<size_t>(vendor)]; }
  Feed& core_feed() { return core_feed_; }
  void Commit(Feed& feed, int64_t records, bool other_hub);

  double hub_busy() const;
  double database_busy() const;
  double generator_busy() const { return generators_->busy(); }
  double groups() const;

 private:
  Processor& NewMachine(double cores);

  EventLoop& loop_;
  const Layout layout_;
  const EngineCosts& costs_;
  const int vendors_;
  std::vector<std::unique_ptr<Processor>> machines_;
  Processor* generators_ = nullptr;
  std::vector<Processor*> hub_machines_;
  std::vector<Processor*> database_machines_;
  std::unique_ptr<Threads> generator_threads_;
  std::vector<std::unique_ptr<DatabaseModel>> databases_;
  std::vector<std::unique_ptr<HubModel>> hubs_;
  std::vector<Feed> feeds_;
  Feed core_feed_;
};

}  // namespace switchboard::scale
