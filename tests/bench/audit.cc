// The audit log recomputed: by the arithmetic alone, and by the command line through a hub.

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hub/audit/chain.h"
#include "hub/audit/log_check.h"
#include "hub/base/digest.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/core_load.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

constexpr int kPageEntries = 1'000;
constexpr int kVerifyMillisMax = 600'000;

std::string EventOf(int64_t number) {
  v1::AuditEvent event;
  event.set_kind(v1::AuditEvent::KIND_OUTCOME);
  event.mutable_time()->set_seconds(1'796'000'000 + number / 1'000);
  event.mutable_time()->set_nanos(static_cast<int32_t>(number % 1'000) * 1'000'000);
  event.set_actor("vendor/sakura");
  event.set_vendor_id("sakura");
  event.set_account_id(AccountId(number));
  event.set_assignment_id("01JD" + AccountId(number));
  event.set_count(number);
  return event.SerializeAsString();
}

// One chain and its tree, as the pages that a hub answers with.
class PagedLog final : public audit::LogSource {
 public:
  PagedLog(int64_t events, int64_t per_entry) {
    const int64_t entries = events / per_entry;
    std::string previous = audit::Genesis();
    audit::CompactRange tree;
    v1::ReadAuditResponse page;
    for (int64_t sequence = 1; sequence <= entries; ++sequence) {
      v1::AuditEntry& entry = *page.add_entries();
      Fill((sequence - 1) * per_entry, per_entry, entry);
      entry.set_sequence(sequence);
      entry.set_previous_hash(previous);
      const audit::Hash hash = audit::EntryHash(entry, per_entry);
      entry.set_hash(hash.text());
      previous = entry.hash();
      tree.Add(hash);
      if (page.entries_size() == kPageEntries || sequence == entries) {
        page.add_chain_ids("hub-1");
        pages_.push_back(page.SerializeAsString());
        page.Clear();
      }
    }
    tree_.set_size(entries);
    tree_.set_root(tree.Root().text());
    v1::ReadAuditTreeResponse::Range& range = *tree_.add_ranges();
    range.set_chain_id("hub-1");
    range.set_first_sequence(1);
    range.set_count(entries);
  }

  absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t) override { return tree_; }
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t) override {
    return v1::ListCheckpointsResponse();
  }
  absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest&) override {
    return v1::DigestRowsResponse();
  }
  absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
    v1::ReadAuditResponse page;
    const auto number = static_cast<size_t>((request.after() + kPageEntries - 1) / kPageEntries);
    if (number < pages_.size()) page.ParseFromString(pages_[number]);
    return page;
  }

 private:
  static void Fill(int64_t first, int64_t count, v1::AuditEntry& entry) {
    v1::AuditEntry events;
    audit::CompactRange root;
    for (int64_t i = first; i < first + count; ++i) {
      events.add_events(EventOf(i));
      root.Add(audit::LeafHash(*events.events().rbegin()));
    }
    entry.set_chain_id("hub-1");
    entry.set_commit_order(first + 1);
    entry.set_commit_time_us(1'796'000'000'000'000 + first);
    entry.set_events_root(root.Root().text());
    entry.set_stored_events(events.SerializeAsString());
    entry.set_written_sha256(Sha256Of(""));
  }

  std::vector<std::string> pages_;  // serialized
  v1::ReadAuditTreeResponse tree_;
};

double RateSince(int64_t begin_ns, int64_t count) {
  return static_cast<double>(count) * 1e9 / static_cast<double>(SteadyNanos() - begin_ns);
}

void Recompute(Place& place, int64_t events, int64_t per_entry) {
  Row row{.name = "audit verify, " + std::to_string(per_entry) + " events an entry",
          .unit = "events/s",
          .baseline_name = "hashing them, a leaf and a node each",
          .goal = "ours >= 1,000,000/s"};
  PagedLog log(events, per_entry);
  const std::string event = EventOf(events);
  for (int run = 0; run < place.runs(); ++run) {
    int64_t begin_ns = SteadyNanos();
    audit::Hash hash;
    for (int64_t i = 0; i < events; ++i) hash = audit::NodeHash(hash, audit::LeafHash(event));
    row.baseline.Add(RateSince(begin_ns, events));
    begin_ns = SteadyNanos();
    const auto report = audit::CheckLog(log, {}, [](int64_t, int64_t) {});
    Require(report.status(), "audit verify");
    row.ours.Add(RateSince(begin_ns, report->events));
    if (report->events != events || !report->findings.empty()) GiveUp("the log does not verify");
  }
  place.rows.push_back(row);
}

// Events that the command line says it recomputed.
int64_t EventsIn(const std::string& file) {
  std::ifstream stream(file);
  const auto json = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json["holds"].get<bool>()) GiveUp("the log does not verify");
  int64_t events = 0;
  for (const auto& chain : json["result"]["chains"]) events += chain["events"].get<int64_t>();
  return events;
}

void VerifyThroughAHub(Place& place, const Server& hub, Row row,
                       const std::vector<std::string>& more) {
  const std::string log = hub.folder() + "/verify.log", json = hub.folder() + "/verify.json";
  std::vector<std::string> words = {
      place.command_line, "audit", "verify",
      "--json",           json,    "--hub",
      hub.address(),      "--tls", place.folder + "/tls/operator-bench"};
  words.insert(words.end(), more.begin(), more.end());
  for (int run = 0; run < place.runs(); ++run) {
    const Meter meter(hub.pids());
    auto verify = servers::ChildProcess::Start(words, log);
    Require(verify.status(), place.command_line);
    if (!verify->EndsWithin(kVerifyMillisMax) || verify->exit_code() != 0)
      GiveUp("audit verify: " + servers::EndOfFile(log));
    const Cost cost = meter.Stop();
    const auto events = static_cast<double>(EventsIn(json));
    row.ours.Add(events / cost.seconds);
    row.hub_cpu_us.Add(cost.server_cpu_seconds * 1e6 / events);
  }
  place.rows.push_back(row);
}

}  // namespace

void RunAudit(Place& place) {
  const int64_t events = place.quick ? 400'000 : 2'000'000;
  for (const int64_t per_entry : {1, 4, 100}) Recompute(place, events, per_entry);
  const Server hub = Server::Hub(place);
  Importer(*hub.Connect().core, 0, place.quick ? 50'000 : 400'000).Wait();
  VerifyThroughAHub(place, hub,
                    {.name = "audit verify --log-only through a hub",
                     .unit = "events/s",
                     .goal = "ours >= 1,000,000/s"},
                    {"--log-only"});
  VerifyThroughAHub(place, hub, {.name = "audit verify through a hub", .unit = "events/s"}, {});
}

}  // namespace switchboard::bench
