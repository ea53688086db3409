#include "hub/rules/answer.h"

#include <algorithm>
#include <string>

#include "hub/rules/traits.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::rules {
namespace {

using v1::RulePack;

// What may be an answer: a request, or a contact that was made.
struct Reply {
  v1::Act act;
  v1::Party party;
  const std::string& party_id;
  v1::Channel channel;
  const std::string& contact_point;
  const std::string& collector;
  absl::Time time;
  int earlier;  // how many contacts of the history came before it
};

bool Shares(const RulePack::Answer& answer, const Contact& contact, const Reply& reply) {
  return !contact.other_person &&
         IsSameParty(contact.party, contact.party_id, reply.party, reply.party_id) &&
         (!answer.same_collector() || contact.collector == reply.collector) &&
         (!answer.same_channel() || contact.channel == reply.channel);
}

Truth Answers(const RulePack::Answer& answer, const std::vector<Contact>& history,
              const std::vector<absl::TimeZone>& zones, const Reply& reply) {
  if (reply.act != v1::ACT_RETURN_CALL) return Always(false);
  bool went_out = false;
  const Contact* last_in = nullptr;
  for (int i = reply.earlier - 1; i >= 0 && last_in == nullptr; --i) {
    const Contact& contact = history[static_cast<size_t>(i)];
    if (!Shares(answer, contact, reply)) continue;
    if (contact.direction == v1::DIRECTION_IN) {
      last_in = &contact;
    } else if (contact.result != v1::CONTACT_RESULT_NOT_PLACED) {
      went_out = true;
    }
  }
  if (last_in == nullptr || (answer.first() && went_out)) return Always(false);
  if (answer.from_contact_point() && last_in->contact_point != reply.contact_point) {
    return Always(false);
  }
  Truth same_day = Always(true);
  if (!answer.same_day()) return same_day;
  for (const absl::TimeZone zone : zones) {
    const absl::CivilDay day = DayAt(zone, last_in->at);
    if (day != DayAt(zone, reply.time)) return Always(false);
    same_day.until = std::min(same_day.until, StartOfDay(zone, day + 1));
  }
  return same_day;
}

}  // namespace

Truth IsAnswer(const RulePack::Answer& answer, const Facts& facts,
               const std::vector<absl::TimeZone>& zones, absl::Time time) {
  const Request& request = facts.request;
  return Answers(
      answer, facts.history, zones,
      {request.act, request.party, request.party_id, request.channel, request.contact_point,
       request.collector, time, static_cast<int>(facts.history.size())});
}

bool WasAnswer(const RulePack::Answer& answer, const Facts& facts,
               const std::vector<absl::TimeZone>& zones, int place) {
  const Contact& contact = facts.history[static_cast<size_t>(place)];
  if (contact.direction == v1::DIRECTION_IN || contact.other_person) return false;
  // Nobody knows where it went, nor then whether that is where the contact in came from.
  if (answer.from_contact_point() && contact.contact_point.empty()) return false;
  return Answers(answer, facts.history, zones,
                 {contact.act, contact.party, contact.party_id, contact.channel,
                  contact.contact_point, contact.collector, contact.at, place})
      .holds;
}

}  // namespace switchboard::rules
