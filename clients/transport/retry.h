#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace switchboard::transport {

// What a failed call says about trying again. Pure.

// True when the same request, sent again to this or another hub, may succeed without anybody doing
// anything: UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, and RESOURCE_EXHAUSTED with a RetryInfo.
// UNKNOWN and INTERNAL count as well: a connection that breaks in the middle of a message is
// reported as such. UNAUTHENTICATED does with CERTIFICATE_EXPIRED or CERTIFICATE_NOT_TRUSTED: what
// the connection was opened with may have been renewed meanwhile. So does CANCELLED, because a hub
// that shuts down cancels what is under way; whoever cancels a call must look at that first.
bool MayRetry(const absl::Status& status);

// True when another hub may answer what this one did not: it is away, silent, overloaded or
// shutting down. ABORTED is about the work, not the hub: wait and ask the same one.
bool AnotherHubMayDo(const absl::Status& status);

// The delay a RetryInfo asks for, between zero and five minutes; zero without one.
absl::Duration RequestedDelay(const absl::Status& status);

}  // namespace switchboard::transport
