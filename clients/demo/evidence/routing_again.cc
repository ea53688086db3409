#include "clients/demo/evidence/routing_again.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/routing/facts.h"
#include "hub/routing/router.h"
#include "tests/invariants/audit_reading.h"

namespace switchboard::demo {
namespace {

using Placement = v1::ListPlacementsResponse::Placement;

bool HasLimits(const Evidence& evidence) {
  for (const auto& segment : evidence.plan.segments()) {
    for (const auto& share : segment.shares()) {
      if (share.live_assignments_max() > 0) return true;
    }
  }
  return std::any_of(evidence.vendors.begin(), evidence.vendors.end(), [](const auto& vendor) {
    return routing::VendorFactsOf(vendor.second.contract).live_assignments_max > 0;
  });
}

absl::flat_hash_set<std::string> StoppedBeforeTheyCame(const invariants::Ledger& ledger) {
  absl::flat_hash_set<std::string> stopped, placed;
  invariants::ForEachEvent(ledger, [&](const invariants::Logged& logged) {
    const v1::AuditEvent& event = logged.event;
    if (event.kind() == v1::AuditEvent::KIND_PLACED) placed.insert(event.account_id());
    if (event.kind() == v1::AuditEvent::KIND_NOT_PLACED &&
        event.not_placed() == v1::NOT_PLACED_REASON_STOPPED && !placed.contains(event.account_id()))
      stopped.insert(event.account_id());
  });
  return stopped;
}

// What of a placement follows from book, plan and contracts.
Placement Decided(const Placement& placement) {
  Placement decided;
  decided.set_vendor_id(placement.vendor_id());
  decided.set_account_id(placement.account_id());
  decided.set_person_id(placement.person_id());
  decided.set_work_type(placement.work_type());
  decided.set_placement_number(placement.placement_number());
  *decided.mutable_why() = placement.why();
  return decided;
}

}  // namespace

std::vector<Placement> RouteBook(const Evidence& evidence, const Population& population,
                                 const absl::flat_hash_set<std::string>& stopped) {
  std::vector<routing::VendorFacts> vendors;
  for (const auto& [vendor_id, vendor] : evidence.vendors)
    vendors.push_back(routing::VendorFactsOf(vendor.contract));
  const routing::Router router(evidence.plan, vendors);
  absl::flat_hash_map<std::string, int64_t> positions;  // by segment and stratum
  std::vector<Placement> placements;
  for (int64_t index = 0; index < population.size(); ++index) {
    if (stopped.contains(Population::AccountId(index))) continue;
    const v1::AccountRecord record = population.Record(index);
    const routing::AccountFacts facts = routing::FactsOf(record.person(), record.account());
    const auto match = router.Find(facts);
    if (!match.has_value()) continue;
    // Each person of the book has one account, and each account comes once.
    routing::Situation situation;
    int64_t& position = positions[absl::StrCat(match->segment, "|", match->stratum)];
    situation.stratum_position = position;
    const auto decision = router.Decide(facts, *match, situation);
    if (!decision.ok() || !decision->placed()) continue;
    position += decision->takes_position ? 1 : 0;
    Placement& placement = placements.emplace_back();
    placement.set_vendor_id(decision->vendor_id);
    placement.set_account_id(facts.account_id);
    placement.set_person_id(facts.person_id);
    placement.set_work_type(decision->work_type);
    placement.set_placement_number(1);
    *placement.mutable_why() = decision->why;
  }
  return placements;
}

std::optional<invariants::Violations> RoutingDiffers(const Evidence& evidence,
                                                     const Population& population) {
  if (HasLimits(evidence)) return std::nullopt;
  invariants::Ledger by_hub, again;
  // What one vendor hands to another is nothing that the plan decides.
  for (const Placement& placement : evidence.ledger.placements) {
    if (placement.why().rule() != v1::PlacementReason::RULE_HANDED_OVER)
      by_hub.placements.push_back(Decided(placement));
  }
  const auto in_book = [](const Placement& a, const Placement& b) {
    return a.account_id() < b.account_id();
  };
  std::stable_sort(by_hub.placements.begin(), by_hub.placements.end(), in_book);
  again.placements = RouteBook(evidence, population, StoppedBeforeTheyCame(evidence.ledger));
  return invariants::Reproducible(by_hub, again);
}

}  // namespace switchboard::demo
