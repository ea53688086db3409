#pragma once

// Who guards what, for clang's analysis of thread safety, which tests/tree/thread_safety runs; for
// other compilers they are nothing. The capability is a Mutex of hub/base/mutex.h.
//
//   Mutex mutex_;
//   int count_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;       // read and written under mutex_ only
//   void Grow() SWITCHBOARD_REQUIRES(mutex_);            // the caller holds mutex_
//   void Show() SWITCHBOARD_EXCLUDES(mutex_);            // the caller does not; Show locks it
//
// The analysis looks at one function at a time and does not follow a lambda: one that runs under
// the lock says so, `[this]() SWITCHBOARD_REQUIRES(mutex_) { … }`.
#if defined(__clang__)
#define SWITCHBOARD_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
#define SWITCHBOARD_THREAD_ANNOTATION(attribute)
#endif

// On classes: something that can be held; an object that holds it while it lives.
#define SWITCHBOARD_CAPABILITY(word) SWITCHBOARD_THREAD_ANNOTATION(capability(word))
#define SWITCHBOARD_SCOPED_CAPABILITY SWITCHBOARD_THREAD_ANNOTATION(scoped_lockable)

// On data: the variable itself, or what the pointer points to.
#define SWITCHBOARD_GUARDED_BY(mutex) SWITCHBOARD_THREAD_ANNOTATION(guarded_by(mutex))
#define SWITCHBOARD_PT_GUARDED_BY(mutex) SWITCHBOARD_THREAD_ANNOTATION(pt_guarded_by(mutex))

// On functions: what the caller holds, or must not hold; what is held afterwards, or no more.
#define SWITCHBOARD_REQUIRES(...) SWITCHBOARD_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define SWITCHBOARD_EXCLUDES(...) SWITCHBOARD_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define SWITCHBOARD_ACQUIRE(...) SWITCHBOARD_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define SWITCHBOARD_RELEASE(...) SWITCHBOARD_THREAD_ANNOTATION(release_capability(__VA_ARGS__))

// On functions whose locking the analysis cannot follow. Say why beside it.
#define SWITCHBOARD_NO_THREAD_SAFETY_ANALYSIS \
  SWITCHBOARD_THREAD_ANNOTATION(no_thread_safety_analysis)
