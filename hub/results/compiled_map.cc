#include "hub/results/compiled_map.h"

#include <algorithm>
#include <utility>

#include "absl/time/civil_time.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"

namespace switchboard::results {

CompiledMap::CompiledMap(v1::CodeMap map) : map_(std::move(map)) {
  if (map_.has_effective_from()) {
    effective_from_ = absl::FromCivil(CivilDayOf(map_.effective_from()), absl::UTCTimeZone());
  }
  absl::flat_hash_map<std::string_view, const v1::CodeMap::Meaning*> meanings;
  for (const auto& meaning : map_.meanings()) {
    for (const std::string& code : meaning.codes()) meanings[code] = &meaning;
  }
  for (const std::string& code : map_.declared_codes()) {
    const v1::CodeMap::Meaning* meaning = meanings.at(code);
    while (!meaning->same_as().empty()) meaning = meanings.at(meaning->same_as());
    results_.emplace(code, &meaning->result());
  }
}

const v1::Outcome::Result* CompiledMap::Find(std::string_view code) const {
  const auto found = results_.find(code);
  return found == results_.end() ? nullptr : found->second;
}

VendorMaps::VendorMaps(std::vector<std::unique_ptr<const CompiledMap>> versions)
    : versions_(std::move(versions)) {
  std::sort(versions_.begin(), versions_.end(),
            [](const auto& a, const auto& b) { return a->map().version() > b->map().version(); });
}

const CompiledMap* VendorMaps::MapAt(absl::Time contact_begin) const {
  const auto found = std::find_if(versions_.begin(), versions_.end(), [&](const auto& one) {
    return one->effective_from() <= contact_begin;
  });
  return found == versions_.end() ? nullptr : found->get();
}

}  // namespace switchboard::results
