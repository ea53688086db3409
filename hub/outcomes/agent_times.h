#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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
// Whether the way between `one` and another of `others` is one of more than 300 km an hour, of at
// most twelve hours, and longer than what devices err by.
bool IsTooFar(const AgentTime& one, const std::vector<AgentTime>& others);

// To so many calls and so many visits of its agent an outcome is held on either side of its begin:
// those that began nearest to it, a day before it at most. However busy an agent is said to be, no
// more are read; two calls at once that have more than those between their begins are not found.
inline constexpr int kNearestMax = 32;

// What agents of one vendor were at, as far as the outcomes of one batch are to be held to it. Owns
// the table agent_time. Used by one unit.
class AgentTimes {
 public:
  // All outlive it.
  AgentTimes(storage::Transaction& transaction, storage::Sealer& sealer, std::string_view vendor_id)
      : transaction_(transaction), sealer_(sealer), vendor_id_(vendor_id) {}

  // Reads the nearest that were reported before of the agents of these.
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
  // Calls of an agent and visits of which it is known where they were are apart: many of the one
  // do not hide the other.
  struct Whose {
    std::string agent;  // AgentOf
    bool located = false;
    auto operator<=>(const Whose&) const = default;
  };
  // What there may be beside an outcome: those that began from `since_us` until `until_us`, the
  // nearest either way from its begin.
  struct Spell {
    Whose whose;
    int64_t since_us = 0;
    int64_t begin_us = 0;
    int64_t until_us = 0;
  };
  using Key = std::pair<int64_t, std::string>;  // when it began, and which it is

  // From which row to which, as the table has their moments; both are read.
  struct Reach {
    std::string first;
    std::string last;
    auto operator<=>(const Reach&) const = default;
  };

  std::string AgentOf(const v1::Outcome& outcome) const;
  std::vector<Spell> SpellsOf(const v1::Outcome& outcome) const;
  // Makes one of those that overlap. REQUIRES: there is one.
  static void Join(std::vector<Reach>& reaches);
  absl::Status Read(const Whose& whose, const Reach& reach);
  void Put(const Whose& whose, AgentTime time);
  void Forget(const std::string& outcome_id);
  std::vector<AgentTime> Near(const Spell& spell) const;

  storage::Transaction& transaction_;
  storage::Sealer& sealer_;
  const std::string_view vendor_id_;
  std::map<Whose, std::map<Key, AgentTime>> known_;
  std::map<std::string, std::pair<Whose, Key>> lies_;  // where in `known_`, by outcome
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
