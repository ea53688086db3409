#include "tests/bench/grown_book.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <unordered_set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "tests/attacks/process_use.h"
#include "tests/bench/core_load.h"
#include "tests/bench/permit_load.h"
#include "tests/bench/records.h"
#include "tests/bench/vendor_load.h"

namespace switchboard::bench {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kAccountsPerStretch = 100'000;
constexpr int64_t kRestNanos = 2'000'000'000;
constexpr int64_t kPollNanos = 10'000'000;
constexpr int kVerifyMillisMax = 3'600'000;
constexpr int kOutcomeCallsMax = 4;

// How much is done with the book in each run.
struct Portion {
  int64_t imports;
  int64_t outcomes;
  int64_t permits;

  // At most a quarter of the book: what is drawn from it is drawn once.
  static Portion Of(const Place& place, int64_t accounts) {
    Portion portion{place.quick ? 2'000 : 20'000, place.quick ? 1'000 : 10'000,
                    place.quick ? 200 : 500};
    portion.imports = std::min(portion.imports, accounts / 4);
    portion.outcomes = std::min(portion.outcomes, accounts / 4);
    portion.permits = std::min(portion.permits, portion.outcomes);
    return portion;
  }
};

void Tell(int64_t accounts, const std::string& what) {
  std::cerr << "\nbench: book of " << BookText(accounts) << ": " << what << std::flush;
}

double MicrosPer(double seconds, int64_t count) {
  return seconds * 1e6 / static_cast<double>(count);
}

double SecondsSince(int64_t begin_ns) {
  return static_cast<double>(SteadyNanos() - begin_ns) * 1e-9;
}

// Different accounts from all over the book, the same ones for the same seed.
std::vector<int64_t> Draw(int64_t accounts, int64_t count, uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::unordered_set<int64_t> seen;
  std::vector<int64_t> drawn;
  while (static_cast<int64_t>(drawn.size()) < count) {
    const auto number = static_cast<int64_t>(engine() % static_cast<uint64_t>(accounts));
    if (seen.insert(number).second) drawn.push_back(number);
  }
  return drawn;
}

// A hub and the book that it was given.
class Book {
 public:
  Book(const Place& place, int64_t accounts)
      : place_(place),
        accounts_(accounts),
        portion_(Portion::Of(place, accounts)),
        hub_(Server::Hub(place)),
        parties_(hub_.Connect()),
        desk_(hub_.ConnectOperator()) {
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      senders_[vendor] =
          std::make_unique<OutcomeSender>(*parties_.vendors[vendor], vendor, kOutcomeCallsMax);
    }
  }

  void Fill() {
    while (next_ < accounts_) {
      const int64_t count = std::min(kAccountsPerStretch, accounts_ - next_);
      const Cost cost = Import(count, FillAccount);
      Tell(accounts_, absl::StrFormat("%d in, %.0f/s, %.1f us of the hub's CPU each", next_,
                                      static_cast<double>(count) / cost.seconds,
                                      MicrosPer(cost.server_cpu_seconds, count)));
    }
  }

  // Of the book alone, before anything else is done with it.
  void Weigh(GrownBook* figures) {
    WaitUntil(SteadyNanos() + kRestNanos);  // until the log of writes has gone into the database
    figures->account_bytes.Add(static_cast<double>(fs::file_size(hub_.folder() + "/hub.db")) /
                               static_cast<double>(accounts_));
  }

  void ImportNew(GrownBook* figures) {
    const Cost cost = Import(portion_.imports, FillAccount);
    figures->new_cpu_us.Add(MicrosPer(cost.server_cpu_seconds, portion_.imports));
  }

  void ImportChanges(uint64_t seed, GrownBook* figures) {
    const int64_t from = next_;
    const auto change = [from, drawn = Draw(accounts_, portion_.imports, seed)](
                            int64_t number, v1::AccountRecord* record) {
      FillAccount(drawn[static_cast<size_t>(number - from)], record);
      record->set_sequence(number + 1);
      record->mutable_account()->mutable_balance()->set_minor_units(1'000'000 + number);
      record->mutable_account()->set_days_past_due(40);
    };
    const Cost cost = Import(portion_.imports, change);
    figures->change_cpu_us.Add(MicrosPer(cost.server_cpu_seconds, portion_.imports));
  }

  // Where accounts from all over the book are, enough for so many runs. Who has worked them would
  // know it from the feed; here nobody reads millions of rows for some thousands.
  void FindWork(int runs, uint64_t seed) {
    for (const int64_t number : Draw(accounts_, runs * portion_.outcomes, seed)) {
      grpc::ClientContext context;
      v1::ListPlacementsRequest request;
      v1::ListPlacementsResponse response;
      request.set_account_id(AccountId(number));
      const grpc::Status status = desk_->ListPlacements(&context, request, &response);
      if (!status.ok() || response.placements_size() != 1)
        GiveUp("no placement: " + status.error_message());
      const auto& placement = response.placements(0);
      work_.push_back({placement.vendor_id().back() - '0', placement.assignment_id(), ""});
    }
  }

  void AskPermits(int run, GrownBook* figures) {
    const auto work = WorkOf(run);
    Asker asker(hub_, {work.begin(), work.begin() + portion_.permits}, absl::StrCat("run-", run));
    Latencies latencies;
    asker.AskAll(portion_.permits, 1, &latencies);
    figures->permit_p50_us.Add(latencies.Micros(0.5));
    figures->permit_p99_us.Add(latencies.Micros(0.99));
  }

  void Report(int run, GrownBook* figures) {
    const Meter meter(hub_.pids());
    for (const Work& work : WorkOf(run)) {
      senders_[work.vendor]->Add(work.assignment_id);
      ++reported_[work.vendor];
    }
    for (int vendor = 0; vendor < kVendors; ++vendor) senders_[vendor]->Flush(/*all=*/true);
    for (int vendor = 0; vendor < kVendors; ++vendor)
      senders_[vendor]->AwaitAnswers(reported_[vendor]);
    const Cost cost = meter.Stop();
    figures->outcomes_rate.Add(static_cast<double>(portion_.outcomes) / cost.seconds);
    figures->outcome_cpu_us.Add(MicrosPer(cost.server_cpu_seconds, portion_.outcomes));
  }

  void LookAtMemory(GrownBook* figures) {
    const auto use = attacks::UseOf(hub_.pids().front());
    Require(use.status(), "the hub's memory");
    figures->resident_mib.Add(static_cast<double>(use->resident_kib) / 1024);
  }

  void Restart(GrownBook* figures) {
    const Server::Restarted took = hub_.Restart();
    figures->stop_seconds.Add(took.stop_seconds);
    figures->start_seconds.Add(took.start_seconds);
    desk_ = hub_.ConnectOperator();
  }

  void BackUp(GrownBook* figures) {
    const int64_t begin_ns = SteadyNanos();
    grpc::ClientContext context;
    v1::StartBackupResponse started;
    const grpc::Status status = desk_->StartBackup(&context, v1::StartBackupRequest(), &started);
    if (!status.ok()) GiveUp("StartBackup: " + status.error_message());
    while (BackupRuns()) WaitUntil(SteadyNanos() + kPollNanos);
    figures->backup_seconds.Add(SecondsSince(begin_ns));
    // As large as the database: the next run needs the room.
    fs::remove_all(hub_.folder() + "/backups/" + started.backup().name());
  }

  void VerifyAudit(GrownBook* figures) const {
    const int64_t begin_ns = SteadyNanos();
    const std::string log = hub_.folder() + "/verify.log";
    auto verify = servers::ChildProcess::Start(
        {place_.command_line, "audit", "verify", "--hub", hub_.address(), "--tls",
         place_.folder + "/tls/operator-bench"},
        log);
    Require(verify.status(), place_.command_line);
    if (!verify->EndsWithin(kVerifyMillisMax) || verify->exit_code() != 0)
      GiveUp("audit verify: " + servers::EndOfFile(log));
    figures->verify_seconds.Add(SecondsSince(begin_ns));
  }

 private:
  Cost Import(int64_t count, Importer::Fill fill) {
    const Meter meter(hub_.pids());
    Importer(*parties_.core, next_, count, std::move(fill)).Wait();
    next_ += count;
    return meter.Stop();
  }

  absl::Span<const Work> WorkOf(int run) const {
    return absl::MakeConstSpan(work_).subspan(run * portion_.outcomes, portion_.outcomes);
  }

  bool BackupRuns() {
    grpc::ClientContext context;
    v1::GetBackupResponse response;
    const grpc::Status status = desk_->GetBackup(&context, v1::GetBackupRequest(), &response);
    if (!status.ok()) GiveUp("GetBackup: " + status.error_message());
    const v1::Backup& backup = response.backup();
    if (backup.state() == v1::Backup::STATE_FAILED) GiveUp("backup: " + backup.problem());
    return backup.state() != v1::Backup::STATE_DONE;
  }

  const Place& place_;
  const int64_t accounts_;
  const Portion portion_;
  Server hub_;
  Parties parties_;
  std::unique_ptr<v1::OperatorService::Stub> desk_;
  std::array<std::unique_ptr<OutcomeSender>, kVendors> senders_;
  std::array<int64_t, kVendors> reported_{};
  std::vector<Work> work_;
  int64_t next_ = 0;  // number of the next record
};

}  // namespace

std::string BookText(int64_t accounts) {
  if (accounts % 1'000'000 == 0) return absl::StrCat(accounts / 1'000'000, " M");
  if (accounts % 1'000 == 0) return absl::StrCat(accounts / 1'000, " k");
  return absl::StrCat(accounts);
}

GrownBook GrowBook(const Place& place, int64_t accounts) {
  GrownBook figures;
  Book book(place, accounts);
  const int runs = place.runs();
  book.Fill();
  book.Weigh(&figures);
  Tell(accounts, "looking for work");
  book.FindWork(runs, /*seed=*/0);
  Tell(accounts, "imports");
  for (int run = 0; run < runs; ++run) book.ImportNew(&figures);
  for (int run = 0; run < runs; ++run)
    book.ImportChanges(/*seed=*/static_cast<uint64_t>(run) + 1, &figures);
  Tell(accounts, "permits and outcomes");
  for (int run = 0; run < runs; ++run) {
    book.AskPermits(run, &figures);
    book.Report(run, &figures);
  }
  book.LookAtMemory(&figures);
  Tell(accounts, "restarts, backups and audit verification");
  for (int run = 0; run < runs; ++run) {
    book.Restart(&figures);
    book.BackUp(&figures);
    book.VerifyAudit(&figures);
  }
  return figures;
}

}  // namespace switchboard::bench
