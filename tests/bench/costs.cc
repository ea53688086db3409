// What each step of an account's way takes of each thread and process, step by step and with large
// and small batches, so that what a batch costs can be told from what a record costs.

#include <array>
#include <memory>

#include "absl/strings/str_cat.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/core_load.h"
#include "tests/bench/records.h"
#include "tests/bench/usage.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

// A book in which every plan is a good one.
constexpr int64_t kFewAccounts = 400;
constexpr int64_t kFirstCalls = 80;
constexpr std::array<int, 3> kManyVendors = {4, 40, 400};

using Ids = std::array<std::vector<std::string>, kVendors>;

// One hub, with what it is asked for.
class Steps {
 public:
  Steps(Place& place, std::string engine, Server server)
      : place_(place),
        engine_(std::move(engine)),
        server_(std::move(server)),
        parties_(server_.Connect()) {}

  void Run(int64_t accounts) {
    Measure("idle", 1, 1, [] { WaitUntil(SteadyNanos() + 2'000'000'000); });
    Import(accounts, 1'000);
    Import(accounts / 8, 50);
    FeedOut(2'000);
    FeedOut(20);
    const int64_t small = Report(accounts / 8, 20);
    const int64_t large = Report(accounts / 2, 500);
    ReadCoreFeed(small + large, 1'000);
    ReadCoreFeed(small + large, 20);
    // Statements are prepared by then, in every lane.
    AskPermits(kFirstCalls, 1, "first permits");
    for (const int outstanding : {1, 4, 16, 64})
      AskPermits(std::min<int64_t>(accounts / 20, 250 * outstanding), outstanding,
                 absl::StrCat("permit, ", outstanding, " outstanding"));
    PostPayments("payment", accounts / 40);
  }

  void RunPaymentsInSmallBook() {
    Importer(*parties_.core, 0, kFewAccounts).Wait();
    accounts_ += kFewAccounts;
    PostPayments("first payments", kFirstCalls);
    PostPayments("payment in a small book", kFewAccounts / 2);
  }

  // A piece of an import that is dealt to so many.
  void RunImportToMany(int64_t accounts, int vendors) {
    server_.PutContracts(kVendors, vendors);
    server_.PutInForce(v1::TEXT_KIND_ROUTING_PLAN, PlanOfManyYaml(vendors));
    Importer(*parties_.core, 0, kFewAccounts).Wait();  // statements are prepared by then
    accounts_ = kFewAccounts;
    Measure(absl::StrCat("import to ", vendors, " vendors"), accounts, accounts / 1'000,
            [&] { Importer(*parties_.core, accounts_, accounts, FillAccount, 1'000).Wait(); });
  }

  // Everything at once, on an empty book.
  void RunCircle(int64_t accounts) {
    Measure("circle", accounts, accounts / 1'000, [&] { HubCircle(server_, accounts); });
  }

 private:
  // Rows of what `count` records took, each, in `batches`.
  template <typename Work>
  void Measure(const std::string& step, int64_t count, int64_t batches, const Work& work,
               const int64_t* batches_later = nullptr) {
    const UsageMeter meter(place_, server_);
    work();
    const Usage usage = meter.Stop();
    if (batches_later != nullptr) batches = *batches_later;
    const auto add = [&](const std::string& what, const char* unit, double value) {
      Row row{.name = absl::StrCat(engine_, ", ", step, ", ", what), .unit = unit};
      row.ours.Add(value);
      place_.rows.push_back(row);
    };
    const auto each = static_cast<double>(count);
    add("records a batch", "", each / static_cast<double>(batches));
    add("time", "us/record", usage.seconds * 1e6 / each);
    for (const auto& [role, micros] : usage.cpu_us) add(role, "us/record", micros / each);
    add("lane queued", "us/record", usage.queued_us.at("lane") / each);
    add("others", "cores", usage.others_cores);
    add("groups", "each 1,000", usage.groups * 1e3 / each);
    add("units", "each 1,000", usage.units * 1e3 / each);
    add("in groups", "us/record", usage.group_us / each);
    add("stored", "bytes/record", usage.stored_bytes / each);
    add("written by hubs", "bytes/record", usage.hub_bytes / each);
    if (!usage.sleeps.contains("writer")) return;
    add("journeys of lanes", "each 1,000", usage.sleeps.at("writer") * 1e3 / each);
    add("journeys of readers", "each 1,000", usage.sleeps.at("reader") * 1e3 / each);
    add("log", "bytes/record", usage.log_bytes / each);
    add("statements", "each 1,000", usage.statements * 1e3 / each);
    add("in statements", "us/record", usage.statement_us / each);
    add("in closing statements", "us/record", usage.closing_us / each);
  }

  void Import(int64_t count, int64_t per_batch) {
    Measure(absl::StrCat("import by ", per_batch), count, count / per_batch,
            [&] { Importer(*parties_.core, accounts_, count, FillAccount, per_batch).Wait(); });
    accounts_ += count;
  }

  void FeedOut(int window) {
    std::array<std::unique_ptr<FeedReader>, kVendors> readers;
    int64_t batches = 0;
    Ids ids;
    Mutex mutex;
    Measure(
        absl::StrCat("feed by ", window), accounts_, 1,
        [&] {
          Gate loaded(accounts_);
          for (int vendor = 0; vendor < kVendors; ++vendor) {
            auto keep = [&, vendor](const v1::SyncResponse::Batch& batch) {
              MutexLock lock(mutex);
              batches += batch.changes_size() > 0 ? 1 : 0;
              for (const auto& change : batch.changes())
                ids[vendor].push_back(change.assigned().assignment_id());
              loaded.Pass(batch.changes_size());
            };
            readers[vendor] =
                std::make_unique<FeedReader>(*parties_.vendors[vendor], window, "costs", keep);
          }
          loaded.Wait("loading a book");
        },
        &batches);
    for (auto& reader : readers) reader->Stop();
    ids_ = ids;
  }

  int64_t Report(int64_t count, size_t per_call) {
    const int64_t each = count / kVendors;
    std::array<std::unique_ptr<OutcomeSender>, kVendors> senders;
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      senders[vendor] = std::make_unique<OutcomeSender>(*parties_.vendors[vendor], vendor, 2,
                                                        per_call, reported_);
    }
    Measure(absl::StrCat("report by ", per_call), each * kVendors,
            each * kVendors / static_cast<int64_t>(per_call), [&] {
              for (int64_t i = 0; i < each; ++i) {
                for (int vendor = 0; vendor < kVendors; ++vendor)
                  senders[vendor]->Add(ids_[vendor][static_cast<size_t>(i)]);
              }
              for (auto& sender : senders) sender->Flush(/*all=*/true);
              for (auto& sender : senders) sender->AwaitAnswers(each);
            });
    reported_ += each;
    return each * kVendors;
  }

  void ReadCoreFeed(int64_t count, int per_call) {
    Measure(absl::StrCat("core feed by ", per_call), count, count / per_call, [&] {
      FeedConfirmer(*parties_.core, 0, count, per_call, absl::StrCat("by-", per_call)).Wait();
    });
  }

  void AskPermits(int64_t count, int outstanding, const std::string& step) {
    Latencies latencies;
    Measure(step, count, count, [&] {
      RunOutstanding(count, outstanding, [&](int64_t i, std::function<void()> done) {
        Ask(asked_ + i, &latencies, std::move(done));
      });
    });
    asked_ += count;
    Row row{.name = absl::StrCat(engine_, ", ", step, ", p50"), .unit = "us"};
    row.ours.Add(latencies.Micros(0.5));
    place_.rows.push_back(row);
  }

  void Ask(int64_t i, Latencies* latencies, std::function<void()> done) {
    struct Call {
      grpc::ClientContext context;
      v1::RequestPermitRequest request;
      v1::RequestPermitResponse response;
    };
    auto call = std::make_shared<Call>();
    const auto vendor = static_cast<size_t>(i % kVendors);
    call->request.set_request_id(absl::StrCat("costs-", i));
    call->request.set_assignment_id(ids_[vendor].at(static_cast<size_t>(i / kVendors)));
    call->request.set_contact_point_id("mobile-1");
    call->request.set_channel(v1::CHANNEL_PHONE);
    call->request.set_act(v1::ACT_REMIND);
    const int64_t begin = SteadyNanos();
    parties_.vendors[vendor]->async()->RequestPermit(
        &call->context, &call->request, &call->response,
        [call, begin, latencies, done = std::move(done)](const grpc::Status& status) {
          latencies->Add(SteadyNanos() - begin);
          if (!status.ok() || !call->response.has_permit())
            GiveUp("no permit: " + status.error_message() + call->response.ShortDebugString());
          done();
        });
  }

  // Payments on the newest accounts, one after the other, with nobody on the feed.
  void PostPayments(const std::string& step, int64_t count) {
    Measure(step, count, count, [&] {
      RunOutstanding(count, /*outstanding=*/1, [&](int64_t i, std::function<void()> done) {
        struct Call {
          grpc::ClientContext context;
          v1::PostEventsRequest request;
          v1::PostEventsResponse response;
        };
        auto call = std::make_shared<Call>();
        auto* event = call->request.add_events();
        event->set_event_id(absl::StrCat("payment-", paid_ + i));
        event->mutable_payment()->set_account_id(AccountId(accounts_ - 1 - paid_ - i));
        event->mutable_payment()->mutable_amount()->set_currency_code("JPY");
        event->mutable_payment()->mutable_amount()->set_minor_units(1'000);
        event->mutable_payment()->mutable_pay_time()->set_seconds(1'793'610'000);
        parties_.core->async()->PostEvents(
            &call->context, &call->request, &call->response,
            [call, done = std::move(done)](const grpc::Status& status) {
              if (!status.ok()) GiveUp("PostEvents: " + status.error_message());
              done();
            });
      });
    });
    paid_ += count;
  }

  Place& place_;
  const std::string engine_;
  const Server server_;
  const Parties parties_;
  Ids ids_;
  int64_t accounts_ = 0;
  int64_t reported_ = 0;
  int64_t asked_ = 0;
  int64_t paid_ = 0;
};

}  // namespace

void RunCosts(Place& place) {
  const int64_t accounts = place.quick ? 20'000 : 40'000;
  Steps(place, "sqlite", Server::Hub(place)).Run(accounts);
  Steps(place, "sqlite", Server::Hub(place)).RunPaymentsInSmallBook();
  Steps(place, "sqlite", Server::Hub(place)).RunCircle(accounts);
  for (const int vendors : kManyVendors)
    Steps(place, "sqlite", Server::Hub(place)).RunImportToMany(accounts / 2, vendors);
  if (place.postgres.empty()) return;
  Steps(place, "postgres", Server::Hubs(place, 1)).Run(accounts / 2);
  Steps(place, "postgres", Server::Hubs(place, 1)).RunPaymentsInSmallBook();
  Steps(place, "postgres", Server::Hubs(place, 1)).RunCircle(accounts / 2);
  for (const int vendors : kManyVendors)
    Steps(place, "postgres", Server::Hubs(place, 1)).RunImportToMany(accounts / 2, vendors);
}

}  // namespace switchboard::bench
