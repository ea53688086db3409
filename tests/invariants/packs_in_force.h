#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/invariants/invariants.h"
#include "tests/invariants/pack_rules.h"

namespace switchboard::invariants {

// Which rule packs are in force when, by what the log names as applied, and of whom they are heard.
class PacksInForce {
 public:
  struct Pack {
    const v1::RulePack* text = nullptr;
    std::string name;  // "us/3"
    std::vector<RecountedRule> rules;

    const std::string& id() const { return text->pack_id(); }
  };

  // `ledger` outlives it. Rules that cannot be recounted are violations.
  PacksInForce(const Ledger& ledger, Violations& violations);

  // Of a commit in which a pack is applied it is not known what knew of it.
  void Apply(const v1::AuditEvent& event, Violations& violations);
  void EndCommit() { applied_now_.clear(); }
  bool IsAppliedNow(const std::string& pack_id) const { return applied_now_.contains(pack_id); }

  // Null: the ledger has no such text.
  const Pack* Named(const std::string& name) const;
  // The version that is in force then; null: none is.
  const Pack* At(const std::string& pack_id, absl::Time time) const;
  // Those that must be heard of the person, of whatever number.
  std::vector<const Pack*> ThatMustBeHeard(const std::string& person_id, absl::Time time) const;
  // Whether the pack may be one of those that are heard.
  bool MayBeHeard(const Pack& pack, const std::string& person_id, absl::Time time) const;
  // Every zone that packs name of the country in which the person lives.
  const std::set<std::string>& ZonesOf(const std::string& person_id) const;

 private:
  // Whether some pack of the country is in force.
  bool IsCovered(const std::string& country, absl::Time time) const;

  const Ledger& ledger_;
  std::map<std::string, Pack> packs_;                         // by name
  std::map<std::string, std::set<std::string>> zones_;        // by country
  std::map<std::string, std::vector<const Pack*>> versions_;  // that were applied, by id
  std::set<std::string> applied_now_;                         // in the commit that is being read
};

}  // namespace switchboard::invariants
