#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "hub/storage/writer.h"

namespace switchboard::storage {

// Units of one party that follow from each other, such as the pieces of a batch: behind one that
// fails none is taken, though each is a unit of its own, between which others have their turn. One
// that failed may still be run again with its group, for want of room on the disk perhaps, and
// those behind it are taken if it is then.
//
// Submit is for one thread at a time; broken() for any. What is submitted outlives the chain.
class UnitChain {
 public:
  // `behind_a_failure`: what units behind one that failed are answered.
  UnitChain(Writer& writer, Urgency urgency, std::string party, absl::Status behind_a_failure);

  void Submit(Unit unit, UnitDone done);

  // Whether a unit was answered that it failed: none behind it is taken any more.
  bool broken() const;

 private:
  struct State;

  Writer& writer_;
  const Urgency urgency_;
  const std::string party_;
  const std::shared_ptr<State> state_;
  size_t count_ = 0;
};

}  // namespace switchboard::storage
