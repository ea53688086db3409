// Permits for people with a history of contacts.

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/core_load.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

constexpr int kHistory = 50;
constexpr int kOutstanding = 64;
constexpr int64_t kOutcomesPerCall = 500;

// An assignment that a vendor holds, and the permit it got for it last.
struct Work {
  int vendor = 0;
  std::string assignment_id;
  std::string permit_id;
};

std::vector<Work> LoadWork(const Server& hub, int64_t people) {
  const Parties parties = hub.Connect();
  Importer(*parties.core, 0, people).Wait();
  std::array<std::vector<std::string>, kVendors> ids;
  std::array<std::unique_ptr<FeedReader>, kVendors> readers;
  Gate loaded(people);
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    auto keep = [&loaded, &of_vendor = ids[vendor]](const v1::SyncResponse::Batch& batch) {
      for (const auto& change : batch.changes())
        of_vendor.push_back(change.assigned().assignment_id());
      loaded.Pass(batch.changes_size());
    };
    readers[vendor] = std::make_unique<FeedReader>(*parties.vendors[vendor], 2'000, "bench", keep);
  }
  loaded.Wait("loading a book");
  for (auto& reader : readers) reader->Stop();
  std::vector<Work> work;
  for (size_t i = 0; work.size() < static_cast<size_t>(people); ++i) {
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      if (i < ids[vendor].size()) work.push_back({vendor, ids[vendor][i], ""});
    }
  }
  return work;
}

// Asks one server for permits.
class Asker {
 public:
  // `prefix` of request ids tells the floor server what to do.
  Asker(const Server& server, std::vector<Work> work, std::string prefix)
      : server_(server),
        parties_(server.Connect()),
        work_(std::move(work)),
        prefix_(std::move(prefix)) {}

  // One permit for each of the first `count` people; times of single calls go to `latencies`.
  Cost AskAll(int64_t count, int outstanding, Latencies* latencies) {
    ++round_;
    const Meter meter(server_.pids());
    RunOutstanding(count, outstanding, [&](int64_t i, std::function<void()> done) {
      Ask(i, latencies, std::move(done));
    });
    return meter.Stop();
  }

  void ReleaseAll(int64_t count) {
    RunOutstanding(count, kOutstanding, [&](int64_t i, std::function<void()> done) {
      struct Call {
        grpc::ClientContext context;
        v1::ReleasePermitRequest request;
        v1::ReleasePermitResponse response;
      };
      auto call = std::make_shared<Call>();
      call->request.set_permit_id(work_[i].permit_id);
      parties_.vendors[work_[i].vendor]->async()->ReleasePermit(
          &call->context, &call->request, &call->response,
          [call, done = std::move(done)](const grpc::Status& status) {
            if (!status.ok()) GiveUp("ReleasePermit: " + status.error_message());
            done();
          });
    });
  }

  // Reports a contact under each permit, which makes it part of the person's history.
  void UseAll() {
    std::array<v1::ReportOutcomesRequest, kVendors> requests;
    const int64_t now = absl::ToUnixSeconds(SystemClock().Now());
    for (const Work& work : work_) {
      v1::ReportOutcomesRequest& request = requests[work.vendor];
      v1::Outcome& outcome = *request.add_outcomes();
      FillOutcome(work.vendor, next_outcome_++, work.assignment_id, &outcome);
      outcome.set_permit_id(work.permit_id);
      // Only a contact that began in its permit's time uses it.
      outcome.mutable_start_time()->set_seconds(now);
      outcome.mutable_end_time()->set_seconds(now);
      if (request.outcomes_size() == kOutcomesPerCall) Report(work.vendor, &request);
    }
    for (int vendor = 0; vendor < kVendors; ++vendor) Report(vendor, &requests[vendor]);
  }

 private:
  void Ask(int64_t i, Latencies* latencies, std::function<void()> done) {
    struct Call {
      grpc::ClientContext context;
      v1::RequestPermitRequest request;
      v1::RequestPermitResponse response;
    };
    auto call = std::make_shared<Call>();
    Work& work = work_[i];
    call->request.set_request_id(absl::StrFormat("%s-%06d-%06d", prefix_, round_, i));
    call->request.set_assignment_id(work.assignment_id);
    call->request.set_contact_point_id("mobile-1");
    const int64_t begin = SteadyNanos();
    parties_.vendors[work.vendor]->async()->RequestPermit(
        &call->context, &call->request, &call->response,
        [call, begin, latencies, &work, done = std::move(done)](const grpc::Status& status) {
          if (latencies != nullptr) latencies->Add(SteadyNanos() - begin);
          if (!status.ok() || !call->response.has_permit())
            GiveUp("no permit: " + status.error_message() + call->response.ShortDebugString());
          work.permit_id = call->response.permit().permit_id();
          done();
        });
  }

  void Report(int vendor, v1::ReportOutcomesRequest* request) {
    if (request->outcomes_size() == 0) return;
    grpc::ClientContext context;
    v1::ReportOutcomesResponse response;
    const grpc::Status status =
        parties_.vendors[vendor]->ReportOutcomes(&context, *request, &response);
    if (!status.ok()) GiveUp("ReportOutcomes: " + status.error_message());
    for (const auto& receipt : response.receipts()) {
      if (receipt.status() != v1::ReportOutcomesResponse::STATUS_RECORDED)
        GiveUp("an outcome was refused: " + receipt.ShortDebugString());
    }
    request->Clear();
  }

  const Server& server_;
  const Parties parties_;
  std::vector<Work> work_;
  const std::string prefix_;
  int64_t round_ = 0;
  int64_t next_outcome_ = 0;
};

struct Rows {
  Row p50{.name = "permit, 1 outstanding",
          .unit = "p50 us",
          .baseline_name = "unary call with one commit",
          .goal = "<= 1.5 (P5)"};
  Row p99{.name = "permit, 1 outstanding",
          .unit = "p99 us",
          .baseline_name = "unary call with one commit"};
  Row rate{.name = "permit, 64 outstanding",
           .unit = "permits/s",
           .baseline_name = "bare unary call",
           .goal = ">= 0.5 (P5)"};
  Row busy_p99{
      .name = "permit, 64 outstanding", .unit = "p99 us", .baseline_name = "bare unary call"};
};

double MicrosPer(double seconds, int64_t count) {
  return seconds * 1e6 / static_cast<double>(count);
}

void MeasureHub(Asker& hub, int64_t people, Rows* rows) {
  Latencies light;
  hub.AskAll(people, 1, &light);
  hub.ReleaseAll(people);
  rows->p50.ours.Add(light.Micros(0.5));
  rows->p99.ours.Add(light.Micros(0.99));
  Latencies busy;
  Cost sum;
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    const Cost cost = hub.AskAll(people, kOutstanding, &busy);
    hub.ReleaseAll(people);
    sum.seconds += cost.seconds;
    sum.server_cpu_seconds += cost.server_cpu_seconds;
    sum.generator_cpu_seconds += cost.generator_cpu_seconds;
  }
  rows->rate.ours.Add(static_cast<double>(kRounds * people) / sum.seconds);
  rows->rate.hub_cpu_us.Add(MicrosPer(sum.server_cpu_seconds, kRounds * people));
  rows->rate.generator_cpu_us.Add(MicrosPer(sum.generator_cpu_seconds, kRounds * people));
  rows->busy_p99.ours.Add(busy.Micros(0.99));
}

void MeasureFloor(Asker& stored, Asker& bare, int64_t people, Rows* rows) {
  Latencies light;
  stored.AskAll(people, 1, &light);
  rows->p50.baseline.Add(light.Micros(0.5));
  rows->p99.baseline.Add(light.Micros(0.99));
  Latencies busy;
  const Cost cost = bare.AskAll(people * 4, kOutstanding, &busy);
  rows->rate.baseline.Add(static_cast<double>(people * 4) / cost.seconds);
  rows->rate.baseline_cpu_us.Add(
      MicrosPer(cost.server_cpu_seconds + cost.generator_cpu_seconds, people * 4));
  rows->busy_p99.baseline.Add(busy.Micros(0.99));
}

}  // namespace

void RunPermits(Place& place) {
  const int64_t people = place.quick ? 256 : 1'024;
  const Server hub = Server::Hub(place);
  const Server floor = Server::Floor(place);
  Asker ours(hub, LoadWork(hub, people), "ask");
  for (int contact = 0; contact < kHistory; ++contact) {
    ours.AskAll(people, kOutstanding, nullptr);
    ours.UseAll();
  }
  std::vector<Work> any;
  for (int i = 0; i < people * 4; ++i) any.push_back({i % kVendors, std::string(26, 'a'), ""});
  Asker stored(floor, any, "stored");
  Asker bare(floor, any, "bare");
  Rows rows;
  for (int run = 0; run < place.runs(); ++run) {
    MeasureFloor(stored, bare, people, &rows);
    MeasureHub(ours, people, &rows);
  }
  for (Row& row :
       {std::ref(rows.p50), std::ref(rows.p99), std::ref(rows.rate), std::ref(rows.busy_p99)})
    place.rows.push_back(row);
}

}  // namespace switchboard::bench
