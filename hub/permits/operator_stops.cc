#include "hub/permits/operator_stops.h"

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/permit_book.h"

namespace switchboard::permits {
namespace {

using Occurrence = v1::AuditEvent::Occurrence;
using stops::StopSubject;

v1::WorkType WorkTypeOf(const StopSubject& subject) {
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  v1::WorkType_Parse(subject.id, &work_type);
  return work_type;
}

absl::Status HoldIt(storage::Transaction& transaction, const StopSubject& subject) {
  const storage::Key key = subject.kind == StopSubject::Kind::kVendor
                               ? book::VendorKey(subject.id)
                               : book::WorkTypeKey(WorkTypeOf(subject));
  return transaction.Hold({&key, 1});
}

void Record(storage::Transaction& transaction, std::string_view actor, const StopSubject& subject,
            Occurrence::What what, const stops::StopTerms& terms) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  stops::Describe(terms, *event.mutable_occurrence());
  event.mutable_occurrence()->set_what(what);
  if (subject.kind == StopSubject::Kind::kVendor) {
    event.set_vendor_id(subject.id);
  } else {
    event.mutable_occurrence()->set_work_type(WorkTypeOf(subject));
  }
  audit::Record(transaction, std::move(event));
}

}  // namespace

absl::StatusOr<int64_t> PlaceOperatorStop(storage::Transaction& transaction, std::string_view actor,
                                          IdMint& ids, const StopSubject& subject,
                                          const OperatorStop& how) {
  const bool vendor = subject.kind == StopSubject::Kind::kVendor;
  SWITCHBOARD_ASSERT(vendor || subject.kind == StopSubject::Kind::kWorkType);
  RETURN_IF_ERROR(HoldIt(transaction, subject));
  ASSIGN_OR_RETURN(const auto stops,
                   stops::StopsOn(transaction.connection(), {subject}, transaction.now()));
  if (!stops.empty() && stops.front().keep_work == how.keep_work &&
      stops.front().end_time_us == how.end_time_us) {
    return 0;
  }
  if (!stops.empty())
    RETURN_IF_ERROR(stops::LiftStops(transaction, subject, v1::STOP_REASON_OPERATOR));
  const std::string id = ids.Next();
  stops::NewStop stop{id, subject, {v1::STOP_REASON_OPERATOR, std::string(actor)}};
  stop.terms.keep_work = how.keep_work;
  stop.terms.end_time_us = how.end_time_us;
  RETURN_IF_ERROR(stops::PlaceStop(transaction, stop));
  Record(transaction, actor, subject,
         vendor ? Occurrence::WHAT_VENDOR_STOP : Occurrence::WHAT_WORK_TYPE_STOP, stop.terms);
  PermitFilter filter;
  if (vendor) {
    filter.vendor_id = subject.id;
  } else {
    filter.work_type = WorkTypeOf(subject);
  }
  return VoidPermits(transaction, actor, filter);
}

absl::Status LiftOperatorStop(storage::Transaction& transaction, std::string_view actor,
                              const StopSubject& subject) {
  RETURN_IF_ERROR(HoldIt(transaction, subject));
  ASSIGN_OR_RETURN(const auto stops,
                   stops::StopsOn(transaction.connection(), {subject}, transaction.now()));
  if (stops.empty()) return absl::OkStatus();
  Record(transaction, actor, subject, Occurrence::WHAT_LIFT, {v1::STOP_REASON_OPERATOR});
  return stops::LiftStops(transaction, subject, v1::STOP_REASON_OPERATOR);
}

}  // namespace switchboard::permits
