// What the hub's guard costs: the floor server behind it, beside the same with gRPC's own TLS.

#include <array>
#include <memory>
#include <string>

#include "tests/bench/benchmarks.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

constexpr int kOutstanding = 64;

double MicrosPer(double seconds, int64_t count) {
  return seconds * 1e6 / static_cast<double>(count);
}

Cost Calls(const Server& server, int64_t count, int outstanding, Latencies* latencies) {
  const Parties parties = server.Connect();
  const Meter meter(server.pids());
  RunOutstanding(count, outstanding, [&](int64_t i, std::function<void()> done) {
    struct Call {
      grpc::ClientContext context;
      v1::RequestPermitRequest request;
      v1::RequestPermitResponse response;
    };
    auto call = std::make_shared<Call>();
    call->request.set_request_id("bare");
    call->request.set_assignment_id(std::string(26, 'a'));
    call->request.set_contact_point_id("mobile-1");
    call->request.set_channel(v1::CHANNEL_PHONE);
    call->request.set_act(v1::ACT_REMIND);
    const int64_t begin = SteadyNanos();
    parties.vendors[i % kVendors]->async()->RequestPermit(
        &call->context, &call->request, &call->response,
        [call, begin, latencies, done = std::move(done)](const grpc::Status& status) {
          if (!status.ok()) GiveUp("no permit: " + status.error_message());
          latencies->Add(SteadyNanos() - begin);
          done();
        });
  });
  return meter.Stop();
}

// Every vendor reads so many assignments at once.
Cost Streams(const Server& server, int64_t each) {
  const Parties parties = server.Connect();
  std::array<std::unique_ptr<FeedReader>, kVendors> readers;
  Gate read(each * kVendors);
  const Meter meter(server.pids());
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    readers[vendor] = std::make_unique<FeedReader>(
        *parties.vendors[vendor], 2'000, "stream:" + std::to_string(each),
        [&read](const v1::SyncResponse::Batch& batch) { read.Pass(batch.changes_size()); });
  }
  read.Wait("the floor's streams");
  return meter.Stop();
}

struct Rows {
  Row lone{.name = "guard: unary, 1 outstanding", .unit = "p50 us"};
  Row busy{.name = "guard: unary, 64 outstanding", .unit = "server CPU us/call"};
  Row stream{.name = "guard: 4 streams", .unit = "server CPU us/record"};
};

void Measure(const Server& server, const Place& place, Series Row::*series, Rows& rows) {
  const int64_t calls = place.quick ? 2'000 : 20'000;
  const int64_t each = place.quick ? 50'000 : 250'000;
  Latencies lone, busy;
  Calls(server, calls / 10, 1, &lone);
  (rows.lone.*series).Add(lone.Micros(0.5));
  const Cost unary = Calls(server, calls, kOutstanding, &busy);
  (rows.busy.*series).Add(MicrosPer(unary.server_cpu_seconds, calls));
  const Cost streams = Streams(server, each);
  (rows.stream.*series).Add(MicrosPer(streams.server_cpu_seconds, each * kVendors));
}

}  // namespace

void RunGuard(Place& place) {
  const Server guarded = Server::GuardedFloor(place);
  const Server floor = Server::Floor(place);
  Rows rows;
  for (Row* row : {&rows.lone, &rows.busy, &rows.stream}) row->baseline_name = "gRPC's own TLS";
  for (int run = 0; run < place.runs(); ++run) {
    Measure(floor, place, &Row::baseline, rows);
    Measure(guarded, place, &Row::ours, rows);
  }
  for (const Row& row : {rows.lone, rows.busy, rows.stream}) place.rows.push_back(row);
}

}  // namespace switchboard::bench
