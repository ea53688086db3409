#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "clients/demo/parties/core_events.h"
#include "clients/demo/people/population.h"
#include "switchboard/v1/promise.pb.h"

namespace switchboard::demo {

// What people pay of what they promised: on the first day on which something is due, that, once, as
// far as the row of their account says that so much was paid. Where the row says nothing was,
// nothing comes, and the promise is broken in time. Not thread-safe.
class PromisedPayments {
 public:
  // Who pays by `plan` does not pay a second time. `population` must outlive this.
  PromisedPayments(const Population& population, const std::vector<PlannedEvent>& plan);

  // The core was told of a promise, in the order of its feed. What waits for head office is paid
  // once that has agreed.
  void Note(const v1::PromiseChange& change);

  // The next payment that is due on `today` or before, by account; nothing if there is none.
  std::optional<PlannedEvent> Next(absl::CivilDay today) const;
  // How many are due on `today` or before.
  int64_t CountDue(absl::CivilDay today) const;
  // This account has paid, now or in an earlier run.
  void Paid(const std::string& account_id);

 private:
  struct Open {
    std::string vendor_id, outcome_id;  // of the promise
    absl::CivilDay day;                 // on which something is due first …
    int64_t minor_units = 0;            // … and how much of that will be paid
  };

  const Population& population_;
  std::set<std::string> never_again_;  // accounts that have paid, or pay by another plan
  std::map<std::string, Open> open_;   // by account: those of which something will be paid
};

}  // namespace switchboard::demo
