#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/contacts/contact_book.h"
#include "hub/permits/contact_target.h"
#include "hub/rules/compiled_pack.h"
#include "hub/rules/facts.h"
#include "hub/rules/pack_needs.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::permits {

// Packs whose rules are asked about one contact. Refers to them.
using HeardPacks = std::vector<const rules::CompiledPack*>;

// What any of them asks for.
rules::PackNeeds NeedsOf(const HeardPacks& packs);

// A contact that somebody asks about, and what is known of those concerned. Refers to all of it.
struct RuleQuestion {
  const v1::RequestPermitRequest& request;
  const v1::Person& person;
  const assignments::Assignment& assignment;
  const ContactTarget& target;
  v1::CollectorKind collector_kind = v1::COLLECTOR_KIND_UNSPECIFIED;
  std::vector<absl::TimeZone> zones;      // in which the person may be; empty: not known
  HeardPacks packs;                       // that are heard, now or later
  const std::vector<stops::Stop>& stops;  // that lie on person, account, number, …
  bool looks_at_void_permits = true;      // none is there if not
};

// Gathers what rules are asked about. Contact points stand in it by the digest of their number, so
// that one number under two ids is one. Of the person's own open permits nothing is in it: while
// there is one, no other is given. Of contacts in it are those alone to which the packs may look
// back. REQUIRES: the person is held, and the number of the target if the packs need
// `shared_points`.
absl::StatusOr<rules::Facts> GatherRuleFacts(storage::Connection& connection,
                                             const book::Book& book, const RuleQuestion& question,
                                             absl::Time now);

// What rules of a pack would have been asked about a contact that was made, just before it: with
// the contacts before it, the stops that lay there, and `person` as known then.
absl::StatusOr<rules::Facts> GatherPastFacts(storage::Connection& connection,
                                             const book::Book& book, const v1::Person& person,
                                             const contacts::ContactRow& made,
                                             const std::vector<absl::TimeZone>& zones,
                                             const rules::CompiledPack& pack);

}  // namespace switchboard::permits
