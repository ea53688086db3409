#include "hub/outcomes/ledger_entry.h"

#include <algorithm>

#include "hub/base/proto_time.h"
#include "hub/outcomes/outcome_check.h"
#include "hub/results/result_check.h"

namespace switchboard::outcomes {
v1::ContactResult ResultOf(const v1::Outcome::Result& result) {
  switch (result.connection()) {
    case v1::CONNECTION_NOT_CONNECTED:
      return v1::CONTACT_RESULT_NOT_CONNECTED;
    case v1::CONNECTION_RANG_OUT:
      return v1::CONTACT_RESULT_RANG_OUT;
    case v1::CONNECTION_MACHINE:
      return v1::CONTACT_RESULT_MACHINE;
    case v1::CONNECTION_DELIVERED:
      return v1::CONTACT_RESULT_DELIVERED;
    case v1::CONNECTION_ANSWERED:
      return result.reached() == v1::REACHED_THIRD ? v1::CONTACT_RESULT_OTHER_PERSON
                                                   : v1::CONTACT_RESULT_CONVERSATION;
    default:
      return v1::CONTACT_RESULT_NOT_PLACED;
  }
}

v1::Party PartyOf(const v1::Outcome::Result& result, v1::Party meant) {
  switch (result.reached()) {
    case v1::REACHED_PERSON:
      return v1::PARTY_PERSON;
    case v1::REACHED_PROXY:
      return v1::PARTY_PROXY;
    case v1::REACHED_RELATED:
      return v1::PARTY_RELATED;
    default:
      return meant;
  }
}

bool ConcernsLedger(const v1::Outcome& outcome, const contacts::Standing& before) {
  return results::IsContact(outcome.result()) || outcome.version() > 1 || before.version > 0;
}

bool KeepsRoom(const permits::PermitRow& permit, absl::Time now) {
  return permit.state == permits::PermitState::kOpen &&
         absl::FromUnixMicros(permit.expire_time_us) > now;
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
    entry.channel = ChannelOf(outcome);
    entry.contact_kind = facts.contact_kind;
    entry.number_digest = facts.number_digest;
    if (outcome.party() != v1::PARTY_UNSPECIFIED) entry.party = outcome.party();
    entry.party_id = outcome.party_id();
    entry.act = outcome.act();
  }
  const v1::Party meant = entry.party;
  entry.party = PartyOf(outcome.result(), meant);
  // Which one of several answered, nobody said.
  if (entry.party != meant) entry.party_id.clear();
  entry.result = ResultOf(outcome.result());
  entry.objected = outcome.result().objected();
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
