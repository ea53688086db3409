#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/codes/call_code.h"
#include "switchboard/v1/outcome.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::demo {

// One call of the Bank Marketing file.
struct BankCall {
  int32_t duration_seconds = 0;
  bool cellular = false;  // else a fixed line
  int32_t attempts = 0;   // contacts made in this campaign, this one included
  enum class Earlier { kNone, kFailure, kSuccess } earlier = Earlier::kNone;
  bool yes = false;
};

// A promise in three parts, as it comes about in a call; agent_promises.h says what each kind is.
struct PlanDraw {
  enum class Kind { kSoon, kLong, kSettlement, kTrainee, kFees, kFeesUnproved, kInterest };
  Kind kind = Kind::kSoon;
  bool by_schedule = false;     // else each part is written out
  int32_t first_in_days = 0;    // the first part, 0 to 14
  int32_t settled_percent = 0;  // of the amount due, 40 to 90; with kSettlement only
};

// What a simulated agent does with one assignment.
struct AgentCall {
  adapters::CallCode code = adapters::CallCode::kNoAnswer;  // of the last attempt
  int32_t duration_seconds = 0;                             // of the last attempt
  bool by_mobile = false;                                   // else by the home phone
  int32_t attempts = 0;                                     // 1 to 5; all but the last rang out
  int32_t minutes_between_attempts = 0;                     // 60 to 180
  int32_t promise_percent = 0;  // of the amount due, 10 to 100; with PROMISE_TO_PAY only
  int32_t promise_days = 0;     // until it is to be paid, 0 to 21; with PROMISE_TO_PAY only
  // In the place of paying at once; of one promise in three.
  std::optional<PlanDraw> plan;
  bool recording_told = false;  // where there is one; not of one call in eight
};

// Draws what comes of working an assignment from real calls. The mapping, first line that holds:
//
// | drawn row of the file                    | collections          | campaign         |
// | ---------------------------------------- | -------------------- | ---------------- |
// | 4.6 % of draws: see RareCode       | rare                 | rare             |
// | duration below 5 s                        | NO_ANSWER            | NO_ANSWER        |
// | below 15 s                                | BUSY                 | BUSY             |
// | below 30 s                                | MACHINE              | MACHINE          |
// | outcome "yes"                             | PROMISE_TO_PAY       | SALE             |
// | earlier campaign a success                | CLAIMS_PAID          | CALL_BACK        |
// | earlier campaign a failure                | REFUSED_TO_PAY       | NOT_INTERESTED   |
// | below 90 s                                | CALL_BACK            | NOT_INTERESTED   |
// | 240 s or more                             | PROMISE_TO_PAY       | NOT_INTERESTED   |
// | else                                      | RIGHT_PARTY          | NOT_INTERESTED   |
//
// (The calls are sales calls: no public data on collection calls exists. A long talk without a sale
// stands for one that ends in a promise.) The line is the row's: cellular calls go to the mobile
// phone. A row of n attempts gives n, at most five. Duration, line and attempts are the row's own.
// Immutable.
class AgentCalls {
 public:
  // `path` is bank_calls.csv.gz. Errors: those of CsvReader.
  static absl::StatusOr<AgentCalls> Load(const std::string& path);

  // For one assignment: the same seed and id give the same call.
  AgentCall Draw(uint64_t seed, std::string_view assignment_id, v1::WorkType work_type) const;

  const std::vector<BankCall>& calls() const { return calls_; }

 private:
  std::vector<BankCall> calls_;
};

// The code that the table above gives for a row, rare ones aside.
adapters::CallCode CodeOf(const BankCall& call, v1::WorkType work_type);

// What happens rarely, in 10,000 calls: somebody else answers 150, wrong number 100, disconnected
// 70, disputes 80, asks never to be called again 30, has a lawyer 15, has died 10, is bankrupt 5.
// In a campaign nobody disputes, has a lawyer or is bankrupt. Nothing when `draw` (0 to 9,999) is
// none of these.
std::optional<adapters::CallCode> RareCode(int64_t draw, v1::WorkType work_type);

}  // namespace switchboard::demo
