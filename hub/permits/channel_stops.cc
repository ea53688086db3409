#include "hub/permits/channel_stops.h"

#include <set>
#include <string>

#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/permits/moved_accounts.h"
#include "hub/permits/permit_book.h"

namespace switchboard::permits {

absl::StatusOr<int64_t> StopChannel(storage::Transaction& transaction, const book::Book& book,
                                    const v1::AuditEvent& event, std::string_view stop_id,
                                    std::string_view person_id, v1::Channel channel,
                                    const stops::StopTerms& terms) {
  ASSIGN_OR_RETURN(const auto moved, HoldMovedAccounts(transaction, book, person_id));
  std::set<std::string> persons = {std::string(person_id)};
  for (const MovedAccount& one : moved) persons.insert(one.owner_id);
  int64_t voided = 0;
  for (const std::string& person : persons) {
    v1::AuditEvent placed = event;
    v1::AuditEvent::Occurrence& occurrence = *placed.mutable_occurrence();
    stops::Describe(terms, occurrence);
    occurrence.set_what(v1::AuditEvent::Occurrence::WHAT_CHANNEL_STOP);
    occurrence.set_channel(channel);
    // What follows for others is no second event of whoever placed it.
    *(person == person_id ? placed.mutable_subject_id() : occurrence.mutable_stop_id()) = stop_id;
    placed.set_person_id(person);
    audit::Record(transaction, std::move(placed));
    RETURN_IF_ERROR(stops::PlaceStop(
        transaction, {stop_id, stops::StopSubject::Channel(person, channel), terms}));
    PermitFilter filter;
    filter.person_id = person;
    filter.channel = channel;
    ASSIGN_OR_RETURN(const int64_t of_person, VoidPermits(transaction, event.actor(), filter));
    voided += of_person;
  }
  return voided;
}

}  // namespace switchboard::permits
