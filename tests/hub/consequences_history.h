#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapters/codes/call_code.h"
#include "switchboard/v1/contact.pb.h"

// A person with one or two debts at one vendor: what the vendor says of contacts, in up to three
// versions each, and what the core says. All times are since the first permit was given.

namespace switchboard::testing {

// A permit for calls, given some time after the one before. While all is told the last one is open,
// and the time of the others is up.
struct GivenPermit {
  int debt = 0;
  std::string point{};
  int attempts = 1;
};
inline constexpr int kPermits = 3;
inline constexpr int kOpenPermit = kPermits - 1;
inline absl::Duration GivenAt(int permit) { return absl::Minutes(3) * permit; }
inline constexpr absl::Duration kPermitLifetime = absl::Minutes(2);
// When all is told.
inline absl::Duration ToldAt() { return GivenAt(kOpenPermit) + absl::Minutes(1); }

// One version of what a contact came to.
struct SaidVersion {
  adapters::CallCode code = adapters::CallCode::kNoAnswer;
  bool stop_wanted = false, complained = false, disputed = false, fraud_suspected = false;
  std::vector<v1::Channel> opted_out_of{};
  int permit = -1;      // that it names; -1: none, but …
  std::string point{};  // … this contact point, if it is not empty
  absl::Duration begin{};
  int64_t amount = 0;  // of a promise, due so many days later
  int days = 0;
};
struct ToldContact {
  std::string name{};
  int debt = 0;
  int own = -1;  // the permit that it was made under; -1: none
  std::vector<SaidVersion> versions{};
};

struct CoreStop {
  enum class Kind { kDispute, kComplaint, kAttorney, kCease, kPoint, kChannel };

  std::string name{};
  Kind kind = Kind::kDispute;
  int debt = 0;
  std::string point{};
  bool lifted = false;
};
struct CorePayment {
  std::string name{};
  int debt = 0;
  int64_t amount = 0;
  absl::Duration booked{};
};
// The core lifts what an outcome stopped.
struct CoreLift {
  std::string name{};
  std::string stop_id{};
  size_t contact = 0;  // of which this version placed it
  int version = 0;
};

struct ConsequenceHistory {
  int debts = 1;
  std::array<GivenPermit, kPermits> permits{};
  std::vector<ToldContact> contacts{};
  std::vector<CoreStop> stops{};
  std::vector<CorePayment> payments{};
  std::vector<CoreLift> lifts{};
};

inline std::string NameOfDebt(int debt) { return debt == 0 ? "a" : "b"; }

// All of it, for whoever looks for what went wrong.
inline std::string TextOf(const ConsequenceHistory& history) {
  std::string text;
  for (int i = 0; i < kPermits; ++i) {
    const GivenPermit& permit = history.permits[static_cast<size_t>(i)];
    absl::StrAppend(&text, "r", i, " for ", NameOfDebt(permit.debt), " at ", permit.point, " x",
                    permit.attempts, "\n");
  }
  for (const ToldContact& contact : history.contacts) {
    absl::StrAppend(&text, contact.name, " on ", NameOfDebt(contact.debt), ", r", contact.own,
                    ":\n");
    for (const SaidVersion& said : contact.versions) {
      const std::string_view code = NameOf(said.code);
      absl::StrAppend(&text, "  ", absl::string_view(code.data(), code.size()));
      if (said.permit >= 0) absl::StrAppend(&text, " r", said.permit);
      absl::StrAppend(&text, " ", said.point, " at ", absl::FormatDuration(said.begin));
      if (said.stop_wanted) absl::StrAppend(&text, " stop_wanted");
      if (said.complained) absl::StrAppend(&text, " complained");
      if (said.disputed) absl::StrAppend(&text, " disputed");
      if (said.fraud_suspected) absl::StrAppend(&text, " fraud_suspected");
      for (const v1::Channel channel : said.opted_out_of)
        absl::StrAppend(&text, " no ", v1::Channel_Name(channel));
      if (said.amount > 0) absl::StrAppend(&text, " ", said.amount, " in ", said.days, " days");
      absl::StrAppend(&text, "\n");
    }
  }
  for (const CoreStop& stop : history.stops) {
    absl::StrAppend(&text, stop.name, " stop ", static_cast<int>(stop.kind), " on ",
                    NameOfDebt(stop.debt), " ", stop.point, stop.lifted ? ", lifted\n" : "\n");
  }
  for (const CorePayment& paid : history.payments) {
    absl::StrAppend(&text, paid.name, " ", paid.amount, " on ", NameOfDebt(paid.debt), " at ",
                    absl::FormatDuration(paid.booked), "\n");
  }
  for (const CoreLift& lift : history.lifts)
    absl::StrAppend(&text, lift.name, " lifts ", lift.stop_id, "\n");
  return text;
}

}  // namespace switchboard::testing
