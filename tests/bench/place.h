#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/base/clock.h"
#include "switchboard/v1/core_service.grpc.pb.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/bench/table.h"
#include "tests/servers/child_process.h"

namespace switchboard::bench {

// What all benchmarks of one run share.
struct Place {
  std::string folder{};    // on a real disk; everything is made below it
  std::string daemon{};    // the program switchboardd
  std::string self{};      // this program, which also serves the floor
  std::string postgres{};  // connection string of a server without data; empty: none
  int postgres_pid = 0;
  bool quick = false;
  Clock& clock;
  std::vector<Row> rows{};

  int runs() const { return quick ? 1 : 3; }
};

// Makes the certificates of all parties below the folder.
void MakeCertificates(const Place& place);

// The callers of one server, each with a connection of its own.
struct Parties {
  std::unique_ptr<v1::CoreService::Stub> core;
  std::vector<std::unique_ptr<v1::VendorService::Stub>> vendors;
};

// A server under test in a process of its own, which ends with this object.
class Server {
 public:
  // The real daemon with an empty book, four vendors and a plan.
  static Server Hub(const Place& place);
  // The floor server: see floor_server.h.
  static Server Floor(const Place& place);

  // New connections each time.
  Parties Connect() const;
  pid_t pid() const { return process_.pid(); }

 private:
  Server(const Place& place, servers::ChildProcess process, const std::string& ports_file);

  const Place& place_;
  servers::ChildProcess process_;
  int port_ = 0;
};

}  // namespace switchboard::bench
