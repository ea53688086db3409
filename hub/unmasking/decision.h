#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/unmasking.pb.h"

// Whether more of a person is shown. Values in, values out.

namespace switchboard::unmasking {

using State = v1::RequestUnmaskingResponse::State;

// How long a request waits for an operator's word, and how long that word waits to be used.
inline constexpr absl::Duration kWordWaits = absl::Hours(24);

// What a contract says of the classes that are asked for, taken together: the strictest.
struct UnmaskTerms {
  bool allowed = false;       // each of them may be unmasked
  bool second_person = true;  // an operator must agree
  absl::Duration lasts = absl::InfiniteDuration();
  int64_t per_account_day = 0;
  int64_t per_hour = 0;
};
// REQUIRES: the contract was parsed, so that its defaults are filled in.
UnmaskTerms TermsFor(const v1::Contract& contract, v1::WorkType work_type,
                     absl::Span<const v1::DataClass> classes);

// What decides beside the contract.
struct UnmaskingFacts {
  bool stopped = false;  // a stop lies on whom it is about, or on who asks
  State state = v1::RequestUnmaskingResponse::STATE_UNSPECIFIED;  // it is new
  absl::Time ask_time;
  bool agreed = false;     // an operator did …
  absl::Time decide_time;  // … then
  bool was_shown = false;  // … and it was
  absl::Time show_time;    // first …
  absl::Time until;        // … and so long it may be seen
  int64_t of_account = 0;  // other requests of the account's, on this day
  int64_t of_vendor = 0;   // other requests of the vendor's, in this hour
};

enum class Verdict {
  kShow,
  kWait,
  kRefused,       // an operator said no
  kEnded,         // its time is up, or nobody gave a word
  kNotAllowed,    // by the contract, or for a stop
  kAccountSpent,  // as many of the account today as the contract allows
  kHourSpent,     // as many of the vendor in this hour
};
Verdict Judge(const UnmaskTerms& terms, const UnmaskingFacts& facts, absl::Time now);

// How a request stands at `now` that nobody asks anew: what waited for too long has ended.
State StandingAt(const UnmaskingFacts& facts, absl::Time now);

// Until when it may be seen once it is shown: of one that was shown before, no longer than from
// then.
absl::Time UntilOf(const UnmaskTerms& terms, const UnmaskingFacts& facts, absl::Time now);

}  // namespace switchboard::unmasking
