#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/demo/people/population.h"
#include "switchboard/v1/core_service.pb.h"

namespace switchboard::demo {

// Something that happens at the issuer while vendors are at work.
struct PlannedEvent {
  v1::CoreEvent event;  // a payment without its time: that of the book in use
  // The account and person concerned; contact_point_id only for a stop on one contact point.
  std::string account_id;
  std::string person_id;
  std::string contact_point_id;
  // To be posted once this many outcomes have been read.
  int64_t after_outcomes = 0;
  // A payment of what was promised; see PromisedPayments.
  bool promised = false;
};

// One event for every forty accounts, at least ten, on accounts of their own: in a hundred about 70
// payments (on late accounts as far as there are any, of what the row says was paid, or else of all
// that is due), 8 stops on an account, 9 on a person, 8 on a
// contact point and 5 closures. A function of the population and the seed.
std::vector<PlannedEvent> PlanEvents(const Population& population, uint64_t seed);

// "payment", "promised-payment", "stop-account", "stop-person", "stop-contact-point" or "closure".
std::string KindOf(const PlannedEvent& planned);

// Of the words above: whether money arrived.
bool IsPayment(std::string_view kind);
// Whether it is of PromisedPayments, and not of PlanEvents.
bool IsPromisedPayment(std::string_view kind);

}  // namespace switchboard::demo
