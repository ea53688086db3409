#pragma once

#include "clients/demo/parties/child_status.h"

namespace switchboard::demo {

// What was known of a vendor's stream when its hub was killed.
struct StreamBefore {
  bool cut = false;     // the killed hub showed it
  int64_t streams = 0;  // that the vendor had opened, as it had said last
};

// Whether a vendor streams and has caught up, as it says itself in `status`; a cut one, on another
// stream than the one that was cut. Who had left the victim unseen opens no newer one: that a hub
// which lives shows it (`shown`) is as good. Pure.
bool ServedAgain(const ChildStatus& status, const StreamBefore& before, bool shown);

}  // namespace switchboard::demo
