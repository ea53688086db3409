#include "hub/permits/permits.h"

#include <algorithm>
#include <vector>

#include "absl/algorithm/container.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/bounded_record.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/number_stops.h"
#include "hub/permits/permit_budget.h"
#include "hub/permits/trunk_token.h"
#include "hub/rules/permit_decision.h"
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

}  // namespace

// One request, with what was found about it.
struct Permits::Asked {
  storage::Transaction& transaction;
  std::string_view vendor_id;
  const v1::RequestPermitRequest& request;
  contracts::Contracts::Compiled contract;
  PermitsBefore before;
  assignments::Assignment assignment;  // as far as it is the vendor's own
  std::string value;                   // number or address of the contact point …
  std::string number_digest;           // … and its digest
  bool is_number = false;
  rules::PermitFacts facts;

  bool IsOwn() const { return !assignment.assignment_id.empty(); }
};

absl::StatusOr<v1::RequestPermitResponse> Permits::Request(
    storage::Transaction& transaction, std::string_view vendor_id,
    const v1::RequestPermitRequest& request) const {
  Asked asked{transaction, vendor_id, request, nullptr, {}, {}, {}, {}, false, {}};
  RETURN_IF_ERROR(HoldSubjects(asked));
  ASSIGN_OR_RETURN(asked.contract,
                   contracts_.InForce(transaction.connection(), vendor_id, transaction.now()));
  RETURN_IF_ERROR(LookAtBefore(asked));
  const auto& before = asked.before.of_request;
  if (before.has_value()) {
    const bool same = before->contact_point_id == request.contact_point_id();
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
  storage::Connection& connection = asked.transaction.connection();
  rules::PermitFacts& facts = asked.facts;
  facts.assignment_live = asked.assignment.live;
  if (asked.assignment.expire_time_us != 0)
    facts.expire_time = absl::FromUnixMicros(asked.assignment.expire_time_us);
  const std::string& person_id = asked.assignment.person_id;
  ASSIGN_OR_RETURN(const v1::Person person, book_.ReadPerson(connection, person_id));
  facts.allowed = asked.contract->Allows(asked.assignment.work_type, person.language());
  RETURN_IF_ERROR(LookAtContactPoint(asked, person));
  const std::vector<StopSubject> subjects = {
      StopSubject::Person(person_id),
      StopSubject::Account(asked.assignment.account_id),
      StopSubject::ContactPoint(person_id, asked.request.contact_point_id()),
      StopSubject::Number(asked.number_digest),
      StopSubject::NumberOfPerson(person_id, asked.number_digest),
      StopSubject::Vendor(asked.vendor_id),
      StopSubject::WorkType(asked.assignment.work_type)};
  ASSIGN_OR_RETURN(const auto stops, stops::StopsOn(connection, subjects));
  for (const stops::Stop& stop : stops) {
    // A wrong or dead number is no stop on the person: another way may be tried.
    if (IsUnusableNumber(stop.reason)) {
      facts.contact_point_usable = false;
    } else {
      facts.stopped = true;
    }
  }
  if (asked.before.open_until_us != 0)
    facts.open_permit_expire_time = absl::FromUnixMicros(asked.before.open_until_us);
  if (!asked.before.of_request.has_value()) LookAtBudget(asked);
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

absl::Status Permits::LookAtContactPoint(Asked& asked, const v1::Person& person) const {
  for (const auto& point : person.contact_points()) {
    if (point.contact_point_id() != asked.request.contact_point_id()) continue;
    asked.is_number = point.has_phone();
    asked.value = point.has_phone() ? point.phone() : point.email();
    asked.number_digest = book_.NumberDigest(point);
    asked.facts.contact_point_usable = point.state() != v1::ContactPoint::STATE_BAD;
  }
  // What was said yes to before was another number.
  const auto& before = asked.before.of_request;
  if (before.has_value() && before->number_digest != asked.number_digest)
    asked.facts.contact_point_usable = false;
  if (asked.number_digest.empty()) return absl::OkStatus();
  const storage::Key number = book::NumberKey(asked.number_digest, book::Sharing::kShared);
  return asked.transaction.Hold({&number, 1});
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
  *event.mutable_permit_refused()->mutable_reasons() = denial.all_reasons();
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
  permit.number_digest = asked.number_digest;
  permit.contract_version = asked.contract->version;
  permit.give_time_us = transaction.now_us();
  permit.expire_time_us = transaction.now_us() + TimeUtil::DurationToMicroseconds(
                                                     asked.contract->contract.permits().lifetime());
  RETURN_IF_ERROR(InsertPermit(transaction, permit));
  v1::RequestPermitResponse response;
  *response.mutable_permit() = Describe(asked, permit, ShowsNumber(*asked.contract));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_GIVEN, ActorOf(asked.vendor_id));
  event.set_vendor_id(std::string(asked.vendor_id));
  event.set_account_id(assignment.account_id);
  event.set_person_id(assignment.person_id);
  event.set_assignment_id(assignment.assignment_id);
  event.set_subject_id(permit.permit_id);
  event.mutable_permit_given()->set_contact_point_id(permit.contact_point_id);
  event.mutable_permit_given()->set_number_shown(response.permit().has_dial());
  event.mutable_permit_given()->set_contract_version(permit.contract_version);
  audit::Record(transaction, std::move(event));
  ++PermitBudget::Of(transaction, asked.vendor_id).added.given;
  ++assignments::VendorCounter::Of(transaction, asked.vendor_id).permits_given;
  return response;
}

v1::Permit Permits::Describe(const Asked& asked, const PermitRow& permit, bool show_number) const {
  v1::Permit described;
  described.set_permit_id(permit.permit_id);
  *described.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(permit.expire_time_us);
  if (show_number && asked.is_number) {
    described.set_dial(asked.value);
  } else {
    described.set_trunk_token(TrunkTokenOf(trunk_key_, permit.permit_id));
  }
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
