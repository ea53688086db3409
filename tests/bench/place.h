#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/base/clock.h"
#include "switchboard/v1/core_service.grpc.pb.h"
#include "switchboard/v1/operator_service.grpc.pb.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/bench/table.h"
#include "tests/servers/child_process.h"

namespace switchboard::bench {

// What all benchmarks of one run share.
struct Place {
  std::string folder{};        // on a real disk; everything is made below it
  std::string daemon{};        // the program switchboardd
  std::string command_line{};  // the program switchboard
  std::string self{};          // this program, which also serves the floor
  std::string postgres{};      // connection string of a server without data; empty: none
  int postgres_pid = 0;
  std::string attack{};          // of the attacks, only this one; empty: all
  std::string layout{};          // of the layouts, only this one beside today's; empty: all
  std::vector<int64_t> books{};  // accounts of each book of a benchmark; empty: its own choice
  bool quick = false;
  Clock& clock;
  std::vector<Row> rows{};

  int runs() const { return quick ? 1 : 3; }
};

// Makes the certificates of all parties below the folder.
void MakeCertificates(const Place& place);
// Those of the vendors [kVendors, kVendors + count) as well.
void AddVendorCertificates(const Place& place, int count);

// The callers of one server, each with a connection of its own.
struct Parties {
  std::unique_ptr<v1::CoreService::Stub> core;
  std::vector<std::unique_ptr<v1::VendorService::Stub>> vendors;
};

// What is under test, in processes of its own, which end with this object: a server, or several
// hubs over one database.
class Server {
 public:
  // The real daemon with an empty book, four vendors and a plan, on SQLite. `more_config`: further
  // lines of its configuration.
  static Server Hub(const Place& place, const std::string& more_config = "");
  // The same on PostgreSQL, over a database of their own. REQUIRES: place.postgres.
  static Server Hubs(const Place& place, int count);
  // The floor server: see floor_server.h.
  static Server Floor(const Place& place);
  // The same behind the hub's guard.
  static Server GuardedFloor(const Place& place);

  // New connections each time. With several hubs the core is at the first, and the vendors are
  // spread over all.
  Parties Connect() const;
  // The operator "bench", and a vendor who need not be of the four, at the first process.
  std::unique_ptr<v1::OperatorService::Stub> ConnectOperator() const;
  std::unique_ptr<v1::VendorService::Stub> ConnectVendor(int vendor) const;
  // Puts a text in force: proposed by the operator "bench", released by the operator "second".
  void PutInForce(v1::TextKind kind, const std::string& yaml) const;
  // The same of the contracts of the vendors from `first` until before `end`.
  void PutContracts(int first, int end) const;
  // With the database server's, where there is one.
  std::vector<pid_t> pids() const;
  std::vector<pid_t> hub_pids() const;
  pid_t database_pid() const { return database_pid_; }
  std::vector<int> metrics_ports() const;

  // Of the first process.
  std::string address() const;
  const std::string& folder() const { return processes_.front().folder; }

  // How long it took from SIGTERM to the end, and from the start until it served.
  struct Restarted {
    double stop_seconds = 0;
    double start_seconds = 0;
  };
  // Of the first process, which has another address then: connect anew.
  Restarted Restart();

 private:
  struct Process {
    servers::ChildProcess process;
    int port = 0;
    int metrics_port = 0;
    std::vector<std::string> command;
    std::string folder;
  };

  explicit Server(const Place& place) : place_(place) {}
  static Server FloorWith(const Place& place, const std::vector<std::string>& more);
  void Start(const std::vector<std::string>& command, const std::string& folder);
  void StartHub(const std::string& folder, const std::string& hub_id, const std::string& storage,
                const std::string& more_config = "");

  const Place& place_;
  std::vector<Process> processes_;
  pid_t database_pid_ = 0;
};

}  // namespace switchboard::bench
