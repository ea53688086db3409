#include "hub/permits/judge.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/person_place.h"
#include "hub/permits/rule_facts.h"

namespace switchboard::permits {
namespace {

using google::protobuf::util::TimeUtil;
using stops::StopSubject;

// When a permit ends, as far as no rule ends it.
absl::Time EndOf(const v1::RequestPermitRequest& request, const v1::Contract& contract,
                 absl::Time begin) {
  absl::Time end =
      begin + absl::Microseconds(TimeUtil::DurationToMicroseconds(contract.permits().lifetime()));
  if (request.has_begin_no_later_than()) end = std::min(end, TimeOf(request.begin_no_later_than()));
  return end;
}

rules::PackNeeds NeedsOf(const rules::Packs& packs) {
  rules::PackNeeds needs;
  for (const auto& pack : packs) needs |= pack->needs();
  return needs;
}

// Whether the stop forbids this contact.
bool Forbids(const stops::Stop& stop, const ContactTarget& target) {
  if (stop.spared.Has(target.party)) return false;
  return stop.reason != v1::STOP_REASON_WORKPLACE || IsAtWork(target.kind);
}

}  // namespace

absl::Time BeginOf(const v1::RequestPermitRequest& request, absl::Time now) {
  return request.has_begin_no_earlier_than()
             ? std::max(now, TimeOf(request.begin_no_earlier_than()))
             : now;
}

absl::Status Judge::Look(storage::Connection& connection, Judgement& judgement, Hold hold) const {
  if (!judgement.IsOwn()) return absl::OkStatus();
  rules::PermitFacts& facts = judgement.facts;
  const assignments::Assignment& assignment = judgement.assignment;
  facts.assignment_live = assignment.live;
  // Nothing more will be said of it, so that nothing more is asked.
  if (!assignment.live) return absl::OkStatus();
  if (assignment.expire_time_us != 0)
    facts.expire_time = absl::FromUnixMicros(assignment.expire_time_us);
  judgement.begin = BeginOf(judgement.request, judgement.now);
  judgement.end = EndOf(judgement.request, judgement.contract->contract, judgement.begin);
  ASSIGN_OR_RETURN(judgement.person, book_.ReadPerson(connection, assignment.person_id));
  judgement.target = FindTarget(book_, judgement.person, assignment.account_id, judgement.request,
                                judgement.begin);
  const ContactTarget& target = judgement.target;
  judgement.end = std::min(judgement.end, target.until);
  const contracts::CompiledContract& contract = *judgement.contract;
  facts.allowed = contract.Allows(assignment.work_type, judgement.person.language());
  facts.act_allowed =
      target.is_party &&
      contract.AllowsContact(assignment.work_type, judgement.request.act(), target.party);
  facts.contact_point_usable = target.is_usable;
  RETURN_IF_ERROR(FindRules(connection, judgement, hold));
  RETURN_IF_ERROR(LookAtStops(connection, judgement));
  return HearRules(connection, judgement);
}

absl::StatusOr<rules::Whereabouts> Judge::WhereIs(storage::Connection& connection,
                                                  const v1::Person& person, absl::Time now) const {
  ASSIGN_OR_RETURN(const auto in_force, rule_packs_.InForce(connection, now));
  return permits::WhereIs(*in_force, person, "", rule_pack_elsewhere_);
}

// Also holds the number: alone where rules count what others do there.
absl::Status Judge::FindRules(storage::Connection& connection, Judgement& judgement,
                              Hold hold) const {
  ASSIGN_OR_RETURN(const auto in_force, rule_packs_.InForce(connection, judgement.now));
  const rules::Packs& packs = judgement.packs == nullptr ? *in_force : *judgement.packs;
  const ContactTarget& target = judgement.target;
  judgement.where = permits::WhereIs(packs, judgement.person,
                                     target.is_number() ? target.value : "", rule_pack_elsewhere_);
  rules::PermitFacts& facts = judgement.facts;
  facts.has_rules = !judgement.where.packs.empty();
  for (const absl::TimeZone zone : judgement.where.zones) facts.clocks.add_zones(zone.name());
  facts.clocks.mutable_bases()->Assign(judgement.where.bases.begin(), judgement.where.bases.end());
  if (target.number_digest.empty()) return absl::OkStatus();
  const bool shared_points = NeedsOf(judgement.where.packs).shared_points;
  return hold(book::NumberKey(target.number_digest,
                              shared_points ? book::Sharing::kAlone : book::Sharing::kShared));
}

absl::Status Judge::LookAtStops(storage::Connection& connection, Judgement& judgement) const {
  const std::string& person_id = judgement.assignment.person_id;
  std::vector<StopSubject> subjects = {
      StopSubject::Person(person_id), StopSubject::Account(judgement.assignment.account_id),
      StopSubject::Vendor(judgement.vendor_id),
      StopSubject::WorkType(judgement.assignment.work_type),
      StopSubject::Channel(person_id, judgement.request.channel())};
  if (const std::string& number = judgement.target.number_digest; !number.empty()) {
    subjects.push_back(StopSubject::ContactPoint(person_id, judgement.request.contact_point_id()));
    subjects.push_back(StopSubject::Number(number));
    subjects.push_back(StopSubject::NumberOfPerson(person_id, number));
  }
  ASSIGN_OR_RETURN(judgement.stops, stops::StopsOn(connection, subjects, judgement.now));
  rules::PermitFacts& facts = judgement.facts;
  for (const stops::Stop& stop : judgement.stops) {
    // A wrong or dead number is no stop on the person: another way may be tried.
    if (IsUnusableNumber(stop.reason)) {
      facts.contact_point_usable = false;
    } else if (Forbids(stop, judgement.target)) {
      facts.stopped_until = std::max(facts.stopped_until, stop.EndTime());
    }
  }
  return absl::OkStatus();
}

absl::Status Judge::HearRules(storage::Connection& connection, Judgement& judgement) const {
  rules::PermitFacts& facts = judgement.facts;
  const rules::Packs& packs = judgement.where.packs;
  const RuleQuestion question{judgement.request, judgement.person, judgement.assignment,
                              judgement.target, judgement.contract->CollectorKind(),
                              judgement.where.zones, NeedsOf(packs), judgement.stops,
                              // Which stop it is that refuses is not told, by the name of a rule
                              // either.
                              facts.stopped_until <= judgement.now};
  ASSIGN_OR_RETURN(judgement.rule_facts,
                   GatherRuleFacts(connection, book_, question, judgement.now));
  const rules::Facts& asked_about = judgement.rule_facts;
  judgement.consented = IsConsented(asked_about, judgement.begin);
  facts.decision = rules::Decide(packs, asked_about, judgement.begin, judgement.end);
  facts.retry_time_of_rules = facts.decision.next_time;
  const absl::Time earliest =
      std::max({facts.open_permit_expire_time, facts.budget_spent_until, facts.stopped_until});
  if (facts.decision.allowed() || earliest <= judgement.begin ||
      earliest == absl::InfiniteFuture()) {
    return absl::OkStatus();
  }
  // What the rules allow sooner than the rest, they may refuse again by then.
  const rules::Decision then = rules::Decide(packs, asked_about, earliest);
  facts.retry_time_of_rules = then.allowed() ? earliest : then.next_time;
  return absl::OkStatus();
}

}  // namespace switchboard::permits
