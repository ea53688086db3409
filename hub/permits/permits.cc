#include "hub/permits/permits.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/rules/permit_decision.h"
#include "hub/stops/stops.h"

namespace switchboard::permits {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;

constexpr char kSelectOpenOfPerson[] =
    "SELECT permit_id, vendor_id, assignment_id, account_id, work_type, contact_point_id, "
    "expire_time FROM permit "
    "WHERE person_id = $1 AND state = 1 ORDER BY permit_id";
constexpr char kSelectOpen[] =
    "SELECT permit_id, vendor_id, assignment_id, account_id, work_type, contact_point_id, "
    "expire_time FROM permit "
    "WHERE state = 1 ORDER BY permit_id";
constexpr char kSetState[] = "UPDATE permit SET state = $1 WHERE permit_id = $2 AND state = 1";
constexpr char kUse[] =
    "UPDATE permit SET state = 2 WHERE permit_id = $1 AND (state = 1 OR state = 5)";
constexpr char kExpire[] = "UPDATE permit SET state = 5 WHERE state = 1 AND expire_time <= $1";
constexpr char kSelectToExpire[] =
    "SELECT permit_id FROM permit WHERE state = 1 AND expire_time <= $1 LIMIT 1";
constexpr char kSelectById[] =
    "SELECT permit_id, assignment_id, person_id, state, give_time, expire_time FROM permit "
    "WHERE permit_id = $1 AND vendor_id = $2";
constexpr char kSelectByRequest[] =
    "SELECT permit_id, assignment_id, person_id, contact_point_id, state, expire_time FROM permit "
    "WHERE vendor_id = $1 AND request_id = $2";
constexpr char kSelectLatestExpiry[] =
    "SELECT MAX(expire_time) FROM permit WHERE person_id = $1 AND state = 1";
constexpr char kInsert[] =
    "INSERT INTO permit (permit_id, vendor_id, request_id, assignment_id, person_id, account_id, "
    "work_type, "
    "contact_point_id, state, give_time, expire_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, "
    "$9, $10)";
struct OpenPermit {
  std::string permit_id;
  std::string vendor_id;
  std::string assignment_id;
  std::string account_id;
  v1::WorkType work_type;
  std::string contact_point_id;
  int64_t expire_time_us;
};

bool Matches(const PermitFilter& filter, const OpenPermit& permit) {
  auto fits = [](const std::string& wanted, const std::string& actual) {
    return wanted.empty() || wanted == actual;
  };
  return fits(filter.account_id, permit.account_id) &&
         fits(filter.assignment_id, permit.assignment_id) &&
         fits(filter.contact_point_id, permit.contact_point_id) &&
         fits(filter.vendor_id, permit.vendor_id) &&
         (filter.work_type == v1::WORK_TYPE_UNSPECIFIED || filter.work_type == permit.work_type);
}

absl::Status SetState(storage::Transaction& transaction, std::string_view permit_id,
                      PermitState state) {
  return transaction.Execute(kSetState, {static_cast<int64_t>(state), permit_id}).status();
}

std::string_view ValueOf(const v1::ContactPoint& point) {
  return point.has_phone() ? point.phone() : point.email();
}

const v1::ContactPoint* FindContactPoint(const v1::Person& person,
                                         std::string_view contact_point_id) {
  for (const auto& point : person.contact_points()) {
    if (point.contact_point_id() == contact_point_id) return &point;
  }
  return nullptr;
}

std::string ActorOf(std::string_view vendor_id) { return "vendor/" + std::string(vendor_id); }

}  // namespace

absl::StatusOr<int64_t> VoidPermits(storage::Transaction& transaction, std::string_view actor,
                                    const PermitFilter& filter) {
  std::vector<OpenPermit> found;
  auto visit = [&](const Row& row) {
    OpenPermit permit{std::string(row.Text(0)),
                      std::string(row.Text(1)),
                      std::string(row.Text(2)),
                      std::string(row.Text(3)),
                      static_cast<v1::WorkType>(row.Integer(4)),
                      std::string(row.Text(5)),
                      row.Integer(6)};
    if (Matches(filter, permit)) found.push_back(std::move(permit));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(filter.person_id.empty()
                      ? transaction.Query(kSelectOpen, {}, visit)
                      : transaction.Query(kSelectOpenOfPerson, {filter.person_id}, visit));
  int64_t voided = 0;
  for (const OpenPermit& permit : found) {
    // Its time is up: it was used in its time or not at all, which an outcome may still tell.
    if (permit.expire_time_us <= transaction.now_us()) continue;
    RETURN_IF_ERROR(SetState(transaction, permit.permit_id, PermitState::kVoid));
    ++voided;
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_VOIDED, actor);
    event.set_vendor_id(permit.vendor_id);
    event.set_account_id(permit.account_id);
    event.set_assignment_id(permit.assignment_id);
    event.set_subject_id(permit.permit_id);
    audit::Record(transaction, std::move(event));
  }
  return voided;
}

absl::StatusOr<std::map<std::string, NamedPermit, std::less<>>> FindPermits(
    storage::Connection& connection, std::string_view vendor_id,
    const std::vector<std::string>& permit_ids) {
  std::vector<std::vector<Value>> sets;
  for (const std::string& permit_id : permit_ids) sets.push_back({permit_id, vendor_id});
  std::map<std::string, NamedPermit, std::less<>> found;
  RETURN_IF_ERROR(connection.QueryMany(kSelectById, sets, [&](size_t, const Row& row) {
    NamedPermit permit{std::string(row.Text(0)), std::string(row.Text(1)),
                       std::string(row.Text(2)), static_cast<PermitState>(row.Integer(3)),
                       row.Integer(4),           row.Integer(5)};
    found.emplace(permit.permit_id, std::move(permit));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<NamedPermit>> FindPermit(storage::Connection& connection,
                                                      std::string_view vendor_id,
                                                      std::string_view permit_id) {
  ASSIGN_OR_RETURN(auto found, FindPermits(connection, vendor_id, {std::string(permit_id)}));
  if (found.empty()) return std::nullopt;
  return std::move(found.begin()->second);
}

absl::Status UsePermits(storage::Transaction& transaction,
                        const std::vector<std::string>& permit_ids) {
  std::vector<std::vector<Value>> sets;
  for (const std::string& permit_id : permit_ids) sets.push_back({permit_id});
  return transaction.connection().ExecuteMany(kUse, sets).status();
}

absl::Status ExpirePermits(storage::Transaction& transaction) {
  return transaction.Execute(kExpire, {transaction.now_us()}).status();
}

absl::StatusOr<bool> AnyPermitsToExpire(storage::Connection& connection, absl::Time now) {
  bool any = false;
  RETURN_IF_ERROR(connection.Query(kSelectToExpire, {absl::ToUnixMicros(now)}, [&](const Row&) {
    any = true;
    return absl::OkStatus();
  }));
  return any;
}

// One request, with what was found about it.
struct Permits::Asked {
  std::string_view vendor_id;
  const v1::RequestPermitRequest& request;
  assignments::Assignment assignment;  // as far as it is the vendor's own
  std::string value;            // number or address of the contact point
  PermitFacts facts;
};

absl::StatusOr<v1::RequestPermitResponse> Permits::Request(
    storage::Transaction& transaction, std::string_view vendor_id,
    const v1::RequestPermitRequest& request) const {
  RETURN_IF_ERROR(HoldSubjects(transaction, vendor_id, request.assignment_id()));
  ASSIGN_OR_RETURN(auto repeat, Repeat(transaction, vendor_id, request));
  if (repeat.has_value()) return *std::move(repeat);
  Asked asked{vendor_id, request, {}, {}, {}};
  RETURN_IF_ERROR(Gather(transaction, asked));
  const auto reasons = ReasonsAgainst(asked.facts, transaction.now());
  if (reasons.empty()) return Give(transaction, asked);
  v1::RequestPermitResponse response;
  *response.mutable_denial() = MakeDenial(reasons, asked.facts);
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_REFUSED, ActorOf(vendor_id));
  event.set_vendor_id(std::string(vendor_id));
  event.set_account_id(asked.assignment.account_id);
  event.set_assignment_id(asked.assignment.assignment_id);
  event.set_subject_id(request.request_id());
  event.set_detail(absl::StrJoin(reasons, " ", [](std::string* out, v1::Denial::Reason reason) {
    absl::StrAppend(out, v1::Denial::Reason_Name(reason));
  }));
  audit::Record(transaction, std::move(event));
  assignments::VendorCounter::Count(transaction, vendor_id, &assignments::VendorCounter::permits_refused, 1);
  return response;
}

// What never changes of an assignment says whose decision must wait for this one, and this one for
// whose.
absl::Status Permits::HoldSubjects(storage::Transaction& transaction, std::string_view vendor_id,
                                   std::string_view assignment_id) const {
  ASSIGN_OR_RETURN(const auto assignment,
                   assignments::FindAssignment(transaction.connection(), assignment_id));
  if (!assignment.has_value() || assignment->vendor_id != vendor_id) return absl::OkStatus();
  const storage::Key keys[] = {book::PersonKey(assignment->person_id),
                               book::VendorKey(vendor_id, book::Sharing::kShared),
                               book::WorkTypeKey(assignment->work_type, book::Sharing::kShared)};
  return transaction.Hold(keys);
}

absl::StatusOr<std::optional<v1::RequestPermitResponse>> Permits::Repeat(
    storage::Transaction& transaction, std::string_view vendor_id,
    const v1::RequestPermitRequest& request) const {
  std::string permit_id, person_id;
  bool same = false, open = false;
  int64_t expire_time_us = 0;
  RETURN_IF_ERROR(
      transaction.Query(kSelectByRequest, {vendor_id, request.request_id()}, [&](const Row& row) {
        permit_id = row.Text(0);
        same = row.Text(1) == request.assignment_id() && row.Text(3) == request.contact_point_id();
        person_id = row.Text(2);
        expire_time_us = row.Integer(5);
        open = row.Integer(4) == static_cast<int64_t>(PermitState::kOpen) &&
               expire_time_us > transaction.now_us();
        return absl::OkStatus();
      }));
  if (permit_id.empty()) return std::nullopt;
  if (!same || !open) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 "request_id: was used before for another contact, or its permit is no longer "
                 "open; make a new one",
                 {{"field", "request_id"}});
  }
  ASSIGN_OR_RETURN(const v1::Person person, book_.ReadPerson(transaction.connection(), person_id));
  const v1::ContactPoint* point = FindContactPoint(person, request.contact_point_id());
  v1::RequestPermitResponse response;
  ASSIGN_OR_RETURN(*response.mutable_permit(),
                   Describe(transaction, vendor_id, permit_id, expire_time_us,
                            point == nullptr ? std::string_view() : ValueOf(*point)));
  return response;
}

absl::Status Permits::Gather(storage::Transaction& transaction, Asked& asked) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(auto assignment,
                   assignments::FindAssignment(connection, asked.request.assignment_id()));
  if (!assignment.has_value() || assignment->vendor_id != asked.vendor_id) return absl::OkStatus();
  asked.assignment = *std::move(assignment);
  PermitFacts& facts = asked.facts;
  facts.assignment_live = asked.assignment.live;
  if (asked.assignment.expire_time_us != 0)
    facts.expire_time = absl::FromUnixMicros(asked.assignment.expire_time_us);
  const std::string& person_id = asked.assignment.person_id;
  ASSIGN_OR_RETURN(const auto stopped,
                   StoppedAmong(connection, {StopSubject::Person(person_id),
                                             StopSubject::Account(asked.assignment.account_id),
                                             StopSubject::ContactPoint(
                                                 person_id, asked.request.contact_point_id()),
                                             StopSubject::Vendor(asked.vendor_id),
                                             StopSubject::WorkType(asked.assignment.work_type)}));
  facts.stopped = !stopped.empty();
  ASSIGN_OR_RETURN(const v1::Person person, book_.ReadPerson(connection, person_id));
  const v1::ContactPoint* point = FindContactPoint(person, asked.request.contact_point_id());
  facts.contact_point_usable = point != nullptr && point->state() != v1::ContactPoint::STATE_BAD;
  if (point != nullptr) asked.value = ValueOf(*point);
  return transaction.Query(kSelectLatestExpiry, {person_id}, [&](const Row& row) {
    if (!row.IsNull(0)) facts.open_permit_expire_time = absl::FromUnixMicros(row.Integer(0));
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::RequestPermitResponse> Permits::Give(storage::Transaction& transaction,
                                                        const Asked& asked) const {
  ASSIGN_OR_RETURN(auto contract, contracts_.Find(transaction.connection(), asked.vendor_id));
  const std::string permit_id = ids_.Next();
  const int64_t lifetime_us =
      TimeUtil::DurationToMicroseconds(contract->contract.permits().lifetime());
  const int64_t expire_time_us = transaction.now_us() + lifetime_us;
  const assignments::Assignment& assignment = asked.assignment;
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert,
                   {permit_id, asked.vendor_id, asked.request.request_id(),
                    assignment.assignment_id, assignment.person_id, assignment.account_id,
                    static_cast<int64_t>(assignment.work_type), asked.request.contact_point_id(),
                    transaction.now_us(), expire_time_us})
          .status());
  v1::RequestPermitResponse response;
  ASSIGN_OR_RETURN(*response.mutable_permit(),
                   Describe(transaction, asked.vendor_id, permit_id, expire_time_us, asked.value));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_GIVEN, ActorOf(asked.vendor_id));
  event.set_vendor_id(std::string(asked.vendor_id));
  event.set_account_id(assignment.account_id);
  event.set_person_id(assignment.person_id);
  event.set_assignment_id(assignment.assignment_id);
  event.set_subject_id(permit_id);
  event.set_detail(
      absl::StrCat("contact_point=", asked.request.contact_point_id(),
                   response.permit().has_dial() ? " number=shown" : " number=withheld"));
  audit::Record(transaction, std::move(event));
  assignments::VendorCounter::Count(transaction, asked.vendor_id, &assignments::VendorCounter::permits_given, 1);
  return response;
}

absl::StatusOr<v1::Permit> Permits::Describe(storage::Transaction& transaction,
                                             std::string_view vendor_id,
                                             const std::string& permit_id, int64_t expire_time_us,
                                             std::string_view value) const {
  ASSIGN_OR_RETURN(auto contract, contracts_.Find(transaction.connection(), vendor_id));
  v1::Permit permit;
  permit.set_permit_id(permit_id);
  *permit.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(expire_time_us);
  if (contract->contract.permits().dial() == v1::Contract::PermitTerms::DIAL_NUMBER) {
    permit.set_dial(value.data(), value.size());
  } else {
    // The trunk asks the hub what the permit stands for; the vendor only passes it on.
    permit.set_trunk_token(permit_id);
  }
  return permit;
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
  RETURN_IF_ERROR(SetState(transaction, permit_id, PermitState::kReleased));
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERMIT_RELEASED, ActorOf(vendor_id));
  event.set_vendor_id(std::string(vendor_id));
  event.set_assignment_id(permit->assignment_id);
  event.set_subject_id(std::string(permit_id));
  audit::Record(transaction, std::move(event));
  return absl::OkStatus();
}

}  // namespace switchboard::permits
