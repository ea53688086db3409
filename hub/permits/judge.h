#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/rule_packs.h"
#include "hub/permits/contact_target.h"
#include "hub/promises/promise_book.h"
#include "hub/rules/facts.h"
#include "hub/rules/pack_timeline.h"
#include "hub/rules/permit_decision.h"
#include "hub/rules/whereabouts.h"
#include "hub/stops/stops.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::permits {

// Packs that begin to be heard of somebody at a moment to come.
struct LaterRules {
  absl::Time from;
  rules::Whereabouts where;
};

// A contact that a vendor would make, and what is found out about it.
struct Judgement {
  std::string_view vendor_id;
  const v1::RequestPermitRequest& request;
  absl::Time now;                                 // when it is decided
  const rules::PackTimeline* timeline = nullptr;  // heard instead of what was applied; null: that
  absl::Time earliest_begin =
      absl::InfinitePast();                   // the contact begins no sooner, whatever is asked
  bool for_operator = false;                  // who may know which rules refuse because of a stop
  bool looks_at_void_permits = true;          // the caller knows of none if not
  contracts::Contracts::Compiled contract{};  // in force now
  assignments::Assignment assignment{};       // as far as it is the vendor's own
  v1::Person person{};
  ContactTarget target{};
  std::vector<stops::Stop> stops{};                 // that lie on anything it has to do with
  std::optional<promises::LivePromise> promise{};   // on the account, of an act that waits for it
  rules::Whereabouts where{};                       // and the packs that are heard there …
  absl::Time heard_until = absl::InfiniteFuture();  // … from `begin` until other ones are
  std::vector<LaterRules> later{};                  // these, growing
  absl::Time begin{};         // the first moment at which the contact would be made …
  absl::Time end{};           // … and the last, as long as no rule ends it sooner
  rules::Facts rule_facts{};  // what the packs were asked about
  // Rules that refuse because of a stop, of which a vendor is not told: neither which it is, nor by
  // the name of a rule.
  std::vector<std::string> untold_rules{};
  // Open permits and budgets are for the caller to fill in, beforehand.
  rules::PermitFacts facts{};

  bool IsOwn() const { return !assignment.assignment_id.empty(); }
};

// When the contact that is asked for would begin at the earliest.
absl::Time BeginOf(const v1::RequestPermitRequest& request, absl::Time now);

// What keeps others away from the contact's number while it is decided about: alone where rules
// count what others do there. Nothing: it has none. REQUIRES: Judge::Aim went well.
std::optional<storage::Key> NumberKeyOf(const Judgement& judgement);

// The first moment from `from` on at which the packs that are heard then, and a promise that is
// live, allow the contact if nothing else happens; nothing: never, as far as is known. REQUIRES:
// Judge::Look went well.
std::optional<absl::Time> FirstAllowed(const Judgement& judgement, absl::Time from);

// Finds out what decides about a contact, the same for whoever asks for a permit and for whoever
// only wants to know. Thread-safe.
class Judge {
 public:
  // `rule_pack_elsewhere`: as Config has it.
  Judge(const book::Book& book, contracts::RulePacks& rule_packs, std::string rule_pack_elsewhere)
      : book_(book),
        rule_packs_(rule_packs),
        rule_pack_elsewhere_(std::move(rule_pack_elsewhere)) {}

  // Whom the contact would reach, where, and whose rules are heard, if it is decided at
  // judgement.now. Of an assignment that is not the vendor's own, or not live, nothing is found
  // out, by Look neither. Asked again, for a later time, it reads nothing that time does not
  // change. REQUIRES: contract and assignment are there; the person is held, by whoever decides.
  absl::Status Aim(storage::Connection& connection, Judgement& judgement) const;

  // Everything but open permits and budgets. REQUIRES: it was aimed; who decides holds
  // NumberKeyOf it.
  absl::Status Look(storage::Connection& connection, Judgement& judgement) const;

  // Which packs are heard for a person at `now`, wherever a number leads.
  absl::StatusOr<rules::Whereabouts> WhereIs(storage::Connection& connection,
                                             const v1::Person& person, absl::Time now) const;

  // As Config has it.
  const std::string& rule_pack_elsewhere() const { return rule_pack_elsewhere_; }

 private:
  absl::Status FindWhere(storage::Connection& connection, Judgement& judgement) const;
  absl::Status LookAtStops(storage::Connection& connection, Judgement& judgement) const;
  static absl::Status LookAtSubContractor(storage::Connection& connection, Judgement& judgement);
  static absl::Status LookAtPromise(storage::Connection& connection, Judgement& judgement);
  absl::Status HearRules(storage::Connection& connection, Judgement& judgement) const;

  const book::Book& book_;
  contracts::RulePacks& rule_packs_;
  const std::string rule_pack_elsewhere_;
};

}  // namespace switchboard::permits
