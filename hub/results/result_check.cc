#include "hub/results/result_check.h"

#include <algorithm>
#include <set>

namespace switchboard::results {
namespace {

using Result = v1::Outcome::Result;

// Sets of connections and of who was reached, by bit.
using Bits = unsigned;

template <typename... Values>
constexpr Bits Of(Values... values) {
  return ((1U << static_cast<unsigned>(values)) | ...);
}

constexpr Bits kAny = ~0U;
constexpr Bits kAnswered = Of(v1::CONNECTION_ANSWERED);
constexpr Bits kPersonSide = Of(v1::REACHED_PERSON, v1::REACHED_PROXY, v1::REACHED_RELATED);
constexpr Bits kNotThePerson = kAny & ~Of(v1::REACHED_PERSON);

// What a disposition goes with.
struct Fit {
  v1::Disposition disposition;
  Bits connections;
  Bits reached;
};
constexpr Fit kFits[] = {
    {v1::DISPOSITION_NONE, kAny, Of(v1::REACHED_NOBODY, v1::REACHED_THIRD)},
    {v1::DISPOSITION_BUSY, Of(v1::CONNECTION_NOT_CONNECTED), kAny},
    {v1::DISPOSITION_DISCONNECTED, Of(v1::CONNECTION_NOT_CONNECTED), kAny},
    {v1::DISPOSITION_MESSAGE_LEFT,
     Of(v1::CONNECTION_MACHINE, v1::CONNECTION_RANG_OUT, v1::CONNECTION_ANSWERED), kNotThePerson},
    {v1::DISPOSITION_HUNG_UP, kAnswered, kAny},
    {v1::DISPOSITION_WRONG_NUMBER, Of(v1::CONNECTION_ANSWERED, v1::CONNECTION_MACHINE),
     Of(v1::REACHED_NOBODY, v1::REACHED_THIRD)},
    {v1::DISPOSITION_LANGUAGE, kAnswered, kAny},
    {v1::DISPOSITION_SKIP, kAny, kNotThePerson},
    {v1::DISPOSITION_RIGHT_PARTY, kAnswered, kPersonSide},
    {v1::DISPOSITION_CALL_BACK, kAnswered, kAny},
    {v1::DISPOSITION_PROMISE_TO_PAY, kAnswered, kPersonSide},
    {v1::DISPOSITION_REFUSED_TO_PAY, kAnswered, kPersonSide},
    {v1::DISPOSITION_CLAIMS_PAID, kAnswered, kPersonSide},
    {v1::DISPOSITION_SALE, kAnswered, kPersonSide},
    {v1::DISPOSITION_NOT_INTERESTED, kAnswered, kPersonSide},
    {v1::DISPOSITION_HARDSHIP, kAnswered, kPersonSide},
    {v1::DISPOSITION_DISPUTE, kAnswered, kPersonSide},
    {v1::DISPOSITION_CEASE_CONTACT, kAnswered, kAny},
    {v1::DISPOSITION_ATTORNEY, kAny, kAny},
    {v1::DISPOSITION_DECEASED, kAny, kNotThePerson},
    {v1::DISPOSITION_BANKRUPTCY, kAny, kAny},
    {v1::DISPOSITION_FRAUD, kAnswered, kAny},
};

bool Has(Bits bits, int value) { return (bits >> static_cast<unsigned>(value) & 1U) != 0; }

void CheckFit(const Result& result, FieldCheck& check) {
  const auto* fit = std::find_if(std::begin(kFits), std::end(kFits), [&](const Fit& one) {
    return one.disposition == result.disposition();
  });
  if (fit == std::end(kFits)) return;
  check.Require(Has(fit->connections, result.connection()), "result.connection",
                "does not go with this disposition; outcome.proto says which do");
  check.Require(Has(fit->reached, result.reached()), "result.reached",
                "does not go with this disposition; outcome.proto says who does");
}

// What a disposition says of the same must not be missing among the flags, where the rest of the
// world looks.
void CheckFlags(const Result& result, FieldCheck& check) {
  const v1::Disposition said = result.disposition();
  check.Require(said != v1::DISPOSITION_CEASE_CONTACT || result.stop_wanted(), "result.stop_wanted",
                "must be set with CEASE_CONTACT");
  check.Require(said != v1::DISPOSITION_DISPUTE || result.disputed(), "result.disputed",
                "must be set with DISPUTE");
  check.Require(said != v1::DISPOSITION_HARDSHIP || result.hardship(), "result.hardship",
                "must be set with HARDSHIP");
  check.Require(said != v1::DISPOSITION_FRAUD || result.fraud_suspected(), "result.fraud_suspected",
                "must be set with FRAUD");
  check.Require(!result.objected() || result.connection() == v1::CONNECTION_ANSWERED,
                "result.objected", "goes with CONNECTION_ANSWERED only");
  std::set<int> channels;
  for (const int channel : result.opted_out_of()) {
    check.Enum(v1::Channel_IsValid(channel), channel, "result.opted_out_of");
    check.Require(channels.insert(channel).second, "result.opted_out_of",
                  "must name each channel once");
  }
}

}  // namespace

void CheckResult(const Result& result, FieldCheck& check) {
  check.Enum(v1::Connection_IsValid(result.connection()), result.connection(), "result.connection");
  check.Enum(v1::Reached_IsValid(result.reached()), result.reached(), "result.reached");
  check.Enum(v1::Disposition_IsValid(result.disposition()), result.disposition(),
             "result.disposition");
  if (!check.ok()) return;
  const bool answered = result.connection() == v1::CONNECTION_ANSWERED;
  check.Require(answered != (result.reached() == v1::REACHED_NOBODY), "result.reached",
                "must be NOBODY unless somebody answered, and must not be then");
  CheckFit(result, check);
  CheckFlags(result, check);
}

std::optional<FieldProblem> ChannelProblem(const Result& result, v1::Channel channel,
                                           v1::Direction direction) {
  const bool call = channel == v1::CHANNEL_PHONE, visit = channel == v1::CHANNEL_VISIT;
  const bool in = direction == v1::DIRECTION_IN;
  FieldCheck check;
  const auto require = [&check](bool holds, std::string_view problem) {
    check.Require(holds, "result.connection", problem);
  };
  if (in) {
    require(result.connection() == v1::CONNECTION_ANSWERED ||
                (call && result.connection() == v1::CONNECTION_MACHINE),
            "of a contact in must be ANSWERED, or MACHINE of a call");
    return check.problem();
  }
  switch (result.connection()) {
    case v1::CONNECTION_RANG_OUT:
      require(call || visit, "RANG_OUT goes with a call or a visit");
      check.Require(visit || result.disposition() != v1::DISPOSITION_MESSAGE_LEFT,
                    "result.disposition", "a call that rang out leaves no message; say MACHINE");
      break;
    case v1::CONNECTION_MACHINE:
      require(call, "MACHINE goes with a call");
      break;
    case v1::CONNECTION_DELIVERED:
      require(!call, "DELIVERED goes with what is written or brought; of a call say who answered");
      break;
    case v1::CONNECTION_ANSWERED:
      require(call || visit,
              "what is written is not ANSWERED; say DELIVERED, and report the answer as a contact "
              "in");
      break;
    default:
      break;
  }
  return check.problem();
}

bool IsContact(const Result& result) { return result.connection() != v1::CONNECTION_NOT_PLACED; }

}  // namespace switchboard::results
