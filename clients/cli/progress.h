#pragma once

#include <memory>
#include <ostream>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "hub/base/mutex.h"

namespace switchboard::cli {

// Tells a person what takes so long: nothing in the first second, then a line a second at most.
// Thread-safe; moved before anybody else has it.
class Progress {
 public:
  // `clock` and `err` must outlive it. Counts from now.
  Progress(Clock& clock, std::ostream& err) : clock_(clock), err_(err), start_(clock.Now()) {}

  // What is going on.
  void Update(std::string_view what);

 private:
  Clock& clock_;
  std::ostream& err_;
  const absl::Time start_;
  std::unique_ptr<Mutex> mutex_ = std::make_unique<Mutex>();
  absl::Time told_ SWITCHBOARD_GUARDED_BY(*mutex_) = absl::InfinitePast();
};

}  // namespace switchboard::cli
