#include "tests/invariants/packs_in_force.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace switchboard::invariants {
namespace {

std::string NameOf(const std::string& pack_id, int64_t version) {
  return absl::StrCat(pack_id, "/", version);
}

absl::CivilDay DayOf(const v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

bool IsInForce(const v1::RulePack& pack, absl::Time time) {
  absl::TimeZone home;
  absl::LoadTimeZone(pack.home_zone(), &home);
  const absl::CivilDay today = absl::ToCivilDay(time, home);
  if (pack.has_effective_from() && today < DayOf(pack.effective_from())) return false;
  return !pack.has_effective_to() || today < DayOf(pack.effective_to());
}

void AddZones(const v1::RulePack& pack, std::set<std::string>& zones) {
  zones.insert(pack.home_zone());
  zones.insert(pack.zones_if_unknown().begin(), pack.zones_if_unknown().end());
  for (const auto& region : pack.regions())
    zones.insert(region.zones().begin(), region.zones().end());
}

// "NY/New York City" lies in "NY".
bool LiesIn(const std::string& region, const std::string& larger) {
  return region == larger || absl::StartsWith(region, larger + "/");
}

}  // namespace

PacksInForce::PacksInForce(const Ledger& ledger, Violations& violations) : ledger_(ledger) {
  for (const v1::RulePack& text : ledger.rule_packs) {
    const std::string name = NameOf(text.pack_id(), text.version());
    Violations not_understood;
    packs_[name] = {&text, name, RecountedRules(text, not_understood)};
    AddZones(text, zones_[text.country()]);
    for (const std::string& why : not_understood)
      violations.push_back(absl::StrCat("pack ", name, " cannot be counted again: ", why));
  }
}

void PacksInForce::Apply(const v1::AuditEvent& event, Violations& violations) {
  const std::string name = NameOf(event.subject_id(), event.count());
  applied_now_.insert(event.subject_id());
  if (const Pack* pack = Named(name); pack != nullptr) {
    versions_[pack->id()].push_back(pack);
  } else {
    violations.push_back(absl::StrCat("pack ", name, " was applied, and nobody told its rules"));
  }
}

const PacksInForce::Pack* PacksInForce::Named(const std::string& name) const {
  const auto found = packs_.find(name);
  return found == packs_.end() ? nullptr : &found->second;
}

const PacksInForce::Pack* PacksInForce::At(const std::string& pack_id, absl::Time time) const {
  const Pack* highest = nullptr;
  const auto versions = versions_.find(pack_id);
  if (versions == versions_.end()) return nullptr;
  for (const Pack* pack : versions->second) {
    const bool is_higher = highest == nullptr || pack->text->version() > highest->text->version();
    if (is_higher && IsInForce(*pack->text, time)) highest = pack;
  }
  return highest;
}

const std::set<std::string>& PacksInForce::ZonesOf(const std::string& person_id) const {
  static const std::set<std::string>* const kNone = new std::set<std::string>();
  const auto country = ledger_.countries.find(person_id);
  if (country == ledger_.countries.end()) return *kNone;
  const auto found = zones_.find(country->second);
  return found == zones_.end() ? *kNone : found->second;
}

bool PacksInForce::IsCovered(const std::string& country, absl::Time time) const {
  for (const auto& [id, versions] : versions_) {
    const Pack* pack = At(id, time);
    if (pack != nullptr && pack->text->country() == country) return true;
  }
  return false;
}

std::vector<const PacksInForce::Pack*> PacksInForce::ThatMustBeHeard(const std::string& person_id,
                                                                     absl::Time time) const {
  std::vector<const Pack*> heard;
  const auto country = ledger_.countries.find(person_id);
  if (country == ledger_.countries.end()) return heard;
  const auto person = ledger_.persons.find(person_id);
  for (const auto& [id, versions] : versions_) {
    const Pack* pack = At(id, time);
    if (pack == nullptr || pack->text->country() != country->second) continue;
    const std::string& region = pack->text->region();
    const bool is_of_region =
        person != ledger_.persons.end() && LiesIn(person->second.region, region);
    if (region.empty() || is_of_region) heard.push_back(pack);
  }
  if (heard.empty() && !IsCovered(country->second, time)) {
    const Pack* pack = At(ledger_.pack_elsewhere, time);
    if (pack != nullptr) heard.push_back(pack);
  }
  return heard;
}

bool PacksInForce::MayBeHeard(const Pack& pack, const std::string& person_id,
                              absl::Time time) const {
  const auto country = ledger_.countries.find(person_id);
  if (country == ledger_.countries.end()) return true;
  if (pack.text->country() == country->second) {
    const auto person = ledger_.persons.find(person_id);
    const std::string& region = pack.text->region();
    if (region.empty() || person == ledger_.persons.end() || person->second.region.empty())
      return true;
    return LiesIn(person->second.region, region) || LiesIn(region, person->second.region);
  }
  if (ledger_.number_countries.contains(pack.text->country())) return true;
  return pack.id() == ledger_.pack_elsewhere &&
         (!applied_now_.empty() || !IsCovered(country->second, time));
}

}  // namespace switchboard::invariants
