#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "switchboard/v1/values.pb.h"
#include "tests/hub/consequences_history.h"
#include "tests/hub/plan_fixture.h"

// Where a history ends, by who reads all of it with a pencil. Slow and obvious; shares no code with
// the hub.

namespace switchboard::testing {

inline constexpr int kGraceDays = 1;
inline constexpr int64_t kTolerance = 10;

// What a contact counts as in the ledger.
inline v1::ContactResult CountedAs(adapters::CallCode code) {
  using adapters::CallCode;
  switch (code) {
    case CallCode::kNoContact:
      return v1::CONTACT_RESULT_NOT_PLACED;
    case CallCode::kNoAnswer:
      return v1::CONTACT_RESULT_RANG_OUT;
    case CallCode::kBusy:
    case CallCode::kDisconnected:
      return v1::CONTACT_RESULT_NOT_CONNECTED;
    case CallCode::kMachine:
      return v1::CONTACT_RESULT_MACHINE;
    case CallCode::kThirdParty:
    case CallCode::kWrongNumber:
    case CallCode::kDeceased:
      return v1::CONTACT_RESULT_OTHER_PERSON;
    default:
      return v1::CONTACT_RESULT_CONVERSATION;
  }
}
inline bool WasMade(const SaidVersion& said) {
  return CountedAs(said.code) != v1::CONTACT_RESULT_NOT_PLACED;
}

// A permit covers what began in its time, up to the minute that clocks may differ by, on its debt.
inline bool IsCovered(const SaidVersion& said, int debt, const ConsequenceHistory& history) {
  if (said.permit < 0) return false;
  const absl::Duration given = GivenAt(said.permit);
  return history.permits[static_cast<size_t>(said.permit)].debt == debt &&
         said.begin >= given - absl::Minutes(1) && said.begin < given + kPermitLifetime;
}
inline bool IsMadeUnder(const SaidVersion& said, int debt, int permit,
                        const ConsequenceHistory& history) {
  return said.permit == permit && WasMade(said) && IsCovered(said, debt, history);
}

struct StopByHand {
  std::string id{};
  v1::StopReason reason = v1::STOP_REASON_UNSPECIFIED;
  // "person", "account a", "point home", "number home", "number home of the person",
  // "channel CHANNEL_SMS"
  std::vector<std::string> places{};
  std::string word{};   // with which the id of an outcome's ends
  std::string named{};  // what said which number was meant
  int version = 0;      // of the outcome, that placed it
  bool stands = true;
};

// By one version, whatever was said before.
inline std::vector<StopByHand> SpokenIn(const SaidVersion& said, int debt,
                                        const ConsequenceHistory& history) {
  using adapters::CallCode;
  std::vector<StopByHand> stops;
  const auto add = [&](bool spoken, const std::string& word, v1::StopReason reason,
                       const std::vector<std::string>& places, const std::string& named = "") {
    if (spoken) stops.push_back({.reason = reason, .places = places, .word = word, .named = named});
  };
  const std::vector<std::string> person = {"person"};
  const std::vector<std::string> account = {absl::StrCat("account ", NameOfDebt(debt))};
  add(said.code == CallCode::kAttorney, "attorney", v1::STOP_REASON_ATTORNEY, person);
  add(said.code == CallCode::kDeceased, "death", v1::STOP_REASON_DEATH, person);
  add(said.code == CallCode::kBankruptcy, "bankruptcy", v1::STOP_REASON_BANKRUPTCY, person);
  add(said.stop_wanted || said.code == CallCode::kCeaseContact, "cease", v1::STOP_REASON_CEASE,
      {"person", "number mobile", "number home"});
  add(said.complained, "complaint", v1::STOP_REASON_COMPLAINT, account);
  add(said.disputed || said.code == CallCode::kDispute, "dispute", v1::STOP_REASON_DISPUTE,
      account);
  add(said.fraud_suspected || said.code == CallCode::kFraud, "fraud", v1::STOP_REASON_FRAUD,
      account);
  for (const v1::Channel channel : said.opted_out_of) {
    add(true, channel == v1::CHANNEL_SMS ? "consent-withdrawn-sms" : "consent-withdrawn-phone",
        v1::STOP_REASON_CONSENT_WITHDRAWN, {absl::StrCat("channel ", v1::Channel_Name(channel))});
  }
  // The number is that of the permit, or of the contact point that it names; another debt's permit
  // says nothing.
  std::string point = said.point, named = said.point;
  if (said.permit >= 0) {
    const GivenPermit& permit = history.permits[static_cast<size_t>(said.permit)];
    point = permit.debt == debt ? permit.point : "";
    named = absl::StrCat("r", said.permit);
  }
  std::vector<std::string> number;
  if (!point.empty())
    number = {absl::StrCat("number ", point), absl::StrCat("number ", point, " of the person")};
  add(said.code == CallCode::kWrongNumber, "wrong-number", v1::STOP_REASON_WRONG_NUMBER, number,
      named);
  add(said.code == CallCode::kDisconnected, "disconnected", v1::STOP_REASON_DISCONNECTED, number,
      named);
  return stops;
}

// All that a contact's versions ever placed. One stands as long as version after version says the
// same, of the same number where one is named, and does not come back: what is said again later
// places another one.
inline std::vector<StopByHand> PlacedBy(const ToldContact& contact,
                                        const ConsequenceHistory& history) {
  std::vector<StopByHand> all;
  int version = 0;
  for (const SaidVersion& said : contact.versions) {
    ++version;
    const std::vector<StopByHand> spoken = SpokenIn(said, contact.debt, history);
    for (StopByHand& before : all) {
      before.stands &= std::any_of(spoken.begin(), spoken.end(), [&](const StopByHand& one) {
        return one.word == before.word && (one.named.empty() || one.named == before.named);
      });
    }
    for (StopByHand one : spoken) {
      const bool stands = std::any_of(all.begin(), all.end(), [&](const StopByHand& before) {
        return before.stands && before.word == one.word;
      });
      if (stands || one.places.empty()) continue;
      one.id = absl::StrCat("outcome:sakura:", contact.name, "/", one.word,
                            version == 1 ? "" : absl::StrCat("/", version));
      one.version = version;
      all.push_back(std::move(one));
    }
  }
  return all;
}

inline StopByHand PlacedBy(const CoreStop& stop) {
  const std::string account = absl::StrCat("account ", NameOfDebt(stop.debt));
  const std::string point = absl::StrCat("point ", stop.point);
  const std::string number = absl::StrCat("number ", stop.point);
  StopByHand placed{.id = stop.name, .stands = !stop.lifted};
  switch (stop.kind) {
    case CoreStop::Kind::kDispute:
      placed.reason = v1::STOP_REASON_DISPUTE;
      placed.places = {account};
      break;
    case CoreStop::Kind::kComplaint:
      placed.reason = v1::STOP_REASON_COMPLAINT;
      placed.places = {account};
      break;
    case CoreStop::Kind::kAttorney:
      placed.reason = v1::STOP_REASON_ATTORNEY;
      placed.places = {"person"};
      break;
    case CoreStop::Kind::kCease:
      placed.reason = v1::STOP_REASON_CEASE;
      placed.places = {"person", "number mobile", "number home"};
      break;
    case CoreStop::Kind::kPoint:
      placed.reason = v1::STOP_REASON_CEASE;
      placed.places = {point, number};
      break;
    case CoreStop::Kind::kChannel:
      placed.reason = v1::STOP_REASON_CONSENT_WITHDRAWN;
      placed.places = {"channel CHANNEL_PHONE"};
      break;
  }
  return placed;
}

// All that were ever placed, by whomever.
inline std::vector<StopByHand> AllPlaced(const ConsequenceHistory& history) {
  std::vector<StopByHand> all;
  for (const ToldContact& contact : history.contacts)
    for (StopByHand& stop : PlacedBy(contact, history)) all.push_back(std::move(stop));
  for (const CoreStop& stop : history.stops) all.push_back(PlacedBy(stop));
  for (const CorePayment& paid : history.payments) {
    all.push_back({.id = paid.name,
                   .reason = v1::STOP_REASON_PAYMENT,
                   .places = {absl::StrCat("account ", NameOfDebt(paid.debt))}});
  }
  for (const CoreLift& lift : history.lifts) {
    for (StopByHand& stop : all)
      if (stop.id == lift.stop_id) stop.stands = false;
  }
  return all;
}

// Whether a stop lay on what the open permit is for, or, `still`, lies there in the end.
inline bool IsOpenPermitStopped(const ConsequenceHistory& history, bool still = false) {
  const GivenPermit& permit = history.permits[kOpenPermit];
  const std::set<std::string> its = {"person", absl::StrCat("account ", NameOfDebt(permit.debt)),
                                     absl::StrCat("number ", permit.point),
                                     "channel CHANNEL_PHONE"};
  for (const StopByHand& stop : AllPlaced(history)) {
    for (const std::string& place : stop.places)
      if (its.contains(place) && (stop.stands || !still)) return true;
  }
  return false;
}

// Whether a version says that a contact was made under this permit, and a later one does not.
inline bool IsGivenBack(int permit, const ConsequenceHistory& history) {
  for (const ToldContact& contact : history.contacts) {
    bool used = false;
    for (const SaidVersion& said : contact.versions) {
      const bool uses = IsMadeUnder(said, contact.debt, permit, history);
      if (used && !uses) return true;
      used |= uses;
    }
  }
  return false;
}

// "r1 used by c0", "r2 void, 1 left"
inline std::string PermitLine(int permit, const ConsequenceHistory& history, bool is_over) {
  const GivenPermit& given = history.permits[static_cast<size_t>(permit)];
  std::vector<std::string> users;
  for (const ToldContact& contact : history.contacts) {
    if (IsMadeUnder(contact.versions.back(), contact.debt, permit, history))
      users.push_back(contact.name);
  }
  const int left = given.attempts - static_cast<int>(users.size());
  const std::string by = given.attempts > 1 ? "" : absl::StrCat(" by ", absl::StrJoin(users, "?"));
  if (left == 0) return absl::StrCat("r", permit, " used", by);
  std::string state = is_over || permit != kOpenPermit ? "expired" : "open";
  // What lifts a stop gives no permit back.
  if (permit == kOpenPermit && IsOpenPermitStopped(history)) state = "void";
  return absl::StrCat("r", permit, " ", state, ", ", left, " left");
}

// "work a ended"
inline std::string WorkLine(int debt, const ConsequenceHistory& history) {
  const std::set<v1::StopReason> enders = {v1::STOP_REASON_ATTORNEY,   v1::STOP_REASON_DEATH,
                                           v1::STOP_REASON_BANKRUPTCY, v1::STOP_REASON_CEASE,
                                           v1::STOP_REASON_FRAUD,      v1::STOP_REASON_DISPUTE,
                                           v1::STOP_REASON_PAYMENT};
  const std::string account = absl::StrCat("account ", NameOfDebt(debt));
  bool ended = false;
  for (const StopByHand& stop : AllPlaced(history)) {
    for (const std::string& place : stop.places)
      ended |= enders.contains(stop.reason) && (place == "person" || place == account);
  }
  return absl::StrCat("work ", NameOfDebt(debt), ended ? " ended" : " live");
}

// "promise c0 v2 KEPT" of each promise on a debt: a later one takes the place of what is not kept
// by then.
inline std::vector<std::string> PromiseLines(int debt, const ConsequenceHistory& history,
                                             absl::Time begin, absl::Time now) {
  std::vector<std::pair<absl::Duration, const ToldContact*>> promises;
  for (const ToldContact& contact : history.contacts) {
    const SaidVersion& said = contact.versions.back();
    if (contact.debt == debt && said.code == adapters::CallCode::kPromiseToPay)
      promises.push_back({said.begin, &contact});
  }
  std::sort(promises.begin(), promises.end(), [](const auto& one, const auto& other) {
    return std::pair(one.first, one.second->name) < std::pair(other.first, other.second->name);
  });
  std::vector<std::string> lines;
  for (size_t i = 0; i < promises.size(); ++i) {
    const ToldContact& contact = *promises[i].second;
    const SaidVersion& said = contact.versions.back();
    const absl::Time taken = begin + said.begin;
    const absl::Time end =
        absl::FromCivil(absl::ToCivilDay(taken, Tokyo()) + said.days + kGraceDays + 1, Tokyo());
    const absl::Time replaced =
        i + 1 < promises.size() ? begin + promises[i + 1].first : absl::InfiniteFuture();
    int64_t paid = 0;
    for (const CorePayment& payment : history.payments) {
      const absl::Time booked = begin + payment.booked;
      if (payment.debt == debt && booked >= taken && booked < std::min(end, replaced))
        paid += payment.amount;
    }
    std::string word = paid > 0 ? "PARTLY_KEPT" : "BROKEN";
    if (paid >= said.amount - kTolerance) {
      word = "KEPT";
    } else if (replaced < end) {
      word = "REPLACED";
    } else if (now < end) {
      word = "OPEN";
    }
    lines.push_back(
        absl::StrCat("promise ", contact.name, " v", contact.versions.size(), " ", word));
  }
  return lines;
}

// The end of a history, a line for each thing, sorted. `is_over`: the time of the last permit is
// up.
inline std::vector<std::string> ByHand(const ConsequenceHistory& history, absl::Time begin,
                                       absl::Time now, bool is_over) {
  std::vector<std::string> lines;
  for (const StopByHand& stop : AllPlaced(history)) {
    if (!stop.stands) continue;
    for (const std::string& place : stop.places)
      lines.push_back(
          absl::StrCat("stop ", stop.id, " ", v1::StopReason_Name(stop.reason), " on ", place));
  }
  for (const ToldContact& contact : history.contacts) {
    const SaidVersion& said = contact.versions.back();
    if (!WasMade(said)) continue;
    const bool covered = IsCovered(said, contact.debt, history);
    lines.push_back(absl::StrCat("contact ", contact.name, " v", contact.versions.size(), " on ",
                                 NameOfDebt(contact.debt), " ",
                                 v1::ContactResult_Name(CountedAs(said.code)),
                                 covered ? absl::StrCat(" under r", said.permit) : ""));
  }
  for (int permit = 0; permit < kPermits; ++permit)
    lines.push_back(PermitLine(permit, history, is_over));
  for (int debt = 0; debt < history.debts; ++debt) {
    lines.push_back(WorkLine(debt, history));
    for (std::string& line : PromiseLines(debt, history, begin, now))
      lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace switchboard::testing
