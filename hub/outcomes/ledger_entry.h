#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/assignments/assignments.h"
#include "hub/contacts/contact_book.h"
#include "hub/permits/permit_book.h"
#include "switchboard/v1/outcome.pb.h"

// What an outcome says to the ledger of contacts. Pure.

namespace switchboard::outcomes {

// What rules count a result as. Whom the law treats like the person, or who speaks for the person,
// makes a conversation of it; anybody else is another person.
v1::ContactResult ResultOf(const v1::Outcome::Result& result);

// With whom it came to be: who was reached, where rules know such a party, or else whom it was
// meant for.
v1::Party PartyOf(const v1::Outcome::Result& result, v1::Party meant);

// Whether the outcome changes the ledger: all do but first reports of work without a contact, of
// which nothing stands there.
bool ConcernsLedger(const v1::Outcome& outcome, const contacts::Standing& before);

// Whether nobody else was given what this permit holds.
bool KeepsRoom(const permits::PermitRow& permit, absl::Time now);

// What is known when an outcome goes into the ledger.
struct EntryFacts {
  std::string_view vendor_id;
  const assignments::Assignment& assignment;
  const permits::PermitRow* permit = nullptr;  // the vendor's own that the outcome names, or null
  bool permitted = false;                      // that permit covers the contact
  v1::CollectorKind collector_kind = v1::COLLECTOR_KIND_UNSPECIFIED;
  v1::ContactKind contact_kind = v1::CONTACT_KIND_UNSPECIFIED;  // of a contact without a permit …
  std::string number_digest{};                                  // … as far as it is known
  absl::Time now{};
};

// The contact that the outcome reports. What nobody said counts as whatever is counted. It happened
// when it began, however late it is reported, but no later than now, and no sooner than the permit
// that it names allowed.
contacts::ContactRow EntryOf(const v1::Outcome& outcome, const EntryFacts& facts);

}  // namespace switchboard::outcomes
