#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// What became of what was promised, by the payments that the core booked. Pure: the same promise
// and the same payments give the same answer in whatever order they came to be known, so that
// whoever learns of a payment late judges all of it anew.

namespace switchboard::promises {

// One amount with a day. Amounts here and below are in minor units of one currency.
struct Instalment {
  absl::CivilDay due_day;  // the last day, on the clock of whoever promised
  int64_t amount = 0;      // positive
};

// Money that arrived, in the currency of what was promised.
struct PaymentMade {
  absl::Time pay_time;
  int64_t amount = 0;  // positive
};

// How patiently promises are judged.
struct Patience {
  // By how much less than all that is due so far still counts as all, 0 or more. One unit of each
  // instalment must come all the same.
  int64_t tolerance = 0;
  // How many days after the due day still count, 0 or more.
  int grace_days = 0;
};

enum class Standing {
  kOpen,        // there is time left
  kKept,        // what was due came in time
  kPartlyKept,  // time is up, and a part of it came
  kBroken,      // time is up, and nothing of it came
};

// One instalment, as it stands.
struct InstalmentStanding {
  Standing standing = Standing::kOpen;
  // What it was given of the payments in time, at most its amount.
  int64_t paid = 0;
  // Since when it stands so: the payment that was enough, or the end of its time. Of one that is
  // open the end of its time.
  absl::Time since;

  bool operator==(const InstalmentStanding&) const = default;
};

// When the time of an instalment is up: with the last of its days, in whichever of the zones that
// day ends last. REQUIRES: zones is not empty.
absl::Time EndOfTime(const Instalment& instalment, const Patience& patience,
                     const std::vector<absl::TimeZone>& zones);

// How the instalments of a plan stand at `now`; a promise is a plan of one. Payments fill them in
// the order of their days, so that what is paid ahead, or too much, counts for the next one; what
// was paid before `begin` counts nothing, and for an instalment nothing that was paid after its
// time. `zones`: in which whoever promised may be; at least one. `payments`: in any order.
// REQUIRES: the days of the instalments grow.
std::vector<InstalmentStanding> Judge(const std::vector<Instalment>& instalments, absl::Time begin,
                                      const Patience& patience,
                                      const std::vector<absl::TimeZone>& zones,
                                      std::vector<PaymentMade> payments, absl::Time now);

}  // namespace switchboard::promises
