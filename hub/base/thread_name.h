#pragma once

#include <pthread.h>

namespace switchboard {

// Names the calling thread, in up to 15 bytes, for whoever looks at what it takes (top -H).
// gRPC names its own.
inline void NameThread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace switchboard
