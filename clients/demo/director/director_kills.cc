#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/demo/director/director.h"
#include "clients/demo/director/served_again.h"
#include "clients/demo/evidence/tightening.h"
#include "clients/demo/parties/ledger.h"
#include "clients/demo/parties/monotonic.h"
#include "clients/demo/people/draws.h"
#include "clients/text_table.h"
#include "clients/transport/retry.h"
#include "hub/base/error.h"

// What the director does in the middle of the work: what it kills, and how that comes back; which
// contract shows less from then on.

namespace switchboard::demo {
namespace {

constexpr uint64_t kDirectorStream = 8;
// What a supervisor or a watchdog would take to notice.
constexpr int kNoticeMilliseconds = 300;
// More than what a hub shows of itself is late.
constexpr int kSettleMilliseconds = 250;
// When the contract is tightened: between what is killed, in hundredths of the accounts.
constexpr int64_t kTightenAt = 66;
// How long one hub of several stays away, so that the others are seen to work.
constexpr int64_t kAwayNanos = 1'500'000'000;

double SecondsSince(int64_t from_ns) {
  return static_cast<double>(MonotonicNanos() - from_ns) / 1e9;
}

}  // namespace

// By outcomes, of which there are nearly two for each account.
std::vector<Director::Act> Director::DrawActs() const {
  Draws draws(options_.seed, kDirectorStream, 0);
  const auto share = [&](int64_t from, int64_t to) {
    return population_.size() * draws.Between(from, to) / 100;
  };
  const int64_t vendor_at = share(20, 50);
  const int64_t hub_at = share(70, 120);
  std::vector<Act> acts = {{vendor_at, &Director::KillVendor}};
  if (database_ != nullptr) acts.push_back({share(55, 65), &Director::KillDatabase});
  acts.push_back({population_.size() * kTightenAt / 100, &Director::Tighten});
  acts.push_back({hub_at, &Director::KillHub});
  return acts;
}

// One with work in hand, so that something is lost if anything can be; else any.
Director::Actor* Director::PickVendor() {
  Draws draws(options_.seed, kDirectorStream, 1);
  const auto first = static_cast<size_t>(draws.Below(static_cast<int64_t>(vendors_.size())));
  for (size_t i = 0; i < vendors_.size(); ++i) {
    Actor& vendor = vendors_[(first + i) % vendors_.size()];
    if (Told(vendor.status, "in_hand") > 0) return &vendor;
  }
  return &vendors_[first];
}

// The one with most streams, and who streams there. What a hub shows of itself is waited for.
absl::StatusOr<size_t> Director::PickHub(std::vector<const Actor*>* streaming) {
  RETURN_IF_ERROR(Pause(kSettleMilliseconds));
  size_t picked = 0;
  for (size_t hub = 0; hub < hubs_->size(); ++hub) {
    const auto streams = hubs_->StreamingAt(hub);
    if (!streams.ok()) continue;
    std::vector<const Actor*> here;
    for (const Actor& actor : vendors_) {
      if (streams->contains(actor.name)) here.push_back(&actor);
    }
    if (here.size() <= streaming->size()) continue;
    picked = hub;
    *streaming = std::move(here);
  }
  return picked;
}

// The vendors that have a stream at any hub that answers.
std::set<std::string> Director::ShownByHubs() const {
  std::set<std::string> shown;
  for (size_t hub = 0; hub < hubs_->size(); ++hub) {
    if (auto here = hubs_->StreamingAt(hub); here.ok()) shown.merge(*here);
  }
  return shown;
}

absl::Status Director::KillVendor(RunResult* result) {
  Actor& victim = *PickVendor();
  Outage outage{victim.name, MonotonicNanos(), 0};
  progress_.Note(absl::StrCat("kill -9 ", victim.name, " (pid ", victim.process->pid(),
                              ") in the middle of its work"));
  victim.process->Kill();
  ++result->vendor_kills;
  result->killed_vendor = victim.name;
  RETURN_IF_ERROR(Pause(kNoticeMilliseconds));
  RETURN_IF_ERROR(Start(victim));
  RETURN_IF_ERROR(WaitUntilServing({&victim}));
  outage.to_ns = MonotonicNanos();
  progress_.Note(absl::StrCat(victim.name, " is back and has caught up"));
  outages_.push_back(std::move(outage));
  return absl::OkStatus();
}

// A lone hub is started again at once. One of several stays away for a while, in which the vendors
// that streamed there must find another and work go on.
absl::Status Director::KillHub(RunResult* result) {
  std::vector<const Actor*> streaming;
  ASSIGN_OR_RETURN(const size_t victim, PickHub(&streaming));
  Outage outage{"hub", MonotonicNanos(), 0};
  const bool alone = hubs_->size() == 1;
  progress_.Note(
      absl::StrCat("kill -9 ", alone ? "the hub" : hubs_->id(victim), " (pid ", hubs_->pid(victim),
                   ") in the middle of everything",
                   alone ? "" : absl::StrCat("; ", streaming.size(), " vendors stream there")));
  hubs_->Kill(victim);
  ++result->hub_kills;
  result->killed_hub = hubs_->id(victim);
  if (alone) {
    RETURN_IF_ERROR(Pause(kNoticeMilliseconds));
    RETURN_IF_ERROR(hubs_->Begin(victim));
    RETURN_IF_ERROR(hubs_->AwaitListening(victim));
  }
  RETURN_IF_ERROR(WaitUntilServing(streaming));
  outage.to_ns = MonotonicNanos();
  outages_.push_back(outage);
  if (alone) {
    progress_.Note("the hub is back and every vendor streams again");
    return absl::OkStatus();
  }
  progress_.Note("every vendor streams again, from the other hubs");
  const int64_t before = Outcomes();
  while (MonotonicNanos() - outage.from_ns < kAwayNanos) {
    RETURN_IF_ERROR(Look());
    RETURN_IF_ERROR(Pause(20));
  }
  result->outcomes_while_hub_away = Outcomes() - before;
  RETURN_IF_ERROR(hubs_->Begin(victim));
  RETURN_IF_ERROR(hubs_->AwaitListening(victim));
  progress_.Note(absl::StrCat(hubs_->id(victim), " is back; meanwhile the others recorded ",
                              WithCommas(result->outcomes_while_hub_away), " outcomes"));
  return absl::OkStatus();
}

// The standby has every commit that was acknowledged, and takes over. Until the old primary is back
// as its standby, commits are on one server only.
absl::Status Director::KillDatabase(RunResult* result) {
  Outage outage{"database", MonotonicNanos(), 0};
  progress_.Note(
      absl::StrCat("kill -9 PostgreSQL ", database_->primary(), " (pid ", database_->primary_pid(),
                   "), the primary, with all its processes",
                   database_->fail_over() == FailOver::kPatroni ? " and its Patroni" : ""));
  const bool patroni = database_->fail_over() == FailOver::kPatroni;
  if (patroni)
    progress_.Note("nobody does anything: its lease runs out, and Patroni promotes the other");
  database_->KillPrimary();
  ++result->database_kills;
  if (!patroni) RETURN_IF_ERROR(Pause(kNoticeMilliseconds));
  RETURN_IF_ERROR(database_->AwaitPromotion());
  progress_.Note(absl::StrCat(
      "PostgreSQL ", database_->primary(), " is promoted",
      patroni ? absl::StrFormat(", by Patroni, after %.1f s", SecondsSince(outage.from_ns)) : ""));
  RETURN_IF_ERROR(WaitUntilCommitting());
  RETURN_IF_ERROR(WaitUntilServing({}));
  outage.to_ns = MonotonicNanos();
  outages_.push_back(outage);
  progress_.Note("every hub found it: work goes on");
  RETURN_IF_ERROR(database_->Rejoin());
  result->database_rejoin_seconds = SecondsSince(outage.from_ns);
  progress_.Note("the old primary follows it; commits are on both servers again");
  return absl::OkStatus();
}

// Again where no hub answers: what was done once changes nothing the second time.
template <typename Ask>
std::invoke_result_t<Ask> Director::AskUntilAnswered(const Ask& ask) {
  auto answer = ask();
  while (!answer.ok() && transport::MayRetry(answer.status())) {
    RETURN_IF_ERROR(Look());
    RETURN_IF_ERROR(Pause(100));
    answer = ask();
  }
  return answer;
}

absl::StatusOr<std::string> Director::Print(const std::vector<std::string>& words) {
  const std::string printed = absl::StrCat(folder_.path(), "/contract-", words.front());
  std::vector<std::string> command = {options_.programs + "/switchboard", "contract"};
  command.insert(command.end(), words.begin(), words.end());
  command.insert(command.end(), {"--hub", absl::StrJoin(addresses_, ","), "--tls",
                                 folder_.TlsOfOperator(kSecondOperator)});
  ASSIGN_OR_RETURN(ChildProcess process, ChildProcess::Start(command, printed));
  while (process.Running()) {
    RETURN_IF_ERROR(Look());
    RETURN_IF_ERROR(Pause(20));
  }
  if (process.exit_code() != 0) return process.Ended("switchboard");
  return ReadWholeFile(printed);
}

absl::StatusOr<int64_t> Director::PutInForce(Tightening& tightening) {
  v1::ProposeTextRequest propose;
  propose.set_kind(v1::TEXT_KIND_CONTRACT);
  propose.set_yaml(tightening.yaml);
  propose.set_file_name(tightening.contract.vendor_id() + ".yaml");
  ASSIGN_OR_RETURN(const auto proposed,
                   AskUntilAnswered([&] { return reader_->ProposeText(propose); }));
  progress_.Note(absl::StrCat("operator ", kFirstOperator, " proposes a contract of ",
                              tightening.contract.vendor_id(), "'s, which shows less"));
  ASSIGN_OR_RETURN(const auto second,
                   HubReader::Connect(addresses_, folder_.TlsOfOperator(kSecondOperator), clock_));
  v1::ReleaseTextRequest release;
  release.set_proposal_id(proposed.proposal().proposal_id());
  release.set_digest(proposed.proposal().digest());
  tightening.asked_ns = MonotonicNanos();
  ASSIGN_OR_RETURN(const auto released,
                   AskUntilAnswered([&] { return second->ReleaseText(release); }));
  progress_.Note(absl::StrCat("operator ", kSecondOperator, " releases it: version ",
                              released.release().version()));
  return released.release().version();
}

absl::Status Director::Tighten(RunResult*) {
  ASSIGN_OR_RETURN(Tightening tightening, ReadTightening(options_.demo_folder));
  const std::string& vendor_id = tightening.contract.vendor_id();
  ASSIGN_OR_RETURN(tightening.plan, Print({"plan", tightening.path, "--samples", "0"}));
  const auto vendor = std::find_if(vendors_.begin(), vendors_.end(),
                                   [&](const Actor& one) { return one.name == vendor_id; });
  const int64_t streams = Told(vendor->status, "streams");
  ASSIGN_OR_RETURN(tightening.contract_version, PutInForce(tightening));
  // Its stream ends, and the feed comes again from the beginning.
  while (Told(vendor->status, "streams") <= streams || Told(vendor->status, "caught_up") != 1) {
    RETURN_IF_ERROR(Look());
    RETURN_IF_ERROR(Pause(20));
  }
  progress_.Note(absl::StrFormat("every live row of %s's has come masked anew, after %.1f s",
                                 vendor_id, SecondsSince(tightening.asked_ns)));
  ASSIGN_OR_RETURN(tightening.history, Print({"history", vendor_id}));
  tightening_ = std::move(tightening);
  return absl::OkStatus();
}

// Until every vendor streams and has caught up: those whose stream was cut, on another.
absl::Status Director::WaitUntilServing(const std::vector<const Actor*>& cut) {
  std::map<const Actor*, StreamBefore> before;
  for (const Actor* vendor : cut) before[vendor] = {true, Told(vendor->status, "streams")};
  for (;;) {
    RETURN_IF_ERROR(Look());
    const std::set<std::string> shown = cut.empty() ? std::set<std::string>() : ShownByHubs();
    const bool serving = std::all_of(vendors_.begin(), vendors_.end(), [&](const Actor& actor) {
      return ServedAgain(actor.status, before[&actor], shown.contains(actor.name));
    });
    if (serving) return absl::OkStatus();
    RETURN_IF_ERROR(Pause(20));
  }
}

// Until something was written after now, or there is nothing to write.
absl::Status Director::WaitUntilCommitting() {
  const int64_t answers = answers_;
  while (answers_ == answers) {
    RETURN_IF_ERROR(Look());
    RETURN_IF_ERROR(Pause(20));
  }
  const int64_t before = Written();
  while (Written() == before && !Drained()) {
    RETURN_IF_ERROR(Look());
    // What waits for it alone is something to write, too.
    RETURN_IF_ERROR(head_office_->Look(Today()));
    RETURN_IF_ERROR(Pause(20));
  }
  return absl::OkStatus();
}

}  // namespace switchboard::demo
