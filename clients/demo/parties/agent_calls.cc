#include "clients/demo/parties/agent_calls.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "adapters/codes/call_code.h"
#include "clients/demo/people/csv.h"
#include "clients/demo/people/draws.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

using adapters::CallCode;

constexpr uint64_t kCallStream = 4;
// Beside what comes of the call, so that it stays what it was without plans.
constexpr uint64_t kPlanStream = 9;
constexpr int32_t kAttemptsMax = 5;

absl::StatusOr<BankCall> ParseCall(const CsvReader& reader, const std::vector<std::string>& cells) {
  BankCall call;
  ASSIGN_OR_RETURN(const int64_t duration, reader.WholeNumber(cells, 0, 0, 86'400));
  ASSIGN_OR_RETURN(const int64_t attempts, reader.WholeNumber(cells, 1, 1, 1'000));
  call.duration_seconds = static_cast<int32_t>(duration);
  call.attempts = static_cast<int32_t>(attempts);
  call.cellular = cells[2] == "cellular";
  call.earlier = cells[3] == "success"   ? BankCall::Earlier::kSuccess
                 : cells[3] == "failure" ? BankCall::Earlier::kFailure
                                         : BankCall::Earlier::kNone;
  if (cells[4] != "yes" && cells[4] != "no") return reader.ErrorAt("y", "is neither yes nor no");
  call.yes = cells[4] == "yes";
  return call;
}

// Half of them are such as an agent may agree to, and half of them begin today.
PlanDraw DrawPlan(Draws& draws) {
  using enum PlanDraw::Kind;
  constexpr PlanDraw::Kind kKinds[] = {kSoon,    kSoon, kSoon,         kSoon,
                                       kSoon,    kSoon, kLong,         kSettlement,
                                       kTrainee, kFees, kFeesUnproved, kInterest};
  PlanDraw plan;
  plan.kind = kKinds[draws.Below(static_cast<int64_t>(std::size(kKinds)))];
  plan.by_schedule = draws.Below(2) == 0;
  plan.first_in_days = static_cast<int32_t>(draws.Below(2) == 0 ? 0 : draws.Between(1, 14));
  // That it takes longer than the months that an agent has is a matter of days.
  if (plan.kind == kLong) plan.first_in_days = std::max(plan.first_in_days, 1);
  if (plan.kind == kSettlement)
    plan.settled_percent = static_cast<int32_t>(10 * draws.Between(4, 9));
  return plan;
}

}  // namespace

absl::StatusOr<AgentCalls> AgentCalls::Load(const std::string& path) {
  ASSIGN_OR_RETURN(
      const auto reader,
      CsvReader::Open(path, {"duration", "campaign", "contact", "poutcome", "y"}, ';'));
  AgentCalls calls;
  std::vector<std::string> cells;
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, reader->Next(&cells));
    if (!found) break;
    ASSIGN_OR_RETURN(BankCall call, ParseCall(*reader, cells));
    calls.calls_.push_back(call);
  }
  if (calls.calls_.empty()) return reader->ErrorAt("", "the file has no rows");
  return calls;
}

CallCode CodeOf(const BankCall& call, v1::WorkType work_type) {
  const bool campaign = work_type == v1::WORK_TYPE_CAMPAIGN;
  if (call.duration_seconds < 5) return CallCode::kNoAnswer;
  if (call.duration_seconds < 15) return CallCode::kBusy;
  if (call.duration_seconds < 30) return CallCode::kMachine;
  if (call.yes) return campaign ? CallCode::kSale : CallCode::kPromiseToPay;
  if (call.earlier == BankCall::Earlier::kSuccess) {
    return campaign ? CallCode::kCallBack : CallCode::kClaimsPaid;
  }
  if (campaign) return CallCode::kNotInterested;
  if (call.earlier == BankCall::Earlier::kFailure) return CallCode::kRefusedToPay;
  if (call.duration_seconds < 90) return CallCode::kCallBack;
  return call.duration_seconds >= 240 ? CallCode::kPromiseToPay : CallCode::kRightParty;
}

std::optional<CallCode> RareCode(int64_t draw, v1::WorkType work_type) {
  struct Rare {
    int64_t in_ten_thousand;
    CallCode code;
    bool in_campaigns;
  };
  constexpr Rare kRare[] = {
      {150, CallCode::kThirdParty, true},  {100, CallCode::kWrongNumber, true},
      {70, CallCode::kDisconnected, true}, {80, CallCode::kDispute, false},
      {30, CallCode::kCeaseContact, true}, {15, CallCode::kAttorney, false},
      {10, CallCode::kDeceased, true},     {5, CallCode::kBankruptcy, false},
  };
  for (const Rare& rare : kRare) {
    if (draw < rare.in_ten_thousand) {
      const bool happens = rare.in_campaigns || work_type != v1::WORK_TYPE_CAMPAIGN;
      return happens ? std::optional(rare.code) : std::nullopt;
    }
    draw -= rare.in_ten_thousand;
  }
  return std::nullopt;
}

AgentCall AgentCalls::Draw(uint64_t seed, std::string_view assignment_id,
                           v1::WorkType work_type) const {
  Draws draws(seed, kCallStream, StableHash(assignment_id));
  const BankCall& row =
      calls_[static_cast<size_t>(draws.Below(static_cast<int64_t>(calls_.size())))];
  AgentCall call;
  call.code = RareCode(draws.Below(10'000), work_type).value_or(CodeOf(row, work_type));
  call.duration_seconds = row.duration_seconds;
  call.by_mobile = row.cellular;
  call.attempts = std::min(row.attempts, kAttemptsMax);
  if (call.code == CallCode::kPromiseToPay) {
    call.promise_percent = static_cast<int32_t>(10 * draws.Between(1, 10));
    // One in three will go and pay today.
    call.promise_days = static_cast<int32_t>(draws.Below(3) == 0 ? 0 : draws.Between(1, 21));
  }
  call.minutes_between_attempts = static_cast<int32_t>(draws.Between(60, 180));
  Draws more(seed, kPlanStream, StableHash(assignment_id));
  call.recording_told = more.Below(8) > 0;
  if (call.code == CallCode::kPromiseToPay && more.Below(3) == 0) call.plan = DrawPlan(more);
  return call;
}

}  // namespace switchboard::demo
