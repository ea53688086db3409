#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/hub/consequences_by_hand.h"
#include "tests/hub/consequences_history.h"

// Draws histories from seeds.

namespace switchboard::testing {

class ConsequenceDraw {
 public:
  explicit ConsequenceDraw(uint64_t seed) : random_(seed) {}

  // An open permit that is given back, and for which there was a stop that is lifted by the end, is
  // kept out: whether the stop found it open, and made it void for good, is a matter of what came
  // first. One that stays finds it whenever that is, and those whose time is up are given back
  // whatever happens.
  ConsequenceHistory History() {
    while (true) {
      ConsequenceHistory history = Any();
      if (!IsGivenBack(kOpenPermit, history) || !IsOpenPermitStopped(history) ||
          IsOpenPermitStopped(history, /*still=*/true))
        return history;
    }
  }

 private:
  using CallCode = adapters::CallCode;

  int Below(uint64_t bound) { return static_cast<int>(random_() % bound); }
  bool OneIn(uint64_t bound) { return Below(bound) == 0; }
  template <typename T>
  const T& OneOf(const std::vector<T>& values) {
    return values[static_cast<size_t>(Below(values.size()))];
  }
  // In the five days before.
  absl::Duration Before() { return -absl::Minutes(1 + Below(5 * 24 * 60)); }

  ConsequenceHistory Any() {
    ConsequenceHistory history;
    history.debts = OneIn(3) ? 2 : 1;
    // Each number is led to by one of them, so that both are known by their digests.
    history.permits[0].point = "mobile";
    history.permits[1].point = "home";
    history.permits[kOpenPermit].point = OneIn(2) ? "mobile" : "home";
    history.permits[kOpenPermit].attempts = 1 + Below(2);
    for (GivenPermit& permit : history.permits) permit.debt = Debt(history);
    const bool mild = OneIn(2);
    std::vector<int> left;
    for (const GivenPermit& permit : history.permits) left.push_back(permit.attempts);
    for (int i = Below(4); i >= 0; --i) AddContact(history, mild, left);
    if (!mild || OneIn(4)) AddWordsOfCore(history);
    return history;
  }
  int Debt(const ConsequenceHistory& history) {
    return Below(static_cast<uint64_t>(history.debts));
  }

  // The first contact may name a permit that it was not made under, and say so later; whose permit
  // that is, is told by the others.
  void AddContact(ConsequenceHistory& history, bool mild, std::vector<int>& left) {
    const bool is_first = history.contacts.empty();
    ToldContact contact{.name = absl::StrCat("c", history.contacts.size()), .debt = Debt(history)};
    const int own = Below(kPermits);
    if (!OneIn(4) && left[static_cast<size_t>(own)] > 0 &&
        history.permits[static_cast<size_t>(own)].debt == contact.debt) {
      contact.own = own;
      --left[static_cast<size_t>(own)];
    }
    const absl::Duration before = Before(), within = absl::Seconds(Below(50));
    const bool in_its_time = !OneIn(4);
    const std::string point = OneOf<std::string>({"mobile", "home", ""});
    for (int more = OneIn(4) ? 0 : 1 + Below(2); more >= 0; --more) {
      SaidVersion said =
          !contact.versions.empty() && OneIn(3) ? contact.versions.back() : Said(mild);
      said.permit = OneIn(4) ? -1 : contact.own;
      const int wrong = Below(kPermits);
      const bool is_wrong = is_first && more > 0 && OneIn(2) && wrong != contact.own;
      if (is_wrong) said.permit = wrong;
      said.point = said.permit < 0 ? point : "";
      const bool is_timed = said.permit >= 0 && (!is_wrong || in_its_time);
      said.begin = is_timed ? GivenAt(said.permit) + within : before;
      contact.versions.push_back(std::move(said));
    }
    history.contacts.push_back(std::move(contact));
  }
  SaidVersion Said(bool mild) {
    static const std::vector<CallCode> kMild = {
        CallCode::kNoContact,    CallCode::kNoContact,    CallCode::kNoAnswer,
        CallCode::kBusy,         CallCode::kMachine,      CallCode::kThirdParty,
        CallCode::kRightParty,   CallCode::kHardship,     CallCode::kWrongNumber,
        CallCode::kPromiseToPay, CallCode::kPromiseToPay, CallCode::kPromiseToPay,
        CallCode::kPromiseToPay, CallCode::kPromiseToPay};
    static const std::vector<CallCode> kStopping = {
        CallCode::kAttorney,     CallCode::kDeceased,    CallCode::kBankruptcy,
        CallCode::kCeaseContact, CallCode::kDispute,     CallCode::kFraud,
        CallCode::kWrongNumber,  CallCode::kWrongNumber, CallCode::kDisconnected,
        CallCode::kDisconnected};
    SaidVersion said{.code = !mild && OneIn(2) ? OneOf(kStopping) : OneOf(kMild)};
    if (said.code == CallCode::kPromiseToPay) {
      said.amount = 100 * (1 + Below(8));
      said.days = Below(8);
    }
    const v1::ContactResult counted = CountedAs(said.code);
    const bool answered =
        counted == v1::CONTACT_RESULT_CONVERSATION || counted == v1::CONTACT_RESULT_OTHER_PERSON;
    if (mild || !answered) return said;
    said.stop_wanted = OneIn(12);
    said.complained = OneIn(8);
    said.disputed = OneIn(12);
    said.fraud_suspected = OneIn(12);
    for (const v1::Channel channel : {v1::CHANNEL_PHONE, v1::CHANNEL_SMS})
      if (OneIn(8)) said.opted_out_of.push_back(channel);
    return said;
  }

  void AddWordsOfCore(ConsequenceHistory& history) {
    int number = 0;
    const auto name = [&number] { return absl::StrCat("e", number++); };
    for (int i = Below(3); i > 0; --i) {
      history.stops.push_back({.name = name(),
                               .kind = static_cast<CoreStop::Kind>(Below(6)),
                               .debt = Debt(history),
                               .point = OneIn(2) ? "mobile" : "home",
                               .lifted = OneIn(2)});
    }
    for (int i = OneIn(2) ? 1 + Below(3) : 0; i > 0; --i) {
      CorePayment paid{.name = name(), .debt = Debt(history), .amount = 101 + 95 * Below(8)};
      // In the very moment of a contact, or a moment before it, or whenever.
      const SaidVersion& said = OneOf(history.contacts).versions.back();
      paid.booked = OneIn(2) ? Before() : said.begin - absl::Microseconds(Below(2));
      history.payments.push_back(std::move(paid));
    }
    for (size_t i = 0; i < history.contacts.size(); ++i) {
      const std::vector<StopByHand> placed = PlacedBy(history.contacts[i], history);
      if (placed.empty() || !OneIn(3)) continue;
      const StopByHand& stop = OneOf(placed);
      history.lifts.push_back({name(), stop.id, i, stop.version});
    }
  }

  std::mt19937_64 random_;
};

}  // namespace switchboard::testing
