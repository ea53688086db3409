#include "tests/simulation/core_party.h"

#include <algorithm>

namespace switchboard::simulation {

CoreParty::CoreParty(World& world) : world_(world), book_(world.options, world.dice) {
  for (const char* core : {"main", "night"}) {
    for (const char* name : {"night-file", "day-feed"})
      sources_.push_back({{identity::Peer::Role::kCore, core}, name, 0, {}, {}, false});
  }
  readers_.push_back({{identity::Peer::Role::kCore, "main"}, "", /*keeps=*/true, false, 0, 0});
  readers_.push_back(
      {{identity::Peer::Role::kCore, "main"}, "audit", /*keeps=*/false, false, 0, 0});
}

void CoreParty::Act() {
  switch (world_.dice.Below(8)) {
    case 0:
    case 1:
      DrawBatch(sources_[world_.dice.Below(static_cast<int64_t>(sources_.size()))]);
      break;
    case 2:
      DrawEvent();
      break;
    case 3:
    case 4:
      book_.Change(world_.CoreNow());
      break;
    case 5:
      // Seldom, so that it holds erasure up now and then.
      if (world_.dice.Chance(0.2) && !readers_[1].under_way) Read(readers_[1]);
      break;
    case 6:
      if (world_.dice.Chance(0.3)) DrawEvent();
      break;
    default:
      if (!next_parts_.empty() && world_.dice.Chance(0.8)) PayAsAgreed();
  }
  Settle();
}

void CoreParty::Settle() {
  for (Source& source : sources_) {
    if (source.under_way || source.waiting.empty()) continue;
    if (world_.calm || source.waiting.front().first_step <= world_.step) SendBatch(source);
  }
  std::vector<size_t> waiting;
  for (size_t i = 0; i < events_.size() && waiting.size() < 3; ++i) {
    if (events_[i].answered || events_[i].under_way) continue;
    if (!waiting.empty() && events_[waiting.front()].core != events_[i].core) continue;
    waiting.push_back(i);
  }
  if (!waiting.empty()) SendEvents(waiting);
  if (!readers_.front().under_way) Read(readers_.front());
}

bool CoreParty::Quiet() const {
  for (const Source& source : sources_) {
    if (source.under_way || !source.waiting.empty()) return false;
  }
  for (const Event& event : events_) {
    if (event.under_way || !event.answered) return false;
  }
  return readers_.front().kept_through == readers_.front().newest;
}

}  // namespace switchboard::simulation
