#include "hub/permits/permits.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/bounded_record.h"
#include "hub/base/actor.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/id_text.h"
#include "hub/base/proto_time.h"
#include "hub/base/shown_bits.h"
#include "hub/book/holds.h"
#include "hub/permits/contact_target.h"
#include "hub/permits/permit_budget.h"
#include "hub/permits/permit_tally.h"
#include "hub/permits/promise_hold.h"
#include "hub/permits/rule_facts.h"
#include "hub/permits/trunk_token.h"
#include "hub/rules/day_plan.h"
#include "hub/rules/permit_decision.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::permits {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kDaySeconds = 86'400;

absl::Time DayBegin(absl::Time time) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(time) / kDaySeconds * kDaySeconds);
}

absl::Status RequestIdUsed() {
  return FieldInvalid({"request_id",
                       "was used before for another contact, or its permit is no longer open; make "
                       "a new one"});
}

absl::Status TimeInvalid(const std::string& field, std::string_view problem) {
  return FieldInvalid({field, std::string(problem)});
}

// The moments between which the contact would begin.
absl::Status CheckTimes(const v1::RequestPermitRequest& request, const v1::Contract& contract,
                        absl::Time now) {
  const absl::Time begin = BeginOf(request, now);
  const auto look_ahead =
      absl::Microseconds(TimeUtil::DurationToMicroseconds(contract.permits().look_ahead()));
  if (begin > now + look_ahead) {
    return TimeInvalid("begin_no_earlier_than",
                       absl::StrCat("lies further ahead than the contract's look_ahead of ",
                                    absl::FormatDuration(look_ahead)));
  }
  if (request.has_begin_no_later_than() && TimeOf(request.begin_no_later_than()) <= begin) {
    return TimeInvalid("begin_no_later_than", begin > now ? "must lie after begin_no_earlier_than"
                                                          : "has passed; ask for a time to come");
  }
  return absl::OkStatus();
}

bool ShowsNumber(const contracts::CompiledContract& contract) {
  return contract.contract.permits().dial() == v1::Contract::PermitTerms::DIAL_NUMBER;
}

// Whether the request asks for this permit. The contact point may be gone since it was given.
bool IsFor(const PermitRow& permit, const v1::RequestPermitRequest& request,
           const contracts::CompiledContract& contract) {
  const v1::Party party =
      request.party() == v1::PARTY_UNSPECIFIED ? v1::PARTY_PERSON : request.party();
  return permit.channel == request.channel() && permit.act == request.act() &&
         permit.party == party && permit.party_id == request.party_id() &&
         permit.sub_contractor == request.sub_contractor_id() &&
         contract.IsShownAs(permit.person_id, permit.contact_point_id, request.contact_point_id());
}

// When a permit may still be used.
std::vector<rules::Span> HoursLeft(const PermitRow& permit, absl::Time from) {
  v1::ContactPlan plan;
  if (permit.plan.empty()) return {{from, absl::FromUnixMicros(permit.expire_time_us)}};
  std::vector<rules::Span> left;
  SWITCHBOARD_ASSERT(plan.ParseFromString(permit.plan));
  for (const auto& spell : plan.hours()) {
    const rules::Span span{std::max(from, TimeOf(spell.begin_time())), TimeOf(spell.end_time())};
    if (span.from < span.to) left.push_back(span);
  }
  return left;
}

}  // namespace

// One request on its way.
struct Permits::Asked : Judgement {
  storage::Transaction& transaction;
  PermitsBefore before{};
  int attempts = 1;
  v1::ContactPlan plan{};  // its hours, once they are known
};

absl::StatusOr<masking::ToVendor<v1::RequestPermitResponse>> Permits::Request(
    storage::Transaction& transaction, std::string_view vendor_id,
    const v1::RequestPermitRequest& request, WithheldAnswer& withheld) const {
  Asked asked{{vendor_id, request, transaction.now()}, transaction};
  RETURN_IF_ERROR(Look(asked));
  v1::RequestPermitResponse response;
  const auto reasons = rules::ReasonsAgainst(asked.facts, transaction.now());
  if (!reasons.empty()) {
    ASSIGN_OR_RETURN(*response.mutable_denial(), Refuse(asked, reasons));
  } else {
    ASSIGN_OR_RETURN(*response.mutable_permit(), GiveOrRepeat(asked));
  }
  return LookOnceMore(asked, response, withheld);
}

absl::StatusOr<masking::ToVendor<v1::PlanContactsResponse>> Permits::Plan(
    storage::Transaction& transaction, std::string_view vendor_id,
    const v1::PlanContactsRequest& request, WithheldAnswer& withheld) const {
  Asked asked{{vendor_id, request.contact(), transaction.now()}, transaction};
  RETURN_IF_ERROR(Look(asked));
  if (asked.IsOwn() && asked.facts.assignment_live) RETURN_IF_ERROR(PlanDay(asked, request));
  v1::PlanContactsResponse response;
  const auto reasons = rules::ReasonsAgainst(asked.facts, transaction.now());
  if (!reasons.empty()) {
    ASSIGN_OR_RETURN(*response.mutable_denial(), Refuse(asked, reasons));
    return LookOnceMore(asked, response, withheld);
  }
  v1::ContactPlan& plan = *response.mutable_plan();
  plan = asked.plan;
  ASSIGN_OR_RETURN(*plan.mutable_permit(), GiveOrRepeat(asked));
  plan.set_attempts(asked.attempts);
  return LookOnceMore(asked, response, withheld);
}

absl::Status Permits::Look(Asked& asked) const {
  RETURN_IF_ERROR(HoldSubjects(asked));
  storage::Connection& connection = asked.transaction.connection();
  absl::Time read;
  do {
    read = asked.transaction.now();
    ASSIGN_OR_RETURN(asked.contract, contracts_.InForce(connection, asked.vendor_id, read));
    RETURN_IF_ERROR(Aim(asked.transaction, asked));
  } while (DayBegin(read) != DayBegin(asked.now));  // contracts are of days
  RETURN_IF_ERROR(CheckTimes(asked.request, asked.contract->contract, asked.now));
  RETURN_IF_ERROR(LookAtBefore(asked));
  if (const auto& before = asked.before.of_request; before.has_value()) {
    const bool open =
        before->state == PermitState::kOpen && before->expire_time_us > asked.transaction.now_us();
    // What made it void may be in the way still, and is the better answer.
    if (!IsFor(*before, asked.request, *asked.contract) ||
        (!open && before->state != PermitState::kVoid))
      return RequestIdUsed();
  } else {
    RETURN_IF_ERROR(CheckRequestId(asked));
  }
  return Gather(asked);
}

// The log keeps ids, and it outlives the person's erasure.
absl::Status Permits::CheckRequestId(const Asked& asked) const {
  const std::string& id = asked.request.request_id();
  if (!asked.IsOwn() || !MayGiveAwayPerson(id)) return absl::OkStatus();
  const v1::Person* person = &asked.person;
  absl::StatusOr<v1::Person> read = v1::Person();
  if (person->person_id().empty()) {  // nobody has looked, as the work is not live
    read = book_.ReadPerson(asked.transaction.connection(), asked.assignment.person_id);
    if (absl::IsNotFound(read.status())) return absl::OkStatus();
    RETURN_IF_ERROR(read.status());
    person = &*read;
  }
  if (!GivesAwayPerson(id, *person)) return absl::OkStatus();
  return FieldInvalid({"request_id",
                       "must hold no number and no mailbox of the person's; logs and indexes keep "
                       "ids"});
}

// The day that is asked for, where the person is; empty where no rules are known.
absl::StatusOr<rules::Span> Permits::DayOf(const Asked& asked,
                                           const v1::PlanContactsRequest& request) {
  const std::vector<absl::TimeZone> zones = rules::PossibleZones(asked.where);
  // Nobody may be contacted where no rules are known.
  if (zones.empty()) return rules::Span{asked.now, asked.now};
  // The first day that has not ended anywhere.
  absl::CivilDay today = rules::DayAt(zones.front(), asked.now);
  for (const absl::TimeZone zone : zones) today = std::min(today, rules::DayAt(zone, asked.now));
  while (rules::DayInAll(zones, today).to <= asked.now) ++today;
  const absl::CivilDay day = request.has_day() ? CivilDayOf(request.day()) : today;
  rules::Span within = rules::DayInAll(zones, day);
  if (day > today + 1 || within.to <= asked.now)
    return TimeInvalid("day", "must be today or tomorrow where the person is");
  within.from = std::max(within.from, asked.now);
  within.to = std::min({within.to, asked.facts.expire_time, asked.target.until});
  return within;
}

// What rules say to the whole day takes the place of what they say to this moment.
absl::Status Permits::PlanDay(Asked& asked, const v1::PlanContactsRequest& request) const {
  ASSIGN_OR_RETURN(rules::Span within, DayOf(asked, request));
  // Rules that speak of stops would say which one it is.
  if (asked.facts.stopped_until > asked.now) return absl::OkStatus();
  const auto& before = asked.before.of_request;
  if (before.has_value()) {
    // Of another day is another plan.
    const absl::Time expire = absl::FromUnixMicros(before->expire_time_us);
    if (expire <= within.from || expire > within.to) return RequestIdUsed();
    within.to = expire;
  }
  const int wanted = before.has_value() ? static_cast<int>(before->attempts) : request.attempts();
  if (asked.promise.has_value()) {
    const FreeSpell spell = FirstFreeSpell(*asked.promise, asked.request.act(), within.from);
    asked.facts.promise_until = spell.from;
    if (spell.from >= within.to) {
      // What rules say to this moment is not what they say to that day.
      asked.facts.decision = rules::Decision();
      asked.facts.retry_time_of_rules = FirstAllowed(asked, spell.from);
      return absl::OkStatus();
    }
    asked.facts.promise_until = absl::InfinitePast();
    within = {spell.from, std::min(within.to, spell.to)};
  }
  if (within.from >= within.to) {
    // The assignment's time is up before that day begins.
    asked.facts.expire_time = asked.now;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(rules::DayPlan plan, PlanWithin(asked, within, wanted));
  rules::Decision& decision = asked.facts.decision;
  if (plan.attempts == 0) {
    if (!asked.facts.has_rules) return absl::OkStatus();
    decision = std::move(plan.refused);
    asked.begin = std::max(asked.begin, within.from);
    asked.facts.retry_time_of_rules = FirstAllowed(asked, within.from);
    return absl::OkStatus();
  }
  decision.refusals.clear();
  decision.allowed_until = plan.hours.back().to;
  asked.begin = plan.hours.front().from;
  asked.attempts = plan.attempts;
  for (const rules::Span& span : plan.hours) {
    auto& spell = *asked.plan.add_hours();
    *spell.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(span.from));
    *spell.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(span.to));
  }
  if (!before.has_value() || before->state != PermitState::kOpen) return absl::OkStatus();
  // Merely that the day goes on changes nothing of what is written.
  const auto same = [](const rules::Span& one, const rules::Span& other) {
    return one.from == other.from && one.to == other.to;
  };
  if (before->attempts == plan.attempts &&
      absl::c_equal(HoursLeft(*before, asked.now), plan.hours, same))
    return absl::OkStatus();
  return SetPlan(asked.transaction, before->permit_id, plan.attempts,
                 asked.plan.SerializeAsString());
}

// A plan is of one text of the rules: where another one begins to be heard on the day, of the first
// that allows anything. `asked` is judged by that one then.
absl::StatusOr<rules::DayPlan> Permits::PlanWithin(Asked& asked, rules::Span within,
                                                   int attempts) const {
  rules::DayPlan plan;
  while (true) {
    const rules::Span heard{within.from, std::min(within.to, asked.heard_until)};
    if (heard.from < heard.to && asked.facts.has_rules)
      plan = rules::PlanDay(asked.where.packs, asked.rule_facts, heard, attempts);
    if (plan.attempts > 0 || asked.heard_until >= within.to) return plan;
    asked.earliest_begin = within.from = std::max(within.from, asked.heard_until);
    RETURN_IF_ERROR(judge_.Aim(asked.transaction.connection(), asked));
    RETURN_IF_ERROR(Gather(asked));
  }
}

absl::StatusOr<v1::Permit> Permits::GiveOrRepeat(Asked& asked) const {
  const auto& before = asked.before.of_request;
  if (!before.has_value()) return Give(asked);
  if (before->state == PermitState::kVoid) return RequestIdUsed();
  ASSIGN_OR_RETURN(const auto given_under,
                   contracts_.FindVersion(asked.transaction.connection(), asked.vendor_id,
                                          before->contract_version));
  // The log says what was shown, and what may be shown is today's contract's to say.
  return Describe(asked, *before, ShowsNumber(*given_under) && ShowsNumber(*asked.contract));
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

// What is decided is decided at the moment that the log says, and while the number that the contact
// leads to was waited for, evening may have come.
absl::Status Permits::Aim(storage::Transaction& transaction, Judgement& judgement) const {
  std::optional<storage::Key> held;
  while (true) {
    judgement.now = transaction.now();
    RETURN_IF_ERROR(judge_.Aim(transaction.connection(), judgement));
    const auto number = NumberKeyOf(judgement);
    if (!number.has_value() || number == held) return absl::OkStatus();
    RETURN_IF_ERROR(transaction.Hold({&*number, 1}));
    held = number;
  }
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
                             absl::ToUnixMicros(DayBegin(asked.now))}));
  return absl::OkStatus();
}

absl::Status Permits::Gather(Asked& asked) const {
  if (!asked.IsOwn()) return absl::OkStatus();
  rules::PermitFacts& facts = asked.facts;
  const auto& before = asked.before.of_request;
  if (asked.before.open_until_us != 0)
    facts.open_permit_expire_time = absl::FromUnixMicros(asked.before.open_until_us);
  asked.looks_at_void_permits = asked.before.any_void;
  if (!before.has_value()) LookAtBudget(asked);
  RETURN_IF_ERROR(judge_.Look(asked.transaction.connection(), asked));
  // What was said yes to before was another number.
  if (before.has_value() && before->number_digest != asked.target.number_digest)
    facts.contact_point_usable = false;
  return absl::OkStatus();
}

// Harvest: who gives back what it was shown has been shown it all the same.
void Permits::LookAtBudget(Asked& asked) const {
  const auto& terms = asked.contract->contract.permits();
  const absl::Time now = asked.now;
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

absl::StatusOr<v1::Denial> Permits::Refuse(Asked& asked,
                                           const std::vector<v1::Denial::Reason>& reasons) const {
  storage::Transaction& transaction = asked.transaction;
  const v1::Denial denial = rules::MakeDenial(reasons, asked.facts);
  const std::string actor = ActorOfVendor(asked.vendor_id);
  const auto& before = asked.before.of_request;
  if (before.has_value() && before->state == PermitState::kOpen)
    RETURN_IF_ERROR(
        VoidPermit(transaction, actor, *before, v1::AuditEvent::PermitVoided::CAUSE_REFUSED));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_REFUSED, actor);
  event.set_vendor_id(std::string(asked.vendor_id));
  event.set_account_id(asked.assignment.account_id);
  event.set_assignment_id(asked.assignment.assignment_id);
  event.set_subject_id(asked.request.request_id());
  auto& refused = *event.mutable_permit_refused();
  *refused.mutable_reasons() = denial.all_reasons();
  for (const auto& pack : asked.where.packs) refused.add_packs(rules::NameOf(*pack));
  for (const auto& refusal : denial.refusals()) refused.add_rules(refusal.rule_id());
  for (const std::string& rule_id : asked.untold_rules) refused.add_rules(rule_id);
  if (asked.begin > asked.now) refused.set_begin_us(absl::ToUnixMicros(asked.begin));
  RETURN_IF_ERROR(audit::RecordBounded(transaction, std::move(event)));
  if (absl::c_linear_search(denial.all_reasons(), v1::Denial::REASON_BUDGET_SPENT))
    ++PermitBudget::Of(transaction, asked.vendor_id).added.refused;
  ++assignments::VendorCounter::Of(transaction, asked.vendor_id).permits_refused;
  CountDenial(transaction, asked.vendor_id, denial);
  return denial;
}

// At the first and at the last moment at which the contact may begin.
bool Permits::IsConsented(const Asked& asked) {
  const absl::Time last = asked.facts.decision.allowed_until - absl::Microseconds(1);
  return rules::IsUnderConsent(asked.where.packs, asked.rule_facts, asked.begin) &&
         rules::IsUnderConsent(asked.where.packs, asked.rule_facts, last);
}

absl::StatusOr<v1::Permit> Permits::Give(Asked& asked) const {
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
  permit.contact_point_id = asked.target.contact_point_id;
  permit.number_digest = asked.target.number_digest;
  permit.collector_kind = asked.contract->CollectorKind();
  permit.channel = asked.request.channel();
  permit.contact_kind = asked.target.kind;
  permit.act = asked.request.act();
  permit.party = asked.target.party;
  permit.party_id = asked.request.party_id();
  permit.consented = IsConsented(asked);
  permit.sub_contractor = asked.request.sub_contractor_id();
  permit.contract_version = asked.contract->version;
  permit.attempts = asked.attempts;
  permit.give_time_us = transaction.now_us();
  permit.begin_time_us = absl::ToUnixMicros(asked.begin);
  permit.expire_time_us = absl::ToUnixMicros(asked.facts.decision.allowed_until);
  if (asked.plan.hours_size() > 0) permit.plan = asked.plan.SerializeAsString();
  RETURN_IF_ERROR(InsertPermit(transaction, permit));
  const v1::Permit described = Describe(asked, permit, ShowsNumber(*asked.contract));
  RETURN_IF_ERROR(NoteNumberShown(asked, permit, described));
  v1::AuditEvent event =
      audit::Event(v1::AuditEvent::KIND_PERMIT_GIVEN, ActorOfVendor(asked.vendor_id));
  event.set_vendor_id(std::string(asked.vendor_id));
  event.set_account_id(assignment.account_id);
  event.set_person_id(assignment.person_id);
  event.set_assignment_id(assignment.assignment_id);
  event.set_subject_id(permit.permit_id);
  auto& given = *event.mutable_permit_given();
  given.set_contact_point_id(permit.contact_point_id);
  given.set_party(permit.party);
  given.set_channel(permit.channel);
  given.set_at_work(IsAtWork(permit.contact_kind));
  if (asked.attempts > 1) given.set_attempts(asked.attempts);
  given.set_number_shown(described.has_dial());
  given.set_contract_version(permit.contract_version);
  given.set_expire_us(permit.expire_time_us);
  if (permit.begin_time_us > permit.give_time_us) given.set_begin_us(permit.begin_time_us);
  *given.mutable_zone_bases() = asked.facts.clocks.bases();
  given.set_region_unknown(asked.where.region_unknown);
  given.set_rules_of_elsewhere(asked.where.elsewhere);
  for (const auto& pack : asked.where.packs) given.add_packs(rules::NameOf(*pack));
  for (const rules::Finding& finding : asked.facts.decision.warnings)
    given.add_warnings(finding.rule->rule_id());
  audit::Record(transaction, std::move(event));
  ++PermitBudget::Of(transaction, asked.vendor_id).added.given;
  ++assignments::VendorCounter::Of(transaction, asked.vendor_id).permits_given;
  CountGiven(transaction, asked.vendor_id, described);
  return described;
}

// A repeated answer shows the number again only where the first one did.
absl::Status Permits::NoteNumberShown(const Asked& asked, const PermitRow& permit,
                                      const v1::Permit& described) const {
  if (!described.has_dial()) return absl::OkStatus();
  return answers_.Write(asked.transaction,
                        disclosures::Answer{.kind = v1::DisclosureLine::KIND_PERMIT,
                                            .shown_to = ActorOfVendor(asked.vendor_id),
                                            .person_id = permit.person_id,
                                            .account_id = permit.account_id,
                                            .assignment_id = permit.assignment_id,
                                            .subject_id = permit.permit_id,
                                            .fields = ShownBits({v1::SHOWN_FIELD_DIAL}),
                                            .contract_version = permit.contract_version,
                                            .shown = described.dial()});
}

v1::Permit Permits::Describe(const Asked& asked, const PermitRow& permit, bool show_number) const {
  v1::Permit described;
  described.set_permit_id(permit.permit_id);
  *described.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(permit.expire_time_us);
  if (permit.begin_time_us > absl::ToUnixMicros(asked.now)) {
    *described.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(permit.begin_time_us);
  }
  if (show_number && asked.target.is_number()) {
    described.set_dial(asked.target.value);
  } else if (!asked.target.value.empty()) {
    described.set_trunk_token(TrunkTokenOf(trunk_key_.view(), permit.permit_id));
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
  const bool counts = permit->state == PermitState::kVoid && permit->attempts > 0;
  if (permit->state != PermitState::kOpen && !counts) return absl::OkStatus();
  if (counts) {
    RETURN_IF_ERROR(MarkVoidUnused(transaction, permit_id));
  } else {
    RETURN_IF_ERROR(MarkReleased(transaction, permit_id));
    if (permit->outcome_id.empty()) ++PermitBudget::Of(transaction, vendor_id).added.unused;
  }
  v1::AuditEvent event =
      audit::Event(v1::AuditEvent::KIND_PERMIT_RELEASED, ActorOfVendor(vendor_id));
  event.set_vendor_id(std::string(vendor_id));
  event.set_assignment_id(permit->assignment_id);
  event.set_subject_id(std::string(permit_id));
  audit::Record(transaction, std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Permits::ReviewAfter(storage::Transaction& transaction,
                                             const contacts::ContactRow& made) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(auto open, OpenPermitsOfPerson(connection, made.person_id));
  // The account may be another one's by now, for whom it counts as well.
  ASSIGN_OR_RETURN(const auto owner, book_.HoldOwner(transaction, made.account_id));
  if (owner.has_value() && owner->person_id != made.person_id) {
    ASSIGN_OR_RETURN(auto of_owner, OpenPermitsOfPerson(connection, owner->person_id));
    std::move(of_owner.begin(), of_owner.end(), std::back_inserter(open));
  }
  if (!made.number_digest.empty()) {
    // Whoever is just deciding about the number does not know of the contact yet.
    const storage::Key number = book::NumberKey(made.number_digest, book::Sharing::kShared);
    RETURN_IF_ERROR(transaction.Hold({&number, 1}));
    ASSIGN_OR_RETURN(auto at_number,
                     ReservedOfNumber(connection, made.number_digest, transaction.now()));
    for (PermitRow& permit : at_number) {
      if (permit.person_id != made.person_id && permit.state == PermitState::kOpen)
        open.push_back(std::move(permit));
    }
  }
  int64_t voided = 0;
  for (const PermitRow& permit : open) {
    ASSIGN_OR_RETURN(const bool is_void, Review(transaction, permit.permit_id, Packs::kAll));
    if (is_void) ++voided;
  }
  return voided;
}

v1::RequestPermitRequest Permits::RequestOf(const PermitRow& permit) {
  v1::RequestPermitRequest request;
  request.set_contact_point_id(permit.contact_point_id);
  request.set_channel(permit.channel);
  request.set_act(permit.act);
  request.set_party(permit.party);
  request.set_party_id(permit.party_id);
  request.set_sub_contractor_id(permit.sub_contractor);
  *request.mutable_begin_no_earlier_than() =
      TimeUtil::MicrosecondsToTimestamp(permit.begin_time_us);
  return request;
}

absl::StatusOr<bool> Permits::Review(storage::Transaction& transaction, std::string_view permit_id,
                                     Packs heard) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto permit, HoldOpen(transaction, permit_id));
  if (!permit.has_value()) return false;
  const v1::RequestPermitRequest request = RequestOf(*permit);
  Judgement judgement{permit->vendor_id, request, transaction.now()};
  ASSIGN_OR_RETURN(judgement.contract,
                   contracts_.FindAt(connection, permit->vendor_id, transaction.now()));
  ASSIGN_OR_RETURN(auto assignment, assignments::FindAssignment(connection, permit->assignment_id));
  if (judgement.contract == nullptr || !assignment.has_value()) return false;
  judgement.assignment = *std::move(assignment);
  RETURN_IF_ERROR(Aim(transaction, judgement));
  // It may have run out while the number was waited for.
  if (permit->expire_time_us <= transaction.now_us()) return false;
  RETURN_IF_ERROR(judge_.Look(connection, judgement));
  rules::Packs packs = judgement.where.packs;
  if (heard == Packs::kThatVoid)
    std::erase_if(packs, [](const auto& pack) { return !pack->pack().voids_open_permits(); });
  if (packs.empty() || !judgement.facts.assignment_live) return false;
  const bool stands =
      rules::StandsStill(packs, judgement.rule_facts, HoursLeft(*permit, judgement.begin),
                         static_cast<int>(permit->attempts));
  if (stands) return false;
  RETURN_IF_ERROR(
      VoidPermit(transaction, "hub", *permit, v1::AuditEvent::PermitVoided::CAUSE_RULE));
  return true;
}

}  // namespace switchboard::permits
