#include "clients/demo/parties/agent_calls.h"

#include <algorithm>
#include <string_view>

#include "clients/demo/people/csv.h"
#include "clients/demo/people/draws.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr uint64_t kCallStream = 4;
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

v1::Disposition DispositionOf(const BankCall& call, v1::WorkType work_type) {
  const bool campaign = work_type == v1::WORK_TYPE_CAMPAIGN;
  if (call.duration_seconds < 5) return v1::DISPOSITION_NO_ANSWER;
  if (call.duration_seconds < 15) return v1::DISPOSITION_BUSY;
  if (call.duration_seconds < 30) return v1::DISPOSITION_MACHINE;
  if (call.yes) return campaign ? v1::DISPOSITION_SALE : v1::DISPOSITION_PROMISE_TO_PAY;
  if (call.earlier == BankCall::Earlier::kSuccess) {
    return campaign ? v1::DISPOSITION_CALL_BACK : v1::DISPOSITION_CLAIMS_PAID;
  }
  if (campaign) return v1::DISPOSITION_NOT_INTERESTED;
  if (call.earlier == BankCall::Earlier::kFailure) return v1::DISPOSITION_REFUSED_TO_PAY;
  if (call.duration_seconds < 90) return v1::DISPOSITION_CALL_BACK;
  return call.duration_seconds >= 240 ? v1::DISPOSITION_PROMISE_TO_PAY
                                      : v1::DISPOSITION_RIGHT_PARTY;
}

v1::Disposition RareDisposition(int64_t draw, v1::WorkType work_type) {
  struct Rare {
    int64_t in_ten_thousand;
    v1::Disposition disposition;
    bool in_campaigns;
  };
  constexpr Rare kRare[] = {
      {150, v1::DISPOSITION_THIRD_PARTY, true},  {100, v1::DISPOSITION_WRONG_NUMBER, true},
      {70, v1::DISPOSITION_DISCONNECTED, true},  {80, v1::DISPOSITION_DISPUTE, false},
      {30, v1::DISPOSITION_CEASE_CONTACT, true}, {15, v1::DISPOSITION_ATTORNEY, false},
      {10, v1::DISPOSITION_DECEASED, true},      {5, v1::DISPOSITION_BANKRUPTCY, false},
  };
  for (const Rare& rare : kRare) {
    if (draw < rare.in_ten_thousand) {
      return rare.in_campaigns || work_type != v1::WORK_TYPE_CAMPAIGN ? rare.disposition
                                                                      : v1::DISPOSITION_UNSPECIFIED;
    }
    draw -= rare.in_ten_thousand;
  }
  return v1::DISPOSITION_UNSPECIFIED;
}

AgentCall AgentCalls::Draw(uint64_t seed, std::string_view assignment_id,
                           v1::WorkType work_type) const {
  Draws draws(seed, kCallStream, StableHash(assignment_id));
  const BankCall& row =
      calls_[static_cast<size_t>(draws.Below(static_cast<int64_t>(calls_.size())))];
  AgentCall call;
  call.disposition = RareDisposition(draws.Below(10'000), work_type);
  if (call.disposition == v1::DISPOSITION_UNSPECIFIED)
    call.disposition = DispositionOf(row, work_type);
  call.duration_seconds = row.duration_seconds;
  call.by_mobile = row.cellular;
  call.attempts = std::min(row.attempts, kAttemptsMax);
  if (call.disposition == v1::DISPOSITION_PROMISE_TO_PAY) {
    call.promise_percent = static_cast<int32_t>(10 * draws.Between(1, 10));
    call.promise_days = static_cast<int32_t>(draws.Between(1, 21));
  }
  call.minutes_between_attempts = static_cast<int32_t>(draws.Between(60, 180));
  return call;
}

}  // namespace switchboard::demo
