#include "hub/ingest/stop_ends.h"

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/permits/person_place.h"
#include "hub/rules/stop_end.h"

namespace switchboard::ingest {

absl::StatusOr<absl::Time> StopEnds::EndOf(storage::Connection& connection,
                                           const v1::Person& person, v1::StopReason reason,
                                           absl::Time begin, absl::Time placed,
                                           absl::Time now) const {
  ASSIGN_OR_RETURN(const auto in_force, rule_packs_.InForce(connection, now));
  const auto where = permits::WhereIs(*in_force, person, "", rule_pack_elsewhere_);
  const auto end = rules::EndOfStop(where.packs, reason, begin, now);
  // By the rules it was over when it was placed. Whoever placed it knew better.
  return end.has_value() && *end > placed ? *end : absl::InfiniteFuture();
}

absl::StatusOr<bool> StopEnds::SetAwaited(storage::Transaction& transaction, std::string_view actor,
                                          const v1::Person& person,
                                          const stops::StopSubject& subject) const {
  SWITCHBOARD_ASSERT(transaction.Holds(book::PersonKey(person.person_id())));
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto awaiting, stops::StopsAwaitingEnd(connection, subject));
  bool any = false;
  for (const stops::Stop& stop : awaiting) {
    ASSIGN_OR_RETURN(
        const absl::Time end,
        EndOf(connection, person, stop.reason, absl::FromUnixMicros(stop.begin_time_us),
              absl::FromUnixMicros(stop.place_time_us), transaction.now()));
    const int64_t end_us = end == absl::InfiniteFuture() ? 0 : absl::ToUnixMicros(end);
    RETURN_IF_ERROR(stops::EndStop(transaction, stop, end_us));
    if (end_us == 0) continue;
    any = true;
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
    if (subject.kind == stops::StopSubject::Kind::kAccount) {
      event.set_account_id(subject.id);
    } else {
      event.set_person_id(subject.id);
    }
    event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_STOP_END);
    event.mutable_occurrence()->set_reason(stop.reason);
    event.mutable_occurrence()->set_stop_id(stop.stop_id);
    event.mutable_occurrence()->set_end_us(end_us);
    audit::Record(transaction, std::move(event));
  }
  return any;
}

}  // namespace switchboard::ingest
