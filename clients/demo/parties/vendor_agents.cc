#include "clients/demo/parties/vendor_agents.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "clients/demo/parties/agent_promises.h"
#include "clients/demo/parties/demo_day.h"
#include "clients/demo/parties/monotonic.h"
#include "clients/demo/people/draws.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"

namespace switchboard::demo {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;

constexpr int kFailuresMax = 50;
// A permit stays open until the hub has the outcome, which may be under way still: an agent tries a
// few times.
constexpr int kOpenMax = 8;
constexpr absl::Duration kSoon = absl::Milliseconds(200);  // of the true time
constexpr absl::Duration kPatience = absl::Hours(12);
// From when an assignment is first asked for until nobody waits for a rule any more.
constexpr absl::Duration kWorkMax = absl::Hours(24);

std::string ContactOf(const v1::Assignment& assignment, v1::ContactKind kind) {
  for (const auto& point : assignment.person().contact_points()) {
    if (point.kind() == kind) return point.contact_point_id();
  }
  return "";
}

// What the vendor knows to be due; without a currency when it knows nothing.
v1::Money KnownAmount(const v1::MaskedAccount& account) {
  v1::Money known;
  if (account.has_amount_due()) return account.amount_due();
  if (account.has_amount_due_band()) {
    known.set_currency_code(account.amount_due_band().currency_code());
    known.set_minor_units(std::max<int64_t>(account.amount_due_band().from_minor_units(), 100));
  }
  return known;
}

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// Who has it from another party is the issuer's own desk, which settles.
v1::Act ActOn(const v1::Assignment& assignment) {
  if (assignment.work_type() == v1::WORK_TYPE_CAMPAIGN) return v1::ACT_OFFER;
  return assignment.has_handed_over() ? v1::ACT_SETTLE : v1::ACT_REMIND;
}

}  // namespace

struct VendorAgents::Job {
  std::string assignment_id;
  v1::Act act = v1::ACT_REMIND;
  std::string contact;    // asked for first
  std::string alternate;  // asked for when the first cannot be used; emptied then
  v1::Money amount;
  AgentCall call;
  int attempt = 1;
  int failures = 0;  // calls in a row that did not get through
  int open = 0;      // times that a permit was open already
  absl::Time first_asked = absl::InfiniteFuture();
  bool stale = false;  // withdrawn already: only to see that the hub says no
};

VendorAgents::VendorAgents(const VendorDeskOptions& options, const AgentCalls& calls,
                           AppendFile& ledger, Clock& clock, IdMint& ids)
    : options_(options), calls_(calls), ledger_(ledger), clock_(clock), ids_(ids) {}

void VendorAgents::Log(const std::vector<absl::string_view>& cells) {
  // A desk that cannot keep its ledger could not be checked afterwards.
  SWITCHBOARD_ASSERT(ledger_.Append(LedgerLine(cells)).ok());
}

absl::Status VendorAgents::Resume(const std::string& ledger_path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(
      ForEachLine(ledger_path, [this](const LedgerCells& line) SWITCHBOARD_REQUIRES(mutex_) {
        if (line[0] == "done" && line.size() == 2) done_.emplace(line[1]);
        if (line[0] == "withdrawn" && line.size() == 4) withdrawn_.emplace(line[2]);
        if (line[0] == "permit" && line.size() == 6) unused_permits_.emplace(line[5]);
        if (line[0] == "outcome" && line.size() == 6) unused_permits_.erase(line[5]);
        return absl::OkStatus();
      }));
  Log({"start"});
  return absl::OkStatus();
}

void VendorAgents::Begin(adapters::SyncClient& client) {
  {
    MutexLock lock(mutex_);
    client_ = &client;
    open_ = true;
  }
  Pump();
}

void VendorAgents::OnAssigned(const v1::Assignment& assignment) {
  auto job = std::make_shared<Job>();
  job->assignment_id = assignment.assignment_id();
  job->act = ActOn(assignment);
  job->amount = KnownAmount(assignment.account());
  job->call = calls_.Draw(options_.seed, job->assignment_id, assignment.work_type());
  job->contact = ContactOf(assignment, v1::CONTACT_KIND_MOBILE);
  job->alternate = ContactOf(assignment, v1::CONTACT_KIND_HOME_PHONE);
  if (!job->call.by_mobile) std::swap(job->contact, job->alternate);
  {
    MutexLock lock(mutex_);
    if (done_.contains(job->assignment_id) || jobs_.contains(job->assignment_id)) return;
    jobs_.emplace(job->assignment_id, job);
    queue_.push_back(job);
  }
  Pump();
}

void VendorAgents::OnWithdrawn(const v1::SyncResponse::Withdrawal& withdrawal) {
  const std::string& id = withdrawal.assignment_id();
  Log({"withdrawn", absl::StrCat(MonotonicNanos()), id,
       v1::WithdrawReason_Name(withdrawal.reason())});
  {
    MutexLock lock(mutex_);
    if (!withdrawn_.insert(id).second) return;
    // A waiting job stays in the queue and is dropped when its turn comes.
    if (Draws(options_.seed, 5, StableHash(id)).Below(4) == 0) {
      auto job = std::make_shared<Job>();
      job->assignment_id = id;
      job->contact = "mobile-1";
      job->stale = true;
      queue_.push_front(std::move(job));
    }
  }
  Pump();
}

void VendorAgents::OnNewGeneration() {
  Log({"generation"});
  MutexLock lock(mutex_);
  for (const auto& job : queue_) jobs_.erase(job->assignment_id);
  queue_.clear();
  for (const auto& [until, job] : aside_) jobs_.erase(job->assignment_id);
  aside_.clear();
}

void VendorAgents::Pump() {
  for (;;) {
    JobPointer job;
    {
      MutexLock lock(mutex_);
      if (!open_ || queue_.empty() || in_hand_ >= options_.agents) return;
      job = std::move(queue_.front());
      queue_.pop_front();
      if (!job->stale && withdrawn_.contains(job->assignment_id)) {
        jobs_.erase(job->assignment_id);
        continue;
      }
      ++in_hand_;
    }
    Ask(job, job->contact);
  }
}

void VendorAgents::Ask(JobPointer job, const std::string& contact_point_id) {
  const int64_t asked_ns = MonotonicNanos();
  job->first_asked = std::min(job->first_asked, clock_.Now());
  v1::RequestPermitRequest request;
  request.set_assignment_id(job->assignment_id);
  request.set_contact_point_id(contact_point_id);
  request.set_channel(v1::CHANNEL_PHONE);
  request.set_act(job->act);
  client_->RequestPermitAsync(
      std::move(request),
      [this, job, contact_point_id, asked_ns](absl::StatusOr<v1::RequestPermitResponse> answer) {
        OnAnswer(job, contact_point_id, asked_ns, std::move(answer));
      });
}

namespace {

// The first rule that refuses, where rules are the first reason.
std::string WhyDenied(const v1::Denial& denial) {
  const bool by_rule = denial.reason() == v1::Denial::REASON_RULE && denial.refusals_size() > 0;
  return by_rule ? "RULE " + denial.refusals(0).rule_id()
                 : v1::Denial::Reason_Name(denial.reason());
}

}  // namespace

bool VendorAgents::IsWithdrawn(const std::string& assignment_id) const {
  MutexLock lock(mutex_);
  return withdrawn_.contains(assignment_id);
}

void VendorAgents::OnAnswer(JobPointer job, const std::string& contact_point_id, int64_t asked_ns,
                            absl::StatusOr<v1::RequestPermitResponse> answer) {
  if (!answer.ok()) {
    if (answer.status().code() == absl::StatusCode::kCancelled) return Close();
    // The hub is away, or answered about a permit that is void by now: the agent tries again later.
    const bool again = !job->stale && ++job->failures < kFailuresMax;
    return again ? AskSoon(job) : GiveUp(job);
  }
  job->failures = 0;
  const std::string asked = absl::StrCat(asked_ns), answered = absl::StrCat(MonotonicNanos());
  if (answer->has_denial()) {
    Log({"denied", asked, answered, job->assignment_id, contact_point_id,
         WhyDenied(answer->denial())});
    return OnDenied(job, contact_point_id, answer->denial());
  }
  const std::string& permit_id = answer->permit().permit_id();
  Log({"permit", asked, answered, job->assignment_id, contact_point_id, permit_id});
  // Nobody calls when the evening is over, though the answer came on the way there, or when the
  // withdrawal came before it.
  const absl::Time now = clock_.Now();
  if (now >= TimeOf(answer->permit().expire_time())) return AskSoon(job);
  if (IsWithdrawn(job->assignment_id)) return GiveUp(job);
  Report(job, job->attempt < job->call.attempts ? CallCode::kNoAnswer : job->call.code, permit_id,
         now);
}

void VendorAgents::OnDenied(JobPointer job, const std::string& contact_point_id,
                            const v1::Denial& denial) {
  if (job->stale || denial.reason() == v1::Denial::REASON_NOT_ASSIGNED) return GiveUp(job);
  if (denial.reason() == v1::Denial::REASON_PERMIT_OPEN && ++job->open < kOpenMax)
    return AskSoon(job);
  if (denial.reason() == v1::Denial::REASON_RULE && denial.has_retry_time()) {
    const absl::Time retry = TimeOf(denial.retry_time()), now = clock_.Now();
    if (retry - now <= kPatience && retry - job->first_asked <= kWorkMax)
      return PutAsideFor(job, retry - now);
  }
  if (!job->alternate.empty() && contact_point_id != job->alternate) {
    job->contact = std::exchange(job->alternate, "");
    return Ask(job, job->contact);
  }
  // Nobody may be called: the assignment is closed without a contact.
  job->attempt = job->call.attempts;
  Report(job, CallCode::kNoContact, "", clock_.Now());
}

v1::Outcome VendorAgents::MakeOutcome(const Job& job, CallCode code, const std::string& permit_id,
                                      absl::Time now) {
  v1::Outcome outcome;
  outcome.set_outcome_id(ids_.Next());
  outcome.set_version(1);
  outcome.set_assignment_id(job.assignment_id);
  outcome.set_permit_id(permit_id);
  *outcome.mutable_result() = ResultOf(code);
  *outcome.mutable_start_time() = Stamp(now);
  *outcome.mutable_end_time() = Stamp(now);  // calls take no time here
  outcome.set_agent_reference(absl::StrCat("agent-", 1 + StableHash(job.assignment_id) % 40));
  // Nobody promises an amount to whoever knows of none.
  if (code == CallCode::kPromiseToPay && job.amount.currency_code().empty()) {
    *outcome.mutable_result() = ResultOf(CallCode::kCallBack);
  } else if (code == CallCode::kPromiseToPay) {
    *outcome.mutable_promise() =
        PromiseOf(job.call, job.amount, DayInTokyo(now), options_.vendor_id, outcome.outcome_id());
  }
  if (options_.records_calls) {
    if (auto recording = RecordingOf(job.call, outcome, options_.vendor_id))
      *outcome.mutable_recording() = *std::move(recording);
  }
  return outcome;
}

void VendorAgents::Report(JobPointer job, CallCode code, const std::string& permit_id,
                          absl::Time now) {
  v1::Outcome outcome = MakeOutcome(*job, code, permit_id, now);
  const std::string name = v1::Disposition_Name(outcome.result().disposition());
  if (code == CallCode::kRefusedToPay && !options_.hands_over_to.empty()) {
    MutexLock lock(mutex_);
    to_hand_over_.emplace(outcome.outcome_id(), job->assignment_id);
  }
  // Written down first: what the outbox has, this process may not live to write down.
  Log({"report", outcome.outcome_id(), MessageCell(outcome)});
  client_->ReportOutcomeAsync(
      std::move(outcome), [this, job, name, permit_id](absl::StatusOr<std::string> outcome_id) {
        if (!outcome_id.ok()) return Close();
        Log({"outcome", *outcome_id, "1", job->assignment_id, name, permit_id});
        if (job->attempt++ == job->call.attempts) return GiveUp(job);
        job->open = 0;
        PutAsideFor(job, absl::Minutes(job->call.minutes_between_attempts));
      });
}

// Not before: what comes of work that was handed over already would be marked.
void VendorAgents::OnRecorded(const v1::ReportOutcomesResponse::Receipt& receipt) {
  std::string assignment_id;
  {
    MutexLock lock(mutex_);
    const auto found = to_hand_over_.find(receipt.outcome_id());
    if (!open_ || found == to_hand_over_.end()) return;
    assignment_id = std::move(found->second);
    to_hand_over_.erase(found);
    ++in_hand_;
  }
  HandOver(assignment_id);
}

// Where it cannot be handed over it stays, and is done.
void VendorAgents::HandOver(const std::string& assignment_id) {
  v1::HandOverRequest request;
  request.set_assignment_id(assignment_id);
  request.set_to_vendor_id(options_.hands_over_to);
  request.set_reason(v1::HAND_OVER_REASON_ESCALATED);
  request.set_note("Refuses to pay, and asks for somebody of the issuer's.");
  client_->HandOverAsync(std::move(request), [this, assignment_id](const absl::Status& status) {
    if (absl::IsCancelled(status)) return Close();
    if (status.ok()) Log({"handed", assignment_id, options_.hands_over_to});
    {
      MutexLock lock(mutex_);
      --in_hand_;
    }
    Pump();
  });
}

void VendorAgents::GiveUp(const JobPointer& job) {
  if (!job->stale) Log({"done", job->assignment_id});
  {
    MutexLock lock(mutex_);
    --in_hand_;
    if (!job->stale) {
      done_.insert(job->assignment_id);
      jobs_.erase(job->assignment_id);
    }
  }
  Pump();
}

void VendorAgents::AskSoon(const JobPointer& job) { PutAsideFor(job, kSoon * options_.speed); }

void VendorAgents::PutAsideFor(const JobPointer& job, absl::Duration wait) {
  {
    MutexLock lock(mutex_);
    --in_hand_;
    aside_.emplace_back(MonotonicNanos() + absl::ToInt64Nanoseconds(wait / options_.speed), job);
  }
  Pump();
}

void VendorAgents::Tick() {
  {
    MutexLock lock(mutex_);
    const int64_t now = MonotonicNanos();
    std::erase_if(aside_, [&](auto& entry) SWITCHBOARD_REQUIRES(mutex_) {
      if (entry.first > now) return false;
      queue_.push_back(std::move(entry.second));
      return true;
    });
  }
  Pump();
}

void VendorAgents::Close() {
  MutexLock lock(mutex_);
  open_ = false;
  --in_hand_;
}

VendorAgents::Counts VendorAgents::counts() const {
  MutexLock lock(mutex_);
  return {static_cast<int64_t>(queue_.size() + aside_.size()), in_hand_,
          static_cast<int64_t>(done_.size()), static_cast<int64_t>(withdrawn_.size())};
}

}  // namespace switchboard::demo
