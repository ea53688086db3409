#include "adapters/codes/call_code.h"

#include <cstddef>
#include <iterator>

namespace switchboard::adapters {
namespace {

using Result = v1::Outcome::Result;

struct Meaning {
  CallCode code;
  std::string_view name;
  v1::Connection connection;
  v1::Reached reached;
  v1::Disposition disposition;
  void (Result::*flag)(bool) = nullptr;
};

constexpr auto kAnswered = v1::CONNECTION_ANSWERED;

// In the order of the codes.
constexpr Meaning kMeanings[] = {
    {CallCode::kNoContact, "NO_CONTACT", v1::CONNECTION_NOT_PLACED, v1::REACHED_NOBODY,
     v1::DISPOSITION_NONE},
    {CallCode::kNoAnswer, "NO_ANSWER", v1::CONNECTION_RANG_OUT, v1::REACHED_NOBODY,
     v1::DISPOSITION_NONE},
    {CallCode::kBusy, "BUSY", v1::CONNECTION_NOT_CONNECTED, v1::REACHED_NOBODY,
     v1::DISPOSITION_BUSY},
    {CallCode::kDisconnected, "DISCONNECTED", v1::CONNECTION_NOT_CONNECTED, v1::REACHED_NOBODY,
     v1::DISPOSITION_DISCONNECTED},
    {CallCode::kMachine, "MACHINE", v1::CONNECTION_MACHINE, v1::REACHED_NOBODY,
     v1::DISPOSITION_NONE},
    {CallCode::kDelivered, "DELIVERED", v1::CONNECTION_DELIVERED, v1::REACHED_NOBODY,
     v1::DISPOSITION_NONE},
    {CallCode::kThirdParty, "THIRD_PARTY", kAnswered, v1::REACHED_THIRD, v1::DISPOSITION_NONE},
    {CallCode::kWrongNumber, "WRONG_NUMBER", kAnswered, v1::REACHED_THIRD,
     v1::DISPOSITION_WRONG_NUMBER},
    {CallCode::kMessageLeft, "MESSAGE_LEFT", kAnswered, v1::REACHED_THIRD,
     v1::DISPOSITION_MESSAGE_LEFT},
    {CallCode::kHungUp, "HUNG_UP", kAnswered, v1::REACHED_PERSON, v1::DISPOSITION_HUNG_UP},
    {CallCode::kLanguage, "LANGUAGE", kAnswered, v1::REACHED_THIRD, v1::DISPOSITION_LANGUAGE},
    {CallCode::kSkip, "SKIP", kAnswered, v1::REACHED_THIRD, v1::DISPOSITION_SKIP},
    {CallCode::kRightParty, "RIGHT_PARTY", kAnswered, v1::REACHED_PERSON,
     v1::DISPOSITION_RIGHT_PARTY},
    {CallCode::kCallBack, "CALL_BACK", kAnswered, v1::REACHED_PERSON, v1::DISPOSITION_CALL_BACK},
    {CallCode::kPromiseToPay, "PROMISE_TO_PAY", kAnswered, v1::REACHED_PERSON,
     v1::DISPOSITION_PROMISE_TO_PAY},
    {CallCode::kRefusedToPay, "REFUSED_TO_PAY", kAnswered, v1::REACHED_PERSON,
     v1::DISPOSITION_REFUSED_TO_PAY},
    {CallCode::kClaimsPaid, "CLAIMS_PAID", kAnswered, v1::REACHED_PERSON,
     v1::DISPOSITION_CLAIMS_PAID},
    {CallCode::kSale, "SALE", kAnswered, v1::REACHED_PERSON, v1::DISPOSITION_SALE},
    {CallCode::kNotInterested, "NOT_INTERESTED", kAnswered, v1::REACHED_PERSON,
     v1::DISPOSITION_NOT_INTERESTED},
    {CallCode::kHardship, "HARDSHIP", kAnswered, v1::REACHED_PERSON, v1::DISPOSITION_HARDSHIP,
     &Result::set_hardship},
    {CallCode::kDispute, "DISPUTE", kAnswered, v1::REACHED_PERSON, v1::DISPOSITION_DISPUTE,
     &Result::set_disputed},
    {CallCode::kCeaseContact, "CEASE_CONTACT", kAnswered, v1::REACHED_PERSON,
     v1::DISPOSITION_CEASE_CONTACT, &Result::set_stop_wanted},
    {CallCode::kAttorney, "ATTORNEY", kAnswered, v1::REACHED_PERSON, v1::DISPOSITION_ATTORNEY},
    {CallCode::kDeceased, "DECEASED", kAnswered, v1::REACHED_THIRD, v1::DISPOSITION_DECEASED},
    {CallCode::kBankruptcy, "BANKRUPTCY", kAnswered, v1::REACHED_PERSON,
     v1::DISPOSITION_BANKRUPTCY},
    {CallCode::kFraud, "FRAUD", kAnswered, v1::REACHED_PERSON, v1::DISPOSITION_FRAUD,
     &Result::set_fraud_suspected},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < std::size(kMeanings); ++i) {
    if (static_cast<size_t>(kMeanings[i].code) != i) return false;
  }
  return std::size(kMeanings) == static_cast<size_t>(CallCode::kFraud) + 1;
}
static_assert(InOrder());

const Meaning& MeaningOf(CallCode code) { return kMeanings[static_cast<size_t>(code)]; }

}  // namespace

Result ResultOf(CallCode code) {
  const Meaning& meaning = MeaningOf(code);
  Result result;
  result.set_connection(meaning.connection);
  result.set_reached(meaning.reached);
  result.set_disposition(meaning.disposition);
  if (meaning.flag != nullptr) (result.*meaning.flag)(true);
  return result;
}

std::string_view NameOf(CallCode code) { return MeaningOf(code).name; }

std::optional<CallCode> CallCodeOf(std::string_view name) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.name == name) return meaning.code;
  }
  return std::nullopt;
}

}  // namespace switchboard::adapters
