// A book in, out to its vendors, and outcomes back: each leg on its own.

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include "tests/bench/benchmarks.h"
#include "tests/bench/core_load.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

constexpr int kWindow = 2'000;
constexpr int kOutcomeCallsMax = 4;
constexpr int64_t kOutcomesPerCommit = 500;
constexpr int64_t kAccountsPerCommit = 1'000;

using Ids = std::array<std::vector<std::string>, kVendors>;

void AddRun(const Cost& cost, int64_t count, Row* row) {
  const auto records = static_cast<double>(count);
  row->ours.Add(records / cost.seconds);
  row->hub_cpu_us.Add(cost.server_cpu_seconds * 1e6 / records);
  row->generator_cpu_us.Add(cost.generator_cpu_seconds * 1e6 / records);
}

void AddBaselineRun(const Cost& cost, int64_t count, Row* row) {
  const auto records = static_cast<double>(count);
  row->baseline.Add(records / cost.seconds);
  row->baseline_cpu_us.Add((cost.server_cpu_seconds + cost.generator_cpu_seconds) * 1e6 / records);
}

Cost RawInserts(const Place& place, bool outcomes, int64_t count, int64_t per_commit) {
  RawSqlite database(place.folder + "/inserts.db");
  v1::AccountRecord record;
  v1::Outcome outcome;
  FillAccount(0, &record);
  FillOutcome(0, 0, std::string(26, 'a'), &outcome);
  const std::string payload = outcomes ? outcome.SerializeAsString() : record.SerializeAsString();
  const Meter meter({});
  for (int64_t i = 0; i < count; ++i) {
    if (i % per_commit == 0) database.Run("BEGIN IMMEDIATE");
    database.Insert(outcomes, AccountId(i), static_cast<int>(i % kVendors), payload);
    if ((i + 1) % per_commit == 0 || i + 1 == count) database.Run("COMMIT");
  }
  return meter.Stop();
}

struct Loaded {
  Cost cost;
  int64_t records = 0;
};

// Loads the first `vendors` vendors from nothing until the hub says that they have caught up, or
// until the floor server has sent `each` of them its records.
Loaded Load(const Server& server, const std::string& adapter, int vendors, int64_t each, Ids* ids) {
  const Parties parties = server.Connect();
  std::array<std::unique_ptr<FeedReader>, kVendors> readers;
  Gate loaded(vendors);
  const Meter meter(server.pids());
  for (int vendor = 0; vendor < vendors; ++vendor) {
    auto work = [&loaded, ids, vendor, each, got = int64_t{0},
                 there = false](const v1::SyncResponse::Batch& batch) mutable {
      got += batch.changes_size();
      if (ids != nullptr) {
        for (const auto& change : batch.changes())
          (*ids)[vendor].push_back(change.assigned().assignment_id());
      }
      if (there || (!batch.caught_up() && got < each)) return;
      there = true;
      loaded.Pass();
    };
    readers[vendor] =
        std::make_unique<FeedReader>(*parties.vendors[vendor], kWindow, adapter, work);
  }
  loaded.Wait("loading a book");
  Loaded result{meter.Stop(), 0};
  for (int vendor = 0; vendor < vendors; ++vendor) result.records += readers[vendor]->received();
  return result;
}

Loaded LoadFromHub(const Server& hub, int vendors, Ids* ids) {
  return Load(hub, "bench", vendors, std::numeric_limits<int64_t>::max(), ids);
}

// Outcomes on all of `ids`, through senders that live on: ids of outcomes are used once.
class OutcomesIn {
 public:
  OutcomesIn(const Server& server, const Ids& ids)
      : server_(server), parties_(server.Connect()), ids_(ids) {
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      senders_[vendor] =
          std::make_unique<OutcomeSender>(*parties_.vendors[vendor], vendor, kOutcomeCallsMax);
    }
  }

  Cost Run() {
    const Meter meter(server_.pids());
    size_t most = 0;
    for (const auto& of_vendor : ids_) most = std::max(most, of_vendor.size());
    for (size_t i = 0; i < most; ++i) {
      for (int vendor = 0; vendor < kVendors; ++vendor) {
        if (i < ids_[vendor].size()) senders_[vendor]->Add(ids_[vendor][i]);
      }
    }
    ++runs_;
    for (int vendor = 0; vendor < kVendors; ++vendor) senders_[vendor]->Flush(/*all=*/true);
    for (int vendor = 0; vendor < kVendors; ++vendor)
      senders_[vendor]->AwaitAnswers(runs_ * static_cast<int64_t>(ids_[vendor].size()));
    return meter.Stop();
  }

 private:
  const Server& server_;
  const Parties parties_;
  const Ids& ids_;
  std::array<std::unique_ptr<OutcomeSender>, kVendors> senders_;
  int64_t runs_ = 0;
};

void AccountsIn(Place& place, const Server& hub, int64_t count) {
  Row row{.name = "accounts in",
          .unit = "records/s",
          .baseline_name = "raw SQLite, 1,000 a commit",
          .goal = ""};
  AddBaselineRun(RawInserts(place, false, count, kAccountsPerCommit), count, &row);
  const Parties parties = hub.Connect();
  const Meter meter(hub.pids());
  Importer(*parties.core, 0, count).Wait();
  AddRun(meter.Stop(), count, &row);
  place.rows.push_back(row);
}

void FeedOut(Place& place, const Server& hub, const Server& floor, int vendors, int64_t each) {
  Row row{.name = "feed out, " + std::to_string(vendors) + (vendors == 1 ? " vendor" : " vendors"),
          .unit = "records/s",
          .baseline_name = "raw gRPC mTLS stream, 100 a message",
          .goal = ">= 0.5 (P7)"};
  for (int run = 0; run < place.runs(); ++run) {
    const Loaded raw = Load(floor, "stream:" + std::to_string(each), vendors, each, nullptr);
    AddBaselineRun(raw.cost, raw.records, &row);
    const Loaded ours = LoadFromHub(hub, vendors, nullptr);
    AddRun(ours.cost, ours.records, &row);
  }
  place.rows.push_back(row);
}

void ReportOutcomes(Place& place, const Server& hub, const Server& floor, const Ids& ids) {
  Row row{.name = "outcomes in",
          .unit = "records/s",
          .baseline_name = "raw SQLite, 500 a commit",
          .goal = ""};
  Row against_grpc = row;
  against_grpc.baseline_name = "raw gRPC, 500 a call";
  int64_t count = 0;
  for (const auto& of_vendor : ids) count += static_cast<int64_t>(of_vendor.size());
  OutcomesIn into_hub(hub, ids);
  OutcomesIn into_floor(floor, ids);
  for (int run = 0; run < place.runs(); ++run) {
    AddBaselineRun(RawInserts(place, true, count, kOutcomesPerCommit), count, &row);
    AddBaselineRun(into_floor.Run(), count, &against_grpc);
    AddRun(into_hub.Run(), count, &row);
  }
  against_grpc.ours = row.ours;
  against_grpc.hub_cpu_us = row.hub_cpu_us;
  against_grpc.generator_cpu_us = row.generator_cpu_us;
  place.rows.push_back(row);
  place.rows.push_back(against_grpc);
}

}  // namespace

void RunFeed(Place& place) {
  const int64_t each = place.quick ? 5'000 : 25'000;
  const Server hub = Server::Hub(place);
  const Server floor = Server::Floor(place);
  AccountsIn(place, hub, kVendors * each);
  FeedOut(place, hub, floor, 1, each);
  FeedOut(place, hub, floor, kVendors, each);
  Ids ids;
  LoadFromHub(hub, kVendors, &ids);
  ReportOutcomes(place, hub, floor, ids);
}

}  // namespace switchboard::bench
