#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::permits {

// What is wrong with a request for a permit, as far as the message alone shows it.
std::optional<FieldProblem> CheckRequest(const v1::RequestPermitRequest& request);

std::optional<FieldProblem> CheckRequest(const v1::PlanContactsRequest& request);

// Whom a permit is asked for, and where that is.
struct ContactTarget {
  v1::Party party = v1::PARTY_PERSON;
  bool is_party = false;                      // such a party has to do with the account now
  absl::Time until = absl::InfiniteFuture();  // when the party has no more to do with it
  bool is_usable = false;  // it can be reached there by this channel, as far as the core knows
  std::string contact_point_id;  // the core's own; empty: an address, or no contact point of theirs
  v1::ContactKind kind = v1::CONTACT_KIND_UNSPECIFIED;
  std::string value;          // the number or the e-mail address; empty: a postal address
  std::string number_digest;  // Book::NumberDigest of it; empty as well

  bool is_number() const { return value.starts_with('+'); }
};

// Whether a contact point of this kind leads to the place of work.
bool IsAtWork(v1::ContactKind kind);

// What the person's record says about the target of a request for a contact about an account.
// Letters and visits go to the home address, and name no contact point. A contact point of the
// person's is named as rows under the contract show it, or as the core calls it; one of another
// party's, which no row shows, as the core calls it.
ContactTarget FindTarget(const book::Book& book, const contracts::CompiledContract& contract,
                         const v1::Person& person, std::string_view account_id,
                         const v1::RequestPermitRequest& request, absl::Time now);

// Whether the person, or a party of the person's, still has this contact point with this number, in
// the core's own opinion in order.
bool HasContactPoint(const book::Book& book, const v1::Person& person,
                     std::string_view contact_point_id, std::string_view number_digest);

}  // namespace switchboard::permits
