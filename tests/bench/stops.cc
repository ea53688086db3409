// From the core's call to the withdrawal at the vendor: at light load, while the feeds run at full
// rate, and while one vendor floods the hub.

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/core_load.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kStopsPerSecond = 200;
constexpr int kFloodingVendor = 0;
constexpr int kFloodCalls = 8;
// More accounts than any run could import meanwhile.
constexpr int64_t kEndless = 100'000'000;

// When the call for each account began, and how long it took to come out at a vendor.
class StopClock {
 public:
  explicit StopClock(int64_t accounts) : sent_ns_(accounts) {}

  // Begins a series of `count` stops; those after it count for `latencies`, those of other vendors
  // than the flooding one also for `others`.
  void Begin(Gate* received, Latencies* latencies, Latencies* others) {
    received_ = received;
    latencies_ = latencies;
    others_ = others;
  }
  void Sent(int64_t account) { sent_ns_[account] = SteadyNanos(); }
  void Received(int64_t account, int vendor) {
    // A withdrawal that overtook the feed comes again in its place.
    const int64_t sent_ns = sent_ns_[account].exchange(0);
    if (sent_ns == 0) return;
    const int64_t took_ns = SteadyNanos() - sent_ns;
    latencies_.load()->Add(took_ns);
    if (vendor != kFloodingVendor) others_.load()->Add(took_ns);
    received_.load()->Pass();
  }

 private:
  std::vector<std::atomic<int64_t>> sent_ns_;
  std::atomic<Gate*> received_{nullptr};
  std::atomic<Latencies*> latencies_{nullptr};
  std::atomic<Latencies*> others_{nullptr};
};

struct Figures {
  Series p50;
  Series p99;
  Series others_p99;
};

// Posts payments on accounts [from, from + count), 200 a second, each on its own and without
// waiting for the last.
void PostPayments(v1::CoreService::Stub& core, StopClock& clock, int64_t from, int64_t count,
                  Figures* figures) {
  struct Call {
    grpc::ClientContext context;
    v1::PostEventsRequest request;
    v1::PostEventsResponse response;
  };
  Gate received(count), answered(count);
  Latencies all, others;
  clock.Begin(&received, &all, &others);
  const int64_t begin_ns = SteadyNanos();
  for (int64_t i = 0; i < count; ++i) {
    WaitUntil(begin_ns + i * kNanosPerSecond / kStopsPerSecond);
    auto call = std::make_shared<Call>();
    const int64_t account = from + i;
    auto* event = call->request.add_events();
    // The floor server reads the vendor off the end.
    event->set_event_id(absl::StrCat("payment-", 1'000'000'000 + account, "-", account % kVendors));
    event->mutable_payment()->set_account_id(AccountId(account));
    event->mutable_payment()->mutable_amount()->set_currency_code("JPY");
    event->mutable_payment()->mutable_amount()->set_minor_units(1'000);
    event->mutable_payment()->mutable_pay_time()->set_seconds(1'793'610'000);
    clock.Sent(account);
    core.async()->PostEvents(&call->context, &call->request, &call->response,
                             [call, &answered](const grpc::Status& status) {
                               if (!status.ok()) GiveUp("PostEvents: " + status.error_message());
                               answered.Pass();
                             });
  }
  answered.Wait("answers to payments");
  received.Wait("withdrawals at the vendors");
  figures->p50.Add(all.Micros(0.5));
  figures->p99.Add(all.Micros(0.99));
  figures->others_p99.Add(others.Micros(0.99));
}

// The hub with a book of which [0, accounts) may be stopped, and its four vendors at work.
class HubUnderTest {
 public:
  HubUnderTest(Server hub, int64_t accounts)
      : hub_(std::move(hub)), parties_(hub_.Connect()), clock_(accounts), accounts_(accounts) {
    Gate loaded(accounts);
    loaded_ = &loaded;
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      senders_[vendor] = std::make_unique<OutcomeSender>(*parties_.vendors[vendor], vendor, 2);
      readers_[vendor] = std::make_unique<FeedReader>(
          *parties_.vendors[vendor], 2'000, "bench",
          [this, vendor](const v1::SyncResponse::Batch& batch) { Work(vendor, batch); });
    }
    Importer(*parties_.core, 0, accounts).Wait();
    loaded.Wait("loading a book");
  }
  ~HubUnderTest() {
    for (auto& reader : readers_) reader->Stop();
  }

  void Light(int64_t from, int64_t count, Figures* figures) {
    PostPayments(*parties_.core, clock_, from, count, figures);
  }

  // While accounts come in, go out and come back as fast as they can.
  void Busy(int64_t from, int64_t count, bool flood, Figures* figures) {
    const Parties background = hub_.Connect();
    Importer importer(*background.core, next_import_, kEndless);
    std::unique_ptr<Flood> flooding;
    if (flood) flooding = std::make_unique<Flood>(*background.vendors[kFloodingVendor], some_id_);
    PostPayments(*parties_.core, clock_, from, count, figures);
    if (flooding != nullptr) flooding->Stop();
    importer.Cut();
    importer.Wait();
    next_import_ += importer.accepted();
    AwaitQuiet();
  }

 private:
  // One vendor that sends full calls of outcomes that the hub knows already, again and again.
  class Flood {
   public:
    Flood(v1::VendorService::Stub& stub, const std::string& assignment_id)
        : stub_(stub), ended_(kFloodCalls) {
      for (int i = 0; i < 500; ++i) FillOutcome(9, i, assignment_id, request_.add_outcomes());
      for (int i = 0; i < kFloodCalls; ++i) Send();
    }
    void Stop() {
      stopping_ = true;
      ended_.Wait("the end of the flood");
    }

   private:
    void Send() {
      struct Call {
        grpc::ClientContext context;
        v1::ReportOutcomesResponse response;
      };
      if (stopping_) return ended_.Pass();
      auto call = std::make_shared<Call>();
      // A refusal for overload is an answer too.
      stub_.async()->ReportOutcomes(&call->context, &request_, &call->response,
                                    [this, call](const grpc::Status&) { Send(); });
    }

    v1::VendorService::Stub& stub_;
    v1::ReportOutcomesRequest request_;
    std::atomic<bool> stopping_{false};
    Gate ended_;
  };

  // What vendor `vendor` does with a batch; runs one batch of a vendor at a time.
  void Work(int vendor, const v1::SyncResponse::Batch& batch) {
    auto& numbers = numbers_[vendor];
    for (const auto& change : batch.changes()) {
      if (change.has_withdrawn()) {
        auto found = numbers.find(change.withdrawn().assignment_id());
        if (found != numbers.end()) clock_.Received(found->second, vendor);
        continue;
      }
      const v1::Assignment& assignment = change.assigned();
      const int64_t number = AccountNumberOf(assignment.account().amount_due().minor_units());
      if (number < accounts_) {
        numbers[assignment.assignment_id()] = number;
        if (vendor == kFloodingVendor && some_id_.empty()) some_id_ = assignment.assignment_id();
        loaded_.load()->Pass();
      } else {
        ++delivered_;
        senders_[vendor]->Add(assignment.assignment_id());
      }
    }
    senders_[vendor]->Flush(/*all=*/false);
  }

  void AwaitQuiet() {
    while (delivered_ < next_import_ - accounts_) WaitUntil(SteadyNanos() + 10'000'000);
    const auto answered = [this] {
      int64_t sum = 0;
      for (const auto& sender : senders_) sum += sender->answered();
      return sum;
    };
    while (answered() < delivered_) WaitUntil(SteadyNanos() + 10'000'000);
  }

  const Server hub_;
  const Parties parties_;
  StopClock clock_;
  const int64_t accounts_;
  int64_t next_import_ = accounts_;
  std::atomic<Gate*> loaded_{nullptr};
  std::atomic<int64_t> delivered_{0};
  std::string some_id_;
  std::array<std::unordered_map<std::string, int64_t>, kVendors> numbers_;
  std::array<std::unique_ptr<OutcomeSender>, kVendors> senders_;
  std::array<std::unique_ptr<FeedReader>, kVendors> readers_;
};

// One call with one commit, then a push: what a stop costs when there is no hub.
class FloorUnderTest {
 public:
  FloorUnderTest(const Place& place, int64_t accounts)
      : floor_(Server::Floor(place)), parties_(floor_.Connect()), clock_(accounts) {
    Gate watching(kVendors);
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      auto on_batch = [this, vendor, &watching](const v1::SyncResponse::Batch& batch) {
        if (batch.changes_size() == 0) return watching.Pass();
        int64_t account = 0;
        const std::string& id = batch.changes(0).withdrawn().assignment_id();
        if (absl::SimpleAtoi(id.substr(2), &account)) clock_.Received(account, vendor);
      };
      readers_[vendor] = std::make_unique<FeedReader>(*parties_.vendors[vendor], 0,
                                                      absl::StrCat("watch:", vendor), on_batch);
    }
    watching.Wait("the floor's streams");
  }
  ~FloorUnderTest() {
    for (auto& reader : readers_) reader->Stop();
  }

  void Light(int64_t from, int64_t count, Figures* figures) {
    PostPayments(*parties_.core, clock_, from, count, figures);
  }

  // While a stream carries records as fast as it can, which takes both cores.
  void Busy(int64_t from, int64_t count, Figures* figures) {
    const Parties background = floor_.Connect();
    FeedReader stream(*background.vendors[0], 0, absl::StrCat("stream:", kEndless),
                      [](const v1::SyncResponse::Batch&) {});
    PostPayments(*parties_.core, clock_, from, count, figures);
    stream.Stop();
  }

 private:
  const Server floor_;
  const Parties parties_;
  StopClock clock_;
  std::array<std::unique_ptr<FeedReader>, kVendors> readers_;
};

Row Compare(const char* name, const char* unit, const Series& ours, const char* baseline_name,
            const Series& baseline, const char* goal) {
  return {.name = name,
          .unit = unit,
          .ours = ours,
          .baseline_name = baseline_name,
          .baseline = baseline,
          .goal = goal};
}

}  // namespace

StopTimes TimeStops(Server hubs, int runs, int64_t count) {
  Figures light, busy;
  HubUnderTest hub(std::move(hubs), 2 * runs * count);
  for (int run = 0; run < runs; ++run) {
    hub.Light((2 * run) * count, count, &light);
    hub.Busy((2 * run + 1) * count, count, /*flood=*/false, &busy);
  }
  return {light.p50, light.p99, busy.p99};
}

void RunStops(Place& place) {
  // The p99 of a few hundred is one or two calls.
  const int64_t count = place.quick ? 1'000 : 2'000;
  const int64_t accounts = 4 * place.runs() * count;
  Figures floor_light, floor_busy, light, busy, flood;
  {
    FloorUnderTest floor(place, accounts);
    for (int run = 0; run < place.runs(); ++run) {
      floor.Light((2 * run) * count, count, &floor_light);
      floor.Busy((2 * run + 1) * count, count, &floor_busy);
    }
  }
  {
    HubUnderTest hub(Server::Hub(place), accounts);
    for (int run = 0; run < place.runs(); ++run) {
      hub.Light((3 * run) * count, count, &light);
      hub.Busy((3 * run + 1) * count, count, /*flood=*/false, &busy);
      hub.Busy((3 * run + 2) * count, count, /*flood=*/true, &flood);
    }
  }
  constexpr char kCall[] = "call with one commit, then a push";
  constexpr char kBusyCall[] = "the same beside a full stream";
  auto& rows = place.rows;
  rows.push_back(Compare("stop, 200/s", "p50 us", light.p50, kCall, floor_light.p50, "<= 2 (P3)"));
  rows.push_back(Compare("stop, 200/s", "p99 us", light.p99, kCall, floor_light.p99, "<= 2 (P3)"));
  rows.push_back(
      Compare("stop, feeds at full rate", "p50 us", busy.p50, kBusyCall, floor_busy.p50, ""));
  rows.push_back(Compare("stop, feeds at full rate", "p99 us", busy.p99, kBusyCall, floor_busy.p99,
                         "<= 2 (P4)"));
  rows.push_back(Compare("stop of others, one vendor floods", "p99 us", flood.others_p99,
                         "no flood, feeds at full rate", busy.others_p99, "<= 1.2 (P4)"));
}

}  // namespace switchboard::bench
