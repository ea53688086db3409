#pragma once

#include <map>
#include <string>

namespace switchboard::scale {

// What a batch takes and each record in it: microseconds of CPU, journeys, bytes.
struct Part {
  double batch = 0;
  double record = 0;
  double Of(double records) const { return batch + record * records; }
};

// What one kind of call takes of whom. Of the writer a batch is a unit of work, of all others the
// call, the page or the message.
struct StepCosts {
  Part generator;
  Part edge;  // the guard's threads and gRPC's
  Part executor;
  Part lane;
  // On PostgreSQL.
  Part writer;           // its backend of the lane
  Part reader;           // its backend of the reader
  Part journeys;         // of the lane
  Part reader_journeys;  // of the reader
  Part log;              // bytes on disk, of a unit
  double closing = 0;    // the part of the lane's and the writer's that rows are locked for
  // On top where an idle core has to be woken.
  double generator_waking = 0;
  double edge_waking = 0;
};

// Of one engine.
struct EngineCosts {
  StepCosts import, feed, report, core_feed, permit, payment;
  // Of a group of units, once: begin, seal the audit entry, commit.
  double group_lane = 0;
  double group_writer = 0;
  double group_journeys = 0;
  double lane_waking = 0;  // where an idle core has to be woken for it
  double writer_waking = 0;
  // Of a vendor's row more in a piece of an import than the four of the benchmark.
  double row_lane = 0;
  double row_writer = 0;
  double sync_us = 0;   // until the log is on disk …
  double byte_us = 0;   // … and for each byte of it
  double crowding = 1;  // how much longer work takes where all cores are busy
  double idle_cpu = 0;  // cores that a hub takes without any work, with its part of the database
};

struct Costs {
  EngineCosts sqlite, postgres;
  double slice_us = 0;  // what the kernel gives one thread where others wait
  // Figures of the benchmarks of the same sitting, by name.
  std::map<std::string, double> measured;
};

// Reads costs.json. Ends the program when it cannot.
Costs ReadCosts(const std::string& path);

}  // namespace switchboard::scale
