#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// A place on earth, as Visit has it.
struct Spot {
  int32_t latitude_e5 = 0;
  int32_t longitude_e5 = 0;
};

// A call or a visit of one agent.
struct AgentTime {
  std::string outcome_id;
  int64_t begin_us = 0;
  int64_t end_us = 0;
  std::optional<Spot> spot;  // of a visit, where that is known
};

// Whether somebody who does all of these does two of them at once: `one` and another of `others`.
bool IsElsewhere(const AgentTime& one, const std::vector<AgentTime>& others);
// Whether the way between `one` and another of `others` is one of more than 300 km an hour, and
// longer than what devices err by.
bool IsTooFar(const AgentTime& one, const std::vector<AgentTime>& others);

// What agents of one vendor were at, as far as the outcomes of one batch are to be held to it. Owns
// the table agent_time. Used by one unit.
class AgentTimes {
 public:
  // All outlive it.
  AgentTimes(storage::Transaction& transaction, storage::Sealer& sealer, std::string_view vendor_id)
      : transaction_(transaction), sealer_(sealer), vendor_id_(vendor_id) {}

  // Reads what was reported before of the agents and the times of these.
  absl::Status Look(absl::Span<const ReceivedOutcome> received);

  // What cannot be of a call or a visit.
  struct Finding {
    bool elsewhere = false;
    bool too_far = false;
  };
  // `is_work`: it is a call or a visit. From then on it is known.
  Finding Take(const v1::Outcome& outcome, bool is_work);

  // Writes what was taken.
  absl::Status Write();

 private:
  storage::Transaction& transaction_;
  storage::Sealer& sealer_;
  const std::string_view vendor_id_;
  std::map<std::string, std::vector<AgentTime>, std::less<>> known_;  // by agent
  struct Taken {
    std::string agent;
    AgentTime time;
  };
  std::map<std::string, Taken> taken_;  // by outcome
  std::set<std::string> taken_back_;    // outcomes that are no call or visit any more
};

// Erases those of these outcomes: vendors and ids.
absl::Status EraseAgentTimes(storage::Transaction& transaction, const storage::Rows& outcomes);

}  // namespace switchboard::outcomes
