#pragma once

#include <utility>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/time/time.h"
#include "hub/rules/facts.h"
#include "hub/rules/traits.h"
#include "switchboard/v1/rule_pack.pb.h"

namespace switchboard::rules {

// The earlier contacts of one question, as the filters of packs see them. Each filter runs once.
// Keeps references to the facts. One thread.
class PastContacts {
 public:
  using Filter = v1::RulePack::Contacts;

  // REQUIRES: the history of `facts` is in order.
  explicit PastContacts(const Facts& facts);

  // The places in the history of those that fit as contacts that work so, growing. `zones`: those
  // of the person. REQUIRES: `filter` outlives this, and always comes with the same zones.
  const std::vector<int>& Fitting(const Filter& filter, const std::vector<absl::TimeZone>& zones,
                                  Sense sense);

  const Contact& At(int place) const { return facts_.history[static_cast<size_t>(place)]; }
  Traits TraitsAt(int place) const { return traits_[static_cast<size_t>(place)]; }
  int size() const { return static_cast<int>(traits_.size()); }

 private:
  const Facts& facts_;
  std::vector<Traits> traits_;
  absl::node_hash_map<std::pair<const Filter*, Sense>, std::vector<int>> fitting_;
};

// One question before one pack. One thread.
struct Hearing {
  const Facts& facts;
  PastContacts& past;
  std::vector<absl::TimeZone> zones;  // at least one
  absl::TimeZone home_zone;
};

}  // namespace switchboard::rules
