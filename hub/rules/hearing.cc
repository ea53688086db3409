#include "hub/rules/hearing.h"

#include "hub/rules/answer.h"

namespace switchboard::rules {

PastContacts::PastContacts(const Facts& facts) : facts_(facts) {
  traits_.reserve(facts.history.size());
  for (const Contact& contact : facts.history) traits_.push_back(TraitsOf(contact, facts));
}

const std::vector<int>& PastContacts::Fitting(const Filter& filter,
                                              const std::vector<absl::TimeZone>& zones,
                                              Sense sense) {
  const auto [found, is_new] = fitting_.try_emplace(std::pair(&filter, sense));
  std::vector<int>& places = found->second;
  if (!is_new) return places;
  const Traits allowed = AllowedBy(filter, sense);
  for (int place = 0; place < size(); ++place) {
    if (!Fits(TraitsAt(place), allowed)) continue;
    if (filter.has_without_answers() && WasAnswer(filter.without_answers(), facts_, zones, place)) {
      continue;
    }
    places.push_back(place);
  }
  return places;
}

}  // namespace switchboard::rules
