// A small but whole adapter: connects a dialler that knows nothing but a folder of CSV files.

#include <signal.h>
#include <time.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "adapters/client/sync_client.h"
#include "adapters/example/csv_text.h"
#include "adapters/example/drop_folder.h"
#include "adapters/example/outcome_folder.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::adapters {
namespace {

constexpr char kExamples[] = R"(
Files in FOLDER:
  assignments.csv     written: what may be worked now, replaced whenever it changes
  permits/NAME.csv    read: lines "assignment_id,contact_point_id,channel,act", the last two as
                      PHONE and REMIND; the answers are put into permits/NAME.answer, and NAME.csv
                      becomes NAME.done
  outcomes/NAME.csv   read: lines of "assignment_id,permit_id,code,start_time,end_time,agent,
                      note", which a first line may name in any order; the code as NO_ANSWER or
                      CALL_BACK (call_code.h has them all); becomes NAME.done when the hub has recorded every line. Otherwise it becomes NAME.kept, and
                      NAME.refused says of each line that was refused, here or by the hub, its
                      number, status, field and problem; the others are recorded. One that the
                      hub has not kept says so, and goes on being sent.
What the hub orders to be deleted goes from assignments.csv and permits/*.answer, and is confirmed
then; what the dialler itself has of it is the dialler's to delete.
NAME and the number of a line make the outcome's id, so that a crash reports nothing twice: use a
NAME once, or again to put a file in place in which refused lines are mended. What is read is CSV
(RFC 4180) in UTF-8, with or without a byte order mark.
Put files in place by renaming them, so that none is read half-written.

Examples:
  example_adapter --hub localhost:50443 --tls tls/vendor-a --mirror vendor.db --folder drop
  example_adapter --hub hub-1.example:50443,hub-2.example:50443 --tls tls/vendor-a \
      --mirror vendor.db --folder drop
)";

constexpr int64_t kPermitFileBytesMax = 1024 * 1024;
// An answer has the time and the token that the question had not.
constexpr int64_t kAnswerFileBytesMax = 16 * kPermitFileBytesMax;

void Say(const char* what, const absl::Status& status) {
  std::fprintf(stderr, "%s: %s\n", what, std::string(status.message()).c_str());
}

class ExampleAdapter {
 public:
  // All must outlive the adapter.
  ExampleAdapter(SyncClient& client, OutcomeFolder& outcomes, std::filesystem::path folder)
      : client_(client), outcomes_(outcomes), folder_(std::move(folder)) {}

  absl::Status MakeFolders() {
    std::error_code error;
    for (const char* name : {"permits", "outcomes"}) {
      std::filesystem::create_directories(folder_ / name, error);
      if (error) return absl::UnavailableError("cannot make the drop folder");
    }
    return absl::OkStatus();
  }

  // One round: files that came, and the table if it changed.
  void Poll(bool table_changed) {
    AnswerAllPermits();
    const absl::Status taken = outcomes_.Poll(
        {[this](v1::Outcome outcome, std::function<void(absl::StatusOr<std::string>)> done) {
           client_.ReportOutcomeAsync(std::move(outcome), std::move(done));
         },
         [this](std::string_view id, int version) { return client_.DropRefused(id, version); }});
    if (!taken.ok()) Say("outcomes", taken);
    if (!table_changed) return;
    const absl::Status written = WriteAssignments();
    if (!written.ok()) Say("assignments.csv", written);
  }

  // Takes what the folder has of these assignments out of it; the mirror has nothing of them any
  // more.
  absl::Status Forget(const std::set<std::string>& ids) {
    RETURN_IF_ERROR(WriteAssignments());
    std::error_code error;
    std::vector<Path> answers;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "permits", error)) {
      if (entry.path().extension() == ".answer") answers.push_back(entry.path());
    }
    for (const Path& file : answers) RETURN_IF_ERROR(ForgetAnswers(file, ids));
    return absl::OkStatus();
  }

 private:
  using Path = std::filesystem::path;

  // The mirror, not the callbacks, is the truth: whatever a crash left out, this table is right
  // again.
  absl::Status WriteAssignments() {
    std::vector<v1::Assignment> rows;
    RETURN_IF_ERROR(client_.ForEachWorkable([&rows](const v1::Assignment& row) {
      rows.push_back(row);
      return absl::OkStatus();
    }));
    return ReplaceFile((folder_ / "assignments.csv").string(), FormatAssignments(rows));
  }

  void AnswerAllPermits() {
    std::error_code error;
    std::vector<Path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "permits", error)) {
      const bool is_dropped =
          IsDropFile(entry.path().filename().string()) && entry.is_regular_file(error);
      if (is_dropped) files.push_back(entry.path());
    }
    for (const Path& file : files) {
      const absl::Status answered = AnswerPermits(file);
      if (!answered.ok()) Say("permits", answered);  // the file stays, for the next round
    }
  }

  absl::Status AnswerPermits(const Path& path) {
    const std::string name = (path.parent_path() / NameOf(path.filename().string())).string();
    std::string answers;
    const auto content = ReadWholeFile(path.string(), kPermitFileBytesMax);
    if (absl::IsNotFound(content.status())) return content.status();
    if (!content.ok()) answers = FormatPermitFailure({}, content.status());
    if (content.ok()) {
      for (const CsvRecord& record : ReadCsv(*content)) answers += AnswerPermit(record);
    }
    RETURN_IF_ERROR(ReplaceFile(name + ".answer", answers));
    std::error_code error;
    std::filesystem::rename(path, name + ".done", error);
    return error ? absl::UnavailableError("a file cannot be renamed") : absl::OkStatus();
  }

  // Every line gets an answer: asking again for the whole file would take the permits twice.
  std::string AnswerPermit(const CsvRecord& record) {
    const auto request = ReadPermitRequest(record.fields);
    if (!request.ok()) return FormatPermitFailure(record.fields, request.status());
    const auto response = client_.RequestPermit(*request);
    if (!response.ok()) return FormatPermitFailure(record.fields, response.status());
    return FormatPermitAnswer(*request, *response);
  }

  absl::Status ForgetAnswers(const Path& path, const std::set<std::string>& ids) {
    const auto content = ReadWholeFile(path.string(), kAnswerFileBytesMax);
    if (absl::IsNotFound(content.status())) return absl::OkStatus();  // the dialler took it
    RETURN_IF_ERROR(content.status());
    const std::string kept = WithoutAssignments(*content, ids);
    if (kept == *content) return absl::OkStatus();
    if (!kept.empty()) return ReplaceFile(path.string(), kept);
    std::error_code error;
    std::filesystem::remove(path, error);
    return error ? absl::UnavailableError("a file cannot be removed") : absl::OkStatus();
  }

  SyncClient& client_;
  OutcomeFolder& outcomes_;
  const Path folder_;
};

// What the hub ordered to be deleted: said on the client's thread, done on the main one.
class ToForget {
 public:
  // kDeleted once all of the order was forgotten.
  DeletionAnswer Answer(const v1::ListDeletionOrdersResponse::Order& order) {
    if (!order.sub_contractor_ids().empty()) {
      std::fprintf(stderr,
                   "an order to delete names sub-contractors, which this program has not\n");
      return DeletionAnswer::kLater;
    }
    MutexLock lock(mutex_);
    DeletionAnswer answer = DeletionAnswer::kDeleted;
    for (const std::string& id : order.assignment_ids()) {
      if (forgotten_.contains(id)) continue;
      waiting_.insert(id);
      answer = DeletionAnswer::kLater;
    }
    if (answer == DeletionAnswer::kDeleted) {
      for (const std::string& id : order.assignment_ids()) forgotten_.erase(id);
    }
    return answer;
  }

  // Forgets what waits. What cannot be forgotten now is ordered again.
  void Run(ExampleAdapter& adapter) {
    std::set<std::string> ids;
    {
      MutexLock lock(mutex_);
      ids.swap(waiting_);
    }
    if (ids.empty()) return;
    const absl::Status forgotten = adapter.Forget(ids);
    if (!forgotten.ok()) return Say("deletion", forgotten);
    MutexLock lock(mutex_);
    forgotten_.merge(ids);
  }

 private:
  Mutex mutex_;
  std::set<std::string> waiting_ SWITCHBOARD_GUARDED_BY(mutex_);
  std::set<std::string> forgotten_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// Waits for a signal to end, at most a second.
bool EndedBySignal(const sigset_t& signals) {
  const timespec second{1, 0};
  return sigtimedwait(&signals, nullptr, &second) > 0;
}

absl::Status Run(SyncClientOptions options, const std::string& folder) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread begins

  Mutex mutex;
  bool table_changed SWITCHBOARD_GUARDED_BY(mutex) = true;
  const auto changed = [&] {
    MutexLock lock(mutex);
    table_changed = true;
  };
  options.on_new_generation = changed;
  options.on_change = [changed](const v1::SyncResponse::Change&) { changed(); };
  options.on_trouble = [](const absl::Status& status) { Say("will try again", status); };
  ToForget to_forget;
  options.on_deletion_order = [&](const auto& order) { return to_forget.Answer(order); };
  OutcomeFolder outcomes(std::filesystem::path(folder) / "outcomes");
  SyncClient* started = nullptr;  // once anything is sent
  options.on_recorded = [&](const OutcomeFolder::Receipt& receipt) {
    // No column tells of a promise. Who adds one has no other word of this.
    if (receipt.promise_not_binding()) {
      std::fprintf(stderr, "outcome %s: recorded, but the promise in it binds nobody\n",
                   receipt.outcome_id().c_str());
    }
    outcomes.OnReceipt(receipt);
  };
  options.on_refused = [&](const OutcomeFolder::Receipt& receipt) {
    std::fprintf(stderr, "refused outcome %s: %s %s\n", receipt.outcome_id().c_str(),
                 receipt.field().c_str(), receipt.problem().c_str());
    // The hub keeps it by now, and its line was written down when it did not.
    if (!outcomes.OnReceipt(receipt) && !receipt.not_kept())
      started->DropRefused(receipt.outcome_id(), receipt.version()).IgnoreError();
  };

  SystemClock clock;
  IdMint ids(clock);
  ASSIGN_OR_RETURN(const auto client, SyncClient::Create(std::move(options), clock, ids));
  ExampleAdapter adapter(*client, outcomes, folder);
  RETURN_IF_ERROR(adapter.MakeFolders());
  started = client.get();
  client->Start();
  while (!EndedBySignal(signals)) {
    bool write_table;
    {
      MutexLock lock(mutex);
      write_table = std::exchange(table_changed, false);
    }
    adapter.Poll(write_table);
    to_forget.Run(adapter);
  }
  client->Stop();
  const SyncClientState state = client->State();
  std::printf("stopped: %lld rows workable, %lld outcomes still to be delivered, %lld refused\n",
              static_cast<long long>(state.workable_rows),
              static_cast<long long>(state.pending_outcomes),
              static_cast<long long>(state.refused_outcomes));
  return absl::OkStatus();
}

}  // namespace
}  // namespace switchboard::adapters

int main(int argc, char** argv) {
  using switchboard::adapters::SyncClientOptions;
  SyncClientOptions options;
  options.adapter = "example_adapter/1";
  std::string folder;
  CLI::App app("Connects a dialler that reads and writes CSV files to a Switchboard hub.");
  app.footer(switchboard::adapters::kExamples);
  app.add_option("--hub", options.hub_addresses,
                 "Address of each hub, host:port, with commas or given again")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  app.add_option("--tls", options.tls_directory, "Folder with tls.crt, tls.key and ca.crt")
      ->required();
  app.add_option("--mirror", options.mirror_path, "The vendor's own durable file")->required();
  app.add_option("--folder", folder, "Drop folder")->required();
  app.add_option("--window", options.window, "Most changes under way")
      ->check(CLI::Range(1, 10'000));
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = switchboard::adapters::Run(std::move(options), folder);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}
