#include "tests/crash_campaign/agents.h"

#include <chrono>
#include <utility>

#include "adapters/codes/call_code.h"
#include "clients/demo/parties/monotonic.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"

namespace switchboard::crash {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;
using simulation::Dice;

// Milliseconds. Without it, agents that have nothing to work or nobody to ask take the machine from
// the servers that are to start.
constexpr int kIdlePause = 50;

CallCode DrawCode(Dice& dice) {
  static const std::vector<CallCode> kHarmless = {CallCode::kNoAnswer,   CallCode::kBusy,
                                                  CallCode::kRightParty, CallCode::kRefusedToPay,
                                                  CallCode::kCallBack,   CallCode::kClaimsPaid};
  // Rare: each of them ends work on an account for good.
  static const std::vector<CallCode> kEnding = {CallCode::kDispute, CallCode::kCeaseContact};
  return dice.Pick(dice.Chance(0.005) ? kEnding : kHarmless);
}

}  // namespace

void Agents::Start(int count, uint64_t seed) {
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back(
        [this, of_agent = seed * 64 + static_cast<uint64_t>(i)] { WorkForEver(of_agent); });
  }
}

void Agents::Stop() {
  {
    MutexLock lock(mutex_);
    ends_ = true;
  }
  ending_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Agents::Pause(int milliseconds) {
  MutexLock lock(mutex_);
  return ending_.WaitFor(mutex_, absl::Milliseconds(milliseconds),
                         [this]() SWITCHBOARD_REQUIRES(mutex_) { return ends_; });
}

// The agents share one place in the copy, so that they seldom meet at one person.
absl::StatusOr<v1::Assignment> Agents::NextRow() {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(auto rows, client_.NextWorkable(worked_, 1));
  if (rows.empty()) {
    worked_.clear();
    ASSIGN_OR_RETURN(rows, client_.NextWorkable(worked_, 1));
  }
  if (rows.empty()) return absl::NotFoundError("the copy is empty");
  worked_ = rows.front().assignment_id();
  return std::move(rows.front());
}

void Agents::WorkForEver(uint64_t seed) {
  Dice dice(seed);
  int pause = 0;
  do {
    const auto row = NextRow();
    const bool answered = row.ok() && Contact(dice, *row);
    pause = answered ? dice.Below(4) : kIdlePause;
  } while (!Pause(pause));
}

bool Agents::Contact(Dice& dice, const v1::Assignment& row) {
  const bool call = dice.Chance(0.8);
  const std::string contact_point = call ? "mobile-1" : "mail-1";
  v1::RequestPermitRequest request;
  request.set_assignment_id(row.assignment_id());
  // The record keeps the core's id, by which stops are told.
  for (const auto& shown : row.person().contact_points()) {
    if ((shown.kind() == v1::CONTACT_KIND_EMAIL) != call)
      request.set_contact_point_id(shown.contact_point_id());
  }
  request.set_channel(call ? v1::CHANNEL_PHONE : v1::CHANNEL_EMAIL);
  request.set_act(v1::ACT_REMIND);
  const int64_t asked_ns = demo::MonotonicNanos();
  const auto answer = client_.RequestPermit(std::move(request));
  if (!answer.ok()) return false;
  v1::Outcome outcome;
  outcome.set_assignment_id(row.assignment_id());
  if (answer->has_permit()) {
    const std::string& permit_id = answer->permit().permit_id();
    record_.Permitted(asked_ns, row.assignment_id(), contact_point, permit_id);
    if (dice.Chance(0.1)) {
      // If the hub dies meanwhile, the permit runs out by itself.
      client_.ReleasePermit(permit_id).IgnoreError();
      return true;
    }
    if (dice.Chance(0.03)) return true;
    outcome.set_permit_id(permit_id);
    *outcome.mutable_result() = ResultOf(DrawCode(dice));
  } else {
    if (!dice.Chance(0.2)) return true;
    *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
  }
  outcome.set_outcome_id(ids_.Next());
  outcome.set_version(1);
  const int64_t now_us = absl::ToUnixMicros(clock_.Now());
  *outcome.mutable_start_time() = TimeUtil::MicrosecondsToTimestamp(now_us);
  *outcome.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(now_us);
  // Refused and kept.
  if (dice.Chance(0.02)) outcome.clear_end_time();
  Report(dice, std::move(outcome));
  return true;
}

void Agents::Report(Dice& dice, v1::Outcome outcome) {
  do {
    record_.Begins(outcome);
    if (!client_.ReportOutcome(outcome).ok()) return;
    record_.Taken(outcome.outcome_id(), outcome.version());
    outcome.set_version(outcome.version() + 1);
    *outcome.mutable_result() = ResultOf(DrawCode(dice));
  } while (dice.Chance(0.04));  // a correction
}

}  // namespace switchboard::crash
