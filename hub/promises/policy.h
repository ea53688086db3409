#pragma once

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "hub/promises/standing.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/config.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/promise.pb.h"

// Which promises may be taken, and by what they are judged. Pure.

namespace switchboard::promises {

// Unless Config.PromisePolicy says otherwise.
inline constexpr int kReminderDays = 1;
// Unless Contract.PromiseTerms says otherwise.
inline constexpr int kDaysAheadMax = 366;

// A promise that is recorded now for the first time, or anew where `before` is what is kept of it:
// then it goes on to be judged as it was, and what head office said of a plan holds as long as it
// says the same. `zones`: those in which the person may be, at least one.
v1::PromiseRecord RecordOf(const v1::Outcome::Promise& promise,
                           const v1::Config::PromisePolicy& policy,
                           const std::vector<absl::TimeZone>& zones,
                           const v1::PromiseRecord* before);

// How many days after the contact a contract lets a promise be due, or the first part of a plan.
int DaysAheadMaxOf(const v1::Contract::PromiseTerms& terms);

// Whether a contract lets the vendor take it, apart from how many there may be. `owed`: what is due
// on the account as of the contact; null where that is not known. `zones`: as above.
bool WithinTerms(const v1::Outcome::Promise& promise, absl::Time take_time,
                 const v1::Contract::PromiseTerms& terms, const v1::Money* owed,
                 const std::vector<absl::TimeZone>& zones);

// Those of a record; at least one. Names that are no zones any more are left out; if that leaves
// none, UTC.
std::vector<absl::TimeZone> ZonesOf(const v1::PromiseRecord& record);

// What binds, if anything does: what was promised, or what head office made of it.
const v1::Outcome::Promise& AgreedIn(const v1::PromiseRecord& record);

// Its instalments, or the one that it is.
std::vector<Instalment> InstalmentsOf(const v1::Outcome::Promise& promise);

// When a live promise may be reminded of: in every zone one of the days before its day, or before
// that of the first instalment that is not kept yet.
struct Reminding {
  absl::Time from;
  absl::Time until;  // exclusive; not after `from`: never
};
Reminding RemindingOf(const v1::PromiseRecord& record);

}  // namespace switchboard::promises
