#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "tests/bench/place.h"

namespace switchboard::bench {

// What processes under test took, told apart by who did it: "lane", "executor", "guard" and "grpc"
// are threads of the hubs, "writer", "reader" and "database" backends of PostgreSQL and the rest of
// it, "generator" this process.
struct Usage {
  double seconds = 0;
  std::map<std::string, double> cpu_us;
  std::map<std::string, double> queued_us;  // ready, but no core was free
  std::map<std::string, double> sleeps;     // times somebody waited for something
  double others_cores = 0;                  // in use by whoever else is on the machine
  double groups = 0;                        // committed by lanes, from the hubs' metrics …
  double units = 0;                         // … with so many units of work
  double group_us = 0;                      // … in so long, all added up
  double hub_bytes = 0;                     // that the hubs wrote to disk
  double stored_bytes = 0;                  // by which the database grew
  double log_bytes = 0;                     // of PostgreSQL's write-ahead log
  double statements = 0;                    // that the database ran …
  double statement_us = 0;                  // … in so long
  double closing_us = 0;  // of this at the ends of groups, where rows are locked that all want
};

// Measures from its construction on.
class UsageMeter {
 public:
  UsageMeter(const Place& place, const Server& server);
  Usage Stop() const;

 private:
  struct Thread {
    std::string role;
    double cpu_us = 0;
    double queued_us = 0;
    double sleeps = 0;
  };
  struct Reading {
    std::map<std::pair<pid_t, pid_t>, Thread> threads;
    std::map<std::string, double> metrics;
    double hub_bytes = 0;
    double stored_bytes = 0;
    double log_bytes = 0;
    double statements = 0;
    double statement_us = 0;
    double closing_us = 0;
    double generator_us = 0;
    double machine_us = 0;
    int64_t now_ns = 0;
  };
  Reading Read() const;
  void ReadHubs(Reading* reading) const;
  void ReadDatabase(Reading* reading) const;

  const Place& place_;
  const Server& server_;
  const Reading before_;
};

}  // namespace switchboard::bench
