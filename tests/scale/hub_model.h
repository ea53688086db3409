#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/storage/fair_queue.h"
#include "tests/scale/costs.h"
#include "tests/scale/machine.h"

namespace switchboard::scale {

enum class Urgency { kStop, kUrgent, kBulk };

// A unit of work on its way through a lane.
struct Unit {
  Urgency urgency = Urgency::kBulk;
  std::string party;   // empty: goes where least waits
  int64_t person = 0;  // whom it is about, which says the lane; 0: the party does
  Part lane;
  Part writer;
  Part journeys;
  Part log;
  double closing = 0;
  double closing_lane = 0;  // more of it than `closing` says
  double closing_writer = 0;
  double records = 0;
  std::vector<std::string> keys;  // held from its beginning to the commit, by name
  std::vector<std::string> rows;  // written at the end of the group and locked until the commit
  double row_journeys = 1;
  bool ends_group = false;
  std::function<void()> done;
};

// How the hub is laid out, and on what it runs.
struct Layout {
  bool postgres = false;
  int lanes = 1;
  int hubs = 1;
  double hub_cores = 2;
  double database_cores = 0;   // 0: on the machine of the hubs
  double generator_cores = 0;  // likewise; and all hubs share one machine
  double network_us = 0;       // there and back between hub and database
  double sync_us = -1;         // below 0: as measured
  double slice_us = 3'000;     // what the kernel gives one thread where others wait
  int databases = 1;           // shards, each a server of its own with its share of the persons
  // What was changed of the layout since the costs were measured, or could be.
  bool row_statements =
      true;                   // at the end of a group statements for each row, else for all at once
  bool placement_key = true;  // every import holds the one right to place
  bool vendor_rows = true;    // one counter row for each vendor, else one for each lane
  bool permits_by_party = true;  // a vendor's through one lane of a hub, else by the person
  bool core_feed_row = true;     // one dense sequence, else one for each database
  bool disclosure_row = true;    // one sequence of disclosures, else one for each vendor
};

// A database server: its processor, log and locked rows.
struct DatabaseModel {
  DatabaseModel(EventLoop& loop, Processor& on, double sync_us, double byte_us)
      : processor(on), log(loop, sync_us, byte_us), locks(loop) {}
  Processor& processor;
  Log log;
  RowLocks locks;
};

// What runs units in groups, as hub/storage/lane.cc does.
class LaneModel {
 public:
  LaneModel(const EngineCosts& costs, const Layout& layout, Processor& processor,
            DatabaseModel& database);

  void Submit(Unit unit);
  size_t load() const { return stops_.size() + urgent_.size() + bulk_.size() + running_; }
  EventLoop& loop() { return processor_.loop(); }
  double groups() const { return groups_; }

 private:
  using Queue = storage::FairQueue<Unit>;

  Process Run();
  std::vector<Unit> TakeGroup();
  void PutBack(std::vector<Unit>& group, size_t from);
  Queue& QueueOf(Urgency urgency);
  Step RunUnit(const Unit& unit);
  Step Close(const std::vector<Unit>& group);
  Step Commit(const std::vector<Unit>& group);
  Step Hold(const std::string& key);
  Step Talk(double journeys, double lane_us, double writer_us);

  const EngineCosts& costs_;
  const Layout& layout_;
  Processor& processor_;
  DatabaseModel& database_;
  Queue stops_, urgent_, bulk_;
  bool urgent_had_turn_ = false;
  size_t running_ = 0;
  double groups_ = 0;
  std::vector<std::string> held_;
  Signal work_;
};

// One hub: its threads and lanes on a machine.
class HubModel {
 public:
  HubModel(const Costs& costs, const Layout& layout, Processor& processor,
           const std::vector<std::unique_ptr<DatabaseModel>>& databases);

  // To the lane of its party, over the database of that number.
  void Submit(Unit unit, int database = 0);
  // The parts of a call on the hub's threads.
  Step ServeEdge(double micros, double waking_us);
  Step ServeExecutor(double micros);
  // A page read on an executor thread, over the first database's readers.
  Step Read(const StepCosts& step, double records, int database = 0);
  double groups() const;

 private:
  const EngineCosts& costs_;
  const Layout& layout_;
  Processor& processor_;
  const std::vector<std::unique_ptr<DatabaseModel>>& databases_;
  std::vector<std::vector<std::unique_ptr<LaneModel>>> lanes_;  // of each database
  Threads edge_;
  Threads executor_;
};

}  // namespace switchboard::scale
