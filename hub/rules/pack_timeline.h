#pragma once

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "hub/rules/compiled_pack.h"

namespace switchboard::rules {

// Which packs are heard when: of a pack's versions, on each of the home zone's days, the last one
// that is in force on it. Immutable. Thread-safe.
class PackTimeline {
 public:
  // A time in which no version's days begin or end.
  struct Piece {
    Span within;
    Packs packs;  // by pack id
  };

  // `versions` of any packs, those that go before others of their id behind these.
  explicit PackTimeline(Packs versions);

  // Every instant is in one piece. Lives as long as the timeline.
  const Piece& At(absl::Time time) const;

  // As if this were one more version of its pack, which goes before all others on its days.
  PackTimeline With(std::shared_ptr<const CompiledPack> pack) const;

 private:
  Packs versions_;
  std::vector<Piece> pieces_;  // without a gap, from the infinite past to the infinite future
};

}  // namespace switchboard::rules
