#include "hub/rules/pack_timeline.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace switchboard::rules {
namespace {

Packs HeardAt(const Packs& versions, absl::Time time) {
  std::map<std::string_view, std::shared_ptr<const CompiledPack>> by_id;
  for (const auto& version : versions) {
    const Span days = version->InForce();
    if (days.from <= time && time < days.to) by_id[version->pack().pack_id()] = version;
  }
  Packs heard;
  for (auto& [id, pack] : by_id) heard.push_back(std::move(pack));
  return heard;
}

}  // namespace

PackTimeline::PackTimeline(Packs versions) : versions_(std::move(versions)) {
  std::set<absl::Time> edges = {absl::InfinitePast(), absl::InfiniteFuture()};
  for (const auto& version : versions_) {
    edges.insert(version->InForce().from);
    edges.insert(version->InForce().to);
  }
  for (auto from = edges.begin(), to = std::next(from); to != edges.end(); ++from, ++to)
    pieces_.push_back({{*from, *to}, HeardAt(versions_, *from)});
}

const PackTimeline::Piece& PackTimeline::At(absl::Time time) const {
  const auto after = std::upper_bound(
      pieces_.begin(), pieces_.end(), time,
      [](absl::Time wanted, const Piece& piece) { return wanted < piece.within.from; });
  return *std::prev(after);
}

PackTimeline PackTimeline::With(std::shared_ptr<const CompiledPack> pack) const {
  Packs versions = versions_;
  versions.push_back(std::move(pack));
  return PackTimeline(std::move(versions));
}

}  // namespace switchboard::rules
