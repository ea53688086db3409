#include "hub/permits/permits.h"

#include <algorithm>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/bounded_record.h"
#include "hub/base/error.h"
#include "hub/base/phone_zones.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/permits/contact_target.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/permit_budget.h"
#include "hub/permits/rule_facts.h"
#include "hub/permits/trunk_token.h"
#include "hub/rules/permit_decision.h"
#include "hub/rules/whereabouts.h"
#include "hub/stops/stops.h"

namespace switchboard::permits {
namespace {

using google::protobuf::util::TimeUtil;
using stops::StopSubject;

constexpr int64_t kDaySeconds = 86'400;

absl::Time DayBegin(absl::Time time) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(time) / kDaySeconds * kDaySeconds);
}

std::string ActorOf(std::string_view vendor_id) { return "vendor/" + std::string(vendor_id); }

absl::Status RequestIdUsed() {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               "request_id: was used before for another contact, or its permit is no longer open; "
               "make a new one",
               {{"field", "request_id"}});
}

bool ShowsNumber(const contracts::CompiledContract& contract) {
  return contract.contract.permits().dial() == v1::Contract::PermitTerms::DIAL_NUMBER;
}

bool IsFor(const PermitRow& permit, const v1::RequestPermitRequest& request) {
  const v1::Party party =
      request.party() == v1::PARTY_UNSPECIFIED ? v1::PARTY_PERSON : request.party();
  return permit.contact_point_id == request.contact_point_id() &&
         permit.channel == request.channel() && permit.act == request.act() &&
         permit.party == party && permit.party_id == request.party_id();
}

// When a permit given now ends, as far as no rule ends it.
absl::Time EndOf(const v1::RequestPermitRequest& request, const v1::Contract& contract,
                 absl::Time now) {
  absl::Time end =
      now + absl::Microseconds(TimeUtil::DurationToMicroseconds(contract.permits().lifetime()));
  if (request.has_begin_no_later_than()) end = std::min(end, TimeOf(request.begin_no_later_than()));
  return end;
}

rules::PackNeeds NeedsOf(const rules::Packs& packs) {
  rules::PackNeeds needs;
  for (const auto& pack : packs) needs |= pack->needs();
  return needs;
}

// As the audit log has it.
std::string NameOf(const rules::CompiledPack& pack) {
  return absl::StrCat(pack.pack().pack_id(), "/", pack.pack().version());
}

}  // namespace

// One request, with what was found about it.
struct Permits::Asked {
  storage::Transaction& transaction;
  std::string_view vendor_id;
  const v1::RequestPermitRequest& request;
  contracts::Contracts::Compiled contract{};
  PermitsBefore before{};
  assignments::Assignment assignment{};  // as far as it is the vendor's own
  v1::Person person{};
  ContactTarget target{};
  rules::Whereabouts where{};  // and the packs that are heard there
  absl::Time end{};            // when a permit given now would end, as long as no rule ends it
  bool consented = false;
  rules::PermitFacts facts{};

  bool IsOwn() const { return !assignment.assignment_id.empty(); }
  absl::Time now() const { return transaction.now(); }
};

absl::StatusOr<v1::RequestPermitResponse> Permits::Request(
    storage::Transaction& transaction, std::string_view vendor_id,
    const v1::RequestPermitRequest& request) const {
  if (request.has_begin_no_later_than() &&
      TimeOf(request.begin_no_later_than()) <= transaction.now()) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 "begin_no_later_than: has passed; ask for a time to come",
                 {{"field", "begin_no_later_than"}});
  }
  Asked asked{transaction, vendor_id, request};
  RETURN_IF_ERROR(HoldSubjects(asked));
  ASSIGN_OR_RETURN(asked.contract,
                   contracts_.InForce(transaction.connection(), vendor_id, transaction.now()));
  RETURN_IF_ERROR(LookAtBefore(asked));
  const auto& before = asked.before.of_request;
  if (before.has_value()) {
    const bool same = IsFor(*before, request);
    const bool open =
        before->state == PermitState::kOpen && before->expire_time_us > transaction.now_us();
    // What made it void may be in the way still, and is the better answer.
    if (!same || (!open && before->state != PermitState::kVoid)) return RequestIdUsed();
  }
  RETURN_IF_ERROR(Gather(asked));
  const auto reasons = rules::ReasonsAgainst(asked.facts, transaction.now());
  if (!reasons.empty()) return Refuse(asked, rules::MakeDenial(reasons, asked.facts));
  if (!before.has_value()) return Give(asked);
  if (before->state == PermitState::kVoid) return RequestIdUsed();
  v1::RequestPermitResponse response;
  ASSIGN_OR_RETURN(
      const auto given_under,
      contracts_.FindVersion(transaction.connection(), vendor_id, before->contract_version));
  // The log says what was shown, and what may be shown is today's contract's to say.
  *response.mutable_permit() =
      Describe(asked, *before, ShowsNumber(*given_under) && ShowsNumber(*asked.contract));
  return response;
}

// What never changes of an assignment says whose decision must wait for this one, and this one for
// whose.
absl::Status Permits::HoldSubjects(Asked& asked) const {
  RETURN_IF_ERROR(ReadAssignment(asked));
  if (!asked.IsOwn()) return absl::OkStatus();
  const storage::Key keys[] = {
      book::PersonKey(asked.assignment.person_id),
      book::VendorKey(asked.vendor_id, book::Sharing::kShared),
      book::WorkTypeKey(asked.assignment.work_type, book::Sharing::kShared)};
  RETURN_IF_ERROR(asked.transaction.Hold(keys));
  return asked.transaction.alone() ? absl::OkStatus() : ReadAssignment(asked);
}

absl::Status Permits::ReadAssignment(Asked& asked) const {
  ASSIGN_OR_RETURN(auto assignment, assignments::FindAssignment(asked.transaction.connection(),
                                                                asked.request.assignment_id()));
  const bool own = assignment.has_value() && assignment->vendor_id == asked.vendor_id;
  asked.assignment = own ? *std::move(assignment) : assignments::Assignment();
  return absl::OkStatus();
}

absl::Status Permits::LookAtBefore(Asked& asked) const {
  if (!asked.IsOwn()) return absl::OkStatus();
  const assignments::Assignment& assignment = asked.assignment;
  ASSIGN_OR_RETURN(asked.before,
                   LookBack(asked.transaction,
                            {asked.request.request_id(), asked.vendor_id, assignment.assignment_id,
                             assignment.person_id, assignment.account_id,
                             absl::ToUnixMicros(DayBegin(asked.transaction.now()))}));
  return absl::OkStatus();
}

absl::Status Permits::Gather(Asked& asked) const {
  if (!asked.IsOwn()) return absl::OkStatus();
  rules::PermitFacts& facts = asked.facts;
  const assignments::Assignment& assignment = asked.assignment;
  facts.assignment_live = assignment.live;
  // Nothing more will be said of it, so that nothing more is asked.
  if (!assignment.live) return absl::OkStatus();
  if (assignment.expire_time_us != 0)
    facts.expire_time = absl::FromUnixMicros(assignment.expire_time_us);
  ASSIGN_OR_RETURN(asked.person,
                   book_.ReadPerson(asked.transaction.connection(), assignment.person_id));
  asked.target = FindTarget(book_, asked.person, assignment.account_id, asked.request, asked.now());
  facts.allowed = asked.contract->Allows(assignment.work_type, asked.person.language());
  facts.act_allowed =
      asked.target.is_party &&
      asked.contract->AllowsContact(assignment.work_type, asked.request.act(), asked.target.party);
  facts.contact_point_usable = asked.target.is_usable;
  // What was said yes to before was another number.
  const auto& before = asked.before.of_request;
  if (before.has_value() && before->number_digest != asked.target.number_digest)
    facts.contact_point_usable = false;
  if (asked.before.open_until_us != 0)
    facts.open_permit_expire_time = absl::FromUnixMicros(asked.before.open_until_us);
  if (!before.has_value()) LookAtBudget(asked);
  asked.end = EndOf(asked.request, asked.contract->contract, asked.now());
  RETURN_IF_ERROR(FindRules(asked));
  RETURN_IF_ERROR(LookAtStops(asked));
  return HearRules(asked);
}

// Also holds the number: alone where rules count what others do there.
absl::Status Permits::FindRules(Asked& asked) const {
  ASSIGN_OR_RETURN(const auto in_force,
                   rule_packs_.InForce(asked.transaction.connection(), asked.now()));
  const bool is_number = asked.target.is_number();
  std::string number_country;
  rules::PlaceEvidence evidence;
  evidence.country = asked.person.address().country();
  evidence.region = asked.person.address().region();
  evidence.city = asked.person.address().city();
  if (is_number) {
    number_country = CountryOfNumber(asked.target.value);
    evidence.number_country = number_country;
    evidence.number_zones = ZonesOfNumber(asked.target.value);
  }
  evidence.core_zones.assign(asked.person.time_zones().begin(), asked.person.time_zones().end());
  asked.where = rules::FindWhereabouts(*in_force, evidence, rule_pack_elsewhere_);
  asked.facts.has_rules = !asked.where.packs.empty();
  for (const absl::TimeZone zone : asked.where.zones) asked.facts.clocks.add_zones(zone.name());
  asked.facts.clocks.mutable_bases()->Assign(asked.where.bases.begin(), asked.where.bases.end());
  if (asked.target.number_digest.empty()) return absl::OkStatus();
  const storage::Key number = book::NumberKey(
      asked.target.number_digest,
      NeedsOf(asked.where.packs).shared_points ? book::Sharing::kAlone : book::Sharing::kShared);
  return asked.transaction.Hold({&number, 1});
}

absl::Status Permits::LookAtStops(Asked& asked) const {
  const std::string& person_id = asked.assignment.person_id;
  std::vector<StopSubject> subjects = {
      StopSubject::Person(person_id), StopSubject::Account(asked.assignment.account_id),
      StopSubject::Vendor(asked.vendor_id), StopSubject::WorkType(asked.assignment.work_type)};
  if (const std::string& number = asked.target.number_digest; !number.empty()) {
    subjects.push_back(StopSubject::ContactPoint(person_id, asked.request.contact_point_id()));
    subjects.push_back(StopSubject::Number(number));
    subjects.push_back(StopSubject::NumberOfPerson(person_id, number));
  }
  ASSIGN_OR_RETURN(const auto stops, stops::StopsOn(asked.transaction.connection(), subjects));
  for (const stops::Stop& stop : stops) {
    // A wrong or dead number is no stop on the person: another way may be tried.
    if (IsUnusableNumber(stop.reason)) {
      asked.facts.contact_point_usable = false;
    } else {
      asked.facts.stopped = true;
    }
  }
  return absl::OkStatus();
}

absl::Status Permits::HearRules(Asked& asked) const {
  rules::PermitFacts& facts = asked.facts;
  const rules::Packs& packs = asked.where.packs;
  const RuleQuestion question{asked.request,
                              asked.person,
                              asked.assignment,
                              asked.target,
                              asked.contract->CollectorKind(),
                              asked.where.zones,
                              NeedsOf(packs)};
  ASSIGN_OR_RETURN(const rules::Facts asked_about,
                   GatherRuleFacts(asked.transaction.connection(), book_, question, asked.now()));
  asked.consented = IsConsented(asked_about, asked.now());
  facts.decision = rules::Decide(packs, asked_about, asked.now(), asked.end);
  facts.retry_time_of_rules = facts.decision.next_time;
  const absl::Time earliest = std::max(facts.open_permit_expire_time, facts.budget_spent_until);
  if (facts.decision.allowed() || earliest <= asked.now()) return absl::OkStatus();
  // What the rules allow sooner than the rest, they may refuse again by then.
  const rules::Decision then = rules::Decide(packs, asked_about, earliest);
  facts.retry_time_of_rules = then.allowed() ? earliest : then.next_time;
  return absl::OkStatus();
}

// Harvest: who gives back what it was shown has been shown it all the same.
void Permits::LookAtBudget(Asked& asked) const {
  const auto& terms = asked.contract->contract.permits();
  const absl::Time now = asked.transaction.now();
  absl::Time& until = asked.facts.budget_spent_until;
  const BudgetUse& stored = asked.before.use;
  const BudgetUse left = PermitBudget::LeftFor(asked.transaction, asked.vendor_id);
  if (stored.given + left.given >= terms.per_hour() ||
      stored.unused + left.unused >= terms.unused_per_hour()) {
    until = NextHour(now);
  }
  if (asked.before.unused_of_account >= terms.unused_per_account_day())
    until = DayBegin(now) + absl::Seconds(kDaySeconds);
}

absl::StatusOr<v1::RequestPermitResponse> Permits::Refuse(Asked& asked,
                                                          const v1::Denial& denial) const {
  storage::Transaction& transaction = asked.transaction;
  const std::string actor = ActorOf(asked.vendor_id);
  const auto& before = asked.before.of_request;
  if (before.has_value() && before->state == PermitState::kOpen)
    RETURN_IF_ERROR(VoidPermit(transaction, actor, *before));
  v1::RequestPermitResponse response;
  *response.mutable_denial() = denial;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_REFUSED, actor);
  event.set_vendor_id(std::string(asked.vendor_id));
  event.set_account_id(asked.assignment.account_id);
  event.set_assignment_id(asked.assignment.assignment_id);
  event.set_subject_id(asked.request.request_id());
  auto& refused = *event.mutable_permit_refused();
  *refused.mutable_reasons() = denial.all_reasons();
  for (const auto& pack : asked.where.packs) refused.add_packs(NameOf(*pack));
  for (const auto& refusal : denial.refusals()) refused.add_rules(refusal.rule_id());
  RETURN_IF_ERROR(audit::RecordBounded(transaction, std::move(event)));
  if (absl::c_linear_search(denial.all_reasons(), v1::Denial::REASON_BUDGET_SPENT))
    ++PermitBudget::Of(transaction, asked.vendor_id).added.refused;
  ++assignments::VendorCounter::Of(transaction, asked.vendor_id).permits_refused;
  return response;
}

absl::StatusOr<v1::RequestPermitResponse> Permits::Give(Asked& asked) const {
  storage::Transaction& transaction = asked.transaction;
  const assignments::Assignment& assignment = asked.assignment;
  PermitRow permit;
  permit.permit_id = ids_.NextOf(ShardOf(assignment.assignment_id));
  permit.vendor_id = asked.vendor_id;
  permit.request_id = asked.request.request_id();
  permit.assignment_id = assignment.assignment_id;
  permit.person_id = assignment.person_id;
  permit.account_id = assignment.account_id;
  permit.work_type = assignment.work_type;
  permit.contact_point_id = asked.request.contact_point_id();
  permit.number_digest = asked.target.number_digest;
  permit.collector_kind = asked.contract->CollectorKind();
  permit.channel = asked.request.channel();
  permit.contact_kind = asked.target.kind;
  permit.act = asked.request.act();
  permit.party = asked.target.party;
  permit.party_id = asked.request.party_id();
  permit.consented = asked.consented;
  permit.contract_version = asked.contract->version;
  permit.give_time_us = transaction.now_us();
  permit.expire_time_us = absl::ToUnixMicros(asked.facts.decision.allowed_until);
  RETURN_IF_ERROR(InsertPermit(transaction, permit));
  v1::RequestPermitResponse response;
  *response.mutable_permit() = Describe(asked, permit, ShowsNumber(*asked.contract));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_GIVEN, ActorOf(asked.vendor_id));
  event.set_vendor_id(std::string(asked.vendor_id));
  event.set_account_id(assignment.account_id);
  event.set_person_id(assignment.person_id);
  event.set_assignment_id(assignment.assignment_id);
  event.set_subject_id(permit.permit_id);
  auto& given = *event.mutable_permit_given();
  given.set_contact_point_id(permit.contact_point_id);
  given.set_number_shown(response.permit().has_dial());
  given.set_contract_version(permit.contract_version);
  for (const auto& pack : asked.where.packs) given.add_packs(NameOf(*pack));
  for (const rules::Finding& finding : asked.facts.decision.warnings)
    given.add_warnings(finding.rule->rule_id());
  audit::Record(transaction, std::move(event));
  ++PermitBudget::Of(transaction, asked.vendor_id).added.given;
  ++assignments::VendorCounter::Of(transaction, asked.vendor_id).permits_given;
  return response;
}

v1::Permit Permits::Describe(const Asked& asked, const PermitRow& permit, bool show_number) const {
  v1::Permit described;
  described.set_permit_id(permit.permit_id);
  *described.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(permit.expire_time_us);
  if (show_number && asked.target.is_number()) {
    described.set_dial(asked.target.value);
  } else if (!asked.target.value.empty()) {
    described.set_trunk_token(TrunkTokenOf(trunk_key_, permit.permit_id));
  }
  for (const rules::Finding& finding : asked.facts.decision.warnings)
    *described.add_warnings() = rules::Describe(finding);
  return described;
}

absl::Status Permits::Release(storage::Transaction& transaction, std::string_view vendor_id,
                              std::string_view permit_id) const {
  ASSIGN_OR_RETURN(auto permit, FindPermit(transaction.connection(), vendor_id, permit_id));
  if (permit.has_value()) {
    const storage::Key person = book::PersonKey(permit->person_id);
    RETURN_IF_ERROR(transaction.Hold({&person, 1}));
    ASSIGN_OR_RETURN(permit, FindPermit(transaction.connection(), vendor_id, permit_id));
  }
  if (!permit.has_value()) {
    return Error(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN",
                 "permit_id: no such permit of yours");
  }
  if (permit->state == PermitState::kUsed) {
    return Error(absl::StatusCode::kFailedPrecondition, "PERMIT_USED",
                 "permit_id: an outcome names it already");
  }
  if (permit->state != PermitState::kOpen) return absl::OkStatus();
  RETURN_IF_ERROR(MarkReleased(transaction, permit_id));
  ++PermitBudget::Of(transaction, vendor_id).added.unused;
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_RELEASED, ActorOf(vendor_id));
  event.set_vendor_id(std::string(vendor_id));
  event.set_assignment_id(permit->assignment_id);
  event.set_subject_id(std::string(permit_id));
  audit::Record(transaction, std::move(event));
  return absl::OkStatus();
}

}  // namespace switchboard::permits
