#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "hub/contracts/rule_packs.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::ingest {

// When stops of the core's on persons and accounts end where the core has not said it: by the rules
// that are heard where the person is. Thread-safe apart from the connections passed in.
class StopEnds {
 public:
  // `rule_pack_elsewhere`: as Config has it.
  StopEnds(contracts::RulePacks& rule_packs, std::string rule_pack_elsewhere)
      : rule_packs_(rule_packs), rule_pack_elsewhere_(std::move(rule_pack_elsewhere)) {}

  // By the rules that hold now, of a stop that began at `begin` and is placed at `placed`. The
  // infinite future where it ends by none of them.
  absl::StatusOr<absl::Time> EndOf(storage::Connection& connection, const v1::Person& person,
                                   v1::StopReason reason, absl::Time begin, absl::Time placed,
                                   absl::Time now) const;

  // The person or account of stops was not known when they came, and is now: they end as if it had
  // been. Writes what it finds into the audit log. True if any of them has an end now. `person`:
  // that one, or the owner; held.
  absl::StatusOr<bool> SetAwaited(storage::Transaction& transaction, std::string_view actor,
                                  const v1::Person& person,
                                  const stops::StopSubject& subject) const;

 private:
  contracts::RulePacks& rule_packs_;
  const std::string rule_pack_elsewhere_;
};

}  // namespace switchboard::ingest
