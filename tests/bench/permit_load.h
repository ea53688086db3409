#pragma once

#include <string>
#include <vector>

#include "switchboard/v1/vendor_service.pb.h"
#include "tests/bench/core_load.h"
#include "tests/bench/measure.h"
#include "tests/bench/place.h"

namespace switchboard::bench {

// An assignment that a vendor holds, and the permit it got for it last.
struct Work {
  int vendor = 0;
  std::string assignment_id;
  std::string permit_id;
};

// Imports that many accounts, each with its owner, and says who has which.
std::vector<Work> LoadWork(const Server& hub, int64_t people, Importer::Fill fill = FillAccount);

// Asks one server for permits.
class Asker {
 public:
  // `prefix` of request ids tells the floor server what to do; at a hub no two have the same.
  Asker(const Server& server, std::vector<Work> work, std::string prefix)
      : server_(server),
        parties_(server.Connect()),
        work_(std::move(work)),
        prefix_(std::move(prefix)) {}

  // One permit for each of the first `count` people; times of single calls go to `latencies`.
  Cost AskAll(int64_t count, int outstanding, Latencies* latencies);
  void ReleaseAll(int64_t count);
  // Reports a contact under each permit, which makes it part of the person's history.
  void UseAll();

 private:
  void Ask(int64_t i, Latencies* latencies, std::function<void()> done);
  void Report(int vendor, v1::ReportOutcomesRequest* request);

  const Server& server_;
  const Parties parties_;
  std::vector<Work> work_;
  const std::string prefix_;
  int64_t round_ = 0;
  int64_t next_outcome_ = 0;
};

}  // namespace switchboard::bench
