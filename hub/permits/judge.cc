#include "hub/permits/judge.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/contracts/sub_contractors.h"
#include "hub/deletions/passed_on.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/person_place.h"
#include "hub/permits/promise_hold.h"
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

// How many changes of the packs to come are looked at; each passes the days of a version.
constexpr size_t kLaterMax = 8;
// A promise keeps from contact in two spells at most: before it may be reminded of, and behind.
constexpr int kSpellsMax = 3;

// All that are heard now or later.
HeardPacks HeardIn(const Judgement& judgement) {
  HeardPacks packs;
  for (const auto& pack : judgement.where.packs) packs.push_back(pack.get());
  for (const LaterRules& later : judgement.later)
    for (const auto& pack : later.where.packs) packs.push_back(pack.get());
  return packs;
}

// Whether packs of this time allow the contact, and when from `from` on, sooner than `until`.
std::optional<absl::Time> AllowedWithin(const rules::Packs& packs, const rules::Facts& facts,
                                        absl::Time from, absl::Time until) {
  if (packs.empty() || from >= until) return std::nullopt;
  const rules::Decision decision = rules::Decide(packs, facts, from);
  const auto time = decision.allowed() ? from : decision.next_time;
  return time.has_value() && *time < until ? time : std::nullopt;
}

// Rules that stand in one list and not in the other.
std::vector<std::string> RulesOnlyIn(const std::vector<rules::Finding>& all,
                                     const std::vector<rules::Finding>& known) {
  std::vector<std::string> only;
  for (const rules::Finding& finding : all) {
    const bool is_known =
        std::any_of(known.begin(), known.end(),
                    [&finding](const rules::Finding& other) { return other.rule == finding.rule; });
    if (!is_known) only.push_back(finding.rule->rule_id());
  }
  return only;
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

namespace {

// By the packs alone.
std::optional<absl::Time> FirstAllowedByPacks(const Judgement& judgement, absl::Time from) {
  if (auto time =
          AllowedWithin(judgement.where.packs, judgement.rule_facts, from, judgement.heard_until)) {
    return time;
  }
  for (size_t i = 0; i < judgement.later.size(); ++i) {
    const LaterRules& later = judgement.later[i];
    rules::Facts facts = judgement.rule_facts;
    facts.zones = later.where.zones;
    const absl::Time until =
        i + 1 < judgement.later.size() ? judgement.later[i + 1].from : absl::InfiniteFuture();
    const absl::Time begin = std::max(from, later.from);
    if (auto time = AllowedWithin(later.where.packs, facts, begin, until)) return time;
  }
  return std::nullopt;
}

}  // namespace

std::optional<absl::Time> FirstAllowed(const Judgement& judgement, absl::Time from) {
  // What rules allow later, a live promise may keep from again, and the other way round.
  for (int tries_left = kSpellsMax; tries_left > 0; --tries_left) {
    const auto time = FirstAllowedByPacks(judgement, from);
    if (!time.has_value() || !judgement.promise.has_value()) return time;
    const FreeSpell spell = FirstFreeSpell(*judgement.promise, judgement.request.act(), *time);
    if (spell.from <= *time) return time;
    from = spell.from;
  }
  return std::nullopt;
}

std::optional<storage::Key> NumberKeyOf(const Judgement& judgement) {
  const std::string& digest = judgement.target.number_digest;
  if (digest.empty()) return std::nullopt;
  const bool alone = NeedsOf(HeardIn(judgement)).shared_points;
  return book::NumberKey(digest, alone ? book::Sharing::kAlone : book::Sharing::kShared);
}

absl::Status Judge::Aim(storage::Connection& connection, Judgement& judgement) const {
  const assignments::Assignment& assignment = judgement.assignment;
  // Of one that is not live nothing more will be said, so that nothing more is asked.
  if (!judgement.IsOwn() || !assignment.live) return absl::OkStatus();
  judgement.begin = std::max(BeginOf(judgement.request, judgement.now), judgement.earliest_begin);
  const bool first = judgement.person.person_id().empty();
  if (first) {
    ASSIGN_OR_RETURN(judgement.person, book_.ReadPerson(connection, assignment.person_id));
  }
  if (first || judgement.begin >= std::min(judgement.target.until, judgement.heard_until)) {
    judgement.target = FindTarget(book_, *judgement.contract, judgement.person,
                                  assignment.account_id, judgement.request, judgement.begin);
    RETURN_IF_ERROR(FindWhere(connection, judgement));
  }
  // Who is told yes would be told yes by the packs of that time alone.
  judgement.end = std::min({EndOf(judgement.request, judgement.contract->contract, judgement.begin),
                            judgement.target.until, judgement.heard_until});
  return absl::OkStatus();
}

absl::Status Judge::Look(storage::Connection& connection, Judgement& judgement) const {
  if (!judgement.IsOwn()) return absl::OkStatus();
  rules::PermitFacts& facts = judgement.facts;
  const assignments::Assignment& assignment = judgement.assignment;
  facts.assignment_live = assignment.live;
  if (!assignment.live) return absl::OkStatus();
  if (assignment.expire_time_us != 0)
    facts.expire_time = absl::FromUnixMicros(assignment.expire_time_us);
  const ContactTarget& target = judgement.target;
  const contracts::CompiledContract& contract = *judgement.contract;
  facts.allowed = contract.Allows(assignment.work_type, judgement.person.language());
  facts.act_allowed =
      target.is_party &&
      contract.AllowsContact(assignment.work_type, judgement.request.act(), target.party);
  facts.contact_point_usable = target.is_usable;
  facts.has_rules = !judgement.where.packs.empty();
  facts.clocks = rules::ClocksOf(judgement.where);
  RETURN_IF_ERROR(LookAtSubContractor(connection, judgement));
  RETURN_IF_ERROR(LookAtStops(connection, judgement));
  RETURN_IF_ERROR(LookAtPromise(connection, judgement));
  return HearRules(connection, judgement);
}

absl::StatusOr<rules::Whereabouts> Judge::WhereIs(storage::Connection& connection,
                                                  const v1::Person& person, absl::Time now) const {
  ASSIGN_OR_RETURN(const auto in_force, rule_packs_.InForce(connection, now));
  return permits::WhereIs(*in_force, person, "", rule_pack_elsewhere_);
}

// Which packs are heard when the contact begins, and which later.
absl::Status Judge::FindWhere(storage::Connection& connection, Judgement& judgement) const {
  ASSIGN_OR_RETURN(const auto applied, rule_packs_.Timeline(connection));
  const rules::PackTimeline& timeline =
      judgement.timeline == nullptr ? *applied : *judgement.timeline;
  const ContactTarget& target = judgement.target;
  const std::string_view number =
      target.is_number() ? std::string_view(target.value) : std::string_view();
  const auto where_in = [&](const rules::PackTimeline::Piece& piece) {
    return permits::WhereIs(piece.packs, judgement.person, number, rule_pack_elsewhere_);
  };
  const rules::PackTimeline::Piece* piece = &timeline.At(judgement.begin);
  judgement.where = where_in(*piece);
  judgement.later.clear();
  while (piece->within.to != absl::InfiniteFuture() && judgement.later.size() < kLaterMax) {
    piece = &timeline.At(piece->within.to);
    rules::Whereabouts then = where_in(*piece);
    const rules::Packs& before =
        judgement.later.empty() ? judgement.where.packs : judgement.later.back().where.packs;
    if (then.packs != before) judgement.later.push_back({piece->within.from, std::move(then)});
  }
  judgement.heard_until =
      judgement.later.empty() ? absl::InfiniteFuture() : judgement.later.front().from;
  return absl::OkStatus();
}

absl::Status Judge::LookAtStops(storage::Connection& connection, Judgement& judgement) const {
  const std::string& person_id = judgement.assignment.person_id;
  std::vector<StopSubject> subjects = {
      StopSubject::Person(person_id), StopSubject::Account(judgement.assignment.account_id),
      StopSubject::Vendor(judgement.vendor_id),
      StopSubject::WorkType(judgement.assignment.work_type),
      StopSubject::Channel(person_id, judgement.request.channel())};
  if (const std::string& number = judgement.target.number_digest; !number.empty()) {
    subjects.push_back(StopSubject::ContactPoint(person_id, judgement.target.contact_point_id));
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

absl::Status Judge::LookAtSubContractor(storage::Connection& connection, Judgement& judgement) {
  const std::string& id = judgement.request.sub_contractor_id();
  bool& allowed = judgement.facts.sub_contractor_allowed;
  allowed = id.empty() || contracts::IsRegisteredFor(
                              judgement.contract->contract, id, judgement.assignment.work_type,
                              absl::ToCivilDay(judgement.begin, absl::UTCTimeZone()));
  if (id.empty() || !allowed) return absl::OkStatus();
  ASSIGN_OR_RETURN(allowed,
                   deletions::IsPassedOn(connection, judgement.assignment.assignment_id, id));
  return absl::OkStatus();
}

absl::Status Judge::LookAtPromise(storage::Connection& connection, Judgement& judgement) {
  judgement.facts.promise_until = absl::InfinitePast();
  if (!WaitsForPromise(judgement.request.act())) return absl::OkStatus();
  ASSIGN_OR_RETURN(judgement.promise,
                   promises::FindLive(connection, judgement.assignment.account_id));
  if (!judgement.promise.has_value()) return absl::OkStatus();
  const FreeSpell spell =
      FirstFreeSpell(*judgement.promise, judgement.request.act(), judgement.begin);
  if (spell.from > judgement.begin) {
    judgement.facts.promise_until = spell.from;
  } else {
    judgement.end = std::min(judgement.end, spell.to);
  }
  return absl::OkStatus();
}

absl::Status Judge::HearRules(storage::Connection& connection, Judgement& judgement) const {
  rules::PermitFacts& facts = judgement.facts;
  const rules::Packs& packs = judgement.where.packs;
  const RuleQuestion question{judgement.request,
                              judgement.person,
                              judgement.assignment,
                              judgement.target,
                              judgement.contract->CollectorKind(),
                              judgement.where.zones,
                              HeardIn(judgement),
                              judgement.stops,
                              judgement.looks_at_void_permits};
  ASSIGN_OR_RETURN(judgement.rule_facts,
                   GatherRuleFacts(connection, book_, question, judgement.now));
  const rules::Facts& all = judgement.rule_facts;
  facts.decision = rules::Decide(packs, all, judgement.begin, judgement.end);
  const absl::Time earliest =
      std::max({judgement.begin, facts.open_permit_expire_time, facts.budget_spent_until,
                facts.stopped_until, facts.promise_until});
  // What the rules allow sooner than the rest, they may refuse again by then.
  if (!facts.decision.allowed() || earliest > judgement.begin) {
    facts.retry_time_of_rules =
        FirstAllowed(judgement, earliest == absl::InfiniteFuture() ? judgement.begin : earliest);
  }
  if (facts.stopped_until <= judgement.now || judgement.for_operator) return absl::OkStatus();
  rules::Facts told = all;
  told.stops.clear();
  told.account_disputed = false;
  told.employer_forbids = judgement.person.employer_forbids();
  rules::Decision decision = rules::Decide(packs, told, judgement.begin, judgement.end);
  judgement.untold_rules = RulesOnlyIn(facts.decision.refusals, decision.refusals);
  facts.decision = std::move(decision);
  return absl::OkStatus();
}

}  // namespace switchboard::permits
