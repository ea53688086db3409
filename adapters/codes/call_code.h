#pragma once

#include <optional>
#include <string_view>

#include "switchboard/v1/outcome.pb.h"

// The one word that telephone teams write behind a call, and what it says as an outcome's result:
// for systems that know one list of codes and no flags. What a word leaves open is read as it is
// usually meant; whoever knows more says more.

namespace switchboard::adapters {

enum class CallCode {
  kNoContact,     // nothing was dialled or sent
  kNoAnswer,      // rang out
  kBusy,          // busy, or the network refused
  kDisconnected,  // not in service
  kMachine,       // a voicemail or a machine answered
  kDelivered,     // a message or a letter arrived
  kThirdParty,    // somebody else answered, and nothing was said
  kWrongNumber,   // somebody else's number
  kMessageLeft,   // a third person took a message
  kHungUp,        // the person hung up
  kLanguage,      // nobody spoke a language of the agent's
  kSkip,          // somebody else answered: the person is not to be found there
  kRightParty,    // spoken with; and so all that follow
  kCallBack,
  kPromiseToPay,  // needs Outcome.promise
  kRefusedToPay,
  kClaimsPaid,
  kSale,
  kNotInterested,
  kHardship,
  kDispute,
  kCeaseContact,
  kAttorney,
  kDeceased,  // somebody else said it
  kBankruptcy,
  kFraud,
};

v1::Outcome::Result ResultOf(CallCode code);

// "NO_ANSWER".
std::string_view NameOf(CallCode code);
// The code of that name, if there is one.
std::optional<CallCode> CallCodeOf(std::string_view name);

}  // namespace switchboard::adapters
