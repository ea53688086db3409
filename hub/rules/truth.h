#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace switchboard::rules {

// Whether something holds at an instant, and until when, exclusive, that cannot change by time
// alone. `until` may be too early, never too late.
struct Truth {
  bool holds = false;
  absl::Time until = absl::InfiniteFuture();
};

inline Truth Always(bool holds) { return {holds, absl::InfiniteFuture()}; }

inline Truth Not(Truth a) { return {!a.holds, a.until}; }

// What is false stays false as long as one of two false parts does.
inline Truth And(Truth a, Truth b) {
  if (a.holds && b.holds) return {true, std::min(a.until, b.until)};
  if (!a.holds && !b.holds) return {false, std::max(a.until, b.until)};
  return a.holds ? b : a;
}

inline Truth Or(Truth a, Truth b) { return Not(And(Not(a), Not(b))); }

}  // namespace switchboard::rules
