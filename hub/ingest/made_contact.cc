#include "hub/ingest/made_contact.h"

#include <algorithm>
#include <string>

#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/contacts/contact_book.h"

namespace switchboard::ingest {
namespace {

// How far ahead of the hub's clock a contact may have begun.
constexpr absl::Duration kContactAheadMax = absl::Minutes(1);
constexpr absl::Duration kContactLengthMax = absl::Hours(24);

contacts::ContactRow EntryOf(const v1::CoreEvent::MadeContact& made, absl::Time now) {
  contacts::ContactRow entry;
  entry.account_id = made.account_id();
  entry.collector = contacts::kIssuer;
  entry.collector_kind = v1::COLLECTOR_KIND_ISSUER;
  if (made.direction() == v1::DIRECTION_IN) entry.direction = v1::DIRECTION_IN;
  entry.channel = made.channel();
  if (made.party() != v1::PARTY_UNSPECIFIED) entry.party = made.party();
  entry.party_id = made.party_id();
  entry.act = made.act();
  entry.result = made.result();
  entry.consented = made.consented();
  entry.objected = made.objected();
  entry.begin_us = absl::ToUnixMicros(std::min(TimeOf(made.begin_time()), now));
  entry.end_us = made.has_end_time() ? absl::ToUnixMicros(std::min(TimeOf(made.end_time()), now))
                                     : entry.begin_us;
  return entry;
}

}  // namespace

void CheckMadeContact(const v1::CoreEvent::MadeContact& made, absl::Time now, FieldCheck& check) {
  const std::string at = "made_contact.";
  check.CoreId(made.account_id(), at + "account_id");
  check.TimeUntil(made.begin_time(), now, kContactAheadMax, at + "begin_time");
  if (made.has_end_time()) {
    check.Time(made.end_time(), at + "end_time");
    const absl::Duration lasted = TimeOf(made.end_time()) - TimeOf(made.begin_time());
    check.Require(lasted >= absl::ZeroDuration() && lasted <= kContactLengthMax, at + "end_time",
                  "must not be before begin_time, nor more than 24 hours after it");
  }
  check.Require(v1::Direction_IsValid(made.direction()), at + "direction", "must be OUT or IN");
  check.Enum(v1::Channel_IsValid(made.channel()), made.channel(), at + "channel");
  if (!made.contact_point_id().empty()) check.Id(made.contact_point_id(), at + "contact_point_id");
  check.Require(v1::Party_IsValid(made.party()), at + "party",
                "must be one of the parties that this version knows");
  const bool other = made.party() > v1::PARTY_PERSON;
  if (other) check.Id(made.party_id(), at + "party_id");
  check.Require(other || made.party_id().empty(), at + "party_id",
                "goes with another party than the person only");
  check.Require(v1::Act_IsValid(made.act()), at + "act",
                "must be one of the acts that this version knows");
  check.Enum(v1::ContactResult_IsValid(made.result()), made.result(), at + "result");
  if (!made.replaces_event_id().empty())
    check.Id(made.replaces_event_id(), at + "replaces_event_id");
}

bool OnlyTakesBack(const v1::CoreEvent::MadeContact& made) {
  return !made.replaces_event_id().empty() && made.result() == v1::CONTACT_RESULT_NOT_PLACED;
}

absl::StatusOr<EnteredContact> EnterMadeContact(storage::Transaction& transaction,
                                                const book::Book& book,
                                                const permits::Permits& permits,
                                                std::string_view contact,
                                                const v1::CoreEvent::MadeContact& made) {
  EnteredContact entered;
  // Nothing counts, whoever's account it would be about.
  if (OnlyTakesBack(made)) return entered;
  ASSIGN_OR_RETURN(const auto known, book.HoldOwner(transaction, made.account_id()));
  entered.account_known = known.has_value();
  if (!entered.account_known) return entered;
  // It stands with whoever had the account when it came, though the account is another's by now.
  const std::string contact_id = contacts::IdOfEvent(contact);
  ASSIGN_OR_RETURN(const std::string stands_with,
                   contacts::PersonOfIssuersContact(transaction.connection(), contact_id));
  if (!stands_with.empty()) return entered;
  ASSIGN_OR_RETURN(const v1::Person person,
                   book.ReadPerson(transaction.connection(), known->person_id));
  contacts::ContactRow entry = EntryOf(made, transaction.now());
  entry.contact_id = contact_id;
  entry.person_id = known->person_id;
  if (const auto* point = book::FindContactPoint(person, made.contact_point_id());
      point != nullptr) {
    entry.contact_kind = point->kind();
    entry.number_digest = book.NumberDigest(*point);
  }
  RETURN_IF_ERROR(contacts::Put(transaction, {entry}));
  ASSIGN_OR_RETURN(entered.voided_permits, permits.ReviewAfter(transaction, entry));
  return entered;
}

absl::Status TakeBackContact(storage::Transaction& transaction, const book::Book& book,
                             std::string_view contact) {
  const std::string contact_id = contacts::IdOfEvent(contact);
  ASSIGN_OR_RETURN(const std::string person_id,
                   contacts::PersonOfIssuersContact(transaction.connection(), contact_id));
  if (person_id.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(book.HoldPerson(transaction, person_id).status());
  return contacts::Remove(transaction, person_id, contact_id);
}

}  // namespace switchboard::ingest
