#include "hub/outcomes/ledger_entry.h"

#include <algorithm>

#include "hub/base/proto_time.h"
#include "hub/outcomes/outcome_check.h"

namespace switchboard::outcomes {
namespace {

bool IsWritten(v1::Channel channel) {
  return channel == v1::CHANNEL_SMS || channel == v1::CHANNEL_EMAIL ||
         channel == v1::CHANNEL_LETTER;
}

}  // namespace

v1::ContactResult ResultOf(v1::Disposition disposition, v1::Channel channel) {
  switch (disposition) {
    case v1::DISPOSITION_NO_CONTACT:
      return v1::CONTACT_RESULT_NOT_PLACED;
    case v1::DISPOSITION_NO_ANSWER:
      return IsWritten(channel) ? v1::CONTACT_RESULT_DELIVERED : v1::CONTACT_RESULT_RANG_OUT;
    case v1::DISPOSITION_MACHINE:
      return IsWritten(channel) ? v1::CONTACT_RESULT_DELIVERED : v1::CONTACT_RESULT_MACHINE;
    case v1::DISPOSITION_BUSY:
    case v1::DISPOSITION_DISCONNECTED:
      return v1::CONTACT_RESULT_NOT_CONNECTED;
    case v1::DISPOSITION_DELIVERED:
      return v1::CONTACT_RESULT_DELIVERED;
    case v1::DISPOSITION_THIRD_PARTY:
    case v1::DISPOSITION_WRONG_NUMBER:
      return v1::CONTACT_RESULT_OTHER_PERSON;
    default:
      return v1::CONTACT_RESULT_CONVERSATION;
  }
}

bool ConcernsLedger(const v1::Outcome& outcome) {
  return IsContact(outcome.disposition()) || outcome.version() > 1;
}

contacts::ContactRow EntryOf(const v1::Outcome& outcome, const EntryFacts& facts) {
  contacts::ContactRow entry;
  entry.contact_id = contacts::IdOfOutcome(facts.vendor_id, outcome.outcome_id());
  entry.person_id = facts.assignment.person_id;
  entry.account_id = facts.assignment.account_id;
  entry.collector = facts.vendor_id;
  entry.collector_kind = facts.collector_kind;
  if (outcome.direction() == v1::DIRECTION_IN) entry.direction = v1::DIRECTION_IN;
  if (const auto* permit = facts.permit; permit != nullptr) {
    entry.channel = permit->channel;
    entry.contact_kind = permit->contact_kind;
    entry.number_digest = permit->number_digest;
    entry.party = permit->party;
    entry.party_id = permit->party_id;
    entry.act = permit->act;
    entry.consented = permit->consented;
    if (facts.permitted) entry.permit_id = permit->permit_id;
  } else {
    const bool unsaid = outcome.channel() == v1::CHANNEL_UNSPECIFIED;
    entry.channel = unsaid ? v1::CHANNEL_PHONE : outcome.channel();
    entry.contact_kind = facts.contact_kind;
    entry.number_digest = facts.number_digest;
    if (outcome.party() != v1::PARTY_UNSPECIFIED) entry.party = outcome.party();
    entry.party_id = outcome.party_id();
    entry.act = outcome.act();
  }
  entry.result = ResultOf(outcome.disposition(), entry.channel);
  entry.objected = outcome.objected();
  entry.begin_us = absl::ToUnixMicros(std::min(TimeOf(outcome.start_time()), facts.now));
  // A clock that is slow does not move what was made under a permit into an earlier day.
  if (facts.permit != nullptr) {
    const int64_t allowed = std::min(facts.permit->begin_time_us, absl::ToUnixMicros(facts.now));
    entry.begin_us = std::max(entry.begin_us, allowed);
  }
  entry.end_us =
      std::max(entry.begin_us, absl::ToUnixMicros(std::min(TimeOf(outcome.end_time()), facts.now)));
  entry.version = outcome.version();
  return entry;
}

}  // namespace switchboard::outcomes
