#include "hub/unmasking/unmaskings.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/recalls.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/bounded_record.h"
#include "hub/base/actor.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/id_text.h"
#include "hub/book/holds.h"
#include "hub/masking/shown_fields.h"
#include "hub/masking/unmask_answer.h"
#include "hub/stops/stops.h"
#include "hub/unmasking/decision.h"

namespace switchboard::unmasking {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using Response = v1::RequestUnmaskingResponse;
using masking::ToVendor;
using masking::UnmaskAnswer;

constexpr absl::Duration kHour = absl::Hours(1);
constexpr absl::Duration kDay = absl::Hours(24);

// Of UTC's hour or day.
absl::Time BeginOf(absl::Time time, absl::Duration period) {
  return time - (time - absl::UnixEpoch()) % period;
}

Timestamp Moment(int64_t time_us) { return TimeUtil::MicrosecondsToTimestamp(time_us); }

absl::Status RequestIdUsed() {
  return FieldInvalid({"request_id", "was used before for something else; make a new one"});
}

absl::Status NotAllowed() {
  return Error(absl::StatusCode::kPermissionDenied, "UNMASKING_NOT_ALLOWED",
               "the contract does not let one of these classes be unmasked in such work, or a stop "
               "lies on the person or the account");
}

absl::Status NotWaiting() {
  return Error(absl::StatusCode::kFailedPrecondition, "UNMASKING_NOT_WAITING",
               "it was decided otherwise, needs no word, or a day has passed");
}

absl::Status Unknown() {
  return Error(absl::StatusCode::kNotFound, "UNMASKING_UNKNOWN", "there is no such request");
}

absl::Status TooMany(std::string_view of_what, absl::Time now, absl::Duration period) {
  return ExhaustedError("TOO_MANY_UNMASKINGS",
                        "as many as the contract allows " + std::string(of_what),
                        BeginOf(now, period) + period - now);
}

// What the log says of one.
v1::AuditEvent EventOf(const UnmaskingRow& row, std::string_view actor) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_UNMASKING, actor);
  event.set_vendor_id(row.vendor_id);
  event.set_account_id(row.account_id);
  event.set_person_id(row.person_id);
  event.set_assignment_id(row.assignment_id);
  event.set_subject_id(row.unmasking_id);
  v1::UnmaskingStep& step = *event.mutable_unmasking();
  step.set_state(row.state);
  step.set_reason(row.reason);
  for (const v1::DataClass data_class : row.classes) step.add_classes(data_class);
  step.set_until_us(row.until_time_us);
  step.set_contract_version(row.contract_version);
  return event;
}

}  // namespace

// One request on its way.
struct Unmaskings::Asked {
  storage::Transaction& transaction;
  std::string_view vendor_id;
  const v1::RequestUnmaskingRequest& request;
  contracts::Contracts::Compiled contract{};
  assignments::Assignment assignment{};
  v1::Person person{};
  v1::Account account{};
  UnmaskingRow row{};
  bool is_new = true;
  UnmaskTerms terms{};
  UnmaskingFacts facts{};
};

absl::StatusOr<ToVendor<Response>> Unmaskings::Request(storage::Transaction& transaction,
                                                       std::string_view vendor_id,
                                                       const v1::RequestUnmaskingRequest& request,
                                                       masking::WithheldAnswer& withheld) const {
  Asked asked{transaction, vendor_id, request};
  RETURN_IF_ERROR(ReadWork(asked));
  RETURN_IF_ERROR(ReadBefore(asked));
  RETURN_IF_ERROR(ReadFacts(asked));
  switch (Judge(asked.terms, asked.facts, transaction.now())) {
    case Verdict::kShow:
      return Show(asked, withheld);
    case Verdict::kWait:
      RETURN_IF_ERROR(Keep(asked, Response::STATE_WAITING, ""));
      return UnmaskAnswer::Without(Response::STATE_WAITING);
    case Verdict::kRefused:
      return UnmaskAnswer::Without(Response::STATE_REFUSED);
    case Verdict::kEnded:
      RETURN_IF_ERROR(Keep(asked, Response::STATE_ENDED, ""));
      return UnmaskAnswer::Without(Response::STATE_ENDED);
    case Verdict::kNotAllowed:
      return NotAllowed();
    case Verdict::kAccountSpent:
      return TooMany("for the account today", transaction.now(), kDay);
    case Verdict::kHourSpent:
      return TooMany("in this hour", transaction.now(), kHour);
  }
  SWITCHBOARD_ASSERT(false);
}

// What never changes of an assignment says whom to hold.
absl::Status Unmaskings::ReadWork(Asked& asked) const {
  storage::Transaction& transaction = asked.transaction;
  storage::Connection& connection = transaction.connection();
  const std::string& assignment_id = asked.request.assignment_id();
  ASSIGN_OR_RETURN(auto found, assignments::FindAssignment(connection, assignment_id));
  const auto is_own = [&] { return found.has_value() && found->vendor_id == asked.vendor_id; };
  if (is_own()) {
    const storage::Key keys[] = {book::PersonKey(found->person_id),
                                 book::VendorKey(asked.vendor_id, book::Sharing::kShared),
                                 book::WorkTypeKey(found->work_type, book::Sharing::kShared)};
    RETURN_IF_ERROR(transaction.Hold(keys));
    if (!transaction.alone()) {
      ASSIGN_OR_RETURN(found, assignments::FindAssignment(connection, assignment_id));
    }
  }
  ASSIGN_OR_RETURN(asked.contract,
                   contracts_.InForce(connection, asked.vendor_id, transaction.now()));
  if (!is_own() || !found->live) return assignments::AssignmentUnknown();
  asked.assignment = *std::move(found);
  const auto unknown = [](const absl::Status& status) {
    return absl::IsNotFound(status) ? assignments::AssignmentUnknown() : status;
  };
  auto person = book_.ReadPerson(connection, asked.assignment.person_id);
  if (!person.ok()) return unknown(person.status());
  auto account = book_.ReadAccount(connection, asked.assignment.account_id);
  if (!account.ok()) return unknown(account.status());
  asked.person = *std::move(person);
  asked.account = *std::move(account);
  return absl::OkStatus();
}

// What the same request came to before, or a new one.
absl::Status Unmaskings::ReadBefore(Asked& asked) const {
  const v1::RequestUnmaskingRequest& request = asked.request;
  std::vector<v1::DataClass> classes;
  for (const int data_class : request.classes())
    classes.push_back(static_cast<v1::DataClass>(data_class));
  std::sort(classes.begin(), classes.end());
  storage::Connection& connection = asked.transaction.connection();
  ASSIGN_OR_RETURN(auto before,
                   FindOfRequest(connection, request.assignment_id(), request.request_id()));
  if (before.has_value()) {
    ASSIGN_OR_RETURN(const std::string agent,
                     sealer_.Open(AgentPlace(before->unmasking_id), before->agent_box, connection));
    if (before->classes != classes || before->reason != request.reason() ||
        agent != request.agent_reference())
      return RequestIdUsed();
    asked.is_new = false;
    asked.row = *std::move(before);
    return absl::OkStatus();
  }
  // The table keeps it in the clear.
  if (GivesAwayPerson(request.request_id(), asked.person)) {
    return FieldInvalid(
        {"request_id", "must hold no number and no mailbox of the person's; indexes keep ids"});
  }
  UnmaskingRow& row = asked.row;
  row.unmasking_id = ids_.NextOf(ShardOf(request.assignment_id()));
  row.vendor_id = asked.vendor_id;
  row.assignment_id = request.assignment_id();
  row.request_id = request.request_id();
  row.person_id = asked.assignment.person_id;
  row.account_id = asked.assignment.account_id;
  row.classes = std::move(classes);
  row.reason = request.reason();
  row.ask_time_us = asked.transaction.now_us();
  return absl::OkStatus();
}

absl::Status Unmaskings::ReadFacts(Asked& asked) const {
  using stops::StopSubject;
  storage::Connection& connection = asked.transaction.connection();
  const absl::Time now = asked.transaction.now();
  const v1::WorkType work_type = asked.assignment.work_type;
  asked.terms = TermsFor(asked.contract->contract, work_type, asked.row.classes);
  asked.facts = FactsOf(asked.row);
  ASSIGN_OR_RETURN(
      const auto stopped,
      stops::StoppedAmong(
          connection,
          {StopSubject::Person(asked.row.person_id), StopSubject::Account(asked.row.account_id),
           StopSubject::Vendor(asked.vendor_id), StopSubject::WorkType(work_type)},
          now));
  asked.facts.stopped = !stopped.empty();
  if (!asked.is_new) return absl::OkStatus();
  ASSIGN_OR_RETURN(const UnmaskingCounts counts,
                   CountSince(connection, asked.vendor_id, asked.row.account_id,
                              BeginOf(now, kHour), BeginOf(now, kDay)));
  asked.facts.of_account = counts.of_account;
  asked.facts.of_vendor = counts.of_vendor;
  return absl::OkStatus();
}

absl::StatusOr<ToVendor<Response>> Unmaskings::Show(Asked& asked,
                                                    masking::WithheldAnswer& withheld) const {
  storage::Transaction& transaction = asked.transaction;
  UnmaskingRow& row = asked.row;
  const absl::Time until = UntilOf(asked.terms, asked.facts, transaction.now());
  const v1::WorkType work_type = asked.assignment.work_type;
  UnmaskAnswer::Shown shown =
      UnmaskAnswer::Of({*asked.contract->maskers.at(work_type), asked.contract->contract, work_type,
                        row.classes, asked.person, asked.account},
                       until, transaction.now());
  if (shown.finding.has_value()) {
    withheld.finding = *shown.finding;
    withheld.row.set_vendor_id(row.vendor_id);
    withheld.row.set_contract_version(asked.contract->version);
    *withheld.row.mutable_assigned() = std::move(shown.assignment);
    withheld.row.mutable_assigned()->set_assignment_id(row.assignment_id);
    return masking::Withheld();
  }
  if (row.show_time_us == 0) row.show_time_us = transaction.now_us();
  row.until_time_us = absl::ToUnixMicros(until);
  disclosures::Answer answer;
  answer.kind = v1::DisclosureLine::KIND_UNMASKED;
  answer.shown_to = ActorOfVendor(asked.vendor_id);
  answer.person_id = row.person_id;
  answer.account_id = row.account_id;
  answer.assignment_id = row.assignment_id;
  answer.subject_id = row.unmasking_id;
  answer.shown = shown.assignment.SerializeAsString();
  answer.fields = masking::ShownFieldsIn(answer.shown);
  answer.contract_version = asked.contract->version;
  answer.until_us = row.until_time_us;
  RETURN_IF_ERROR(answers_.WriteOnce(transaction, answer, row.show_time_us));
  RETURN_IF_ERROR(
      Keep(asked, Response::STATE_SHOWN, disclosures::ShownDigest(sealer_, answer.shown)));
  return std::move(shown.answer);
}

absl::Status Unmaskings::Keep(Asked& asked, State state, const std::string& digest) const {
  UnmaskingRow& row = asked.row;
  const bool changed = asked.is_new || row.state != state;
  if (!changed && digest.empty()) return absl::OkStatus();
  const bool shows_more = !digest.empty() && (changed || !asked.facts.was_shown ||
                                              row.contract_version != asked.contract->version);
  const bool differs = changed || row.contract_version != asked.contract->version ||
                       row.show_time_us != absl::ToUnixMicros(asked.facts.show_time) ||
                       row.until_time_us != absl::ToUnixMicros(asked.facts.until);
  row.state = state;
  row.contract_version = asked.contract->version;
  if (asked.is_new) {
    row.agent_box = sealer_.Seal(asked.transaction, AgentPlace(row.unmasking_id),
                                 asked.request.agent_reference());
    RETURN_IF_ERROR(InsertUnmasking(asked.transaction, row));
  } else if (differs) {
    RETURN_IF_ERROR(UpdateUnmasking(asked.transaction, row));
  }
  v1::AuditEvent event = EventOf(row, ActorOfVendor(asked.vendor_id));
  event.set_digest(digest);
  if (!shows_more) return audit::RecordBounded(asked.transaction, std::move(event));
  // The contract's budgets bound these; behind a crowd of others none may be merely counted.
  audit::Record(asked.transaction, std::move(event));
  return absl::OkStatus();
}

absl::Status Unmaskings::Decide(storage::Transaction& transaction, std::string_view actor,
                                std::string_view unmasking_id, bool agreed) const {
  ASSIGN_OR_RETURN(auto found, FindUnmasking(transaction.connection(), unmasking_id));
  if (!found.has_value()) return Unknown();
  const storage::Key key = book::PersonKey(found->person_id);
  RETURN_IF_ERROR(transaction.Hold({&key, 1}));
  if (!transaction.alone()) {
    ASSIGN_OR_RETURN(found, FindUnmasking(transaction.connection(), unmasking_id));
    if (!found.has_value()) return Unknown();
  }
  UnmaskingRow& row = *found;
  const bool was_agreed = row.state != Response::STATE_REFUSED;
  if (!row.decided_by.empty() && was_agreed == agreed) return absl::OkStatus();
  if (StandingAt(FactsOf(row), transaction.now()) != Response::STATE_WAITING) return NotWaiting();
  row.state = agreed ? Response::STATE_SHOWN : Response::STATE_REFUSED;
  row.decided_by = actor;
  row.decide_time_us = transaction.now_us();
  RETURN_IF_ERROR(UpdateUnmasking(transaction, row));
  audit::Record(transaction, EventOf(row, actor));
  return absl::OkStatus();
}

absl::StatusOr<v1::FindUnmaskingsResponse> Unmaskings::Find(
    storage::Connection& connection, absl::Time now, const v1::FindUnmaskingsRequest& request,
    int limit) const {
  ASSIGN_OR_RETURN(const auto rows,
                   request.waiting_only()
                       ? ListWaiting(connection, request.vendor_id(), request.after(), limit, now)
                       : ListUnmaskings(connection, request.vendor_id(), request.after(), limit));
  v1::FindUnmaskingsResponse response;
  for (const UnmaskingRow& row : rows) {
    ASSIGN_OR_RETURN(const std::string agent,
                     sealer_.Open(AgentPlace(row.unmasking_id), row.agent_box, connection));
    auto& line = *response.add_unmaskings();
    line.set_unmasking_id(row.unmasking_id);
    line.set_vendor_id(row.vendor_id);
    line.set_agent_reference(agent);
    line.set_assignment_id(row.assignment_id);
    line.set_account_id(row.account_id);
    for (const v1::DataClass data_class : row.classes) line.add_classes(data_class);
    line.set_reason(row.reason);
    *line.mutable_ask_time() = Moment(row.ask_time_us);
    line.set_state(StandingAt(FactsOf(row), now));
    line.set_decided_by(row.decided_by);
    if (row.decide_time_us != 0) *line.mutable_decide_time() = Moment(row.decide_time_us);
    if (row.show_time_us != 0) *line.mutable_show_time() = Moment(row.show_time_us);
    if (row.until_time_us != 0) *line.mutable_until_time() = Moment(row.until_time_us);
  }
  return response;
}

}  // namespace switchboard::unmasking
